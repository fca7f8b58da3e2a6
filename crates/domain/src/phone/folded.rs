//! The characters of a phone number in the forms of every script and keyboard, as ASCII.

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
use unicode_normalization::UnicodeNormalization;

use crate::digits;
use crate::invisible::is_invisible;

/// The frame of a keycap emoji, which stands behind its digit.
const KEYCAP: char = '\u{20e3}';
/// The distance from ASCII to the full-width forms of East Asian keyboards.
const FULL_WIDTH: u32 = 0xfee0;

/// Returns the text with digits, dashes, spaces, brackets, points and plus signs in ASCII, and without the characters
/// that nobody sees.
pub(super) fn fold(text: &str) -> String {
    let shown = text.nfc().filter(|c| !is_invisible(*c) && *c != KEYCAP);
    let folded: String = shown.map(ascii).collect();
    folded.trim().to_owned()
}

/// The character in ASCII, if it stands in phone numbers.
pub(super) fn ascii(c: char) -> char {
    if let Some(digit) = digits::ascii(c) {
        return digit;
    }
    match c {
        '\u{ff01}'..='\u{ff5e}' => plain(narrow(c)),
        other => plain(other),
    }
}

fn narrow(c: char) -> char {
    char::from_u32(u32::from(c) - FULL_WIDTH).unwrap_or(c)
}

fn plain(c: char) -> char {
    match c {
        c if c.is_whitespace() || c.is_control() => ' ',
        '[' | '⁽' | '﹙' => '(',
        ']' | '⁾' | '﹚' => ')',
        '⁺' | '₊' | '﹢' | '➕' => '+',
        '·' | '․' | '‧' | '•' | '・' | '･' | '﹒' => '.',
        '⁄' | '∕' => '/',
        // Minus signs, bullets, tildes and the long vowel mark of a Japanese keyboard stand for dashes.
        '˗' | '⁃' | '⁓' | '⁻' | '₋' | '−' | '∼' | '➖' | 'ー' | 'ｰ' | '~' => '-',
        c if category(c) == GeneralCategory::DashPunctuation => '-',
        c => c,
    }
}

fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_are_read() {
        for digits in
            ["０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "๐๑๒๓๔๕๖๗๘๙", "𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡", "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿"]
        {
            assert_eq!(fold(digits), "0123456789");
        }
        assert_eq!(fold("1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}"), "12");
        assert_eq!(fold("½ ① Ⅷ"), "½ ① Ⅷ", "numbers that are no digits stay");
    }

    #[test]
    fn signs_have_one_form_each() {
        assert_eq!(fold("\u{202a}＋1\u{a0}（702）\u{2011}555—0143\u{202c}"), "+1 (702)-555-0143");
        assert_eq!(fold("0143 ー 55・66"), "0143 - 55.66");
    }
}
