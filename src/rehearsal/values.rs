//! The values of a scenario file that are more than a text: moments, counts, and what a property must be.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use toml::Value;
use toml::value::Datetime;

use super::text::folded;

/// How often a change occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// At least so often.
    pub min: usize,
    /// At most so often.
    pub max: usize,
}

impl Default for Count {
    fn default() -> Count {
        Count { min: 1, max: 1 }
    }
}

/// The value that a property must have.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpectedValue {
    /// Exactly this text.
    Text(String),
    /// This instant, however it is written.
    Moment(DateTime<Utc>),
    /// One of these texts.
    OneOf(Vec<String>),
    /// All of these, in any case.
    Contains(Vec<String>),
    /// Anything but nothing.
    Any,
}

/// Reads a moment, which must have an offset.
pub(super) fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let text = Datetime::deserialize(from)?.to_string();
    text.parse().map(Some).map_err(|_| D::Error::custom("a moment has an offset: 2026-12-01T14:00:00Z"))
}

/// The longest wait before a message: longer than any session lives.
const WAIT_MAX: Duration = Duration::from_secs(30 * 24 * 3_600);

/// Reads a time such as `20m`, `90s`, `2h` or `1d`.
pub(super) fn wait<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    let wrong = || D::Error::custom("a wait is a number of seconds, minutes, hours or days, up to 30 days: \"20m\"");
    let text = String::deserialize(from)?;
    let (number, unit) = text.trim().split_at_checked(text.trim().len().saturating_sub(1)).ok_or_else(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 24 * 3_600,
        _ => return Err(wrong()),
    };
    let count: u64 = number.parse().map_err(|_| wrong())?;
    let wait = Duration::from_secs(count.checked_mul(seconds).ok_or_else(wrong)?);
    if wait > WAIT_MAX { Err(wrong()) } else { Ok(Some(wait)) }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Count, D::Error> {
        let wrong = || D::Error::custom("a count is a number, or \"0..1\"");
        match Value::deserialize(from)? {
            Value::Integer(count) => {
                let count = usize::try_from(count).map_err(|_| wrong())?;
                Ok(Count { min: count, max: count })
            }
            Value::String(range) => {
                let (min, max) = range.split_once("..").ok_or_else(wrong)?;
                let [min, max] = [min, max].map(|end| end.parse().map_err(|_| wrong()));
                Ok(Count { min: min?, max: max? })
            }
            _ => Err(wrong()),
        }
    }
}

impl<'de> Deserialize<'de> for ExpectedValue {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<ExpectedValue, D::Error> {
        let wrong = || D::Error::custom("a value is a text, a moment, `one_of`, `contains` or `any`");
        match Value::deserialize(from)? {
            Value::String(text) => Ok(ExpectedValue::Text(text)),
            Value::Datetime(at) => at.to_string().parse().map(ExpectedValue::Moment).map_err(|_| wrong()),
            Value::Table(table) if table.len() == 1 => {
                let texts = |value: &Value| value.clone().try_into::<Vec<String>>().map_err(|_| wrong());
                match (table.get("one_of"), table.get("contains"), table.get("any")) {
                    (Some(values), ..) => texts(values).map(ExpectedValue::OneOf),
                    (_, Some(values), _) => texts(values).map(ExpectedValue::Contains),
                    (.., Some(Value::Boolean(true))) => Ok(ExpectedValue::Any),
                    _ => Err(wrong()),
                }
            }
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for ExpectedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |texts: &[String]| texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>();
        match self {
            ExpectedValue::Text(text) => write!(f, "\"{text}\""),
            ExpectedValue::Moment(at) => write!(f, "{}", at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            ExpectedValue::OneOf(texts) => write!(f, "one of {}", all(texts).join(", ")),
            ExpectedValue::Contains(parts) => write!(f, "a text with {}", all(parts).join(" and ")),
            ExpectedValue::Any => write!(f, "any value"),
        }
    }
}

impl ExpectedValue {
    /// True if a property has the value.
    pub fn fits(&self, value: Option<&String>) -> bool {
        let value = value.map_or("", String::as_str);
        match self {
            ExpectedValue::Text(text) => value == text,
            ExpectedValue::Moment(at) => value.parse::<DateTime<Utc>>().is_ok_and(|value| value == *at),
            ExpectedValue::OneOf(texts) => texts.iter().any(|text| text == value),
            ExpectedValue::Contains(parts) => parts.iter().all(|part| folded(value).contains(&folded(part))),
            ExpectedValue::Any => !value.is_empty(),
        }
    }
}

#[test]
fn a_wanted_value_is_shown_in_words() {
    let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    for (wanted, shown) in [
        (ExpectedValue::Text("+1 2".into()), "\"+1 2\""),
        (ExpectedValue::Moment("2026-12-03T18:00:00Z".parse().unwrap()), "2026-12-03T18:00:00Z"),
        (ExpectedValue::OneOf(texts(&["1", "2"])), "one of \"1\", \"2\""),
        (ExpectedValue::Contains(texts(&["a", "b"])), "a text with \"a\" and \"b\""),
        (ExpectedValue::Any, "any value"),
    ] {
        assert_eq!(wanted.to_string(), shown);
    }
}
