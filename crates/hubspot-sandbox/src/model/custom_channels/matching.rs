//! The contact with a phone number.

use crate::model::computed::local_number;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;

/// Digits of the shortest and of the longest number (E.164).
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Says that a text is a phone number with its country code: `+17025550199`.
pub(crate) fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
}

/// Finds the contact with this number, however it is written there. Of several, the oldest.
pub(crate) fn contact_by_phone(portal: &Portal, number: &str) -> Option<u64> {
    let wanted = local_number(number)?;
    let has = |text: Option<&str>| text.and_then(local_number).is_some_and(|one| one == wanted);
    let live = portal.table(ObjectType::Contacts).from(0).filter(|contact| !contact.is_archived());
    let mut found = live.filter(|contact| has(contact.get("phone")) || has(contact.get("mobilephone")));
    found.next().map(|contact| contact.id)
}

#[cfg(test)]
mod tests {
    use super::is_phone;

    #[test]
    fn a_number_has_its_country_code() {
        for (text, expected) in [
            ("+17025550199", true),
            ("+493012345678", true),
            ("17025550199", false),
            ("+0702555019", false),
            ("+1 702 555 0199", false),
            ("+123456", false),
            ("+1234567890123456", false),
            ("", false),
        ] {
            assert_eq!(is_phone(text), expected, "{text}");
        }
    }
}
