//! Durations from now: `in 2 hours`, `in 1.5 hours`, `30 minutes from now`.

use chrono::TimeDelta;

use super::date;
use super::error::Reason;
use super::token::Token::{self, Mark, Number, Word};
use super::vocabulary::{self, Match};

pub(super) type Span = Result<TimeDelta, Reason>;

/// Two weeks. Longer durations are stated in days.
const MINUTES_MAX: u32 = 14 * 24 * 60;

/// Matches `in 2 hours`, `in half an hour`, `in an hour and a half`, `in 2 hours and 30 minutes`, `2 hours from now`.
pub(super) fn at_front(tokens: &[Token]) -> Match<Span> {
    match tokens {
        [Word("in"), rest @ ..] => {
            let (taken, span) = length(rest)?;
            let (time, _) = date::skip(&rest[taken..], "time");
            Some((1 + taken + time, span))
        }
        _ => {
            let (taken, span) = length(tokens)?;
            matches!(tokens[taken..], [Word("from"), Word("now"), ..]).then_some((taken + 2, span))
        }
    }
}

fn length(tokens: &[Token]) -> Match<Span> {
    let (taken, minutes) = match tokens {
        [Word("half"), Word("an"), Word("hour" | "hour's"), ..] => (3, Some(30)),
        [Word("half"), Word("hour"), ..] => (2, Some(30)),
        [Word("a"), Word("half"), Word("hour"), ..] => (3, Some(30)),
        _ => decimals(tokens)
            .or_else(|| quarters(tokens))
            .or_else(|| parts(tokens))
            .or_else(|| days_and_hours(tokens))
            .or_else(|| hours_and_minutes(tokens))?,
    };
    let span = minutes.filter(|minutes| (1..=MINUTES_MAX).contains(minutes)).ok_or(Reason::NotUnderstood);
    Some((taken, span.map(|minutes| TimeDelta::minutes(minutes.into()))))
}

/// Matches `1.5 hours`, `1.25 hours` and `1 1/2 hours`.
fn decimals(tokens: &[Token]) -> Match<Option<u32>> {
    let (taken, whole, part) = match *tokens {
        [Number(whole, _), Mark('.' | ','), Number(tenths, 1), ..] => (3, whole, tenths * 6),
        [Number(whole, _), Mark('.' | ','), Number(hundredths @ (25 | 50 | 75), 2), ..] => {
            (3, whole, hundredths * 3 / 5)
        }
        [Number(whole, _), Number(1, 1), Mark('/'), Number(parts @ (2 | 4), 1), ..] => (4, whole, 60 / parts),
        _ => return None,
    };
    let hours = matches!(tokens[taken..], [Word("hour" | "hours" | "hrs" | "hr" | "h"), ..]);
    hours.then(|| (taken + 1, minutes(whole, part)))
}

/// Matches `a quarter of an hour`, `a quarter hour`, `three quarters of an hour`, `3/4 of an hour`.
fn quarters(tokens: &[Token]) -> Match<Option<u32>> {
    let (taken, part) = match *tokens {
        [Word("a"), Word("quarter"), ..] => (2, 15),
        [Word("quarter"), ..] => (1, 15),
        [Word("three"), Word("quarters"), ..] | [Number(3, 1), Word("quarters"), ..] => (2, 45),
        [Number(1, 1), Mark('/'), Number(2, 1), ..] => (3, 30),
        [Number(parts @ (1 | 3), 1), Mark('/'), Number(4, 1), ..] => (3, parts * 15),
        _ => return None,
    };
    let of = match &tokens[taken..] {
        [Word("of"), Word("an"), Word("hour" | "hour's"), ..] => 3,
        [Word("an"), Word("hour" | "hour's"), ..] => 2,
        [Word("hour"), ..] => 1,
        _ => return None,
    };
    Some((taken + of, Some(part)))
}

/// Matches `one and a half hours`, `two and a quarter hours`, `an hour and three quarters`.
fn parts(tokens: &[Token]) -> Match<Option<u32>> {
    if let [Word("a" | "an"), Word("hour"), Word("and"), rest @ ..] = tokens {
        let (taken, part) = part(rest).filter(|(_, part)| *part != 30)?;
        return Some((3 + taken, minutes(1, part)));
    }
    let (taken, whole) = vocabulary::count(tokens)?;
    let [Word("and"), rest @ ..] = &tokens[taken..] else { return None };
    let (length, part) = part(rest)?;
    let hours = matches!(rest[length..], [Word("hour" | "hours"), ..]);
    hours.then(|| (taken + 1 + length + 1, minutes(whole, part)))
}

fn part(tokens: &[Token]) -> Match<u32> {
    match tokens {
        [Word("a"), Word("half"), ..] => Some((2, 30)),
        [Word("a"), Word("quarter"), ..] => Some((2, 15)),
        [Word("three"), Word("quarters"), ..] => Some((2, 45)),
        _ => None,
    }
}

/// Matches `2 days and 3 hours`.
fn days_and_hours(tokens: &[Token]) -> Match<Option<u32>> {
    let (taken, days) = match tokens {
        [Word("a"), ..] => (1, 1),
        _ => vocabulary::count(tokens)?,
    };
    let [Word("day" | "days"), rest @ ..] = &tokens[taken..] else { return None };
    let (and, rest) = date::skip(rest, "and");
    let (more, rest) = hours_and_minutes(rest)?;
    let all = days.checked_mul(24 * 60).zip(rest).and_then(|(days, rest)| days.checked_add(rest));
    Some((taken + 1 + and + more, all))
}

fn hours_and_minutes(tokens: &[Token]) -> Match<Option<u32>> {
    let (taken, first, unit) = amount(tokens)?;
    if unit == 1 {
        return Some((taken, Some(first)));
    }
    let (and, rest) = match &tokens[taken..] {
        [Word("and"), Word("a"), Word("half"), ..] => return Some((taken + 3, minutes(first, 30))),
        [Word("and"), rest @ ..] => (1, rest),
        rest => (0, rest),
    };
    match amount(rest) {
        Some((more, count, 1)) => Some((taken + and + more, minutes(first, count))),
        _ if and == 0 && matches!(tokens[taken - 1..], [Word("h"), Number(_, 2), ..]) => {
            let [Number(count, _), after @ ..] = rest else { return None };
            let (unit, _) = date::skip(after, "m");
            Some((taken + 1 + unit, minutes(first, *count)))
        }
        _ => Some((taken, minutes(first, 0))),
    }
}

fn minutes(hours: u32, minutes: u32) -> Option<u32> {
    hours.checked_mul(60)?.checked_add(minutes)
}

/// Matches a number with its unit: the tokens used, the number, the unit's minutes.
fn amount(tokens: &[Token]) -> Option<(usize, u32, u32)> {
    let (taken, count) = match tokens {
        [Word("a" | "an"), ..] => (1, 1),
        _ => vocabulary::count(tokens)?,
    };
    match tokens.get(taken)? {
        Word("hour" | "hours" | "hrs" | "hr" | "h" | "hour's" | "hours'") => Some((taken + 1, count, 60)),
        Word("minute" | "minutes" | "mins" | "min" | "minute's" | "minutes'") => Some((taken + 1, count, 1)),
        _ => None,
    }
}
