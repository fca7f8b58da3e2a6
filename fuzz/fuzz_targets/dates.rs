//! Any text is read as a date or refused, without a panic; an accepted date is not past and is read the same when printed.
//! Run with `cargo +nightly fuzz run dates`.

#![no_main]

use chrono::{DateTime, Utc};
use domain::dates;
use domain::time_zone::{self, rules::ZoneRules};
use libfuzzer_sys::fuzz_target;

const ZONES: [&str; 6] = [
    "Pacific/Auckland",
    "Asia/Kolkata",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Lord_Howe",
];

fuzz_target!(|input: (u8, u32, &str, &str)| {
    let (zone, seconds, day, time) = input;
    let rules = ZoneRules::embedded();
    let Some(zone) = rules.zone(ZONES[usize::from(zone) % ZONES.len()]) else { return };
    let Some(now) = DateTime::<Utc>::from_timestamp(1_700_000_000 + i64::from(seconds), 0) else { return };
    let _ = time_zone::parse(day, rules);
    if let Ok(day) = dates::parse_day(day, zone, now) {
        assert!(day.date >= now.with_timezone(&zone).date_naive(), "{day:?}");
    }
    if let Ok(start) = dates::parse_start(day, time, zone, now) {
        assert!(start.at > now, "{start:?}");
        let date = start.at.date_naive().to_string();
        let again = dates::parse_start(&date, &start.understood(), zone, now);
        assert_eq!(again.map(|start| start.at), Ok(start.at), "{}", start.understood());
    }
});
