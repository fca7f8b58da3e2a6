//! A day of a month that is some months ahead: `in two months on the 5th`, `the 5th in two months`.

use chrono::{Days, Months, NaiveDate};

use super::date::{self, Day, DayForm, skip};
use super::distance::Distance;
use super::error::Reason;
use super::token::Token::{self, Word};
use super::vocabulary::{self, Match};

/// A day that is nearer is not `in a month`: the one a month later may be meant.
const NEAR_DAYS: u64 = 14;

const FORMS: [DayForm; 2] = [months_then_day, day_then_months];

/// Matches days of this kind.
pub(super) fn at_front(tokens: &[Token], today: NaiveDate) -> impl Iterator<Item = (usize, Day)> {
    FORMS.iter().filter_map(move |form| form(tokens, today))
}

/// Matches `in two months on the 5th`, `in 2 months' time the 5th`, `two months from now on the 5th`.
fn months_then_day(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (length, months) = ahead(tokens)?;
    let (on, rest) = skip(&tokens[length..], "on");
    let (the, rest) = skip(rest, "the");
    let (taken, day) = vocabulary::ordinal(rest)?;
    Some((length + on + the + taken, of_month(day, months, today)))
}

/// Matches `the 5th in two months`, `5th two months from now`.
fn day_then_months(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (the, rest) = skip(tokens, "the");
    let (taken, day) = vocabulary::ordinal(rest)?;
    let (length, months) = ahead(&rest[taken..])?;
    Some((the + taken + length, of_month(day, months, today)))
}

/// Matches `in two months`, `in two months' time`, `two months from now`.
fn ahead(tokens: &[Token]) -> Match<u32> {
    let (within, rest) = skip(tokens, "in");
    let (length, Ok(Distance::Months(months))) = Distance::at_front(rest)? else { return None };
    let end = match (within, &rest[length..]) {
        (1, [Word("time"), ..]) => 1,
        (1, _) => 0,
        (_, [Word("from"), Word("now" | "today"), ..]) => 2,
        _ => return None,
    };
    let Word(unit) = rest[length - 1] else { return None };
    unit.starts_with("month").then_some((within + length + end, months))
}

/// The day of the month that is so many months after this one. Where it is near, the same day a month later may be meant
/// as well.
fn of_month(day: u32, months: u32, today: NaiveDate) -> Day {
    let later =
        |months| date::first_of_month(today).checked_add_months(Months::new(months)).ok_or(Reason::NotUnderstood);
    let found = date::within(later(months)?, day)?;
    if found >= today + Days::new(NEAR_DAYS) {
        return Ok(found);
    }
    let next = date::within(later(months + 1)?, day).ok();
    date::one_of([Some(found), next].into_iter().flatten().collect())
}
