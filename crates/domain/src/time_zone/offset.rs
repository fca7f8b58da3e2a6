//! Time zones by their offset from UTC, where it identifies one.

use super::iana::ZoneName;
use super::rules::ZoneRules;

/// Returns the zone with the offset that a name such as `utc+9` states, unless a zone with daylight saving time has it
/// for a part of the year and may be meant. IANA's name for UTC+9 is `Etc/GMT-9`, with the sign reversed.
pub(super) fn zone(name: &str, rules: ZoneRules) -> Option<ZoneName> {
    let seconds = seconds_east(name)?;
    if seconds == 0 {
        return Some(ZoneName::UTC);
    }
    let shown: Vec<(ZoneName, usize)> = shown(seconds, rules).collect();
    let steady = shown.iter().all(|(_, offsets)| *offsets == 1);
    let first = shown.first().filter(|_| steady).map(|(zone, _)| *zone)?;
    let etc = (seconds % 3600 == 0).then(|| ZoneName::parse(&format!("Etc/GMT{:+}", -seconds / 3600))).flatten();
    Some(etc.unwrap_or(first))
}

/// The zones of places that have the offset at some time of the year, with their number of different offsets.
fn shown(seconds: i32, rules: ZoneRules) -> impl Iterator<Item = (ZoneName, usize)> {
    let places = ZoneName::all().filter(|zone| zone.as_str().contains('/') && !zone.as_str().starts_with("Etc/"));
    places.filter_map(move |zone| {
        let offsets = rules.clocks().offsets(zone);
        offsets.contains(&seconds).then_some((zone, offsets.len()))
    })
}

/// Reads `utc+9`, `gmt-3:30` or `utc+0530` as seconds east of UTC.
fn seconds_east(name: &str) -> Option<i32> {
    let rest = name.strip_prefix("utc").or_else(|| name.strip_prefix("gmt"))?.trim_start();
    let (sign, digits) = match rest.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-" | "−", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let plain = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !plain(hours) || !plain(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Lists well-known zones that have the stated offset for at least a part of the year.
pub(super) fn places(name: &str, rules: ZoneRules) -> Option<Vec<ZoneName>> {
    let seconds = seconds_east(name)?;
    let zones = PLACES.iter().filter_map(|name| ZoneName::parse(name));
    Some(zones.filter(|zone| rules.clocks().offsets(*zone).contains(&seconds)).collect())
}

const PLACES: [&str; 24] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Bogota",
    "America/Halifax",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Atlantic/Azores",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Europe/Moscow",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Asia/Riyadh",
    "Australia/Sydney",
    "Australia/Brisbane",
    "Australia/Adelaide",
    "Australia/Darwin",
    "Pacific/Auckland",
];
