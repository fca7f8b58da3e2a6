//! Decimal digits of every script.

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;

/// Returns the ASCII digit of a decimal digit of any script. Unicode keeps the ten digits of a set in order and without
/// gaps.
pub(crate) fn ascii(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    if !is_decimal(c) {
        return None;
    }
    let before = (0..u32::from(c)).rev().map_while(char::from_u32);
    let digits_before = before.take_while(|c| is_decimal(*c)).count();
    char::from_digit((digits_before % 10) as u32, 10)
}

/// Returns the text with the digits of every script in ASCII.
pub fn folded(text: &str) -> String {
    text.chars().map(|c| ascii(c).unwrap_or(c)).collect()
}

fn is_decimal(c: char) -> bool {
    CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::DecimalNumber
}
