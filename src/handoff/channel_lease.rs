//! The lease of set-ups: of several that begin at once, on one machine or several, one at a time works on the channel.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::store::leases::Lease;
use crate::store::{Error, Store};

const NAME: &str = "handoff channel";

/// The life of the lease. Its holder relies on two thirds of it and renews it before every step; a step takes no longer than
/// one call. After a crash the next set-up waits so long.
const LIFE: Duration = Duration::from_secs(90);

/// The longest wait for another set-up, and the pause between two tries.
const WAIT_MAX: Duration = Duration::from_secs(300);
const TRY_EVERY: Duration = Duration::from_secs(1);

/// The lease while it is held.
#[derive(Debug)]
pub(super) struct Held {
    store: Store,
    lease: Option<Lease>,
}

impl Held {
    /// Waits until no other set-up works on the channel; `None` if one does for too long.
    pub(super) async fn take(store: &Store) -> Result<Option<Held>, Error> {
        let (owner, until) = (Uuid::new_v4().simple().to_string(), Instant::now() + WAIT_MAX);
        loop {
            if let Some(lease) = store.take_lease(NAME, &owner, LIFE).await? {
                return Ok(Some(Held { store: store.clone(), lease: Some(lease) }));
            }
            if Instant::now() >= until {
                return Ok(None);
            }
            sleep(TRY_EVERY).await;
        }
    }

    /// Holds it for another while; false if it was lost.
    pub(super) async fn renew(&mut self) -> Result<bool, Error> {
        if let Some(lease) = self.lease.take() {
            self.lease = self.store.renew_lease(lease, LIFE).await?;
        }
        Ok(self.lease.as_ref().is_some_and(Lease::is_good))
    }

    /// Gives it back.
    pub(super) async fn release(mut self) -> Result<(), Error> {
        match self.lease.take() {
            Some(lease) => self.store.release_lease(lease).await,
            None => Ok(()),
        }
    }
}
