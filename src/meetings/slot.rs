//! Slots and busy times as arguments and results of tools.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use domain::dates::Start;
use domain::interval::Interval;
use domain::time_zone::zone::Zone;
use domain::unix_ms::{self, NotMilliseconds};

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
    start: i64,
    end: i64,
}

/// A possible start of a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Begin {
    /// RFC 3339, for example `2026-12-01T13:00:00-05:00`.
    start: String,
    /// For example `Tuesday`.
    weekday: String,
}

/// A possible start in unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnixBegin {
    start: i64,
}

/// The starts of these slots in the zone.
pub fn begins(slots: &[Interval], zone: Zone) -> Vec<Begin> {
    let begin = |at: DateTime<Zone>| Begin { start: at.to_rfc3339(), weekday: at.format("%A").to_string() };
    slots.iter().map(|slot| begin(instant(slot.start_ms(), zone))).collect()
}

/// The starts of these slots in unix milliseconds.
pub fn unix_begins(slots: &[Interval]) -> Vec<UnixBegin> {
    slots.iter().map(|slot| UnixBegin { start: slot.start_ms() }).collect()
}

/// An instant as RFC 3339 in the zone.
pub fn text(ms: i64, zone: Zone) -> String {
    instant(ms, zone).to_rfc3339()
}

fn instant(ms: i64, zone: Zone) -> DateTime<Zone> {
    DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default().with_timezone(&zone)
}

/// The slots in the zone.
pub fn shown(slots: &[Interval], zone: Zone) -> Vec<Slot> {
    let text = |ms| text(ms, zone);
    slots.iter().map(|slot| Slot { start: text(slot.start_ms()), end: text(slot.end_ms()) }).collect()
}

/// The slots in unix milliseconds.
pub fn unix(slots: &[Interval]) -> Vec<Unix> {
    slots.iter().map(|slot| Unix { start: slot.start_ms(), end: slot.end_ms() }).collect()
}

/// The busy times as intervals.
pub fn intervals(busy: &[Unix]) -> Result<Vec<Interval>, InvalidInterval> {
    busy.iter().map(Unix::interval).collect()
}

impl Unix {
    fn interval(&self) -> Result<Interval, InvalidInterval> {
        let (start, end) = (unix_ms::check(self.start)?, unix_ms::check(self.end)?);
        Interval::new(start, end).ok_or(InvalidInterval::Backward)
    }
}

/// A busy time that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidInterval {
    /// It ends before it starts.
    #[error("an interval ends before it starts")]
    Backward,
    /// An end of it is in seconds or another unit.
    #[error(transparent)]
    Unit(#[from] NotMilliseconds),
}

/// The interval of a meeting; `None` for a duration that no meeting has.
pub fn lasting(start: &Start, duration_minutes: u32) -> Option<Interval> {
    let start_ms = start.at.timestamp_millis();
    let allowed = (1..=DURATION_MINUTES_MAX).contains(&duration_minutes);
    allowed.then(|| Interval::new(start_ms, start_ms + i64::from(duration_minutes) * MINUTE_MS)).flatten()
}

#[cfg(test)]
mod tests {
    use domain::time_zone::rules::ZoneRules;

    use super::*;

    #[test]
    fn slots_are_shown_with_the_offset_of_their_day() {
        let slot = Interval::new(1_796_148_000_000, 1_796_149_800_000).unwrap();
        let shown = shown(&[slot], ZoneRules::embedded().zone("America/New_York").unwrap());
        assert_eq!(serde_json::to_value(&shown).unwrap()[0]["start"], "2026-12-01T13:00:00-05:00");
    }

    #[test]
    fn a_start_is_offered_with_its_weekday() {
        let slot = Interval::new(1_796_148_000_000, 1_796_149_800_000).unwrap();
        let begins =
            serde_json::to_value(begins(&[slot], ZoneRules::embedded().zone("Pacific/Auckland").unwrap())).unwrap();
        assert_eq!(begins, serde_json::json!([{"start": "2026-12-02T07:00:00+13:00", "weekday": "Wednesday"}]));
    }

    #[test]
    fn a_busy_time_ends_after_it_starts() {
        let busy = |start, end| intervals(&[Unix { start, end }]);
        let (start, end) = (1_796_148_000_000, 1_796_149_800_000);
        assert_eq!(busy(start, end).unwrap(), [Interval::new(start, end).unwrap()]);
        assert_eq!(busy(end, start), Err(InvalidInterval::Backward));
    }

    #[test]
    fn busy_times_in_another_unit_are_refused() {
        for (start, end) in [(1_796_148_000, 1_796_151_600), (1_796_148_000_000, 1_796_151_600), (1, 2)] {
            let refused = intervals(&[Unix { start, end }]).unwrap_err().to_string();
            assert!(refused.contains("unix milliseconds"), "{start} {end}");
        }
    }
}
