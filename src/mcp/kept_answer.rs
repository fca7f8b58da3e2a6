//! The part of a tool's answer that may be kept: ids, times, numbers and names of states, and no text of anybody. Pure.
//!
//! The rest still fits the tool's output schema, against which clients hold it: a text that the schema requires is
//! empty.

use chrono::DateTime;
use serde_json::{Map, Value, json};

/// The items of one list that are kept.
const ITEMS_MAX: usize = 50;
/// The longest value that is kept.
const VALUE_BYTES_MAX: usize = 300;

/// The fields whose values nobody has written: addresses and names of ours and of HubSpot's.
const NAMES: [&str; 12] =
    ["id", "ids", "session", "url", "time_zone", "kind", "status", "way", "node", "graph", "slug", "code"];
/// The ends of the names of others.
const ENDS: [&str; 2] = ["_id", "_ids"];

/// The part of an answer that may be kept, by the schema of the tool's output.
pub(super) fn of(answer: &Value, schema: &Value) -> Value {
    Reader { root: schema }.kept("", answer, schema).unwrap_or_else(|| json!({}))
}

/// Reads schemas, whose parts refer to the root.
struct Reader<'a> {
    root: &'a Value,
}

impl<'a> Reader<'a> {
    /// The part of a value that may be kept; `None` for a text.
    fn kept(&self, name: &str, value: &Value, schema: &'a Value) -> Option<Value> {
        let schema = self.resolved(schema, value);
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => Some(value.clone()),
            Value::String(text) => (is_name(name, text) || is_listed(schema, value)).then(|| value.clone()),
            Value::Array(items) => {
                let of = &schema["items"];
                Some(items.iter().take(ITEMS_MAX).filter_map(|item| self.kept(name, item, of)).collect())
            }
            Value::Object(fields) => Some(Value::Object(self.kept_fields(fields, schema))),
        }
    }

    fn kept_fields(&self, fields: &Map<String, Value>, schema: &'a Value) -> Map<String, Value> {
        let required = schema["required"].as_array();
        let is_required = |field: &str| required.is_some_and(|names| names.iter().any(|name| name == field));
        let kept = fields.iter().filter_map(|(field, value)| {
            let of = schema["properties"].get(field).unwrap_or(&schema["additionalProperties"]);
            let kept = self.kept(field, value, of).or_else(|| is_required(field).then(|| "".into()));
            Some((field.clone(), kept?))
        });
        kept.collect()
    }

    /// The schema behind references, and of several the one that fits the value.
    fn resolved(&self, schema: &'a Value, value: &Value) -> &'a Value {
        let schema = self.referred(schema);
        let variants = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array());
        let Some(variants) = variants.filter(|_| !value.is_string()) else { return schema };
        let fitting = variants.iter().map(|variant| self.referred(variant)).find(|variant| fits(variant, value));
        fitting.unwrap_or(schema)
    }

    fn referred(&self, schema: &'a Value) -> &'a Value {
        let path = schema["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
        path.and_then(|path| self.root.pointer(path)).unwrap_or(schema)
    }
}

/// True if a value can be one of this schema.
fn fits(schema: &Value, value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            schema["properties"].as_object().is_some_and(|known| fields.keys().all(|field| known.contains_key(field)))
        }
        Value::Array(_) => schema.get("items").is_some(),
        _ => false,
    }
}

/// True for a text that the schema itself names.
fn is_listed(schema: &Value, value: &Value) -> bool {
    let one_of = |schema: &Value| {
        schema.get("const") == Some(value) || schema["enum"].as_array().is_some_and(|values| values.contains(value))
    };
    let variants = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten();
    one_of(schema) || variants.into_iter().any(one_of)
}

/// True for an id, an address of ours, a name of a state, or a time.
fn is_name(field: &str, text: &str) -> bool {
    let is_named = NAMES.contains(&field) || ENDS.iter().any(|end| field.ends_with(end));
    text.len() <= VALUE_BYTES_MAX && (is_named || DateTime::parse_from_rfc3339(text).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_times_are_kept_and_texts_are_not() {
        let schema = json!({
            "type": "object",
            "required": ["subject", "ticket_id"],
            "properties": {
                "subject": {"type": "string"}, "ticket_id": {"type": "string"}, "state": {"enum": ["new", "old"]},
                "note": {"type": ["string", "null"]}, "owner": {"anyOf": [{"$ref": "#/$defs/Owner"}, {"type": "null"}]},
                "changes": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Owner"}},
            },
            "$defs": {"Owner": {
                "type": "object", "required": ["name"],
                "properties": {"name": {"type": "string"}, "owner_id": {"type": "string"}},
            }},
        });
        let owner = json!({"name": "Mei Lin", "owner_id": "7"});
        let answer = json!({
            "subject": "It beeps", "ticket_id": "33", "state": "new", "note": "She said so", "count": 3, "already": true,
            "start": "2026-12-01T13:00:00-05:00", "owner": owner, "changes": {"city": owner}, "ids": ["1", "2"],
            "texts": ["a", "b"], "none": null,
        });
        let kept_owner = json!({"name": "", "owner_id": "7"});
        let kept = json!({
            "subject": "", "ticket_id": "33", "state": "new", "count": 3, "already": true,
            "start": "2026-12-01T13:00:00-05:00", "owner": kept_owner, "changes": {"city": kept_owner}, "ids": ["1", "2"],
            "texts": [], "none": null,
        });
        assert_eq!(of(&answer, &schema), kept);
        assert_eq!(of(&json!({"ticket_id": "x".repeat(VALUE_BYTES_MAX + 1)}), &schema), json!({"ticket_id": ""}));
        assert_eq!(of(&json!("text"), &json!({"type": "string"})), json!({}));
    }
}
