//! What is wrong with a message, in the protocol's own words.
//!
//! rmcp answers a body that is no message with 415 and a plain text, as if its type were the trouble, and one that opens
//! no session with a 400 that does not say why.

use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use rmcp::model::ErrorCode;

use crate::mcp::jsonrpc::{self, InvalidMessage, Parsed};

/// The body has arrived by now, so it is not read again but shared.
pub(super) async fn replace_plain_errors(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = body.collect().await.map(|body| body.to_bytes()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let json = is_json(&parts.headers);
    let answer = next.run(Request::from_parts(parts, Body::from(body.clone()))).await;
    match json && is_bare_refusal(&answer) {
        true => explained(answer, &body),
        false => answer,
    }
}

/// 400 with the error; its `id` is there where it could be read.
pub(super) fn fault(fault: InvalidMessage) -> Response {
    (StatusCode::BAD_REQUEST, Json(fault.into_error_response())).into_response()
}

fn explained(answer: Response, body: &Bytes) -> Response {
    match jsonrpc::parse(body) {
        Parsed::Invalid(found) => fault(found),
        Parsed::Ignored => fault(InvalidMessage::new(
            None,
            ErrorCode::INVALID_REQUEST,
            "the body is not a JSON-RPC message".to_owned(),
        )),
        Parsed::Message(_) => answer,
    }
}

fn is_bare_refusal(answer: &Response) -> bool {
    matches!(answer.status(), StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE)
        && !is_json(answer.headers())
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("application/json")
}
