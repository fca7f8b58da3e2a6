//! Locks that let only one call at a time carry out one write, named by a key, so that an equal call sees its result.
//!
//! Replicas of this process do not see each other: the same call to two of them within a second is not noticed.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

type Queue = tokio::sync::Mutex<()>;

/// The number of queues at which those that nobody waits in are dropped for the first time.
const QUEUES_SWEPT_AT: usize = 256;

/// The queues of the writes of one kind, by the hash of their keys: as many as calls are under way, and at most twice that.
#[derive(Default)]
pub(crate) struct KeyLocks(Mutex<Queues>);

#[derive(Default)]
struct Queues {
    by_key: HashMap<u64, Weak<Queue>>,
    swept_at: usize,
}

/// The right to carry out the writes of one key, until all clones are dropped.
#[derive(Clone)]
pub struct KeyLock {
    _held: Arc<OwnedMutexGuard<()>>,
}

impl KeyLocks {
    pub(crate) async fn lock(&self, key: impl Hash) -> KeyLock {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let queue = self.queue(hasher.finish());
        // Held while waiting: the lock is the queue.
        KeyLock { _held: Arc::new(queue.lock_owned().await) }
    }

    fn queue(&self, key: u64) -> Arc<Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).queue(key)
    }
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
        assert!(locks.0.lock().unwrap().by_key.len() <= QUEUES_SWEPT_AT);
    }
}
