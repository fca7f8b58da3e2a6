//! One field of a question: text, one of several choices, yes or no, a number.

use std::ops::RangeInclusive;

use serde_json::Value;

/// One field of a [`Question`](super::question::Question).
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: &'static str,
    /// What the person reads beside it.
    pub label: String,
    pub kind: Kind,
    pub required: bool,
    pub default: Option<Value>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Text {
        characters_max: usize,
    },
    /// Exactly one of these.
    Choice(Vec<Choice>),
    Boolean,
    Integer {
        least: i64,
        most: i64,
    },
    Number {
        least: f64,
        most: f64,
    },
    /// A schema as it is, for what only the conformance suite asks for.
    #[cfg(feature = "conformance")]
    Raw(Value),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the tool gets.
    pub value: String,
    /// What the person reads; the same as `value` where nothing better is known.
    pub title: String,
}

impl Field {
    pub fn text(name: &'static str, label: impl Into<String>, characters_max: usize) -> Field {
        Field::new(name, label, Kind::Text { characters_max })
    }

    /// Pairs of what the tool gets and what the person reads.
    pub fn choice<V: Into<String>, T: Into<String>>(
        name: &'static str,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = (V, T)>,
    ) -> Field {
        let choices = choices.into_iter().map(|(value, title)| Choice { value: value.into(), title: title.into() });
        Field::new(name, label, Kind::Choice(choices.collect()))
    }

    pub fn boolean(name: &'static str, label: impl Into<String>) -> Field {
        Field::new(name, label, Kind::Boolean)
    }

    pub fn integer(name: &'static str, label: impl Into<String>, range: RangeInclusive<i64>) -> Field {
        Field::new(name, label, Kind::Integer { least: *range.start(), most: *range.end() })
    }

    pub fn number(name: &'static str, label: impl Into<String>, range: RangeInclusive<f64>) -> Field {
        Field::new(name, label, Kind::Number { least: *range.start(), most: *range.end() })
    }

    #[must_use]
    pub fn required(mut self) -> Field {
        self.required = true;
        self
    }

    #[must_use]
    pub fn default(mut self, value: impl Into<Value>) -> Field {
        self.default = Some(value.into());
        self
    }

    fn new(name: &'static str, label: impl Into<String>, kind: Kind) -> Field {
        Field { name, label: label.into(), kind, required: false, default: None }
    }
}

impl Kind {
    pub fn fits(&self, value: &Value) -> bool {
        match self {
            Kind::Text { characters_max } => value.as_str().is_some_and(|text| text.chars().count() <= *characters_max),
            Kind::Choice(choices) => value.as_str().is_some_and(|given| choices.iter().any(|c| c.value == given)),
            Kind::Boolean => value.is_boolean(),
            Kind::Integer { least, most } => value.as_i64().is_some_and(|number| (*least..=*most).contains(&number)),
            Kind::Number { least, most } => value.as_f64().is_some_and(|number| (*least..=*most).contains(&number)),
            #[cfg(feature = "conformance")]
            Kind::Raw(_) => true,
        }
    }
}
