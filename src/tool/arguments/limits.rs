//! The largest texts, lists and objects that any tool is given. What a tool does with an argument costs time by its
//! size, so a size is limited before the tool sees it.

use serde_json::Value;

use super::problem::Problem;

/// The longest text, where the schema names no other limit: HubSpot's for the text of a property.
pub const TEXT_CHARACTERS_MAX: usize = 65_536;
/// The longest name of a field in an object: HubSpot's names and labels are shorter.
pub const NAME_CHARACTERS_MAX: usize = 255;
/// The most items of a list, and the most fields of an object.
pub const ITEMS_MAX: usize = 1_000;
/// The deepest nesting of lists and objects within one argument.
pub const DEPTH_MAX: usize = 32;
/// The longest list or object that is sent as JSON text: the largest result that a tool gives.
pub const JSON_TEXT_BYTES_MAX: usize = 256 * 1024;
/// The most values within a list or object that is sent as JSON text; parsed, each takes many times its text.
pub const JSON_TEXT_VALUES_MAX: usize = 20_000;

/// Checks a value of any shape.
pub(super) fn check(value: &Value, depth: usize) -> Result<(), Problem> {
    match value {
        Value::String(text) => check_text(text, TEXT_CHARACTERS_MAX),
        Value::Array(items) => {
            check_size(items.len(), depth)?;
            items.iter().enumerate().try_for_each(|(at, item)| check(item, depth + 1).map_err(|it| it.at(at)))
        }
        Value::Object(fields) => {
            check_size(fields.len(), depth)?;
            fields.iter().try_for_each(|(name, value)| {
                check_name(name)?;
                check(value, depth + 1).map_err(|it| it.within(name))
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

/// Checks the number of items of a list, or of fields of an object, and its depth.
pub(super) fn check_size(items: usize, depth: usize) -> Result<(), Problem> {
    match () {
        () if items > ITEMS_MAX => Err(Problem::new(format!("it has {items} items, and may have {ITEMS_MAX}"))),
        () if depth >= DEPTH_MAX => {
            Err(Problem::new(format!("lists and objects stand in each other {DEPTH_MAX} deep")))
        }
        () => Ok(()),
    }
}

pub(super) fn check_name(name: &str) -> Result<(), Problem> {
    match is_longer(name, NAME_CHARACTERS_MAX) {
        true => Err(Problem::new(format!("a name in it has more than {NAME_CHARACTERS_MAX} characters"))),
        false => Ok(()),
    }
}

pub(super) fn check_text(text: &str, characters_max: usize) -> Result<(), Problem> {
    match is_longer(text, characters_max) {
        true => Err(Problem::new(format!("it has more than {characters_max} characters"))),
        false => Ok(()),
    }
}

/// Counts only where the bytes do not decide.
fn is_longer(text: &str, characters_max: usize) -> bool {
    text.len() > characters_max && text.chars().nth(characters_max).is_some()
}
