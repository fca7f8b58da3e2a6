//! The HTTP+SSE transport of 2024-11-05, for clients that support no newer one.
//!
//! `GET /sse` opens a stream whose first event holds the URI for messages; `POST /messages?session_id=..` sends one, and
//! its response comes on the stream. A session ends with its stream, or when its client sends nothing for long.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use futures::{Stream, StreamExt, stream};
use http::StatusCode;
use metrics::gauge;
use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, GetExtensions};
use rmcp::service::serve_server_with_ct;
use rmcp::transport::Transport;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use super::error_body::{invalid_message, refuse};
use super::eviction::{least_recently_used, least_recently_used_of, of_one_caller};
use super::replica::ReplicaName;
use super::sessions::IDLE_MAX;
use crate::mcp::handshake::Handshake;
use crate::mcp::jsonrpc::{self, Incoming, Outgoing, Parsed};
use crate::mcp::pending_errors::PendingErrors;
use crate::mcp::quota_key::{MessagePermits, QuotaKey};
use crate::mcp::reply::ClientMessage;
use crate::mcp::request_ids::{Admission, RequestIds, in_use};
use crate::mcp::retained_messages;
use crate::mcp::server::Server;
use crate::tool::caller::{self, Caller, CallerId};

/// Messages of one session that wait in each direction; further ones wait in their connection.
const QUEUE_MAX: usize = 64;

/// A message, with its shares also while it waits.
type Queued = (Incoming, MessagePermits);

/// The routes `/sse`, with or without a slash behind it, and `/messages`.
pub(super) fn routes(sessions: Arc<SseSessions>) -> Router {
    let router = ["/sse", "/sse/"].iter().fold(Router::new(), |router, path| router.route(path, get(open)));
    router.route("/messages", post(receive)).with_state(sessions)
}

/// The open sessions.
pub(super) struct SseSessions {
    server: Server,
    sessions_max: usize,
    replica: ReplicaName,
    /// Ends all sessions.
    end: CancellationToken,
    open: Mutex<HashMap<Uuid, SseSession>>,
}

/// One session: the channel for its messages, and its caller.
#[derive(Clone)]
struct SseSession {
    messages: mpsc::Sender<Queued>,
    caller: CallerId,
    used: Instant,
    /// Ends the session.
    ended: CancellationToken,
}

impl SseSessions {
    /// Creates a list of at most this many sessions; `end` ends all of them.
    pub(super) fn new(
        server: Server,
        sessions_max: usize,
        replica: ReplicaName,
        end: CancellationToken,
    ) -> Arc<SseSessions> {
        Arc::new(SseSessions { server, sessions_max, replica, end, open: Mutex::default() })
    }

    /// Ends the sessions of these callers, and returns their number.
    pub(super) fn end_of(&self, callers: impl Fn(&CallerId) -> bool) -> usize {
        let sessions = self.sessions();
        let theirs = sessions.values().filter(|session| callers(&session.caller));
        theirs.inspect(|session| session.ended.cancel()).count()
    }

    /// Consistent after every statement, so a poisoned lock does not matter.
    fn sessions(&self) -> MutexGuard<'_, HashMap<Uuid, SseSession>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a session, and ends another if there is no room.
    fn insert(&self, id: Uuid, session: SseSession) {
        let mut sessions = self.sessions();
        let held = sessions.iter().map(|(id, session)| (id, Some(&session.caller), session.used));
        let own = least_recently_used_of(&session.caller, of_one_caller(self.sessions_max) - 1, held.clone());
        let oldest = own.or_else(|| if sessions.len() >= self.sessions_max { least_recently_used(held) } else { None });
        if let Some(evicted) = oldest.and_then(|oldest| sessions.remove(&oldest)) {
            evicted.ended.cancel();
        }
        sessions.insert(id, session);
        gauge!("mcp_sse_sessions").set(sessions.len() as f64);
    }

    /// The session with this id if it is the caller's; counts as a use.
    fn session(&self, id: Uuid, caller: &CallerId) -> Option<SseSession> {
        let mut sessions = self.sessions();
        let session = sessions.get_mut(&id).filter(|session| session.caller == *caller)?;
        session.used = Instant::now();
        Some(session.clone())
    }

    fn remove(&self, id: Uuid) {
        let mut sessions = self.sessions();
        sessions.remove(&id);
        gauge!("mcp_sse_sessions").set(sessions.len() as f64);
    }
}

async fn open(State(sessions): State<Arc<SseSessions>>, Extension(caller): Extension<Caller>) -> Response {
    // A UUID of version 4 has 122 random bits and cannot be guessed.
    let id = Uuid::new_v4();
    let (messages, incoming) = mpsc::channel(QUEUE_MAX);
    let (outgoing, answers) = mpsc::channel(QUEUE_MAX);
    let ended = sessions.end.child_token();
    sessions.insert(id, SseSession { messages, caller: caller.id, used: Instant::now(), ended: ended.clone() });
    let transport = SseTransport {
        incoming,
        handshake: Handshake::default(),
        ids: RequestIds::default(),
        pending_errors: PendingErrors::default(),
        outgoing: Some(outgoing),
        ended: ended.clone(),
    };
    let shown = sessions.replica.outer(&id.simple().to_string());
    tokio::spawn(serve(sessions, id, transport));
    Sse::new(events(shown, answers, ended.drop_guard())).keep_alive(KeepAlive::default()).into_response()
}

