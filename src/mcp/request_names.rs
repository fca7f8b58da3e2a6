//! The names that a client gives a request: its id and its progress token. They are kept until the answer has been heard,
//! so their length is limited.

use rmcp::model::{ClientJsonRpcMessage, ErrorCode, GetMeta, JsonRpcMessage, NumberOrString, RequestId};

/// Longest id, and longest progress token, in bytes.
pub(super) const NAME_BYTES_MAX: usize = 1 << 10;

/// The error for a request with a name that is too long.
pub(super) struct TooLong {
    pub(super) id: Option<RequestId>,
    pub(super) code: ErrorCode,
    pub(super) problem: String,
}

/// The error for a request whose id or progress token is too long.
pub(super) fn refusal(message: &ClientJsonRpcMessage) -> Option<TooLong> {
    let JsonRpcMessage::Request(sent) = message else { return None };
    if is_too_long(&sent.id) {
        let problem = format!("the `id` has more than {NAME_BYTES_MAX} bytes");
        return Some(TooLong { id: None, code: ErrorCode::INVALID_REQUEST, problem });
    }
    let token = sent.request.get_meta().get_progress_token()?;
    let problem = || format!("`params._meta.progressToken` has more than {NAME_BYTES_MAX} bytes");
    let invalid = || TooLong { id: Some(sent.id.clone()), code: ErrorCode::INVALID_PARAMS, problem: problem() };
    is_too_long(&token.0).then(invalid)
}

/// Refusal of a message as text, if a name in it is too long; what is no message has no names.
pub(super) fn refusal_of(text: &[u8]) -> Option<TooLong> {
    // Most messages are shorter, and need not be read for this.
    (text.len() > NAME_BYTES_MAX).then(|| refusal(&serde_json::from_slice(text).ok()?)).flatten()
}

fn is_too_long(name: &NumberOrString) -> bool {
    matches!(name, NumberOrString::String(text) if text.len() > NAME_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn long_ids_and_progress_tokens_are_refused() {
        let (fits, long) = ("x".repeat(NAME_BYTES_MAX), "x".repeat(NAME_BYTES_MAX + 1));
        for (id, token, code) in [
            (json!(fits), json!(fits), None),
            (json!(long), json!(1), Some(-32600)),
            (json!(1), json!(long), Some(-32602)),
        ] {
            let params = json!({"_meta": {"progressToken": token}});
            let text = json!({"jsonrpc": "2.0", "id": id, "method": "ping", "params": params}).to_string();
            let refused = refusal_of(text.as_bytes()).map(|invalid| json!({"error": {"code": invalid.code}}));
            assert_eq!(refused.map(|refused| refused["error"]["code"].clone()), code.map(Value::from));
        }
    }
}
