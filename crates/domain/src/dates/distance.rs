//! Days by their distance from another: `in 3 days`, `a week from Monday`, `in 2 months`, `the day before Friday`.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::date::{self, Day, DayForm, skip};
use super::error::Reason;
use super::relative;
use super::token::Token::{self, Word};
use super::vocabulary::{self, Match};
use super::{holiday, month, named_date};

/// The most days ahead that are read: ten years and a few days.
const DAYS_AHEAD_MAX: u32 = 3660;
/// The most months ahead that are read: ten years.
const MONTHS_AHEAD_MAX: u32 = 120;

const FORMS: [DayForm; 4] = [in_time, from, before, on];

/// Matches days of this kind.
pub(super) fn at_front(tokens: &[Token], today: NaiveDate) -> impl Iterator<Item = (usize, Day)> {
    FORMS.iter().filter_map(move |form| form(tokens, today))
}

/// A number of days or months.
#[derive(Clone, Copy)]
pub(super) enum Distance {
    Days(u32),
    Months(u32),
}

impl Distance {
    /// Matches `3 days`, `two weeks`, `a month`, `1 week 2 days`, `a week and a day`.
    pub(super) fn at_front(tokens: &[Token]) -> Match<Result<Distance, Reason>> {
        let (length, distance) = Distance::single(tokens)?;
        if !matches!(tokens[length - 1], Word("week" | "weeks")) {
            return Some((length, distance));
        }
        let (and, rest) = skip(&tokens[length..], "and");
        match (&distance, Distance::single(rest)) {
            (Ok(Distance::Days(weeks)), Some((more, Ok(Distance::Days(days @ 1..=6)))))
                if matches!(rest[more - 1], Word("day" | "days" | "days'")) =>
            {
                Some((length + and + more, Ok(Distance::Days(weeks + days))))
            }
            _ => Some((length, distance)),
        }
    }

    /// Matches `3 days`, `a week`, `two weeks`, `a fortnight`, `a month`.
    fn single(tokens: &[Token]) -> Match<Result<Distance, Reason>> {
        let (length, number) = match tokens {
            [Word("the"), Word("day"), ..] => (1, 1),
            [Word("half"), Word("a"), Word("year"), ..] => return Some((3, Ok(Distance::Months(6)))),
            [Word("a" | "an"), ..] => (1, 1),
            _ => vocabulary::count(tokens)?,
        };
        let days = |unit| Distance::days(number, unit);
        let distance = match tokens.get(length)? {
            Word("day" | "days" | "day's" | "days'") => days(1),
            Word("week" | "weeks" | "week's" | "weeks'" | "wk" | "wks") => days(7),
            Word("fortnight" | "fortnights" | "fortnight's") => days(14),
            Word("month" | "months" | "month's" | "months'") => Distance::months(number, 1),
            Word("year" | "years" | "year's" | "years'") => Distance::months(number, 12),
            _ => return None,
        };
        Some((length + 1, distance.ok_or(Reason::NotUnderstood)))
    }

    fn days(number: u32, unit: u32) -> Option<Distance> {
        number.checked_mul(unit).filter(|days| (1..=DAYS_AHEAD_MAX).contains(days)).map(Distance::Days)
    }

    fn months(number: u32, unit: u32) -> Option<Distance> {
        number.checked_mul(unit).filter(|months| (1..=MONTHS_AHEAD_MAX).contains(months)).map(Distance::Months)
    }

    /// The day so far after `start`. A month after the 31st is no day in a month that has none.
    fn after(self, start: NaiveDate) -> Day {
        match self {
            Distance::Days(days) => start.checked_add_days(Days::new(days.into())).ok_or(Reason::NotUnderstood),
            Distance::Months(months) => {
                let day = start.checked_add_months(Months::new(months)).ok_or(Reason::NotUnderstood)?;
                if day.day() == start.day() { Ok(day) } else { Err(date::no_such_day(date::first_of_month(day))) }
            }
        }
    }

    fn before(self, start: NaiveDate) -> Day {
        let day = match self {
            Distance::Days(days) => start.checked_sub_days(Days::new(days.into())),
            Distance::Months(months) => {
                start.checked_sub_months(Months::new(months)).filter(|day| day.day() == start.day())
            }
        };
        day.ok_or(Reason::NotUnderstood)
    }
}

