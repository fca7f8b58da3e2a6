//! Phone numbers, in any spelling: `+1 (702) 555-0143`, `702.555.0143` and `0017025550143` are one.

/// Fewer digits are no number that could be told from others.
const DIGITS_MIN: usize = 5;
/// The longest number there is (ITU-T E.164), with an international prefix before it.
const DIGITS_MAX: usize = 18;
/// Two numbers of which one has its country's code agree at least in so many digits.
const LOCAL_DIGITS_MIN: usize = 7;

/// The digits of a phone number without what stands before them to dial abroad or another area.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// `None` for what is no phone number: letters in it, or too few or too many digits.
    pub fn parse(raw: &str) -> Option<Phone> {
        let plain = raw.trim().chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-–./()".contains(c));
        // A trunk zero in brackets is for those who dial within the country: +44 (0)20 7946 0958.
        let digits: String = raw.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
        let known = digits.trim_start_matches('0');
        let fits = plain && (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) && known.len() >= DIGITS_MIN;
        fits.then(|| Phone(known.to_owned()))
    }

    /// Whether `other` is the same number, be it with or without the country's code.
    pub fn is_same(&self, other: &str) -> bool {
        let Some(other) = Phone::parse(other) else { return false };
        let (short, long) = if self.0.len() <= other.0.len() { (&self.0, &other.0) } else { (&other.0, &self.0) };
        short == long || (short.len() >= LOCAL_DIGITS_MIN && long.ends_with(short.as_str()))
    }

    /// The last digits, which every spelling of the number ends with.
    pub fn last_digits(&self) -> &str {
        &self.0[self.0.len().saturating_sub(LOCAL_DIGITS_MIN)..]
    }
}

/// Personal: it must not reach a log by way of `{:?}`.
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
    fn what_is_no_number_is_not_read() {
        for bad in ["", "Sarah", "0143", "0000000", "1234567890123456789", "702 CALL NOW", "sarah@gmail.com"] {
            assert_eq!(Phone::parse(bad), None, "{bad}");
        }
        assert!(!Phone::parse("55501").unwrap().is_same("+1 702 555 5501"), "an extension is nobody's number");
    }
}
