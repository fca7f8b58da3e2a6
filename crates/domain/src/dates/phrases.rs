//! Tests of phrases against tables that were worked out by hand: `phrases.txt` and `times.txt`.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::{America, Asia, Australia, Europe, Pacific, Tz};

use super::{parse_day, parse_start};
use crate::time_zone::zone::Zone;

const ZONES: [Tz; 6] =
    [Pacific::Auckland, Asia::Kolkata, Europe::London, America::New_York, America::Los_Angeles, Australia::Lord_Howe];

/// The local times at which the phrases are read: a Sunday, a Monday just after midnight, New Year's Eve before
/// midnight, and the Saturdays before America puts its clocks forward and back.
const CLOCKS: [&str; 5] =
    ["2026-11-22T10:00:00", "2026-11-30T00:05:00", "2026-12-31T23:30:00", "2027-03-13T12:00:00", "2027-11-06T12:00:00"];

/// The tables' words for errors, with a part of each error's message.
const REFUSALS: [(&str, &str); 16] = [
    ("past", "is past"),
    ("two", "can be read as"),
    ("no-date", "is not a date"),
    ("no-time", "is not a time of day"),
    ("disagree", "do not agree"),
    ("which-day", "which day"),
    ("which-time", "names no time"),
    ("am-pm", "am or pm?"),
    ("span", "is a span"),
    ("unknown", "is not among"),
    ("typo", "did you mean"),
    ("unread", "in exactly one way"),
    ("too-far", "too far ahead"),
    ("seconds", "has seconds"),
    ("zone", "another time zone"),
    ("empty", "is empty"),
];

fn local(clock: usize) -> NaiveDateTime {
    CLOCKS[clock].parse().unwrap()
}

fn now(clock: usize, zone: Tz) -> DateTime<Utc> {
    Zone::from(zone).from_local_datetime(&local(clock)).single().unwrap().to_utc()
}

fn rows(table: &str) -> Vec<(&str, &str)> {
    let lines = table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| line.split_once("=>").unwrap()).map(|(words, cells)| (words.trim(), cells.trim())).collect()
}

/// Reads a cell: `+3` or a date, with the time if one is given, or a word for an error.
fn expected(cell: &str, time: Option<&str>, clock: usize) -> Result<String, &'static str> {
    if let Some((_, says)) = REFUSALS.iter().find(|(word, _)| *word == cell) {
        return Err(says);
    }
    let date = match cell.strip_prefix('+') {
        Some(days) => local(clock).date() + Days::new(days.parse().unwrap()),
        None => cell.parse::<NaiveDate>().unwrap_or_else(|_| panic!("`{cell}` is no cell")),
    };
    Ok(time.map_or(date.to_string(), |time| format!("{date} {time}")))
}

/// Collects all wrong answers for one report.
#[derive(Default)]
struct Report {
    wrong: Vec<String>,
    checked: usize,
}

impl Report {
    fn check(&mut self, what: String, expected: Result<String, &str>, answer: Result<String, String>) {
        self.checked += 1;
        let right = match (&expected, &answer) {
            (Ok(expected), Ok(answer)) => expected == answer,
            (Err(says), Err(refusal)) => refusal.contains(says),
            _ => false,
        };
        if !right {
            self.wrong.push(format!("{what}: expected {expected:?}, got {answer:?}"));
        }
    }

    fn close(self) {
        assert!(
            self.wrong.is_empty(),
            "{} of {} are wrong:\n{}",
            self.wrong.len(),
            self.checked,
            self.wrong.join("\n")
        );
    }
}

#[test]
fn days_are_read_as_the_table_says() {
    let mut report = Report::default();
    for (words, cells) in rows(include_str!("phrases.txt")) {
        let (cells, time) = cells.split_once('@').map_or((cells, None), |(cells, time)| (cells, Some(time.trim())));
        let cells: Vec<&str> = cells.split_whitespace().collect();
        assert!(cells.len() == 1 || cells.len() == CLOCKS.len(), "{words}");
        for (clock, zone) in (0..CLOCKS.len()).flat_map(|clock| ZONES.map(|zone| (clock, zone))) {
            let expected = expected(cells[clock.min(cells.len() - 1)], time, clock);
            let answer = parse_day(words, zone.into(), now(clock, zone));
            let answer = answer.map_err(|refusal| refusal.to_string()).map(|day| match day.at {
                Some(at) => format!("{} {}", day.date, at.format("%H:%M")),
                None => day.date.to_string(),
            });
            report.check(format!("`{words}` at {} in {zone}", CLOCKS[clock]), expected, answer);
        }
    }
    report.close();
}

#[test]
fn times_are_read_as_the_table_says() {
    let mut report = Report::default();
    for (words, cell) in rows(include_str!("times.txt")) {
        for (clock, zone) in (0..CLOCKS.len()).flat_map(|clock| ZONES.map(|zone| (clock, zone))) {
            let refused = REFUSALS.iter().find(|(word, _)| *word == cell);
            let expected = refused.map_or_else(|| expected("+3", Some(cell), clock), |(_, says)| Err(*says));
            let answer = parse_start("in 3 days", words, zone.into(), now(clock, zone));
            let answer = answer.map_err(|refusal| refusal.to_string());
            let answer = answer.map(|start| start.at.naive_local().format("%Y-%m-%d %H:%M").to_string());
            report.check(format!("`{words}` at {} in {zone}", CLOCKS[clock]), expected, answer);
        }
    }
    report.close();
}

#[test]
fn the_tables_have_at_least_500_phrases() {
    let phrases = rows(include_str!("phrases.txt")).len() + rows(include_str!("times.txt")).len();
    assert!(phrases >= 500, "only {phrases} phrases");
}
