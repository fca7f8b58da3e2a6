//! Characters that nobody sees, which come into a text by copying and pasting: marks of direction, zero-width spaces,
//! soft hyphens.

use std::fmt;

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;

/// A character that is not shown, by its code point and name: `U+200B ZERO WIDTH SPACE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invisible(char);

impl Invisible {
    /// Returns the first invisible character of a text.
    pub fn first_in(text: &str) -> Option<Invisible> {
        text.chars().find(|c| is_invisible(*c)).map(Invisible)
    }
}

/// Returns `true` for a character that is shown as nothing (Unicode, `Default_Ignorable_Code_Point`).
pub fn is_invisible(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Returns the text without white space, control characters and invisible characters at its ends.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c))
}

impl fmt::Display for Invisible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U+{:04X}", u32::from(self.0))?;
        NAMES.iter().find(|(c, _)| *c == self.0).map_or(Ok(()), |(_, name)| write!(f, " {name}"))
    }
}

/// The names of those that keyboards, office programs and messengers leave behind (Unicode Character Database).
const NAMES: [(char, &str); 31] = [
    ('\u{ad}', "SOFT HYPHEN"),
    ('\u{34f}', "COMBINING GRAPHEME JOINER"),
    ('\u{61c}', "ARABIC LETTER MARK"),
    ('\u{115f}', "HANGUL CHOSEONG FILLER"),
    ('\u{1160}', "HANGUL JUNGSEONG FILLER"),
    ('\u{180e}', "MONGOLIAN VOWEL SEPARATOR"),
    ('\u{200b}', "ZERO WIDTH SPACE"),
    ('\u{200c}', "ZERO WIDTH NON-JOINER"),
    ('\u{200d}', "ZERO WIDTH JOINER"),
    ('\u{200e}', "LEFT-TO-RIGHT MARK"),
    ('\u{200f}', "RIGHT-TO-LEFT MARK"),
    ('\u{202a}', "LEFT-TO-RIGHT EMBEDDING"),
    ('\u{202b}', "RIGHT-TO-LEFT EMBEDDING"),
    ('\u{202c}', "POP DIRECTIONAL FORMATTING"),
    ('\u{202d}', "LEFT-TO-RIGHT OVERRIDE"),
    ('\u{202e}', "RIGHT-TO-LEFT OVERRIDE"),
    ('\u{2060}', "WORD JOINER"),
    ('\u{2061}', "FUNCTION APPLICATION"),
    ('\u{2062}', "INVISIBLE TIMES"),
    ('\u{2063}', "INVISIBLE SEPARATOR"),
    ('\u{2064}', "INVISIBLE PLUS"),
    ('\u{2066}', "LEFT-TO-RIGHT ISOLATE"),
    ('\u{2067}', "RIGHT-TO-LEFT ISOLATE"),
    ('\u{2068}', "FIRST STRONG ISOLATE"),
    ('\u{2069}', "POP DIRECTIONAL ISOLATE"),
    ('\u{3164}', "HANGUL FILLER"),
    ('\u{fe0e}', "VARIATION SELECTOR-15"),
    ('\u{fe0f}', "VARIATION SELECTOR-16"),
    ('\u{feff}', "ZERO WIDTH NO-BREAK SPACE"),
    ('\u{ffa0}', "HALFWIDTH HANGUL FILLER"),
    ('\u{e0001}', "LANGUAGE TAG"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_invisible_characters() {
        assert!(NAMES.iter().all(|(c, _)| is_invisible(*c)));
        for (text, name) in [
            ("a\u{200b}", "U+200B ZERO WIDTH SPACE"),
            ("\u{feff}", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
            ("\u{e0041}", "U+E0041"),
        ] {
            assert_eq!(Invisible::first_in(text).unwrap().to_string(), name);
        }
        assert_eq!(Invisible::first_in("Łuk 愛子 👍"), None);
    }
}
