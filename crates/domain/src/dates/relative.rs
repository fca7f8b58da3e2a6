//! Days relative to today: `tomorrow`, `in 3 days`, `next Friday`, `a week from Monday`.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::date::{self, Day, DayForm, skip};
use super::error::Reason;
use super::format;
use super::month;
use super::token::Token::{self, Word};
use super::vocabulary::{self, Match};

/// The most days ahead that are read: ten years and a few days.
const DAYS_AHEAD_MAX: u32 = 3660;

const FORMS: [DayForm; 6] = [named, in_days, days_from, days_on, weekday_of_week, week_of_weekday];

/// Matches days of this kind.
pub(super) fn at_front(tokens: &[Token], today: NaiveDate) -> impl Iterator<Item = (usize, Day)> {
    let closed = FORMS.iter().filter_map(move |form| form(tokens, today));
    closed.chain(open(tokens).map(|length| (length, Err(Reason::WhichDay))))
}

/// Matches `today`, `tomorrow`, `the day after tomorrow`, and names of past days.
fn named(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (the, rest) = skip(tokens, "the");
    let (length, day) = match rest {
        [Word("day"), Word("after"), Word("tomorrow"), ..] => (3, ahead(today, 2)),
        [Word("day"), Word("before"), Word("yesterday"), ..] => (3, Err(past(today))),
        [Word("today"), ..] if the == 0 => (1, Ok(today)),
        [Word("tomorrow"), ..] if the == 0 => (1, ahead(today, 1)),
        [Word("yesterday"), ..] if the == 0 => (1, Err(past(today))),
        [Word("last" | "previous" | "past"), Word("week" | "month" | "year" | "night"), ..] => (2, Err(past(today))),
        [Word("last" | "previous" | "past"), Word(day), ..] if vocabulary::weekday(day).is_some() => {
            (2, Err(past(today)))
        }
        _ => return None,
    };
    Some((the + length, day))
}

/// Matches `in 3 days`, `in two weeks`, `in a fortnight`, `in a week's time`; `3 days ago`.
fn in_days(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (within, rest) = skip(tokens, "in");
    let (length, days) = days(rest)?;
    match (within, &rest[length..]) {
        (0, [Word("ago"), ..]) => Some((length + 1, Err(past(today)))),
        (1, [Word("time"), ..]) => Some((length + 2, days.and_then(|days| ahead(today, days)))),
        (1, _) => Some((length + 1, days.and_then(|days| ahead(today, days)))),
        _ => None,
    }
}

/// Matches `3 days from now`, `a week from Monday`, `two weeks after December 1st`, `the day after Christmas` is not
/// read.
fn days_from(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (length, days) = days(tokens)?;
    match &tokens[length..] {
        [Word("from"), Word("now"), ..] => Some((length + 2, days.and_then(|days| ahead(today, days)))),
        [Word("from" | "after"), rest @ ..] => counted_from(length + 1, days, rest, today),
        _ => None,
    }
}

/// Matches `a week on Monday`, `two weeks tomorrow`.
fn days_on(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (length, days) = weeks_only(tokens)?;
    let (on, rest) = skip(&tokens[length..], "on");
    match rest {
        [Word("today" | "tomorrow"), ..] => counted_from(length + on, days, rest, today),
        [Word(day), ..] if vocabulary::weekday(day).is_some() => counted_from(length + on, days, rest, today),
        _ => None,
    }
}

fn counted_from(length: usize, days: Result<u32, Reason>, rest: &[Token], today: NaiveDate) -> Match<Day> {
    let (taken, start) = single(rest, today)?;
    let day = start.and_then(|start| days.and_then(|days| ahead(start, days)));
    Some((length + taken, day))
}

/// Matches a day from which others are counted.
fn single(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (on, rest) = skip(tokens, "on");
    let bare = match rest {
        [Word(word), ..] => vocabulary::weekday(word).map(|weekday| (1, Ok(coming(weekday, today)))),
        _ => None,
    };
    let forms = [named(rest, today), weekday_of_week(rest, today), bare].into_iter().flatten();
    let found = vocabulary::longest(forms.chain(date::at_front(rest, today)).chain(month::at_front(rest, today)));
    let [(length, day)] = &found[..] else { return None };
    Some((on + length, day.clone()))
}

/// Matches `3 days`, `a week`, `two weeks`, `a fortnight` as a number of days. Months are rejected: their lengths
/// differ.
fn days(tokens: &[Token]) -> Match<Result<u32, Reason>> {
    let (length, number) = match tokens {
        [Word("the"), Word("day"), ..] => (1, 1),
        [Word("a" | "an"), ..] => (1, 1),
        _ => vocabulary::count(tokens)?,
    };
    let unit = match tokens.get(length)? {
        Word("day" | "days" | "day's" | "days'") => 1,
        Word("week" | "weeks" | "week's" | "weeks'") => 7,
        Word("fortnight" | "fortnights") => 14,
        Word("month" | "months" | "year" | "years") => return Some((length + 1, Err(Reason::WhichDay))),
        _ => return None,
    };
    let days = number.checked_mul(unit).filter(|days| (1..=DAYS_AHEAD_MAX).contains(days));
    Some((length + 1, days.ok_or(Reason::NotUnderstood)))
}

