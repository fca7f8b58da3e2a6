//! The part of a response that is answered.

use serde_json::{Map, Value};

use super::lookup::Lookup;

/// Most bytes of an answer as JSON; what is over is left out, lists from their ends, and the answer says so.
pub const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// Most characters of one text.
const TEXT_CHARACTERS_MAX: usize = 4_000;
/// The field that names what was shortened or left out.
pub const SHORTENED: &str = "shortened";
/// The field that is false where the service knows nothing (404).
pub const FOUND: &str = "found";

/// The declared fields of a response. A field that the response lacks is `null`.
pub fn of(lookup: &Lookup, response: &Value) -> Map<String, Value> {
    let (mut told, mut shortened, mut left) = (Map::new(), vec![], ANSWER_BYTES_MAX);
    told.insert(FOUND.to_owned(), Value::Bool(true));
    for (name, pointer) in &lookup.answer {
        let mut value = response.pointer(pointer).cloned().unwrap_or_default();
        let mut is_cut = shorten(&mut value, lookup.items_max);
        is_cut |= fit(&mut value, left);
        left = left.saturating_sub(value.to_string().len());
        if is_cut {
            shortened.push(Value::from(name.as_str()));
        }
        told.insert(name.clone(), value);
    }
    if !shortened.is_empty() {
        told.insert(SHORTENED.to_owned(), Value::Array(shortened));
    }
    told
}

/// The answer where the service knows nothing.
pub fn nothing() -> Map<String, Value> {
    Map::from_iter([(FOUND.to_owned(), Value::Bool(false))])
}

/// Shortens long lists and texts; true if there were any.
fn shorten(value: &mut Value, items_max: usize) -> bool {
    match value {
        Value::String(text) => match text.char_indices().nth(TEXT_CHARACTERS_MAX) {
            Some((end, _)) => {
                text.truncate(end);
                true
            }
            None => false,
        },
        Value::Array(items) => {
            let is_long = items.len() > items_max;
            items.truncate(items_max);
            shorten_all(items.iter_mut(), items_max) || is_long
        }
        Value::Object(fields) => shorten_all(fields.values_mut(), items_max),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Shortens all of these; true if there was anything long.
fn shorten_all<'a>(values: impl Iterator<Item = &'a mut Value>, items_max: usize) -> bool {
    // All of them, also behind one that was long.
    values.filter_map(|value| shorten(value, items_max).then_some(())).count() > 0
}

/// Makes a value fit into so many bytes: a list loses items from its end, anything else is left out as a whole.
fn fit(value: &mut Value, bytes_max: usize) -> bool {
    if value.to_string().len() <= bytes_max {
        return false;
    }
    if let Value::Array(items) = value {
        let mut bytes = 2;
        let fitting = items.iter().take_while(|item| {
            bytes += item.to_string().len() + 1;
            bytes <= bytes_max
        });
        let kept = fitting.count();
        items.truncate(kept);
        return true;
    }
    *value = Value::Null;
    true
}