/// Matches `in 3 days`, `in two weeks`, `in 2 months`, `in a week's time`; `3 days ago`.
fn in_time(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (within, rest) = skip(tokens, "in");
    let (length, distance) = Distance::at_front(rest)?;
    let ahead = || distance.clone().and_then(|distance| distance.after(today));
    match (within, &rest[length..]) {
        (0, [Word("ago"), ..]) => Some((length + 1, Err(relative::past(today)))),
        (1, [Word("time"), ..]) => Some((length + 2, ahead())),
        (1, _) => Some((length + 1, ahead())),
        _ => None,
    }
}

/// Matches `3 days from now`, `8 days hence`, `day after Christmas`, `a week from Monday`, `a month from today`, `two weeks after December 1st`.
fn from(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (length, distance) = match tokens {
        [Word("day"), Word("after"), ..] => (1, Ok(Distance::Days(1))),
        _ => Distance::at_front(tokens)?,
    };
    match &tokens[length..] {
        [Word("hence"), ..] => Some((length + 1, distance.and_then(|distance| distance.after(today)))),
        [Word("from"), Word("now"), ..] => Some((length + 2, distance.and_then(|distance| distance.after(today)))),
        [Word("from" | "after"), rest @ ..] => counted(length + 1, distance, rest, today, Distance::after),
        _ => None,
    }
}

/// Matches `the day before Friday`, `two days before Christmas Day`.
fn before(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (length, distance) = match tokens {
        [Word("day"), ..] => (1, Ok(Distance::Days(1))),
        _ => Distance::at_front(tokens)?,
    };
    let [Word("before"), rest @ ..] = &tokens[length..] else { return None };
    counted(length + 1, distance, rest, today, Distance::before)
}

/// Matches `a week on Monday`, `fortnight on Tuesday`, `two weeks tomorrow`.
fn on(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (length, distance) = match tokens {
        [Word("fortnight"), ..] => (1, Ok(Distance::Days(14))),
        _ => Distance::at_front(tokens)?,
    };
    if !matches!(tokens[length - 1], Word("week" | "weeks" | "fortnight")) {
        return None;
    }
    let (on, rest) = skip(&tokens[length..], "on");
    match rest {
        [Word("today" | "tomorrow"), ..] => counted(length + on, distance, rest, today, Distance::after),
        [Word(day), ..] if vocabulary::weekday(day).is_some() => {
            counted(length + on, distance, rest, today, Distance::after)
        }
        _ => None,
    }
}

type Count = fn(Distance, NaiveDate) -> Day;

/// Counts so far from the day that follows.
fn counted(length: usize, by: Result<Distance, Reason>, rest: &[Token], today: NaiveDate, count: Count) -> Match<Day> {
    from_each(length, rest, today, |start| count(by.clone()?, start))
}

/// Counts from the day that follows; from each, if there are several to select from.
pub(super) fn from_each(
    length: usize,
    rest: &[Token],
    today: NaiveDate,
    count: impl Fn(NaiveDate) -> Day,
) -> Match<Day> {
    let (taken, start) = single(rest, today)?;
    let day = match start {
        Ok(start) => count(start),
        Err(Reason::Days(days)) => {
            let counted: Result<Vec<NaiveDate>, Reason> = days.into_iter().map(count).collect();
            counted.and_then(date::one_of)
        }
        Err(why) => Err(why),
    };
    Some((length + taken, day))
}

/// Matches a day from which others are counted.
fn single(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (on, rest) = skip(tokens, "on");
    let bare = match rest {
        [Word(word), ..] => vocabulary::weekday(word).map(|weekday| (1, Ok(relative::coming(weekday, today)))),
        _ => None,
    };
    let named = relative::closed(rest, today).chain(bare).chain(holiday::at_front(rest, today));
    let dates = date::at_front(rest, today).chain(named_date::at_front(rest, today));
    let found = vocabulary::longest(named.chain(dates).chain(month::at_front(rest, today)));
    let [(length, day)] = &found[..] else { return None };
    Some((on + length, day.clone()))
}
