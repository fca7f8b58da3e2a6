//! The phone number within a sentence or beside a name: `my number is 702 555 0143`, `Sarah 702-555-0143`.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::extension::{self, Tail};
use super::{DIGITS_MIN, InvalidPhone, LOCAL_DIGITS_MIN, Phone, folded, label, link};
use crate::invisible::is_invisible;

/// The fewest digits that are a number by themselves, with a country code or an area code. Digits beside them may be a
/// postcode or a house number.
const ALONE_DIGITS_MIN: usize = 9;
/// The words in which an extension may stand behind a number, as in `ext. 5`.
const EXTENSION_WORDS_MAX: usize = 2;

/// A phone number and the words around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneInText {
    /// The number, in the international form.
    pub phone: Phone,
    /// The text without the number.
    pub words: String,
}

/// Reads the one phone number of a text, whatever stands around it; `None` if there is none.
///
/// # Errors
/// [`InvalidPhone`] for a text with several numbers.
pub fn read(text: &str) -> Result<Option<PhoneInText>, InvalidPhone> {
    if let Some(found) = linked(text) {
        return Ok(Some(found));
    }
    let shown: Vec<char> = text.nfc().filter(|c| !is_invisible(*c)).collect();
    let folded: Vec<char> = shown.iter().map(|c| if ends_line(*c) { '\n' } else { folded::ascii(*c) }).collect();
    let mut found: Option<Phone> = None;
    let mut words = shown.clone();
    for range in runs(&folded) {
        let Some((phone, range)) = number(&folded, range)? else { continue };
        words[range].fill(' ');
        if !found.get_or_insert_with(|| phone.clone()).is_number(&phone) {
            return Err(InvalidPhone::Several);
        }
    }
    Ok(found.map(|phone| PhoneInText { phone, words: words.into_iter().collect() }))
}

/// The number of the first word that is a link to one, as those of messengers are.
fn linked(text: &str) -> Option<PhoneInText> {
    let link = text.split_whitespace().find(|word| link::number(word).is_some())?;
    let phone = Phone::parse(link).ok()?;
    Some(PhoneInText { phone, words: text.replacen(link, " ", 1) })
}

/// A number does not go on in another line or cell.
fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t' | '|')
}

fn is_in_number(c: char) -> bool {
    c.is_ascii_digit() || " +-./()".contains(c)
}

/// The longest ranges of characters that stand in numbers; a plus sign begins another.
fn runs(text: &[char]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = vec![];
    for (at, c) in text.iter().enumerate().filter(|(_, c)| is_in_number(**c)) {
        match runs.last_mut().filter(|run| run.end == at && *c != '+') {
            Some(run) => run.end = at + 1,
            None => runs.push(at..at + 1),
        }
    }
    runs
}

/// The number of a run, and the range that it takes with its extension.
fn number(text: &[char], run: Range<usize>) -> Result<Option<(Phone, Range<usize>)>, InvalidPhone> {
    if let Some(letter) = trimmed(text, run.clone()).and_then(|range| letter_for_digit(text, &range)) {
        return Err(InvalidPhone::Unreadable(letter));
    }
    let Some(range) = free(text, run).map(|range| alone(text, range)) else { return Ok(None) };
    let written: String = text[range.clone()].iter().collect();
    let digits = written.bytes().filter(u8::is_ascii_digit).count();
    let enough = if written.starts_with('+') { DIGITS_MIN } else { LOCAL_DIGITS_MIN };
    if digits < enough || is_date(&written) {
        return Ok(None);
    }
    match Phone::parse(&written) {
        Ok(phone) => Ok(Some((phone, range.start..end_of_extension(text, range.end)))),
        Err(InvalidPhone::TooLong) => Err(InvalidPhone::TooLong),
        Err(_) => Ok(None),
    }
}

/// The part of a run from its first sign to its last digit, without the groups that are parts of words, such as those of
/// `ORD-2026-1234567` and `5pm`.
fn free(text: &[char], run: Range<usize>) -> Option<Range<usize>> {
    let Range { mut start, mut end } = trimmed(text, run)?;
    if begins_in_word(text, start) {
        let gap = (start..end).find(|at| text[*at] == ' ')?;
        Range { start, end } = trimmed(text, gap..end)?;
    }
    let has_extension = end_of_extension(text, end) > end;
    if !has_extension && (text.get(end).is_some_and(is_glue) || goes_on_in_letters(&text[end..])) {
        let gap = (start..end).rev().find(|at| text[*at] == ' ')?;
        Range { start, end } = trimmed(text, start..gap)?;
    }
    Some(start..end)
}

