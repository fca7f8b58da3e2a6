//! Windows' names of zones, such as `AUS Eastern Standard Time`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::iana::ZoneName;

const WINDOWS_ZONES: &str = include_str!("windows_zones.tsv");

/// Names that people use for another time as well: zones that have that offset in one season.
const ALSO_OTHERS: [&str; 4] = ["utc-08", "utc-09", "utc+12", "utc+13"];

/// The ends of a name in winter and in summer.
const WINTER: &str = " standard time";
const SUMMER: &str = " daylight time";

static ZONES: LazyLock<HashMap<String, ZoneName>> = LazyLock::new(|| {
    let rows = rows().filter_map(|(name, zone)| Some((name.to_lowercase(), ZoneName::parse(zone)?)));
    rows.filter(|(name, _)| !ALSO_OTHERS.contains(&name.as_str())).collect()
});

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    WINDOWS_ZONES.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// Returns the zone of a Windows name in lower case that people use for another time as well: it may be meant, and a
/// question has to name it.
pub(super) fn also_other(name: &str) -> Option<ZoneName> {
    ALSO_OTHERS
        .contains(&name)
        .then(|| rows().find(|(row, _)| row.eq_ignore_ascii_case(name)))
        .flatten()
        .and_then(|(_, zone)| ZoneName::parse(zone))
}

/// Returns the zone with a Windows name in lower case; in summer, programs show the name with `daylight`.
pub(super) fn zone(name: &str) -> Option<ZoneName> {
    let in_winter = || name.strip_suffix(SUMMER).map(|stem| format!("{stem}{WINTER}"));
    ZONES.get(name).or_else(|| ZONES.get(&in_winter()?)).copied()
}

/// Lists the names and zones.
pub(super) fn all() -> impl Iterator<Item = (&'static str, ZoneName)> {
    ZONES.iter().map(|(name, zone)| (name.as_str(), *zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_a_zone_that_exists() {
        assert_eq!(rows().count(), 142);
        assert!(rows().all(|(_, zone)| ZoneName::parse(zone).is_some()));
    }
}
