//! Texts without a visible character.

use domain::invisible::is_invisible;

/// True if nothing of the text can be seen: white space, control characters, and those that nobody sees.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_blank_if_nothing_of_it_can_be_seen() {
        for text in ["", "  \n", "\u{0}", "\u{200b}\u{feff}", "\u{2068} \u{2069}", "\u{e0049}", "\u{3164}", "\u{2800}"]
        {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["\u{fffc}", "\u{e000} \u{f8ff}", "\u{fff9}", "\u{fdd0}", "\u{13430}", "\u{100041}"] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["a", ".", "👍", "\u{200b}-", "愛"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
