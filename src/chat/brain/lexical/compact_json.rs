//! JSON that is kept and seldom read: its text takes a third of what its values would.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A value as its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value", into = "Value")]
pub(super) struct CompactJson(Box<str>);

impl CompactJson {
    /// The text of a value.
    pub(super) fn of(value: &Value) -> CompactJson {
        CompactJson(value.to_string().into())
    }

    /// The value.
    pub(super) fn value(&self) -> Value {
        // It is the text of one.
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl From<Value> for CompactJson {
    fn from(value: Value) -> CompactJson {
        CompactJson::of(&value)
    }
}

impl From<CompactJson> for Value {
    fn from(text: CompactJson) -> Value {
        text.value()
    }
}

#[test]
fn a_value_is_the_same_behind_its_text_and_stored_as_itself() {
    let value = serde_json::json!({"kind": "slots", "missing": [{"name": "email"}], "b": 1, "a": null});
    let text = CompactJson::of(&value);
    assert_eq!((text.value(), serde_json::to_value(&text).unwrap()), (value.clone(), value.clone()));
    assert_eq!(serde_json::from_value::<CompactJson>(value).unwrap(), text);
}
