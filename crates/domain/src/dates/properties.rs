//! Properties that hold for all phrases, instants and zones.

use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc};
use proptest::prelude::*;

use super::{parse_day, parse_start, parse_window};
use crate::time_zone;
use crate::time_zone::rules::ZoneRules;
use crate::time_zone::zone::Zone;

fn now() -> DateTime<Utc> {
    "2026-11-22T15:00:00Z".parse().unwrap()
}

/// Zones that can be named: those that their IANA name is parsed as.
fn zone() -> impl Strategy<Value = Zone> {
    let rules = ZoneRules::embedded();
    let all = time_zone::iana::ZoneName::all().map(|name| rules.of(name));
    let named = all.filter(|zone| time_zone::parse(zone.name(), rules) == Ok(*zone));
    prop::sample::select(named.collect::<Vec<Zone>>())
}

/// A full minute in the next nine years.
fn minute() -> impl Strategy<Value = DateTime<Utc>> {
    (1_i64..9 * 365 * 24 * 60).prop_map(|minutes| now() + TimeDelta::minutes(minutes))
}

/// Sentences of the grammar's own words, which reach more of it than random text.
fn sentence() -> impl Strategy<Value = String> {
    let words = [
        "today",
        "tomorrow",
        "tonight",
        "monday",
        "fri",
        "next",
        "this",
        "last",
        "week",
        "weeks",
        "month",
        "days",
        "hours",
        "in",
        "on",
        "at",
        "the",
        "of",
        "from",
        "after",
        "to",
        "past",
        "half",
        "quarter",
        "noon",
        "midnight",
        "am",
        "pm",
        "o'clock",
        "december",
        "may",
        "feb",
        "1st",
        "2nd",
        "31st",
        "fifth",
        "twenty",
        "one",
        "four",
        "a",
        "an",
        "and",
        "end",
        "morning",
        "evening",
        "night",
        "utc",
        "z",
        "est",
        "1",
        "2",
        "4",
        "12",
        "13",
        "30",
        "31",
        "99",
        "2026",
        "2027",
        "1300",
        "2027-03-14",
        "12/1",
        "25/12/2026",
        "13:00",
        "4.30",
        "02:30",
        ":",
        "-",
        "+",
        "/",
        ".",
        ",",
        "europe/london",
        "2026-12-01T13:00:00Z",
        "2027-03-14T02:30:00",
        "2026-12-01 13:00:00-05:00",
        "20261213",
        "13-dec-26",
        "'26",
        "13.12.",
        "15h30",
        "3p",
        "5,30",
        "@",
        "please",
        "30. 11. 2026",
        "morning of",
        "second",
        "10:30",
        "cst",
        "first day of",
        "5.12",
        "how about",
        "my time",
        "before",
        "hence",
        "christmas day",
        "months",
        "sun 13",
        "tmrw",
        "wendesday",
        "afternoon",
        "w50",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..9).prop_map(|words| words.join(" "))
}

/// A day with a part, limits and times in any order.
fn limited() -> impl Strategy<Value = String> {
    let words = [
        "tuesday",
        "today",
        "tonight",
        "2027-03-14",
        "afternoon",
        "morning",
        "in the evening",
        "after lunch",
        "pm",
        "after",
        "before",
        "until",
        "from",
        "between",
        "and",
        "to",
        "-",
        "or later",
        "onwards",
        "on",
        "2",
        "4pm",
        "10",
        "14:00",
        "16",
        "noon",
        "7pm",
        "01:30",
        "please",
        "est",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 1..8).prop_map(|words| words.join(" "))
}

