//! Characters that nobody sees, which come into a text by copying and pasting: marks of direction, zero-width spaces,
//! soft hyphens.

use std::fmt;

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use unicode_normalization::UnicodeNormalization;

/// The first letter of the scripts that are written with joiners; before it stand Latin, Greek, Cyrillic and Armenian.
const JOINED_SCRIPTS_FROM: char = '\u{590}';

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

/// Returns words as they are searched for: trimmed, without invisible characters, and composed (Unicode NFC). Between
/// letters of a script that needs them, joiners stay.
pub fn cleaned(text: &str) -> String {
    let characters: Vec<char> = trim(text).nfc().collect();
    let kept = |at: usize| !is_invisible(characters[at]) || joins(&characters, at);
    (0..characters.len()).filter(|at| kept(*at)).map(|at| characters[at]).collect()
}

/// True for a zero-width joiner or non-joiner within a word, as Persian and the scripts of India are written.
fn joins(characters: &[char], at: usize) -> bool {
    let joined = |at: Option<usize>| {
        let letter = at.and_then(|at| characters.get(at));
        // The sign before a joiner is often a virama, which is a mark and no letter.
        letter.is_some_and(|c| *c >= JOINED_SCRIPTS_FROM && !c.is_whitespace() && !is_invisible(*c))
    };
    matches!(characters[at], '\u{200c}' | '\u{200d}') && joined(at.checked_sub(1)) && joined(at.checked_add(1))
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

    #[test]
    fn words_lose_what_nobody_sees_and_keep_the_joiners_of_their_script() {
        for (text, words) in [
            ("Sarah\u{200b} Mark", "Sarah Mark"),
            ("\u{feff}Sarah Mark\u{200e}\0 ", "Sarah Mark"),
            ("Sa\u{ad}rah", "Sarah"),
            ("Sar\u{200d}ah", "Sarah"),
            ("Jose\u{301}", "José"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("می\u{200c} خواهم", "می خواهم"),
            ("क्\u{200d}ष", "क्\u{200d}ष"),
            ("\u{200b}", ""),
        ] {
            assert_eq!(cleaned(text), words, "{text:?}");
        }
    }
}
