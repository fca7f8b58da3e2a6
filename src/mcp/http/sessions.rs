//! Sessions of clients before 2026-07-28: so many, each its caller's, and not for ever.
//!
//! rmcp's own manager knows no end to their number (an idle one costs 55 KB) and ends a session after five minutes of
//! silence, also in the middle of a call that waits for a person.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::Stream;
use metrics::gauge;
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::local::{LocalSessionManager, LocalSessionManagerError};
use rmcp::transport::streamable_http_server::session::{ServerSseMessage, SessionId, SessionManager};
use tokio::time::Instant;
use tracing::info;

use super::eviction::least_recently_used;
use crate::mcp::request_state::ANSWER_MINUTES_MAX;
use crate::tool::call_context::CallerId;

/// A session that nothing was heard of for this long is over: longer than a person may take to answer.
pub(super) const SILENCE_MAX: Duration = Duration::from_secs(2 * 60 * ANSWER_MINUTES_MAX as u64);

#[derive(Debug)]
pub(super) struct Sessions {
    inner: LocalSessionManager,
    known: Mutex<HashMap<SessionId, Known>>,
    most: usize,
}

#[derive(Debug)]
struct Known {
    used: Instant,
    /// Known as soon as the session's first answer passes the gate.
    caller: Option<CallerId>,
}

impl Sessions {
    pub(super) fn new(most: usize) -> Sessions {
        let mut inner = LocalSessionManager::default();
        inner.session_config.keep_alive = Some(SILENCE_MAX);
        Sessions { inner, known: Mutex::default(), most }
    }

    /// The session was opened by this caller.
    pub(super) fn bind(&self, session: &str, caller: &CallerId) {
        if let Some(known) = self.known().get_mut(session) {
            known.caller.get_or_insert_with(|| caller.clone());
        }
    }

    /// Whether the session is this caller's, as far as it is known at all.
    pub(super) fn belongs(&self, session: &str, caller: &CallerId) -> bool {
        let known = self.known();
        known.get(session).and_then(|known| known.caller.as_ref()).is_none_or(|owner| owner == caller)
    }

    /// Takes one session out if there is no room for another.
    fn make_room(&self) -> Option<SessionId> {
        let mut known = self.known();
        if known.len() < self.most {
            return None;
        }
        let oldest = least_recently_used(known.iter().map(|(id, known)| (id, known.caller.as_ref(), known.used)))?;
        known.remove(&oldest);
        Some(oldest)
    }

    fn used(&self, id: &SessionId) {
        if let Some(known) = self.known().get_mut(id) {
            known.used = Instant::now();
        }
    }

    /// Whole after every statement, so a panic elsewhere does not matter.
    fn known(&self) -> MutexGuard<'_, HashMap<SessionId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn counted(&self) {
        gauge!("mcp_sessions").set(self.known().len() as f64);
    }
}

impl SessionManager for Sessions {
    type Error = LocalSessionManagerError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Self::Error> {
        if let Some(oldest) = self.make_room() {
            info!(most = self.most, "Ended a session of the caller with the most, to make room for another.");
            self.inner.close_session(&oldest).await?;
        }
        let (id, transport) = self.inner.create_session().await?;
        self.known().insert(id.clone(), Known { used: Instant::now(), caller: None });
        self.counted();
        Ok((id, transport))
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, Self::Error> {
        self.inner.initialize_session(id, message).await
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, Self::Error> {
        self.used(id);
        self.inner.has_session(id).await
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), Self::Error> {
        self.known().remove(id);
        self.counted();
        self.inner.close_session(id).await
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.inner.create_stream(id, message).await
    }

    async fn accept_message(&self, id: &SessionId, message: ClientJsonRpcMessage) -> Result<(), Self::Error> {
        self.inner.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.inner.create_standalone_stream(id).await
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.inner.resume(id, last_event_id).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn there_are_never_more_than_the_most() {
        let sessions = Sessions::new(3);
        let mut opened = vec![];
        for _ in 0..3 {
            opened.push(sessions.create_session().await.unwrap().0);
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert!(sessions.has_session(&opened[0]).await.unwrap(), "and it is used by that");
        let newest = sessions.create_session().await.unwrap().0;
        for (id, there) in [(&opened[0], true), (&opened[1], false), (&opened[2], true), (&newest, true)] {
            assert_eq!(sessions.has_session(id).await.unwrap(), there);
        }
        sessions.close_session(&newest).await.unwrap();
        assert_eq!(sessions.known().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_is_its_callers_alone() {
        let sessions = Sessions::new(3);
        let [owner, other] = ["owner", "other"].map(|name| CallerId(name.into()));
        let id = sessions.create_session().await.unwrap().0;
        sessions.bind(&id, &owner);
        sessions.bind(&id, &other);
        assert!(sessions.belongs(&id, &owner) && !sessions.belongs(&id, &other));
        assert!(sessions.belongs("unknown", &other), "rmcp says that there is none");
    }
}
