//! The word that a typing error stands for, which is asked back and never assumed.

use super::vocabulary;
use crate::nearest::Wanted;

/// Shorter words are too similar to many others for a suggestion.
const WORD_CHARS_MIN: usize = 4;
/// Longer words are not compared: no word of the vocabulary is as long.
const WORD_CHARS_MAX: usize = 14;
/// Words from this length on may have two errors.
const TWO_ERRORS_FROM_CHARS: usize = 7;

/// The words that a typing error is compared with, as they are written in a suggestion.
const SUGGESTED: &[&str] = &[
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "January",
    "February",
    "March",
    "April",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "today",
    "tomorrow",
    "tonight",
    "morning",
    "afternoon",
    "evening",
    "night",
    "noon",
    "midday",
    "midnight",
    "next",
    "week",
    "weeks",
    "month",
    "months",
    "fortnight",
    "hours",
    "minutes",
    "quarter",
    "half",
    "past",
    "o'clock",
    "days",
    "Christmas Day",
];

/// Words of their own that differ from one of the suggested by a letter or two.
const RIGHT: &[&str] = &[
    "another", "business", "hall", "halt", "house", "match", "monthly", "mounting", "mourning", "mouth", "noun",
    "part", "paste", "text", "weekday", "weekly", "working",
];

/// Returns the word of the vocabulary that begins as `word` and differs by one or two letters, if there is exactly one.
pub(super) fn nearest(word: &str) -> Option<&'static str> {
    let length = word.chars().count();
    if !(WORD_CHARS_MIN..=WORD_CHARS_MAX).contains(&length) || vocabulary::is_known(word) || RIGHT.contains(&word) {
        return None;
    }
    let errors_max = if length < TWO_ERRORS_FROM_CHARS { 1 } else { 2 };
    let wanted = Wanted::new(word);
    let errors = |right: &&&str| wanted.typing_errors(&right.to_lowercase());
    let mut near: Vec<_> = SUGGESTED.iter().map(|right| (errors(&right), *right)).collect();
    let begins = |right: &str| right.to_lowercase().chars().next() == word.chars().next();
    near.retain(|(errors, right)| *errors <= errors_max && begins(right));
    near.sort_unstable();
    match near[..] {
        [(first, _), (second, _), ..] if first == second => None,
        [(_, right), ..] => Some(right),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_have_one_nearest_word() {
        for (word, right) in [
            ("tomorow", Some("tomorrow")),
            ("tommorow", Some("tomorrow")),
            ("wendesday", Some("Wednesday")),
            ("wensday", Some("Wednesday")),
            ("thrusday", Some("Thursday")),
            ("firday", Some("Friday")),
            ("febuary", Some("February")),
            ("decmber", Some("December")),
            ("agust", Some("August")),
            ("juen", Some("June")),
            ("mondays", Some("Monday")),
            ("monday", None),
            ("whenever", None),
            ("mo", None),
            ("soon", None),
            ("mardi", None),
            ("working", None),
            ("warning", None),
            ("mourning", None),
            ("match", None),
            ("house", None),
            ("monthly", None),
            ("meeting", None),
        ] {
            assert_eq!(nearest(word), right, "{word}");
        }
        assert_eq!(nearest(&"tomorow".repeat(20)), None);
    }

    #[test]
    fn every_suggested_word_is_read() {
        for word in SUGGESTED.iter().flat_map(|words| words.split(' ')) {
            assert!(vocabulary::is_known(&word.to_lowercase()), "{word}");
        }
    }
}
