//! The arguments of a call: one reader for all tools, driven by the schema that clients are shown.
//!
//! Clients, and the models behind them, send values in other shapes than the schema names: a number as text, an empty
//! text for an argument they do not use. A shape with one meaning is taken; one with two is refused in the words of
//! the schema. A tool is given only what its schema allows, within the limits of `limits`.
//!
//! | module | content |
//! |---|---|
//! | `shape` | the types of the arguments, compiled from the schema |
//! | `conform` | a value in the shape that the schema names |
//! | `limits` | the largest texts, lists and objects |
//! | `blank` | texts without a visible character |
//! | `injected` | names that clients add on their own |
//! | `unreadable` | the errors of what the schema cannot say |
//! | `serde_words` | serde's messages in the words of JSON |

mod blank;
pub(super) mod coerce;
mod injected;
pub mod limits;
mod problem;
pub mod serde_words;
mod shape;
mod unreadable;

use schemars::Schema;
use serde_json::Value;

pub(super) use unreadable::read;

use self::coerce::Coerced;
use self::problem::Problem;
use self::shape::{Fields, Shape};
use super::error::ToolError;
use super::schema;

/// The shapes of the arguments of one tool.
#[derive(Debug)]
pub(super) struct Arguments(Fields);

impl Arguments {
    /// The arguments that the schema describes.
    pub(super) fn of(schema: &Schema) -> Arguments {
        let root = schema::resolved(schema.as_object().cloned().unwrap_or_default());
        match Shape::of(&Value::Object(root)) {
            Shape::Object(fields) => Arguments(fields),
            _ => Arguments(Fields::default()),
        }
    }

    /// The arguments in the shapes of the schema.
    pub(super) fn conform(&self, tool: &str, arguments: Value) -> Result<Coerced, ToolError> {
        let conformed = match arguments {
            Value::Object(given) => coerce::object(&self.0, injected::dropped(tool, &self.0, given)),
            other => Err(Problem::kind("an object of arguments", &other)),
        };
        conformed.map_err(Problem::into_error)
    }
}

#[cfg(test)]
mod tests;
