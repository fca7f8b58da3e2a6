//! The events of a run: a message of the customer, a decision of the model, the result of a tool.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::graph::Intent;

/// Everything that happened since the last step. All parts are optional and several may come at once: "Hello, I am
/// sarah@gmail.com and want to meet my representative" is a text, an intent and a slot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// The customer's message. The text is not stored.
    pub user_text: Option<String>,
    /// One of the offered intents, or `none`.
    pub intent: Option<String>,
    /// The values that the customer stated, by argument name. `null` removes a value.
    pub slots: Map<String, Value>,
    /// The result of the tool that was to be called.
    pub tool_result: Option<Value>,
    /// The customer's decision about the current topic.
    pub switch: Option<Switch>,
    /// Skips the current node, because the customer has already given what it asks for.
    pub skip: bool,
}

impl Event {
    /// Returns `true` if the customer wants nothing of what is asked or offered, or leaves the matter at hand for nothing else.
    pub(super) fn refuses(&self) -> bool {
        match &self.intent {
            Some(intent) => Intent::is_none_of_these(intent),
            None => self.switch == Some(Switch::Leave),
        }
    }
}

/// The customer's decision about the current topic when they ask for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "descriptions would make the schema a choice of constants, which not every client reads"
)]
pub enum Switch {
    // Handle the other topic first, then come back.
    ComeBack,
    // Drop the current topic.
    Leave,
    // Continue with the current topic.
    Stay,
}

/// The failure of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Failure {
    /// The error code, such as `UNAVAILABLE_ERROR`.
    pub code: String,
    /// The description of the failure, at most 500 characters.
    #[serde(default)]
    pub message: String,
    /// Advice on what to do, at most 500 characters.
    #[serde(default)]
    pub hint: String,
    /// The other fields of the result, such as free times, unless they are longer than 2,000 bytes of JSON.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
}

/// The longest text of a failure that is stored, in characters.
const FAILURE_LENGTH_MAX: usize = 500;
/// The longest details that are stored, as bytes of JSON.
const DETAILS_LENGTH_MAX: usize = 2_000;
/// The fields of MCP results and of tool errors that are not details.
const NO_DETAILS: &[&str] = &["code", "message", "hint", "isError", "content", "structuredContent", "_meta"];

impl Failure {
    /// Recognises a result that is a failure: an object with a `code` or `isError`, or the code as a text.
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

    /// The names of what is wrong: those in backticks in the message, and those of the properties with a problem.
    pub(super) fn named(&self) -> Vec<String> {
        let quoted = self.message.split('`').skip(1).step_by(2).map(str::to_owned);
        let problems = self.details.get("problems").and_then(Value::as_array).into_iter().flatten();
        let properties = problems.filter_map(|problem| problem["property"].as_str()).map(str::to_owned);
        quoted.chain(properties).collect()
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
