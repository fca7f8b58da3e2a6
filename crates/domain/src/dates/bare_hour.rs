//! Hours that are a number alone, which only the words beside them show to be an hour.

use super::day_part::DayPart;
use super::time_of_day::{Time, hour, without_meridiem};
use super::token::Token::{self, Word};
use super::vocabulary::{self, Match};

/// Matches the hour in `9 tomorrow morning`, `8 tonight` and `Monday 9 morning`: a number alone before words that can
/// only follow an hour.
pub(super) fn before_day(tokens: &[Token]) -> Match<Time> {
    let (length, hour) = hour(tokens).filter(|(_, hour)| (1..=12).contains(hour))?;
    let follows = match &tokens[length..] {
        [Word("tomorrow" | "today" | "tonight"), ..] => true,
        [Word("this"), Word(part), ..] => DayPart::of(part).is_some(),
        [Word("on"), Word(day), ..] => vocabulary::weekday(day).is_some(),
        [Word(word), ..] => vocabulary::weekday(word).is_some() || DayPart::of(word).is_some(),
        _ => false,
    };
    follows.then(|| (length, without_meridiem(hour, 0)))
}

/// Matches the hour at the end of `tomorrow morning, 9`.
pub(super) fn after_part(tokens: &[Token]) -> Match<Time> {
    let (length, hour) = hour(tokens).filter(|(_, hour)| (1..=12).contains(hour))?;
    (length == tokens.len()).then(|| (length, without_meridiem(hour, 0)))
}
