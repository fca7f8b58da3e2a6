//! The reason why an argument cannot be read, and its place.

use serde_json::Value;

use super::super::error::ToolError;
use domain::code::Code;
use domain::text;

/// The longest name of an argument that an error repeats.
const NAME_CHARACTERS_MAX: usize = 60;

/// The hint of every error about the shape of an argument.
pub(super) const HINT: &str = "compare the arguments with the tool's input schema and call again";

/// An argument that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The path to the value, such as `bt_slots_ux[0].start`; empty for the arguments as a whole.
    path: String,
    problem: String,
}

impl Problem {
    pub(super) fn new(problem: impl Into<String>) -> Problem {
        Problem { path: String::new(), problem: problem.into() }
    }

    /// A value of another type than the expected one.
    pub(super) fn kind(expected: &str, given: &Value) -> Problem {
        Problem::new(format!("it must be {expected}, not {}", kind(given)))
    }

    /// A name that is none of the known ones, of arguments or of the fields of an object.
    pub(super) fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a String>, is_field: bool) -> Problem {
        let known: Vec<_> = known.map(|known| format!("`{known}`")).collect();
        let (one, all) = if is_field { ("field", "fields are") } else { ("argument", "arguments are") };
        let listed = match known.is_empty() {
            true => format!("and there is no {one} at all"),
            false => format!("the {all} {}", known.join(", ")),
        };
        Problem::new(format!("it is no {one}: {listed}")).within(name)
    }

    /// A value that is needed and not there.
    pub(super) fn missing(expected: &str) -> Problem {
        Problem::new(format!("it is missing, and must be {expected}"))
    }

    /// Returns the problem as one in the field of this name.
    pub(super) fn within(self, name: &str) -> Problem {
        let name = text::excerpt(name, NAME_CHARACTERS_MAX);
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        Problem { path: format!("{name}{dot}{}", self.path), ..self }
    }

    /// Returns the problem as one in the item at this place of a list.
    pub(super) fn at(self, index: usize) -> Problem {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        Problem { path: format!("[{index}]{dot}{}", self.path), ..self }
    }

    pub(super) fn into_error(self) -> ToolError {
        let message = match self.path.is_empty() {
            true => self.problem,
            false => format!("`{}`: {}", self.path, self.problem),
        };
        ToolError::new(Code::InvalidInput, message, HINT)
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(text) if text.trim().is_empty() => "empty text",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
