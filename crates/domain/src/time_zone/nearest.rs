//! Suggestions for a name that is not known: names that are near in letters, and in the same region where one is given.
//! A far place is worse than no suggestion, because agents take what they are offered.

use super::iana::{REGIONS, ZoneName};
use super::{named, places, windows};
use crate::nearest::Wanted;

/// The longest name that may be misspelt: the longest known has 32 letters.
const MISSPELT_CHARS_MAX: usize = 40;

/// Returns the zones of the names nearest to a name, the most similar first.
pub(super) fn zones(name: &str) -> Vec<ZoneName> {
    let is_long = name.chars().nth(MISSPELT_CHARS_MAX).is_some();
    // `GMT 5:30` is no misspelt city.
    if is_long || name.chars().any(|c| c.is_ascii_digit()) {
        return Vec::new();
    }
    let mut ranked: Vec<(usize, ZoneName)> = match name.split_once('/') {
        Some((region, city)) => match self::region(region) {
            Some(region) => ranked(city, named::all().filter(|(_, zone)| zone.region() == Some(region))),
            None => Vec::new(),
        },
        // A whole region has no time, and is no misspelt city.
        None if REGIONS.iter().any(|region| region.eq_ignore_ascii_case(name)) => Vec::new(),
        None => ranked(name, named::all().chain(windows::all()).chain(places::in_one_zone())),
    };
    ranked.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.as_str().cmp(other.1.as_str())));
    let mut zones: Vec<ZoneName> = Vec::new();
    for (_, zone) in ranked {
        if !zones.contains(&zone) {
            zones.push(zone);
        }
    }
    zones
}

fn region(text: &str) -> Option<&'static str> {
    REGIONS.into_iter().find(|region| errors(text, &region.to_lowercase()).is_some())
}

fn ranked<'a>(name: &str, options: impl Iterator<Item = (&'a str, ZoneName)>) -> Vec<(usize, ZoneName)> {
    let name = name.replace('_', " ");
    options.filter_map(|(option, zone)| Some((errors(&name, option)?, zone))).collect()
}

/// The typing errors between two names; `None` if there are more than slips make. Each word has to be the other's, since
/// half of `central africa` is that of `central america`.
fn errors(name: &str, option: &str) -> Option<usize> {
    let (words, others) = (words(name), words(option));
    if words.len() == others.len() {
        return words.iter().zip(others).map(|(word, other)| slips(word, other)).sum();
    }
    let errors = Wanted::new(name).typing_errors(option);
    (words_run_together(&words, &others) && errors <= 1).then_some(errors)
}

fn words(name: &str) -> Vec<&str> {
    name.split([' ', '-']).collect()
}

/// True for `sanfrancisco`: a long name lost or got a space.
fn words_run_together(words: &[&str], others: &[&str]) -> bool {
    let letters = |words: &[&str]| words.iter().map(|word| word.len()).sum::<usize>();
    letters(words) == letters(others) && letters(words) >= LONG_WORD_MIN
}

/// The letters of a word in which a second slip is still told from another word.
const LONG_WORD_MIN: usize = 9;

/// The slips between two words; `None` if one may be another name. The ends of a short word have to be the same, because
/// `essex` is not `essen`, and four letters are many words unless the same letters stand in another order.
fn slips(word: &str, other: &str) -> Option<usize> {
    if word == other {
        return Some(0);
    }
    let ends = |word: &str| (word.bytes().next(), word.bytes().last());
    let (ends, other_ends) = (ends(word), ends(other));
    let swapped = || letters_in_order(word) == letters_in_order(other);
    let inside = || ends == other_ends || (ends.0 == other_ends.0 && swapped());
    let sure = match word.len() {
        0..=3 => false,
        4 => ends == other_ends && swapped(),
        5..=6 => other.len() >= word.len() && inside(),
        7..LONG_WORD_MIN => inside(),
        _ => ends.0 == other_ends.0,
    };
    let errors_max = if word.len().min(other.len()) < LONG_WORD_MIN { 1 } else { 2 };
    let errors = Wanted::new(word).typing_errors(other);
    (sure && errors <= errors_max).then_some(errors)
}

fn letters_in_order(word: &str) -> Vec<u8> {
    let mut letters: Vec<u8> = word.bytes().collect();
    letters.sort_unstable();
    letters
}
