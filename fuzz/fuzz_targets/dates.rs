//! Any text is read as a date or refused, without a panic; an accepted date is not past and is read the same when printed.
//! Run with `cargo +nightly fuzz run dates`.

#![no_main]

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{dates, time_zone};
use libfuzzer_sys::fuzz_target;

const ZONES: [Tz; 6] = [
    Tz::Pacific__Auckland,
    Tz::Asia__Kolkata,
    Tz::Europe__London,
    Tz::America__New_York,
    Tz::America__Los_Angeles,
    Tz::Australia__Lord_Howe,
];

fuzz_target!(|input: (u8, u32, &str, &str)| {
    let (zone, seconds, day, time) = input;
    let zone = ZONES[usize::from(zone) % ZONES.len()];
    let Some(now) = DateTime::<Utc>::from_timestamp(1_700_000_000 + i64::from(seconds), 0) else { return };
    let _ = time_zone::parse(day);
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
