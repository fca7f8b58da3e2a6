//! Characters that nobody sees, which come into a text by copying and pasting: marks of direction, zero-width spaces,
//! soft hyphens, marks of pictures that were left behind.
//!
//! One definition serves addresses, phone numbers, names, phrases and texts: where two differ, an address with the
//! character in question is refused in one place and another person's in the next.

use std::fmt;
use std::ops::RangeInclusive;

use icu_properties::CodePointSetData;
use icu_properties::props::{DefaultIgnorableCodePoint, NoncharacterCodePoint};

/// The space of Braille.
pub(crate) const BRAILLE_BLANK: char = '\u{2800}';
/// Marks that set hieroglyphs above and beside each other.
pub(crate) const HIEROGLYPH_MARKS: RangeInclusive<char> = '\u{13430}'..='\u{1343f}';
/// A character that fills a place among Khitan ones.
pub(crate) const KHITAN_FILLER: char = '\u{16fe4}';
/// A note without a head, which shows nothing.
const NULL_NOTEHEAD: char = '\u{1d159}';
/// Marks of notes between lines, and of an object that is not there.
const INTERLINEAR: RangeInclusive<char> = '\u{fff9}'..='\u{fffc}';
/// Characters without a meaning of their own: fonts and programs agree on one, and most readers see nothing or a box.
const PRIVATE_USE: [RangeInclusive<char>; 3] =
    ['\u{e000}'..='\u{f8ff}', '\u{f0000}'..='\u{ffffd}', '\u{100000}'..='\u{10fffd}'];

/// A character that is not shown, by its code point and name: `U+200B ZERO WIDTH SPACE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invisible(char);

impl Invisible {
    /// Returns the first invisible character of a text.
    pub fn first_in(text: &str) -> Option<Invisible> {
        text.chars().find(|c| is_invisible(*c)).map(Invisible)
    }
}

/// Returns `true` for a character that is shown as nothing, or as something else by each font: those that Unicode has
/// ignored (`Default_Ignorable_Code_Point`), blank letters and marks, private characters and those that are none.
pub fn is_invisible(c: char) -> bool {
    // No character of ASCII is, and nearly all are of it.
    if c.is_ascii() {
        return false;
    }
    matches!(c, BRAILLE_BLANK | KHITAN_FILLER | NULL_NOTEHEAD)
        || INTERLINEAR.contains(&c)
        || HIEROGLYPH_MARKS.contains(&c)
        || is_private(c)
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || CodePointSetData::new::<NoncharacterCodePoint>().contains(c)
}

fn is_private(c: char) -> bool {
    PRIVATE_USE.iter().any(|block| block.contains(&c))
}

/// Returns the text without white space, control characters and invisible characters at its ends.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c))
}

impl fmt::Display for Invisible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U+{:04X}", u32::from(self.0))?;
        match NAMES.iter().find(|(c, _)| *c == self.0) {
            Some((_, name)) => write!(f, " {name}"),
            None if is_private(self.0) => f.write_str(", a private character"),
            None => Ok(()),
        }
    }
}

/// The names of those that keyboards, office programs and messengers leave behind (Unicode Character Database).
const NAMES: [(char, &str); 36] = [
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
    (BRAILLE_BLANK, "BRAILLE PATTERN BLANK"),
    ('\u{3164}', "HANGUL FILLER"),
    ('\u{fe0e}', "VARIATION SELECTOR-15"),
    ('\u{fe0f}', "VARIATION SELECTOR-16"),
    ('\u{feff}', "ZERO WIDTH NO-BREAK SPACE"),
    ('\u{ffa0}', "HALFWIDTH HANGUL FILLER"),
    ('\u{fff9}', "INTERLINEAR ANNOTATION ANCHOR"),
    ('\u{fffa}', "INTERLINEAR ANNOTATION SEPARATOR"),
    ('\u{fffb}', "INTERLINEAR ANNOTATION TERMINATOR"),
    ('\u{fffc}', "OBJECT REPLACEMENT CHARACTER"),
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
            ("a\u{2800}", "U+2800 BRAILLE PATTERN BLANK"),
            ("\u{fffc}", "U+FFFC OBJECT REPLACEMENT CHARACTER"),
            ("\u{f8ff}", "U+F8FF, a private character"),
            ("\u{10fffd}", "U+10FFFD, a private character"),
            ("\u{fdd0}", "U+FDD0"),
            ("\u{13430}", "U+13430"),
        ] {
            assert_eq!(Invisible::first_in(text).unwrap().to_string(), name);
        }
        assert_eq!(Invisible::first_in("Łuk 愛子 👍"), None);
    }
}
