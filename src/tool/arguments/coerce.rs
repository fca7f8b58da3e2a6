//! A value in the shape that the schema names: the same value, or the one value that another shape can mean.

use std::cell::Cell;

use chrono::DateTime;
use domain::text_cleaning;
use domain::unix_ms;
use serde_json::{Map, Number, Value};

use super::blank::is_blank;
use super::limits::{self, JSON_TEXT_BYTES_MAX, JSON_TEXT_VALUES_MAX, check_name, check_size, check_text};
use super::problem::Problem;
use super::shape::{Content, Fields, Range, Shape, ShapeField, Text};

/// The integers up to which every one has its own floating-point number (2^53). Beyond, a client that sends floats has
/// lost digits.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// Arguments in their shapes.
#[derive(Debug)]
pub(in crate::tool) struct Coerced {
    /// The arguments, an object.
    pub(in crate::tool) arguments: Value,
    /// Number of characters in them that nobody sees. A key or a value of any shape still has them: its reader removes or
    /// refuses them, each kind by its rule.
    pub(in crate::tool) hidden: usize,
}

/// The fields of a tool's arguments in their shapes.
pub(super) fn object(fields: &Fields, given: Map<String, Value>) -> Result<Coerced, Problem> {
    let hidden = Cell::new(0);
    let read = fields_in_shape(fields, given, JsonPath { depth: 0, hidden: &hidden })?;
    Ok(Coerced { arguments: Value::Object(read), hidden: hidden.get() })
}

/// The place of a value within the arguments.
#[derive(Clone, Copy)]
struct JsonPath<'a> {
    depth: usize,
    /// Counts the characters that nobody sees, of all places.
    hidden: &'a Cell<usize>,
}

impl JsonPath<'_> {
    fn within(self) -> Self {
        JsonPath { depth: self.depth + 1, ..self }
    }

    fn count(self, hidden: usize) {
        self.hidden.set(self.hidden.get() + hidden);
    }
}

fn fields_in_shape(
    fields: &Fields,
    given: Map<String, Value>,
    place: JsonPath<'_>,
) -> Result<Map<String, Value>, Problem> {
    check_size(given.len(), place.depth)?;
    let mut read = Map::new();
    for (name, value) in given {
        let (shape, required) = match (fields.named.get(&name), &fields.others) {
            (Some(field), _) => (&field.shape, field.required),
            (None, Some(shape)) => {
                check_name(&name)?;
                // Among values of any shape, `null` has a meaning: it clears a property, or asks for an empty one.
                (&**shape, **shape == Shape::Any || !value.is_null())
            }
            (None, None) => return Err(Problem::unknown(&name, fields.named.keys(), place.depth > 0)),
        };
        if required || !is_unused(&value) {
            let value = conform(shape, value, place.within()).map_err(|problem| problem.within(&name))?;
            read.insert(name, value);
        }
    }
    // A customer's own id is added to the arguments later; what is missing then, the tool's struct says.
    let is_complete = place.depth > 0;
    let is_missing = |name: &str, field: &ShapeField| is_complete && field.required && !read.contains_key(name);
    let mut missing = fields.named.iter().filter(|(name, field)| is_missing(name, field));
    match missing.next() {
        Some((name, field)) => Err(Problem::missing(&field.shape.words()).within(name)),
        None => Ok(read),
    }
}

/// An optional argument that the client sends although it has no value for it.
fn is_unused(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => is_blank(text),
        _ => false,
    }
}

fn conform(shape: &Shape, value: Value, place: JsonPath<'_>) -> Result<Value, Problem> {
    match shape {
        Shape::Any => {
            limits::check(&value, place.depth)?;
            place.count(hidden_in(&value));
            Ok(value)
        }
        Shape::Text(text) => self::text(*text, shape, value, place),
        Shape::Choice(choices) => choice(choices, shape, &value),
        Shape::Integer(range) => integer(*range, shape, &value),
        Shape::Number => number(&value).map(Value::Number).ok_or_else(|| Problem::kind(&shape.words(), &value)),
        Shape::Boolean => boolean(shape, &value),
        Shape::List(items) => list(items, shape, value, place),
        Shape::Object(fields) => match untexted(value, '{') {
            Value::Object(given) => fields_in_shape(fields, given, place).map(Value::Object),
            // PHP and Lua have one empty value for both.
            Value::Array(empty) if empty.is_empty() => Ok(Value::Object(Map::new())),
            other => Err(Problem::kind(&shape.words(), &other)),
        },
    }
}

fn list(items: &Shape, shape: &Shape, value: Value, place: JsonPath<'_>) -> Result<Value, Problem> {
    let given = match untexted(value, '[') {
        Value::Array(given) => given,
        Value::Object(empty) if empty.is_empty() => vec![],
        other => return Err(Problem::kind(&shape.words(), &other)),
    };
    check_size(given.len(), place.depth)?;
    let in_shape = |(at, item)| conform(items, item, place.within()).map_err(|problem: Problem| problem.at(at));
    given.into_iter().enumerate().map(in_shape).collect::<Result<_, _>>().map(Value::Array)
}

/// A list or an object that was sent as JSON text; any other value as it is.
fn untexted(value: Value, open: char) -> Value {
    let Value::String(text) = &value else { return value };
    let bytes = text.as_bytes();
    let begins = text.trim_start().starts_with([open, '[', '{']);
    let values = || bytes.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
    match begins && bytes.len() <= JSON_TEXT_BYTES_MAX && values() <= JSON_TEXT_VALUES_MAX {
        true => serde_json::from_str(text).unwrap_or(value),
        false => value,
    }
}

