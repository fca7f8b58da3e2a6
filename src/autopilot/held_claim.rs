//! A claim that is held for as long as work under it takes.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::store::Store;
use crate::store::conversations::ConversationLease;

/// The life of a claim, and the interval at which it is renewed. After the death of its process a conversation waits for so
/// long; a request that is still under way then has its note in the outbox, which the next holder finds.
pub const LIFE: Duration = Duration::from_secs(30);
const RENEWED_EVERY: Duration = Duration::from_secs(7);

/// A claim in its newest state.
#[derive(Debug)]
pub struct HeldClaim(Mutex<ConversationLease>);

/// The end of work under a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkEnd<T> {
    /// It was done.
    Done(T),
    /// The claim was lost, and the work was dropped.
    Lost,
    /// The work was cut off, and dropped; the claim is still held.
    CutOff,
}

impl HeldClaim {
    /// Holds a claim.
    pub fn new(claim: ConversationLease) -> HeldClaim {
        HeldClaim(Mutex::new(claim))
    }

    /// The claim as it is now.
    pub fn get(&self) -> ConversationLease {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Does some work and renews the claim meanwhile, until `cut` ends it.
    pub async fn during<T>(&self, store: &Store, cut: &CancellationToken, work: impl Future<Output = T>) -> WorkEnd<T> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return WorkEnd::Done(done),
                () = cut.cancelled() => return WorkEnd::CutOff,
                () = sleep(RENEWED_EVERY) => {}
            }
            match store.renew_claim(self.get()).await {
                Ok(Some(renewed)) => *self.0.lock().unwrap_or_else(PoisonError::into_inner) = renewed,
                Ok(None) => return WorkEnd::Lost,
                // Nothing is sent once the claim may have ended.
                Err(error) => warn!("The claim of a conversation could not be renewed: {error}."),
            }
        }
    }
}
