//! Tells text that is worth indexing from letters without a meaning.

use crate::format::parsed::ParseError;

/// The share of characters without a meaning from which on a text is no text.
const GARBLED_SHARE_MAX: f64 = 0.1;

/// The small letters of Latin from which on the share of vowels among them tells a language, and the least share.
/// The languages that are written so have more than a third; letters that stand for others have any.
const LATIN_LETTERS_MIN: usize = 400;
const VOWELS_SHARE_MIN: f64 = 0.12;

/// The counts of a file that tell of its quality.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// The characters that are shown, and those of them that the file gives no meaning.
    pub(super) chars: usize,
    meaningless_chars: usize,
}

impl Counts {
    pub(super) fn add_text(&mut self, text: &str) {
        self.chars += text.chars().filter(|c| !c.is_whitespace()).count();
        self.meaningless_chars += text.chars().filter(|c| is_meaningless(*c)).count();
    }

    /// Returns the reason why a text is not worth indexing.
    pub(super) fn refusal(&self, text: &str) -> Option<ParseError> {
        if self.meaningless_chars as f64 > self.chars as f64 * GARBLED_SHARE_MAX || is_no_language(text) {
            return Some(ParseError::Garbled);
        }
        (!text.chars().any(char::is_alphanumeric)).then_some(ParseError::Scanned)
    }
}

/// Returns true for characters that fonts without a map leave: private ones, controls, and the replacement.
pub(super) fn is_meaningless(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{EFFF}' | '\u{F100}'..='\u{F8FF}' | '\u{FFF0}'..='\u{FFFF}')
        || (c.is_control() && !c.is_whitespace())
}

fn is_no_language(text: &str) -> bool {
    let (mut letters, mut vowels) = (0_usize, 0_usize);
    for c in text.chars().filter(char::is_ascii_lowercase) {
        letters += 1;
        vowels += usize::from(matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y'));
    }
    letters >= LATIN_LETTERS_MIN && (vowels as f64) < letters as f64 * VOWELS_SHARE_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<ParseError> {
        let mut counts = Counts::default();
        counts.add_text(text);
        counts.refusal(text)
    }

    #[test]
    fn letters_without_a_meaning_are_told_apart_from_text() {
        assert_eq!(refusal("Page 1 of 1"), None);
        assert_eq!(refusal(""), Some(ParseError::Scanned));
        assert_eq!(refusal("\u{E001}\u{FFFD}\u{1} abc"), Some(ParseError::Garbled));
        assert_eq!(refusal(&"Zh kdw vkrz lw, grqw. ".repeat(40)), Some(ParseError::Garbled));
        assert_eq!(refusal(&"The robot rests at night. ".repeat(40)), None);
    }
}
