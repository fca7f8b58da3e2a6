//! The grammar of phrases: all sequences of pieces that use every token.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use super::date::{self, Day};
use super::day_part::DayPart;
use super::span::{self, Span};
use super::time_in_words;
use super::time_of_day::{self, ClockTime, Time};
use super::token::Token::{self, Mark, Number, Word};
use super::vocabulary::{self, Match};
use super::{bare_hour, distance, holiday, month, month_ahead, named_date, relative, weekday_ahead, weekdays_from_now};
use crate::time_zone::{self, iana::ZoneName, season::Season};

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
    /// A named zone; several for `CST`, of which one has to be the customer's.
    Zone(NamedZone),
    /// `my time`: the customer's zone, as without it.
    OwnZone,
}

/// The name of a time in a phrase.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NamedZone {
    pub(super) zones: Vec<ZoneName>,
    /// The season of `EST` and `EDT`, whose offset is then meant; none for `Eastern time`.
    pub(super) season: Option<Season>,
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
    for (length, piece) in next(tokens, row, today) {
        row.push(piece);
        extend(readings, row, &tokens[length..], today);
        row.pop();
    }
    match tokens {
        [Word("on" | "at" | "the" | "t"), rest @ ..] => extend(readings, row, rest, today),
        [Mark(','), rest @ ..] if !row.is_empty() => extend(readings, row, rest, today),
        _ => {}
    }
}

/// Matches the pieces at the front of the tokens, after a dash only what can stand behind it.
fn next(tokens: &[Token], before: &[Piece], today: NaiveDate) -> Vec<(usize, Piece)> {
    let [Token::Dash, rest @ ..] = tokens else { return at_front(tokens, before, today) };
    let (at, rest) = date::skip(rest, "at");
    let pieces = at_front(rest, before, today).into_iter().filter(|(_, piece)| follows_dash(before, piece));
    pieces.map(|(length, piece)| (1 + at + length, piece)).collect()
}

/// Returns `true` if a dash only separates this piece from those before, as in `Mon, Dec 7 - 06:00`; between two days or
/// two times it means a span.
fn follows_dash(before: &[Piece], piece: &Piece) -> bool {
    let dated = before.iter().any(|piece| matches!(piece, Piece::Day(_)));
    let named = before.iter().any(|piece| matches!(piece, Piece::Weekday(_)));
    let only_days = before.iter().all(|piece| matches!(piece, Piece::Day(_) | Piece::Weekday(_)));
    match piece {
        Piece::Time(_) => only_days && (dated || named),
        Piece::Day(_) => only_days && named && !dated,
        _ => false,
    }
}

/// Matches the longest piece of each kind at the front of the tokens.
fn at_front(tokens: &[Token], before: &[Piece], today: NaiveDate) -> Vec<(usize, Piece)> {
    let timed = before.iter().any(|piece| matches!(piece, Piece::Time(_) | Piece::Instant(_) | Piece::Written(_)));
    let dated = before.iter().any(|piece| matches!(piece, Piece::Day(_) | Piece::Weekday(_)));
    let parted = before.last().is_some_and(|piece| matches!(piece, Piece::DayPart(_) | Piece::Today(_)));
    let hour = bare_hour::before_day(tokens).filter(|_| !timed);
    let hour = hour.or_else(|| bare_hour::after_part(tokens).filter(|_| !timed && parted));
    let as_part = |(length, part)| (length, Piece::DayPart(part));
    let single = [
        whole(tokens),
        hour.map(|(length, time)| (length, Piece::Time(time))),
        own_zone(tokens).filter(|_| timed),
        DayPart::of_day(tokens).or_else(|| DayPart::at_front(tokens)).map(as_part),
        DayPart::before_day(tokens).map(as_part),
        DayPart::half(tokens).filter(|_| !timed && half_fits(tokens, before)).map(as_part),
        DayPart::of_today(tokens).map(|(length, part)| (length, Piece::Today(part))),
        span::at_front(tokens).map(|(length, span)| (length, Piece::After(span))),
        offset(tokens, before).filter(|_| timed || dated),
        zone(tokens).filter(|_| timed || dated),
    ];
    let times = time_of_day::at_front(tokens).chain(time_in_words::at_front(tokens));
    let times = vocabulary::longest(times).into_iter();
    let times = times.map(|(length, time)| (length, Piece::Time(time)));
    days(tokens, today).into_iter().chain(times).chain(single.into_iter().flatten()).collect()
}

