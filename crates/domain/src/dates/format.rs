//! Formats for days and instants, which the parser reads back.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveTime, Offset, TimeZone, Weekday};

use crate::time_zone::zone::Zone;

/// Formats a day as `Tuesday 1 December 2026`.
pub(super) fn day(day: NaiveDate) -> String {
    day.format("%A %-d %B %Y").to_string()
}

/// Formats a month as `February 2027`.
pub(super) fn month(day: NaiveDate) -> String {
    day.format("%B %Y").to_string()
}

/// Formats a time as `13:00`.
pub(super) fn time(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

/// Formats an instant as `Tuesday 1 December 2026, 13:00 America/New_York`, with the offset in an hour that clocks
/// repeat.
pub(super) fn instant(at: &DateTime<Zone>) -> String {
    let said = format!("{}, {} {}", day(at.date_naive()), time(at.time()), at.timezone().name());
    match at.timezone().from_local_datetime(&at.naive_local()) {
        LocalResult::Ambiguous(..) => format!("{said} (UTC{})", at.offset().fix()),
        _ => said,
    }
}

pub(super) fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}
