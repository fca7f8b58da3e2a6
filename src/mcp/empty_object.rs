//! Messages of clients whose language has one empty value for lists and objects: PHP writes `[]` for an empty object.
//!
//! Where the protocol has an object, `[]` has one meaning. rmcp would refuse the message, so it is put right before.

use serde_json::{Map, Value};

use super::text_arguments;

/// Members of `params` that are objects. Some clients send `null` or an empty list in their place.
const OF_PARAMS: [&str; 5] = ["_meta", "arguments", "capabilities", "context", "inputResponses"];
/// The members of a response's `result` that are objects: the content is a person's answer to a question.
const OF_RESULT: [&str; 2] = ["_meta", "content"];
/// The capabilities in the `_meta` of a request of 2026-07-28.
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
/// The depth to which all members of capabilities are objects. Deeper are settings, which may hold lists.
const CAPABILITIES_DEPTH: usize = 2;

/// The message with `{}` in place of `[]` where the protocol has an object, and with the object in place of its text
/// where arguments are one; `None` if that changes nothing.
pub(super) fn put_right(message: &[u8]) -> Option<Vec<u8>> {
    let has_text_arguments = text_arguments::are_in(message);
    if !has_text_arguments && !has_empty_list(message) {
        return None;
    }
    let Ok(Value::Object(before)) = serde_json::from_slice(message) else { return None };
    let mut after = before.clone();
    for key in ["params", "result"] {
        fill(&mut after, key);
    }
    if let Some(Value::Object(params)) = after.get_mut("params") {
        if has_text_arguments {
            text_arguments::parse(params);
        }
        fill_params(params);
    }
    if let Some(Value::Object(result)) = after.get_mut("result") {
        OF_RESULT.iter().for_each(|key| fill(result, key));
    }
    (after != before).then(|| Value::Object(after).to_string().into_bytes())
}

fn fill_params(params: &mut Map<String, Value>) {
    OF_PARAMS.iter().for_each(|key| fill(params, key));
    fill_members(params.get_mut("capabilities"), CAPABILITIES_DEPTH);
    if let Some(Value::Object(meta)) = params.get_mut("_meta") {
        fill(meta, CAPABILITIES);
        fill_members(meta.get_mut(CAPABILITIES), CAPABILITIES_DEPTH);
    }
    if let Some(Value::Object(context)) = params.get_mut("context") {
        fill(context, "arguments");
    }
    if let Some(Value::Object(answers)) = params.get_mut("inputResponses") {
        answers.values_mut().filter_map(Value::as_object_mut).for_each(|answer| fill(answer, "content"));
    }
}

/// Puts `{}` for an empty list under this key.
fn fill(object: &mut Map<String, Value>, key: &str) {
    if let Some(value) = object.get_mut(key).filter(|value| is_empty_list(value)) {
        *value = Value::Object(Map::new());
    }
}

fn fill_members(value: Option<&mut Value>, depth: usize) {
    let Some(Value::Object(members)) = value.filter(|_| depth > 0) else { return };
    for member in members.values_mut() {
        if is_empty_list(member) {
            *member = Value::Object(Map::new());
        }
        fill_members(Some(member), depth - 1);
    }
}

fn is_empty_list(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

/// Finds `[]` in the bytes, also within a text. Nearly all messages have none and are parsed once.
fn has_empty_list(message: &[u8]) -> bool {
    let opened = message.iter().enumerate().filter(|(_, byte)| **byte == b'[');
    opened.into_iter().any(|(at, _)| message[at + 1..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b']'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_list_is_an_object_where_the_protocol_has_one() {
        for (sent, expected) in [
            (json!({"method": "ping", "params": []}), json!({"method": "ping", "params": {}})),
            (
                json!({"params": {"capabilities": [], "_meta": [], "arguments": []}}),
                json!({"params": {"capabilities": {}, "_meta": {}, "arguments": {}}}),
            ),
            (
                json!({"params": {"capabilities": {"experimental": [], "elicitation": {"form": []}}}}),
                json!({"params": {"capabilities": {"experimental": {}, "elicitation": {"form": {}}}}}),
            ),
            (
                json!({"params": {"_meta": {CAPABILITIES: {"elicitation": []}}}}),
                json!({"params": {"_meta": {CAPABILITIES: {"elicitation": {}}}}}),
            ),
            (
                json!({"params": {"inputResponses": {"confirm": {"action": "accept", "content": []}}}}),
                json!({"params": {"inputResponses": {"confirm": {"action": "accept", "content": {}}}}}),
            ),
            (
                json!({"id": 1, "result": {"action": "accept", "content": [], "_meta": []}}),
                json!({"id": 1, "result": {"action": "accept", "content": {}, "_meta": {}}}),
            ),
            (
                json!({"params": {"name": "x", "arguments": r#"{"consents": []}"#}}),
                json!({"params": {"name": "x", "arguments": {"consents": []}}}),
            ),
            (json!({"params": {"context": {"arguments": []}}}), json!({"params": {"context": {"arguments": {}}}})),
        ] {
            let text = sent.to_string().replace(":[]", ":[ \n]");
            let right: Value = serde_json::from_slice(&put_right(text.as_bytes()).unwrap()).unwrap();
            assert_eq!(right, expected, "{sent}");
        }
    }

    #[test]
    fn lists_stay_where_they_can_be_meant() {
        for sent in [
            json!({"params": {"arguments": {"consents": [], "properties": {}}}}),
            json!({"params": {"arguments": [1]}}),
            json!({"params": {"capabilities": {"extensions": {"x/ui": {"mimeTypes": []}}}}}),
            json!({"params": {"arguments": {"chat": "I saw []"}}}),
            json!([]),
        ] {
            assert_eq!(put_right(sent.to_string().as_bytes()), None, "{sent}");
        }
        let hidden = br#"{"params": {"argument\u0073": "{\"contact\": []}"}}"#;
        assert_eq!(put_right(hidden), None, "the cost of arguments behind an escaped name was not counted");
        assert_eq!(put_right(b"{\"params\": []"), None, "what is no JSON gets its error as it is");
    }
}
