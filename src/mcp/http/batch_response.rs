//! The response to a batch (2025-03-26): one array with the answers to its requests.
//!
//! Requests of a batch are served without their session, because what is asked during a call could not be sent before the
//! array is complete: no progress is reported, and nobody is asked.

use axum::Json;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::request::Parts;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use rmcp::model::{ClientRequest, ErrorCode, ErrorData, JsonRpcMessage, RequestId, ServerJsonRpcMessage};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::endpoint::{Endpoint, prepared};
use super::route::{self, Route, SESSION, SessionUse};
use crate::mcp::jsonrpc::{self, Parsed};
use crate::mcp::line_codec::request_id;

/// Messages of one batch that are served at once.
const AT_ONCE: usize = 4;

/// Bytes of all answers of a batch. Of the answers that come after, only the ids are sent.
const BYTES_MAX: usize = 4 << 20;

/// An answer as it is sent. As text it takes a tenth of the memory that its values would.
type RawResponse = Box<RawValue>;

/// Serves the messages of a batch.
pub(super) async fn respond(endpoint: &Endpoint, parts: Parts, messages: Vec<Vec<u8>>) -> Response {
    let served = stream::iter(messages).map(|message| serve(endpoint, &parts, message.into()));
    let mut served = served.buffered(AT_ONCE);
    let (mut answers, mut bytes) = (vec![], 0);
    while let Some(answer) = served.next().await {
        let Some(answer) = answer else { continue };
        bytes += answer.get().len();
        answers.push(if bytes <= BYTES_MAX { answer } else { left_out(&answer) });
    }
    match answers.is_empty() {
        true => StatusCode::ACCEPTED.into_response(),
        false => Json(answers).into_response(),
    }
}

/// The answer to one message; `None` for a message that gets none.
async fn serve(endpoint: &Endpoint, parts: &Parts, message: Bytes) -> Option<RawResponse> {
    let parsed = match jsonrpc::parse(&message) {
        Parsed::Message(parsed) => *parsed,
        Parsed::Ignored => return None,
        Parsed::Invalid(invalid) => return invalid.into_replies().first().map(text),
    };
    let has_session = parts.headers.contains_key(SESSION);
    let post = || prepared(Request::from_parts(parts.clone(), without_progress(&message)));
    let JsonRpcMessage::Request(sent) = &parsed else {
        if has_session {
            endpoint.respond_with_sessions(post()).await;
        }
        return None;
    };
    if let ClientRequest::InitializeRequest(_) = sent.request {
        let problem = "`initialize` cannot be part of a batch";
        return Some(error(ErrorData::new(ErrorCode::INVALID_REQUEST, problem, None), &sent.id));
    }
    let response = match route::without_session(&parsed, SessionUse::Optional) {
        Route::Refused(id) if !has_session => return Some(text(&route::session_needed(id))),
        Route::Session | Route::Refused(_) => endpoint.respond_with_sessions(post()).await,
        Route::Sessionless => endpoint.respond_sessionless(post()).await,
    };
    let unreadable = || error(ErrorData::internal_error("the answer could not be read", None), &sent.id);
    Some(answer(response.into_body()).await.unwrap_or_else(unreadable))
}

/// The answer in a body of JSON or of server-sent events.
async fn answer(body: Body) -> Option<RawResponse> {
    let body = body.collect().await.ok()?.to_bytes();
    if let Ok(answer) = serde_json::from_slice(&body) {
        return Some(answer);
    }
    let lines = body.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"data:"));
    let mut answers =
        lines.filter(|data| serde_json::from_slice(data).is_ok_and(|kind: MethodProbe| kind.method.is_none()));
    serde_json::from_slice(answers.next()?).ok()
}

/// Tells answers from requests and notifications, which have a method.
#[derive(Deserialize)]
struct MethodProbe {
    method: Option<IgnoredAny>,
}

/// The message without its progress token, because progress would not fit into the array.
fn without_progress(message: &Bytes) -> Bytes {
    let Ok(mut json) = serde_json::from_slice::<Value>(message) else { return message.clone() };
    if let Some(meta) = json.pointer_mut("/params/_meta").and_then(Value::as_object_mut) {
        meta.remove("progressToken");
    }
    json.to_string().into()
}

fn left_out(answer: &RawValue) -> RawResponse {
    let problem = format!("the answers of the batch have more than {BYTES_MAX} bytes, so this one is left out");
    let hint = "if the request was a call that writes, it was done; send the others by themselves";
    let error = ErrorData::internal_error(problem, Some(serde_json::json!({"hint": hint})));
    let id = request_id(answer.get().as_bytes());
    text(&ServerJsonRpcMessage::error(error, id))
}

fn error(error: ErrorData, id: &RequestId) -> RawResponse {
    text(&ServerJsonRpcMessage::error(error, Some(id.clone())))
}

/// A message of the server can always be serialised.
fn text(message: &impl Serialize) -> RawResponse {
    to_raw_value(message).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
