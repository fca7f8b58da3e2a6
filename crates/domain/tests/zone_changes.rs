//! Compares every change of every zone's clocks over three years with a reference, `zone_changes/changes.tsv`, which
//! other code made from other files: Python's `zoneinfo` from the package `tzdata` of IANA's 2026f, by
//! `zone_changes/make.py`. A newer embedded release fails this test until the reference is made anew from the same one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use chrono::{DateTime, MappedLocalTime, Offset, TimeDelta, TimeZone, Utc};
use domain::time_zone::rules::ZoneRules;
use domain::time_zone::zone::Zone;

const REFERENCE: &str = include_str!("zone_changes/changes.tsv");
const END: &str = "2029-01-01T00:00:00Z";
/// Python looked for changes in steps of this length.
const STEP: TimeDelta = TimeDelta::hours(12);

/// The changes of some zones: the instant, and the offset in seconds from then on.
struct Row {
    changes: Vec<(DateTime<Utc>, i32)>,
    names: Vec<&'static str>,
}

fn rows() -> Vec<Row> {
    let lines = REFERENCE.lines().filter(|line| !line.starts_with('#'));
    let change = |text: &str| {
        let (at, offset) = text.split_once(':').unwrap();
        (DateTime::from_timestamp(at.parse().unwrap(), 0).unwrap(), offset.parse().unwrap())
    };
    let row = |line: &'static str| {
        let (changes, names) = line.split_once('\t').unwrap();
        // `Factory` is the name of a machine whose zone is not set.
        let names = names.split(' ').filter(|name| *name != "Factory").collect();
        Row { changes: changes.split(' ').map(change).collect(), names }
    };
    lines.map(row).collect()
}

fn zone(name: &str) -> Zone {
    ZoneRules::embedded().zone(name).unwrap_or_else(|| panic!("no zone `{name}`"))
}

fn offset(zone: Zone, at: DateTime<Utc>) -> i32 {
    at.with_timezone(&zone).offset().fix().local_minus_utc()
}

#[test]
fn finding_a1_the_reference_is_of_the_embedded_release_and_has_every_zone() {
    let first = REFERENCE.lines().next().unwrap();
    assert!(first.starts_with(&format!("# version {},", ZoneRules::embedded_version())), "{first}");
    assert_eq!(rows().iter().map(|row| row.names.len()).sum::<usize>(), 597);
}

#[test]
fn finding_a1_every_clock_changes_when_the_reference_does() {
    let end: DateTime<Utc> = END.parse().unwrap();
    for row in rows() {
        for name in &row.names {
            let zone = zone(name);
            for pair in row.changes.windows(2) {
                let (at, before, after) = (pair[1].0, pair[0].1, pair[1].1);
                assert_eq!(offset(zone, at - TimeDelta::seconds(1)), before, "{name} before {at}");
                assert_eq!(offset(zone, at), after, "{name} at {at}");
            }
            let mut at = row.changes[0].0;
            while at < end {
                let expected = row.changes.iter().rev().find(|(change, _)| *change <= at).unwrap().1;
                assert_eq!(offset(zone, at), expected, "{name} at {at}");
                at += STEP;
            }
        }
    }
}

/// The hour that clocks skip has no instant, and the one that they repeat has two.
#[test]
fn every_gap_and_every_repeated_hour_is_seen() {
    for row in rows() {
        for (name, pair) in row.names.iter().flat_map(|name| row.changes.windows(2).map(move |pair| (name, pair))) {
            let (at, before, after) = (pair[1].0, pair[0].1, pair[1].1);
            let middle = at.naive_utc() + TimeDelta::seconds(i64::from(before + after) / 2);
            let seen = zone(name).from_local_datetime(&middle);
            match (after > before, seen) {
                (true, MappedLocalTime::None) => {}
                (false, MappedLocalTime::Ambiguous(first, second)) => {
                    let offsets = [first, second].map(|at| at.offset().fix().local_minus_utc());
                    assert_eq!(offsets, [before, after], "{name} {at}");
                }
                (_, seen) => panic!("{name} {at}: {seen:?}"),
            }
        }
    }
}
