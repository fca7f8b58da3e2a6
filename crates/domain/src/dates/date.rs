//! Days by date in figures: `2026-12-01`, `25/12/2026`, `12/5`.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::error::Reason;
use super::format;
use super::token::Token::{self, Mark, Number, Word};
use super::vocabulary::{self, Match};

/// A day, or the reason why the words do not name one. [`Reason::Days`] are days of which another word may select one.
pub(super) type Day = Result<NaiveDate, Reason>;

/// Numbers of four digits in this range are years; `1300` after a date is a time.
pub(super) const YEARS: std::ops::RangeInclusive<u32> = 1900..=2199;
/// A date without a year that is past by at most so many days is more likely a slip than a date of next year.
const RECENT_DAYS: u64 = 28;

/// The first number that can be no hour, not even the end of a day.
const AFTER_HOURS: u32 = 25;

/// A form of the grammar: matches a day at the front of the tokens, given today's date.
pub(super) type DayForm = fn(&[Token], NaiveDate) -> Match<Day>;

const FORMS: [DayForm; 4] = [year_first, with_year, without_year, after_weekday];

/// Matches dates in figures.
pub(super) fn at_front(tokens: &[Token], today: NaiveDate) -> impl Iterator<Item = (usize, Day)> {
    FORMS.iter().filter_map(move |form| form(tokens, today))
}

/// Matches `2026-12-01`, `2026/12/01`, `2026 12 01`, `20261201`, `2026-W49-2`.
fn year_first(tokens: &[Token], _: NaiveDate) -> Match<Day> {
    match *tokens {
        [Number(year, 4), Mark(a @ ('-' | '/' | '.')), Number(month, 1..=2), Mark(b), Number(day, 1..=2), ..]
            if a == b =>
        {
            Some((5, date(year, month, day)))
        }
        [Number(year, 4), Number(month, 2), Number(day, 2), ..] if YEARS.contains(&year) => {
            Some((3, date(year, month, day)))
        }
        [Number(all, 8), ..] if YEARS.contains(&(all / 10_000)) => {
            Some((1, date(all / 10_000, all / 100 % 100, all % 100)))
        }
        [Number(year, 4), Mark('-'), Word("w"), Number(week, 2), Mark('-'), Number(day @ 1..=7, 1), ..] => {
            let weekday = chrono::Weekday::try_from(u8::try_from(day).ok()? - 1).ok()?;
            let found = NaiveDate::from_isoywd_opt(i32::try_from(year).ok()?, week, weekday);
            Some((6, found.ok_or_else(|| Reason::NoSuchDate("the year has no such week".to_owned()))))
        }
        _ => None,
    }
}

/// Matches `25/12/2026`, `25.12.2026`, `25 12 2026`, `25/12/26`.
fn with_year(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    match *tokens {
        [Number(a, 1..=2), Mark(c @ ('-' | '/' | '.')), Number(b, 1..=2), Mark(d), Number(year, 4), ..] if c == d => {
            Some((5, either_order(a, b, |month, day| date(year, month, day))))
        }
        [Number(a, 1..=2), Number(b, 1..=2), Number(year, 4), ..] if YEARS.contains(&year) => {
            Some((3, either_order(a, b, |month, day| date(year, month, day))))
        }
        // `4.12. 16.30` ends with a time.
        [_, _, _, Mark('.'), Number(..), Mark('.' | ':'), Number(_, 2), ..] => None,
        [Number(a, 1..=2), Mark(c @ ('-' | '/' | '.')), Number(b, 1..=2), Mark(d), Number(year, 2), ..] if c == d => {
            Some((5, short_year([a, b, year], today)))
        }
        _ => None,
    }
}

/// Matches `25/12`, `25.12.` with its second dot, and `25.12` and `25-12`, which no hour begins.
fn without_year(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (length, a, b) = match *tokens {
        [Number(a, 1..=2), Mark('/'), Number(b, 1..=2), ..] => (3, a, b),
        [Number(a, 1..=2), Mark('.'), Number(b, 1..=2), Mark('.'), ..] => (4, a, b),
        [Number(a @ AFTER_HOURS..=31, 2), Mark('.' | '-'), Number(b @ 1..=12, 2), ..] => (3, a, b),
        _ => return None,
    };
    Some((length, either_order(a, b, |month, day| next_occurrence(month, day, today))))
}

