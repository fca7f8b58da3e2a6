//! The readings of zones and days that were once a wrong hour or led to one, each with the inputs that showed it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::dates::{self, DateError};
use domain::time_zone::{self, rules::ZoneRules};

fn zone(name: &str) -> Result<&'static str, Vec<&'static str>> {
    let read = time_zone::parse(name, ZoneRules::embedded());
    read.map(|zone| zone.name()).map_err(|unknown| unknown.nearest)
}

fn day(words: &str, now: &str) -> Result<String, DateError> {
    let zone = ZoneRules::embedded().zone("America/New_York").unwrap();
    dates::parse_day(words, zone, now.parse().unwrap()).map(|day| day.date.to_string())
}

#[test]
fn finding_a1_a_zone_has_the_clocks_of_its_present_law() {
    for (name, at, expected) in [
        ("America/Vancouver", "2026-12-07", "(UTC-07:00)"),
        ("America/Edmonton", "2026-12-07", "(UTC-06:00)"),
        ("Africa/Casablanca", "2026-12-07", "(UTC+00:00)"),
    ] {
        let zone = ZoneRules::embedded().zone(name).unwrap();
        let day = dates::parse_day(at, zone, "2026-11-28T19:30:00Z".parse().unwrap()).unwrap();
        assert!(day.understood().ends_with(expected), "{}", day.understood());
    }
}

#[test]
fn finding_a22_what_is_suggested_is_near_in_letters_and_in_region() {
    for (name, expected) in [
        ("America/San_Francisco", Ok("America/Los_Angeles")),
        ("Asia/Mumbai", Ok("Asia/Kolkata")),
        ("AUS Eastern Standard Time", Ok("Australia/Sydney")),
        ("California", Ok("America/Los_Angeles")),
        ("undefined", Err(vec![])),
        ("Europe/Bostn", Err(vec![])),
        ("America/Bostn", Err(vec!["America/New_York"])),
    ] {
        assert_eq!(zone(name), expected, "{name}");
    }
}

#[test]
fn finding_a23_a_town_that_lies_elsewhere_too_is_refused_with_both() {
    for (name, both) in [
        ("Davis", ["Antarctica/Davis", "America/Los_Angeles"]),
        ("Palmer", ["Antarctica/Palmer", "America/Anchorage"]),
        ("Casey", ["Antarctica/Casey", "Australia/Melbourne"]),
        ("Chatham", ["Pacific/Chatham", "Europe/London"]),
        ("Midway", ["Pacific/Midway", "America/Chicago"]),
        ("Stanley", ["Atlantic/Stanley", "Europe/London"]),
        ("New York, CA", ["America/Los_Angeles", "America/New_York"]),
        ("Korce, AL", ["America/Chicago", "Europe/Tirane"]),
    ] {
        let asked = zone(name).unwrap_err();
        assert!(both.iter().all(|zone| asked.contains(zone)), "{name}: {asked:?}");
    }
}

#[test]
fn finding_a24_this_monday_said_on_a_weekend_is_never_past() {
    for now in ["2026-11-28T19:30:00Z", "2026-11-29T19:30:00Z"] {
        for (words, date) in [("this Monday", "2026-11-30"), ("this Friday", "2026-12-04")] {
            assert_eq!(day(words, now), Ok(date.to_owned()), "{words} at {now}");
        }
    }
}
