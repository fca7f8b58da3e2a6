//! Hours that are a number alone, which only the words beside them show to be an hour.

use super::day_part::DayPart;
use super::time_of_day::{Time, hour, without_meridiem};
use super::token::Token::{self, Mark, Number, Word};
use super::vocabulary::{self, Match};

/// Matches the hour in `9 tomorrow morning`, `7,30 tomorrow morning`, `8 tonight` and `Monday 9 morning`: a number alone before words that can
/// only follow an hour.
pub(super) fn before_day(tokens: &[Token]) -> Match<Time> {
    let (length, hour, minute) = clock(tokens)?;
    let follows = match &tokens[length..] {
        [Word("tomorrow" | "today" | "tonight"), ..] => true,
        [Word("this"), Word(part), ..] => DayPart::of(part).is_some(),
        [Word("on"), Word(day), ..] => vocabulary::weekday(day).is_some(),
        [Word(word), ..] => vocabulary::weekday(word).is_some() || DayPart::of(word).is_some(),
        _ => false,
    };
    follows.then(|| (length, without_meridiem(hour, minute)))
}

/// Matches the hour at the end of `tomorrow morning, 9`.
pub(super) fn after_part(tokens: &[Token]) -> Match<Time> {
    let (length, hour, minute) = clock(tokens)?;
    (length == tokens.len()).then(|| (length, without_meridiem(hour, minute)))
}

/// An hour of the dial, and the minutes of `7,30`.
fn clock(tokens: &[Token]) -> Option<(usize, u32, u32)> {
    let (length, hour) = hour(tokens).filter(|(_, hour)| (1..=12).contains(hour))?;
    match tokens[length..] {
        [Mark(','), Number(minute @ 0..=59, 2), ..] => Some((length + 2, hour, minute)),
        _ => Some((length, hour, 0)),
    }
}
