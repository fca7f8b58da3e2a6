//! The errors in place of an answer that a client will not get.

use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::{RequestId, ServerJsonRpcMessage};
use serde_json::json;

const HINT: &str = "if the request was a call that writes, check whether it was done before you repeat it";

/// The answer was not kept, or is not the session's: a client is not told which.
pub(super) fn gone(request: Option<RequestId>, kept_for: Duration) -> ServerJsonRpcMessage {
    let seconds = kept_for.as_secs();
    let message = format!("the answer is gone: answers are kept for {seconds} s, and fewer when there are many");
    error("ANSWER_GONE", message, request)
}

/// The request ended before it was answered.
pub(super) fn unanswered(request: Option<RequestId>) -> ServerJsonRpcMessage {
    error("NOT_ANSWERED", "the request ended with its session, before it was answered".to_owned(), request)
}

fn error(code: &str, message: String, request: Option<RequestId>) -> ServerJsonRpcMessage {
    let data = json!({"code": code, "hint": HINT});
    ServerJsonRpcMessage::error(ErrorData::internal_error(message, Some(data)), request)
}
