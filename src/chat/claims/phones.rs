//! Telephone numbers that a sentence states: each stands in a result, or in the operator's words.

use super::facts;
use super::sentence::{DENIALS, holds};
use crate::chat::numbers;

/// The digits of a telephone number.
const PHONE_DIGITS_MIN: usize = 7;
const PHONE_DIGITS_MAX: usize = 15;
/// Words for telephones.
const OF_PHONES: &[&str] = &[
    "phone",
    "number",
    "tel",
    "mobile",
    "telefon",
    "nummer",
    "telefonnummer",
    "mobil",
    "téléphone",
    "numéro",
    "portable",
    "telefono",
    "numero",
    "cellulare",
];

/// True if the telephone numbers of a sentence that states something are among the known ones. `whole` is it in lower case.
pub(super) fn are_founded(whole: &str, sentence: &str, known: impl Fn() -> Vec<String>) -> bool {
    let states = !sentence.trim_end().ends_with('?') && !facts::is_open(whole) && !holds(whole, DENIALS);
    let told = if states { phones(sentence) } else { vec![] };
    if told.is_empty() {
        return true;
    }
    let known = known();
    told.iter().all(|number| known.iter().any(|known| numbers::are_same(known, number)))
}

/// The telephone numbers of a sentence: those with a plus or a nought before them, and others where it speaks of telephones.
fn phones(sentence: &str) -> Vec<String> {
    let speaks = holds(&sentence.to_lowercase(), OF_PHONES);
    let is_phone = |number: &String| {
        let is_shown = sentence.contains('+') || number.starts_with('0');
        let is_date = number.starts_with("202") && !sentence.contains('+');
        (PHONE_DIGITS_MIN..=PHONE_DIGITS_MAX).contains(&number.len()) && !is_date && (is_shown || speaks)
    };
    numbers::of(sentence).into_iter().filter(is_phone).collect()
}
