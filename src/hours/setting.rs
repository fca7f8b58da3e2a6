//! The file of the hours (TOML), read with the line of what is wrong in it.
//!
//! ```toml
//! zone = "Europe/Berlin"
//!
//! [days]
//! monday = ["09:00-12:00", "13:00-17:00"]
//! friday = ["09:00-15:00", "22:00-02:00"]  # to the next morning
//!
//! [special]
//! 2026-12-24 = ["09:00-12:00"]
//!
//! [[holidays]]
//! name = "Christmas"
//! from = "12-24"  # every year
//! to = "12-26"
//!
//! [[holidays]]
//! name = "Moving house"
//! date = 2027-03-01
//! ```

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::time_zone::{self, rules::ZoneRules};
use serde::Deserialize;
use toml::{Spanned, Value};

use super::calendar::{Calendar, Holiday, HolidayDays, Hours, Span};

/// The longest file.
const BYTES_MAX: usize = 64 * 1024;
/// The most spans of a day, and the longest name of a holiday.
const SPANS_MAX: usize = 12;
const NAME_CHARACTERS_MAX: usize = 60;
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// A leap year, in which every day of a year exists.
const LEAP_YEAR: i32 = 2028;

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHours {
    /// The file is no TOML, or has other keys.
    #[error("{0}")]
    Unreadable(String),
    /// The file is too large.
    #[error("it has more than {BYTES_MAX} bytes")]
    TooLarge,
    /// A value that cannot be meant.
    #[error("line {line}: {problem}")]
    Value {
        /// The line, counted from 1.
        line: usize,
        /// The reason.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    zone: Spanned<String>,
    #[serde(default)]
    days: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    #[serde(default)]
    special: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    #[serde(default)]
    holidays: Vec<Spanned<HolidayInput>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayInput {
    name: Spanned<String>,
    date: Option<Spanned<Value>>,
    from: Option<Spanned<Value>>,
    to: Option<Spanned<Value>>,
}

/// Reads the text of a file.
///
/// # Errors
/// [`InvalidHours`] with the line and the reason.
pub fn read(text: &str, rules: ZoneRules) -> Result<Hours, InvalidHours> {
    if text.len() > BYTES_MAX {
        return Err(InvalidHours::TooLarge);
    }
    let file: File = toml::from_str(text).map_err(|error| InvalidHours::Unreadable(error.to_string()))?;
    let reader = Reader { text };
    let zone = time_zone::parse(file.zone.get_ref(), rules).map_err(|error| reader.at(&file.zone, error))?;
    let mut week: [Vec<Span>; 7] = Default::default();
    for (name, spans) in &file.days {
        let day = WEEKDAYS.iter().position(|known| *known == name.get_ref().to_lowercase());
        let unknown = || reader.at(name, format!("`{}` is no day: use {}", name.get_ref(), WEEKDAYS.join(", ")));
        week[day.ok_or_else(unknown)?] = reader.spans(name, spans)?;
    }
    let special = file.special.iter().map(|(day, spans)| Ok((reader.date_key(day)?, reader.spans(day, spans)?)));
    let special: BTreeMap<_, _> = special.collect::<Result<_, InvalidHours>>()?;
    let holidays = file.holidays.iter().map(|holiday| reader.holiday(holiday)).collect::<Result<_, _>>()?;
    if week.iter().all(Vec::is_empty) && special.values().all(Vec::is_empty) {
        return Err(reader.at(&file.zone, "nobody would ever answer: `[days]` has no hours".to_owned()));
    }
    Ok(Hours(Some(Calendar { zone, week, special, holidays })))
}

/// Reads values, and knows the lines on which they stand.
struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn at<T>(&self, value: &Spanned<T>, problem: impl ToString) -> InvalidHours {
        let before = self.text.get(..value.span().start).unwrap_or_default();
        InvalidHours::Value { line: before.matches('\n').count() + 1, problem: problem.to_string() }
    }

    fn spans(&self, key: &Spanned<String>, all: &[Spanned<String>]) -> Result<Vec<Span>, InvalidHours> {
        if all.len() > SPANS_MAX {
            return Err(self.at(key, format!("a day has at most {SPANS_MAX} spans")));
        }
        let mut spans: Vec<Span> = vec![];
        for text in all {
            let wrong = || format!("`{}` is no span of hours, such as `09:00-17:00`", text.get_ref());
            let span = span(text.get_ref()).ok_or_else(|| self.at(text, wrong()))?;
            if spans.iter().any(|other| other.overlaps(span)) {
                return Err(self.at(text, format!("`{}` overlaps another span of the day", text.get_ref())));
            }
            spans.push(span);
        }
        spans.sort_unstable();
        Ok(spans)
    }

    fn date_key(&self, key: &Spanned<String>) -> Result<NaiveDate, InvalidHours> {
        let wrong = || format!("`{}` is no day, such as `2026-12-24`", key.get_ref());
        key.get_ref().parse().map_err(|_| self.at(key, wrong()))
    }

    fn holiday(&self, input: &Spanned<HolidayInput>) -> Result<Holiday, InvalidHours> {
        let HolidayInput { name, date, from, to } = input.get_ref();
        let text = name.get_ref().trim();
        if text.is_empty() || text.chars().count() > NAME_CHARACTERS_MAX || text.chars().any(char::is_control) {
            return Err(self.at(name, format!("a name has 1 to {NAME_CHARACTERS_MAX} characters on one line")));
        }
        let days = match (date, from, to) {
            (Some(date), None, None) => self.days(date, date)?,
            (None, Some(from), Some(to)) => self.days(from, to)?,
            _ => return Err(self.at(name, "a holiday has either `date`, or `from` and `to`".to_owned())),
        };
        Ok(Holiday { name: text.to_owned(), days })
    }

    fn days(&self, from: &Spanned<Value>, to: &Spanned<Value>) -> Result<HolidayDays, InvalidHours> {
        match (self.day(from)?, self.day(to)?) {
            (Day::Yearly(first), Day::Yearly(last)) => Ok(HolidayDays::Yearly(first, last)),
            (Day::Date(first), Day::Date(last)) if first <= last => Ok(HolidayDays::Dates(first, last)),
            (Day::Date(_), Day::Date(_)) => Err(self.at(to, "`to` lies before `from`".to_owned())),
            _ => Err(self.at(to, "`from` and `to` both have a year, or none has".to_owned())),
        }
    }

    fn day(&self, value: &Spanned<Value>) -> Result<Day, InvalidHours> {
        let text = match value.get_ref() {
            Value::String(text) => text.trim().to_owned(),
            other => other.to_string(),
        };
        let yearly = || {
            let date: NaiveDate = format!("{LEAP_YEAR}-{text}").parse().ok()?;
            Some(Day::Yearly((chrono::Datelike::month(&date), chrono::Datelike::day(&date))))
        };
        let date = text.parse().ok().map(Day::Date).or_else(yearly);
        date.ok_or_else(|| {
            self.at(value, format!("`{text}` is no day, such as `2026-12-24`, or `12-24` for every year"))
        })
    }
}

enum Day {
    Date(NaiveDate),
    Yearly((u32, u32)),
}

fn span(text: &str) -> Option<Span> {
    let (start, end) = text.split_once(['-', '–'])?;
    Span::new(minutes(start)?, minutes(end)?)
}

/// The minutes of a time such as `9:00` or `24:00`.
fn minutes(time: &str) -> Option<u16> {
    let (hour, minute) = time.trim().split_once(':')?;
    let is_number = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let (hour, minute): (u16, u16) = if is_number(hour) && minute.len() == 2 && is_number(minute) {
        (hour.parse().ok()?, minute.parse().ok()?)
    } else {
        return None;
    };
    let fits = (hour < 24 && minute < 60) || (hour, minute) == (24, 0);
    fits.then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests;
