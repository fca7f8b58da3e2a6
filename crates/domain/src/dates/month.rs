//! Days by their position in a month: `the 15th`, `the 3rd of next month`, `last Friday of May`.

use chrono::{Datelike, Months, NaiveDate, Weekday};

use super::date::{self, Day, DayForm, skip};
use super::error::Reason;
use super::format;
use super::token::Token::{self, Mark, Number, Word};
use super::vocabulary::{self, Match};

const FORMS: [DayForm; 7] = [nth_of_month, month_on_nth, alone, last_of_month, end_of_month, nth_day, nth_weekday];
/// Of three months in a row at least one has 31 days.
const MONTHS_TRIED: usize = 3;
/// Smaller numbers after a weekday may be an hour.
const HOURS_MIN: u32 = 13;

/// Matches days of this kind.
pub(super) fn at_front(tokens: &[Token], today: NaiveDate) -> impl Iterator<Item = (usize, Day)> {
    FORMS.iter().filter_map(move |form| form(tokens, today))
}

/// Matches `the 15th of next month`, `the 1st of the month`, `15th this month`.
fn nth_of_month(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (the, rest) = skip(tokens, "the");
    let (length, day) = vocabulary::ordinal(rest)?;
    let (of, rest) = skip(&rest[length..], "of");
    let (taken, month) = counted(rest, today)?;
    let found = match month {
        Month::Indefinite(_) => next_nth(day, today),
        Month::Definite(first) => date::within(first, day),
    };
    Some((the + length + of + taken, found))
}

/// Matches `next month on the 12th`, `this month the 30th`.
fn month_on_nth(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let [Word("this" | "next"), Word("month"), rest @ ..] = tokens else { return None };
    let (_, month) = counted(tokens, today)?;
    let (on, rest) = skip(rest, "on");
    let (the, rest) = skip(rest, "the");
    let (length, day) = vocabulary::ordinal(rest)?;
    Some((2 + on + the + length, date::within(month.first(), day)))
}

/// Matches `the 15th`: in this month if that day is not past, else in the next. Where the next month has no such day, the
/// one that has just passed may be meant.
fn alone(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (the, rest) = skip(tokens, "the");
    let (length, day) = vocabulary::ordinal(rest)?;
    // `first` alone may be the order of things, and `4th Friday` is not the 4th of a month.
    let figures = the == 1 || matches!(rest, [Number(..), ..]);
    let of_weekdays = matches!(rest[length..], [Word(word), ..] if vocabulary::weekday(word).is_some());
    (figures && !of_weekdays)
        .then(|| (the + length, next_nth(day, today).and_then(|next| unless_skipped(next, day, today))))
}

fn unless_skipped(next: NaiveDate, day: u32, today: NaiveDate) -> Day {
    let this = date::first_of_month(today);
    let passed = this.with_day(day).filter(|passed| *passed < today);
    match passed.filter(|_| date::first_of_month(next) > date::after_month(this)) {
        Some(passed) => date::one_of(vec![passed, next]),
        None => Ok(next),
    }
}

/// The next day with this number, today included: the 31st said in November is in December.
fn next_nth(day: u32, today: NaiveDate) -> Day {
    let first = date::first_of_month(today);
    let months = std::iter::successors(Some(first), |first| Some(date::after_month(*first)));
    let mut days = months.take(MONTHS_TRIED).filter_map(|first| first.with_day(day));
    days.find(|day| *day >= today).ok_or_else(|| date::no_such_day(first))
}

/// Matches `Sunday 13`, whose number can hardly be an hour, and `Sunday the 13th`: the next 13th, or the one after it,
/// that is a Sunday.
pub(super) fn after_weekday(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let [Word(word), rest @ ..] = tokens else { return None };
    let weekday = vocabulary::weekday(word)?;
    let (length, day) = match *rest {
        [Number(day @ HOURS_MIN..=31, 2), ref after @ ..] if is_day_alone(after) => (2, day),
        _ => nth_after_weekday(rest)?,
    };
    let first = next_nth(day, today);
    let after = first.as_ref().ok().and_then(|first| next_nth(day, first.succ_opt()?).ok());
    let found = match (first, after) {
        (Ok(first), _) if first.weekday() == weekday => Ok(first),
        (Ok(_), Some(after)) if after.weekday() == weekday => Ok(after),
        (first, _) => first.and_then(|day| Err(disagree(day, weekday))),
    };
    Some((length, found))
}

fn is_day_alone(after: &[Token]) -> bool {
    matches!(after, [] | [Word("at"), ..] | [Number(..), ..])
}

/// Matches `the 13th` and `, 13th` after a weekday, unless a month follows.
fn nth_after_weekday(tokens: &[Token]) -> Match<u32> {
    let comma = usize::from(matches!(tokens, [Mark(','), ..]));
    let (the, rest) = skip(&tokens[comma..], "the");
    let [Number(..), Word(_), ..] = rest else { return None };
    let (length, day) = vocabulary::ordinal(rest)?;
    let after = match &rest[length..] {
        [Mark(','), after @ ..] => after,
        after => after,
    };
    let of_month = match after {
        [Word("of" | "this" | "next" | "last"), ..] | [Mark(_), ..] => true,
        [Word("in"), Word(word), ..] | [Word(word), ..] => vocabulary::month(word).is_some(),
        _ => false,
    };
    (!of_month).then_some((1 + comma + the + length, day))
}

