//! What stands before a national number: an international prefix, a trunk zero, a country code (ITU-T E.164).

/// The country codes of two digits; `1` and `7` have one digit, and all others three.
const CODES_OF_TWO: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51",
    "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90",
    "91", "92", "93", "94", "95", "98",
];
/// The country code of North America, where nobody dials a trunk zero.
const NORTH_AMERICA: char = '1';
/// The digits that are dialled before a country code, each with the fewest digits of a number that has it: shorter ones
/// are national, such as `011 4321 0987` in Buenos Aires. No number goes on with `1` behind the country code `1`.
const INTERNATIONAL: [(&str, usize); 4] = [("0011", 12), ("00", 0), ("011", 12), ("010", 12)];

/// The digits in all of a number with a country code of one digit: those of North America, Russia and Kazakhstan.
const DIGITS_OF_ONE_DIGIT_CODE: usize = 11;
/// The digits of a number of North America without its country code, as they are written in groups.
const AMERICAN_GROUPS: [&[usize]; 4] = [&[10], &[3, 7], &[6, 4], &[3, 3, 4]];

/// The prefix before the digits that identify a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prefix {
    /// A plus sign or an international prefix: the digits begin with a country code.
    International,
    /// A zero that is dialled within the country.
    Trunk,
    /// None.
    None,
}

/// Returns the prefix and the digits behind it.
pub(super) fn split(digits: &str, has_plus: bool) -> (Prefix, &str) {
    let dialled = INTERNATIONAL.iter().find(|(prefix, least)| digits.starts_with(prefix) && digits.len() >= *least);
    let zeros = |rest: &str| rest.len() - rest.trim_start_matches('0').len();
    match dialled {
        _ if has_plus => (Prefix::International, digits.trim_start_matches('0')),
        Some((prefix, _)) => (Prefix::International, &digits[prefix.len() + zeros(&digits[prefix.len()..])..]),
        None if digits.starts_with('0') => (Prefix::Trunk, digits.trim_start_matches('0')),
        None => (Prefix::None, digits),
    }
}

/// Returns the national number of digits that begin with a country code, as somebody writes it who dials `prefix`.
pub(super) fn national(digits: &str, prefix: Prefix) -> Option<&str> {
    let code = match digits {
        _ if digits.starts_with(['1', '7']) => 1,
        _ if CODES_OF_TWO.iter().any(|code| digits.starts_with(code)) => 2,
        _ => 3,
    };
    let is_foreign = prefix == Prefix::Trunk && digits.starts_with(NORTH_AMERICA);
    digits.get(code..).filter(|_| !is_foreign).map(|rest| rest.trim_start_matches('0'))
}

/// True for digits without a prefix that are likely a number of North America without its country code: neither the area
/// code nor the exchange begins with 0 or 1 (North American Numbering Plan), and the groups are those of one.
pub(super) fn is_american(digits: &str, groups: &[usize]) -> bool {
    let begins = |at: usize| matches!(digits.as_bytes().get(at), Some(b'2'..=b'9'));
    AMERICAN_GROUPS.contains(&groups) && begins(0) && begins(3)
}

/// True for digits with a country code that are of a length that numbers of this country can have.
pub(super) fn is_whole(digits: &str) -> bool {
    !digits.starts_with(['1', '7']) || digits.len() == DIGITS_OF_ONE_DIGIT_CODE
}

/// True for digits with the country code of North America that are no number: all of them have ten digits behind it.
pub(super) fn is_impossible(digits: &str) -> bool {
    digits.starts_with(NORTH_AMERICA) && digits.len() != DIGITS_OF_ONE_DIGIT_CODE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_told_from_digits() {
        for (digits, has_plus, expected) in [
            ("4792345678", true, (Prefix::International, "4792345678")),
            ("004792345678", false, (Prefix::International, "4792345678")),
            ("01117025550143", false, (Prefix::International, "17025550143")),
            ("001117025550143", false, (Prefix::International, "17025550143")),
            ("0017025550143", false, (Prefix::International, "17025550143")),
            ("01143210987", false, (Prefix::Trunk, "1143210987")),
            ("02079460958", false, (Prefix::Trunk, "2079460958")),
            ("7025550143", false, (Prefix::None, "7025550143")),
            ("0000000", false, (Prefix::International, "")),
        ] {
            assert_eq!(split(digits, has_plus), expected, "{digits}");
        }
    }

    #[test]
    fn a_number_of_north_america_is_told_by_its_digits_and_groups() {
        for (digits, groups, expected) in [
            ("7025550143", &[10][..], true),
            ("7025550143", &[3, 3, 4], true),
            ("4792345678", &[3, 3, 4], true),
            ("4792345678", &[2, 2, 2, 2, 2], false),
            ("4520123456", &[10], false),
            ("17025550143", &[11], false),
        ] {
            assert_eq!(is_american(digits, groups), expected, "{digits} {groups:?}");
        }
        assert!(is_whole("17025550143") && is_whole("4520123456") && !is_whole("7025550143"));
    }

    #[test]
    fn the_country_code_is_taken_off() {
        for (digits, prefix, expected) in [
            ("17025550143", Prefix::None, Some("7025550143")),
            ("17025550143", Prefix::Trunk, None),
            ("4792345678", Prefix::None, Some("92345678")),
            ("442079460958", Prefix::Trunk, Some("2079460958")),
            ("966559876543", Prefix::Trunk, Some("559876543")),
            ("390612345678", Prefix::Trunk, Some("612345678")),
        ] {
            assert_eq!(national(digits, prefix), expected, "{digits}");
        }
    }
}
