//! Texts without a visible character.

/// True if nothing of the text can be seen: white space, control characters, and characters that Unicode has shown as
/// nothing.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c))
}

/// Unicode's property `Default_Ignorable_Code_Point`, and the empty cell of Braille.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
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
