//! Formats for days and instants, which the parser reads back.

use chrono::{DateTime, NaiveDate, NaiveTime, Offset, Weekday};

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

/// Formats an instant as `Tuesday 1 December 2026, 13:00 America/New_York (UTC-05:00)`.
pub(super) fn instant(at: &DateTime<Zone>) -> String {
    let offset = at.offset().fix();
    format!("{}, {} {} (UTC{offset})", day(at.date_naive()), time(at.time()), at.timezone().name())
}

/// Formats a day as `Tuesday 1 December 2026, America/New_York (UTC-05:00)`, with the part of it that was named. Its
/// offset is that of `noon`, which most of a day with a clock change has.
pub(super) fn whole_day(date: NaiveDate, part: Option<&str>, zone: Zone, noon: Option<DateTime<Zone>>) -> String {
    let part = part.map_or(String::new(), |part| format!(" {part}"));
    let offset = noon.map_or(String::new(), |noon| format!(" (UTC{})", noon.offset().fix()));
    format!("{}{part}, {}{offset}", day(date), zone.name())
}

/// Returns the name of a weekday.
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
