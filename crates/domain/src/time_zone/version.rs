//! The versions of IANA's time zone data: a year and letters, such as `2026f`.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

/// The version of a release of IANA's data. A later release is greater.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    year: i32,
    /// `a` to `z`, then `za` and so on (IANA, theory and pragmatics), which is the order of text.
    letters: String,
}

/// The releases whose day is known here, from `NEWS` in IANA's data; for the last three the day on which Python's package
/// `tzdata` had them.
const RELEASED: [(&str, i32, u32, u32); 9] = [
    ("2025a", 2025, 1, 15),
    ("2025b", 2025, 3, 22),
    ("2025c", 2025, 12, 10),
    ("2026a", 2026, 3, 1),
    ("2026b", 2026, 4, 22),
    ("2026c", 2026, 7, 8),
    ("2026d", 2026, 9, 12),
    ("2026e", 2026, 9, 30),
    ("2026f", 2026, 10, 28),
];

impl Version {
    /// Reads `2026f`, also with a suffix such as `2026f-rearguard`, which marks another form of the same data.
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.trim().split('-').next()?;
        let (year, letters) = text.split_at_checked(4)?;
        let lettered = (1..=3).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_lowercase());
        let year = year.bytes().all(|byte| byte.is_ascii_digit()).then(|| year.parse().ok()).flatten()?;
        lettered.then(|| Version { year, letters: letters.to_owned() })
    }

    /// Reads the version from the first line of `tzdata.zi`, `# version 2026f`.
    pub fn in_source(source: &str) -> Option<Version> {
        Version::parse(source.lines().next()?.strip_prefix("# version ")?)
    }

    /// Returns the day of the release. Of a version that is not known here it is estimated: the first letter is dated
    /// to the end of March, the second to the end of June, the third to the end of September and any other to the end
    /// of its year, because IANA makes three to eight releases in a year. So the data seems younger rather than older.
    pub fn released(&self) -> NaiveDate {
        let known = RELEASED.iter().find(|(version, ..)| *version == self.to_string());
        let (year, month, day) = match (known, self.letters.as_str()) {
            (Some((_, year, month, day)), _) => (*year, *month, *day),
            (None, "a") => (self.year, 3, 31),
            (None, "b") => (self.year, 6, 30),
            (None, "c") => (self.year, 9, 30),
            (None, _) => (self.year, 12, 31),
        };
        NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
    }

    /// Returns the days since the release; 0 before it.
    pub fn age_days(&self, now: DateTime<Utc>) -> i64 {
        (now.date_naive() - self.released()).num_days().max(0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.year, self.letters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn later_releases_are_greater() {
        let versions = ["2024b", "2025a", "2025b", "2026f", "2026z", "2026za", "2027a"];
        assert!(versions.windows(2).all(|pair| version(pair[0]) < version(pair[1])));
        assert_eq!(version("2026f-rearguard"), version(" 2026f\n"));
    }

    #[test]
    fn other_text_is_no_version() {
        for text in ["", "2026", "26f", "2026F", "2026é", "version", "2026.6", "unknown", "20266", "2026abcd"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
        assert_eq!(Version::in_source("# version 2026f\n# redo posix_only\n"), Some(version("2026f")));
        for text in ["", "version 2026f", "# version unknown", "\n# version 2026f"] {
            assert_eq!(Version::in_source(text), None, "{text}");
        }
    }

    #[test]
    fn the_age_is_counted_from_the_release() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let table = [
            ("2025b", "2026-03-22T12:00:00Z", 365),
            ("2026c", "2026-07-08T23:59:00Z", 0),
            ("2026c", "2026-01-01T00:00:00Z", 0),
            ("2019c", "2019-10-10T00:00:00Z", 10),
            ("2027e", "2028-01-01T00:00:00Z", 1),
        ];
        for (text, now, days) in table {
            assert_eq!(version(text).age_days(at(now)), days, "{text}");
        }
    }
}
