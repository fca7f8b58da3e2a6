//! One field of a question: text, one of several choices, yes or no, a number.

use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::Value;

/// One field of a question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// The key of the value in the answer.
    pub name: &'static str,
    /// The label that the person reads.
    pub label: String,
    /// The values it takes.
    pub kind: FieldKind,
    /// The person has to fill it in.
    pub required: bool,
    /// The value if it is left out.
    pub default: Option<Value>,
}

/// The values that a field takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum FieldKind {
    /// Free text.
    Text {
        /// Its longest length.
        characters_max: usize,
    },
    /// Exactly one of these.
    Choice(Vec<FieldOption>),
    /// Yes or no.
    Boolean,
    /// A whole number within these bounds.
    Integer {
        /// The smallest value.
        least: i64,
        /// The largest value.
        most: i64,
    },
    /// A number within these bounds.
    Number {
        /// The smallest value.
        least: f64,
        /// The largest value.
        most: f64,
    },
    /// A literal schema, for cases that only the conformance suite needs.
    #[cfg(feature = "conformance")]
    Raw(Value),
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldOption {
    /// The value that the tool gets.
    pub value: String,
    /// The text that the person reads; the same as `value` where nothing better is known.
    pub title: String,
}

impl Field {
    /// A text field.
    pub fn text(name: &'static str, label: impl Into<String>, characters_max: usize) -> Field {
        Field::new(name, label, FieldKind::Text { characters_max })
    }

    /// A choice between pairs of a value, which the tool gets, and a title, which the person reads.
    pub fn choice<V: Into<String>, T: Into<String>>(
        name: &'static str,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = (V, T)>,
    ) -> Field {
        let choices =
            choices.into_iter().map(|(value, title)| FieldOption { value: value.into(), title: title.into() });
        Field::new(name, label, FieldKind::Choice(choices.collect()))
    }

    /// A yes-or-no field.
    pub fn boolean(name: &'static str, label: impl Into<String>) -> Field {
        Field::new(name, label, FieldKind::Boolean)
    }

    /// A field for a whole number.
    pub fn integer(name: &'static str, label: impl Into<String>, range: RangeInclusive<i64>) -> Field {
        Field::new(name, label, FieldKind::Integer { least: *range.start(), most: *range.end() })
    }

    /// A field for a number.
    pub fn number(name: &'static str, label: impl Into<String>, range: RangeInclusive<f64>) -> Field {
        Field::new(name, label, FieldKind::Number { least: *range.start(), most: *range.end() })
    }

    /// Returns the field as one that the person has to fill in.
    #[must_use]
    pub fn required(mut self) -> Field {
        self.required = true;
        self
    }

    /// Returns the field with a default.
    #[must_use]
    pub fn default(mut self, value: impl Into<Value>) -> Field {
        self.default = Some(value.into());
        self
    }

    fn new(name: &'static str, label: impl Into<String>, kind: FieldKind) -> Field {
        Field { name, label: label.into(), kind, required: false, default: None }
    }
}

impl FieldKind {
    /// Accepts the value.
    pub fn fits(&self, value: &Value) -> bool {
        match self {
            FieldKind::Text { characters_max } => {
                value.as_str().is_some_and(|text| text.chars().count() <= *characters_max)
            }
            FieldKind::Choice(choices) => value.as_str().is_some_and(|given| choices.iter().any(|c| c.value == given)),
            FieldKind::Boolean => value.is_boolean(),
            FieldKind::Integer { least, most } => {
                value.as_i64().is_some_and(|number| (*least..=*most).contains(&number))
            }
            FieldKind::Number { least, most } => {
                value.as_f64().is_some_and(|number| (*least..=*most).contains(&number))
            }
            #[cfg(feature = "conformance")]
            FieldKind::Raw(_) => true,
        }
    }
}
