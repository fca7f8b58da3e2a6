//! The types of arguments, compiled from a schema with its references resolved.

use std::collections::BTreeMap;

use domain::text_cleaning;
use serde_json::{Map, Value};

use super::limits::TEXT_CHARACTERS_MAX;

/// The values that an argument takes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// Anything that JSON can say: the tool reads it itself, by what it knows of the account.
    Any,
    Text(Text),
    /// One of these texts.
    Choice(Vec<String>),
    Integer(Range),
    Number,
    Boolean,
    List(Box<Shape>),
    Object(Fields),
}

/// The texts that an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) characters_max: usize,
    pub(super) content: Content,
}

/// The content that a text needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Any,
    /// At least one character that can be seen.
    Visible,
    /// A moment with its offset (RFC 3339).
    Moment,
    /// An id, an address or words to look for: read as it was sent, since a hidden character in it is told of.
    Key,
}

/// The integers from `least` to `most`, and which of these the schema names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) least: i128,
    pub(super) most: i128,
    named: (bool, bool),
}

/// The fields of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Fields {
    pub(super) named: BTreeMap<String, ShapeField>,
    /// The shape of the fields of any other name; `None` where there are none.
    pub(super) others: Option<Box<Shape>>,
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ShapeField {
    pub(super) shape: Shape,
    pub(super) required: bool,
}

impl Shape {
    pub(super) fn of(schema: &Value) -> Shape {
        let Value::Object(schema) = schema else { return Shape::Any };
        if let Some(choices) = choices(schema) {
            return Shape::Choice(choices);
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("string") => Shape::Text(Text::of(schema)),
            Some("integer") => Shape::Integer(Range::of(schema)),
            Some("number") => Shape::Number,
            Some("boolean") => Shape::Boolean,
            Some("array") => Shape::List(Box::new(schema.get("items").map_or(Shape::Any, Shape::of))),
            Some("object") => Shape::Object(Fields::of(schema)),
            _ => Shape::Any,
        }
    }

    /// The shape in the words of the schema.
    pub(super) fn words(&self) -> String {
        match self {
            Shape::Any => "a value".to_owned(),
            Shape::Text(Text { content: Content::Moment, .. }) => {
                "a moment with its offset such as `2026-12-01T13:00:00-05:00`, as text".to_owned()
            }
            Shape::Text(_) => "text".to_owned(),
            Shape::Choice(choices) => {
                let choices: Vec<_> = choices.iter().map(|choice| format!("`{choice}`")).collect();
                format!("one of {}", choices.join(", "))
            }
            Shape::Integer(_) => "an integer".to_owned(),
            Shape::Number => "a number".to_owned(),
            Shape::Boolean => "a boolean, `true` or `false`".to_owned(),
            Shape::List(_) => "a list".to_owned(),
            Shape::Object(_) => "an object".to_owned(),
        }
    }
}

impl Text {
    fn of(schema: &Map<String, Value>) -> Text {
        let length = |key: &str| schema.get(key).and_then(Value::as_u64);
        let limit = length("maxLength").and_then(|length| usize::try_from(length).ok());
        let content = match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => Content::Moment,
            Some(text_cleaning::KEY_FORMAT) => Content::Key,
            _ if length("minLength").is_some_and(|length| length > 0) => Content::Visible,
            _ => Content::Any,
        };
        Text { characters_max: limit.unwrap_or(TEXT_CHARACTERS_MAX), content }
    }
}

impl Range {
    /// The range of the schema, within that of the type that `format` names.
    fn of(schema: &Map<String, Value>) -> Range {
        let (least, most) = match schema.get("format").and_then(Value::as_str) {
            Some("uint8") => (0, u8::MAX.into()),
            Some("uint16") => (0, u16::MAX.into()),
            Some("uint32") => (0, u32::MAX.into()),
            Some("uint64" | "uint") => (0, u64::MAX.into()),
            Some("int32") => (i32::MIN.into(), i32::MAX.into()),
            _ => (i64::MIN.into(), i64::MAX.into()),
        };
        let bound = |key: &str| schema.get(key).and_then(Value::as_i64).map(i128::from);
        let (minimum, maximum) = (bound("minimum"), bound("maximum"));
        Range {
            least: minimum.map_or(least, |bound| bound.max(least)),
            most: maximum.map_or(most, |bound| bound.min(most)),
            named: (minimum.is_some(), maximum.is_some()),
        }
    }

    /// The problem of an integer, or a larger number, that is not within: an end that the schema does not name is that of
    /// a type, which says nothing.
    pub(super) fn problem(self, is_large: bool) -> String {
        match (self.named, is_large) {
            ((true, true), _) => format!("it must be an integer from {} to {}", self.least, self.most),
            ((true, _), false) => format!("it must be an integer of at least {}", self.least),
            ((_, true), true) => format!("it must be an integer of at most {}", self.most),
            (_, true) => "it is too large".to_owned(),
            (_, false) => "it is too small".to_owned(),
        }
    }
}

impl Fields {
    fn of(schema: &Map<String, Value>) -> Fields {
        let required: Vec<&str> = strings(schema.get("required"));
        let named = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let named = named.map(|(name, child)| {
            (name.clone(), ShapeField { shape: Shape::of(child), required: required.contains(&name.as_str()) })
        });
        let others = match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => None,
            Some(child) => Some(Box::new(Shape::of(child))),
            None => Some(Box::new(Shape::Any)),
        };
        Fields { named: named.collect(), others }
    }
}

/// The texts of an enumeration: as one list, or as one schema for each, where they are described.
fn choices(schema: &Map<String, Value>) -> Option<Vec<String>> {
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
    if schema.contains_key("enum") {
        return Some(owned(strings(schema.get("enum"))));
    }
    let branches = schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()?;
    let nested = branches.iter().map(|branch| match branch.get("const") {
        Some(Value::String(text)) => Some(vec![text.clone()]),
        _ => choices(branch.as_object()?),
    });
    nested.collect::<Option<Vec<_>>>().map(|nested| nested.concat())
}

fn strings(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}
