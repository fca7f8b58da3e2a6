//! Turns of replicas at equal writes: of equal calls at two replicas the second waits, looks, and finds what the first made.
//!
//! Within one process the HubSpot client has queues for that. Between replicas a lease in the store is the queue, named by a
//! digest of what is written.

use std::time::Duration;

use hubspot_client::HubSpot;
use tokio::runtime::Handle;

use super::context::Ctx;
use super::digest;
use super::error::ToolError;
use crate::store::kept_lease::{KeptLease, LeaseWait};
use domain::code::Code;

/// The wait for a turn. After the end of a process its turns are free again within their life.
const WAIT: LeaseWait =
    LeaseWait { life: Duration::from_secs(30), longest: Duration::from_secs(20), pause: Duration::from_millis(150) };

/// The right to carry out the writes of one key, until it is dropped and its writes have ended.
#[derive(Debug)]
pub struct SharedTurn {
    lease: Option<KeptLease>,
    hubspot: HubSpot,
}

/// Waits for the turn at writes of this kind and key, where other processes may use the store.
///
/// # Errors
/// `BUSY_ERROR` if another replica is at it for long; `STORE_FAILED_ERROR` if replicas use the store and it failed.
pub async fn take(ctx: &Ctx, kind: &str, key: &[&str]) -> Result<SharedTurn, ToolError> {
    let hubspot = ctx.hubspot.clone();
    if !ctx.store.location().is_shared() || ctx.hubspot.is_dry_run() {
        return Ok(SharedTurn { lease: None, hubspot });
    }
    let name = format!("write/{kind}/{}", digest::of(&key.join("\n")));
    match ctx.store.wait_for_lease(&name, WAIT, || ()).await {
        Ok(Some(lease)) => Ok(SharedTurn { lease: Some(lease), hubspot }),
        Ok(None) => Err(under_way()),
        Err(error) if ctx.store.location().is_for_replicas() => {
            let message = format!("other replicas cannot be kept from the same write: {error}");
            let hint = "nothing was written; call again in a moment";
            Err(ToolError::new(Code::StoreFailed, message, hint))
        }
        // The queues of this process stand.
        Err(_) => Ok(SharedTurn { lease: None, hubspot }),
    }
}

impl SharedTurn {
    /// Succeeds while the turn certainly lasts. Ask it directly before a write: a process may have stood still since.
    ///
    /// # Errors
    /// `BUSY_ERROR`: another replica may be at the same write.
    pub async fn lasts(&self) -> Result<(), ToolError> {
        let Some(kept) = &self.lease else { return Ok(()) };
        if kept.current().await.is_some_and(|lease| lease.is_good()) { Ok(()) } else { Err(under_way()) }
    }
}

fn under_way() -> ToolError {
    let message = "an equal call at another replica is under way";
    ToolError::new(Code::Busy, message, "nothing was written; call again in half a minute: what it made is then found")
}

impl Drop for SharedTurn {
    fn drop(&mut self) {
        let (Some(lease), Ok(runtime)) = (self.lease.take(), Handle::try_current()) else { return };
        let writes = self.hubspot.writes();
        runtime.spawn(async move {
            for write in &writes {
                write.ended().await;
            }
            // Where that fails it ends by itself.
            let _ = lease.release().await;
        });
    }
}
