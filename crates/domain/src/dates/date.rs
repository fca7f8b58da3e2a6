//! Days by date: `2026-12-01`, `25/12/2026`, `December 1st`.

use chrono::{Datelike, Months, NaiveDate};

use super::error::Reason;
use super::format;
use super::token::Token::{self, Mark, Number, Word};
use super::vocabulary::{self, Match};

/// A day, or the reason why the words do not name one.
pub(super) type Day = Result<NaiveDate, Reason>;

/// Numbers of four digits in this range are years; `1300` after a date is a time.
pub(super) const YEARS: std::ops::RangeInclusive<u32> = 1900..=2199;

/// A form of the grammar: matches a day at the front of the tokens, given today's date.
pub(super) type DayForm = fn(&[Token], NaiveDate) -> Match<Day>;

const FORMS: [DayForm; 3] = [figures, month_first, day_first];

/// Matches dates.
pub(super) fn at_front(tokens: &[Token], today: NaiveDate) -> impl Iterator<Item = (usize, Day)> {
    FORMS.iter().filter_map(move |form| form(tokens, today))
}

/// Matches `2026-12-01`, `2026/12/01`, `25/12/2026`, `25.12.2026`, `25/12`.
fn figures(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    match *tokens {
        [Number(year, 4), Mark(a @ ('-' | '/' | '.')), Number(month, 1..=2), Mark(b), Number(day, 1..=2), ..]
            if a == b =>
        {
            Some((5, date(year, month, day)))
        }
        [Number(a, 1..=2), Mark(c @ ('-' | '/' | '.')), Number(b, 1..=2), Mark(d), Number(year, 4), ..] if c == d => {
            Some((5, either_order(a, b, |month, day| date(year, month, day))))
        }
        [Number(a, 1..=2), Mark(c @ ('-' | '/' | '.')), Number(b, 1..=2), Mark(d), Number(year, 2), ..] if c == d => {
            Some((5, short_year([a, b, year], today)))
        }
        [Number(a, 1..=2), Mark('/'), Number(b, 1..=2), ..] => {
            Some((3, either_order(a, b, |month, day| next_occurrence(month, day, today))))
        }
        _ => None,
    }
}

/// Reads two numbers as day and month in either order.
fn either_order(a: u32, b: u32, date: impl Fn(u32, u32) -> Day) -> Day {
    match (date(b, a), date(a, b)) {
        (Ok(first), Ok(second)) if first != second => {
            Err(Reason::Readings(vec![format::day(first), format::day(second)]))
        }
        (Ok(day), _) | (_, Ok(day)) => Ok(day),
        (Err(why), Err(_)) if b <= 12 => Err(why),
        (Err(_), Err(why)) => Err(why),
    }
}

/// Rejects a date with a two-digit year, such as `01/12/26`, with its possible readings.
fn short_year([a, b, c]: [u32; 3], today: NaiveDate) -> Day {
    let orders = [date(2000 + c, b, a), date(2000 + c, a, b), date(2000 + a, b, c)];
    let mut readings: Vec<NaiveDate> = orders.into_iter().flatten().filter(|day| *day >= today).collect();
    readings.dedup();
    let readings: Vec<String> = readings.into_iter().map(format::day).collect();
    Err(if readings.len() > 1 { Reason::Readings(readings) } else { Reason::NotUnderstood })
}

/// Matches `December 1st`, `Dec. 1`, `May 1, 2027`, `December the first`.
fn month_first(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let [Word(word), rest @ ..] = tokens else { return None };
    let month = vocabulary::month(word)?;
    let (the, rest) = skip(rest, "the");
    let (length, day) = vocabulary::ordinal(rest).or_else(|| day_in_digits(rest))?;
    Some(with_year(1 + the + length, &rest[length..], month, day, today))
}

/// Matches `1 December`, `1st of Dec 2026`, `the first of December`.
fn day_first(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (the, rest) = skip(tokens, "the");
    let (length, day) = vocabulary::ordinal(rest).or_else(|| day_in_digits(rest))?;
    let (of, rest) = skip(&rest[length..], "of");
    let [Word(word), rest @ ..] = rest else { return None };
    let month = vocabulary::month(word)?;
    Some(with_year(the + length + of + 1, rest, month, day, today))
}

/// Matches a day of the month in digits, unless they start a time as in `December 1:30 pm`.
fn day_in_digits(tokens: &[Token]) -> Match<u32> {
    match *tokens {
        [Number(_, _), Mark(':' | '.' | '/' | '-'), Number(..), ..] => None,
        [Number(_, _), Word("am" | "pm" | "a" | "p" | "o'clock" | "oclock" | "noon" | "midnight"), ..] => None,
        [Number(day, 1..=2), ..] => Some((1, day)),
        _ => None,
    }
}

fn with_year(length: usize, rest: &[Token], month: u32, day: u32, today: NaiveDate) -> (usize, Day) {
    match year(rest) {
        Some((taken, year)) => (length + taken, date(year, month, day)),
        None => (length, next_occurrence(month, day, today)),
    }
}

pub(super) fn is_year(token: &Token) -> bool {
    year(&[*token]).is_some()
}

/// Matches a year of four digits.
pub(super) fn year(tokens: &[Token]) -> Match<u32> {
    match *tokens {
        [Number(year, 4), ..] if YEARS.contains(&year) => Some((1, year)),
        _ => None,
    }
}

pub(super) fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

pub(super) fn after_month(first: NaiveDate) -> NaiveDate {
    first.checked_add_months(Months::new(1)).unwrap_or(first)
}

/// Returns the next day with this month and day, today included, or an error if it does not exist in that year.
fn next_occurrence(month: u32, day: u32, today: NaiveDate) -> Day {
    let passed = (month, day) < (today.month(), today.day());
    date(u32::try_from(today.year() + i32::from(passed)).unwrap_or(0), month, day)
}

/// Returns a day of the month that starts at `first`.
pub(super) fn within(first: NaiveDate, day: u32) -> Day {
    first.with_day(day).ok_or_else(|| no_such_day(first))
}

fn date(year: u32, month: u32, day: u32) -> Day {
    let year = i32::try_from(year).unwrap_or(i32::MAX);
    let first = NaiveDate::from_ymd_opt(year, month, 1);
    let first = first.ok_or_else(|| Reason::NoSuchDate("months go from 1 to 12".to_owned()))?;
    within(first, day)
}

fn no_such_day(first: NaiveDate) -> Reason {
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
