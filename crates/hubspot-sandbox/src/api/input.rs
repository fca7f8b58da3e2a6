//! The parts of request bodies that several families share.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::model::associations::{Category, Label};

/// A reference to a record: `{"id": "123"}`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Target {
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) id: String,
}

/// An association that is created together with a record.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct AssociationInput {
    pub(crate) to: Target,
    #[serde(default)]
    pub(crate) types: Vec<AssociationTypeInput>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssociationTypeInput {
    association_category: Category,
    association_type_id: u32,
}

impl AssociationTypeInput {
    pub(crate) fn label(self) -> Label {
        Label { category: self.association_category, type_id: self.association_type_id }
    }
}

/// Reads an id, which HubSpot takes as text or as a number.
pub(crate) fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(serde::de::Error::custom("expected an id")),
    }
}

/// Reads a list that may be `null`, as HubSpot's own clients send a list that they leave out.
pub(crate) fn list_or_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Returns the text of a JSON value: that of a string without its quotes, that of anything else as JSON.
pub(crate) fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Sets a field that a PATCH names.
pub(crate) fn replace<T>(field: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *field = new;
    }
}
