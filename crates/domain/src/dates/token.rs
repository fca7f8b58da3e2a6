//! The tokens of a phrase, which the grammar matches on.

use chrono::{DateTime, FixedOffset, NaiveDateTime};

/// A part of a phrase, in lower case.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A number, and the number of digits it was written with.
    Number(u32, usize),
    Word(&'a str),
    Mark(char),
    /// A hyphen or dash between spaces, which separates parts of the phrase.
    Dash,
    /// An instant such as `2026-12-01T13:00:00-05:00`.
    Instant(DateTime<FixedOffset>),
    /// A local date and time such as `2026-12-01T13:00:00`.
    Written(NaiveDateTime),
}
