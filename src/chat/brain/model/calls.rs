//! The calls that a model wants, as tool calls and as the message by which the model is reminded of them.

use serde_json::{Map, Value, json};

use super::ids::Ids;
use super::markers::neutral;
use crate::chat::brain::ToolCall;

/// The most calls of one answer; the others are neither made nor remembered.
const CALLS_MAX: usize = 16;
/// The longest name of a tool that endpoints take back.
const NAME_LENGTH_MAX: usize = 64;
/// Fields of an answer that are no part of a request, beside those that are rebuilt.
const ANSWER_ONLY: [&str; 9] = [
    "role",
    "content",
    "tool_calls",
    "function_call",
    "refusal",
    "annotations",
    "audio",
    "parsed",
    "provider_specific_fields",
];

/// Calls in their order, with the message that repeats them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RequestedCalls {
    pub(super) calls: Vec<ToolCall>,
    /// The assistant's message for the next request of this turn.
    pub(super) message: Value,
}

/// Reads the calls of an assistant's message. `text` is its content. `is_cut` says that the answer reached its longest
/// length, so that the arguments may lack their end; such a call is reported and not made.
pub(super) fn read(message: &Map<String, Value>, text: &str, is_cut: bool, ids: &mut Ids) -> Option<RequestedCalls> {
    let given = message.get("tool_calls").and_then(Value::as_array).filter(|calls| !calls.is_empty())?;
    let (calls, echoes) = given.iter().take(CALLS_MAX).map(|call| one(call, is_cut, ids)).unzip();
    Some(RequestedCalls { calls, message: echo(message, text, echoes) })
}

fn one(given: &Value, is_cut: bool, ids: &mut Ids) -> (ToolCall, Value) {
    let id = ids.take(given["id"].as_str().unwrap_or_default());
    let tool = given["function"]["name"].as_str().unwrap_or_default().to_owned();
    let arguments = if is_cut { Err(CUT.to_owned()) } else { arguments(&given["function"]["arguments"]) };
    let sent_back = sent_back(&arguments);
    let mut echo = given.as_object().cloned().unwrap_or_default();
    echo.retain(|field, value| field != "index" && !value.is_null());
    echo.insert("id".to_owned(), json!(id));
    echo.insert("type".to_owned(), json!("function"));
    echo.insert("function".to_owned(), json!({"name": sendable(&tool), "arguments": sent_back}));
    (ToolCall { id, tool, arguments }, Value::Object(echo))
}

const CUT: &str =
    "the answer was cut off at its longest length, so the arguments may lack their end: send fewer or shorter ones";

fn arguments(given: &Value) -> Result<Map<String, Value>, String> {
    let parsed = match given {
        Value::Null => return Ok(Map::new()),
        Value::String(text) if text.trim().is_empty() => return Ok(Map::new()),
        Value::String(text) => {
            serde_json::from_str(text).map_err(|error| format!("the arguments are not valid JSON: {error}"))?
        }
        other => other.clone(),
    };
    match parsed {
        Value::Object(arguments) => Ok(arguments),
        _ => Err("the arguments must be a JSON object".to_owned()),
    }
}

/// The arguments as they go back. Servers parse them: arguments that are no JSON would make every later request fail.
fn sent_back(arguments: &Result<Map<String, Value>, String>) -> String {
    let json = Value::Object(arguments.clone().unwrap_or_default()).to_string();
    neutral(&json).into_owned()
}

/// A name that an endpoint takes back, for one that the model made up.
fn sendable(name: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' };
    let name: String = name.chars().map(fits).take(NAME_LENGTH_MAX).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name
    } else {
        format!("tool{name}").chars().take(NAME_LENGTH_MAX).collect()
    }
}

fn echo(message: &Map<String, Value>, text: &str, calls: Vec<Value>) -> Value {
    // Some refuse a missing content, others an empty one beside calls.
    let content = if text.is_empty() { Value::Null } else { json!(neutral(text)) };
    let mut echo = Map::from_iter([("role".to_owned(), json!("assistant")), ("content".to_owned(), content)]);
    let opaque = message.iter().filter(|(field, value)| is_opaque(field) && !is_void(value));
    echo.extend(opaque.map(|(field, value)| (field.clone(), value.clone())));
    echo.insert("tool_calls".to_owned(), Value::Array(calls));
    Value::Object(echo)
}

fn is_opaque(field: &str) -> bool {
    !ANSWER_ONLY.contains(&field)
}

