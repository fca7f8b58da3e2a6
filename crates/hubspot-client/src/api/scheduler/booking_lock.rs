//! One booking at a time for the same address and start.
//!
//! HubSpot itself lets one person have the same start twice on a round robin, with two of its people. So whether they have
//! it already is looked up before a booking, and whoever comes second looks when the first is done. Replicas cannot see
//! each other: the same call to two of them within a second is not told apart.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::Scheduler;
use domain::email::Email;

/// Queues for bookings. Two that differ and share one wait for each other, which harms nobody.
const QUEUES: usize = 1_024;

#[derive(Debug)]
pub(crate) struct BookingLocks(Vec<Arc<Mutex<()>>>);

/// The right to book, until HubSpot has answered.
#[derive(Debug)]
pub struct BookingLock {
    _held: OwnedMutexGuard<()>,
}

impl Default for BookingLocks {
    fn default() -> BookingLocks {
        BookingLocks((0..QUEUES).map(|_| Arc::default()).collect())
    }
}

impl Scheduler<'_> {
    /// Waits until no other call books this start for this address.
    pub async fn lock_booking(&self, email: &Email, start_ms: i64) -> BookingLock {
        let mut hasher = DefaultHasher::new();
        (email, start_ms).hash(&mut hasher);
        let queues = &self.0.engine.booking_locks.0;
        // Held while waiting: the lock is the queue.
        BookingLock { _held: queues[hasher.finish() as usize % queues.len()].clone().lock_owned().await }
    }
}
