//! Reads a day or a start out of words, and says it back.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::day_part::DayPart;
use super::error::{DateError, Reason};
use super::phrase::Piece;
use super::resolve::{Context, Meaning};
use super::{filler_words, format, lexer, local_time, phrase, resolve, spelling, unread};
use crate::interval::Interval;
use crate::time_zone::zone::Zone;

/// A number of four digits given as a time is taken for a year if it is so close to the current one; `1930` is a time.
const YEARS_AROUND: u32 = 10;

/// Today or a later day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The date in `zone`.
    pub date: NaiveDate,
    /// The customer's time zone.
    pub zone: Zone,
    /// The instant, if the phrase also gave a time. In an hour that clocks repeat, the time alone would not identify
    /// it.
    pub(super) at: Option<DateTime<Zone>>,
    /// The part of the day that the phrase named, such as the afternoon.
    pub(super) part: Option<DayPart>,
    /// The hours to which times limited the day.
    pub(super) window: Option<Interval>,
}

/// A future instant on a full minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The instant, in the customer's time zone.
    pub at: DateTime<Zone>,
}

/// Reads the day that `words` mean to a person in `zone` at `now`.
///
/// # Errors
/// [`DateError`] if the words have no meaning or several, or mean a day in the past or more than 10 years ahead.
pub fn parse_day(words: &str, zone: Zone, now: DateTime<Utc>) -> Result<Day, DateError> {
    let context = Context { zone, now };
    let refuse = |why| DateError::new(words, why);
    let meaning = only(day_readings(words, &context)?, &context).map_err(refuse)?;
    Ok(Day { date: meaning.date, zone, at: meaning.at, part: meaning.part, window: None })
}

/// Reads the instant that `day` and `time` mean to a person in `zone` at `now`. `time` may be a whole date and time
/// (RFC 3339, `tomorrow at 3pm`), which then has to agree with `day`.
///
/// # Errors
/// [`DateError`] as for [`parse_day`], or if the time is missing, has seconds, or is skipped or repeated by a clock
/// change.
pub fn parse_start(day: &str, time: &str, zone: Zone, now: DateTime<Utc>) -> Result<Start, DateError> {
    let context = Context { zone, now };
    let times = time_readings(time, &context)?;
    let days = if day.trim() == time.trim() { vec![Vec::new()] } else { day_readings(day, &context)? };
    let together = days.iter().flat_map(|day| times.iter().map(move |time| [&day[..], &time[..]].concat())).collect();
    let both = format!("{}, {}", day.trim(), time.trim());
    let refuse = |why| DateError::new(&both, why);
    let meaning = only(together, &context).map_err(refuse)?;
    let at = meaning.at.ok_or_else(|| refuse(Reason::WhichTime))?;
    Ok(Start { at })
}

impl Day {
    /// Returns the day in words to read back, such as `Tuesday 1 December 2026, America/New_York (UTC-05:00)`, with the
    /// time, the part of the day or its hours if they were given. The words are parsed as the same day again.
    pub fn understood(&self) -> String {
        match &self.at {
            Some(at) => format::instant(at),
            None => {
                let hours = self.window.zip(self.interval());
                let hours = hours.and_then(|(window, whole)| format::hours(window, whole, self.zone));
                let (hours, at) = hours.unzip();
                let part = hours.as_deref().or_else(|| self.part.map(DayPart::phrase));
                format::whole_day(self.date, part, self.zone, at.or_else(|| local_time::noon(self.date, self.zone)))
            }
        }
    }

    /// Returns the instant in Unix milliseconds, if the phrase gave a time.
    pub fn start_ms(&self) -> Option<i64> {
        self.at.map(|at| at.timestamp_millis())
    }

    /// Returns the hours of the day to which the phrase limits a meeting, such as those of `Thursday afternoon`.
    pub fn limits(&self) -> Option<Interval> {
        self.window.or_else(|| self.hours_of_part())
    }

    fn hours_of_part(&self) -> Option<Interval> {
        self.part.and_then(|part| local_time::hours(self.date, part.hours(), self.zone))
    }

    /// Returns the first instant of this hour of the day, from 0 to 23, in Unix milliseconds.
    pub fn hour_ms(&self, hour: u32) -> Option<i64> {
        local_time::hours(self.date, hour..hour + 1, self.zone).map(|hour| hour.start_ms())
    }

    /// Returns the whole day, which clock changes can make shorter or longer than 24 hours.
    pub fn interval(&self) -> Option<Interval> {
        local_time::whole_day(self.date, self.zone)
    }
}

impl Start {
    /// Returns the whole day that contains the instant.
    pub fn day(&self) -> Option<Interval> {
        local_time::whole_day(self.at.date_naive(), self.at.timezone())
    }

    /// Returns the instant in words to read back, such as `Tuesday 1 December 2026, 13:00 America/New_York (UTC-05:00)`.
    /// The words are parsed as the same instant again.
    pub fn understood(&self) -> String {
        format::instant(&self.at)
    }
}

/// Returns `true` for words that are a time of day or an instant, whatever stands behind it, and no part of a day alone.
pub(super) fn is_time(words: &str, zone: Zone, now: DateTime<Utc>) -> bool {
    let is_one = |row: &Vec<Piece>| matches!(row.first(), Some(Piece::Time(_) | Piece::Instant(_) | Piece::Written(_)));
    time_readings(words, &Context { zone, now }).is_ok_and(|rows| rows.iter().any(is_one))
}

fn day_readings(words: &str, context: &Context) -> Result<Vec<Vec<Piece>>, DateError> {
    let as_day = |row: Vec<Piece>| row.into_iter().map(|piece| resolve::as_day(piece, context)).collect();
    Ok(readings(words, context)?.into_iter().map(as_day).collect())
}

/// The readings of a time, where `2026` is ambiguous: 20:26, or the year.
fn time_readings(words: &str, context: &Context) -> Result<Vec<Vec<Piece>>, DateError> {
    let year: Option<i32> = words.trim().parse().ok();
    let near = year.filter(|year| context.today().year().abs_diff(*year) <= YEARS_AROUND);
    let Some(year) = near else { return readings(words, context) };
    let readings = vec![format!("{}:{:02}", year / 100, year % 100), format!("the year {year}")];
    Err(DateError::new(words, Reason::Readings(readings)))
}

/// The readings of the words, at least one.
fn readings(words: &str, context: &Context) -> Result<Vec<Vec<Piece>>, DateError> {
    let refuse = |why| DateError::new(words, why);
    if let Some(unit) = unread::unix_unit(words.trim()) {
        return Err(refuse(Reason::UnixTime(unit)));
    }
    let phrase = spelling::without_gaps(&spelling::normalise(words).map_err(refuse)?);
    let tokens = lexer::tokens(&phrase).map_err(refuse)?;
    if tokens.is_empty() {
        return Err(refuse(Reason::Empty));
    }
    let tokens = filler_words::without(&tokens);
    let readings = phrase::readings(tokens, context.today());
    if readings.is_empty() { Err(refuse(unread::reason(tokens))) } else { Ok(readings) }
}

/// The meaning that all valid readings share.
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
        _ => Err(Reason::Readings(meanings.iter().map(Meaning::describe).collect())),
    }
}
