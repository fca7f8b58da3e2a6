//! Ids in the bodies of the admin plane: HubSpot writes some as text and some as numbers, so both are read.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads an id that is text or a number.
pub(crate) fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    optional(deserializer)?.ok_or_else(|| serde::de::Error::custom("expected an id, not null"))
}

/// Reads an id that is text, a number, or `null`.
pub(crate) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let unreadable = |value: Value| serde::de::Error::custom(format!("expected an id, not {value}"));
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => text.parse().map(Some).map_err(|_| unreadable(Value::String(text))),
        value => value.as_u64().map(Some).ok_or_else(|| unreadable(value)),
    }
}
