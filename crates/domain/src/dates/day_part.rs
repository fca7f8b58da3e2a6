//! Parts of a day, such as `in the evening`, which decide between am and pm.

use chrono::{NaiveTime, Timelike};

use super::error::Reason;
use super::time_of_day::{self, ClockTime};
use super::token::Token::{self, Word};
use super::vocabulary::Match;

/// The hour until which people say `at night`.
const NIGHT_UNTIL_HOUR: u32 = 5;

/// A part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayPart {
    Morning,
    /// `at lunchtime`.
    Lunch,
    Afternoon,
    /// `after lunch`: the afternoon without its first hour.
    AfterLunch,
    Evening,
    Night,
    /// `Friday pm`: from noon on.
    Pm,
}

impl DayPart {
    /// Matches `morning`, `in the afternoon`, `at night`, `after lunch`, `any time after lunch`.
    pub(super) fn at_front(tokens: &[Token]) -> Match<DayPart> {
        let (any, rest) = match tokens {
            [Word("any"), Word("time"), rest @ ..] => (2, rest),
            [Word("anytime"), rest @ ..] => (1, rest),
            _ => (0, tokens),
        };
        DayPart::named(rest).map(|(length, part)| (any + length, part))
    }

    fn named(tokens: &[Token]) -> Match<DayPart> {
        match tokens {
            // The whole morning is meant: `late afternoon` and the like begin at an hour that would have to be asked.
            [Word("early"), Word("morning"), ..] => Some((2, DayPart::Morning)),
            [Word("in"), Word("the"), Word("early"), Word("morning"), ..] => Some((4, DayPart::Morning)),
            [Word("in"), Word("the"), Word(part @ ("morning" | "afternoon" | "evening")), ..] => {
                Some((3, DayPart::of(part)?))
            }
            [Word("at"), Word("night"), ..] => Some((2, DayPart::Night)),
            [Word("after"), Word("lunch"), ..] => Some((2, DayPart::AfterLunch)),
            [Word("before"), Word("lunch"), ..] => Some((2, DayPart::Morning)),
            [Word("at" | "over" | "around" | "during"), Word("lunch"), Word("time"), ..] => Some((3, DayPart::Lunch)),
            [Word("at" | "over" | "around" | "during"), Word("lunch" | "lunchtime"), ..] => Some((2, DayPart::Lunch)),
            [Word("lunch"), Word("time"), ..] => Some((2, DayPart::Lunch)),
            [Word(part), ..] => Some((1, DayPart::of(part)?)),
            _ => None,
        }
    }

    /// Matches `morning of` before a day, as in `the morning of the 3rd`.
    pub(super) fn of_day(tokens: &[Token]) -> Match<DayPart> {
        let (length, part) = DayPart::at_front(tokens)?;
        matches!(tokens[length..], [Word("of"), _, ..]).then_some((length + 1, part))
    }

    /// Matches `early` in `early tomorrow morning`, where the morning is named behind the day.
    pub(super) fn before_day(tokens: &[Token]) -> Match<DayPart> {
        match tokens {
            [Word("early"), Word(_), Word("morning"), ..] => Some((1, DayPart::Morning)),
            [Word("early"), Word("in"), Word("the"), Word("morning"), ..] => Some((4, DayPart::Morning)),
            _ => None,
        }
    }

    /// Matches the half of a day in `Friday pm`.
    pub(super) fn half(tokens: &[Token]) -> Match<DayPart> {
        match tokens {
            [Word("am"), ..] => Some((1, DayPart::Morning)),
            [Word("pm"), ..] => Some((1, DayPart::Pm)),
            [Word("a"), Word("m"), ..] => Some((2, DayPart::Morning)),
            [Word("p"), Word("m"), ..] => Some((2, DayPart::Pm)),
            _ => None,
        }
    }

    /// Matches `tonight`, `this morning`, which also mean today.
    pub(super) fn of_today(tokens: &[Token]) -> Match<DayPart> {
        match tokens {
            [Word("tonight"), ..] => Some((1, DayPart::Night)),
            [Word("this"), Word(part @ ("morning" | "afternoon" | "evening")), ..] => Some((2, DayPart::of(part)?)),
            _ => None,
        }
    }

    pub(super) fn of(word: &str) -> Option<DayPart> {
        Some(match word {
            "morning" => DayPart::Morning,
            "lunchtime" => DayPart::Lunch,
            "afternoon" => DayPart::Afternoon,
            "evening" => DayPart::Evening,
            "night" => DayPart::Night,
            _ => return None,
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            DayPart::Morning => "the morning",
            DayPart::Lunch => "lunchtime",
            DayPart::Afternoon => "the afternoon",
            DayPart::AfterLunch => "the hours after lunch",
            DayPart::Evening => "the evening",
            DayPart::Night => "the night",
            DayPart::Pm => "the hours from noon",
        }
    }

    /// Returns the hours of the day in which a meeting is offered to a person who names this part of it.
    pub(super) fn hours(self) -> std::ops::Range<u32> {
        match self {
            DayPart::Morning => 0..12,
            DayPart::Lunch => 12..14,
            DayPart::Afternoon => 12..18,
            DayPart::AfterLunch => 13..18,
            DayPart::Evening => 17..24,
            DayPart::Night => 18..24,
            DayPart::Pm => 12..24,
        }
    }

    /// Returns the phrase that names this part of a day.
    pub(super) fn phrase(self) -> &'static str {
        match self {
            DayPart::Morning => "in the morning",
            DayPart::Lunch => "at lunchtime",
            DayPart::Afternoon => "in the afternoon",
            DayPart::AfterLunch => "after lunch",
            DayPart::Evening => "in the evening",
            DayPart::Night => "at night",
            DayPart::Pm => "pm",
        }
    }

