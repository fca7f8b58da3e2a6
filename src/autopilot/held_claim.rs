//! A claim that is held for as long as work under it takes.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::sleep;
use tracing::warn;

use crate::store::Store;
use crate::store::conversations::ConversationLease;

/// The life of a claim, and the interval at which it is renewed: a request of a step ends before a claim can.
pub const LIFE: Duration = Duration::from_secs(60);
const RENEWED_EVERY: Duration = Duration::from_secs(15);

/// A claim in its newest state.
#[derive(Debug)]
pub struct HeldClaim(Mutex<ConversationLease>);

impl HeldClaim {
    /// Holds a claim.
    pub fn new(claim: ConversationLease) -> HeldClaim {
        HeldClaim(Mutex::new(claim))
    }

    /// The claim as it is now.
    pub fn get(&self) -> ConversationLease {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Does some work and renews the claim meanwhile; `None` if it was lost, and the work was dropped.
    pub async fn during<T>(&self, store: &Store, work: impl Future<Output = T>) -> Option<T> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                () = sleep(RENEWED_EVERY) => {}
            }
            match store.renew_claim(self.get()).await {
                Ok(Some(renewed)) => *self.0.lock().unwrap_or_else(PoisonError::into_inner) = renewed,
                Ok(None) => return None,
                // Nothing is sent once the claim may have ended.
                Err(error) => warn!("The claim of a conversation could not be renewed: {error}."),
            }
        }
    }
}
