//! A claim that is held for as long as work under it takes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::store::Store;
use crate::store::conversations::ConversationLease;

/// The life of a claim, and the interval at which it is renewed. After the death of its process a conversation waits for so
/// long. A message that is still under way then has its note in the outbox, which the next holder finds; a tool's write or an
/// assignment may end a little later than the claim, and is found by its own look-ups.
pub const LIFE: Duration = Duration::from_secs(30);
const RENEWED_EVERY: Duration = Duration::from_secs(7);

/// A claim in its newest state.
#[derive(Debug)]
pub struct HeldClaim {
    newest: Mutex<ConversationLease>,
    /// Something may have been written under it.
    acted: AtomicBool,
}

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
        HeldClaim { newest: Mutex::new(claim), acted: AtomicBool::new(false) }
    }

    /// The claim as it is now.
    pub fn get(&self) -> ConversationLease {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes that from now on something may be written under it.
    pub fn act(&self) {
        self.acted.store(true, Ordering::Relaxed);
    }

    /// True if something may have been written under it.
    pub fn has_acted(&self) -> bool {
        self.acted.load(Ordering::Relaxed)
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
                Ok(Some(renewed)) => *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = renewed,
                Ok(None) => return WorkEnd::Lost,
                // Nothing is sent once the claim may have ended.
                Err(error) => warn!("The claim of a conversation could not be renewed: {error}."),
            }
        }
    }
}
