//! Time zones by their offset from UTC, where it identifies one.

use super::iana::ZoneName;
use super::rules::ZoneRules;

/// Returns the zone with the offset, unless a zone with daylight saving time has it for a part of the year and may be
/// meant. IANA's name for UTC+9 is `Etc/GMT-9`, with the sign reversed.
pub(super) fn zone(seconds: i32, rules: ZoneRules) -> Option<ZoneName> {
    if seconds == 0 {
        return Some(ZoneName::UTC);
    }
    let shown: Vec<(ZoneName, usize)> = shown(seconds, rules).collect();
    let steady = shown.iter().all(|(_, offsets)| *offsets == 1);
    let etc = (seconds % 3600 == 0).then(|| ZoneName::parse(&format!("Etc/GMT{:+}", -seconds / 3600))).flatten();
    // No place is at UTC-12, but ships are.
    etc.or(shown.first().map(|(zone, _)| *zone)).filter(|_| steady)
}

/// The zones of places that have the offset at some time of the year, with their number of different offsets.
fn shown(seconds: i32, rules: ZoneRules) -> impl Iterator<Item = (ZoneName, usize)> {
    let places = ZoneName::all().filter(|zone| zone.as_str().contains('/') && !zone.as_str().starts_with("Etc/"));
    places.filter_map(move |zone| {
        let offsets = rules.clocks().offsets(zone);
        offsets.contains(&seconds).then_some((zone, offsets.len()))
    })
}

/// Reads `utc+9`, `gmt -3:30`, `utc+5.5`, `+05:30` or `utc` as seconds east of UTC.
pub(super) fn seconds_east(name: &str) -> Option<i32> {
    let named = name.strip_prefix("utc").or_else(|| name.strip_prefix("gmt"));
    let rest: String = named.unwrap_or(name).split_whitespace().collect();
    if named.is_some() && (rest.is_empty() || rest == "0") {
        return Some(0);
    }
    let (sign, digits) = match rest.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match (digits.split_once(':'), digits.split_once('.')) {
        (Some((hours, minutes)), _) => (hours, minutes),
        (None, Some((hours, part))) => (hours, FRACTIONS.iter().find(|(text, _)| *text == part)?.1),
        (None, None) if digits.len() == 4 => digits.split_at_checked(2)?,
        (None, None) => (digits, "0"),
    };
    let plain = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !plain(hours) || !plain(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Reads an offset with a sign, such as `utc+9`, and not `utc`, which begins the names of times.
pub(super) fn signed_seconds_east(name: &str) -> Option<i32> {
    seconds_east(name).filter(|_| name.contains(['+', '-']))
}

/// The parts of an hour that offsets have, in minutes.
const FRACTIONS: [(&str, &str); 6] = [("0", "00"), ("00", "00"), ("25", "15"), ("5", "30"), ("50", "30"), ("75", "45")];

/// The well-known zones that have the offset for at least a part of the year.
pub(super) fn places(seconds: i32, rules: ZoneRules) -> Vec<ZoneName> {
    let zones = PLACES.iter().filter_map(|name| ZoneName::parse(name));
    zones.filter(|zone| rules.clocks().offsets(*zone).contains(&seconds)).collect()
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