fn is_void(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// An echo without the fields that only the endpoint which sent them may understand, such as its reasoning.
pub(super) fn plain(echo: &Value) -> Value {
    let calls = echo["tool_calls"].as_array().into_iter().flatten();
    let calls: Vec<Value> =
        calls.map(|call| json!({"id": call["id"], "type": "function", "function": call["function"]})).collect();
    json!({"role": "assistant", "content": echo["content"], "tool_calls": calls})
}

/// True if an echo has fields that [`plain`] leaves out.
pub(super) fn has_opaque(echo: &Value) -> bool {
    plain(echo) != *echo
}

/// The message for calls that another brain made, or that are no longer remembered as they were answered.
pub(super) fn rebuilt(calls: &[(String, &ToolCall)]) -> Value {
    let call = |(id, call): &(String, &ToolCall)| {
        let function = json!({"name": sendable(&call.tool), "arguments": sent_back(&call.arguments)});
        json!({"id": id, "type": "function", "function": function})
    };
    json!({"role": "assistant", "content": null, "tool_calls": calls.iter().map(call).collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(message: Value, is_cut: bool) -> RequestedCalls {
        read(message.as_object().unwrap(), "", is_cut, &mut Ids::default()).unwrap()
    }

    fn call(name: &str, arguments: Value) -> Value {
        json!({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}]})
    }

    #[test]
    fn arguments_come_as_text_as_an_object_or_not_at_all() {
        for (given, expected) in [
            (json!("{\"a\": 1}"), Some(json!({"a": 1}))),
            (json!({"a": 1}), Some(json!({"a": 1}))),
            (json!(""), Some(json!({}))),
            (json!(null), Some(json!({}))),
            (json!("{\"a\": "), None),
            (json!("[1]"), None),
            (json!(7), None),
        ] {
            let wanted = wanted(call("find_contact", given.clone()), false);
            assert_eq!(wanted.calls[0].arguments.clone().ok().map(Value::Object), expected, "{given}");
            let sent_back = wanted.message["tool_calls"][0]["function"]["arguments"].as_str().unwrap();
            let sent_back: Value = serde_json::from_str(sent_back).unwrap();
            assert_eq!(sent_back, expected.unwrap_or_else(|| json!({})), "what is sent back is JSON");
        }
    }

    #[test]
    fn a_call_that_may_be_cut_is_not_made() {
        let wanted = wanted(call("find_contact", json!("{}")), true);
        assert!(wanted.calls[0].arguments.as_ref().unwrap_err().contains("cut off"));
    }

    #[test]
    fn names_that_a_model_made_up_are_sent_back_in_a_form_that_is_taken() {
        let long = "x".repeat(90);
        for (name, sent) in
            [("find.contact", "find_contact"), ("", "tool"), ("1a", "tool1a"), (long.as_str(), &long[..64])]
        {
            let wanted = wanted(call(name, json!("{}")), false);
            assert_eq!(wanted.calls[0].tool, name);
            assert_eq!(wanted.message["tool_calls"][0]["function"]["name"], sent);
        }
    }

    #[test]
    fn calls_without_end_are_cut() {
        let many = json!({"tool_calls": vec![json!({"function": {"name": "a"}}); 99]});
        let wanted = wanted(many, false);
        assert_eq!(wanted.calls.len(), CALLS_MAX);
        assert_eq!(wanted.message["tool_calls"].as_array().unwrap().len(), CALLS_MAX);
    }

    #[test]
    fn an_echo_holds_what_its_endpoint_wants_back_and_nothing_of_an_answer() {
        let mut message = call("a", json!("{}"));
        message["refusal"] = json!("");
        message["annotations"] = json!([{"type": "url_citation"}]);
        message["reasoning_content"] = json!("thinking");
        message["tool_calls"][0]["extra_content"] = json!({"google": {"thought_signature": "s"}});
        let echo = wanted(message, false).message;
        let expected = json!({
            "role": "assistant", "content": null, "reasoning_content": "thinking",
            "tool_calls": [{
                "id": "call_1", "type": "function", "function": {"name": "a", "arguments": "{}"},
                "extra_content": {"google": {"thought_signature": "s"}},
            }],
        });
        assert_eq!(echo, expected);
        assert!(has_opaque(&echo) && !has_opaque(&plain(&echo)));
        assert_eq!(plain(&echo)["tool_calls"][0].get("extra_content"), None);
    }
}