/// Returns `true` if `pm` stands beside a day, as in `Friday pm` and `pm on Friday`.
fn half_fits(tokens: &[Token], before: &[Piece]) -> bool {
    let first = before.is_empty() && matches!(tokens, [Word(_), Word("on"), ..] | [Word(_), Word("m"), Word("on"), ..]);
    first || matches!(before.last(), Some(Piece::Day(_) | Piece::Weekday(_)))
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
    let relative = relative::at_front(tokens, today).chain(distance::at_front(tokens, today));
    let relative = relative.chain(weekday_ahead::at_front(tokens, today));
    let relative = relative.chain(weekdays_from_now::at_front(tokens, today));
    let dates = date::at_front(tokens, today).chain(named_date::at_front(tokens, today));
    let of_month = month::at_front(tokens, today).chain(month::after_weekday(tokens, today));
    let of_month = of_month.chain(month_ahead::at_front(tokens, today));
    let days = relative.chain(dates).chain(of_month).chain(holiday::at_front(tokens, today));
    vocabulary::longest(weekday.into_iter().chain(days.map(|(length, day)| (length, Piece::Day(day)))))
}

/// Matches `my time`, `local time`, `my local time`, and `local` or `here` at the end.
fn own_zone(tokens: &[Token]) -> Match<Piece> {
    let (my, rest) = date::skip(tokens, "my");
    let (local, rest) = date::skip(rest, "local");
    match rest {
        [Word("time" | "zone" | "timezone"), ..] if my + local > 0 => Some((my + local + 1, Piece::OwnZone)),
        [] if local > 0 => Some((my + local, Piece::OwnZone)),
        [Word("here")] if my + local == 0 => Some((1, Piece::OwnZone)),
        _ => None,
    }
}

/// Matches `Z`, `UTC`, `+09:00`, `UTC-05:00`, `GMT+9`, and `-05:00` after a time that it cannot be the end of.
fn offset(tokens: &[Token], before: &[Piece]) -> Match<Piece> {
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
    if hours > 14 || minutes > 59 || (named == 0 && !can_be_bare(before, east, (rest, hours, minutes))) {
        return None;
    }
    let seconds = i32::try_from((hours * 60 + minutes) * 60).ok()?;
    let offset = FixedOffset::east_opt(if east { seconds } else { -seconds })?;
    Some((named + length, Piece::Offset(offset)))
}

/// Returns `true` if an offset can stand without `UTC`: after a time, and not as in `13:00-14:00`, which is a period.
fn can_be_bare(before: &[Piece], east: bool, (tokens, hours, minutes): (&[Token], u32, u32)) -> bool {
    let whole = matches!(tokens, [_, Number(_, 4), ..] | [_, _, Mark(':'), ..]);
    match before.last() {
        Some(Piece::Time(Ok(ClockTime::Exact(time) | ClockTime::Printed(time)))) => {
            east || whole && NaiveTime::from_hms_opt(hours, minutes, 0).is_some_and(|end| end < *time)
        }
        Some(Piece::Time(_) | Piece::Written(_) | Piece::Instant(_)) => east,
        _ => false,
    }
}

/// Matches `EST`, `New York time`, `in London`, `America/New_York`.
fn zone(tokens: &[Token]) -> Match<Piece> {
    let (within, rest) = date::skip(tokens, "in");
    let words = rest.iter().map_while(|token| match token {
        Word(word) => Some(*word),
        _ => None,
    });
    let words: Vec<&str> = words.take(ZONE_WORDS_MAX).collect();
    let named = (1..=words.len()).rev().map(|length| (length, time_zone::lookup(&words[..length].join(" "))));
    let longest = named.into_iter().find(|(_, zones)| !zones.is_empty());
    let (length, zones) = longest?;
    let season = Season::of(&words[..length].join(" "));
    Some((within + length, Piece::Zone(NamedZone { zones, season })))
}