/// Serves the session until its stream is dropped, which cancels `transport.ended`.
async fn serve(sessions: Arc<SseSessions>, id: Uuid, transport: SseTransport) {
    let ended = transport.ended.clone();
    if let Ok(session) = serve_server_with_ct(sessions.server.new_session(), transport, ended).await {
        let _ = session.waiting().await;
    }
    sessions.remove(id);
}

/// The stream's events. Dropping it, as at the end of its connection, ends the session.
fn events(
    id: Arc<str>,
    answers: mpsc::Receiver<ClientMessage>,
    alive: DropGuard,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let first = Event::default().event("endpoint").data(format!("/messages?session_id={id}"));
    let answers = stream::unfold((answers, alive), |(mut answers, alive)| async move {
        let answer = answers.recv().await?;
        // A message of the server can always be serialised.
        let data = serde_json::to_string(&answer).unwrap_or_default();
        Some((Event::default().event("message").data(data), (answers, alive)))
    });
    stream::iter([first]).chain(answers).map(Ok)
}

#[derive(Deserialize)]
struct Address {
    session_id: String,
}

async fn receive(
    State(sessions): State<Arc<SseSessions>>,
    Extension(caller): Extension<Caller>,
    Extension(quota_key): Extension<QuotaKey>,
    Extension(shares): Extension<MessagePermits>,
    address: Result<Query<Address>, QueryRejection>,
    body: Bytes,
) -> Response {
    let named = address.map(|Query(address)| address.session_id).unwrap_or_default();
    if let Some(other) = sessions.replica.other(&named) {
        return sessions.replica.elsewhere(other);
    }
    let id = Uuid::parse_str(sessions.replica.inner(&named)).ok();
    let Some(session) = id.and_then(|id| sessions.session(id, &caller.id)) else {
        return refuse(StatusCode::NOT_FOUND, "NOT_FOUND", "there is no such session: open one with GET /sse");
    };
    if let Some(large) = retained_messages::refusal_of(&body) {
        return invalid_message(large);
    }
    let message = match jsonrpc::parse(&body) {
        Parsed::Message(message) => {
            let caller = Caller { transport: caller::Transport::Sse, ..caller };
            let mut message = *message;
            retained_messages::slim(&mut message);
            with_caller(message, caller, quota_key, &shares)
        }
        Parsed::Ignored => return accepted(),
        Parsed::Invalid(invalid) => return invalid_message(invalid),
    };
    match session.messages.send((message, shares)).await {
        Ok(()) => accepted(),
        Err(_) => refuse(StatusCode::NOT_FOUND, "NOT_FOUND", "this session has ended: open another with GET /sse"),
    }
}

fn accepted() -> Response {
    (StatusCode::ACCEPTED, "Accepted").into_response()
}

fn with_caller(mut message: Incoming, caller: Caller, quota_key: QuotaKey, shares: &MessagePermits) -> Incoming {
    let extensions = match &mut message {
        ClientJsonRpcMessage::Request(request) => request.request.extensions_mut(),
        ClientJsonRpcMessage::Notification(note) => note.notification.extensions_mut(),
        _ => return message,
    };
    extensions.insert(caller);
    extensions.insert(quota_key);
    extensions.insert(shares.clone());
    message
}

/// rmcp's transport of one session.
struct SseTransport {
    incoming: mpsc::Receiver<Queued>,
    handshake: Handshake,
    ids: RequestIds,
    pending_errors: PendingErrors,
    outgoing: Option<mpsc::Sender<ClientMessage>>,
    ended: CancellationToken,
}

impl SseTransport {
    /// The next message; `None` once the session has ended or its client has sent nothing for long.
    async fn next(&mut self) -> Option<Incoming> {
        tokio::select! {
            () = self.ended.cancelled() => None,
            queued = timeout(IDLE_MAX, self.incoming.recv()) => queued.ok().flatten().map(|(message, _)| message),
        }
    }
}

impl Transport<RoleServer> for SseTransport {
    type Error = std::io::Error;

    fn send(&mut self, mut message: Outgoing) -> impl Future<Output = Result<(), std::io::Error>> + Send + 'static {
        let outgoing = self.outgoing.clone();
        let restored = self.ids.restore(&mut message);
        async move {
            let closed = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
            let outgoing = outgoing.ok_or_else(closed)?;
            if restored { outgoing.send(message.into()).await.map_err(|_| closed()) } else { Ok(()) }
        }
    }

    async fn receive(&mut self) -> Option<Incoming> {
        loop {
            self.pending_errors.flush(self.outgoing.as_ref()).await;
            let mut message = self.next().await?;
            if !self.handshake.admits(&message) {
                continue;
            }
            match self.ids.admit(&mut message) {
                Admission::Serve => return Some(message),
                Admission::Ignore => {}
                Admission::InUse(id) => self.pending_errors.push(in_use(id).into()),
            }
        }
    }

    async fn close(&mut self) -> Result<(), std::io::Error> {
        self.outgoing = None;
        Ok(())
    }
}
