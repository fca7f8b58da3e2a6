//! Calls of every tool with the largest allowed text in each of its arguments, on an account with a property of 500
//! options.

use frontdesk::tool::arguments::limits::{ITEMS_MAX, NAME_CHARACTERS_MAX, TEXT_CHARACTERS_MAX};
use frontdesk::tool::{Registry, ToolEntry};
use serde_json::{Map, Value, json};

use crate::tool_calls::base;

/// The property with one option of many, and the one with several.
const SELECT: &str = "home_country";
const CHECKBOXES: &str = "spoken_languages";
const OPTIONS: usize = 500;

/// What the texts are made of: one word, many words, many options, digits, letters that change with their case, markup,
/// JSON.
pub(crate) const FILLS: [&str; 7] = ["z", "a ", "x1;", "7", "İ", "<&", "[{\"a\":"];
/// The fields of objects, and the items of lists: as many as the tools take, and as many as the reader takes.
const COUNTS: [usize; 4] = [1, 5, 50, 100];
/// The largest of one argument in all, as far as a message can carry it.
const BYTES_MAX: usize = 400_000;

/// A call.
pub(crate) struct Call {
    pub(crate) tool: &'static str,
    pub(crate) argument: String,
    pub(crate) arguments: Value,
}

/// The definitions of the two properties.
pub(crate) fn properties() -> [Value; 2] {
    let options = (0..OPTIONS).map(|at| json!({"label": format!("Country of number {at}"), "value": format!("x{at}")}));
    let options: Vec<_> = options.collect();
    [(SELECT, "select"), (CHECKBOXES, "checkbox")].map(|(name, field)| {
        json!({
            "name": name, "label": name, "type": "enumeration", "fieldType": field, "groupName": "contactinformation",
            "options": options,
        })
    })
}

/// Every call of these tools with texts of these.
pub(crate) fn calls(all: &Registry, fills: &[&str]) -> Vec<Call> {
    let of_tool = |tool: &ToolEntry| {
        let properties = tool.input().get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        let of_argument = |(argument, schema): (&String, &Value)| {
            let values = fills.iter().flat_map(|fill| largest(schema, fill)).collect::<Vec<_>>();
            let call = |value| Call {
                tool: tool.name,
                arguments: with(tool.name, argument, value),
                argument: argument.clone(),
            };
            values.into_iter().map(call).collect::<Vec<_>>()
        };
        properties.iter().flat_map(of_argument).collect::<Vec<_>>()
    };
    all.iter().flat_map(of_tool).collect()
}

/// A call of the tool with this value of the argument.
pub(crate) fn with(tool: &str, argument: &str, value: Value) -> Value {
    let mut arguments = base(tool, argument);
    arguments[argument] = value;
    arguments
}

/// The largest values of this schema; none for numbers and flags.
fn largest(schema: &Value, fill: &str) -> Vec<Value> {
    let text = |length: usize| json!(fill.repeat(length / fill.len() + 1).chars().take(length).collect::<String>());
    if is(schema, "string") {
        return vec![text(longest(schema))];
    }
    if is(schema, "array") {
        let item = item(&schema["items"], &text);
        let of_count = |count: usize| count.min(BYTES_MAX / item.to_string().len()).max(1);
        return COUNTS.iter().chain([&ITEMS_MAX]).map(|count| json!(vec![&item; of_count(*count)])).collect();
    }
    if !is(schema, "object") {
        return vec![];
    }
    let unknown = |count: &usize| {
        let name = |at: usize| fill.repeat(NAME_CHARACTERS_MAX / fill.len() - 4) + &at.to_string();
        let fitting = BYTES_MAX / json!(name(ITEMS_MAX)).to_string().len();
        (0..fitting.min(*count)).map(|at| (name(at), json!("x"))).collect::<Map<_, _>>().into()
    };
    let known =
        [SELECT, CHECKBOXES, "firstname", "email", "phone"].map(|name| json!({name: text(TEXT_CHARACTERS_MAX)}));
    known.into_iter().chain(COUNTS.iter().chain([&ITEMS_MAX]).map(unknown)).collect()
}

/// The largest item of a list that a message can carry: a text, or an object with the largest text in each of its fields.
fn item(schema: &Value, text: &impl Fn(usize) -> Value) -> Value {
    match schema["properties"].as_object() {
        Some(fields) => {
            let most = BYTES_MAX / "\u{130}".len() / fields.len().max(1);
            fields.iter().map(|(name, field)| (name.clone(), text(longest(field).min(most)))).collect()
        }
        None => text(longest(schema)),
    }
}

/// True for an argument of this type, whether or not it may be left out.
pub(crate) fn is(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&json!(kind)))
}

/// The most characters of a text.
pub(crate) fn longest(schema: &Value) -> usize {
    schema["maxLength"].as_u64().map_or(TEXT_CHARACTERS_MAX, |length| length as usize)
}
