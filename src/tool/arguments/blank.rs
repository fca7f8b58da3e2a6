//! Texts without a visible character.

use domain::invisible::is_invisible;

/// A cell of Braille without a dot, which is a letter to Unicode.
const BRAILLE_BLANK: char = '\u{2800}';

/// True if nothing of the text can be seen: white space, control characters, and characters that Unicode has shown as
/// nothing.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c) || c == BRAILLE_BLANK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_blank_if_nothing_of_it_can_be_seen() {
        for text in ["", "  \n", "\u{0}", "\u{200b}\u{feff}", "\u{2068} \u{2069}", "\u{e0049}", "\u{3164}"] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["a", ".", "👍", "\u{200b}-", "愛"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
