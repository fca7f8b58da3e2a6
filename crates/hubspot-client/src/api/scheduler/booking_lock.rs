//! Locks that let only one call at a time book the same start for the same address.
//!
//! HubSpot lets one person book the same start twice on a round robin link, with two of its people. So a booking is
//! preceded by a look at the person's meetings, and a second call looks when the first one is done. Replicas of this
//! process do not see each other: the same call to two of them within a second is not noticed.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};

use domain::email::Email;

/// The number of queues. Different bookings that share one wait for each other, which is harmless.
const QUEUES: usize = 1_024;

/// The queues of bookings.
pub(super) struct BookingLocks(Vec<Arc<Mutex<()>>>);

/// The right to book one start for one address, until it is dropped.
#[derive(Debug)]
pub struct BookingLock {
    _held: OwnedMutexGuard<()>,
}

impl Default for BookingLocks {
    fn default() -> BookingLocks {
        BookingLocks((0..QUEUES).map(|_| Arc::default()).collect())
    }
}

impl BookingLocks {
    pub(super) async fn lock(&self, email: &Email, start_ms: i64) -> BookingLock {
        let mut hasher = DefaultHasher::new();
        (email, start_ms).hash(&mut hasher);
        let queue = &self.0[hasher.finish() as usize % self.0.len()];
        // Held while waiting: the lock is the queue.
        BookingLock { _held: queue.clone().lock_owned().await }
    }
}
