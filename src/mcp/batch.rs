//! Batches: several messages in one JSON array. Receiving them is part of revision 2025-03-26 alone.

use rmcp::model::ProtocolVersion;
use serde_json::Value;

use super::jsonrpc::{self, Parsed};

/// Messages of one batch.
pub(super) const MESSAGES_MAX: usize = 100;

/// True if clients of this revision may send batches.
pub(super) fn is_served(version: &ProtocolVersion) -> bool {
    *version == ProtocolVersion::V_2025_03_26
}

/// The messages of a batch, each as it was sent; `None` for a text that is not a batch of at least one message and at most
/// [`MESSAGES_MAX`].
pub(super) fn split(text: &[u8]) -> Option<Vec<Vec<u8>>> {
    let text = jsonrpc::without_mark(text);
    if !text.trim_ascii_start().starts_with(b"[") {
        return None;
    }
    let messages: Vec<Value> = serde_json::from_slice(text).ok()?;
    let fits = (1..=MESSAGES_MAX).contains(&messages.len());
    fits.then(|| messages.iter().map(|message| message.to_string().into_bytes()).collect())
}

/// Parses one message of a batch. A batch in a batch is refused, as is a batch that is too large.
pub(super) fn parse(text: &[u8]) -> Vec<Parsed> {
    match split(text) {
        Some(messages) => messages.iter().map(|message| jsonrpc::parse(message)).collect(),
        None => vec![jsonrpc::parse(text)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_one_message_to_a_hundred() {
        let batch = |count: usize| format!("\u{feff} [{}]", vec!["{}"; count].join(","));
        for (text, count) in [
            (batch(0), None),
            (batch(1), Some(1)),
            (batch(MESSAGES_MAX), Some(MESSAGES_MAX)),
            (batch(MESSAGES_MAX + 1), None),
            ("{}".to_owned(), None),
            ("[{}".to_owned(), None),
        ] {
            assert_eq!(split(text.as_bytes()).map(|messages| messages.len()), count, "{text}");
        }
    }
}
