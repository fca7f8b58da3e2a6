//! The place of a call that waits for a person's answer: held while its client listens, given back while it does not.

use std::time::Duration;

use rmcp::model::Extensions;
use tokio::sync::OwnedSemaphorePermit;

use super::caller_quotas::QuotaPermit;
use super::quota_key::QuotaKey;
use super::response_listeners::ResponseListeners;
use super::server::Server;

/// Longest time for which a question waits for a client that lost its connection. It is told to come back in three seconds.
const ABSENCE_MAX: Duration = Duration::from_secs(30);

/// A place of the session and one of the caller, until it is dropped.
#[derive(Debug)]
pub(super) struct ElicitationPermit {
    _of_session: OwnedSemaphorePermit,
    _of_caller: QuotaPermit,
}

impl Server {
    /// A place for the question of a call; `None` if too many calls wait already.
    pub(super) fn question_place(&self, extensions: &Extensions) -> Option<ElicitationPermit> {
        let of_session = self.questions.clone().try_acquire_owned().ok()?;
        let of_caller = self.shared.limits.question(&QuotaKey::of(extensions))?;
        Some(ElicitationPermit { _of_session: of_session, _of_caller: of_caller })
    }

    /// Holds the place as long as somebody listens. Resolves when nobody has come back in time, or when there was no place
    /// any more for whoever was gone or came back.
    pub(super) async fn hold(&self, place: ElicitationPermit, extensions: &Extensions) {
        let Some(presence) = extensions.get::<ResponseListeners>() else { return std::future::pending().await };
        let mut held = Some(place);
        while held.is_some() {
            presence.gone().await;
            drop(held.take());
            let Some(_absent) = self.shared.limits.absent_question(&QuotaKey::of(extensions)) else { return };
            if tokio::time::timeout(ABSENCE_MAX, presence.back()).await.is_ok() {
                held = self.question_place(extensions);
            }
        }
    }
}
