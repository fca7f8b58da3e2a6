//! Countries, states and provinces with all their zones.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::iana::ZoneName;

const PLACES: &str = include_str!("places.tsv");
const HOME_STATES: &str = include_str!("home_states.tsv");

/// The zones of places by name and, apart, by their postal or country code.
struct Places {
    names: HashMap<&'static str, Vec<ZoneName>>,
    codes: HashMap<String, Vec<ZoneName>>,
    states: HashMap<String, Vec<ZoneName>>,
    parts: Vec<Part>,
}

/// A state or province.
pub(super) struct Part {
    /// The code with the country's, such as `US-TX`.
    code: &'static str,
    names: Vec<&'static str>,
    pub(super) zones: Vec<ZoneName>,
}

impl Part {
    /// Returns true if the city is known to lie there.
    pub(super) fn has(&self, city: &str) -> bool {
        let rows = HOME_STATES.lines().filter_map(|line| line.split_once('\t'));
        rows.filter(|(code, _)| *code == self.code).any(|(_, cities)| cities.split(", ").any(|known| known == city))
    }

    fn is_called(&self, name: &str) -> bool {
        let code = self.code.rsplit('-').next().unwrap_or(self.code);
        self.names.contains(&name) || code.eq_ignore_ascii_case(name)
    }
}

/// The country whose states are given by their postal code after a city.
const STATES_OF: &str = "US-";

/// Codes of states that are a country's as well which has no town but one or a few villages: the Cayman Islands, Macau,
/// Montserrat and the Vatican.
const COUNTRIES_WITHOUT_TOWNS: [&str; 4] = ["ky", "mo", "ms", "va"];

static ALL: LazyLock<Places> = LazyLock::new(|| {
    let mut all = Places { names: HashMap::new(), codes: HashMap::new(), states: HashMap::new(), parts: Vec::new() };
    for line in PLACES.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let (Some(code), Some(names), Some(zones)) = (cells.next(), cells.next(), cells.next()) else { continue };
        let zones: Vec<ZoneName> = zones.split(' ').filter_map(ZoneName::parse).collect();
        for name in names.split('|') {
            all.names.entry(name).or_default().extend(&zones);
        }
        if code.contains('-') {
            all.parts.push(Part { code, names: names.split('|').collect(), zones: zones.clone() });
        }
        if let Some(state) = code.strip_prefix(STATES_OF) {
            all.states.insert(state.to_lowercase(), zones.clone());
        }
        // A state's code stands after its country's: `US-CA`.
        let code = code.rsplit('-').next().unwrap_or(code).to_lowercase();
        all.codes.entry(code).or_default().extend(&zones);
    }
    all
});

/// Returns the zones of every place with the name; of both for `us & canada`.
pub(super) fn named(name: &str) -> Vec<ZoneName> {
    let one = |name: &str| ALL.names.get(name).cloned().unwrap_or_default();
    let both = name.split_once(" & ").or_else(|| name.split_once(" and "));
    match (one(name), both.map(|(first, second)| (one(first.trim()), one(second.trim())))) {
        (zones, _) if !zones.is_empty() => zones,
        (_, Some((first, second))) if !first.is_empty() && !second.is_empty() => [first, second].concat(),
        _ => Vec::new(),
    }
}

/// Returns the zones of every place with the name or the code. `ca` is California and Canada.
pub(super) fn named_or_coded(name: &str) -> Vec<ZoneName> {
    let coded = ALL.codes.get(name).into_iter().flatten().copied();
    named(name).into_iter().chain(coded).collect()
}

/// Returns the zones of the state of the US with the postal code; none if no state has it.
pub(super) fn state(code: &str) -> Vec<ZoneName> {
    ALL.states.get(code).cloned().unwrap_or_default()
}

/// Returns true for the code of a state of the US that is also that of a country or of another country's state: `Kassel,
/// DE`, `Korce, AL`, `Mandurah, WA`.
pub(super) fn has_another_meaning(code: &str) -> bool {
    let of_others = |zones: &Vec<ZoneName>| zones.len() > state(code).len();
    !COUNTRIES_WITHOUT_TOWNS.contains(&code) && ALL.codes.get(code).is_some_and(of_others)
}

/// Lists the states and provinces with the name or the code.
pub(super) fn parts(name: &str) -> impl Iterator<Item = &'static Part> {
    ALL.parts.iter().filter(move |part| part.is_called(name))
}

/// Lists the places that have one zone, by name.
pub(super) fn in_one_zone() -> impl Iterator<Item = (&'static str, ZoneName)> {
    ALL.names.iter().filter_map(|(name, zones)| match zones[..] {
        [zone] => Some((*name, zone)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_two_places_is_known() {
        for code in ["al", "ar", "az", "ca", "co", "de", "ga", "id", "il", "in", "la", "ma", "md", "me", "mn", "mt"] {
            assert!(has_another_meaning(code), "{code}");
        }
        for code in ["nc", "ne", "pa", "sc", "sd", "tn", "wa"] {
            assert!(has_another_meaning(code), "{code}");
        }
        for code in ["ny", "tx", "oh", "fl", "nj", "or", "ut", "wi", "ky", "mo", "ms", "va", "zz"] {
            assert!(!has_another_meaning(code), "{code}");
        }
    }

    #[test]
    fn every_home_is_a_part_of_a_country() {
        for line in HOME_STATES.lines().filter(|line| !line.starts_with('#')) {
            let (code, _) = line.split_once('\t').unwrap();
            assert!(ALL.parts.iter().any(|part| part.code == code), "{code}");
        }
    }

    #[test]
    fn every_line_has_three_cells_and_zones_that_exist() {
        for line in PLACES.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            assert_eq!(cells.len(), 3, "{line}");
            assert!(cells[2].split(' ').all(|zone| ZoneName::parse(zone).is_some()), "{line}");
        }
    }
}
