//! Sessions of clients before 2026-07-28: bounded in number, bound to their callers, and ended when idle.
//!
//! rmcp's own manager does not bound their number (an idle one costs 55 KB), and ends a session after five minutes without
//! a message even while a call waits for a person. It also confuses requests with the same id, and forgets the answer of a
//! request whose client lost its connection: see [`exchanges`](super::exchanges).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::response::Response;
use futures::{Stream, StreamExt};
use metrics::gauge;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, JsonRpcMessage, ProtocolVersion, ServerJsonRpcMessage, ServerResult,
};
use rmcp::transport::WorkerTransport;
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionManager, LocalSessionManagerError, create_local_session,
};
use rmcp::transport::streamable_http_server::session::{ServerSseMessage, SessionId, SessionManager};
use tokio::time::Instant;
use tracing::info;
use uuid::Uuid;

use super::event_id::LastEvent;
use super::eviction::{least_recently_used, least_recently_used_of, of_one_caller};
use super::exchanges::{Exchanges, Meant, gone_stream};
use super::replay_buffer::RETRY;
use super::replica::ReplicaName;
use crate::mcp::request_state::ANSWER_MINUTES_MAX;
use crate::mcp::retained_messages;
use crate::tool::caller::CallerId;

/// Longest time without a message from the client, longer than a person may take to answer.
pub(super) const IDLE_MAX: Duration = Duration::from_secs(2 * 60 * ANSWER_MINUTES_MAX as u64);

/// rmcp's session manager with a limit and with callers.
#[derive(Debug)]
pub(super) struct Sessions {
    inner: LocalSessionManager,
    known: Mutex<HashMap<SessionId, SessionInfo>>,
    exchanges: Arc<Exchanges>,
    sessions_max: usize,
    replica: ReplicaName,
}

#[derive(Debug)]
struct SessionInfo {
    used: Instant,
    /// Set when the response that opens the session passes the authentication layer.
    caller: Option<CallerId>,
    /// The revision that `initialize` agreed on.
    version: Option<ProtocolVersion>,
}

impl Sessions {
    /// Creates a manager of at most this many sessions, whose ids begin with the name of the replica.
    pub(super) fn new(sessions_max: usize, replica: ReplicaName) -> Sessions {
        let mut inner = LocalSessionManager::default();
        inner.session_config.keep_alive = Some(IDLE_MAX);
        inner.session_config.sse_retry = Some(RETRY);
        Sessions { inner, known: Mutex::default(), exchanges: Arc::default(), sessions_max, replica }
    }

    /// Binds the session to the caller that opened it, and ends another of a caller with too many.
    pub(super) async fn bind(&self, session: &str, caller: &CallerId) {
        let last = {
            let mut known = self.known();
            let Some(opened) = known.get_mut(session).filter(|opened| opened.caller.is_none()) else { return };
            opened.caller = Some(caller.clone());
            let held = known.iter().map(|(id, known)| (id, known.caller.as_ref(), known.used));
            least_recently_used_of(caller, of_one_caller(self.sessions_max), held)
        };
        if let Some(last) = last {
            info!(sessions_max = self.sessions_max, "Ended a session of a caller that has half of all.");
            // A session that ended meanwhile needs no end.
            let _ = self.close_session(&last).await;
        }
    }

    /// The answer to a request in a session that another replica holds; `None` for those of this one and for unknown ones.
    pub(super) fn elsewhere(&self, session: &str) -> Option<Response> {
        self.replica.other(session).map(|other| self.replica.elsewhere(other))
    }

    /// False if the session is another caller's.
    pub(super) fn belongs(&self, session: &str, caller: &CallerId) -> bool {
        let known = self.known();
        known.get(session).and_then(|known| known.caller.as_ref()).is_none_or(|owner| owner == caller)
    }

    /// Ends the sessions of these callers, and returns their number.
    pub(super) async fn end_of(&self, callers: impl Fn(&CallerId) -> bool) -> usize {
        let theirs: Vec<SessionId> = {
            let known = self.known();
            let theirs = known.iter().filter(|(_, known)| known.caller.as_ref().is_some_and(&callers));
            theirs.map(|(id, _)| id.clone()).collect()
        };
        for id in &theirs {
            // A session that ended meanwhile needs no end.
            let _ = self.close_session(id).await;
        }
        theirs.len()
    }

    /// The revision of the session, if there is one.
    pub(super) fn version(&self, session: &str) -> Option<ProtocolVersion> {
        self.known().get(session)?.version.clone()
    }

    fn caller(&self, session: &SessionId) -> CallerId {
        self.known().get(session).and_then(|known| known.caller.clone()).unwrap_or_default()
    }

    /// Gives a cancellation rmcp's id of the request that it means; false if it is not known which.
    fn find_cancelled(&self, session: &SessionId, message: &mut ClientJsonRpcMessage) -> bool {
        let JsonRpcMessage::Notification(notification) = message else { return true };
        let ClientNotification::CancelledNotification(cancelled) = &mut notification.notification else { return true };
        let Some(request) = &mut cancelled.params.request_id else { return true };
        match self.exchanges.cancel(session, request) {
            Meant::One(ours) => {
                *request = ours;
                true
            }
            Meant::Unclear => false,
        }
    }