fn disagree(day: NaiveDate, weekday: Weekday) -> Reason {
    Reason::Disagree(format::day(day), format::weekday(weekday).to_owned())
}

/// Matches `the last day of the month`, `last day of December`, `last day of the year`.
fn last_of_month(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (the, rest) = skip(tokens, "the");
    let [Word("last"), Word("day"), Word("of" | "in"), rest @ ..] = rest else { return None };
    if let [Word("the" | "this"), Word("year"), ..] = rest {
        return Some((the + 5, NaiveDate::from_ymd_opt(today.year(), 12, 31).ok_or(Reason::NotUnderstood)));
    }
    let (taken, month) = any(rest, today)?;
    Some((the + 3 + taken, Ok(month.last_day())))
}

/// Matches `end of month`, `the end of next month`, `end of December`: one of several days, as the end of a week is.
fn end_of_month(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (the, rest) = skip(tokens, "the");
    let [Word("end"), Word("of"), rest @ ..] = rest else { return None };
    let taken = match rest {
        [Word("month"), ..] => 1,
        _ => any(rest, today)?.0,
    };
    Some((the + 2 + taken, Err(Reason::WhichDay)))
}

/// Matches `the first day of February`, `first day of next month`.
fn nth_day(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (the, rest) = skip(tokens, "the");
    let (length, nth) = vocabulary::ordinal(rest)?;
    let [Word("day"), Word("of" | "in"), rest @ ..] = &rest[length..] else { return None };
    let (taken, month) = any(rest, today)?;
    let named = matches!(rest, [Word(name), ..] if vocabulary::month(name).is_some()) && taken == 1;
    let day = match month {
        Month::Indefinite(_) => next_nth(nth, today),
        Month::Definite(first) if named => date::next_occurrence(first.month(), nth, today),
        Month::Definite(first) => date::within(first, nth),
    };
    Some((the + length + 2 + taken, day))
}

/// Matches `the first Monday of December`, `last Friday of the month`.
fn nth_weekday(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (the, rest) = skip(tokens, "the");
    let (length, nth) = match rest {
        [Word("last"), ..] => (1, None),
        _ => vocabulary::ordinal(rest).map(|(length, nth)| (length, Some(nth)))?,
    };
    let [Word(word), Word("of" | "in"), rest @ ..] = &rest[length..] else { return None };
    let weekday = vocabulary::weekday(word)?;
    let (taken, month) = any(rest, today)?;
    let named = matches!(rest, [Word(name), ..] if vocabulary::month(name).is_some()) && taken == 1;
    let mut day = nth_in(month.first(), weekday, nth);
    if named && day.as_ref().is_ok_and(|day| *day < today) {
        day = nth_in(month.first() + Months::new(12), weekday, nth);
    }
    Some((the + length + 2 + taken, day))
}

fn nth_in(first: NaiveDate, weekday: Weekday, nth: Option<u32>) -> Day {
    let days = first.iter_days().take_while(|day| day.month() == first.month());
    let mut hits = days.filter(|day| day.weekday() == weekday);
    let hit = match nth {
        Some(nth) => hits.nth(nth.saturating_sub(1) as usize),
        None => hits.last(),
    };
    hit.ok_or_else(|| Reason::NoSuchDate(format!("{} has no such {}", format::month(first), format::weekday(weekday))))
}

/// A month, by its first day.
enum Month {
    Definite(NaiveDate),
    /// `the month`, which can be the current or the next one.
    Indefinite(NaiveDate),
}

impl Month {
    fn first(&self) -> NaiveDate {
        match self {
            Month::Definite(first) | Month::Indefinite(first) => *first,
        }
    }

    fn last_day(&self) -> NaiveDate {
        date::after_month(self.first()).pred_opt().unwrap_or(self.first())
    }
}

/// Matches `this month`, `next month`, `the month`, `December`, `December 2026`.
fn any(tokens: &[Token], today: NaiveDate) -> Match<Month> {
    counted(tokens, today).or_else(|| named(tokens, today))
}

fn counted(tokens: &[Token], today: NaiveDate) -> Match<Month> {
    let this = date::first_of_month(today);
    match tokens {
        [Word("the"), Word("month"), ..] => Some((2, Month::Indefinite(this))),
        [Word("this"), Word("month"), ..] => Some((2, Month::Definite(this))),
        [Word("next"), Word("month"), ..] => Some((2, Month::Definite(date::after_month(this)))),
        [Word("the"), Word("next" | "following"), Word("month"), ..] => {
            Some((3, Month::Definite(date::after_month(this))))
        }
        _ => None,
    }
}

/// Matches the name of a month: the current or next one of that name, unless a year follows.
fn named(tokens: &[Token], today: NaiveDate) -> Match<Month> {
    let [Word(word), rest @ ..] = tokens else { return None };
    let month = vocabulary::month(word)?;
    let (taken, year) = match date::year(rest) {
        Some((taken, year)) => (taken, i32::try_from(year).ok()?),
        None => (0, today.year() + i32::from(month < today.month())),
    };
    NaiveDate::from_ymd_opt(year, month, 1).map(|first| (1 + taken, Month::Definite(first)))
}
