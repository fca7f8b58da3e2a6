//! The tools of a request, in the part of JSON Schema that every endpoint takes.

use serde_json::{Map, Value, json};

use crate::tool::view::ToolView;

/// The keywords that Gemini, Mistral and the grammars of llama.cpp all take.
const KEYWORDS: [&str; 6] = ["type", "description", "properties", "items", "enum", "required"];
/// The deepest nesting that is sent.
const DEPTH_MAX: usize = 8;

/// One entry of `tools` for each tool.
pub(super) fn specs(tools: &[ToolView]) -> Vec<Value> {
    tools.iter().map(spec).collect()
}

fn spec(tool: &ToolView) -> Value {
    let mut parameters = narrow(&tool.input, DEPTH_MAX);
    parameters.insert("type".to_owned(), json!("object"));
    parameters.entry("properties").or_insert_with(|| json!({}));
    let function = json!({"name": tool.name, "description": &*tool.description, "parameters": parameters});
    json!({"type": "function", "function": function})
}

fn narrow(schema: &Map<String, Value>, depth: usize) -> Map<String, Value> {
    if depth == 0 {
        return Map::new();
    }
    let kept = schema.iter().filter(|(keyword, _)| KEYWORDS.contains(&keyword.as_str()));
    kept.filter_map(|(keyword, value)| Some((keyword.clone(), value_of(keyword, value, depth)?))).collect()
}

fn value_of(keyword: &str, value: &Value, depth: usize) -> Option<Value> {
    match (keyword, value) {
        ("properties", Value::Object(properties)) => Some(Value::Object(
            properties.iter().map(|(name, schema)| (name.clone(), narrowed(schema, depth - 1))).collect(),
        )),
        ("items", schema) => Some(narrowed(schema, depth - 1)),
        // A type that may be null is one of two; only one can be named everywhere.
        ("type", Value::Array(types)) => types.iter().find(|name| *name != "null").cloned(),
        ("required", Value::Array(names)) if names.is_empty() => None,
        (_, other) => Some(other.clone()),
    }
}

fn narrowed(schema: &Value, depth: usize) -> Value {
    schema.as_object().map_or_else(|| json!({}), |schema| Value::Object(narrow(schema, depth)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::Effect;

    fn parameters(input: Value) -> Value {
        let input = input.as_object().unwrap().clone();
        let view = ToolView { name: "a", description: "Does.".into(), input: input.into(), effect: Effect::Read };
        specs(&[view])[0]["function"]["parameters"].clone()
    }

    #[test]
    fn only_common_keywords_are_sent() {
        let sent = parameters(json!({
            "$schema": "x", "type": "object", "additionalProperties": false, "required": ["day"],
            "properties": {
                "day": {"type": ["string", "null"], "format": "date", "maxLength": 9, "description": "When."},
                "format": {"type": "array", "minItems": 1, "items": {"type": "string", "const": "x", "enum": ["x"]}},
            },
        }));
        let expected = json!({
            "type": "object", "required": ["day"],
            "properties": {
                "day": {"type": "string", "description": "When."},
                "format": {"type": "array", "items": {"type": "string", "enum": ["x"]}},
            },
        });
        assert_eq!(sent, expected);
    }

    #[test]
    fn a_tool_without_arguments_takes_an_empty_object() {
        assert_eq!(parameters(json!({"required": []})), json!({"type": "object", "properties": {}}));
    }
}
