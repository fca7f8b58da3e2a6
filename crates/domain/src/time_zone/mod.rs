//! Time zones by the names that people use: the IANA name, a city, an abbreviation, an offset from UTC.
//!
//! The IANA data is compiled in, so the machine's own zone and files have no influence.

pub(crate) mod iana;
mod names;
mod offset;

use std::{collections::HashMap, sync::LazyLock};

use chrono_tz::{TZ_VARIANTS, Tz};

use names::{ALIASES, AMBIGUOUS, NOT_CITIES};

use self::iana::by_iana_name;
use super::nearest::Wanted;
use super::text;

/// The most names that an error suggests.
const NEAREST_MAX: usize = 4;
/// The lowest similarity (Jaro-Winkler, 0 to 1) at which a name is suggested.
const LIKENESS_MIN: f64 = 0.75;
/// The longest name that is looked up; IANA's longest has 32 characters.
const NAME_CHARS_MAX: usize = 60;

/// Returns the version of the IANA data, such as `2025b`.
pub fn data_version() -> &'static str {
    chrono_tz::IANA_TZDB_VERSION
}

/// Reads the name of a time zone: `America/New_York` in any case, `New York`, `EST`, `Pacific time`, `UTC`, `UTC+9`.
///
/// # Errors
/// [`UnknownZone`] if no zone has the name, or if it stands for several zones, such as `CST`.
pub fn parse(words: &str) -> Result<Tz, UnknownZone> {
    let name = tidy(words);
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(UnknownZone::new(words, Vec::new()));
    }
    by_name(&name).or_else(|| offset::zone(&name)).ok_or_else(|| UnknownZone::new(words, nearest(&name)))
}

/// Lists the IANA names of places and `UTC`, in IANA's order, without the abbreviations and offsets that are only kept
/// for compatibility.
pub fn names() -> impl Iterator<Item = &'static str> {
    TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| *name == "UTC" || is_place(name))
}

/// Returns the zone that a part of a phrase names, if any. Offsets such as `UTC+9` are not read here.
pub(super) fn lookup(words: &str) -> Option<Tz> {
    by_name(&tidy(words))
}

/// The error for a name that does not stand for exactly one time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{words}` is not one time zone{}", offer(.nearest))]
pub struct UnknownZone {
    words: String,
    /// The IANA names of up to four zones that may be meant, the most similar first.
    pub nearest: Vec<&'static str>,
}

impl UnknownZone {
    fn new(words: &str, nearest: Vec<&'static str>) -> UnknownZone {
        UnknownZone { words: text::excerpt(words, NAME_CHARS_MAX), nearest }
    }
}

fn offer(nearest: &[&str]) -> String {
    if nearest.is_empty() {
        return String::new();
    }
    let names: Vec<String> = nearest.iter().map(|name| format!("`{name}`")).collect();
    format!(": {} may be meant", names.join(" or "))
}

/// Normalises a name: lower case, single spaces, without `time`, `standard time` and the like.
fn tidy(words: &str) -> String {
    let lower = words.trim().to_lowercase().replace(['.', ',', '(', ')'], " ");
    let name = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    if ALIASES.iter().any(|(usual, _)| *usual == name) || AMBIGUOUS.iter().any(|(unsure, _)| *unsure == name) {
        return name;
    }
    let name = name.strip_suffix(" standard time").or_else(|| name.strip_suffix(" daylight time")).unwrap_or(&name);
    let name = name.strip_suffix(" time zone").or_else(|| name.strip_suffix(" timezone")).unwrap_or(name);
    name.strip_suffix(" time").unwrap_or(name).to_owned()
}

fn by_name(name: &str) -> Option<Tz> {
    if AMBIGUOUS.iter().any(|(unsure, _)| *unsure == name) {
        return None;
    }
    let usual = ALIASES.iter().find(|(usual, _)| *usual == name).and_then(|(_, zone)| by_iana_name(zone));
    let underscored = || by_iana_name(&name.replace(' ', "_")).filter(|_| !NOT_CITIES.contains(&name));
    usual.or_else(underscored).or_else(|| CITIES.get(name).copied())
}

/// The zones by the last part of their `Region/City` names.
static CITIES: LazyLock<HashMap<String, Tz>> = LazyLock::new(|| {
    let cities = TZ_VARIANTS.iter().filter_map(|zone| Some((city(zone.name())?, *zone)));
    cities.filter(|(city, _)| !NOT_CITIES.contains(&city.as_str())).collect()
});

const REGIONS: [&str; 9] =
    ["Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

fn is_place(name: &str) -> bool {
    name.split_once('/').is_some_and(|(region, _)| REGIONS.contains(&region))
}

fn city(name: &str) -> Option<String> {
    let (_, city) = name.split_once('/')?;
    (is_place(name) && !city.contains('/')).then(|| city.replace('_', " ").to_lowercase())
}

/// The zones that an ambiguous name stands for, or else those with the most similar names.
fn nearest(name: &str) -> Vec<&'static str> {
    if let Some((_, zones)) = AMBIGUOUS.iter().find(|(unsure, _)| *unsure == name) {
        return zones.to_vec();
    }
    if let Some(places) = offset::places(name) {
        return places.into_iter().take(NEAREST_MAX).collect();
    }
    let wanted = Wanted::new(name);
    let usual = ALIASES.iter().filter_map(|(usual, zone)| Some((wanted.likeness(usual), by_iana_name(zone)?.name())));
    let own = TZ_VARIANTS.iter().map(|zone| {
        let whole = wanted.likeness(&zone.name().to_lowercase());
        (city(zone.name()).map_or(whole, |city| whole.max(wanted.likeness(&city))), zone.name())
    });
    let mut ranked: Vec<(f64, &'static str)> =
        usual.chain(own).filter(|(likeness, _)| *likeness >= LIKENESS_MIN).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let mut names: Vec<&'static str> = Vec::new();
    for (_, zone) in ranked {
        if names.len() < NEAREST_MAX && !names.contains(&zone) {
            names.push(zone);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("Mountain Standard Time", "America/Phoenix"),
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
    fn every_iana_name_is_read_except_the_abbreviations_people_use_otherwise() {
        let otherwise: Vec<&str> =
            TZ_VARIANTS.iter().filter(|zone| parse(zone.name()).ok() != Some(**zone)).map(|zone| zone.name()).collect();
        assert_eq!(otherwise, ["CET", "EET", "EST", "HST", "MST", "Portugal", "Zulu"]);
    }

    #[test]
    fn every_usual_name_leads_to_a_zone_that_exists() {
        for (words, zone) in ALIASES {
            assert_eq!(parse(words).map(|zone| zone.name()).ok(), Some(*zone), "{words}");
        }
        for zone in AMBIGUOUS.iter().flat_map(|(_, zones)| *zones) {
            assert!(by_iana_name(zone).is_some(), "{zone}");
        }
    }

    #[test]
    fn the_data_has_a_version() {
        assert!(data_version().starts_with("20"), "{}", data_version());
    }
}