fn weeks_only(tokens: &[Token]) -> Match<Result<u32, Reason>> {
    let found = days(tokens)?;
    matches!(tokens[found.0 - 1], Word("week" | "weeks" | "fortnight")).then_some(found)
}

/// Matches `next Friday`, `this Friday`, `coming Friday`, `next week Friday`, `next week on Friday`.
fn weekday_of_week(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (length, week, rest) = match tokens {
        [Word("this"), Word("coming"), rest @ ..] => (2, Week::Coming, rest),
        [Word("the"), Word("coming"), rest @ ..] => (2, Week::Coming, rest),
        [Word("coming"), rest @ ..] => (1, Week::Coming, rest),
        [Word("this"), Word("week"), Word("on"), rest @ ..] => (3, Week::This, rest),
        [Word("next"), Word("week"), Word("on"), rest @ ..] => (3, Week::Next, rest),
        [Word("this"), Word("week"), rest @ ..] => (2, Week::This, rest),
        [Word("next"), Word("week"), rest @ ..] => (2, Week::Next, rest),
        [Word("this"), rest @ ..] => (1, Week::This, rest),
        [Word("next"), rest @ ..] => (1, Week::Next, rest),
        _ => return None,
    };
    let [Word(word), ..] = rest else { return None };
    let weekday = vocabulary::weekday(word)?;
    Some((length + 1, week.day(weekday, today)))
}

/// Matches `Friday next week`, `Friday of this week`, `Monday week`, `tomorrow week`.
fn week_of_weekday(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let [Word(word), rest @ ..] = tokens else { return None };
    let (of, rest) = skip(rest, "of");
    if let ("today" | "tomorrow", 0, [Word("week"), ..]) = (*word, of, rest) {
        return Some((2, ahead(today, if *word == "today" { 7 } else { 8 })));
    }
    let weekday = vocabulary::weekday(word)?;
    match rest {
        [Word("this"), Word("week"), ..] => Some((of + 3, Week::This.day(weekday, today))),
        [Word("next"), Word("week"), ..] => Some((of + 3, Week::Next.day(weekday, today))),
        [Word("week"), ..] if of == 0 => Some((2, weekday_week(weekday, today))),
        _ => None,
    }
}

/// `Monday week` means Monday of next week to some people and a week after the next Monday to others. It is ambiguous
/// where these are different days.
fn weekday_week(weekday: Weekday, today: NaiveDate) -> Day {
    let of_next_week = Week::Next.day(weekday, today)?;
    let after_the_coming = ahead(coming(weekday, today), 7)?;
    if of_next_week == after_the_coming {
        return Ok(of_next_week);
    }
    Err(Reason::Readings(vec![format::day(of_next_week), format::day(after_the_coming)]))
}

/// Matches a future period without a day, such as `next week`.
fn open(tokens: &[Token]) -> Option<usize> {
    let (the, rest) = skip(tokens, "the");
    let length = match rest {
        [Word("this" | "next" | "coming" | "following"), Word("week" | "month" | "year" | "weekend"), ..] => 2,
        [Word("next" | "following" | "other"), Word("day" | "days"), ..] => 2,
        [Word("end"), Word("of"), Word("week" | "year"), ..] => 3,
        [Word("end"), Word("of"), Word("the" | "this" | "next"), Word("week" | "year"), ..] => 4,
        [Word("week" | "weekend" | "month"), ..] if the == 1 => 1,
        [Word("weekend"), ..] => 1,
        [Word(month), token, ..] if vocabulary::month(month).is_some() && date::is_year(token) => 2,
        [Word("this" | "next"), Word(month), ..] if vocabulary::month(month).is_some() => 2,
        [Word(month), ..] if vocabulary::month(month).is_some() => 1,
        _ => return None,
    };
    Some(the + length)
}

/// A week, from Monday to Sunday.
#[derive(Clone, Copy)]
enum Week {
    This,
    Next,
    /// No particular week: the first such day after today.
    Coming,
}

impl Week {
    fn day(self, weekday: Weekday, today: NaiveDate) -> Day {
        let into_week = i64::from(weekday.num_days_from_monday()) - i64::from(today.weekday().num_days_from_monday());
        let days = match self {
            Week::Coming => return Ok(coming(weekday, today)),
            Week::This if into_week < 0 => return Err(past(today)),
            Week::This => into_week,
            Week::Next => into_week + 7,
        };
        ahead(today, u32::try_from(days).unwrap_or(0))
    }
}

/// Returns the first such weekday after today.
pub(super) fn coming(weekday: Weekday, today: NaiveDate) -> NaiveDate {
    let days = (weekday.num_days_from_monday() + 6 - today.weekday().num_days_from_monday()) % 7 + 1;
    ahead(today, days).unwrap_or(today)
}

fn ahead(day: NaiveDate, days: u32) -> Day {
    day.checked_add_days(Days::new(days.into())).ok_or(Reason::NotUnderstood)
}

pub(super) fn past(today: NaiveDate) -> Reason {
    Reason::Past(format::day(today))
}