fn trimmed(text: &[char], range: Range<usize>) -> Option<Range<usize>> {
    let start = range.clone().find(|at| text[*at].is_ascii_digit() || "+(".contains(text[*at]))?;
    let end = range.rev().find(|at| text[*at].is_ascii_digit())? + 1;
    (start < end).then_some(start..end)
}

/// True for letters without which digits would mean something else. Scripts without spaces set numbers beside words.
fn is_glue(c: &char) -> bool {
    c.is_ascii_alphanumeric() || (c.is_numeric() && !c.is_alphabetic())
}

/// True for `-O143` behind digits: a group of the number with a letter in it.
fn goes_on_in_letters(after: &[char]) -> bool {
    let ['-', rest @ ..] = after else { return false };
    let group: Vec<char> = rest.iter().take_while(|c| c.is_alphanumeric()).copied().collect();
    group.first().is_some_and(|c| c.is_alphabetic()) && group.iter().any(char::is_ascii_digit)
}

/// True if a word that is no label stands right before the position, as in `A12` and `ORD-12`.
fn begins_in_word(text: &[char], start: usize) -> bool {
    let before = text[..start].iter().rev().skip_while(|c| "-./(+#".contains(**c));
    let word: Vec<char> = before.take_while(|c| c.is_alphanumeric()).copied().collect();
    let is_joined = word.first().is_some_and(is_glue);
    is_joined && !label::is_label(&word.into_iter().rev().collect::<String>())
}

/// The part that is a number by itself, where other digits stand beside it: `89101 702-555-0143`.
fn alone(text: &[char], range: Range<usize>) -> Range<usize> {
    let mut groups: Vec<Range<usize>> = vec![];
    for at in range.clone().filter(|at| text[*at] != ' ') {
        match groups.last_mut().filter(|group| group.end == at) {
            Some(group) => group.end = at + 1,
            None => groups.push(at..at + 1),
        }
    }
    let digits = |group: &Range<usize>| text[group.clone()].iter().filter(|c| c.is_ascii_digit()).count();
    let Some(at) = groups.iter().position(|group| digits(group) >= ALONE_DIGITS_MIN) else { return range };
    let is_code = |group: &Range<usize>| match text[group.start] {
        '+' | '(' => true,
        _ => text[group.clone()] == ['1'] || text[group.clone()].starts_with(&['0', '0']),
    };
    let start = at.checked_sub(1).filter(|before| is_code(&groups[*before])).unwrap_or(at);
    groups[start].start..groups[at].end
}

/// The letter in a group beside a number that lacks digits, as in `+1 702 555 O143` and `7O2 555 0143`: the number cannot be
/// read, and what is left of it is another one.
fn letter_for_digit(text: &[char], range: &Range<usize>) -> Option<char> {
    let digits = text[range.clone()].iter().filter(|c| c.is_ascii_digit()).count();
    if digits > ALONE_DIGITS_MIN {
        return None;
    }
    let is_sign = |c: &&char| " -./".contains(**c);
    let after = text[range.end..].iter().skip_while(is_sign).take_while(|c| c.is_alphanumeric());
    let before = text[..range.start].iter().rev().skip_while(is_sign).take_while(|c| c.is_alphanumeric());
    let groups: [Vec<char>; 2] = [after.copied().collect(), before.copied().collect()];
    let is_number = |group: &&Vec<char>| {
        let count = group.iter().filter(|c| c.is_ascii_digit()).count();
        let all = digits + group.len();
        count > 0 && all >= ALONE_DIGITS_MIN && group.iter().all(|c| c.is_ascii_digit() || is_like_digit(*c))
    };
    groups.iter().find(is_number)?.iter().copied().find(|c| is_like_digit(*c))
}

/// True for the letters that people take for 0 and 1.
fn is_like_digit(c: char) -> bool {
    matches!(c, 'O' | 'o' | 'l' | 'I')
}

/// True for a date in figures, `2026-12-01` or `1.12.2026`.
fn is_date(written: &str) -> bool {
    let lengths: Vec<usize> = written.split(['-', '.', '/']).map(str::len).collect();
    written.bytes().all(|b| b.is_ascii_digit() || b"-./".contains(&b))
        && matches!(lengths[..], [4, 1 | 2, 1 | 2] | [1 | 2, 1 | 2, 4])
}

