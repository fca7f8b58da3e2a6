//! Letters as queries have them: printed text has ligatures and forms of letters that are the same letters.

use unicode_normalization::UnicodeNormalization;

use crate::format::{blocks, symbols};

/// Turns the ligatures of printed text into letters. Fractions and powers are no ligatures: their compatible forms are
/// other numbers.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'ﬀ' => folded.push_str("ff"),
            'ﬁ' => folded.push_str("fi"),
            'ﬂ' => folded.push_str("fl"),
            'ﬃ' => folded.push_str("ffi"),
            'ﬄ' => folded.push_str("ffl"),
            'ﬅ' | 'ﬆ' => folded.push_str("st"),
            '\u{A0}' | '\u{2002}'..='\u{200A}' | '\u{202F}' => folded.push(' '),
            // Letters of full width and presentation forms, which are the same letters.
            '\u{FF01}'..='\u{FF5E}' => folded.extend(char::from_u32(u32::from(c) - 0xFEE0)),
            '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{2E80}'..='\u{2FDF}' => {
                folded.extend(std::iter::once(c).nfkc());
            }
            c if blocks::is_ignorable(c) && c != '\u{AD}' => {}
            '\u{AD}' => folded.push('-'),
            c => folded.push(symbols::shown(c)),
        }
    }
    folded.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ligatures_are_letters_and_numbers_stay_what_they_are() {
        assert_eq!(folded("o\u{FB03}ce 1½ h, 10⁵, \u{A0}5\u{200B}6 e\u{301}"), "office 1½ h, 10⁵,  56 é");
    }
}
