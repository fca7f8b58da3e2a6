//! Numbers in a text by their digits, such as those of telephones, whatever stands between the digits.

/// The digits from which a number is somebody's, and not a count.
const DIGITS_MIN: usize = 5;
/// The digits by which numbers with and without the code of a country are the same.
const SAME_DIGITS: usize = 7;

/// The numbers of a text with at least five digits.
pub fn of(text: &str) -> Vec<String> {
    let mut all = vec![];
    let mut digits = String::new();
    for c in text.chars().chain(['\n']) {
        match c {
            _ if c.is_ascii_digit() => digits.push(c),
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' if !digits.is_empty() => {}
            _ => all.push(std::mem::take(&mut digits)),
        }
    }
    all.retain(|number| number.len() >= DIGITS_MIN);
    all
}

/// True for the same number, also where one of them is without the code of its country.
pub fn are_same(one: &str, other: &str) -> bool {
    let ends = |whole: &str, part: &str| whole.ends_with(part.trim_start_matches('0'));
    one == other || (one.len().min(other.len()) >= SAME_DIGITS && (ends(one, other) || ends(other, one)))
}

#[test]
fn a_number_is_known_by_its_digits() {
    assert_eq!(of("call +1 (702) 555-0143, or 12 of them"), ["17025550143"]);
    assert!(are_same("17025550143", "7025550143") && are_same("4930555017", "030555017"));
    assert!(!are_same("17025550143", "17025550144") && !are_same("143", "17025550143"));
}
