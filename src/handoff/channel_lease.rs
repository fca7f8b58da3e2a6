//! The lease of set-ups: of several that begin at once, on one machine or several, one at a time works on the channel.

use std::time::Duration;

use tracing::info;

use crate::store::kept_lease::{KeptLease, LeaseWait};
use crate::store::{Error, Store};

const NAME: &str = "handoff channel";

/// The wait for another set-up. The lease is renewed while a set-up works; after a crash the next one waits for its life.
const WAIT: LeaseWait =
    LeaseWait { life: Duration::from_secs(12), longest: Duration::from_secs(300), pause: Duration::from_secs(1) };

/// The lease while it is held.
#[derive(Debug)]
pub(super) struct LeaseHandle(KeptLease);

impl LeaseHandle {
    /// Waits until no other set-up works on the channel; `None` if one does for too long.
    pub(super) async fn take(store: &Store) -> Result<Option<LeaseHandle>, Error> {
        let told = || {
            info!(
                "Another set-up works on the channel, or has just been ended by force: waiting for it, in the latter case \
                 for {} seconds.",
                WAIT.life.as_secs()
            );
        };
        Ok(store.wait_for_lease(NAME, WAIT, told).await?.map(LeaseHandle))
    }

    /// Holds it for another while; false if it was lost.
    pub(super) async fn renew(&self) -> Result<bool, Error> {
        self.0.renew().await
    }

    /// Gives it back.
    pub(super) async fn release(self) -> Result<(), Error> {
        self.0.release().await
    }
}
