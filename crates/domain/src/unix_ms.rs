//! Unix time in milliseconds, as HubSpot sends and takes it. Numbers that are seconds or microseconds are rejected, since
//! they would be another year without a word.

use std::time::Duration;

use super::invisible;

/// Numbers up to this one are seconds until the year 5138. As milliseconds they would be before March 1973.
const SECONDS_MAX: u64 = 99_999_999_999;
/// The last millisecond of the year 9999. Larger numbers are microseconds or nanoseconds.
const MILLISECONDS_MAX: u64 = 253_402_300_799_999;

/// The milliseconds of the years from 1973 to 2199, which people mean.
const MEANT: std::ops::Range<i64> = 94_694_400_000..7_258_118_400_000;

/// The error for a number that is no time in Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMilliseconds {
    /// The number has the size of seconds.
    #[error("`{0}` is too small for unix milliseconds, which have 13 digits{offer}", offer = in_milliseconds(*.0))]
    TooSmall(i64),
    /// The number has the size of microseconds or nanoseconds.
    #[error("`{0}` is too large for unix milliseconds, which have 13 digits")]
    TooLarge(i64),
}

/// Offers a number of seconds in milliseconds, unless it would be a year that nobody means: `20261201` is a date.
fn in_milliseconds(number: i64) -> String {
    match number.checked_mul(1000).filter(|ms| MEANT.contains(ms)) {
        Some(ms) => format!("; if it is in seconds, send `{ms}`"),
        None => String::new(),
    }
}

/// Checks that a number can be Unix milliseconds.
///
/// # Errors
/// [`NotMilliseconds`] if it has the size of seconds, microseconds or nanoseconds.
pub fn check(number: i64) -> Result<i64, NotMilliseconds> {
    match number.unsigned_abs() {
        0..=SECONDS_MAX => Err(NotMilliseconds::TooSmall(number)),
        size if size > MILLISECONDS_MAX => Err(NotMilliseconds::TooLarge(number)),
        _ => Ok(number),
    }
}

/// Reads the text form of a whole number, such as `1796137200000` and, as programs write it, `1796137200000.0`; `None` for
/// any other text.
pub fn number(text: &str) -> Option<i64> {
    let text = invisible::trim(text);
    let text = text.strip_suffix(".0").unwrap_or(text);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // More digits than fit are too large in any case.
    whole.then(|| text.parse().unwrap_or(i64::MAX))
}

/// The length of a duration in milliseconds. A longer one than any that is meant stays small enough to be added to a time.
pub fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX).min(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_milliseconds_are_taken() {
        for ms in [1_796_137_200_000, -1_000_000_000_000, 100_000_000_000, 253_402_300_799_999] {
            assert_eq!(check(ms), Ok(ms));
        }
        for (wrong, says) in [
            (1_796_137_200, "send `1796137200000`"),
            (0, "milliseconds"),
            (20_261_213, "milliseconds"),
            (-86_400, "milliseconds"),
            (1_796_137_200_000_000, "too large for unix milliseconds"),
            (i64::MIN, "too large"),
        ] {
            let error = check(wrong).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        for far in [20_261_201, 0, -86_400, 94_694_399, 7_258_118_400] {
            assert!(!check(far).unwrap_err().to_string().contains("send"), "{far}");
        }
    }

    #[test]
    fn the_longest_duration_can_be_added_to_a_time() {
        assert_eq!(millis(Duration::from_micros(1_999)), 1);
        assert!(millis(Duration::MAX).checked_add(i64::MAX / 2).is_some());
    }

    #[test]
    fn whole_numbers_have_a_text_form() {
        for (text, number) in [
            (" 1796137200000 ", Some(1_796_137_200_000)),
            ("1796137200000.0", Some(1_796_137_200_000)),
            ("\u{feff}1796137200000\u{200b}", Some(1_796_137_200_000)),
            ("1796137200000.5", None),
            (".0", None),
            ("-5", Some(-5)),
            ("99999999999999999999999", Some(i64::MAX)),
            ("", None),
            ("-", None),
            ("1e3", None),
            ("2026-12-01", None),
        ] {
            assert_eq!(super::number(text), number, "{text}");
        }
    }
}
