//! Slots and busy times as arguments and results of tools.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use domain::dates::Start;
use domain::interval::Interval;

const MINUTE_MS: i64 = 60_000;
/// The longest meeting.
const DURATION_MINUTES_MAX: u32 = 24 * 60;

/// A span of time in the customer's zone.
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

/// A possible start of a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Begin {
    /// RFC 3339, for example `2026-12-01T13:00:00-05:00`.
    start: String,
}

/// A possible start in unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnixBegin {
    start: i64,
}

/// The starts of these slots in the zone.
pub fn begins(slots: &[Interval], zone: Tz) -> Vec<Begin> {
    slots.iter().map(|slot| Begin { start: text(slot.start_ms(), zone) }).collect()
}

/// The starts of these slots in unix milliseconds.
pub fn unix_begins(slots: &[Interval]) -> Vec<UnixBegin> {
    slots.iter().map(|slot| UnixBegin { start: slot.start_ms() }).collect()
}

/// An instant as RFC 3339 in the zone.
pub fn text(ms: i64, zone: Tz) -> String {
    DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default().with_timezone(&zone).to_rfc3339()
}

/// The slots in the zone.
pub fn shown(slots: &[Interval], zone: Tz) -> Vec<Slot> {
    let text = |ms| text(ms, zone);
    slots.iter().map(|slot| Slot { start: text(slot.start_ms()), end: text(slot.end_ms()) }).collect()
}

/// The slots in unix milliseconds.
pub fn unix(slots: &[Interval]) -> Vec<Unix> {
    slots.iter().map(|slot| Unix { start: slot.start_ms(), end: slot.end_ms() }).collect()
}

/// The busy times as intervals.
pub fn intervals(busy: &[Unix]) -> Result<Vec<Interval>, BackwardInterval> {
    busy.iter().map(|slot| Interval::new(slot.start, slot.end).ok_or(BackwardInterval)).collect()
}

/// A busy time that ends before it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an interval ends before it starts")]
pub struct BackwardInterval;

/// The interval of a meeting; `None` for a duration that no meeting has.
pub fn lasting(start: &Start, duration_minutes: u32) -> Option<Interval> {
    let start_ms = start.at.timestamp_millis();
    let allowed = (1..=DURATION_MINUTES_MAX).contains(&duration_minutes);
    allowed.then(|| Interval::new(start_ms, start_ms + i64::from(duration_minutes) * MINUTE_MS)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_shown_with_the_offset_of_their_day() {
        let slot = Interval::new(1_796_148_000_000, 1_796_149_800_000).unwrap();
        let shown = shown(&[slot], Tz::America__New_York);
        assert_eq!(serde_json::to_value(&shown).unwrap()[0]["start"], "2026-12-01T13:00:00-05:00");
    }

    #[test]
    fn a_busy_time_ends_after_it_starts() {
        let busy = |start, end| intervals(&[Unix { start, end }]);
        assert_eq!(busy(1, 2).unwrap(), [Interval::new(1, 2).unwrap()]);
        assert!(busy(2, 1).is_err());
    }
}
