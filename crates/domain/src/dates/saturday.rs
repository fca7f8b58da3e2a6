//! A test of phrases against `saturday.txt`, which holds what one person may say at one moment.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::America::New_York;

use super::{Day, parse_day};

/// Saturday, 14:30 in New York.
const NOW: &str = "2026-11-28T19:30:00Z";
/// The phrases with one meaning that are refused: a loss, but no wrong booking.
const REFUSED: &[&str] = &[];
const ROWS_MIN: usize = 300;

fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

fn today() -> NaiveDate {
    now().with_timezone(&New_York).date_naive()
}

/// Replaces `\u202f` by its character.
fn unescaped(words: &str) -> String {
    let mut parts = words.split("\\u");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let code = u32::from_str_radix(&part[..4], 16).unwrap();
        format!("{text}{}{}", char::from_u32(code).unwrap(), &part[4..])
    })
}

fn rows() -> impl Iterator<Item = (String, &'static str)> {
    let lines = include_str!("saturday.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split_once("=>").unwrap()).map(|(words, cell)| (unescaped(words.trim()), cell.trim()))
}

/// The meaning in the table's words.
fn meaning(day: &Day) -> String {
    let part = if day.limits().is_some() { " part" } else { "" };
    match day.at {
        Some(at) => at.format("%Y-%m-%d %H:%M").to_string(),
        None => format!("{}{part}", day.date),
    }
}

fn expected(cell: &str) -> String {
    if let Some((hours, minutes)) = cell.strip_prefix('+').and_then(|cell| cell.split_once('h')) {
        let minutes = hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap_or(0);
        let at = (now() + TimeDelta::minutes(minutes)).with_timezone(&New_York);
        return at.format("%Y-%m-%d %H:%M").to_string();
    }
    let (day, rest) = cell.split_once(' ').unwrap_or((cell, ""));
    let date = match day.strip_prefix('+') {
        Some(days) => today() + Days::new(days.parse().unwrap()),
        None => day.parse().unwrap_or_else(|_| panic!("`{cell}` is no cell")),
    };
    match rest.strip_prefix("@ ") {
        Some(time) => format!("{date} {}", time.parse::<NaiveTime>().unwrap().format("%H:%M")),
        None => format!("{date} {rest}").trim().to_owned(),
    }
}

#[test]
fn no_phrase_is_silently_wrong_and_only_the_listed_plain_ones_are_refused() {
    let (mut wrong, mut refused, mut reasons) = (vec![], vec![], vec![]);
    for (words, cell) in rows() {
        let read = parse_day(&words, New_York.into(), now());
        let asked = cell.strip_prefix("ask").map(str::trim);
        match (&read, asked) {
            (Err(refusal), Some(word)) if refusal.to_string().contains(word) => {}
            (Err(refusal), Some(word)) => wrong.push(format!("`{words}` has to be asked with `{word}`: {refusal}")),
            (Ok(day), Some(_)) => wrong.push(format!("`{words}` has to be asked, and was {}", meaning(day))),
            (Ok(day), None) if meaning(day) == expected(cell) => {}
            (Ok(day), None) => wrong.push(format!("`{words}` is {cell}, and was {}", meaning(day))),
            (Err(refusal), None) => {
                reasons.push(format!("{refusal}; it is {cell}"));
                refused.push(words);
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(refused, REFUSED, "{}", reasons.join("\n"));
}

#[test]
fn what_was_understood_is_read_back() {
    for (words, _) in rows() {
        let Ok(day) = parse_day(&words, New_York.into(), now()) else { continue };
        let again = parse_day(&day.understood(), New_York.into(), now());
        assert_eq!(again.as_ref(), Ok(&day), "{words}: {}", day.understood());
        assert!(day.understood().contains("America/New_York (UTC-0"), "{}", day.understood());
    }
}

#[test]
fn the_table_is_large() {
    assert!(rows().count() >= ROWS_MIN, "only {}", rows().count());
}
