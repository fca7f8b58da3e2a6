//! The lease of set-ups: of several that begin at once, on one machine or several, one at a time works on the channel.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tracing::info;
use uuid::Uuid;

use crate::store::kept_lease::KeptLease;
use crate::store::{Error, Store};

const NAME: &str = "handoff channel";

/// The life of the lease, which is renewed while a set-up works. After a crash the next set-up waits so long.
const LIFE: Duration = Duration::from_secs(12);

/// The longest wait for another set-up, and the pause between two tries.
const WAIT_MAX: Duration = Duration::from_secs(300);
const TRY_EVERY: Duration = Duration::from_secs(1);

/// The lease while it is held.
#[derive(Debug)]
pub(super) struct LeaseHandle(KeptLease);

impl LeaseHandle {
    /// Waits until no other set-up works on the channel; `None` if one does for too long.
    pub(super) async fn take(store: &Store) -> Result<Option<LeaseHandle>, Error> {
        let (owner, until) = (Uuid::new_v4().simple().to_string(), Instant::now() + WAIT_MAX);
        let mut is_told = false;
        loop {
            if let Some(lease) = store.keep_lease(NAME, &owner, LIFE).await? {
                return Ok(Some(LeaseHandle(lease)));
            }
            if Instant::now() >= until {
                return Ok(None);
            }
            if !std::mem::replace(&mut is_told, true) {
                info!(
                    "Another set-up works on the channel, or has just been ended by force: waiting for it, in the latter \
                     case for {} seconds.",
                    LIFE.as_secs()
                );
            }
            sleep(TRY_EVERY).await;
        }
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
