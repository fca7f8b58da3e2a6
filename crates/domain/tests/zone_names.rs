//! The names that people and systems give to time zones, with the zone that each means, or those that a refusal names:
//! `zone_names.tsv`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::time_zone::{self, rules::ZoneRules};

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("zone_names.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once('\t').unwrap())
}

fn answer(name: &str) -> String {
    match time_zone::parse(name, ZoneRules::embedded()) {
        Ok(zone) => zone.name().to_owned(),
        Err(unknown) => format!("? {}", unknown.nearest.join(" ")).trim().to_owned(),
    }
}

#[test]
fn every_name_is_read_or_refused_with_what_may_be_meant() {
    let wrong: Vec<String> = rows()
        .map(|(name, expected)| (name, expected, answer(name)))
        .filter(|(_, expected, answer)| expected != answer)
        .map(|(name, expected, answer)| format!("`{name}`: expected {expected}, got {answer}"))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows().count(), wrong.join("\n"));
}

/// Models send whole sentences, and attackers send more.
#[test]
fn a_long_name_is_refused_without_a_suggestion() {
    for length in [101, 1_000, 1_000_000] {
        assert_eq!(answer(&"new york ".repeat(length / 9 + 12)), "?");
        assert_eq!(answer(&"(".repeat(length)), "?");
    }
    assert_eq!(answer(&"a/".repeat(50)), "?");
    assert_eq!(answer(&"(a".repeat(50)), "?");
}
