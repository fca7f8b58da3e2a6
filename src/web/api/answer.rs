//! Answers of the interface: JSON, and errors with a code, a message and a hint.

use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// Help for whoever sends too much at once.
pub const WAIT: &str = "wait as `retry_after_seconds` says, and send it again with the same id";

/// An error in the form that clients read.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    hint: &'static str,
    wait: Option<Duration>,
}

impl ApiError {
    /// The input makes no sense.
    pub fn input(message: impl Into<String>) -> ApiError {
        let hint = "send what the interface describes: `openapi.json` of a chat page, or its documentation";
        ApiError::new(StatusCode::BAD_REQUEST, "INVALID_INPUT", message, hint)
    }

    /// There is no conversation for the token.
    pub fn no_conversation() -> ApiError {
        let message = "there is no conversation for this token: it has ended, nobody used it for long, or it made way for \
                       others after a minute without use";
        ApiError::new(StatusCode::NOT_FOUND, "NO_CONVERSATION", message, "begin one with `start`")
    }

    /// The conversation lives at another replica, or lived there.
    pub fn elsewhere(other: &str, own: &str) -> ApiError {
        let message = format!("this conversation lives at the replica `{other}`, and this is the replica `{own}`");
        let hint = "have the proxy send the requests of one conversation to one replica, by the name before the dot in its \
                    token; here, begin one with `start`";
        ApiError::new(StatusCode::NOT_FOUND, "CONVERSATION_ELSEWHERE", message, hint)
    }

    /// The address does it too often.
    pub fn too_often(wait: Duration) -> ApiError {
        let message = "that is more than one address may do in a minute";
        ApiError { wait: Some(wait), ..ApiError::new(StatusCode::TOO_MANY_REQUESTS, "TOO_OFTEN", message, WAIT) }
    }

    /// An error of another kind.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>, hint: &'static str) -> ApiError {
        ApiError { status, code, message: message.into(), hint, wait: None }
    }

    /// An error with the time after which another try is worth it.
    #[must_use]
    pub fn after(self, wait: Duration) -> ApiError {
        ApiError { wait: Some(wait), ..self }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let seconds = self.wait.map(|wait| wait.as_secs_f64().ceil().max(1.0) as u64);
        let mut body = json!({ "code": self.code, "message": self.message, "hint": self.hint });
        if let Some(seconds) = seconds {
            body["retry_after_seconds"] = json!(seconds);
        }
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// An answer that nobody keeps.
pub fn json(body: Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