/// The end of the extension behind a number, or the end of the number.
fn end_of_extension(text: &[char], end: usize) -> usize {
    let line = text[end..].iter().position(|c| *c == '\n').map_or(text.len(), |at| end + at);
    let mut ends = vec![];
    let mut at = end;
    while at < line && ends.len() < EXTENSION_WORDS_MAX {
        at += text[at..line].iter().take_while(|c| **c == ' ').count();
        at += text[at..line].iter().take_while(|c| **c != ' ').count();
        ends.push(at);
    }
    let is_extension = |to: &usize| {
        let tail: String = text[end..*to].iter().collect();
        let tail = tail.trim_start();
        let marked = tail.starts_with(|c: char| c.is_alphabetic() || matches!(c, ',' | ';' | '#'));
        marked && matches!(extension::read(tail), Tail::Extension(_) | Tail::Keys)
    };
    ends.into_iter().rev().find(is_extension).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Option<String> {
        let found = read(text).unwrap_or_else(|error| panic!("{text}: {error}"))?;
        Some(found.words.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn the_number_is_taken_out_of_what_surrounds_it() {
        for (text, around) in [
            ("my number is 702 555 0143", "my number is"),
            ("call me at (702) 555-0143 please", "call me at please"),
            ("7025550143 Sarah", "Sarah"),
            ("Sarah 702-555-0143", "Sarah"),
            ("Sarah Mark (702-555-0143)", "Sarah Mark )"),
            ("Sarah, +1 702 555 0143, ClouTea", "Sarah, , ClouTea"),
            ("it's +1 (702) 555-0143 ext. 5 thanks", "it's thanks"),
            ("Sarah 702-555-0143x5", "Sarah"),
            ("702 555 0143 after 5 pm", "after 5 pm"),
            ("702 555 0143 5pm", "5pm"),
            ("Sarah Mark\n+1 702 555 0143\nLas Vegas, NV 89101", "Sarah Mark Las Vegas, NV 89101"),
            ("Las Vegas NV 89101 702-555-0143", "Las Vegas NV 89101"),
            ("order ORD-2026-1234567 of 702 555 0143", "order ORD-2026-1234567 of"),
            ("born 1985-03-12, 702.555.0143", "born 1985-03-12,"),
            ("我的电话是702 555 0143谢谢", "我的电话是 谢谢"),
            ("サーラ ０７０２ ５５５ ０１４３", "サーラ"),
            ("Sarah:702-555-0143", "Sarah:"),
            ("https://wa.me/17025550143 Sarah", "Sarah"),
            ("write to tel:+1-702-555-0143 please", "write to please"),
            ("+1 702 555 0143 or 17025550143", "or"),
        ] {
            let found = read(text).unwrap().unwrap_or_else(|| panic!("{text}"));
            assert!(found.phone.may_be("+1 702 555 0143"), "{text}");
            assert_eq!(words(text).as_deref(), Some(around), "{text}");
        }
    }

    #[test]
    fn other_digits_are_no_number() {
        for text in [
            "4 Seasons",
            "room 501",
            "ORD-2026-1234567",
            "A12345678",
            "on 2026-12-01",
            "1.12.2026 at noon",
            "NV 89101",
            "room B12 of 702 555",
            "5 O2 bottles",
            "+1 702 CALL NOW",
            "702555014½",
            "",
        ] {
            assert_eq!(read(text), Ok(None), "{text}");
        }
        for text in
            ["702 555 O143", "1-702-555-O143", "my number is +1 702 555 O143", "+1 7O2 555 0143", "702 555 0l43"]
        {
            assert!(matches!(read(text), Err(InvalidPhone::Unreadable('O' | 'l'))), "{text}: {:?}", read(text));
        }
        assert!(read("702 555 0143 room O12").is_ok_and(|found| found.is_some()));
        assert_eq!(read("me: 702 555 0143, she: 702 555 0144"), Err(InvalidPhone::Several));
        for same in ["+7 912 345-67-80, or 8 912 345 67 80", "+44 20 7946 0958, +44 020 7946 0958"] {
            assert!(read(same).unwrap().is_some(), "{same}");
        }
        assert_eq!(read("+1 702 555 0143 / +1 702 555 0144"), Err(InvalidPhone::Several));
    }
}
