//! Time zones: their names, and their clocks.
//!
//! People name a zone by its IANA name, a city, an abbreviation or an offset from UTC ([`parse`]). A [`zone::Zone`] has
//! the clocks of the [`rules::ZoneRules`] that it was read with; nothing else turns an instant into a local time or
//! back. The machine's own zone has no influence, and its files only where a program reads them into such rules.

mod clocks;
pub(crate) mod iana;
mod meaning;
mod named;
mod names;
mod nearest;
mod offset;
mod places;
pub mod rules;
pub(crate) mod season;
mod spelling;
mod times;
pub mod version;
mod windows;
pub mod zone;

use self::iana::ZoneName;
use self::rules::ZoneRules;
use self::zone::Zone;
use super::text;

/// The most names that an error suggests.
const NEAREST_MAX: usize = 4;
/// The longest name that is looked up; the longest label of Windows has 61 characters.
const NAME_CHARS_MAX: usize = 100;

/// Reads the name of a time zone: IANA's in any case, a city, an abbreviation or an offset (`New York`, `EST`, `UTC+9`),
/// a city with its state or country (`Austin, TX`), a state or country with one zone, Windows' name
/// (`AUS Eastern Standard Time`), HubSpot's form (`us_slash_eastern`) or a label (`(GMT-05:00) Eastern Time`).
///
/// # Errors
/// [`UnknownZone`] if no zone has the name, or if it stands for several zones, such as `CST` or `Davis`.
pub fn parse(words: &str, rules: ZoneRules) -> Result<Zone, UnknownZone> {
    let mut meant = match words.chars().nth(NAME_CHARS_MAX) {
        None => meaning::of(words, rules),
        Some(_) => Err(Vec::new()),
    };
    if let Err(nearest) = &mut meant {
        nearest.truncate(NEAREST_MAX);
    }
    let unknown = |zones: Vec<ZoneName>| UnknownZone {
        words: text::excerpt(words, NAME_CHARS_MAX),
        doubt: match !zones.is_empty() && meaning::is_at_another_offset(words, &zones, rules) {
            true => Doubt::Offset,
            false => Doubt::Meaning,
        },
        nearest: zones.into_iter().map(ZoneName::as_str).collect(),
    };
    meant.map(|name| rules.of(name)).map_err(unknown)
}

/// Reads the name of a time zone as [`parse`] does, in words that may as well be something else: nothing is suggested for
/// those, which makes them cheap.
pub fn known(words: &str, rules: ZoneRules) -> Option<Zone> {
    let is_short = words.chars().nth(NAME_CHARS_MAX).is_none();
    is_short.then(|| meaning::only(words, rules)).flatten().map(|name| rules.of(name))
}

/// Lists the IANA names of places and `UTC`, in IANA's order, without the abbreviations and offsets that are only kept
/// for compatibility.
pub fn names() -> impl Iterator<Item = &'static str> {
    ZoneName::all().filter(|name| *name == ZoneName::UTC || name.is_place()).map(ZoneName::as_str)
}

/// Returns the zones that a part of a phrase may name; several for `CST`. Offsets such as `UTC+9` are not read here.
pub(super) fn lookup(words: &str) -> Vec<ZoneName> {
    meaning::candidates(words)
}

/// The error for a name that does not stand for exactly one time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{words}` is not one time zone{}", offer(.nearest, *.doubt))]
pub struct UnknownZone {
    words: String,
    doubt: Doubt,
    /// The IANA names of up to four zones that may be meant, the most similar first.
    pub nearest: Vec<&'static str>,
}

/// The reason for which a name is not one zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    Meaning,
    /// The zone is plain, but its clocks do not show the offset beside it.
    Offset,
}

