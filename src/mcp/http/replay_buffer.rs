//! The answers that are kept for clients that lost their connection, bounded in time, number and bytes.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use rmcp::transport::streamable_http_server::SessionId;
use tokio::time::Instant;
use uuid::Uuid;

use super::exchange::Exchange;
use crate::tool::caller::CallerId;

/// The time after which a client whose stream broke comes back, as every stream tells it.
pub(super) const RETRY: Duration = Duration::from_secs(3);

/// The time for which an answer is kept.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(10 * RETRY.as_secs());

/// The most that is kept; the oldest answer makes way for a further one.
#[derive(Clone, Copy, Debug)]
struct Room {
    answers: usize,
    bytes: usize,
}

const ROOM_OF_CALLER: Room = Room { answers: 2_000, bytes: 16 << 20 };
const ROOM_IN_ALL: Room = Room { answers: 10_000, bytes: 64 << 20 };

/// Exchanges that have ended, the oldest first.
#[derive(Debug, Default)]
pub(super) struct ReplayBuffer {
    kept: VecDeque<BufferedMessage>,
    used: Used,
    used_by: HashMap<Arc<str>, Used>,
}

#[derive(Debug)]
struct BufferedMessage {
    exchange: Arc<Exchange>,
    bytes: usize,
    until: Instant,
}

#[derive(Clone, Copy, Debug, Default)]
struct Used {
    answers: usize,
    bytes: usize,
}

impl ReplayBuffer {
    /// Keeps an exchange of this many bytes.
    pub(super) fn keep(&mut self, exchange: Arc<Exchange>, bytes: usize) {
        let until = Instant::now() + KEPT_FOR;
        self.keep_within(BufferedMessage { exchange, bytes, until }, ROOM_OF_CALLER, ROOM_IN_ALL);
    }

    /// The exchange of this session with this id, if it is still kept.
    pub(super) fn find(&mut self, session: &SessionId, id: Uuid) -> Option<Arc<Exchange>> {
        self.drop_expired();
        let mut exchanges = self.kept.iter().map(|kept| &kept.exchange);
        exchanges.find(|exchange| exchange.id == id && exchange.session == *session).cloned()
    }

    /// Forgets the exchanges of this session.
    pub(super) fn close(&mut self, session: &SessionId) {
        let kept = std::mem::take(&mut self.kept);
        let (closed, left): (Vec<_>, Vec<_>) = kept.into_iter().partition(|kept| kept.exchange.session == *session);
        self.kept = left.into();
        closed.iter().for_each(|kept| self.count(&kept.exchange.caller, |used| used.subtract(kept.bytes)));
    }

    fn keep_within(&mut self, kept: BufferedMessage, of_caller: Room, in_all: Room) {
        self.drop_expired();
        let caller = kept.exchange.caller.clone();
        self.count(&caller, |used| used.add(kept.bytes));
        self.kept.push_back(kept);
        while self.used_by.get(&caller.0).is_some_and(|used| used.exceeds(of_caller)) {
            let oldest = self.kept.iter().position(|kept| kept.exchange.caller == caller);
            self.drop_at(oldest.unwrap_or_default());
        }
        while self.used.exceeds(in_all) {
            self.drop_at(0);
        }
    }

    fn drop_expired(&mut self) {
        let now = Instant::now();
        while self.kept.front().is_some_and(|oldest| oldest.until <= now) {
            self.drop_at(0);
        }
    }

    fn drop_at(&mut self, at: usize) {
        let Some(dropped) = self.kept.remove(at) else { return };
        self.count(&dropped.exchange.caller, |used| used.subtract(dropped.bytes));
    }

    fn count(&mut self, caller: &CallerId, change: impl Fn(&mut Used)) {
        change(&mut self.used);
        let used = self.used_by.entry(caller.0.clone()).or_default();
        change(used);
        if used.answers == 0 {
            self.used_by.remove(&caller.0);
        }
    }
}

impl Used {
    fn add(&mut self, bytes: usize) {
        self.answers += 1;
        self.bytes += bytes;
    }

    fn subtract(&mut self, bytes: usize) {
        self.answers -= 1;
        self.bytes -= bytes;
    }

    fn exceeds(&self, room: Room) -> bool {
        self.answers > room.answers || self.bytes > room.bytes
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn exchange(caller: &str) -> Arc<Exchange> {
        let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
        let mut ping = serde_json::from_value(ping).unwrap();
        Arc::new(Exchange::begin(&"session".into(), CallerId(caller.into()), &mut ping))
    }

    fn keep(answers: &mut ReplayBuffer, caller: &str) -> Uuid {
        let exchange = exchange(caller);
        let id = exchange.id;
        answers.keep(exchange, 10);
        id
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_with_many_answers_loses_its_own() {
        let mut answers = ReplayBuffer::default();
        let other = keep(&mut answers, "other");
        let many: Vec<_> = (0..ROOM_OF_CALLER.answers + 5).map(|_| keep(&mut answers, "many")).collect();
        let mut found = |id: Uuid| answers.find(&"session".into(), id).is_some();
        assert!(found(other) && found(many[5]) && !found(many[4]));
        assert_eq!(many.iter().filter(|id| found(**id)).count(), ROOM_OF_CALLER.answers);
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_are_bounded_for_one_and_for_all() {
        let mut answers = ReplayBuffer::default();
        let mut keep = |callers: &[&str]| {
            for caller in callers {
                let kept = BufferedMessage { exchange: exchange(caller), bytes: 10, until: Instant::now() + SECOND };
                answers.keep_within(kept, Room { answers: 9, bytes: 25 }, Room { answers: 9, bytes: 45 });
            }
            answers.kept.iter().map(|kept| kept.exchange.caller.0.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(keep(&["a", "b", "a", "a"]), ["b", "a", "a"], "the caller's oldest makes way");
        assert_eq!(keep(&["c", "d"]), ["a", "a", "c", "d"], "the oldest of all makes way");
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_left_of_what_is_over() {
        let mut answers = ReplayBuffer::default();
        let id = keep(&mut answers, "one");
        tokio::time::advance(KEPT_FOR).await;
        assert!(answers.find(&"session".into(), id).is_none());
        keep(&mut answers, "one");
        answers.close(&"session".into());
        assert!(answers.kept.is_empty() && answers.used_by.is_empty() && answers.used.bytes == 0);
    }
}
