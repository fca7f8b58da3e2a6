//! Formats for days and instants, which the parser reads back.

use chrono::{DateTime, NaiveDate, NaiveTime, Offset, Weekday};

use crate::interval::Interval;
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
/// offset is that of `noon`, which most of a day with a clock change has, or of the last hour that is named.
pub(super) fn whole_day(date: NaiveDate, part: Option<&str>, zone: Zone, noon: Option<DateTime<Zone>>) -> String {
    let part = part.map_or(String::new(), |part| format!(" {part}"));
    let offset = noon.map_or(String::new(), |noon| format!(" (UTC{})", noon.offset().fix()));
    format!("{}{part}, {}{offset}", day(date), zone.name())
}

/// Formats the hours of a day as `from 14:00 to 16:00`, `from 14:00` or `until 16:00`: only the ends that are not those of
/// the day. The whole day has none.
pub(super) fn hours(of_day: Interval, whole: Interval, zone: Zone) -> Option<(String, DateTime<Zone>)> {
    let at = |ms| DateTime::from_timestamp_millis(ms).map(|at| at.with_timezone(&zone));
    let (start, end) = (at(of_day.start_ms())?, at(of_day.end_ms())?);
    let [from, to] = [time(start.time()), time(end.time())];
    match (of_day.start_ms() > whole.start_ms(), of_day.end_ms() < whole.end_ms()) {
        (true, true) => Some((format!("from {from} to {to}"), end)),
        (true, false) => Some((format!("from {from}"), start)),
        (false, true) => Some((format!("until {to}"), end)),
        (false, false) => None,
    }
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
