//! `/mcp`: the streamable HTTP transport, with sessions and without.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::Full;
use rmcp::model::{ClientJsonRpcMessage, GetMeta, JsonRpcMessage, ProtocolVersion, RequestId, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::session::{SessionId, SessionManager};
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio_util::sync::CancellationToken;

use super::accept;
use super::error_body::{explain, invalid_message, is_json, refuse};
use super::replay_buffer::RETRY;
use super::route::{self, Route, SESSION, SessionUse, VERSION};
use super::sessions::Sessions;
use crate::mcp::batch;
use crate::mcp::empty_object;
use crate::mcp::jsonrpc::{self, InvalidMessage, Parsed};
use crate::mcp::request_names;
use crate::mcp::retained_messages;
use crate::mcp::server::Server;

/// The headers of a subscription that are read behind this file.
const READ: [&str; 7] =
    ["accept", "content-type", "host", "mcp-method", "mcp-name", "mcp-protocol-version", "mcp-session-id"];
const LAST_EVENT_ID: &str = "last-event-id";

/// The services behind `/mcp`.
pub(super) struct Endpoint {
    with_sessions: StreamableHttpService<Server, Sessions>,
    sessionless: StreamableHttpService<Server, NeverSessionManager>,
    sessions: Arc<Sessions>,
    session_use: SessionUse,
}

impl Endpoint {
    /// Serves messages of at most `body_bytes_max`; `end` ends all sessions and streams.
    pub(super) fn new(
        server: Server,
        sessions: Arc<Sessions>,
        session_use: SessionUse,
        body_bytes_max: usize,
        end: CancellationToken,
    ) -> Endpoint {
        let other = server.clone();
        let config = |end| config(end, body_bytes_max);
        let without = config(end.clone()).with_legacy_session_mode(false);
        Endpoint {
            with_sessions: StreamableHttpService::new(move || Ok(server.new_session()), sessions.clone(), config(end)),
            sessionless: StreamableHttpService::new(move || Ok(other.new_session()), Arc::default(), without),
            sessions,
            session_use,
        }
    }

    /// Serves one request.
    pub(super) async fn respond(&self, request: Request<Bytes>) -> Response {
        let request = prepared(request);
        let parsed = || jsonrpc::parse(request.body());
        if let Some(version) = route::unknown_version(request.headers()) {
            // A request that names its version itself is refused by rmcp, as 2026-07-28 says.
            return match parsed() {
                Parsed::Message(message) if names_version(&message) => self.respond_with_sessions(request).await,
                Parsed::Message(message) => bad_request(route::version_refused(version, id(&message))),
                _ => bad_request(route::version_refused(version, None)),
            };
        }
        if let Some(elsewhere) = self.elsewhere(request.headers()) {
            return elsewhere;
        }
        // rmcp accepts the end of any session.
        if *request.method() == Method::DELETE
            && !route::is_modern(request.headers())
            && let Some(session) = request.headers().get(SESSION)
            && !self.has_session(session).await
        {
            return no_such_session();
        }
        if *request.method() == Method::POST
            && let Some(long) = request_names::refusal_of(request.body())
        {
            return invalid_message(InvalidMessage::new(long.id, long.code, long.problem));
        }
        if *request.method() == Method::POST
            && let Some(large) = retained_messages::refusal_of(request.body())
        {
            return invalid_message(large);
        }
        let request = slimmed(request);
        let parsed = || jsonrpc::parse(request.body());
        let names_session = request.headers().contains_key(SESSION);
        if *request.method() != Method::POST || names_session || route::is_modern(request.headers()) {
            return self.respond_with_sessions(request).await;
        }
        let route = match parsed() {
            Parsed::Message(message) => route::without_session(&message, self.session_use),
            Parsed::Ignored | Parsed::Invalid(_) => Route::Session,
        };
        match route {
            Route::Session => self.respond_with_sessions(request).await,
            Route::Sessionless => self.respond_sessionless(request).await,
            Route::Refused(id) => bad_request(route::session_needed(id)),
        }
    }

    /// The messages of the body, if it is a batch in a revision that has batches; an error if its session is missing.
    ///
    /// What refuses a whole POST, such as its `Accept`, is left to [`Endpoint::respond`], as for a single message.
    pub(super) async fn batch(&self, request: &Request<Bytes>) -> Result<Option<Vec<Vec<u8>>>, Response> {
        let headers = request.headers();
        let method = request.method();
        let is_served = *method == Method::POST
            && is_json(headers)
            && accept::is_acceptable(method, headers)
            && route::unknown_version(headers).is_none();
        let Some(messages) = is_served.then(|| batch::split(request.body())).flatten() else { return Ok(None) };
        Ok(batch::is_served(&self.version(headers).await?).then_some(messages))
    }

    /// The revision of a batch.
    async fn version(&self, headers: &HeaderMap) -> Result<ProtocolVersion, Response> {
        let named = |header: &HeaderValue| serde_json::from_value(header.to_str().ok()?.into()).ok();
        if let Some(session) = headers.get(SESSION) {
            let id: SessionId = session.to_str().unwrap_or_default().into();
            if let Some(elsewhere) = self.sessions.elsewhere(&id) {
                return Err(elsewhere);
            }
            let there = self.sessions.has_session(&id).await.unwrap_or_default();
            let version = self.sessions.version(&id).filter(|_| there);
            return version.ok_or_else(no_such_session);
        }
        match headers.get(VERSION).and_then(named) {
            Some(version) if !batch::is_served(&version) => Ok(version),
            _ if self.session_use == SessionUse::Required => Err(bad_request(route::session_needed(None))),
            // MCP: without the header, the revision is 2025-03-26.
            _ => Ok(ProtocolVersion::V_2025_03_26),
        }
    }

    /// The answer to a request in a session of another replica.
    fn elsewhere(&self, headers: &HeaderMap) -> Option<Response> {
        let named = headers.get(SESSION).filter(|_| !route::is_modern(headers))?;
        self.sessions.elsewhere(named.to_str().ok()?)
    }

    async fn has_session(&self, named: &HeaderValue) -> bool {
        let Ok(id) = named.to_str() else { return false };
        self.sessions.has_session(&id.into()).await.unwrap_or_default()
    }

    pub(super) async fn respond_with_sessions(&self, request: Request<Bytes>) -> Response {
        let is_post = *request.method() == Method::POST;
        let (sent_json, body) = (is_json(request.headers()), request.body().clone());
        let names_session = request.headers().contains_key(SESSION);
        let response = self.with_sessions.handle(request.map(Full::new)).await.map(Body::new);
        match (is_post, names_session) {
            (true, _) if sent_json => explain(response, &body),
            (false, false) if response.status() == StatusCode::BAD_REQUEST => bad_request(route::session_needed(None)),
            _ => response,
        }
    }

    pub(super) async fn respond_sessionless(&self, mut request: Request<Bytes>) -> Response {
        request.headers_mut().remove(SESSION);
        self.sessionless.handle(request.map(Full::new)).await.map(Body::new)
    }
}

/// Hosts and origins are checked before it, for every route.
fn config(end: CancellationToken, body_bytes_max: usize) -> StreamableHttpServerConfig {
    StreamableHttpServerConfig::default()
        .disable_allowed_hosts()
        .disable_allowed_origins()
        .with_json_response(true)
        .with_sse_retry(Some(RETRY))
        .with_max_request_body_bytes(body_bytes_max)
        .with_cancellation_token(end)
}

/// The request in the form that rmcp reads.
pub(super) fn prepared(request: Request<Bytes>) -> Request<Bytes> {
    let readable = |body: Bytes| {
        let body = body.slice_ref(jsonrpc::without_mark(&body));
        empty_object::put_right(&body).map_or(body, Bytes::from)
    };
    let mut request = request.map(readable);
    let method = request.method().clone();
    accept::normalize(&method, request.headers_mut());
    // An empty id names no event.
    if request.headers().get(LAST_EVENT_ID).is_some_and(|id| id.as_bytes().trim_ascii().is_empty()) {
        request.headers_mut().remove(LAST_EVENT_ID);
    }
    request
}

/// The request without what a subscription would keep for nothing: rmcp holds the request as long as it lasts.
fn slimmed(mut request: Request<Bytes>) -> Request<Bytes> {
    let Some(body) = (*request.method() == Method::POST).then(|| retained_messages::slimmed(request.body())).flatten()
    else {
        return request;
    };
    let headers = std::mem::take(request.headers_mut());
    let read = headers.iter().filter(|(name, _)| READ.contains(&name.as_str()));
    *request.headers_mut() = read.map(|(name, value)| (name.clone(), value.clone())).collect();
    request.map(|_| body.into())
}

fn names_version(message: &ClientJsonRpcMessage) -> bool {
    let JsonRpcMessage::Request(sent) = message else { return false };
    sent.request.get_meta().protocol_version().is_some()
}

fn id(message: &ClientJsonRpcMessage) -> Option<RequestId> {
    let JsonRpcMessage::Request(sent) = message else { return None };
    Some(sent.id.clone())
}

fn no_such_session() -> Response {
    refuse(StatusCode::NOT_FOUND, "NOT_FOUND", "there is no such session")
}

fn bad_request(error: ServerJsonRpcMessage) -> Response {
    (StatusCode::BAD_REQUEST, Json(error)).into_response()
}
