//! The largest results that are sent.

use std::io::{self, Write};

use rmcp::ErrorData;
use serde::Serialize;
use serde_json::Value;

use crate::tool::ToolError;
use domain::code::Code;

/// Largest result of a tool. Agents read far less: Claude Code cuts at 25,000 tokens, about 100 KB.
pub(super) const RESULT_BYTES_MAX: usize = 256 * 1024;

/// Largest resource or prompt; a company's taskgraph has some tens of kilobytes.
pub(super) const DOCUMENT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The result, or an error that says how to ask for less.
pub(super) fn result(output: Value) -> Result<Value, ToolError> {
    match json_bytes(&output) {
        0..=RESULT_BYTES_MAX => Ok(output),
        bytes => Err(ToolError::new(
            Code::ResultTooLarge,
            format!("the result has {bytes} bytes and at most {RESULT_BYTES_MAX} are sent"),
            "ask for less: fewer items, a shorter time, a narrower search; if the call writes, it was done",
        )),
    }
}

/// The failure as the model sees it; one that is too large keeps only its code and its hint.
pub(super) fn failure(error: &ToolError) -> Value {
    let shown = error.to_json();
    match json_bytes(&shown) {
        0..=RESULT_BYTES_MAX => shown,
        bytes => {
            let message = format!("what there is to say has {bytes} bytes and at most {RESULT_BYTES_MAX} are sent");
            ToolError::new(error.code, message, &error.hint).to_json()
        }
    }
}

/// The resource or prompt, or a protocol error if it is too large.
pub(super) fn document<T: Serialize>(document: T) -> Result<T, ErrorData> {
    match json_bytes(&document) {
        0..=DOCUMENT_BYTES_MAX => Ok(document),
        bytes => {
            let problem = format!("it has {bytes} bytes and at most {DOCUMENT_BYTES_MAX} are sent");
            Err(ErrorData::internal_error(problem, None))
        }
    }
}

/// The size of a value as JSON, in bytes; nothing is kept of it.
pub(super) fn json_bytes(value: &impl Serialize) -> usize {
    let mut counter = Counter(0);
    // Counting cannot fail, and a value that cannot be serialised has no size.
    let _ = serde_json::to_writer(&mut counter, value);
    counter.0
}

struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_result_is_measured_as_it_is_serialised() {
        let value = json!({"text": "é\"\n", "list": [1, 2.5, null]});
        assert_eq!(json_bytes(&value), value.to_string().len());
        let quotes = 2;
        let full = "x".repeat(RESULT_BYTES_MAX - quotes);
        assert!(result(json!(full)).is_ok());
        assert_eq!(result(json!(format!("{full}x"))).unwrap_err().code, Code::ResultTooLarge);
        let failed = failure(&ToolError::new(Code::InvalidInput, full, "send less"));
        assert_eq!((&failed["code"], &failed["hint"]), (&json!("INVALID_INPUT_ERROR"), &json!("send less")));
        assert!(json_bytes(&failed) < 200);
        assert!(document(json!("x".repeat(DOCUMENT_BYTES_MAX))).is_err());
    }
}