/// Matches `Sat 5.12` before a time, so that it is none: the order is the one that the weekday has.
fn after_weekday(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let [Word(word), Number(a, 1..=2), Mark('.'), Number(b, 1..=2), Word("at"), ..] = *tokens else { return None };
    let weekday = vocabulary::weekday(word)?;
    let day = either_order(a, b, |month, day| next_occurrence(month, day, today));
    let days: Vec<NaiveDate> = candidates(&day).into_iter().filter(|day| day.weekday() == weekday).collect();
    Some((4, if days.is_empty() { day } else { one_of(days) }))
}

/// Reads two numbers as day and month in either order.
fn either_order(a: u32, b: u32, date: impl Fn(u32, u32) -> Day) -> Day {
    let (day_first, month_first) = (date(b, a), date(a, b));
    let why = [&day_first, &month_first][usize::from(b > 12)].clone();
    let days: Vec<NaiveDate> = [day_first, month_first].iter().flat_map(candidates).collect();
    if days.is_empty() { why } else { one_of(days) }
}

/// Reads a date with a two-digit year, which may stand at the front as well unless that is past.
fn short_year([a, b, c]: [u32; 3], today: NaiveDate) -> Day {
    let year_last = either_order(a, b, |month, day| date(2000 + c, month, day));
    let year_first = date(2000 + a, b, c).ok().filter(|day| *day >= today);
    let days: Vec<NaiveDate> = candidates(&year_last).into_iter().chain(year_first).collect();
    if days.is_empty() { year_last } else { one_of(days) }
}

/// The days that a form allows.
pub(super) fn candidates(day: &Day) -> Vec<NaiveDate> {
    match day {
        Ok(day) => vec![*day],
        Err(Reason::Days(days)) => days.clone(),
        Err(_) => vec![],
    }
}

/// A day if there is only one, else the days from which another word has to select.
pub(super) fn one_of(mut days: Vec<NaiveDate>) -> Day {
    days.sort_unstable();
    days.dedup();
    match days[..] {
        [day] => Ok(day),
        _ => Err(Reason::Days(days)),
    }
}

pub(super) fn is_year(token: &Token) -> bool {
    year(&[*token]).is_some()
}

/// Matches a year of four digits, or `'26`.
pub(super) fn year(tokens: &[Token]) -> Match<u32> {
    match *tokens {
        [Number(year, 4), ..] if YEARS.contains(&year) => Some((1, year)),
        [Mark('\''), Number(year, 2), ..] => Some((2, 2000 + year)),
        _ => None,
    }
}

pub(super) fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

pub(super) fn after_month(first: NaiveDate) -> NaiveDate {
    first.checked_add_months(Months::new(1)).unwrap_or(first)
}

/// Returns the next day with this month and day, today included, or an error if it does not exist in that year. One
/// that was a few days ago may be meant as well.
pub(super) fn next_occurrence(month: u32, day: u32, today: NaiveDate) -> Day {
    let year = u32::try_from(today.year()).unwrap_or(0);
    let passed = (month, day) < (today.month(), today.day());
    let next = date(year + u32::from(passed), month, day);
    let recent = today.checked_sub_days(Days::new(RECENT_DAYS)).unwrap_or(today);
    let before = [date(year, month, day), date(year - 1, month, day)].into_iter().flatten();
    let slips = before.filter(|day| (recent..today).contains(day));
    match &next {
        Ok(day) => one_of(slips.chain([*day]).collect()),
        Err(_) => next,
    }
}

/// Returns a day of the month that starts at `first`.
pub(super) fn within(first: NaiveDate, day: u32) -> Day {
    first.with_day(day).ok_or_else(|| no_such_day(first))
}

pub(super) fn date(year: u32, month: u32, day: u32) -> Day {
    let year = i32::try_from(year).unwrap_or(i32::MAX);
    let first = NaiveDate::from_ymd_opt(year, month, 1);
    let first = first.ok_or_else(|| Reason::NoSuchDate("months go from 1 to 12".to_owned()))?;
    within(first, day)
}

pub(super) fn no_such_day(first: NaiveDate) -> Reason {
    let days = after_month(first).signed_duration_since(first).num_days();
    let month =
        if first.month() == 2 { format::month(first) } else { vocabulary::month_name(first.month()).to_owned() };
    Reason::NoSuchDate(format!("{month} has {days} days"))
}

/// Skips an optional word; returns the number of tokens skipped and the rest.
pub(super) fn skip<'a, 'b>(tokens: &'a [Token<'b>], word: &str) -> (usize, &'a [Token<'b>]) {
    match tokens {
        [Word(first), rest @ ..] if *first == word => (1, rest),
        _ => (0, tokens),
    }
}