fn offer(nearest: &[&str], doubt: Doubt) -> String {
    if nearest.is_empty() {
        return String::new();
    }
    let names: Vec<String> = nearest.iter().map(|name| format!("`{name}`")).collect();
    let names = names.join(" or ");
    match doubt {
        Doubt::Meaning => format!(": {names} may be meant"),
        Doubt::Offset => format!(": its offset does not fit {names} now"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<Zone, UnknownZone> {
        super::parse(words, ZoneRules::embedded())
    }

    #[test]
    fn people_name_zones_in_many_ways() {
        let table = [
            ("America/New_York", "America/New_York"),
            ("america/new_york", "America/New_York"),
            (" ASIA/TOKYO ", "Asia/Tokyo"),
            ("New York", "America/New_York"),
            ("new york time", "America/New_York"),
            ("NYC", "America/New_York"),
            ("EST", "America/New_York"),
            ("Eastern Standard Time", "America/New_York"),
            ("Pacific time", "America/Los_Angeles"),
            ("PST", "America/Los_Angeles"),
            ("Central Time", "America/Chicago"),
            ("Central European Time", "Europe/Brussels"),
            ("London", "Europe/London"),
            ("British Summer Time", "Europe/London"),
            ("GMT Standard Time", "Europe/London"),
            ("Greenwich Mean Time", "GMT"),
            ("Mountain Standard Time", "America/Denver"),
            ("US Mountain Standard Time", "America/Phoenix"),
            ("Mountain Daylight Time", "America/Denver"),
            ("Tokyo", "Asia/Tokyo"),
            ("Kolkata", "Asia/Kolkata"),
            ("Lord Howe", "Australia/Lord_Howe"),
            ("São Paulo", "America/Sao_Paulo"),
            ("Washington, D.C.", "America/New_York"),
            ("UTC", "UTC"),
            ("Z", "UTC"),
            ("UTC+9", "Etc/GMT-9"),
            ("UTC+09:00", "Etc/GMT-9"),
            ("GMT+8", "Etc/GMT-8"),
            ("UTC+5:30", "Asia/Calcutta"),
            ("UTC+0545", "Asia/Kathmandu"),
        ];
        for (words, expected) in table {
            assert_eq!(parse(words).map(|zone| zone.name()), Ok(expected), "{words}");
        }
    }

    #[test]
    fn names_of_two_times_are_refused_with_both() {
        let table = [
            ("CST", "America/Chicago"),
            ("IST", "Asia/Jerusalem"),
            ("BST", "Europe/London"),
            ("MST", "America/Phoenix"),
            ("UTC-5", "America/New_York"),
            ("UTC+10", "Australia/Sydney"),
            ("UTC+9:30", "Australia/Adelaide"),
            ("Washington", "America/Los_Angeles"),
            ("Australia", "Australia/Perth"),
        ];
        for (words, meant) in table {
            let refused = parse(words).unwrap_err();
            assert!(refused.nearest.contains(&meant), "{words}: {refused}");
        }
    }

    #[test]
    fn misspelt_names_get_the_nearest() {
        let table = [
            ("Ameria/New_York", "America/New_York"),
            ("Londn", "Europe/London"),
            ("Tokio", "Asia/Tokyo"),
            ("Los Angelos", "America/Los_Angeles"),
        ];
        for (words, meant) in table {
            let refused = parse(words).unwrap_err();
            assert!(refused.nearest.contains(&meant), "{words}: {refused}");
        }
        assert!(parse("").is_err() && parse("somewhere").is_err() && parse(&"x".repeat(500)).is_err());
        for bad in ["UTC+15", "UTC+9:75", "UTC++9", "UTC+", "utc+9:3o"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_refusal_says_that_an_offset_does_not_fit() {
        let table = [
            ("(UTC+01:00) Tokyo", "`(UTC+01:00) Tokyo` is not one time zone: its offset does not fit `Asia/Tokyo` now"),
            ("Tokyo (UTC+1)", "`Tokyo (UTC+1)` is not one time zone: its offset does not fit `Asia/Tokyo` now"),
            ("Londn", "`Londn` is not one time zone: `Europe/London` may be meant"),
            ("UTC+9:75", "`UTC+9:75` is not one time zone"),
        ];
        for (words, expected) in table {
            assert_eq!(parse(words).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn every_iana_name_is_read_except_the_abbreviations_people_use_otherwise() {
        let otherwise: Vec<&str> = ZoneName::all()
            .map(ZoneName::as_str)
            .filter(|name| parse(name).ok().map(|zone| zone.name()) != Some(*name))
            .collect();
        assert_eq!(otherwise, ["CET", "EET", "EST", "HST", "MST", "Portugal", "Zulu"]);
    }
}
