//! Suggestions for a name that is not known: names that are near in letters, and in the same region where one is given.
//! A far place is worse than no suggestion, because agents take what they are offered.

use super::iana::{REGIONS, ZoneName};
use super::{named, places, windows};
use crate::nearest::Wanted;

/// The letters that are compared. A longer name is none that is misspelt: the longest known has 32.
const COMPARED_CHARS_MAX: usize = 40;

/// Returns the zones of the names nearest to a name, the most similar first.
pub(super) fn zones(name: &str) -> Vec<ZoneName> {
    let name: String = name.chars().take(COMPARED_CHARS_MAX).collect();
    // `GMT 5:30` is no misspelt city.
    if name.chars().any(|c| c.is_ascii_digit()) {
        return Vec::new();
    }
    let mut ranked: Vec<(usize, ZoneName)> = match name.split_once('/') {
        Some((region, city)) => match self::region(region) {
            Some(region) => ranked(city, named::all().filter(|(_, zone)| zone.region() == Some(region))),
            None => Vec::new(),
        },
        // A whole region has no time, and is no misspelt city.
        None if REGIONS.iter().any(|region| region.eq_ignore_ascii_case(&name)) => Vec::new(),
        None => ranked(&name, named::all().chain(windows::all()).chain(places::in_one_zone())),
    };
    ranked.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.as_str().cmp(other.1.as_str())));
    let mut zones: Vec<ZoneName> = Vec::new();
    for (_, zone) in ranked {
        if !zones.contains(&zone) {
            zones.push(zone);
        }
    }
    zones
}

fn region(text: &str) -> Option<&'static str> {
    REGIONS.into_iter().find(|region| errors(text, &region.to_lowercase()).is_some())
}

fn ranked<'a>(name: &str, options: impl Iterator<Item = (&'a str, ZoneName)>) -> Vec<(usize, ZoneName)> {
    let name = name.replace('_', " ");
    options.filter_map(|(option, zone)| Some((errors(&name, option)?, zone))).collect()
}

/// The typing errors between two names; `None` if there are more than a slip makes.
fn errors(name: &str, option: &str) -> Option<usize> {
    let errors_max = match name.len().min(option.len()) {
        0..=3 => return (name == option).then_some(0),
        4..=6 => 1,
        7..=11 => 2,
        _ => 3,
    };
    if name.len().abs_diff(option.len()) > errors_max || name.as_bytes().first() != option.as_bytes().first() {
        return None;
    }
    Some(Wanted::new(name).typing_errors(option)).filter(|errors| *errors <= errors_max)
}
