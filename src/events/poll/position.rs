//! How far polling of an inbox has come, and which threads of a look are read. Pure: times are HubSpot's.
//!
//! A look asks again for the last two minutes, because HubSpot may list a message late. Threads that were read and have not
//! changed since are not read again, but for once: two messages may have one time.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::ThreadId;
use hubspot_client::Thread;

/// A look asks for what changed since so long before the newest that is known.
pub const OVERLAP: TimeDelta = TimeDelta::seconds(120);

/// The greatest difference of our clock to HubSpot's with which the first look finds where to begin.
pub const SKEW_MAX: TimeDelta = TimeDelta::hours(24);

/// A thread is read again so long after its last change was seen.
const SETTLES_AFTER: TimeDelta = TimeDelta::seconds(60);

/// The most threads that are remembered; of more, all are forgotten, and some read again.
const SEEN_MAX: usize = 10_000;

/// The threads that were read lately.
#[derive(Debug, Default)]
pub struct RecentReads(HashMap<ThreadId, Reading>);

#[derive(Clone, Copy, Debug)]
struct Reading {
    latest_at: DateTime<Utc>,
    read_at: DateTime<Utc>,
    is_settled: bool,
}

impl RecentReads {
    /// True if the thread must be read: it has changed since it was read, or was read when others may have been about to
    /// write with the same time. `now` is ours.
    pub fn needs_reading(&self, thread: &ThreadId, latest_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        self.0
            .get(thread)
            .is_none_or(|last| last.latest_at != latest_at || (!last.is_settled && now - last.read_at >= SETTLES_AFTER))
    }

    /// True if the thread was noted with this change.
    pub fn knows(&self, thread: &ThreadId, latest_at: DateTime<Utc>) -> bool {
        self.0.get(thread).is_some_and(|last| last.latest_at == latest_at)
    }

    /// Notes that the thread was read.
    pub fn note(&mut self, thread: &ThreadId, latest_at: DateTime<Utc>, now: DateTime<Utc>) {
        if self.0.len() >= SEEN_MAX {
            self.0.clear();
        }
        let again = self.knows(thread, latest_at);
        self.0.insert(thread.clone(), Reading { latest_at, read_at: now, is_settled: again });
    }

    /// Forgets threads that no look will list again unless they change.
    pub fn forget_before(&mut self, since: DateTime<Utc>) {
        self.0.retain(|_, last| last.latest_at >= since);
    }
}

/// The time of a thread's last change, unless it is so far ahead of us that all others would be behind it.
pub fn believable(thread: &Thread, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    thread.latest_at.filter(|latest_at| *latest_at <= now + SKEW_MAX)
}

/// The time from which the next look asks.
pub fn since(newest: DateTime<Utc>) -> DateTime<Utc> {
    newest - OVERLAP
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_796_000_000 + second, 0).unwrap()
    }

    #[test]
    fn a_thread_is_read_when_it_changes_and_once_more() {
        let (mut seen, thread) = (RecentReads::default(), "7".parse::<ThreadId>().unwrap());
        let mut reads = vec![];
        // The thread changes at second 0 and at second 100; a look comes every ten seconds.
        for second in (0..300).step_by(10) {
            let latest_at = if second < 100 { at(0) } else { at(100) };
            if seen.needs_reading(&thread, latest_at, at(second)) {
                seen.note(&thread, latest_at, at(second));
                reads.push(second);
            }
        }
        assert_eq!(reads, [0, 60, 100, 160]);
        seen.forget_before(at(101));
        assert!(seen.needs_reading(&thread, at(100), at(300)), "it was forgotten");
    }

    #[test]
    fn many_threads_are_not_remembered_for_ever() {
        let mut seen = RecentReads::default();
        for number in 0..2 * SEEN_MAX as u64 + 5 {
            seen.note(&number.to_string().parse().unwrap(), at(0), at(0));
        }
        assert!(seen.0.len() <= SEEN_MAX);
    }
}
