//! What stands before a national number: an international prefix, a trunk zero, a country code (ITU-T E.164).

/// The country codes of two digits; `1` and `7` have one digit, and all others three.
const CODES_OF_TWO: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51",
    "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90",
    "91", "92", "93", "94", "95", "98",
];
/// The country code of North America, where nobody dials a trunk zero.
const NORTH_AMERICA: char = '1';
/// The country codes of one digit, behind which no zero is dialled: those of North America, Russia and Kazakhstan.
const CODES_OF_ONE: [char; 2] = [NORTH_AMERICA, '7'];
/// The country codes of numbers that may begin with a zero of their own, which is dialled from abroad too: Ivory Coast,
/// Benin, Congo, Italy, San Marino, Vatican.
const KEEPING_ZERO: [&str; 6] = ["225", "229", "242", "39", "378", "379"];
/// What some people write behind a country code although it is dialled within the country alone, or before a mobile
/// number alone: the code, the digits, and the digits of a number behind them.
const WITHIN: [(&str, &str, std::ops::RangeInclusive<usize>); 3] =
    [("7", "8", 10..=10), ("36", "06", 8..=9), ("52", "1", 10..=10)];
/// What is dialled within a country before its numbers in place of a zero: the code, the digits that are dialled, the first
/// digits of a number, and the digits of all of it. The zero of Hungary's `06` is taken off before.
const DIALLED: [(&str, &str, &str, std::ops::RangeInclusive<usize>, Prefix); 4] = [
    ("7", "8", "3456789", 10..=10, Prefix::None),
    ("375", "80", "1234", 9..=9, Prefix::None),
    ("370", "8", "3456", 8..=8, Prefix::None),
    ("36", "6", "1234567", 8..=9, Prefix::Trunk),
];
/// The fewest digits of a number with a country code and a trunk zero but without a plus sign.
const WITH_CODE_MIN: usize = 11;
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
    /// The number begins without a prefix.
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
    let (_, rest) = digits.split_at_checked(code_digits(digits))?;
    let bare = rest.trim_start_matches('0');
    match (prefix, keeps_zero(digits)) {
        (Prefix::Trunk, _) if digits.starts_with(CODES_OF_ONE) => None,
        // What is dialled with a zero has one, and what is dialled without has none.
        (Prefix::Trunk, true) => Some(bare).filter(|bare| bare.len() < rest.len()),
        (_, true) => Some(rest),
        (_, false) => Some(bare),
    }
}

/// True for digits with a country code behind which a zero is a part of the number.
pub(super) fn keeps_zero(digits: &str) -> bool {
    KEEPING_ZERO.iter().any(|code| digits.starts_with(code))
}

/// The number of digits of the country code.
fn code_digits(digits: &str) -> usize {
    match digits {
        _ if digits.starts_with(CODES_OF_ONE) => 1,
        _ if CODES_OF_TWO.iter().any(|code| digits.starts_with(code)) => 2,
        _ => 3,
    }
}

/// Returns digits that begin with a country code without what is dialled within the country alone: `44 020 7946 0958`.
pub(super) fn from_abroad(digits: &str) -> String {
    let Some((code, rest)) = digits.split_at_checked(code_digits(digits)) else { return digits.to_owned() };
    let within = WITHIN.iter().filter(|(other, ..)| *other == code);
    let mut behind = within
        .filter_map(|(_, dialled, length)| rest.strip_prefix(dialled).filter(|number| length.contains(&number.len())));
    let number = match behind.next() {
        Some(number) => number,
        None if keeps_zero(digits) || digits.starts_with(CODES_OF_ONE) => rest,
        None => rest.trim_start_matches('0'),
    };
    format!("{code}{number}")
}

/// Returns the numbers with a country code that digits without one may be as well: those that are dialled within the
/// country by other digits than a zero, as `8 912 345 67 80` in Russia, and those that lack a plus sign alone.
pub(super) fn readings(digits: &str, prefix: Prefix) -> Vec<String> {
    if prefix == Prefix::International {
        return Vec::new();
    }
    let dialled = DIALLED.iter().filter(|(.., dialled_with)| *dialled_with == prefix);
    let within = dialled.filter_map(|(code, dialled, firsts, length, _)| {
        let number = digits.strip_prefix(dialled)?;
        (length.contains(&number.len()) && number.starts_with(|first| firsts.contains(first)))
            .then(|| format!("{code}{number}"))
    });
    let abroad = Some(from_abroad(digits));
    let coded = abroad.filter(|abroad| prefix == Prefix::None && digits.len() >= WITH_CODE_MIN && abroad != digits);
    within.chain(coded).collect()
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
    fn what_is_dialled_within_a_country_is_taken_off() {
        for (digits, expected) in [
            ("4402079460958", "442079460958"),
            ("442079460958", "442079460958"),
            ("3590888123456", "359888123456"),
            ("390612345678", "390612345678"),
            ("3780549886377", "3780549886377"),
            ("2250712345678", "2250712345678"),
            ("789123456780", "79123456780"),
            ("78001234567", "78001234567"),
            ("70255501430", "70255501430"),
            ("3606301234567", "36301234567"),
            ("360612345678", "3612345678"),
            ("36301234567", "36301234567"),
            ("5215512345678", "525512345678"),
            ("525512345678", "525512345678"),
            ("10702555014", "10702555014"),
            ("", ""),
        ] {
            assert_eq!(from_abroad(digits), expected, "{digits}");
        }
        for (digits, prefix, expected) in [
            ("89123456780", Prefix::None, &["79123456780"][..]),
            ("80291234567", Prefix::None, &["375291234567"]),
            ("80012345678", Prefix::None, &[]),
            ("861234567", Prefix::None, &["37061234567"]),
            ("6301234567", Prefix::Trunk, &["36301234567"]),
            ("4402079460958", Prefix::None, &["442079460958"]),
            ("7025550143", Prefix::None, &[]),
            ("89123456780", Prefix::International, &[]),
        ] {
            assert_eq!(readings(digits, prefix), expected, "{digits}");
        }
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
            ("390612345678", Prefix::None, Some("0612345678")),
            ("393512345678", Prefix::Trunk, None),
            ("79123456780", Prefix::Trunk, None),
        ] {
            assert_eq!(national(digits, prefix), expected, "{digits}");
        }
    }
}
