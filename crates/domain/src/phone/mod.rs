//! Phone numbers that compare equal in every spelling: `+1 (702) 555-0143`, `702.555.0143`, `0017025550143`.

/// Shorter numbers are extensions or service numbers, which many people share.
const DIGITS_MIN: usize = 5;
/// The longest number (15 digits, ITU-T E.164) with an international prefix before it.
const DIGITS_MAX: usize = 18;
/// The shortest ending that identifies a number without its country code.
const LOCAL_DIGITS_MIN: usize = 7;

/// The digits of a phone number without international or trunk prefixes (leading zeros).
///
/// `Debug` prints no part of it, because a number is personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Reads a phone number, or returns `None` if the text has letters or fewer than 5 or more than 18 digits.
    pub fn parse(raw: &str) -> Option<Phone> {
        let plain = raw.trim().chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-–./()".contains(c));
        // The trunk zero in brackets is only dialled within the country: +44 (0)20 7946 0958.
        let digits: String = raw.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
        let known = digits.trim_start_matches('0');
        let fits = plain && (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) && known.len() >= DIGITS_MIN;
        fits.then(|| Phone(known.to_owned()))
    }

    /// Returns `true` if `other` is the same number, with or without the country code.
    pub fn is_same(&self, other: &str) -> bool {
        let Some(other) = Phone::parse(other) else { return false };
        let (short, long) = if self.0.len() <= other.0.len() { (&self.0, &other.0) } else { (&other.0, &self.0) };
        short == long || (short.len() >= LOCAL_DIGITS_MIN && long.ends_with(short.as_str()))
    }

    /// Returns the last seven digits, which every spelling of the number ends with.
    pub fn last_digits(&self) -> &str {
        &self.0[self.0.len().saturating_sub(LOCAL_DIGITS_MIN)..]
    }
}

/// Masks the number, so that `{:?}` in a log line shows no personal data.
impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phone(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_the_same() {
        let groups: [&[&str]; 3] = [
            &["+1 702 555 0143", "(702) 555-0143", "702.555.0143", "0017025550143", "1-702-555-0143"],
            &["+44 20 7946 0958", "020 7946 0958", "+44 (0)20 7946 0958", "0044 20 79460958"],
            &["+45 12 34 56 78", "12345678", "0045 12345678"],
        ];
        for (at, group) in groups.iter().enumerate() {
            for (one, other) in group.iter().flat_map(|one| group.iter().map(move |other| (one, other))) {
                assert!(Phone::parse(one).unwrap().is_same(other), "{one} {other}");
            }
            let stranger = groups[(at + 1) % groups.len()][0];
            assert!(group.iter().all(|one| !Phone::parse(one).unwrap().is_same(stranger)), "{stranger}");
        }
        assert_eq!(Phone::parse("+1 702 555 0143").unwrap().last_digits(), "5550143");
    }

    #[test]
    fn texts_without_a_plausible_number_are_rejected() {
        for bad in ["", "Sarah", "0143", "0000000", "1234567890123456789", "702 CALL NOW", "sarah@gmail.com"] {
            assert_eq!(Phone::parse(bad), None, "{bad}");
        }
        assert!(!Phone::parse("55501").unwrap().is_same("+1 702 555 5501"), "an extension is nobody's number");
    }
}
