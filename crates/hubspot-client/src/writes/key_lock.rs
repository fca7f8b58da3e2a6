//! Locks that let only one call at a time carry out one write, named by a key, so that an equal call sees its result.
//!
//! Replicas of this process do not see each other: the same call to two of them within a second is not noticed.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};

/// The number of queues. Different keys that share one wait for each other, which is harmless.
const QUEUES: usize = 1_024;

/// The queues of the writes of one kind.
pub(crate) struct KeyLocks(Vec<Arc<Mutex<()>>>);

/// The right to carry out the writes of one key, until all clones are dropped.
#[derive(Clone)]
pub struct KeyLock {
    _held: Arc<OwnedMutexGuard<()>>,
}

impl Default for KeyLocks {
    fn default() -> KeyLocks {
        KeyLocks((0..QUEUES).map(|_| Arc::default()).collect())
    }
}

impl KeyLocks {
    pub(crate) async fn lock(&self, key: impl Hash) -> KeyLock {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let queue = &self.0[hasher.finish() as usize % self.0.len()];
        // Held while waiting: the lock is the queue.
        KeyLock { _held: Arc::new(queue.clone().lock_owned().await) }
    }
}

impl fmt::Debug for KeyLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyLock")
    }
}
