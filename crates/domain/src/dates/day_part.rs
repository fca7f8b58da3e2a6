//! Parts of a day: they tell the morning's hours from the evening's.

use chrono::{NaiveTime, Timelike};

use super::error::Reason;
use super::time_of_day::{self, Clock, Time};
use super::token::Token::{self, Word};
use super::vocabulary::Match;

/// A part of the day, which settles what the hour alone leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayPart {
    Morning,
    Afternoon,
    Evening,
    Night,
}

impl DayPart {
    /// `morning`, `in the afternoon`, `at night`; `tonight` and `this morning` name the day, too.
    pub(super) fn at_front(tokens: &[Token]) -> Match<DayPart> {
        match tokens {
            [Word("in"), Word("the"), Word(part @ ("morning" | "afternoon" | "evening")), ..] => {
                Some((3, DayPart::of(part)?))
            }
            [Word("at"), Word("night"), ..] => Some((2, DayPart::Night)),
            [Word(part), ..] => Some((1, DayPart::of(part)?)),
            _ => None,
        }
    }

    /// `tonight`, `this morning`: a part of today.
    pub(super) fn of_today(tokens: &[Token]) -> Match<DayPart> {
        match tokens {
            [Word("tonight"), ..] => Some((1, DayPart::Night)),
            [Word("this"), Word(part @ ("morning" | "afternoon" | "evening")), ..] => Some((2, DayPart::of(part)?)),
            _ => None,
        }
    }

    fn of(word: &str) -> Option<DayPart> {
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
            DayPart::Evening => "the evening",
            DayPart::Night => "the night",
        }
    }

    /// Whether people call this hour so. The small hours belong to no night here: which day's would it be?
    fn has(self, time: NaiveTime) -> bool {
        match self {
            // Twelve in the morning is midnight to some and noon to others.
            DayPart::Morning => (1..12).contains(&time.hour()),
            DayPart::Afternoon => (12..19).contains(&time.hour()),
            DayPart::Evening => time.hour() >= 16,
            DayPart::Night => time.hour() >= 17,
        }
    }
}

/// What the clock shows in that part of the day.
pub(super) fn within(clock: Clock, part: DayPart) -> Time {
    let fits = match clock {
        Clock::Exact(time) => part.has(time).then_some(clock),
        Clock::Either(am, pm) => match (part.has(am), part.has(pm)) {
            (true, false) => Some(Clock::Exact(am)),
            (false, true) => Some(Clock::Exact(pm)),
            (true, true) => Some(clock),
            (false, false) => None,
        },
    };
    fits.ok_or_else(|| Reason::Disagree(time_of_day::said(clock), part.name().to_owned()))
}
