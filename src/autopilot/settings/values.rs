//! Numbers within their ranges and lists of words, as the settings' file has them.

use std::ops::RangeInclusive;

use toml::Spanned;

use crate::toml_file::{InvalidFile, TomlFile};

/// The most words of a list, and characters of a word.
const WORDS_MAX: usize = 200;
const WORD_CHARACTERS_MAX: usize = 80;

/// A number within a range; the usual one where none is given.
pub(super) fn number(
    file: TomlFile<'_>,
    value: Option<&Spanned<i64>>,
    usual: u64,
    range: RangeInclusive<u64>,
) -> Result<u64, InvalidFile> {
    let Some(value) = value else { return Ok(usual) };
    let number = u64::try_from(*value.get_ref()).ok().filter(|number| range.contains(number));
    let problem = || format!("`{}` is not from {} to {}", value.get_ref(), range.start(), range.end());
    number.ok_or_else(|| file.invalid(value, problem()))
}

/// A list of words or phrases.
pub(super) fn word_list(file: TomlFile<'_>, words: &[Spanned<String>]) -> Result<Vec<String>, InvalidFile> {
    if let Some(word) = words.get(WORDS_MAX) {
        return Err(file.invalid(word, format!("a list has at most {WORDS_MAX} words")));
    }
    let word = |word: &Spanned<String>| {
        let text = word.get_ref().trim();
        let fits = (2..=WORD_CHARACTERS_MAX).contains(&text.chars().count()) && text.chars().any(char::is_alphanumeric);
        let problem = || format!("`{text}` is no word or phrase of 2 to {WORD_CHARACTERS_MAX} characters");
        fits.then(|| text.to_owned()).ok_or_else(|| file.invalid(word, problem()))
    };
    words.iter().map(word).collect()
}
