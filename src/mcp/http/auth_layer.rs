//! Who may come in: by which name, from which page, as whom, and how often.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::allowed_hosts::AllowedHosts;
use super::rate_limit::RateLimiter;
use super::sessions::Sessions;
use crate::mcp::auth::Auth;
use crate::mcp::auth::identity::Identity;

/// The header that names a session of an older client.
const SESSION: &str = "mcp-session-id";

/// What every guarded route is behind.
#[derive(Debug)]
pub(super) struct AuthLayer {
    pub(super) auth: Auth,
    pub(super) rates: RateLimiter,
    pub(super) sessions: Arc<Sessions>,
    pub(super) stop: CancellationToken,
}

pub(super) async fn admit_name(State(names): State<Arc<AllowedHosts>>, request: Request, next: Next) -> Response {
    match names.admit(request.headers(), request.uri()) {
        Ok(()) => next.run(request).await,
        Err(rejected) => refuse(StatusCode::FORBIDDEN, "FORBIDDEN", &rejected.to_string()),
    }
}

/// Leaves the caller's identity in the request, where `mcp` finds it again.
pub(super) async fn admit_caller(State(gate): State<Arc<AuthLayer>>, mut request: Request, next: Next) -> Response {
    let identity = match gate.admit(request.headers()) {
        Ok(identity) => identity,
        Err(refusal) => return *refusal,
    };
    let caller = identity.caller.clone();
    request.extensions_mut().insert(identity);
    let answer = next.run(request).await;
    if let Some(session) = session(answer.headers()) {
        gate.sessions.bind(session, &caller);
    }
    answer
}

impl AuthLayer {
    fn admit(&self, headers: &HeaderMap) -> Result<Identity, Box<Response>> {
        let identity = self.auth.identify(headers).map_err(|unknown| {
            let answer = refuse(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", &unknown.to_string());
            Box::new(with(answer, header::WWW_AUTHENTICATE, HeaderValue::from_static(unknown.challenge)))
        })?;
        if self.stop.is_cancelled() {
            return Err(Box::new(refuse(StatusCode::SERVICE_UNAVAILABLE, "STOPPING", "the server is stopping")));
        }
        self.rates.count(&identity.caller).map_err(|wait| Box::new(too_often(wait)))?;
        // A session is no proof of who calls, and is nobody else's: for others it does not exist.
        if session(headers).is_some_and(|session| !self.sessions.belongs(session, &identity.caller)) {
            return Err(Box::new(refuse(StatusCode::NOT_FOUND, "NOT_FOUND", "there is no such session")));
        }
        Ok(identity)
    }
}

fn session(headers: &HeaderMap) -> Option<&str> {
    headers.get(SESSION)?.to_str().ok()
}

fn too_often(wait: Duration) -> Response {
    let seconds = wait.as_secs_f64().ceil().max(1.0);
    let answer = refuse(StatusCode::TOO_MANY_REQUESTS, "TOO_OFTEN", "you call too often: wait as `Retry-After` says");
    with(answer, header::RETRY_AFTER, HeaderValue::from(seconds as u64))
}

fn with(mut answer: Response, name: header::HeaderName, value: HeaderValue) -> Response {
    answer.headers_mut().insert(name, value);
    answer
}

/// A refusal before MCP, for people and for programs.
pub(super) fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"code": code, "message": message}))).into_response()
}
