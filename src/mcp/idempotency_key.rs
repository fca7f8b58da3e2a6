//! The key by which a client marks a call that is to be done once: `idempotency_key` in the `_meta` of `tools/call`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::tool::ToolError;
use crate::tool::caller::CallerId;
use crate::tool::digest;
use domain::code::Code;

/// The name in `_meta`.
pub(super) const NAME: &str = "idempotency_key";

/// The longest key.
const KEY_CHARACTERS_MAX: usize = 128;

/// A key as the client sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key of a call with this `_meta`, where the client has sent one.
    pub(super) fn of(meta: Option<&Value>) -> Result<Option<IdempotencyKey>, ToolError> {
        let Some(given) = meta else { return Ok(None) };
        let is_key = |key: &&str| {
            (1..=KEY_CHARACTERS_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
        };
        let key = given.as_str().filter(is_key).map(|key| Some(IdempotencyKey(key.to_owned())));
        key.ok_or_else(|| {
            let message = format!(
                "`_meta.{NAME}`: it must have 1 to {KEY_CHARACTERS_MAX} visible ASCII characters, such as a UUID"
            );
            ToolError::new(Code::InvalidInput, message, "nothing was done; send a random UUID, or leave it out")
        })
    }

    /// The digest by which the call is found: each caller has keys of its own.
    pub(super) fn digest(&self, caller: &CallerId) -> String {
        digest::of(&json!([&*caller.0, self.0]).to_string())
    }
}

/// A digest that is equal for equal calls, in whatever order the arguments are written.
pub(super) fn request_digest(tool: &str, arguments: &Map<String, Value>) -> String {
    digest::of(&json!([tool, sorted(&Value::Object(arguments.clone()))]).to_string())
}

/// The value with the fields of each object in their order.
pub(super) fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let ordered: BTreeMap<_, _> = object.iter().map(|(key, value)| (key, sorted(value))).collect();
            json!(ordered)
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_visible() {
        let key = |value: Value| IdempotencyKey::of(Some(&value)).map(|key| key.unwrap().0);
        assert_eq!(key(json!("a-1")), Ok("a-1".to_owned()));
        assert!(key(json!("x".repeat(KEY_CHARACTERS_MAX))).is_ok());
        for wrong in [json!(""), json!("x".repeat(KEY_CHARACTERS_MAX + 1)), json!("a b"), json!("\u{e9}"), json!(7)] {
            assert_eq!(key(wrong.clone()).unwrap_err().code, Code::InvalidInput, "{wrong}");
        }
        assert_eq!(IdempotencyKey::of(None), Ok(None));
    }

    #[test]
    fn callers_and_requests_are_told_apart() {
        let key = |caller: &str, key: &str| IdempotencyKey(key.into()).digest(&CallerId(caller.into()));
        assert_eq!(key("ann", "1"), key("ann", "1"));
        assert!(key("ann", "1") != key("bob", "1") && key("ann", "1") != key("ann", "2"));
        let arguments = |value: Value| value.as_object().unwrap().clone();
        let [one, other] =
            [json!({"a": 1, "b": {"c": 2, "d": 3}}), json!({"b": {"d": 3, "c": 2}, "a": 1})].map(arguments);
        assert_eq!(request_digest("t", &one), request_digest("t", &other));
        assert_ne!(request_digest("t", &one), request_digest("u", &one));
    }
}
