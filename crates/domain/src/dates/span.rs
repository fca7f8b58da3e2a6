//! Durations from now: `in 2 hours`, `30 minutes from now`.

use chrono::TimeDelta;

use super::error::Reason;
use super::token::Token::{self, Word};
use super::vocabulary::{self, Match};

pub(super) type Span = Result<TimeDelta, Reason>;

/// Two weeks. Longer durations are stated in days.
const MINUTES_MAX: u32 = 14 * 24 * 60;

/// Matches `in 2 hours`, `in half an hour`, `in an hour and a half`, `in 2 hours and 30 minutes`, `2 hours from now`.
pub(super) fn at_front(tokens: &[Token]) -> Match<Span> {
    match tokens {
        [Word("in"), rest @ ..] => length(rest).map(|(taken, span)| (1 + taken, span)),
        _ => {
            let (taken, span) = length(tokens)?;
            matches!(tokens[taken..], [Word("from"), Word("now"), ..]).then_some((taken + 2, span))
        }
    }
}

fn length(tokens: &[Token]) -> Match<Span> {
    let (taken, minutes) = match tokens {
        [Word("half"), Word("an"), Word("hour"), ..] => (3, Some(30)),
        _ => hours_and_minutes(tokens)?,
    };
    let span = minutes.filter(|minutes| (1..=MINUTES_MAX).contains(minutes)).ok_or(Reason::NotUnderstood);
    Some((taken, span.map(|minutes| TimeDelta::minutes(minutes.into()))))
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
        Word("hour" | "hours" | "hrs") => Some((taken + 1, count, 60)),
        Word("minute" | "minutes" | "mins") => Some((taken + 1, count, 1)),
        _ => None,
    }
}
