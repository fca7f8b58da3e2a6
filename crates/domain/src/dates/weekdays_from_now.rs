//! Weekdays counted from today: `two Mondays from now`, `the second Friday from today`.

use chrono::{Days, NaiveDate, Weekday};

use super::date::{Day, skip};
use super::error::Reason;
use super::format;
use super::relative;
use super::token::Token::{self, Word};
use super::vocabulary::{self, Match};

/// The most weeks ahead: people count no further.
const WEEKS_MAX: u32 = 52;

/// Matches `two Mondays from now`, `3 Fridays from today`, `the second Tuesday from now`: the first is the coming one,
/// and today is none.
pub(super) fn at_front(tokens: &[Token], today: NaiveDate) -> Match<Day> {
    let (length, count, weekday) = several(tokens).or_else(|| one_in_order(tokens))?;
    let [Word("from"), Word("now" | "today"), ..] = tokens[length..] else { return None };
    Some((length + 2, nth(count, weekday, today)))
}

/// `two Mondays`.
fn several(tokens: &[Token]) -> Option<(usize, u32, Weekday)> {
    let (length, count) = vocabulary::count(tokens)?;
    let Word(word) = tokens.get(length)? else { return None };
    Some((length + 1, count, plural(word)?))
}

/// `the second Monday`.
fn one_in_order(tokens: &[Token]) -> Option<(usize, u32, Weekday)> {
    let (the, rest) = skip(tokens, "the");
    let (length, nth) = vocabulary::ordinal(rest)?;
    let Word(word) = rest.get(length)? else { return None };
    Some((the + length + 1, nth, vocabulary::weekday(word)?))
}

/// The day of `mondays`; short forms such as `tues` have no plural.
fn plural(word: &str) -> Option<Weekday> {
    let one = word.strip_suffix('s')?;
    vocabulary::weekday(one).filter(|weekday| format::weekday(*weekday).eq_ignore_ascii_case(one))
}

fn nth(count: u32, weekday: Weekday, today: NaiveDate) -> Day {
    let weeks = count.checked_sub(1).filter(|weeks| *weeks < WEEKS_MAX).ok_or(Reason::NotUnderstood)?;
    let first = relative::coming(weekday, today);
    first.checked_add_days(Days::new(u64::from(weeks) * 7)).ok_or(Reason::NotUnderstood)
}
