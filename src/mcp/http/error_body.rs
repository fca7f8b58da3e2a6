//! Bodies of error responses.
//!
//! rmcp answers a body that is no message with 415 and plain text, as if its content type were wrong, and one that opens
//! no session with a 400 that does not say why. Clients get a JSON-RPC error instead.

use axum::Json;
use axum::response::{IntoResponse, Response};
use domain::code::Code;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use metrics::counter;
use rmcp::model::ErrorCode;
use serde_json::json;

use crate::mcp::caller_quotas::QuotaExceeded;
use crate::mcp::jsonrpc::{self, InvalidMessage, Parsed};

/// Time after which an overloaded server is asked again.
const BUSY_SECONDS: u64 = 1;

const JSON: &[u8] = b"application/json";

/// A refusal before MCP: an HTTP status with a `code` for programs and a `message` for people.
pub(super) fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"code": code, "message": message}))).into_response()
}

/// An error body with a `hint`, which says what to do next.
pub(super) fn hinted(status: StatusCode, code: &str, message: &str, hint: &str) -> Response {
    (status, Json(json!({"code": code, "message": message, "hint": hint}))).into_response()
}

/// Refuses what the caller (429) or everybody (503) has too much of under way, and says when to come back.
pub(super) fn busy(full: QuotaExceeded, message: &str) -> Response {
    let (status, limit) = match full {
        QuotaExceeded::OfOwner => (StatusCode::TOO_MANY_REQUESTS, "caller"),
        QuotaExceeded::InAll => (StatusCode::SERVICE_UNAVAILABLE, "server"),
    };
    counter!("mcp_http_busy_total", "limit" => limit).increment(1);
    let refusal = json!({
        "code": Code::Busy.as_str(),
        "message": message,
        "hint": format!("nothing was done; wait {BUSY_SECONDS} s and send it again"),
        "retry_after_seconds": BUSY_SECONDS,
    });
    (status, [(header::RETRY_AFTER, HeaderValue::from(BUSY_SECONDS))], Json(refusal)).into_response()
}

/// Closes the connection: the rest of a body that is not read would be read as the next request.
pub(super) fn closing(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Refuses an encoded body, and says that none is accepted (RFC 9110, 15.5.16).
pub(super) fn encoded() -> Response {
    let message = "the body has a `Content-Encoding`: send it as it is";
    let mut response = refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "ENCODED", message);
    response.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    closing(response)
}

/// 400 with the JSON-RPC error; its `id` is set where it could be read.
pub(super) fn invalid_message(invalid: InvalidMessage) -> Response {
    (StatusCode::BAD_REQUEST, Json(invalid.into_error_response())).into_response()
}

/// Replaces rmcp's plain-text refusal of `body` by the JSON-RPC error that says what is wrong with it.
pub(super) fn explain(response: Response, body: &[u8]) -> Response {
    if !is_plain_refusal(&response) {
        return response;
    }
    match jsonrpc::parse(body) {
        Parsed::Invalid(invalid) => invalid_message(invalid),
        Parsed::Ignored => {
            let problem = "the body is not a JSON-RPC message".to_owned();
            invalid_message(InvalidMessage::new(None, ErrorCode::INVALID_REQUEST, problem))
        }
        Parsed::Message(_) => response,
    }
}

fn is_plain_refusal(response: &Response) -> bool {
    matches!(response.status(), StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE)
        && !is_json(response.headers())
}

/// True if the content type is JSON.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.trim_start().as_bytes();
    essence.get(..JSON.len()).is_some_and(|start| start.eq_ignore_ascii_case(JSON))
}
