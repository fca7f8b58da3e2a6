//! Times of day: `13:00`, `1 pm`, `half past 4 pm`, `noon`.

use chrono::{NaiveTime, Timelike};

use super::date::{self, skip};
use super::error::Reason;
use super::format;
use super::token::Token::{self, Mark, Number, Word};
use super::vocabulary::{self, Match};

/// A time of day, which may be undecided between am and pm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClockTime {
    Exact(NaiveTime),
    /// An hour from 1 to 12 as on a 24-hour clock, such as `10:30`, unless a part of the day decides for the other half.
    Printed(NaiveTime),
    /// The am time and the pm time, twelve hours apart, where the phrase does not decide.
    Either(NaiveTime, NaiveTime),
    /// `midnight`, which people say of either end of a day.
    Midnight,
}

pub(super) type Time = Result<ClockTime, Reason>;

type TimeForm = fn(&[Token]) -> Match<Time>;

const FORMS: [TimeForm; 9] =
    [with_minutes, with_h, without_colon, meridiem_hour, digits_only, named, past_or_to, half_hour, oclock];

/// Matches times of day that need no other words.
pub(super) fn at_front(tokens: &[Token]) -> impl Iterator<Item = (usize, Time)> {
    FORMS.iter().filter_map(move |form| form(tokens))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meridiem {
    Am,
    Pm,
}

/// Matches `am`, `p.m.`, `o'clock pm`.
fn meridiem(tokens: &[Token]) -> Match<Meridiem> {
    match tokens {
        [Word("o'clock" | "oclock"), rest @ ..] => meridiem(rest).map(|(length, half)| (length + 1, half)),
        [Word("am"), ..] => Some((1, Meridiem::Am)),
        [Word("pm"), ..] => Some((1, Meridiem::Pm)),
        [Word("a"), Word("m"), ..] => Some((2, Meridiem::Am)),
        [Word("p"), Word("m"), ..] => Some((2, Meridiem::Pm)),
        [Word("a"), ..] => Some((1, Meridiem::Am)),
        [Word("p"), ..] => Some((1, Meridiem::Pm)),
        _ => None,
    }
}

/// The style in which an hour was written, which decides if it can be on a 12-hour clock.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// The 12-hour clock, as in `4`, `four`, `10.30`.
    Dial,
    /// The 24-hour clock that the tools ask for, as in `09:00`, `10:30`, `1300`.
    Full,
}

/// Matches `13:00`, `09:00:00`, `9:00`, `4.30 pm`, `1:00 pm`, `15:00 hrs`, and a full stop after `16.30.`.
fn with_minutes(tokens: &[Token]) -> Match<Time> {
    let (length, (hour, digits), minute, seconds) = match *tokens {
        [Number(h, d), Mark(':'), Number(m, 2), Mark(':'), Number(s, 2), Mark('.'), Number(f, _), ..] => {
            (7, (h, d), m, s | f)
        }
        [Number(h, d), Mark(':'), Number(m, 2), Mark(':'), Number(s, 2), ..] => (5, (h, d), m, s),
        // `1.12.2026` is a date.
        [Number(..), Mark('.'), Number(..), Mark('.'), Number(..), ..] => return None,
        [Number(h, d), Mark(':' | '.'), Number(m, 2), ..] => (3, (h, d), m, 0),
        _ => return None,
    };
    let style = match (digits, tokens[1]) {
        (2, Mark(':')) => Style::Full,
        (1 | 2, _) => style_of(hour, digits),
        _ => return None,
    };
    let (taken, time) = with_suffix(hour, minute, style, &tokens[length..]);
    let time = match time {
        _ if seconds != 0 => Err(Reason::Seconds),
        // Seconds show that a program wrote it, which means the start of the day.
        Ok(ClockTime::Midnight) if length > 3 => exact(0, 0),
        Ok(ClockTime::Printed(time)) if length > 3 => Ok(ClockTime::Exact(time)),
        time => time,
    };
    let end = match tokens[length + taken..] {
        [Word("h" | "hr" | "hrs" | "hours"), ..] if taken == 0 => 1,
        [Mark('.')] if tokens[1] == Mark('.') => 1,
        _ => 0,
    };
    Some((length + taken + end, time))
}

/// Matches `15h30`, `15h` and `15 hrs`. `3h30` leaves am or pm open.
fn with_h(tokens: &[Token]) -> Match<Time> {
    match *tokens {
        [Number(hour, digits @ 1..=2), Word("h"), Number(minute, 2), ..] => {
            Some((3, with_suffix(hour, minute, style_of(hour, digits), &[]).1))
        }
        // `2 hrs` are a duration; nobody calls a day's meeting so long.
        [Number(hour @ 13..=23, 2), Word("hr" | "hrs"), ..] => Some((2, exact(hour, 0))),
        [Number(hour, digits @ 1..=2), Word("h"), ..] => Some((2, with_suffix(hour, 0, style_of(hour, digits), &[]).1)),
        _ => None,
    }
}

