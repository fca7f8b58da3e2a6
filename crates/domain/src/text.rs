//! Words of others inside our own sentences.

/// `text` as it can stand between backticks: on one line, without backticks that would end the quotation, and cut after
/// `characters_max` with an ellipsis.
pub fn excerpt(text: &str, characters_max: usize) -> String {
    let plain = text.trim().chars().filter(|c| *c != '`').map(|c| if is_control_or_bidi(c) { ' ' } else { c });
    let mut quote: String = plain.clone().take(characters_max).collect();
    if plain.count() > characters_max {
        quote.push('…');
    }
    quote
}

/// Whether it shows what follows elsewhere than where it stands: line breaks, escapes, and the controls of Unicode that turn
/// the direction of writing.
pub fn is_control_or_bidi(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_is_short_on_one_line_and_stays_one() {
        for (text, shown) in [
            (" Sarah ", "Sarah"),
            ("a`\nb", "a b"),
            ("\u{1b}[31mred", " [31mred"),
            ("a\u{2028}b\u{202e}c", "a b c"),
            ("12345678", "12345678"),
            ("æøå456789", "æøå45678…"),
        ] {
            assert_eq!(excerpt(text, 8), shown, "{text:?}");
        }
    }
}
