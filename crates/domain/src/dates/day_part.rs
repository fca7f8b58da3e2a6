//! Parts of a day, such as `in the evening`, which decide between am and pm.

use chrono::{NaiveTime, Timelike};

use super::error::Reason;
use super::time_of_day::{self, ClockTime, Time};
use super::token::Token::{self, Word};
use super::vocabulary::Match;

/// A part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayPart {
    Morning,
    Afternoon,
    /// `after lunch`: the afternoon without its first hour.
    AfterLunch,
    Evening,
    Night,
    /// `Friday pm`: from noon on.
    Pm,
}

impl DayPart {
    /// Matches `morning`, `in the afternoon`, `at night`, `after lunch`.
    pub(super) fn at_front(tokens: &[Token]) -> Match<DayPart> {
        match tokens {
            [Word("in"), Word("the"), Word(part @ ("morning" | "afternoon" | "evening")), ..] => {
                Some((3, DayPart::of(part)?))
            }
            [Word("at"), Word("night"), ..] => Some((2, DayPart::Night)),
            [Word("after"), Word("lunch"), ..] => Some((2, DayPart::AfterLunch)),
            [Word("before"), Word("lunch"), ..] => Some((2, DayPart::Morning)),
            [Word(part), ..] => Some((1, DayPart::of(part)?)),
            _ => None,
        }
    }

    /// Matches `morning of` before a day, as in `the morning of the 3rd`.
    pub(super) fn of_day(tokens: &[Token]) -> Match<DayPart> {
        let (length, part) = DayPart::at_front(tokens)?;
        matches!(tokens[length..], [Word("of"), _, ..]).then_some((length + 1, part))
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
            "afternoon" => DayPart::Afternoon,
            "evening" => DayPart::Evening,
            "night" => DayPart::Night,
            _ => return None,
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            DayPart::Morning => "the morning",
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
            DayPart::Afternoon => "in the afternoon",
            DayPart::AfterLunch => "after lunch",
            DayPart::Evening => "in the evening",
            DayPart::Night => "at night",
            DayPart::Pm => "pm",
        }
    }

    /// Returns `true` if people call this hour so. The hours after midnight belong to no night, since it would be
    /// unclear to which day's.
    fn has(self, time: NaiveTime) -> bool {
        match self {
            // Twelve in the morning is ambiguous: midnight or noon.
            DayPart::Morning => (1..12).contains(&time.hour()),
            DayPart::Afternoon | DayPart::AfterLunch => (12..19).contains(&time.hour()),
            DayPart::Evening => time.hour() >= 16,
            DayPart::Night => time.hour() >= 17,
            DayPart::Pm => time.hour() >= 12,
        }
    }
}

/// Returns `true` for twelve in the evening or at night, which is a midnight.
fn is_midnight(clock: ClockTime, part: DayPart) -> bool {
    let twelve = matches!(clock, ClockTime::Midnight | ClockTime::Either(NaiveTime::MIN, _));
    twelve && matches!(part, DayPart::Evening | DayPart::Night)
}

/// Narrows a time to a part of the day.
pub(super) fn within(clock: ClockTime, part: DayPart) -> Time {
    let fits = match clock {
        ClockTime::Exact(time) => part.has(time).then_some(clock),
        ClockTime::Printed(time) => match time_of_day::halves(time) {
            either if is_midnight(either, part) => Some(ClockTime::Midnight),
            _ if part.has(time) => Some(ClockTime::Exact(time)),
            ClockTime::Either(_, pm) if part.has(pm) => Some(ClockTime::Exact(pm)),
            _ => None,
        },
        // At which end of the day it lies is asked.
        clock if is_midnight(clock, part) => Some(ClockTime::Midnight),
        ClockTime::Midnight => None,
        ClockTime::Either(am, pm) => match (part.has(am), part.has(pm)) {
            (true, false) => Some(ClockTime::Exact(am)),
            (false, true) => Some(ClockTime::Exact(pm)),
            (true, true) => Some(clock),
            (false, false) => None,
        },
    };
    fits.ok_or_else(|| Reason::Disagree(time_of_day::format(clock), part.name().to_owned()))
}
