//! Foreign text inside our own messages.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::text_cleaning;

/// Returns the text without the accents of its letters: `Ortiz` for `Ortíz`.
pub fn unaccented(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).collect()
}

/// The characters that are read for each that an excerpt may show.
const READ_PER_SHOWN: usize = 8;

/// Returns the start of `text` in a form that can be quoted in backticks: on one line, without backticks and control
/// characters, and with nothing hidden. One of more than `characters_max` characters is cut and ends in `…`.
pub fn excerpt(text: &str, characters_max: usize) -> String {
    // What is hidden is removed, so more than is shown is read; of a long text not all.
    let begin: String = text.trim().chars().take(characters_max.saturating_mul(READ_PER_SHOWN)).collect();
    let goes_on = text.trim().len() > begin.len();
    let spaced = begin.replace(is_control_or_bidi, " ");
    let visible = text_cleaning::clean(&spaced).text;
    let printable = visible.chars().filter(|c| *c != '`');
    let mut quote: String = printable.clone().take(characters_max).collect();
    if goes_on || printable.count() > characters_max {
        quote.push('…');
    }
    quote
}

/// Returns `true` if a character changes where or in which direction the text after it is shown: control characters,
/// line and paragraph separators, and Unicode's bidirectional controls (UAX #9).
pub fn is_control_or_bidi(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_on_one_line_and_cannot_end_the_quotation() {
        for (text, shown) in [
            (" Sarah ", "Sarah"),
            ("a`\nb", "a b"),
            ("\u{1b}[31mred", " [31mred"),
            ("a\u{2028}b\u{202e}c", "a b c"),
            ("a\u{200b}\u{e0049}b👍", "ab👍"),
            ("12345678", "12345678"),
            ("æøå456789", "æøå45678…"),
        ] {
            assert_eq!(excerpt(text, 8), shown, "{text:?}");
        }
        let hidden = "\u{200b}".repeat(8 * READ_PER_SHOWN);
        assert_eq!(excerpt(&format!("{hidden}12"), 8), "…", "of a long text not all is read");
    }
}
