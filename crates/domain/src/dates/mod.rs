//! English phrases for days and times. A phrase has exactly one meaning or is rejected with a reason, because a wrong
//! booking costs more than a question.
//!
//! A phrase is cut into tokens (`spelling`, `lexer`, and `machine` for the forms that programs write) and parsed in every
//! way that the grammar allows (`phrase`, with `date`, `named_date`, `year_in_words`, `month`, `month_ahead`, `relative`,
//! `distance`, `weekday_ahead`, `weekdays_from_now`, `feast`, `time_of_day`, `time_in_words` and `span`). Each reading is
//! resolved to a day or an instant in the customer's zone (`resolve`). Readings with different meanings make the phrase ambiguous. No word with a meaning is skipped: one that the grammar
//! does not know rejects the whole phrase, and a typing error is asked back with the right word.

mod bare_hour;
mod date;
mod day_part;
mod distance;
mod due;
mod error;
#[cfg(test)]
mod examples;
mod filler_words;
mod format;
mod holiday;
mod lexer;
mod limit_words;
mod local_time;
mod machine;
mod month;
mod month_ahead;
mod named_date;
mod parse;
mod phrase;
#[cfg(test)]
mod phrases;
#[cfg(test)]
mod properties;
mod relative;
mod resolve;
#[cfg(test)]
mod saturday;
mod span;
mod spelling;
mod time_in_words;
mod time_of_day;
mod token;
mod typing_error;
mod unread;
mod vocabulary;
mod weekday_ahead;
mod weekdays_from_now;
mod window;
mod year_in_words;

pub use due::parse_due;
pub use error::DateError;
pub use parse::{Day, Start, parse_day, parse_start};
pub use window::parse_window;
