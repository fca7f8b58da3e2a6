//! Numbers, ordinals, months and weekdays in digits and words.

use chrono::Weekday;

use super::format;
use super::token::Token::{self, Number, Word};
use crate::day_in_words;
use crate::language::Language;

const UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [(&str, u32); 4] = [("twenty", 20), ("thirty", 30), ("forty", 40), ("fifty", 50)];
const ORDINALS: [&str; 20] = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
];

/// A match at the front of the tokens: the number of tokens used and the value.
pub(super) type Match<T> = Option<(usize, T)>;

/// Keeps the longest matches. If several differ all are kept, so that the order of the grammar's forms decides nothing.
pub(super) fn longest<T: PartialEq>(found: impl Iterator<Item = (usize, T)>) -> Vec<(usize, T)> {
    let mut longest: Vec<(usize, T)> = Vec::new();
    for next in found {
        match longest.first().map_or(0, |(length, _)| *length) {
            length if next.0 > length => longest = vec![next],
            length if next.0 == length && !longest.contains(&next) => longest.push(next),
            _ => {}
        }
    }
    longest
}

/// Matches `3`, `three`, `twenty five`.
pub(super) fn count(tokens: &[Token]) -> Match<u32> {
    match tokens {
        [Number(value, _), ..] => Some((1, *value)),
        [Word(word), rest @ ..] => number_words(word, rest),
        _ => None,
    }
}

/// Matches a number below sixty in words, such as `three` or `twenty five`.
pub(super) fn number_words(word: &str, rest: &[Token]) -> Match<u32> {
    if let Some(value) = position(&UNITS, word) {
        return (value > 0).then_some((1, value));
    }
    let tens = tens(word)?;
    match rest {
        [Word(unit), ..] => match position(&UNITS, unit) {
            Some(value @ 1..=9) => Some((2, tens + value)),
            _ => Some((1, tens)),
        },
        _ => Some((1, tens)),
    }
}

/// Matches an ordinal up to 31, such as `1st`, `22nd`, `first`, `twenty second`.
pub(super) fn ordinal(tokens: &[Token]) -> Match<u32> {
    let found = match tokens {
        [Number(value, 1..=2), Word(suffix), ..] if *suffix == suffix_of(*value) => (2, *value),
        [Word("twentieth"), ..] => (1, 20),
        [Word("thirtieth"), ..] => (1, 30),
        [Word(tens_word), Word(unit), ..] if tens(tens_word).is_some() => {
            (2, tens(tens_word)? + position(&ORDINALS[..10], unit).filter(|value| *value > 0)?)
        }
        [Word(word), ..] => (1, position(&ORDINALS, word)?),
        _ => return None,
    };
    (1..=31).contains(&found.1).then_some(found)
}

fn suffix_of(value: u32) -> &'static str {
    match (value % 10, value) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

fn tens(word: &str) -> Option<u32> {
    TENS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

fn position(names: &[&str], word: &str) -> Option<u32> {
    names.iter().position(|name| *name == word).and_then(|index| u32::try_from(index).ok())
}

pub(super) fn month(word: &str) -> Option<u32> {
    Some(match word {
        "january" | "jan" => 1,
        "february" | "feb" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sept" | "sep" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

pub(super) fn month_name(number: u32) -> &'static str {
    day_in_words::month(number, Language::English)
}

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Mon,
        "tuesday" | "tues" | "tue" => Weekday::Tue,
        "wednesday" | "weds" | "wed" => Weekday::Wed,
        "thursday" | "thurs" | "thur" | "thu" => Weekday::Thu,
        "friday" | "fri" => Weekday::Fri,
        "saturday" | "sat" => Weekday::Sat,
        "sunday" | "sun" => Weekday::Sun,
        _ => return None,
    })
}

/// The grammar's words other than numbers, months and weekdays that a typing error is likely to stand for.
const COMMON: [&str; 24] = [
    "afternoon",
    "days",
    "evening",
    "fortnight",
    "half",
    "hours",
    "midday",
    "midnight",
    "minutes",
    "month",
    "months",
    "morning",
    "next",
    "night",
    "noon",
    "o'clock",
    "past",
    "quarter",
    "today",
    "tomorrow",
    "tonight",
    "week",
    "weeks",
    "Christmas",
];

/// The grammar's other words, which are too short or too rare to be suggested. All others are reported as unknown.
const OTHERS: &[&str] = &[
    "a",
    "about",
    "after",
    "ago",
    "am",
    "an",
    "and",
    "any",
    "around",
    "at",
    "before",
    "between",
    "by",
    "clock",
    "coming",
    "current",
    "day",
    "days'",
    "day's",
    "either",
    "end",
    "following",
    "from",
    "hour",
    "hrs",
    "in",
    "last",
    "later",
    "lunch",
    "lunchtime",
    "m",
    "minute",
    "mins",
    "now",
    "oclock",
    "of",
    "on",
    "or",
    "p",
    "pm",
    "previous",
    "quarters",
    "since",
    "the",
    "this",
    "till",
    "time",
    "to",
    "until",
    "week's",
    "weekend",
    "weeks'",
    "year",
    "years",
    "yesterday",
    "st",
    "nd",
    "rd",
    "th",
    "utc",
    "gmt",
    "z",
    "t",
    "h",
    "hr",
    "hour's",
    "hours'",
    "min",
    "til",
    "hence",
    "month's",
    "months'",
    "year's",
    "years'",
    "fortnights",
    "fortnight's",
    "wk",
    "wks",
    "local",
    "my",
    "zone",
    "xmas",
    "eve",
    "boxing",
    "new",
    "valentine's",
    "valentines",
    "patrick's",
    "patricks",
    "saint",
    "halloween",
];

/// The words that a typing error is compared with, as they are written in a suggestion.
pub(super) fn common() -> impl Iterator<Item = &'static str> {
    let weekdays = (0..7).filter_map(|day| Weekday::try_from(day).ok()).map(format::weekday);
    weekdays.chain((1..=12).map(month_name)).chain(COMMON)
}

pub(super) fn is_known(word: &str) -> bool {
    COMMON.iter().any(|common| common.eq_ignore_ascii_case(word))
        || OTHERS.contains(&word)
        || month(word).is_some()
        || weekday(word).is_some()
        || number_words(word, &[]).is_some()
        || ordinal(&[Word(word)]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_figures_and_words() {
        assert_eq!(count(&[Number(12, 2)]), Some((1, 12)));
        assert_eq!(count(&[Word("twenty"), Word("five"), Word("past")]), Some((2, 25)));
        assert_eq!(count(&[Word("thirty")]), Some((1, 30)));
        assert_eq!(count(&[Word("morgen")]), None);
    }

    #[test]
    fn an_ordinal_needs_its_own_suffix() {
        for (value, suffix) in
            [(1, "st"), (2, "nd"), (3, "rd"), (11, "th"), (12, "th"), (13, "th"), (22, "nd"), (31, "st")]
        {
            assert_eq!(ordinal(&[Number(value, 2), Word(suffix)]), Some((2, value)));
        }
        assert_eq!(ordinal(&[Number(2, 1), Word("th")]), None);
        assert_eq!(ordinal(&[Number(32, 2), Word("nd")]), None);
        assert_eq!(ordinal(&[Word("thirty"), Word("first")]), Some((2, 31)));
        assert_eq!(ordinal(&[Word("thirty"), Word("second")]), None);
        assert_eq!(ordinal(&[Word("twelfth")]), Some((1, 12)));
    }
}
