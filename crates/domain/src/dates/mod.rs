//! Dates and times that people say, read in exactly one way or refused: a wrong booking costs more than a question.
//!
//! The words are cut into tokens (`token`), read in every way the grammar knows (`phrase`, with `date`, `month`, `relative`,
//! `time_of_day` and `span`), and each reading is brought to a day or an instant in the customer's zone (`moment`).
//! Two readings that differ are none. English only, and nothing is skipped: a word the grammar does not know refuses
//! the whole phrase.

mod date;
mod day_part;
mod error;
#[cfg(test)]
mod examples;
mod format;
mod local_time;
mod month;
mod phrase;
#[cfg(test)]
mod phrases;
#[cfg(test)]
mod properties;
mod relative;
mod resolve;
mod span;
mod time_of_day;
mod token;
mod vocabulary;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;

pub use error::DateError;
use error::Reason;
use phrase::Piece;
use resolve::{Context, Meaning};
use token::Token;

use super::interval::Interval;

/// Years so far away are written where a time was asked for; others are rather times, such as `1930`.
const YEARS_AROUND: u32 = 10;

/// A day to come, or today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub date: NaiveDate,
    pub zone: Tz,
    /// Where the words gave a time, too: the instant, since in a repeated hour the time alone does not tell it.
    at: Option<DateTime<Tz>>,
}

/// An instant to come, on a full minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    pub at: DateTime<Tz>,
}

/// The day that `words` name to somebody in `zone`.
pub fn parse_day(words: &str, zone: Tz, now: DateTime<Utc>) -> Result<Day, DateError> {
    let context = Context { zone, now };
    let refuse = |why| DateError::new(words, why);
    let meaning = only(day_readings(words, &context)?, &context).map_err(refuse)?;
    Ok(Day { date: meaning.date, zone, at: meaning.at })
}

/// The instant that `day` and `time` name to somebody in `zone`. `time` may hold a whole date and time (RFC 3339,
/// `tomorrow at 3pm`); it then has to agree with `day`.
pub fn parse_start(day: &str, time: &str, zone: Tz, now: DateTime<Utc>) -> Result<Start, DateError> {
    let context = Context { zone, now };
    let days = day_readings(day, &context)?;
    let times = time_readings(time, &context)?;
    let together = days.iter().flat_map(|day| times.iter().map(move |time| [&day[..], &time[..]].concat())).collect();
    let both = format!("{}, {}", day.trim(), time.trim());
    let refuse = |why| DateError::new(&both, why);
    let meaning = only(together, &context).map_err(refuse)?;
    let at = meaning.at.ok_or_else(|| refuse(Reason::WhichTime))?;
    Ok(Start { at })
}

impl Day {
    /// `Tuesday 1 December 2026, America/New_York`, with its time where the words gave one.
    pub fn understood(&self) -> String {
        match &self.at {
            Some(at) => format::instant(at),
            None => format!("{}, {}", format::day(self.date), self.zone.name()),
        }
    }

    /// The instant of its time in unix milliseconds, where the words gave one.
    pub fn start_ms(&self) -> Option<i64> {
        self.at.map(|at| at.timestamp_millis())
    }

    /// From its first to its last instant; clock changes make some days longer than others.
    pub fn interval(&self) -> Option<Interval> {
        local_time::whole_day(self.date, self.zone)
    }
}

impl Start {
    /// The whole day it lies in.
    pub fn day(&self) -> Option<Interval> {
        local_time::whole_day(self.at.date_naive(), self.at.timezone())
    }

    /// `Tuesday 1 December 2026, 13:00 America/New_York`
    pub fn understood(&self) -> String {
        format::instant(&self.at)
    }
}

fn day_readings(words: &str, context: &Context) -> Result<Vec<Vec<Piece>>, DateError> {
    let as_day = |row: Vec<Piece>| row.into_iter().map(|piece| resolve::as_day(piece, context)).collect();
    Ok(readings(words, context)?.into_iter().map(as_day).collect())
}

/// `2026` is 20:26 only to a machine.
fn time_readings(words: &str, context: &Context) -> Result<Vec<Vec<Piece>>, DateError> {
    let year: Option<i32> = words.trim().parse().ok();
    let near = year.filter(|year| context.today().year().abs_diff(*year) <= YEARS_AROUND);
    let Some(year) = near else { return readings(words, context) };
    let readings = vec![format!("{}:{:02}", year / 100, year % 100), format!("the year {year}")];
    Err(DateError::new(words, Reason::Readings(readings)))
}

/// At least one reading of the words.
fn readings(words: &str, context: &Context) -> Result<Vec<Vec<Piece>>, DateError> {
    let refuse = |why| DateError::new(words, why);
    let phrase = token::tidy(words).map_err(refuse)?;
    let tokens = token::tokens(&phrase).map_err(refuse)?;
    if tokens.is_empty() {
        return Err(refuse(Reason::Empty));
    }
    let readings = phrase::readings(&tokens, context.today());
    if readings.is_empty() { Err(refuse(unread(&tokens))) } else { Ok(readings) }
}

/// The meaning of all readings that mean something.
fn only(readings: Vec<Vec<Piece>>, context: &Context) -> Result<Meaning, Reason> {
    let (mut meanings, mut refusals) = (Vec::new(), Vec::new());
    for reading in readings {
        match resolve::of(&reading, context) {
            Ok(meaning) if meanings.contains(&meaning) => {}
            Ok(meaning) => meanings.push(meaning),
            Err(why) => refusals.push(why),
        }
    }
    match meanings.len() {
        0 => Err(refusals.into_iter().next().unwrap_or(Reason::NotUnderstood)),
        1 => Ok(meanings.remove(0)),
        _ => Err(Reason::Readings(meanings.iter().map(Meaning::said).collect())),
    }
}

/// Reason no reading takes up all the words.
fn unread(tokens: &[Token]) -> Reason {
    const SPANS: &[&str] =
        &["between", "until", "till", "or", "and", "to", "from", "before", "after", "by", "around", "about"];
    let unknown = tokens.iter().find_map(|token| match token {
        Token::Word(word) if !vocabulary::is_known(word) => Some(*word),
        _ => None,
    });
    let spans = |token: &Token| match token {
        Token::Word(word) => SPANS.contains(word),
        token => *token == Token::Mark('-'),
    };
    match unknown {
        Some(word) => Reason::unknown(word),
        None if tokens.iter().any(spans) => Reason::Span,
        None => Reason::NotUnderstood,
    }
}
