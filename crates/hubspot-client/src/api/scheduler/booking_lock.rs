//! Locks that let only one call at a time book the same start for the same address.
//!
//! HubSpot lets one person book the same start twice on a round robin link, with two of its people. So a booking is
//! preceded by a look at the person's meetings, and a second call looks when the first one is done. Replicas of this
//! process do not see each other: the same call to two of them within a second is not noticed.

use crate::writes::key_lock::{KeyLock, KeyLocks};
use domain::email::Email;

/// The queues of bookings.
#[derive(Default)]
pub(super) struct BookingLocks(KeyLocks);

/// The right to book one start for one address, until it is dropped.
#[derive(Debug)]
pub struct BookingLock {
    _held: KeyLock,
}

impl BookingLocks {
    pub(super) async fn lock(&self, email: &Email, start_ms: i64) -> BookingLock {
        BookingLock { _held: self.0.lock((email, start_ms)).await }
    }
}
