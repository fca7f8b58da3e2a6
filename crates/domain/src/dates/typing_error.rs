//! The word that a typing error stands for, which is asked back and never assumed.

use super::vocabulary;
use crate::nearest::Wanted;
use crate::time_zone;

/// Shorter words are too similar to many others, wrong ones and right ones.
const WORD_CHARS_MIN: usize = 4;
/// A word of so many characters is one with a missing letter inside: `wek`.
const SHORT_CHARS: usize = 3;
/// Longer words are not compared: no word of the vocabulary is as long.
const WORD_CHARS_MAX: usize = 14;
/// Words from this length on may have two errors.
const TWO_ERRORS_FROM_CHARS: usize = 7;

/// Words of their own that differ from one of the suggested by a letter or two.
const RIGHT: &[&str] = &[
    "another", "business", "hall", "halt", "house", "match", "monthly", "mounting", "mourning", "mouth", "noun",
    "part", "paste", "text", "weekday", "weekly", "working",
];

/// Returns the word of the vocabulary that begins as `word` and differs by one or two letters, if there is exactly one.
pub(super) fn nearest(word: &str) -> Option<&'static str> {
    let length = word.chars().count();
    if length == SHORT_CHARS && !vocabulary::is_known(word) {
        // `PST` is a time.
        return without_a_letter(word).filter(|_| time_zone::lookup(word).is_empty());
    }
    if !(WORD_CHARS_MIN..=WORD_CHARS_MAX).contains(&length) || vocabulary::is_known(word) || RIGHT.contains(&word) {
        return None;
    }
    let errors_max = if length < TWO_ERRORS_FROM_CHARS { 1 } else { 2 };
    let wanted = Wanted::new(word);
    let suggested = vocabulary::common().filter(|right| right.len() >= WORD_CHARS_MIN);
    let mut near: Vec<_> = suggested.map(|right| (wanted.typing_errors(&right.to_lowercase()), right)).collect();
    let begins = |right: &str| right.to_lowercase().chars().next() == word.chars().next();
    near.retain(|(errors, right)| *errors <= errors_max && begins(right));
    near.sort_unstable();
    match near[..] {
        [(first, _), (second, _), ..] if first == second => None,
        [(_, right), ..] => Some(right),
        [] => None,
    }
}

/// The one word that has a letter more inside.
fn without_a_letter(word: &str) -> Option<&'static str> {
    let wanted = Wanted::new(word);
    let longer = vocabulary::common().filter(|right| right.len() == SHORT_CHARS + 1);
    let ends = |text: &str| text.to_lowercase().chars().next().zip(text.chars().next_back());
    let mut near = longer.filter(|right| wanted.typing_errors(&right.to_lowercase()) == 1 && ends(right) == ends(word));
    near.next().filter(|_| near.next().is_none())
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
            ("chrismas", Some("Christmas")),
            ("wek", Some("week")),
            ("nxt", Some("next")),
            ("not", None),
            ("pst", None),
            ("nor", None),
            ("few", None),
            ("hat", None),
            ("many", None),
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
    fn every_common_word_is_suggested_for_a_slip_in_it() {
        for right in vocabulary::common().filter(|right| right.len() > TWO_ERRORS_FROM_CHARS) {
            let doubled = format!("{}{}", right.to_lowercase(), &right[right.len() - 1..]);
            assert_eq!(nearest(&doubled), Some(right), "{doubled}");
        }
        assert!(vocabulary::common().all(|right| vocabulary::is_known(&right.to_lowercase())));
    }
}
