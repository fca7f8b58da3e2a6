//! The arguments of a call as one JSON text: some clients pass on what a model wrote and do not parse it.

use serde_json::{Map, Value};

const NAME: &[u8] = b"\"arguments\"";

/// Puts the object in place of its text. A text that is no object stays, and gets its error as it is. Only for messages of
/// which [`are_in`] is true: what such a text costs is known for them alone.
pub(super) fn parse(params: &mut Map<String, Value>) {
    let Some(Value::String(text)) = params.get("arguments") else { return };
    if let Some(object) = object(text) {
        params.insert("arguments".to_owned(), Value::Object(object));
    }
}

/// Reads the object of a text; blank text and an empty list, as PHP writes it, are an empty one.
fn object(text: &str) -> Option<Map<String, Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Some(object),
        Ok(Value::Array(list)) if list.is_empty() => Some(Map::new()),
        Ok(Value::Null) => Some(Map::new()),
        _ if text.trim().is_empty() => Some(Map::new()),
        _ => None,
    }
}

/// True if the bytes may hold arguments as text. Nearly all messages do not and are parsed once.
pub(super) fn are_in(message: &[u8]) -> bool {
    let mut rest = message;
    while let Some(at) = rest.windows(NAME.len()).position(|window| window == NAME) {
        rest = &rest[at + NAME.len()..];
        let value = rest.trim_ascii_start().strip_prefix(b":").map(<[u8]>::trim_ascii_start);
        if value.is_some_and(|value| value.first() == Some(&b'"')) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_that_is_an_object_is_one() {
        for (sent, expected) in [
            (json!(r#"{"contact": "501"}"#), json!({"contact": "501"})),
            (json!(" {} "), json!({})),
            (json!(""), json!({})),
            (json!("[]"), json!({})),
            (json!("null"), json!({})),
            (json!({"contact": "501"}), json!({"contact": "501"})),
            (json!("contact"), json!("contact")),
            (json!(r#"["501"]"#), json!(r#"["501"]"#)),
            (json!("{\"contact\": "), json!("{\"contact\": ")),
            (json!(5), json!(5)),
        ] {
            let mut params = Map::from_iter([("arguments".to_owned(), sent.clone())]);
            parse(&mut params);
            assert_eq!(params["arguments"], expected, "{sent}");
        }
    }

    #[test]
    fn only_messages_with_such_a_text_are_parsed_again() {
        for (message, expected) in [
            (&br#"{"params": {"arguments": "{}"}}"#[..], true),
            (br#"{"params":{"arguments":{"arguments"  :  "x"}}}"#, true),
            (br#"{"params": {"arguments": {"contact": "501"}}}"#, false),
            (br#"{"params": {"arguments": {"text": "my \"arguments\": \"none\""}}}"#, false),
            (br#"{"arguments"#, false),
        ] {
            assert_eq!(are_in(message), expected, "{}", String::from_utf8_lossy(message));
        }
    }
}
