//! Days relative to today: `tomorrow`, `next Friday`, `Friday next week`.

use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};

use super::date::{self, Day, DayForm, skip};
use super::error::Reason;
use super::format;
use super::token::Token::{self, Word};
use super::vocabulary::{self, Match};

const FORMS: [DayForm; 3] = [named, weekday_of_week, week_of_weekday];

/// Matches days of this kind, and periods that leave the day open.
pub(super) fn at_front(tokens: &[Token], today: NaiveDate) -> impl Iterator<Item = (usize, Day)> {
    closed(tokens, today).chain(open(tokens).map(|length| (length, Err(Reason::WhichDay))))
}

/// Matches days of this kind.
pub(super) fn closed(tokens: &[Token], today: NaiveDate) -> impl Iterator<Item = (usize, Day)> {
    FORMS.iter().filter_map(move |form| form(tokens, today))
}

/// Matches `today`, `later today`, `tomorrow`, `the day after tomorrow`, and names of past days.
fn named(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (the, rest) = skip(tokens, "the");
    let (length, day) = match rest {
        [Word("day"), Word("after"), Word("tomorrow"), ..] => (3, ahead(today, 2)),
        [Word("day"), Word("before"), Word("yesterday"), ..] => (3, Err(past(today))),
        // What is left of a day is all that can be booked of it.
        [Word("later"), Word("today"), ..] if the == 0 => (2, Ok(today)),
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

/// Matches `next Friday`, `this Friday`, `coming Friday`, `next week Friday`, `next week on Friday`, `this week's Friday`.
fn weekday_of_week(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (length, week, rest) = match tokens {
        [Word("this"), Word("coming"), rest @ ..] => (2, Week::Coming, rest),
        [Word("the"), Word("coming"), rest @ ..] => (2, Week::Coming, rest),
        [Word("coming"), rest @ ..] => (1, Week::Coming, rest),
        [Word("this"), Word("week's"), rest @ ..] => (2, Week::This, rest),
        [Word("next"), Word("week's"), rest @ ..] => (2, Week::Next, rest),
        [Word("this"), Word("week"), Word("on"), rest @ ..] => (3, Week::This, rest),
        [Word("next"), Word("week"), Word("on"), rest @ ..] => (3, Week::Next, rest),
        [Word("this"), Word("week"), rest @ ..] => (2, Week::This, rest),
        [Word("next"), Word("week"), rest @ ..] => (2, Week::Next, rest),
        [Word("this"), rest @ ..] => (1, Week::Near, rest),
        [Word("next"), rest @ ..] => (1, Week::Next, rest),
        _ => return None,
    };
    let [Word(word), ..] = rest else { return None };
    let weekday = vocabulary::weekday(word)?;
    Some((length + 1, week.day(weekday, today)))
}

/// Matches `Friday next week`, `Friday of this week`, `Friday coming`, `Monday week`, `tomorrow week`.
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
        [Word("coming"), ..] if of == 0 => Some((2, Week::Coming.day(weekday, today))),
        [Word("week"), ..] if of == 0 => Some((2, weekday_week(weekday, today))),
        [Word("next"), ..] if of == 0 => Some((2, weekday_next(weekday, today))),
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
    date::one_of(vec![of_next_week, after_the_coming])
}

/// `Friday next` means the coming one to some people and that of next week to others.
fn weekday_next(weekday: Weekday, today: NaiveDate) -> Day {
    date::one_of(vec![Week::Next.day(weekday, today)?, coming(weekday, today)])
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
    /// `this Monday`: of this week, or the coming one.
    Near,
    /// No particular week: the first such day after today.
    Coming,
}

impl Week {
    fn day(self, weekday: Weekday, today: NaiveDate) -> Day {
        let into_week = i64::from(weekday.num_days_from_monday()) - i64::from(today.weekday().num_days_from_monday());
        let of_this_week = today + TimeDelta::days(into_week);
        match self {
            Week::Coming => Ok(coming(weekday, today)),
            Week::Next => Ok(of_this_week + TimeDelta::days(7)),
            Week::This | Week::Near if into_week >= 0 => Ok(of_this_week),
            // On a weekend the working week is over, and nobody books its days.
            Week::Near if today.weekday().num_days_from_monday() >= Weekday::Sat.num_days_from_monday() => {
                Ok(coming(weekday, today))
            }
            // In countries whose weeks begin on Sunday the day is still to come.
            Week::This if today.weekday() != Weekday::Sun => Err(past(today)),
            Week::This | Week::Near => date::one_of(vec![of_this_week, coming(weekday, today)]),
        }
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