fn style_of(hour: u32, digits: usize) -> Style {
    if digits == 2 && hour < 10 { Style::Full } else { Style::Dial }
}

/// Matches `5,30 pm`, and `9 30 am`, whose second number can be no hour. Without am or pm these are two numbers.
fn without_colon(tokens: &[Token]) -> Match<Time> {
    let (length, hour, minute) = match *tokens {
        [Number(hour, 1..=2), Mark(','), Number(minute, 2), ..] => (3, hour, minute),
        [Number(hour @ 1..=12, 1..=2), Number(minute @ (0..=9 | 13..=59), 2), ..] => (2, hour, minute),
        _ => return None,
    };
    let (taken, half) = meridiem(&tokens[length..])?;
    Some((length + taken, with_meridiem(hour, minute, half)))
}

/// Matches `1pm`, `1 PM`, `12 noon`.
fn meridiem_hour(tokens: &[Token]) -> Match<Time> {
    let (length, hour) = hour(tokens)?;
    let (taken, time) = with_suffix(hour, 0, Style::Dial, &tokens[length..]);
    (taken > 0).then_some((length + taken, time))
}

/// Matches `1300`, `0900 hours`, `130 pm`. A number that may be a year needs `at` or `hours`.
fn digits_only(tokens: &[Token]) -> Match<Time> {
    let (at, rest) = skip(tokens, "at");
    let [Number(number, digits @ 3..=4), rest @ ..] = rest else { return None };
    let (taken, time) = with_suffix(number / 100, number % 100, Style::Full, rest);
    match (digits, taken, rest) {
        (4, 0, [Word("hours" | "hrs" | "hr" | "h"), ..]) => Some((at + 2, time)),
        (4, 0, _) if at == 0 && date::YEARS.contains(number) => None,
        (4, _, _) | (3, 1.., _) => Some((at + 1 + taken, time)),
        _ => None,
    }
}

/// Matches `noon`, `midday`, `midnight`.
fn named(tokens: &[Token]) -> Match<Time> {
    match tokens {
        [Word("noon" | "midday"), ..] => Some((1, exact(12, 0))),
        [Word("midnight"), ..] => Some((1, Ok(ClockTime::Midnight))),
        _ => None,
    }
}

/// Matches `half past 4 pm`, `quarter to five pm`, `quarter of five pm`, `ten minutes past four`, `20 to 5 pm`.
fn past_or_to(tokens: &[Token]) -> Match<Time> {
    let (length, minutes, surely) = minutes(tokens)?;
    let [Word(side), rest @ ..] = &tokens[length..] else { return None };
    let (taken, hour) = hour(rest)?;
    let (length, rest) = (length + 1 + taken, &rest[taken..]);
    let (taken, time) = match *side {
        "past" | "after" if minutes < 60 => with_suffix(hour, minutes, Style::Dial, rest),
        "to" | "before" | "till" | "til" if surely && minutes < 60 && minutes != 30 => to_the_hour(hour, minutes, rest),
        // American; `5 of` begins a date.
        "of" if surely && minutes == 15 => to_the_hour(hour, minutes, rest),
        // `2 to 4 pm` may be a period.
        "to" | "till" | "til" => (0, Err(Reason::Span)),
        _ => return None,
    };
    Some((length + taken, time))
}

/// Matches minutes before or after an hour: the tokens used, the minutes, and if they cannot be an hour instead.
fn minutes(tokens: &[Token]) -> Option<(usize, u32, bool)> {
    match tokens {
        [Word("a"), Word("quarter"), ..] => return Some((2, 15, true)),
        [Word("quarter"), ..] => return Some((1, 15, true)),
        [Word("half"), ..] => return Some((1, 30, true)),
        _ => {}
    }
    let (length, minutes) = vocabulary::count(tokens)?;
    match tokens.get(length) {
        Some(Word("minutes" | "mins" | "minute")) => Some((length + 1, minutes, true)),
        _ => Some((length, minutes, minutes > 12)),
    }
}

/// Counts back from an hour: a quarter to one is 12:45. A quarter to twelve pm is rejected, since it may be 11:45 or
/// 23:45.
fn to_the_hour(hour: u32, minutes: u32, rest: &[Token]) -> (usize, Time) {
    match (hour, meridiem(rest)) {
        (0 | 12, Some((length, _))) => (length, Err(Reason::NotUnderstood)),
        (0 | 24, None) => with_suffix(23, 60 - minutes, Style::Full, rest),
        (1, _) => with_suffix(12, 60 - minutes, Style::Dial, rest),
        (_, _) => with_suffix(hour - 1, 60 - minutes, Style::Dial, rest),
    }
}

