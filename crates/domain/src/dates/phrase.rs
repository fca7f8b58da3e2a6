//! The grammar of phrases: all sequences of pieces that use every token.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Weekday};

use super::date::{self, Day};
use super::day_part::DayPart;
use super::month;
use super::relative;
use super::span::{self, Span};
use super::time_of_day::{self, Time};
use super::token::Token::{self, Mark, Number, Word};
use super::vocabulary::{self, Match};
use crate::time_zone::{self, iana::ZoneName};

/// Weekday, date, time, part of the day, zone, offset, and one repetition.
const PIECES_MAX: usize = 7;
/// The most readings that are collected; a phrase with so many is ambiguous anyway.
const READINGS_MAX: usize = 16;
/// As many words as `Australian Eastern Standard Time` has.
const ZONE_WORDS_MAX: usize = 4;

/// The meaning of a run of tokens.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Day(Day),
    Weekday(Weekday),
    Time(Time),
    DayPart(DayPart),
    /// A part of today, such as `tonight`.
    Today(DayPart),
    /// A duration from now.
    After(Span),
    Instant(DateTime<FixedOffset>),
    Written(NaiveDateTime),
    Offset(FixedOffset),
    Zone(ZoneName),
}

/// Returns every sequence of pieces that uses all the tokens.
pub(super) fn readings(tokens: &[Token], today: NaiveDate) -> Vec<Vec<Piece>> {
    if let Some(time) = time_of_day::alone(tokens) {
        return vec![vec![Piece::Time(time)]];
    }
    let mut readings = Vec::new();
    extend(&mut readings, &mut Vec::new(), tokens, today);
    readings
}

fn extend(readings: &mut Vec<Vec<Piece>>, row: &mut Vec<Piece>, tokens: &[Token], today: NaiveDate) {
    if readings.len() == READINGS_MAX || row.len() > PIECES_MAX {
        return;
    }
    if tokens.is_empty() {
        readings.push(row.clone());
        return;
    }
    for (length, piece) in at_front(tokens, row, today) {
        row.push(piece);
        extend(readings, row, &tokens[length..], today);
        row.pop();
    }
    if let [Word("on" | "at" | "the" | "t"), rest @ ..] = tokens {
        extend(readings, row, rest, today);
    }
}

/// Matches the longest piece of each kind at the front of the tokens.
fn at_front(tokens: &[Token], before: &[Piece], today: NaiveDate) -> Vec<(usize, Piece)> {
    let timed = before.iter().any(|piece| matches!(piece, Piece::Time(_) | Piece::Instant(_) | Piece::Written(_)));
    let dated = before.iter().any(|piece| matches!(piece, Piece::Day(_) | Piece::Weekday(_)));
    let single = [
        whole(tokens),
        DayPart::at_front(tokens).map(|(length, part)| (length, Piece::DayPart(part))),
        DayPart::of_today(tokens).map(|(length, part)| (length, Piece::Today(part))),
        span::at_front(tokens).map(|(length, span)| (length, Piece::After(span))),
        offset(tokens).filter(|_| timed),
        zone(tokens).filter(|_| timed || dated),
    ];
    let times = vocabulary::longest(time_of_day::at_front(tokens)).into_iter();
    let times = times.map(|(length, time)| (length, Piece::Time(time)));
    days(tokens, today).into_iter().chain(times).chain(single.into_iter().flatten()).collect()
}

fn whole(tokens: &[Token]) -> Match<Piece> {
    match tokens {
        [Token::Instant(at), ..] => Some((1, Piece::Instant(*at))),
        [Token::Written(at), ..] => Some((1, Piece::Written(*at))),
        _ => None,
    }
}

/// Matches the longest day. A weekday alone counts only if no longer day starts with it.
fn days(tokens: &[Token], today: NaiveDate) -> Vec<(usize, Piece)> {
    let weekday = match tokens {
        [Word(word), ..] => vocabulary::weekday(word).map(|weekday| (1, Piece::Weekday(weekday))),
        _ => None,
    };
    let days =
        relative::at_front(tokens, today).chain(date::at_front(tokens, today)).chain(month::at_front(tokens, today));
    vocabulary::longest(weekday.into_iter().chain(days.map(|(length, day)| (length, Piece::Day(day)))))
}

/// Matches `Z`, `UTC`, `+09:00`, `UTC-05:00`, `GMT+9`.
fn offset(tokens: &[Token]) -> Match<Piece> {
    let (named, rest) = match tokens {
        [Word("z"), ..] => return Some((1, Piece::Offset(FixedOffset::east_opt(0)?))),
        [Word("utc" | "gmt"), rest @ ..] => (1, rest),
        _ => (0, tokens),
    };
    let (length, east, hours, minutes) = match *rest {
        [Mark(sign @ ('+' | '-')), Number(hours, 1..=2), Mark(':'), Number(minutes, 2), ..] => {
            (4, sign == '+', hours, minutes)
        }
        [Mark(sign @ ('+' | '-')), Number(both, 4), ..] => (2, sign == '+', both / 100, both % 100),
        [Mark(sign @ ('+' | '-')), Number(hours, 1..=2), ..] => (2, sign == '+', hours, 0),
        _ if named == 1 => (0, true, 0, 0),
        _ => return None,
    };
    // `13:00-14:00` is a period, not a time with an offset.
    if (named == 0 && !east) || hours > 14 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from((hours * 60 + minutes) * 60).ok()?;
    let offset = FixedOffset::east_opt(if east { seconds } else { -seconds })?;
    Some((named + length, Piece::Offset(offset)))
}

/// Matches `EST`, `New York time`, `in London`, `America/New_York`.
fn zone(tokens: &[Token]) -> Match<Piece> {
    let (within, rest) = date::skip(tokens, "in");
    let words = rest.iter().map_while(|token| match token {
        Word(word) => Some(*word),
        _ => None,
    });
    let words: Vec<&str> = words.take(ZONE_WORDS_MAX).collect();
    let longest =
        (1..=words.len()).rev().find_map(|length| Some((length, time_zone::lookup(&words[..length].join(" "))?)));
    longest.map(|(length, zone)| (within + length, Piece::Zone(zone)))
}
