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

use crate::toml_file::{InvalidFile, TomlFile};

use super::calendar::{Calendar, Holiday, HolidayDays, Hours, Span};

/// The most spans of a day, and the longest name of a holiday.
const SPANS_MAX: usize = 12;
const NAME_CHARACTERS_MAX: usize = 60;
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// A leap year: every day of a year exists in it.
const LEAP_YEAR: i32 = 2028;

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
/// [`InvalidFile`] with the line and the reason.
pub fn read(text: &str, rules: ZoneRules) -> Result<Hours, InvalidFile> {
    let (file, lines) = TomlFile::read::<File>(text)?;
    let reader = Reader { file: lines };
    let zone = time_zone::parse(file.zone.get_ref(), rules).map_err(|error| reader.file.invalid(&file.zone, error))?;
    let mut week: [Vec<Span>; 7] = Default::default();
    for (name, spans) in &file.days {
        let day = WEEKDAYS.iter().position(|known| *known == name.get_ref().to_lowercase());
        let unknown =
            || reader.file.invalid(name, format!("`{}` is no day: use {}", name.get_ref(), WEEKDAYS.join(", ")));
        week[day.ok_or_else(unknown)?] = reader.spans(name, spans)?;
    }
    let special = file.special.iter().map(|(day, spans)| Ok((reader.date_key(day)?, reader.spans(day, spans)?)));
    let special: BTreeMap<_, _> = special.collect::<Result<_, InvalidFile>>()?;
    let holidays = file.holidays.iter().map(|holiday| reader.holiday(holiday)).collect::<Result<_, _>>()?;
    if week.iter().all(Vec::is_empty) && special.values().all(Vec::is_empty) {
        return Err(reader.file.invalid(&file.zone, "nobody would ever answer: `[days]` has no hours".to_owned()));
    }
    Ok(Hours(Some(Calendar { zone, week, special, holidays })))
}

/// Reader of values that tells the line of each error.
struct Reader<'a> {
    file: TomlFile<'a>,
}

impl Reader<'_> {
    fn spans(&self, key: &Spanned<String>, all: &[Spanned<String>]) -> Result<Vec<Span>, InvalidFile> {
        if all.len() > SPANS_MAX {
            return Err(self.file.invalid(key, format!("a day has at most {SPANS_MAX} spans")));
        }
        let mut spans: Vec<Span> = vec![];
        for text in all {
            let wrong = || format!("`{}` is no span of hours, such as `09:00-17:00`", text.get_ref());
            let span = span(text.get_ref()).ok_or_else(|| self.file.invalid(text, wrong()))?;
            if spans.iter().any(|other| other.overlaps(span)) {
                return Err(self.file.invalid(text, format!("`{}` overlaps another span of the day", text.get_ref())));
            }
            spans.push(span);
        }
        spans.sort_unstable();
        Ok(spans)
    }

    fn date_key(&self, key: &Spanned<String>) -> Result<NaiveDate, InvalidFile> {
        let wrong = || format!("`{}` is no day, such as `2026-12-24`", key.get_ref());
        key.get_ref().parse().map_err(|_| self.file.invalid(key, wrong()))
    }

    fn holiday(&self, input: &Spanned<HolidayInput>) -> Result<Holiday, InvalidFile> {
        let HolidayInput { name, date, from, to } = input.get_ref();
        let text = name.get_ref().trim();
        if text.is_empty() || text.chars().count() > NAME_CHARACTERS_MAX || text.chars().any(char::is_control) {
            return Err(self
                .file
                .invalid(name, format!("a name has 1 to {NAME_CHARACTERS_MAX} characters on one line")));
        }
        let days = match (date, from, to) {
            (Some(date), None, None) => self.days(date, date)?,
            (None, Some(from), Some(to)) => self.days(from, to)?,
            _ => return Err(self.file.invalid(name, "a holiday has either `date`, or `from` and `to`".to_owned())),
        };
        Ok(Holiday { name: text.to_owned(), days })
    }

    fn days(&self, from: &Spanned<Value>, to: &Spanned<Value>) -> Result<HolidayDays, InvalidFile> {
        match (self.day(from)?, self.day(to)?) {
            (Day::Yearly(first), Day::Yearly(last)) => Ok(HolidayDays::Yearly(first, last)),
            (Day::Date(first), Day::Date(last)) if first <= last => Ok(HolidayDays::Dates(first, last)),
            (Day::Date(_), Day::Date(_)) => Err(self.file.invalid(to, "`to` lies before `from`".to_owned())),
            _ => Err(self.file.invalid(to, "`from` and `to` both have a year, or none has".to_owned())),
        }
    }

    fn day(&self, value: &Spanned<Value>) -> Result<Day, InvalidFile> {
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
            self.file.invalid(value, format!("`{text}` is no day, such as `2026-12-24`, or `12-24` for every year"))
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
