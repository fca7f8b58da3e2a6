//! Locks that let only one call at a time carry out one write, named by a key, so that an equal call sees its result.
//!
//! Replicas of this process do not see each other: the same call to two of them within a second is not noticed.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

use crate::error::Error;
use crate::writes::unknown_outcomes::{Unique, UnknownOutcome, UnknownOutcomes};

type Queue = tokio::sync::Mutex<()>;

/// The number of queues at which those that nobody waits in are dropped for the first time.
const QUEUES_SWEPT_AT: usize = 256;

/// The queues of the writes of one kind, by the hash of their keys: as many as calls are under way, and at most twice that;
/// and the doubts about those that have ended.
#[derive(Default)]
pub(crate) struct KeyLocks {
    queues: Mutex<Queues>,
    doubts: Arc<UnknownOutcomes>,
}

#[derive(Default)]
struct Queues {
    by_key: HashMap<u64, Weak<Queue>>,
    swept_at: usize,
}

/// The right to carry out the writes of one key, until all clones are dropped.
#[derive(Clone)]
pub struct KeyLock {
    key: u64,
    doubts: Arc<UnknownOutcomes>,
    _held: Arc<OwnedMutexGuard<()>>,
}

impl KeyLock {
    /// True if a write of this key may have been carried out and nothing but a look-up keeps the same from happening twice.
    pub fn is_in_doubt(&self) -> bool {
        self.doubts.of(self.key).is_some_and(|doubt| doubt.unique.is_none())
    }

    /// The unique value with which the same record may have been created before.
    pub(crate) fn unique_value(&self, of: u64) -> Option<String> {
        let unique = self.doubts.of(self.key)?.unique?;
        (unique.of == of).then_some(unique.value)
    }

    /// The write is sent: until it ends it may have been carried out.
    pub(crate) fn begin(&self, unique: Option<Unique>) -> Begun {
        let (doubts, key) = (self.doubts.clone(), self.key);
        Begun { before: doubts.begin(key, unique), doubts, key }
    }
}

/// A write that was sent. Dropped without an end, it stays in doubt.
pub(crate) struct Begun {
    doubts: Arc<UnknownOutcomes>,
    key: u64,
    before: Option<UnknownOutcome>,
}

impl Begun {
    /// Notes what became of the write.
    pub(crate) fn end<T>(self, made: &Result<T, Error>) {
        match made {
            Ok(_) => self.doubts.settle(self.key),
            Err(Error::OutcomeUnknown { .. }) => {}
            Err(_) => self.doubts.restore(self.key, self.before),
        }
    }
}

impl KeyLocks {
    pub(crate) async fn lock(&self, key: impl Hash) -> KeyLock {
        let key = hashed(key);
        let queue = self.queue(key);
        // Held while waiting: the lock is the queue.
        KeyLock { key, doubts: self.doubts.clone(), _held: Arc::new(queue.lock_owned().await) }
    }

    fn queue(&self, key: u64) -> Arc<Queue> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).queue(key)
    }
}

/// A hash that is the same for equal values in this process.
pub(crate) fn hashed(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Queues {
    fn queue(&mut self, key: u64) -> Arc<Queue> {
        if self.by_key.len() >= self.swept_at.max(QUEUES_SWEPT_AT) {
            self.by_key.retain(|_, queue| queue.strong_count() > 0);
            self.swept_at = self.by_key.len() * 2;
        }
        let known = self.by_key.entry(key).or_default();
        known.upgrade().unwrap_or_else(|| {
            let queue = Arc::new(Queue::default());
            *known = Arc::downgrade(&queue);
            queue
        })
    }
}

impl fmt::Debug for KeyLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyLock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn equal_keys_wait_for_each_other_and_others_do_not() {
        let locks = KeyLocks::default();
        let held = locks.lock("a").await;
        let _other = locks.lock("b").await;
        let clone = held.clone();
        drop(held);
        let waiting = tokio::time::timeout(std::time::Duration::from_secs(1), locks.lock("a")).await;
        assert!(waiting.is_err(), "a clone holds it");
        drop(clone);
        locks.lock("a").await;
    }

    #[tokio::test(start_paused = true)]
    async fn queues_that_nobody_needs_are_dropped() {
        let locks = KeyLocks::default();
        for key in 0..10_000 {
            locks.lock(key).await;
        }
        assert!(locks.queues.lock().unwrap().by_key.len() <= QUEUES_SWEPT_AT);
    }
}
