//! Identifies the caller of a request, and limits the rate of its requests.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio_util::sync::CancellationToken;

use super::error_body::refuse;
use super::rate_limit::RateLimiter;
use super::route::SESSION;
use super::sessions::Sessions;
use crate::mcp::auth::Auth;
use crate::tool::caller::{Caller, CallerId};
use domain::clock::Clock;

/// The check before every guarded route.
#[derive(Debug)]
pub(super) struct AuthLayer {
    pub(super) auth: Auth,
    /// Tells whether a token is still good.
    pub(super) clock: Clock,
    pub(super) rates: RateLimiter,
    pub(super) sessions: Arc<Sessions>,
    pub(super) stop: CancellationToken,
}

impl AuthLayer {
    /// The caller, or the response that refuses it.
    pub(super) fn identify(&self, headers: &HeaderMap) -> Result<Caller, Box<Response>> {
        self.auth.identify(headers, self.clock.now()).map_err(|unauthorized| {
            let response = refuse(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", &unauthorized.to_string());
            Box::new(with(response, header::WWW_AUTHENTICATE, HeaderValue::from_static(unauthorized.challenge)))
        })
    }

    /// Counts the request of this caller, or the response that refuses it.
    pub(super) fn admit(&self, caller: &Caller, headers: &HeaderMap) -> Result<(), Box<Response>> {
        if self.stop.is_cancelled() {
            return Err(Box::new(refuse(StatusCode::SERVICE_UNAVAILABLE, "STOPPING", "the server is stopping")));
        }
        self.count(caller)?;
        // A session id is no proof of identity: for other callers the session does not exist.
        if session(headers).is_some_and(|session| !self.sessions.belongs(session, &caller.id)) {
            return Err(Box::new(refuse(StatusCode::NOT_FOUND, "NOT_FOUND", "there is no such session")));
        }
        Ok(())
    }

    /// Counts one request of the caller, or refuses it.
    pub(super) fn count(&self, caller: &Caller) -> Result<(), Box<Response>> {
        self.rates.count(caller).map_err(|wait| Box::new(too_many_requests(wait)))
    }

    /// Counts the messages of a batch beside the first, which was counted with the POST: all or none.
    pub(super) fn count_batch(&self, caller: &Caller, messages: usize) -> Result<(), Box<Response>> {
        self.rates.count_all(caller, messages.saturating_sub(1)).map_err(|refused| {
            let message = format!(
                "you call too often: of the {messages} messages of the batch {} fit now, and {} after a quiet time; none was served",
                refused.fit + 1,
                refused.fit_ever
            );
            Box::new(retry_after(refuse(StatusCode::TOO_MANY_REQUESTS, "TOO_OFTEN", &message), refused.wait))
        })
    }

    /// Binds the session that the response opens, if any, to its caller.
    pub(super) async fn bind_session(&self, response: Response, caller: &CallerId) -> Response {
        if let Some(session) = session(response.headers()).map(str::to_owned) {
            self.sessions.bind(&session, caller).await;
        }
        response
    }
}

fn session(headers: &HeaderMap) -> Option<&str> {
    headers.get(SESSION)?.to_str().ok()
}

fn too_many_requests(wait: Duration) -> Response {
    let response = refuse(StatusCode::TOO_MANY_REQUESTS, "TOO_OFTEN", "you call too often: wait as `Retry-After` says");
    retry_after(response, wait)
}

pub(super) fn retry_after(response: Response, wait: Duration) -> Response {
    let seconds = wait.as_secs_f64().ceil().max(1.0);
    with(response, header::RETRY_AFTER, HeaderValue::from(seconds as u64))
}

fn with(mut response: Response, name: header::HeaderName, value: HeaderValue) -> Response {
    response.headers_mut().insert(name, value);
    response
}
