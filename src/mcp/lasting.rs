//! Limits the messages that are kept for long: a session keeps what its client told of itself, and a subscription its
//! resources.

use rmcp::model::{ClientRequest, ErrorCode, JsonRpcMessage};

use super::jsonrpc::{Incoming, InvalidMessage};
use super::message_limit::values;

/// Bytes and values of a message that is kept for long. A hundred addresses of resources have a quarter of it.
const BYTES_MAX: usize = 32 * 1024;
const VALUES_MAX: usize = 1_000;

/// The error for a message that would be kept for long and is too large for that.
pub(super) fn refusal_of(text: &[u8]) -> Option<InvalidMessage> {
    // Most messages are smaller, and need not be parsed for this.
    if text.len() <= BYTES_MAX && values(text).is_ok_and(|values| values <= VALUES_MAX) {
        return None;
    }
    let JsonRpcMessage::Request(sent) = serde_json::from_slice::<Incoming>(text).ok()? else { return None };
    let lasts =
        matches!(sent.request, ClientRequest::InitializeRequest(_) | ClientRequest::SubscriptionsListenRequest(_));
    let problem = format!("the message is kept for long, and may have {BYTES_MAX} bytes and {VALUES_MAX} values");
    let invalid = InvalidMessage::new(Some(sent.id), ErrorCode::INVALID_REQUEST, problem);
    lasts.then(|| invalid.explained("TOO_COMPLEX", "send fewer capabilities, or subscribe to fewer resources"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn only_what_is_kept_for_long_has_to_be_small() {
        let hello = |experimental: Value| {
            json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25",
                "capabilities": {"experimental": {"x": experimental}}, "clientInfo": {"name": "x", "version": "1"}}})
        };
        let listen = |uris: Vec<String>| {
            json!({"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen",
                "params": {"notifications": {"resourceSubscriptions": uris}}})
        };
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "x", "arguments": {"x": "x".repeat(BYTES_MAX)}}});
        for (message, refused) in [
            (hello(json!({"y": vec![1; 900]})), false),
            (hello(json!({"y": vec![1; VALUES_MAX]})), true),
            (hello(json!({"y": "x".repeat(BYTES_MAX)})), true),
            (listen(vec!["doc://handbook/opening-hours".to_owned(); 100]), false),
            (listen(vec!["doc://x".to_owned(); VALUES_MAX]), true),
            (listen(vec!["x".repeat(BYTES_MAX)]), true),
            (call, false),
        ] {
            let told = refusal_of(message.to_string().as_bytes()).map(|invalid| json!(invalid.into_error_response()));
            assert_eq!(told.is_some(), refused, "{message}");
            assert!(told.is_none_or(|told| told["id"] == 1 && told["error"]["data"]["code"] == "TOO_COMPLEX"));
        }
    }
}
