//! The right to bring a session to HubSpot, or to end it: of several calls at once, in one process or several with one store,
//! one at a time has it, and the others see what it has done.

use std::time::Duration;

use super::error::Error;
use crate::store::kept_lease::{KeptLease, LeaseWait};
use crate::tool::Ctx;

/// The life of the lease, which is renewed while its holder works. After a crash the next call waits so long.
const LIFE: Duration = Duration::from_secs(8);
/// The pause between two attempts to get it.
const PAUSE: Duration = Duration::from_millis(250);
/// The time of a call that is left for its work when it has waited for another one.
const RESERVE: Duration = Duration::from_secs(8);

/// The right while it is held. Dropped, it ends after its life.
#[derive(Debug)]
pub struct SessionClaim(KeptLease);

/// The name of the right to open or to end a session.
pub fn of_session(id: &str) -> String {
    format!("handoff session/{id}")
}

/// The name of the right to hand a conversation of HubSpot's inbox over.
pub fn of_conversation(id: &str) -> String {
    format!("handoff conversation/{id}")
}

/// Waits until nobody else has the right of this name; `None` if somebody has it for too long.
pub async fn take(ctx: &Ctx, name: &str) -> Result<Option<SessionClaim>, Error> {
    let longest = ctx.hubspot.time_left().saturating_sub(RESERVE).max(LIFE + PAUSE);
    let wait = LeaseWait { life: LIFE, longest, pause: PAUSE };
    Ok(ctx.store.wait_for_lease(name, wait, || ()).await?.map(SessionClaim))
}

impl SessionClaim {
    /// Gives the right back; nobody waits for that. If it fails, the right ends by itself.
    pub fn release(self) {
        tokio::spawn(async move {
            if let Err(error) = self.0.release().await {
                tracing::warn!(%error, "The next call of a hand-off has to wait a few seconds.");
            }
        });
    }
}