    /// Removes one session if there is no room for another.
    fn evict(&self) -> Option<SessionId> {
        let mut known = self.known();
        if known.len() < self.sessions_max {
            return None;
        }
        let oldest = least_recently_used(known.iter().map(|(id, known)| (id, known.caller.as_ref(), known.used)))?;
        known.remove(&oldest);
        Some(oldest)
    }

    fn touch(&self, id: &SessionId) {
        if let Some(known) = self.known().get_mut(id) {
            known.used = Instant::now();
        }
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn known(&self) -> MutexGuard<'_, HashMap<SessionId, SessionInfo>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update_gauge(&self) {
        gauge!("mcp_sessions").set(self.known().len() as f64);
    }
}

impl SessionManager for Sessions {
    type Error = LocalSessionManagerError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Self::Error> {
        if let Some(oldest) = self.evict() {
            info!(
                sessions_max = self.sessions_max,
                "Ended a session of the caller with the most, to make room for another."
            );
            self.exchanges.close(&oldest);
            self.inner.close_session(&oldest).await?;
        }
        // As rmcp's own manager does it, with an id that names the replica.
        let id = self.replica.outer(&Uuid::new_v4().to_string());
        let (handle, worker) = create_local_session(id.clone(), self.inner.session_config.clone());
        self.inner.sessions.write().await.insert(id.clone(), handle);
        let transport = WorkerTransport::spawn(worker);
        self.known().insert(id.clone(), SessionInfo { used: Instant::now(), caller: None, version: None });
        self.update_gauge();
        Ok((id, transport))
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        mut message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, Self::Error> {
        retained_messages::slim(&mut message);
        let answer = self.inner.initialize_session(id, message).await?;
        if let JsonRpcMessage::Response(response) = &answer
            && let ServerResult::InitializeResult(opened) = &response.result
            && let Some(known) = self.known().get_mut(id)
        {
            known.version = Some(opened.protocol_version.clone());
        }
        Ok(answer)
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, Self::Error> {
        self.touch(id);
        self.inner.has_session(id).await
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), Self::Error> {
        self.known().remove(id);
        self.exchanges.close(id);
        self.update_gauge();
        self.inner.close_session(id).await
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        mut message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        let begun = self.exchanges.begin(id, self.caller(id), &mut message);
        Ok(begun.record(self.inner.create_stream(id, message).await?))
    }

    async fn accept_message(&self, id: &SessionId, mut message: ClientJsonRpcMessage) -> Result<(), Self::Error> {
        if !self.find_cancelled(id, &mut message) {
            return Ok(());
        }
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
        match LastEvent::read(&last_event_id) {
            LastEvent::OfExchange(last) => Ok(self.exchanges.resume(id, last).left_stream().left_stream()),
            LastEvent::OfStandalone => Ok(self.inner.resume(id, last_event_id).await?.right_stream()),
            LastEvent::Unknown => Ok(gone_stream(None).right_stream().left_stream()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn there_are_never_more_sessions_than_the_limit() {
        let sessions = Sessions::new(3, ReplicaName::default());
        let mut opened = vec![];
        for _ in 0..3 {
            opened.push(sessions.create_session().await.unwrap().0);
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert!(sessions.has_session(&opened[0]).await.unwrap(), "a look-up counts as a use");
        let newest = sessions.create_session().await.unwrap().0;
        for (id, there) in [(&opened[0], true), (&opened[1], false), (&opened[2], true), (&newest, true)] {
            assert_eq!(sessions.has_session(id).await.unwrap(), there);
        }
        sessions.close_session(&newest).await.unwrap();
        assert_eq!(sessions.known().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn one_caller_has_half_of_the_sessions() {
        let sessions = Sessions::new(40, ReplicaName::default());
        let [many, other] = ["many", "other"].map(|name| CallerId(name.into()));
        let opened = async |caller: &CallerId| {
            let id = sessions.create_session().await.unwrap().0;
            sessions.bind(&id, caller).await;
            tokio::time::advance(Duration::from_secs(1)).await;
            id
        };
        let kept = opened(&other).await;
        let mut own = vec![];
        for _ in 0..30 {
            own.push(opened(&many).await);
        }
        let there: Vec<_> = own.iter().map(|id| sessions.known().contains_key(id)).collect();
        assert_eq!(there, [[false; 10].as_slice(), &[true; 20]].concat(), "its oldest make way");
        assert!(sessions.known().contains_key(&kept));
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_belongs_to_the_caller_that_opened_it() {
        let sessions = Sessions::new(3, ReplicaName::default());
        let [owner, other] = ["owner", "other"].map(|name| CallerId(name.into()));
        let id = sessions.create_session().await.unwrap().0;
        sessions.bind(&id, &owner).await;
        sessions.bind(&id, &other).await;
        assert!(sessions.belongs(&id, &owner) && !sessions.belongs(&id, &other));
        assert!(sessions.belongs("unknown", &other), "rmcp answers that there is none");
    }
}