/// Rejects `half 4`, which is 4:30 in London and 3:30 in Berlin.
fn half_hour(tokens: &[Token]) -> Match<Time> {
    let [Word("half"), rest @ ..] = tokens else { return None };
    let (length, hour) = hour(rest)?;
    let readings = [hour, hour.saturating_sub(1)].map(|hour| format!("half past {hour}"));
    Some((1 + length, Err(Reason::Readings(readings.into()))))
}

/// Matches `5 o'clock`, `at 4`, `8 in the evening`.
fn oclock(tokens: &[Token]) -> Match<Time> {
    let (before, rest) = skip(tokens, "at");
    let (length, hour) = hour(rest).filter(|(_, hour)| *hour > 0)?;
    match &rest[length..] {
        [Mark(_), ..] => None,
        [Word("o'clock" | "oclock"), after @ ..] if meridiem(after).is_none() => {
            Some((before + length + 1, without_meridiem(hour, 0)))
        }
        [Word("in"), Word("the"), Word(_), ..] | [Word("at"), Word("night"), ..] => {
            Some((before + length, without_meridiem(hour, 0)))
        }
        _ if before == 1 => Some((1 + length, without_meridiem(hour, 0))),
        _ => None,
    }
}

/// Matches `4` or `1930` as a whole phrase.
pub(super) fn alone(tokens: &[Token]) -> Option<Time> {
    match (tokens, hour(tokens)) {
        ([Number(number, 4)], _) => Some(printed(number / 100, number % 100)),
        (_, Some((length, hour @ 1..=12))) if length == tokens.len() => Some(without_meridiem(hour, 0)),
        _ => None,
    }
}

pub(super) fn hour(tokens: &[Token]) -> Match<u32> {
    match tokens {
        [Number(hour, 1..=2), ..] => Some((1, *hour)),
        [Word(word), ..] => vocabulary::number_words(word, &[]).filter(|(_, hour)| *hour <= 12),
        _ => None,
    }
}

/// Completes a time with the suffix that follows it: am, pm, noon, midnight or none.
pub(super) fn with_suffix(hour: u32, minute: u32, style: Style, rest: &[Token]) -> (usize, Time) {
    match (meridiem(rest), rest) {
        (Some((length, half)), _) => (length, with_meridiem(hour, minute, half)),
        (None, [Word("noon" | "midday"), ..]) if (hour, minute) == (12, 0) => (1, exact(12, 0)),
        (None, [Word("midnight"), ..]) if (hour, minute) == (0, 0) => (1, exact(0, 0)),
        (None, [Word("midnight"), ..]) if (hour, minute) == (12, 0) => (1, Ok(ClockTime::Midnight)),
        (None, _) if style == Style::Dial => (0, without_meridiem(hour, minute)),
        (None, _) => (0, printed(hour, minute)),
    }
}

fn printed(hour: u32, minute: u32) -> Time {
    match (hour, exact(hour, minute)) {
        (1..=12, Ok(ClockTime::Exact(time))) => Ok(ClockTime::Printed(time)),
        (_, time) => time,
    }
}

fn with_meridiem(hour: u32, minute: u32, half: Meridiem) -> Time {
    match (hour, half) {
        (12, Meridiem::Am) if minute == 0 => Ok(ClockTime::Midnight),
        (1..=12, Meridiem::Am) => exact(hour % 12, minute),
        (1..=12, Meridiem::Pm) => exact(hour % 12 + 12, minute),
        _ => Err(Reason::NoSuchTime),
    }
}

/// The am time and the pm time of an hour from 1 to 12; a later hour is exact.
pub(super) fn halves(time: NaiveTime) -> ClockTime {
    without_meridiem(time.hour(), time.minute()).unwrap_or(ClockTime::Exact(time))
}

/// Reads a time without a suffix: hours from 1 to 12 leave am or pm open, the others do not.
pub(super) fn without_meridiem(hour: u32, minute: u32) -> Time {
    match (time(hour % 12, minute), time(hour % 12 + 12, minute)) {
        (Some(am), Some(pm)) if (1..=12).contains(&hour) => Ok(ClockTime::Either(am, pm)),
        _ => exact(hour, minute),
    }
}

pub(super) fn exact(hour: u32, minute: u32) -> Time {
    time(hour, minute).map(ClockTime::Exact).ok_or(Reason::NoSuchTime)
}

fn time(hour: u32, minute: u32) -> Option<NaiveTime> {
    NaiveTime::from_hms_opt(hour, minute, 0)
}

/// Formats a time as `16:00`, or `04:00 or 16:00`.
pub(super) fn format(clock: ClockTime) -> String {
    match clock {
        ClockTime::Exact(time) | ClockTime::Printed(time) => format::time(time),
        ClockTime::Either(am, pm) => format!("{} or {}", format::time(am), format::time(pm)),
        ClockTime::Midnight => "midnight".to_owned(),
    }
}