    /// Returns `true` if people call this hour so. The hours after midnight belong to no night, since it would be
    /// unclear to which day's.
    pub(super) fn has(self, time: NaiveTime) -> bool {
        match self {
            // Twelve in the morning is ambiguous: midnight or noon.
            DayPart::Morning => time.hour() < 12 && time != NaiveTime::MIN,
            DayPart::Lunch => (11..15).contains(&time.hour()),
            DayPart::Afternoon | DayPart::AfterLunch => (12..19).contains(&time.hour()),
            DayPart::Evening => time.hour() >= 16,
            DayPart::Night => time.hour() >= 17,
            DayPart::Pm => time.hour() >= 12,
        }
    }

    /// Returns `true` for the parts after which people say the hours past midnight, as in `1 am tonight`.
    fn ends_late(self) -> bool {
        matches!(self, DayPart::Evening | DayPart::Night)
    }
}

/// A time within a part of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Narrowed {
    /// A time of the day.
    Clock(ClockTime),
    /// The times that may be meant, each on the day or so many days later.
    Open(Vec<(u64, NaiveTime)>),
}

/// Narrows a time to a part of the day.
pub(super) fn within(clock: ClockTime, part: DayPart) -> Result<Narrowed, Reason> {
    let either = match clock {
        ClockTime::Printed(time) => time_of_day::halves(time),
        clock => clock,
    };
    if let Some(open) = twelve(either, part) {
        return Ok(Narrowed::Open(open));
    }
    if let Some(open) = before_the_part(clock, either, part) {
        return Ok(Narrowed::Open(open));
    }
    if let Some(clock) = fitting(clock, either, part) {
        return Ok(Narrowed::Clock(clock));
    }
    match after_midnight(either, part) {
        Some(open) => Ok(Narrowed::Open(open)),
        None => Err(Reason::Disagree(time_of_day::format(clock), part.name().to_owned())),
    }
}

/// Twelve in the morning is a midnight or noon, and twelve at night is either end of the day.
fn twelve(clock: ClockTime, part: DayPart) -> Option<Vec<(u64, NaiveTime)>> {
    match clock {
        ClockTime::Either(am, pm) if am.hour() == 0 && part == DayPart::Morning => Some(vec![(0, am), (0, pm)]),
        ClockTime::Exact(NaiveTime::MIN) | ClockTime::Either(NaiveTime::MIN, _) if part.ends_late() => {
            Some(midnights())
        }
        ClockTime::Midnight if !matches!(part, DayPart::Afternoon | DayPart::Lunch) => Some(midnights()),
        _ => None,
    }
}

/// The midnights at both ends of a day: `midnight tomorrow` is the night before it begins to some people, and the night
/// after to others.
pub(super) fn midnights() -> Vec<(u64, NaiveTime)> {
    vec![(0, NaiveTime::MIN), (1, NaiveTime::MIN)]
}

/// Four in the evening and five at night are before the part begins, or past its midnight.
fn before_the_part(clock: ClockTime, either: ClockTime, part: DayPart) -> Option<Vec<(u64, NaiveTime)>> {
    let (ClockTime::Either(..) | ClockTime::Printed(_), ClockTime::Either(am, pm)) = (clock, either) else {
        return None;
    };
    let is_before = part.ends_late() && part.has(pm) && !part.hours().contains(&pm.hour());
    is_before.then(|| vec![(0, pm), (1, am)])
}

/// The one time that people call so. `either` is the clock time with both of its halves.
fn fitting(clock: ClockTime, either: ClockTime, part: DayPart) -> Option<ClockTime> {
    match (clock, either) {
        (ClockTime::Printed(time) | ClockTime::Exact(time), _) if part.has(time) => Some(ClockTime::Exact(time)),
        (ClockTime::Printed(_), ClockTime::Either(_, pm)) => part.has(pm).then_some(ClockTime::Exact(pm)),
        (_, ClockTime::Either(am, pm)) => match (part.has(am), part.has(pm)) {
            (true, false) => Some(ClockTime::Exact(am)),
            (false, true) => Some(ClockTime::Exact(pm)),
            (true, true) => Some(clock),
            (false, false) => None,
        },
        _ => None,
    }
}

/// The hours past midnight in `12:30 tonight` and `3 at night`: of the day, or of the night that begins on it. Three in
/// the evening may also be said of the afternoon.
fn after_midnight(clock: ClockTime, part: DayPart) -> Option<Vec<(u64, NaiveTime)>> {
    let (am, pm) = match clock {
        ClockTime::Exact(time) => (time, None),
        ClockTime::Either(am, pm) => (am, Some(pm)),
        _ => return None,
    };
    let afternoon = pm.filter(|_| part == DayPart::Evening && am.hour() > 0);
    let is_late = part.ends_late() && am.hour() < NIGHT_UNTIL_HOUR;
    is_late.then(|| vec![(0, afternoon.unwrap_or(am)), (1, am)])
}
