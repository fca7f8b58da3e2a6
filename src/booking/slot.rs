//! A span of time as the tools take and show it.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::offer::Offer;
use crate::crm::code::Code;
use crate::crm::interval::Interval;
use crate::crm::time_zone;
use crate::crm::when::{Refusal, Start};
use crate::tool::ToolError;

pub const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;
/// No meeting lasts longer.
const DURATION_MINUTES_MAX: u32 = 24 * 60;

/// A span with its offsets, in the customer's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Slot {
    /// RFC 3339, for example `2026-12-01T13:00:00-05:00`.
    start: String,
    end: String,
}

/// A span in unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unix {
    /// For example `1796148000000`.
    start: i64,
    /// For example `1796149800000`.
    end: i64,
}

pub fn shown(slots: &[Interval], zone: Tz) -> Vec<Slot> {
    let text =
        |ms: i64| DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default().with_timezone(&zone).to_rfc3339();
    slots.iter().map(|slot| Slot { start: text(slot.start_ms()), end: text(slot.end_ms()) }).collect()
}

pub fn unix(slots: &[Interval]) -> Vec<Unix> {
    slots.iter().map(|slot| Unix { start: slot.start_ms(), end: slot.end_ms() }).collect()
}

/// What a caller gave as busy times.
pub fn intervals(given: &[Unix], argument: &str) -> Result<Vec<Interval>, ToolError> {
    let interval = |slot: &Unix| Interval::new(slot.start, slot.end);
    let backward = || ToolError::input(argument, "an interval ends before it starts");
    given.iter().map(|slot| interval(slot).ok_or_else(backward)).collect()
}

/// The whole of a day in a zone: 23 to 25 hours, since clocks change.
pub fn of_day(day: NaiveDate, zone: Tz) -> Interval {
    let start = |day: NaiveDate| beginning(day, zone).timestamp_millis();
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    Interval::new(start(day), start(next)).expect("the next day begins after this one")
}

/// Midnight, or the first instant after it where a zone skips midnight.
fn beginning(day: NaiveDate, zone: Tz) -> DateTime<Tz> {
    const STEP_MINUTES: i64 = 15;
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    let instants =
        (0..DAY_MS / MINUTE_MS / STEP_MINUTES).map(|step| midnight + TimeDelta::minutes(step * STEP_MINUTES));
    let first = instants.filter_map(|local| zone.from_local_datetime(&local).earliest()).next();
    first.unwrap_or_else(|| zone.from_utc_datetime(&midnight))
}

/// The meeting that starts at `start`.
pub fn lasting(start: &Start, duration_minutes: u32) -> Option<Interval> {
    let start_ms = start.at.timestamp_millis();
    let allowed = (1..=DURATION_MINUTES_MAX).contains(&duration_minutes);
    allowed.then(|| Interval::new(start_ms, start_ms + i64::from(duration_minutes) * MINUTE_MS)).flatten()
}

pub fn zone(words: &str) -> Result<Tz, ToolError> {
    let hint = "ask the customer where they are, and send the IANA name, for example `America/New_York`";
    time_zone::read(words).map_err(|error| ToolError::new(Code::TimeZoneUnknown, error.to_string(), hint))
}

pub fn not_understood(refusal: Refusal) -> ToolError {
    ToolError::new(Code::DateNotUnderstood, refusal.to_string(), refusal.hint())
}

/// The length that was asked for, if the link offers it; the shortest where none was.
pub fn offered(asked_minutes: Option<u32>, offer: &Offer) -> Result<u32, ToolError> {
    let durations = offer.durations();
    match asked_minutes {
        Some(asked) if durations.contains(&asked) => Ok(asked),
        None if !durations.is_empty() => Ok(durations[0]),
        _ => {
            let offered = durations.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            let problem = format!("this meeting link offers {offered} minutes");
            Err(ToolError::input("duration", problem).with("durations", durations))
        }
    }
}

pub fn no_link(slug: &str) -> ToolError {
    let slug: String = slug.chars().take(80).collect();
    let hint = "take the slug from `check_available`";
    ToolError::new(Code::MeetingLinkUnfound, format!("there is no meeting link `{slug}`"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(day: &str, zone: Tz) -> i64 {
        let day = of_day(day.parse().unwrap(), zone);
        (day.end_ms() - day.start_ms()) / MINUTE_MS
    }

    #[test]
    fn a_day_is_as_long_as_the_zone_makes_it() {
        assert_eq!(hours("2026-12-01", Tz::Asia__Tokyo), 24 * 60);
        assert_eq!(hours("2027-03-14", Tz::America__New_York), 23 * 60);
        assert_eq!(hours("2026-11-01", Tz::America__New_York), 25 * 60);
        assert_eq!(hours("2027-04-04", Tz::Australia__Lord_Howe), 24 * 60 + 30);
        // Beirut's clocks go from 00:00 straight to 01:00.
        assert_eq!(hours("2027-03-28", Tz::Asia__Beirut), 23 * 60);
    }

    #[test]
    fn slots_are_shown_with_the_offset_of_their_day() {
        let slot = Interval::new(1_796_148_000_000, 1_796_149_800_000).unwrap();
        let shown = shown(&[slot], Tz::America__New_York);
        assert_eq!(serde_json::to_value(&shown).unwrap()[0]["start"], "2026-12-01T13:00:00-05:00");
        assert_eq!(intervals(&unix(&[slot]), "x").unwrap(), [slot]);
        assert!(intervals(&[Unix { start: 2, end: 1 }], "x").is_err());
    }
}
