//! The time by which something is to be done. Unlike the start of a meeting it may be said loosely (`asap`, `by the end
//! of the week`, `tomorrow at 9`), because a colleague who is an hour early costs nobody anything.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, SubsecRound, Utc, Weekday};

use super::error::{DateError, Reason};
use super::local_time;
use super::parse::parse_start;
use super::window::parse_window;
use crate::time_zone::zone::Zone;

/// The hours at which a working day begins and ends.
const BEGIN_HOUR: u32 = 9;
const END_HOUR: u32 = 17;
/// Of two times twelve hours apart, the morning's is meant from this hour on.
const MORNING_FROM: &str = "07:00";
const MORNING_UNTIL: &str = "12:00";

/// Words before a time that only say that it is the last.
const LIMITS: &[&str] =
    &["by ", "until ", "till ", "no later than ", "not later than ", "at the latest ", "latest ", "before "];
const AT_ONCE: &[&str] = &[
    "now",
    "right now",
    "right away",
    "at once",
    "immediately",
    "straight away",
    "asap",
    "as soon as possible",
    "as soon as you can",
    "soon",
    "urgent",
    "urgently",
];
const END_OF_DAY: &[&str] =
    &["end of day", "end of business", "close of business", "end of today", "eod", "cob", "today end of day"];

/// Reads the time by which something is to be done: a whole second, and not before `now`. A day alone means its beginning
/// at work, as does its morning.
///
/// # Errors
/// [`DateError`] if the words have no meaning, or a past one.
pub fn parse_due(words: &str, zone: Zone, now: DateTime<Utc>) -> Result<DateTime<Zone>, DateError> {
    let now = now.trunc_subsecs(0);
    let plain = plain(words);
    let due = match loosely(&plain, now.with_timezone(&zone).naive_local()) {
        Some(local) => local_time::instant(local, zone, |_| true).map_err(|why| DateError::new(words, why))?,
        None => exactly(&plain, words, zone, now)?,
    };
    Ok(due.max(now.with_timezone(&zone)))
}

/// The words in small letters, without what only says that the time is the last one.
fn plain(words: &str) -> String {
    let lower = words.trim().trim_end_matches(['.', '!']).to_lowercase();
    let lower = lower.strip_suffix(" at the latest").unwrap_or(&lower);
    let rest = LIMITS.iter().find_map(|limit| lower.strip_prefix(limit)).unwrap_or(lower);
    let rest = rest.strip_prefix("within ").map_or_else(|| rest.to_owned(), |span| format!("in {span}"));
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The time that words mean which name no single day of a calendar.
fn loosely(plain: &str, now: NaiveDateTime) -> Option<NaiveDateTime> {
    let (today, bare) = (now.date(), plain.replace("the ", "").replace("this ", ""));
    if AT_ONCE.contains(&bare.as_str()) {
        return Some(now);
    }
    if END_OF_DAY.contains(&bare.as_str()) {
        return at(today, END_HOUR);
    }
    match bare.as_str() {
        "end of week" | "week" | "eow" | "end of working week" => at(friday(today)?, END_HOUR),
        "end of next week" => at(friday(today)?.checked_add_days(Days::new(7))?, END_HOUR),
        "next week" | "beginning of next week" | "start of next week" | "early next week" => {
            at(friday(today)?.checked_add_days(Days::new(3))?, BEGIN_HOUR)
        }
        "end of month" | "month" => at(last_of_month(today)?, END_HOUR),
        "next month" => at(last_of_month(today)?.succ_opt()?, BEGIN_HOUR),
        _ => None,
    }
}

fn at(day: NaiveDate, hour: u32) -> Option<NaiveDateTime> {
    day.and_hms_opt(hour, 0, 0)
}

/// The last working day of the week; on a weekend, that of the week which begins.
fn friday(today: NaiveDate) -> Option<NaiveDate> {
    let days = (Weekday::Fri.num_days_from_monday() + 7 - today.weekday().num_days_from_monday()) % 7;
    today.checked_add_days(Days::new(days.into()))
}

fn last_of_month(today: NaiveDate) -> Option<NaiveDate> {
    let first = today.with_day(1)?;
    first.checked_add_months(Months::new(1))?.pred_opt()
}

/// The time that a phrase means: its own, or the beginning of its day or part of a day.
fn exactly(plain: &str, words: &str, zone: Zone, now: DateTime<Utc>) -> Result<DateTime<Zone>, DateError> {
    let day = match parse_window(plain, zone, now) {
        Ok(day) => day,
        Err(error) => {
            let Reason::AmOrPm(am, pm) = &error.why else { return Err(DateError::new(words, error.why)) };
            let half = if (MORNING_FROM..MORNING_UNTIL).contains(&am.as_str()) { am } else { pm };
            return Ok(parse_start(plain, half, zone, now)?.at);
        }
    };
    let begin = day.hour_ms(BEGIN_HOUR);
    let part = day.limits().map(|part| part.start_ms());
    let start = day.start_ms().or_else(|| part.max(begin)).and_then(DateTime::from_timestamp_millis);
    Ok(start.unwrap_or(now).with_timezone(&zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From Sunday, 10:00 in New York.
    fn due(words: &str) -> String {
        let now = "2026-11-22T15:00:00.987654321Z".parse().unwrap();
        let zone = chrono_tz::America::New_York.into();
        parse_due(words, zone, now).map_or_else(|refusal| refusal.to_string(), |due| due.naive_local().to_string())
    }

    #[test]
    fn loose_words_have_a_time_at_work() {
        for (words, expected) in [
            ("asap", "2026-11-22 10:00:00"),
            ("As soon as possible!", "2026-11-22 10:00:00"),
            ("today", "2026-11-22 10:00:00"),
            ("by the end of the day", "2026-11-22 17:00:00"),
            ("EOD", "2026-11-22 17:00:00"),
            ("end of the week", "2026-11-27 17:00:00"),
            ("by the end of this week", "2026-11-27 17:00:00"),
            ("next week", "2026-11-30 09:00:00"),
            ("end of the month", "2026-11-30 17:00:00"),
            ("tomorrow morning", "2026-11-23 09:00:00"),
            ("tomorrow am", "2026-11-23 09:00:00"),
            ("tomorrow afternoon", "2026-11-23 12:00:00"),
            ("tomorrow evening", "2026-11-23 17:00:00"),
            ("tomorrow 9:00", "2026-11-23 09:00:00"),
            ("tomorrow at 9", "2026-11-23 09:00:00"),
            ("by Friday at 3", "2026-11-27 15:00:00"),
            ("friday 10:00", "2026-11-27 10:00:00"),
            ("Friday at the latest", "2026-11-27 09:00:00"),
            ("within 2 hours", "2026-11-22 12:00:00"),
        ] {
            assert_eq!(due(words), expected, "{words}");
        }
    }

    #[test]
    fn words_without_a_meaning_and_past_days_are_refused() {
        for (words, why) in [("whenever", "`whenever`"), ("yesterday", "is past"), ("12/5 or so", "12/5 or so")] {
            assert!(due(words).contains(why), "{words}: {}", due(words));
        }
    }
}
