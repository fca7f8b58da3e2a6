//! The zones by the names of times and cities. A name that stands for several has all of them.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::iana::ZoneName;
use super::names::{ALIASES, AMBIGUOUS, NOT_CITIES};
use super::spelling;

const CITIES: &str = include_str!("cities.tsv");
const TOWNS_ELSEWHERE: &str = include_str!("towns_elsewhere.tsv");
const NAMESAKES: &str = include_str!("namesakes.tsv");

/// Our own tables, which go before IANA's names: its `EST` is Panama's time all year.
static TABLES: LazyLock<HashMap<String, Vec<ZoneName>>> = LazyLock::new(|| {
    let cities = lines(CITIES).flat_map(|(zone, cities)| cities.split(", ").map(move |city| (city, vec![zone])));
    let towns = lines(TOWNS_ELSEWHERE).map(|(town, zones)| (town, zones.split(' ').collect()));
    let aliases = ALIASES.iter().map(|(name, zone)| (*name, vec![*zone]));
    let ambiguous = AMBIGUOUS.iter().map(|(name, zones)| (*name, zones.to_vec()));
    let parsed = |zones: Vec<&str>| zones.into_iter().filter_map(ZoneName::parse).collect();
    let rows = cities.chain(aliases).chain(ambiguous).chain(towns);
    rows.map(|(name, zones)| (spelling::clean(name), parsed(zones))).collect()
});

/// IANA's cities, by the last part of their names.
static IANA_CITIES: LazyLock<HashMap<String, ZoneName>> = LazyLock::new(|| {
    let cities = ZoneName::all().filter_map(|zone| Some((zone.city()?, zone)));
    cities.filter(|(city, _)| !NOT_CITIES.contains(&city.as_str())).collect()
});

/// IANA's places by their letters alone, with and without the region.
static BY_LETTERS: LazyLock<HashMap<String, ZoneName>> = LazyLock::new(|| {
    let cities = IANA_CITIES.iter().filter(|(city, _)| !TABLES.contains_key(*city));
    let cities = cities.map(|(city, zone)| (spelling::letters(city), *zone));
    let places = ZoneName::all().filter(|zone| zone.is_place());
    cities.chain(places.map(|zone| (spelling::letters(zone.as_str()), zone))).collect()
});

fn lines(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// Returns true if our own tables have the name.
pub(super) fn is_listed(name: &str) -> bool {
    TABLES.contains_key(name)
}

/// Returns the zones that a tidy name stands for; none if it is not known.
pub(super) fn zones(name: &str) -> Vec<ZoneName> {
    if let Some(zones) = TABLES.get(name) {
        return zones.clone();
    }
    let whole = ZoneName::parse(&name.replace(' ', "_")).filter(|_| !NOT_CITIES.contains(&name));
    whole.or_else(|| IANA_CITIES.get(name).copied()).into_iter().collect()
}

/// Returns the zone that IANA names after the city.
pub(super) fn iana_city(name: &str) -> Vec<ZoneName> {
    IANA_CITIES.get(name).copied().into_iter().collect()
}

/// Words of the names of times, such as `us central` and `british summer`.
const WORDS_OF_TIMES: [&str; 10] =
    ["atlantic", "central", "eastern", "european", "mountain", "pacific", "summer", "time", "universal", "zulu"];
/// The longest abbreviation of a time, which ends with it: `NZST`.
const ABBREVIATION_MAX: usize = 4;

/// Returns true for a name that is that of a time, such as `est` or `central time`, or may be one.
pub(super) fn may_be_a_time(name: &str) -> bool {
    let abbreviated = name.len() < ABBREVIATION_MAX || (name.len() == ABBREVIATION_MAX && name.ends_with('t'));
    abbreviated || name.split(' ').any(|word| WORDS_OF_TIMES.contains(&word))
}

/// Returns the zones of the towns with the name that are read only with this state or country.
pub(super) fn namesakes(name: &str, place: &str) -> Vec<ZoneName> {
    let named = namesake_rows().filter(|(towns, places, _)| has(towns, name) && has(places, place));
    named.filter_map(|(_, _, zone)| ZoneName::parse(zone)).collect()
}

/// True if the list, with commas, has the item.
fn has(list: &str, item: &str) -> bool {
    list.split(", ").any(|one| one == item)
}

fn namesake_rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    lines(NAMESAKES).filter_map(|(towns, rest)| rest.split_once('\t').map(|(places, zone)| (towns, places, zone)))
}

/// Returns the place whose letters these are, such as `AmericaNewYork`.
pub(super) fn by_letters(name: &str) -> Option<ZoneName> {
    let spelt = name.chars().all(|c| c.is_ascii_alphabetic() || " /_-.:".contains(c));
    spelt.then(|| BY_LETTERS.get(&spelling::letters(name)).copied()).flatten()
}

/// Lists the names of cities and times, with their zones.
pub(super) fn all() -> impl Iterator<Item = (&'static str, ZoneName)> {
    let listed = TABLES.iter().flat_map(|(name, zones)| zones.iter().map(move |zone| (name.as_str(), *zone)));
    listed.chain(IANA_CITIES.iter().map(|(city, zone)| (city.as_str(), *zone)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_zones_that_exist() {
        for (zone, _) in lines(CITIES) {
            assert!(ZoneName::parse(zone).is_some(), "{zone}");
        }
        for (town, zones) in lines(TOWNS_ELSEWHERE) {
            assert!(zones.split(' ').all(|zone| ZoneName::parse(zone).is_some()), "{town}");
            assert!(zones.contains(' '), "{town} is in one zone");
        }
        assert_eq!(namesake_rows().count(), lines(NAMESAKES).count());
        for (town, _, zone) in namesake_rows() {
            assert!(ZoneName::parse(zone).is_some(), "{town}");
        }
        for (name, zone) in ALIASES {
            assert_eq!(zones(&spelling::clean(name)), [ZoneName::parse(zone).unwrap()], "{name}");
        }
        for zone in AMBIGUOUS.iter().flat_map(|(_, zones)| *zones) {
            assert!(ZoneName::parse(zone).is_some(), "{zone}");
        }
    }

    #[test]
    fn no_name_stands_in_two_tables() {
        let mut seen: Vec<String> = Vec::new();
        let cities = lines(CITIES).flat_map(|(_, cities)| cities.split(", "));
        let towns = lines(TOWNS_ELSEWHERE).map(|(town, _)| town);
        let aliases = ALIASES.iter().map(|(name, _)| *name);
        for name in cities.chain(towns).chain(aliases).chain(AMBIGUOUS.iter().map(|(name, _)| *name)) {
            let name = spelling::clean(name);
            assert!(!seen.contains(&name), "`{name}` stands in two tables");
            seen.push(name);
        }
    }
}
