//! Scripts that put no space between words.

/// The first letter of these scripts, and how many of them tell something.
const FIRST_LETTER: char = '\u{e00}';
const LETTERS_MIN: usize = 4;

/// True for a text that tells something in a script without spaces.
pub fn tells_without_spaces(text: &str) -> bool {
    text.chars().filter(|c| *c >= FIRST_LETTER && c.is_alphabetic()).count() >= LETTERS_MIN
}
