//! What happens to a walk: the customer says something, the model decides, a tool answers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What has happened since the last step. Every part is optional, and several may come at once: "Hello, I am
/// sarah@gmail.com and want to meet my representative" is a text, an intent and a slot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// The customer has spoken. The text itself is not kept.
    pub user_text: Option<String>,
    /// One of the offered intents, or "none".
    pub intent: Option<String>,
    /// What the customer said, by argument name.
    pub slots: Map<String, Value>,
    /// What the tool that was asked for answered.
    pub tool_result: Option<Value>,
    /// The answer to whether to leave the matter at hand.
    pub switch: Option<Switch>,
    /// The step is not needed: the customer has given already what it asks for.
    pub skip: bool,
}

/// What becomes of the matter at hand when the customer asks for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    // Plain comments: a description on each would make the schema a choice of constants, which not every client reads.
    // Deal with the other first, then come back.
    ComeBack,
    // Drop the matter at hand.
    Leave,
    // Go on with the matter at hand.
    Stay,
}

/// How a tool failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Failure {
    pub code: String,
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub hint: String,
    /// What the tool gave beside them, such as times that are free.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
}

/// A text of a failure is kept up to this length.
const FAILURE_LENGTH_MAX: usize = 500;
/// Details are kept unless they are longer than this, as JSON.
const DETAILS_LENGTH_MAX: usize = 2_000;
/// What MCP and our errors put beside the details.
const NO_DETAILS: &[&str] = &["code", "message", "hint", "isError", "content", "structuredContent", "_meta"];

impl Failure {
    /// A result that is a failure: an object with a `code`, or the bare code as a text.
    pub(super) fn read(result: &Value) -> Option<Failure> {
        let text = |name: &str| cut(result.get(name).and_then(Value::as_str).unwrap_or_default());
        match result {
            Value::String(code) if is_code(code.trim()) => Some(Failure::of(code.trim(), "")),
            Value::Object(fields) if is_code(&text("code")) || result["isError"] == true => {
                let code = if is_code(&text("code")) { text("code") } else { "UNKNOWN_ERROR".to_owned() };
                Some(Failure { code, message: text("message"), hint: text("hint"), details: details(fields) })
            }
            _ => None,
        }
    }

    pub(super) fn of(code: &str, message: &str) -> Failure {
        Failure { code: code.to_owned(), message: message.to_owned(), hint: String::new(), details: Map::new() }
    }
}

fn details(fields: &Map<String, Value>) -> Map<String, Value> {
    let beside = fields.iter().filter(|(name, _)| !NO_DETAILS.contains(&name.as_str()));
    let details: Map<String, Value> = beside.map(|(name, value)| (name.clone(), value.clone())).collect();
    if Value::from(details.clone()).to_string().len() > DETAILS_LENGTH_MAX { Map::new() } else { details }
}

fn is_code(text: &str) -> bool {
    text.ends_with("_ERROR") && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn cut(text: &str) -> String {
    text.chars().take(FAILURE_LENGTH_MAX).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn failures_are_recognised_in_every_form_a_client_passes_on() {
        let code = |result: Value| Failure::read(&result).map(|failure| failure.code);
        assert_eq!(
            code(json!({"code": "USER_NOT_FOUND_ERROR", "message": "x", "hint": "y"})).unwrap(),
            "USER_NOT_FOUND_ERROR"
        );
        assert_eq!(code(json!("USER_NOT_FOUND_ERROR")).unwrap(), "USER_NOT_FOUND_ERROR");
        assert_eq!(code(json!({"isError": true, "content": []})).unwrap(), "UNKNOWN_ERROR");
        assert_eq!(code(json!({"contact_id": "1", "code": "none"})), None);
        assert_eq!(code(json!("all is well")), None);
    }
}
