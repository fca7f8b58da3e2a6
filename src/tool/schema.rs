//! Simplifies JSON schemas so that every client accepts them.
//!
//! Some clients reject `$ref`, some nullable types, some a `format` that only Rust has. The result holds types,
//! properties, descriptions, enumerations and limits only.

use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// Deepest nesting of a schema. The tools' schemas are flat, so a deeper one has a type that refers to itself.
const DEPTH_MAX: usize = 16;

/// The length below which a limit is not published: it is that of a name or an id, which no honest one reaches, and a
/// model would pay for it with every list of tools.
const PUBLISHED_LENGTH_MIN: u64 = 1_000;

/// The schema with definitions inlined, null branches dropped and Rust's own keywords removed.
pub fn portable(root: Object) -> Object {
    let mut schema = Value::Object(resolved(root));
    drop_unpublished(&mut schema);
    match schema {
        Value::Object(schema) => schema,
        _ => Object::new(),
    }
}

/// The schema with definitions inlined and null branches dropped.
pub(super) fn resolved(mut root: Object) -> Object {
    let definitions = match root.remove("$defs") {
        Some(Value::Object(definitions)) => definitions,
        _ => Object::new(),
    };
    root.remove("$schema");
    let mut schema = Value::Object(root);
    simplify(&mut schema, &definitions, DEPTH_MAX);
    match schema {
        Value::Object(schema) => schema,
        _ => Object::new(),
    }
}

/// Keywords that say more about a field than its type.
const DOC_KEYWORDS: [&str; 5] = ["description", "minimum", "maximum", "additionalProperties", "format"];

/// The schema of a result without docs and limits. A model reads it before a call, when the arguments matter; the names of
/// a result's fields speak for themselves, and every client pays for this list at its start.
pub fn without_docs(schema: Object) -> Object {
    let keep = |(key, value): (String, Value)| match value {
        Value::Object(properties) if key == "properties" => {
            let bare = properties.into_iter().map(|(name, child)| (name, bare(child))).collect();
            Some((key, Value::Object(bare)))
        }
        _ if DOC_KEYWORDS.contains(&key.as_str()) => None,
        other => Some((key, bare(other))),
    };
    schema.into_iter().filter_map(keep).collect()
}

fn bare(value: Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(without_docs(object)),
        Value::Array(items) => Value::Array(items.into_iter().map(bare).collect()),
        other => other,
    }
}

fn simplify(schema: &mut Value, definitions: &Object, depth: usize) {
    let Value::Object(object) = schema else { return };
    if depth == 0 {
        return object.clear();
    }
    inline_reference(object, definitions);
    drop_null(object, definitions);
    for_each_child(object, |child| simplify(child, definitions, depth - 1));
}

fn for_each_child(object: &mut Object, mut act: impl FnMut(&mut Value)) {
    for key in ["properties", "$defs"] {
        if let Some(Value::Object(children)) = object.get_mut(key) {
            children.values_mut().for_each(&mut act);
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(child) = object.get_mut(key) {
            act(child);
        }
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        if let Some(Value::Array(children)) = object.get_mut(key) {
            children.iter_mut().for_each(&mut act);
        }
    }
}

fn drop_unpublished(schema: &mut Value) {
    let Value::Object(object) = schema else { return };
    drop_rust_only(object);
    if object.get("maxLength").and_then(Value::as_u64).is_some_and(|length| length < PUBLISHED_LENGTH_MIN) {
        object.remove("maxLength");
    }
    for_each_child(object, drop_unpublished);
}

/// Replaces a reference by its definition; keywords beside the reference, such as a field's description, take precedence.
fn inline_reference(object: &mut Object, definitions: &Object) {
    let Some(Value::String(reference)) = object.remove("$ref") else { return };
    let name = reference.rsplit('/').next().unwrap_or_default();
    if let Some(Value::Object(definition)) = definitions.get(name) {
        for (key, value) in definition {
            object.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
}

/// Drops the null branch of an optional field: that it is not required says enough.
fn drop_null(object: &mut Object, definitions: &Object) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    let Some(Value::Array(branches)) = object.get_mut("anyOf") else { return };
    branches.retain(|branch| branch.get("type").is_none_or(|kind| kind != "null"));
    if let [Value::Object(_)] = branches.as_slice()
        && let Some(Value::Object(branch)) = branches.pop()
    {
        object.remove("anyOf");
        for (key, value) in branch {
            object.entry(key).or_insert(value);
        }
        inline_reference(object, definitions);
    }
}

/// Removes formats such as `uint32`, which only Rust has, and defaults of null.
fn drop_rust_only(object: &mut Object) {
    const FORMATS: [&str; 3] = ["date", "date-time", "uri"];
    if object.get("format").and_then(Value::as_str).is_some_and(|format| !FORMATS.contains(&format)) {
        object.remove("format");
    }
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
}

#[cfg(test)]
mod tests {
    use schemars::{JsonSchema, schema_for};
    use serde_json::json;

    use super::*;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Sample {
        /// How urgent it is.
        priority: Option<Priority>,
        minutes: Option<u32>,
        slots: Vec<Slot>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    enum Priority {
        Low,
        High,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Slot {
        start_ms: i64,
    }

    #[test]
    fn a_portable_schema_has_no_references_and_no_null() {
        let schema = portable(schema_for!(Sample).as_object().unwrap().clone());
        let text = Value::Object(schema.clone()).to_string();
        for keyword in ["$ref", "$defs", "null", "int64", "uint32", "anyOf", "$schema"] {
            assert!(!text.contains(keyword), "{keyword} in {text}");
        }
        assert_eq!(schema["properties"]["priority"]["enum"], json!(["Low", "High"]));
        assert_eq!(schema["properties"]["priority"]["description"], "How urgent it is.");
        assert_eq!(schema["properties"]["slots"]["items"]["properties"]["start_ms"]["type"], "integer");
        assert_eq!(schema["required"], json!(["slots"]));
    }
}
