//! The one place that every answer of a tool passes on its way to the model: characters that nobody sees are removed from
//! all that HubSpot, documents and callers wrote, and the answer says how many; secrets of this process are masked.

use std::borrow::Cow;

use domain::{known_secrets, text_cleaning};
use serde_json::{Map, Value, json};

use super::error::ToolError;

/// The field of an answer that tells how many characters were removed from it, and from the arguments of its call.
pub const HIDDEN_REMOVED: &str = "hidden_characters_removed";

/// The result of a tool without hidden characters.
pub fn result(mut output: Value) -> Value {
    let removed = clean(&mut output);
    tell_removed(output, removed)
}

/// Adds `more` to the result's count of removed invisible characters.
pub fn tell_removed(mut output: Value, more: usize) -> Value {
    if let (1.., Value::Object(fields)) = (more, &mut output) {
        let before = fields.get(HIDDEN_REMOVED).and_then(Value::as_u64).unwrap_or_default();
        fields.insert(HIDDEN_REMOVED.to_owned(), json!(before + more as u64));
    }
    output
}

/// The result with the writes that a dry run has not sent.
pub fn planned(mut output: Value, planned: Vec<Value>) -> Value {
    if let (false, Value::Object(fields)) = (planned.is_empty(), &mut output) {
        fields.insert("dry_run".to_owned(), json!(true));
        fields.insert("would_send".to_owned(), json!(planned));
    }
    output
}

/// The failure of a tool without hidden characters. Its question stays as the tool asks it; it is cleaned when it is put
/// to the person.
pub fn failure(mut error: ToolError) -> ToolError {
    let texts = [&mut error.message, &mut error.hint].into_iter().map(clean_text).sum::<usize>();
    match texts + clean_fields(&mut error.details) {
        0 => error,
        removed => error.with(HIDDEN_REMOVED, removed),
    }
}

/// Removes hidden characters from all texts within a value, and returns their number.
pub fn clean(value: &mut Value) -> usize {
    match value {
        Value::String(text) => clean_text(text),
        Value::Array(items) => items.iter_mut().map(clean).sum(),
        Value::Object(fields) => clean_fields(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// Removes hidden characters from a text, and returns their number. A secret of this process in it is masked.
pub fn clean_text(text: &mut String) -> usize {
    let cleaned = text_cleaning::clean(text);
    let removed = cleaned.removed;
    if let Cow::Owned(cleaned) = cleaned.text {
        *text = cleaned;
    }
    if let Cow::Owned(masked) = known_secrets::masked(text) {
        *text = masked;
    }
    removed
}

/// Removes hidden characters from the names and the values of fields, and returns their number.
pub fn clean_fields(fields: &mut Map<String, Value>) -> usize {
    let of_values: usize = fields.values_mut().map(clean).sum();
    let of_names: usize = fields.keys().map(|name| text_cleaning::clean(name).removed).sum();
    if of_names > 0 {
        let cleaned = |(name, value): (String, Value)| (text_cleaning::clean(&name).text.into_owned(), value);
        *fields = std::mem::take(fields).into_iter().map(cleaned).collect();
    }
    of_values + of_names
}

#[cfg(test)]
mod tests {
    use domain::code::Code;

    use super::*;

    #[test]
    fn an_answer_says_how_many_characters_it_lost() {
        let shown = result(json!({"name": "Sa\u{200b}rah", "list": [{"sta\u{202e}ge": "a\u{e0041}"}], "n": 1}));
        assert_eq!(shown, json!({"name": "Sarah", "list": [{"stage": "a"}], "n": 1, HIDDEN_REMOVED: 3}));
        assert_eq!(result(json!({"name": "Sarah"})), json!({"name": "Sarah"}));
        let told = tell_removed(json!({"name": "Sa\u{200b}rah"}), 4);
        assert_eq!(result(told), json!({"name": "Sarah", HIDDEN_REMOVED: 5}), "with those of the arguments");
    }

    #[test]
    fn a_failure_says_so_too() {
        let error = ToolError::new(Code::InvalidInput, "no `a\u{200b}`", "send `b`").with("valid", ["c\u{2066}"]);
        let shown = failure(error).to_json();
        assert_eq!((&shown["message"], &shown["valid"]), (&json!("no `a`"), &json!(["c"])));
        assert_eq!(shown[HIDDEN_REMOVED], json!(2));
        let plain = ToolError::new(Code::InvalidInput, "no `a`", "send `b`");
        assert_eq!(failure(plain.clone()), plain);
    }
}
