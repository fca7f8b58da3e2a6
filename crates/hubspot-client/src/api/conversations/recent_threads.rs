//! Threads that one part of a program has read a moment ago, so that another part does not ask HubSpot for the same once
//! more, and the program's own messages, for whose sake no thread needs to be read.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::id::ThreadId;
use tokio::time::Instant;

use crate::api::conversations::message::Message;
use crate::api::conversations::thread::Thread;

/// The time after which a thread must be read anew.
const FRESH_FOR: Duration = Duration::from_secs(60);
/// The most threads that are kept, and the most bytes of their texts; what is beyond is read anew.
const THREADS_MAX: usize = 500;
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// The most threads whose newest own message is known; of more, all are forgotten, and some read once more.
const OWN_MAX: usize = 10_000;

/// The threads of one client, which its clones share.
#[derive(Debug, Default)]
pub(super) struct RecentThreads(Mutex<Recent>);

#[derive(Debug, Default)]
struct Recent {
    read: HashMap<ThreadId, ReadThread>,
    bytes: usize,
    /// The time of the newest own message of each thread, by HubSpot's clock.
    own: HashMap<ThreadId, DateTime<Utc>>,
}

#[derive(Debug)]
struct ReadThread {
    thread: Thread,
    messages: Vec<Message>,
    bytes: usize,
    read_at: Instant,
}

impl RecentThreads {
    /// Keeps a thread with its messages, oldest first, for the next [`Self::take`].
    pub(super) fn keep(&self, thread: &Thread, messages: &[Message]) {
        let now = Instant::now();
        let bytes = messages.iter().map(bytes_of).sum();
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent.remove(&thread.id);
        recent.forget_old(now);
        if recent.read.len() < THREADS_MAX && recent.bytes + bytes <= BYTES_MAX {
            recent.bytes += bytes;
            let read = ReadThread { thread: thread.clone(), messages: messages.to_vec(), bytes, read_at: now };
            recent.read.insert(thread.id.clone(), read);
        }
    }

    /// Takes a thread out, if it was read a moment ago and with this message.
    pub(super) fn take(&self, thread: &ThreadId, newest: &str) -> Option<(Thread, Vec<Message>)> {
        let read = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(thread)?;
        let is_current = read.read_at.elapsed() < FRESH_FOR && read.messages.iter().any(|message| message.id == newest);
        is_current.then_some((read.thread, read.messages))
    }

    /// Notes that this process has written into a thread after it had read it.
    pub(super) fn note_own(&self, thread: &ThreadId, message: &Message) {
        let Some(at) = message.created_at else { return };
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.own.len() >= OWN_MAX {
            recent.own.clear();
        }
        recent.own.insert(thread.clone(), at);
    }

    /// True if the newest own message of a thread is of this time.
    pub(super) fn is_own(&self, thread: &ThreadId, latest_at: DateTime<Utc>) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).own.get(thread) == Some(&latest_at)
    }
}

impl Recent {
    fn remove(&mut self, thread: &ThreadId) -> Option<ReadThread> {
        let read = self.read.remove(thread)?;
        self.bytes -= read.bytes;
        Some(read)
    }

    fn forget_old(&mut self, now: Instant) {
        self.read.retain(|_, read| now - read.read_at < FRESH_FOR);
        self.bytes = self.read.values().map(|read| read.bytes).sum();
    }
}

/// The bytes of the texts of a message; the rest of it is small.
fn bytes_of(message: &Message) -> usize {
    let texts = [&message.text, &message.rich_text, &message.subject];
    texts.into_iter().flatten().map(String::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn thread() -> Thread {
        Thread::read(&json!({"id": "7", "inboxId": "481939", "status": "OPEN"})).unwrap()
    }

    fn messages(ids: &[&str]) -> Vec<Message> {
        let read =
            |id: &&str| Message::read(&json!({"id": id, "type": "MESSAGE", "direction": "INCOMING", "text": "hi"}));
        ids.iter().map(|id| read(id).unwrap()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_thread_is_taken_once_while_it_is_fresh_and_has_the_newest_message() {
        let recent = RecentThreads::default();
        let thread = thread();
        recent.keep(&thread, &messages(&["m1", "m2"]));
        assert_eq!(recent.take(&thread.id, "m2"), Some((thread.clone(), messages(&["m1", "m2"]))));
        assert_eq!(recent.take(&thread.id, "m2"), None, "a second attempt reads anew");
        recent.keep(&thread, &messages(&["m1"]));
        assert_eq!(recent.take(&thread.id, "m2"), None, "a newer message has come");
        recent.keep(&thread, &messages(&["m1"]));
        tokio::time::advance(FRESH_FOR).await;
        assert_eq!(recent.take(&thread.id, "m1"), None, "too old");
    }

    #[tokio::test(start_paused = true)]
    async fn the_bytes_of_all_are_limited_and_old_ones_make_way() {
        let recent = RecentThreads::default();
        let large = |id: u64| {
            let text = Some("x".repeat(BYTES_MAX / 2));
            (Thread { id: id.into(), ..thread() }, Message { text, ..messages(&["m1"]).remove(0) })
        };
        let all = [large(1), large(2), large(3)];
        all.iter().for_each(|(thread, message)| recent.keep(thread, std::slice::from_ref(message)));
        let kept = |(thread, _): &(Thread, Message)| recent.take(&thread.id, "m1").is_some();
        assert_eq!(all.each_ref().map(kept), [true, true, false]);
        all[..2].iter().for_each(|(thread, message)| recent.keep(thread, std::slice::from_ref(message)));
        tokio::time::advance(FRESH_FOR).await;
        recent.keep(&all[2].0, std::slice::from_ref(&all[2].1));
        assert_eq!(all.each_ref().map(kept), [false, false, true]);
    }

    #[test]
    fn an_own_message_is_known_by_its_time() {
        let recent = RecentThreads::default();
        let (thread, at) = (thread(), |text: &str| text.parse::<DateTime<Utc>>().unwrap());
        let own = Message { created_at: Some(at("2026-11-22T15:12:00Z")), ..messages(&["m2"]).remove(0) };
        assert!(!recent.is_own(&thread.id, at("2026-11-22T15:12:00Z")));
        recent.note_own(&thread.id, &own);
        assert!(recent.is_own(&thread.id, at("2026-11-22T15:12:00Z")));
        assert!(!recent.is_own(&thread.id, at("2026-11-22T15:12:01Z")));
    }
}