fn text(text: Text, shape: &Shape, value: Value, place: JsonPath<'_>) -> Result<Value, Problem> {
    let given = match value {
        Value::String(given) => given,
        Value::Number(number) => digits(&number)?,
        other => return Err(Problem::kind(&shape.words(), &other)),
    };
    check_text(&given, text.characters_max)?;
    match text.content {
        Content::Visible if is_blank(&given) => Err(Problem::new("it must not be empty")),
        Content::Moment => match moment(&given) {
            Some(moment) => Ok(Value::String(moment)),
            None if unix_ms::number(&given).is_some() => {
                Err(Problem::new(format!("it must be {}, not unix seconds or milliseconds", shape.words())))
            }
            None => Err(Problem::new(format!("it must be {}", shape.words()))),
        },
        Content::Key => {
            place.count(hidden_in_text(&given));
            Ok(Value::String(given))
        }
        // What is written to HubSpot, or said in an answer, shows all that it says.
        _ => {
            let cleaned = text_cleaning::clean(&given);
            place.count(cleaned.removed);
            Ok(Value::String(cleaned.text.into_owned()))
        }
    }
}

fn hidden_in_text(text: &str) -> usize {
    text_cleaning::clean(text).removed
}

/// The characters that nobody sees in a value of any shape.
fn hidden_in(value: &Value) -> usize {
    match value {
        Value::String(text) => hidden_in_text(text),
        Value::Array(items) => items.iter().map(hidden_in).sum(),
        Value::Object(fields) => fields.values().map(hidden_in).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// A moment in RFC 3339, with the seconds that ISO 8601 lets people leave out.
fn moment(given: &str) -> Option<String> {
    let given = given.trim();
    if DateTime::parse_from_rfc3339(given).is_ok() {
        return Some(given.to_owned());
    }
    let minutes = "2026-12-01T13:00".len();
    let (local, offset) = given.split_at_checked(minutes)?;
    let whole = format!("{local}:00{offset}");
    DateTime::parse_from_rfc3339(&whole).is_ok().then_some(whole)
}

/// A number as the text that it stands for, such as an id or a phone number.
fn digits(number: &Number) -> Result<String, Problem> {
    match (integer_of(number), number.as_f64()) {
        (Some(integer), _) => Ok(integer.to_string()),
        (None, Some(fraction)) if fraction.abs() < EXACT_MAX => Ok(number.to_string()),
        _ => Err(Problem::new("as a number it has lost digits; send it as text")),
    }
}

/// One of the choices, in any case of letters.
fn choice(choices: &[String], shape: &Shape, value: &Value) -> Result<Value, Problem> {
    let Some(given) = value.as_str().map(str::trim) else { return Err(Problem::kind(&shape.words(), value)) };
    let exact = choices.iter().find(|choice| *choice == given);
    let mut alike = choices.iter().filter(|choice| choice.eq_ignore_ascii_case(given));
    let only = alike.next().filter(|_| alike.next().is_none());
    let chosen = exact.or(only).ok_or_else(|| Problem::new(format!("it must be {}", shape.words())))?;
    Ok(Value::String(chosen.clone()))
}

fn integer(range: Range, shape: &Shape, value: &Value) -> Result<Value, Problem> {
    let wrong = || Problem::kind(&shape.words(), value);
    let number = number(value).ok_or_else(wrong)?;
    let is_large = number.as_f64().is_some_and(|float| float > 0.0);
    let out_of_range = || Problem::new(range.problem(is_large));
    let integer = match integer_of(&number) {
        Some(integer) => integer,
        // Larger numbers have no fraction.
        None if number.as_f64().is_some_and(|float| float.abs() >= EXACT_MAX) => return Err(out_of_range()),
        None => return Err(Problem::new("it must be an integer, without a fraction")),
    };
    match integer {
        _ if !(range.least..=range.most).contains(&integer) => Err(out_of_range()),
        0.. => u64::try_from(integer).map(Value::from).map_err(|_| wrong()),
        _ => i64::try_from(integer).map(Value::from).map_err(|_| wrong()),
    }
}

/// A number, or the text of one as JSON writes it: `30`, not `030` or `1,000`, which have other meanings elsewhere.
fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) if text.len() <= limits::NAME_CHARACTERS_MAX => {
            serde_json::from_str(&domain::digits::folded(text.trim())).ok()
        }
        _ => None,
    }
}

/// The integer that a number is, also with a point: `30.0`.
fn integer_of(number: &Number) -> Option<i128> {
    let whole = |float: &f64| float.fract() == 0.0 && float.abs() < EXACT_MAX;
    let exact = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    exact.or_else(|| number.as_f64().filter(whole).map(|float| float as i128))
}

fn boolean(shape: &Shape, value: &Value) -> Result<Value, Problem> {
    let text = value.as_str().map(|text| text.trim().to_ascii_lowercase());
    match (value, text.as_deref()) {
        (Value::Bool(_), _) => Ok(value.clone()),
        (_, Some("true")) => Ok(Value::Bool(true)),
        (_, Some("false")) => Ok(Value::Bool(false)),
        _ => Err(Problem::kind(&shape.words(), value)),
    }
}