/// Checks that an accepted start is in the future, on a full minute and in the customer's zone.
fn check_start(words: (&str, &str), zone: Zone) -> Result<(), TestCaseError> {
    if let Ok(start) = parse_start(words.0, words.1, zone, now()) {
        prop_assert!(start.at > now() && start.at.second() == 0, "{words:?}: {start:?}");
        prop_assert_eq!(start.at.timezone(), zone);
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_printed_start_is_read_as_the_same_instant(at in minute(), zone in zone()) {
        let iso = at.with_timezone(&zone).to_rfc3339();
        let date = at.with_timezone(&zone).date_naive().to_string();
        let first = parse_start(&date, &iso, zone, now()).unwrap();
        prop_assert_eq!(first.at.to_utc(), at);
        let again = parse_start(&date, &first.understood(), zone, now());
        prop_assert_eq!(again.map(|start| start.at), Ok(first.at), "{}", first.understood());
    }

    #[test]
    fn a_printed_day_is_read_as_the_same_day(at in minute(), zone in zone()) {
        let date = at.with_timezone(&zone).date_naive();
        let first = parse_day(&date.to_string(), zone, now()).unwrap();
        let again = parse_day(&first.understood(), zone, now()).unwrap();
        prop_assert_eq!((again.date, again.at), (date, None));
    }

    #[test]
    fn an_offset_settles_which_of_two_hours_is_meant(at in minute(), zone in zone()) {
        let local = at.with_timezone(&zone);
        let words = format!("{} at {} (UTC{})", local.date_naive(), local.format("%H:%M"), local.format("%:z"));
        let read = parse_day(&words, zone, now());
        prop_assert_eq!(read.map(|day| day.at), Ok(Some(local)), "{}", words);
    }

    #[test]
    fn noise_is_refused_or_read_but_never_a_panic(words in "\\PC{0,140}", time in "\\PC{0,60}", zone in zone()) {
        let _ = parse_day(&words, zone, now());
        check_start((&words, &time), zone)?;
        check_start(("tomorrow", &words), zone)?;
    }

    #[test]
    fn what_is_accepted_is_to_come(words in sentence(), time in sentence(), zone in zone()) {
        if let Ok(day) = parse_day(&words, zone, now()) {
            prop_assert!(day.date >= now().with_timezone(&zone).date_naive(), "{}: {:?}", words, day);
            prop_assert!(day.interval().is_some());
        }
        check_start((&words, &time), zone)?;
        check_start(("today", &words), zone)?;
    }

    #[test]
    fn case_and_commas_change_nothing(words in sentence(), zone in zone()) {
        let read = parse_day(&words, zone, now()).ok();
        prop_assert_eq!(parse_day(&words.to_uppercase(), zone, now()).ok(), read.clone());
        prop_assert_eq!(parse_day(&words.replace(' ', "  "), zone, now()).ok(), read);
    }

    #[test]
    fn what_was_understood_is_read_as_the_same_again(words in sentence(), time in sentence(), zone in zone()) {
        if let Ok(day) = parse_day(&words, zone, now()) {
            prop_assert_eq!(parse_day(&day.understood(), zone, now()), Ok(day.clone()), "{}: {}", words, day.understood());
        }
        if let Ok(start) = parse_start(&words, &time, zone, now()) {
            let date = start.at.date_naive().to_string();
            let again = parse_start(&date, &start.understood(), zone, now());
            prop_assert_eq!(again, Ok(start.clone()), "{}, {}: {}", words, time, start.understood());
        }
    }

    #[test]
    fn the_limits_of_a_part_lie_in_its_day(at in minute(), zone in zone()) {
        let date = at.with_timezone(&zone).date_naive();
        for part in ["in the morning", "in the afternoon", "in the evening", "at night"] {
            let Ok(day) = parse_day(&format!("{date} {part}"), zone, now()) else { continue };
            let (whole, limits) = (day.interval().unwrap(), day.limits().unwrap());
            prop_assert_eq!(whole.intersection(limits), Some(limits), "{} in {}", part, zone);
        }
    }

    #[test]
    fn limits_lie_in_their_day_and_are_read_back(words in limited(), zone in zone()) {
        if let Ok(day) = parse_window(&words, zone, now()) {
            let whole = day.interval().unwrap();
            if let Some(limits) = day.limits() {
                prop_assert_eq!(whole.intersection(limits), Some(limits), "{} in {}", words, zone);
                prop_assert!(limits.end_ms() > now().timestamp_millis(), "{} in {}", words, zone);
            }
            let again = parse_window(&day.understood(), zone, now());
            prop_assert_eq!(again, Ok(day.clone()), "{}: {}", words, day.understood());
        }
    }

    /// Times within a part of the day leave no more of it than the part has.
    #[test]
    fn a_limited_part_lies_in_the_part(
        part in prop::sample::select(vec!["in the morning", "in the afternoon", "in the evening", "at night", "after lunch"]),
        limit in prop::sample::select(vec!["before", "after", "until", "from"]),
        hour in 1_u32..=12,
        half in prop::sample::select(vec!["", "am", "pm"]),
        zone in zone(),
    ) {
        let of_part = parse_day(&format!("2026-12-01 {part}"), zone, now()).unwrap().limits().unwrap();
        let words = format!("2026-12-01 {part} {limit} {hour}{half}");
        if let Ok(day) = parse_window(&words, zone, now()) {
            let limits = day.limits().unwrap();
            prop_assert_eq!(of_part.intersection(limits), Some(limits), "{} in {}", words, zone);
        }
    }

    #[test]
    fn days_are_as_long_as_their_clocks_run(at in minute(), zone in zone()) {
        let date = at.with_timezone(&zone).date_naive();
        let interval = parse_day(&date.to_string(), zone, now()).unwrap().interval().unwrap();
        prop_assert!(interval.contains(at.timestamp_millis()));
        let noon = zone.from_local_datetime(&date.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap())).unwrap();
        prop_assert!(interval.contains(noon.timestamp_millis()));
        prop_assert!((22..=26).contains(&((interval.end_ms() - interval.start_ms()) / 3_600_000)));
    }
}
