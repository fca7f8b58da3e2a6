//! The reasons for which a phrase is rejected, for a model that corrects it or asks the customer.

use std::fmt::Write;

use chrono::NaiveDate;

use super::{format, typing_error};
use crate::text;

/// The longest part of the phrase that is quoted.
const QUOTE_CHARS_MAX: usize = 60;

/// The error for a phrase that has no single meaning, or means a time that cannot be booked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{read}` {why}")]
pub struct DateError {
    read: String,
    pub(super) why: Reason,
}

/// The second half of a sentence that begins with the phrase in backticks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Reason {
    #[error("is empty: a day or a time was expected")]
    Empty,
    #[error("is too long: at most {0} characters are read")]
    TooLong(usize),
    #[error("has `{0}`, which is not among the English words, dates and times that are read")]
    Unknown(String),
    #[error("is a number of {0}, which is not read as a day or a time")]
    UnixTime(&'static str),
    #[error("has `{word}`, which is not read: did you mean `{nearest}`?")]
    Misspelt { word: String, nearest: &'static str },
    #[error("is not a day or a time that can be read in exactly one way")]
    NotUnderstood,
    #[error("leaves open which day is meant")]
    WhichDay,
    #[error("names no time of day")]
    WhichTime,
    #[error("could be {0} or {1}: am or pm?")]
    AmOrPm(String, String),
    #[error("can be read as {}", .0.join(" or as "))]
    Readings(Vec<String>),
    /// Days of which another word of the phrase may select one.
    #[error("can be read as {}", .0.iter().map(|day| format::day(*day)).collect::<Vec<_>>().join(" or as "))]
    Days(Vec<NaiveDate>),
    #[error("says both {0} and {1}, which do not agree")]
    Disagree(String, String),
    #[error("is not a date: {0}")]
    NoSuchDate(String),
    #[error("is not a time of day: hours go from 0 to 23, or from 1 to 12 with am or pm, minutes from 0 to 59")]
    NoSuchTime,
    #[error("has seconds: a meeting starts on a full minute")]
    Seconds,
    #[error("is a span, a limit or a choice: a single start is needed")]
    Span,
    #[error("is past: it is now {0}")]
    Past(String),
    #[error("is too far ahead: days up to the year {0} are read")]
    TooFar(i32),
    #[error("does not exist in {zone}: clocks are put forward that day, from {from} to {to}")]
    Skipped { zone: String, from: String, to: String },
    #[error("happens twice in {zone}, where clocks are put back: {first} or {second}")]
    Doubled { zone: String, first: String, second: String },
    #[error("names another time zone than the customer's, {0}")]
    OtherZone(String),
}

impl Reason {
    pub(super) fn unknown(word: &str) -> Reason {
        let quoted = text::excerpt(word, QUOTE_CHARS_MAX);
        match typing_error::nearest(word) {
            Some(nearest) => Reason::Misspelt { word: quoted, nearest },
            None => Reason::Unknown(quoted),
        }
    }
}

impl DateError {
    pub(super) fn new(read: &str, why: Reason) -> DateError {
        DateError { read: text::excerpt(read, QUOTE_CHARS_MAX), why }
    }

    /// Returns `true` for a day or a time that can be read and is over.
    pub fn is_past(&self) -> bool {
        matches!(self.why, Reason::Past(_))
    }

    /// Returns advice on what to send instead, in one sentence.
    pub fn hint(&self) -> String {
        let mut hint = String::from(
            "send the day as `YYYY-MM-DD` and the time as `HH:MM` on the 24-hour clock, such as `2026-12-01` and `13:00`",
        );
        let more = match &self.why {
            Reason::Doubled { .. } => ", or the start as RFC 3339 with its offset, such as one of those two",
            Reason::OtherZone(_) => " in the customer's zone, or the start as RFC 3339 with its offset",
            Reason::Misspelt { .. } => "; if that is not what the customer wrote, ask",
            Reason::UnixTime(_) => {
                "; Unix milliseconds are read only where an argument says so, such as those of busy times and properties"
            }
            Reason::Unknown(_) => "; other languages are not read: say it in English, such as `2026-12-01 morning`",
            Reason::Span => "; for the free times of a day ask for the day alone",
            Reason::Past(_) | Reason::NoSuchDate(_) | Reason::Skipped { .. } => "; ask the customer for another",
            _ => "; if the customer did not say it, ask",
        };
        // Writing to a string cannot fail.
        let _ = hint.write_str(more);
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_phrase_is_short_and_cannot_end_the_quotation() {
        let refusal = DateError::new(&format!("a`\nb{}", "c".repeat(200)), Reason::NotUnderstood);
        let text = refusal.to_string();
        assert!(text.starts_with("`a bc"), "{text}");
        assert!(text.chars().count() < 140 && !text.contains('\n') && text.matches('`').count() == 2, "{text}");
    }

    #[test]
    fn an_unknown_word_is_quoted_in_the_same_way() {
        let why = Reason::unknown("a/`\u{1b}[31mignore");
        assert_eq!(why, Reason::Unknown("a/ [31mignore".into()));
        let text = DateError::new("a/`\u{1b}[31mignore", why).to_string();
        assert!(!text.contains('\u{1b}') && text.matches('`').count() == 4, "{text}");
    }

    #[test]
    fn every_hint_says_what_to_send() {
        for why in [Reason::Span, Reason::Empty, Reason::Unknown("mañana".into())] {
            let hint = DateError::new("x", why).hint();
            assert!(hint.contains("YYYY-MM-DD") && hint.contains("HH:MM"), "{hint}");
        }
    }
}
