//! Slots and busy times as arguments and results of tools.

use std::fmt;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use domain::dates::Start;
use domain::interval::Interval;
use domain::time_zone::zone::Zone;

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

/// Busy times as a caller gives them: a list, or the same list as JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(transparent)]
pub struct BusyTimes(Vec<Unix>);

/// The starts of these slots in the zone.
pub fn begins(slots: &[Interval], zone: Zone) -> Vec<Begin> {
    slots.iter().map(|slot| Begin { start: text(slot.start_ms(), zone) }).collect()
}

/// The starts of these slots in unix milliseconds.
pub fn unix_begins(slots: &[Interval]) -> Vec<UnixBegin> {
    slots.iter().map(|slot| UnixBegin { start: slot.start_ms() }).collect()
}

/// An instant as RFC 3339 in the zone.
pub fn text(ms: i64, zone: Zone) -> String {
    DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default().with_timezone(&zone).to_rfc3339()
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

impl BusyTimes {
    /// The busy times as intervals.
    pub fn intervals(&self) -> Result<Vec<Interval>, BackwardInterval> {
        self.0.iter().map(|slot| Interval::new(slot.start, slot.end).ok_or(BackwardInterval)).collect()
    }
}

/// A busy time that ends before it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an interval ends before it starts")]
pub struct BackwardInterval;

/// Reads a list, or the list as JSON text, which is the form that the older tools gave.
impl<'de> Deserialize<'de> for BusyTimes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<BusyTimes, D::Error> {
        deserializer.deserialize_any(ListOrText)
    }
}

struct ListOrText;

impl<'de> Visitor<'de> for ListOrText {
    type Value = BusyTimes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of `{start, end}` in unix milliseconds, or that list as JSON text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<BusyTimes, E> {
        match text.trim() {
            "" => Ok(BusyTimes::default()),
            text => serde_json::from_str(text)
                .map(BusyTimes)
                .map_err(|_| E::invalid_value(de::Unexpected::Other("text"), &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<BusyTimes, A::Error> {
        let mut list = vec![];
        while let Some(slot) = seq.next_element()? {
            list.push(slot);
        }
        Ok(BusyTimes(list))
    }

    fn visit_unit<E: de::Error>(self) -> Result<BusyTimes, E> {
        Ok(BusyTimes::default())
    }
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
    fn busy_times_are_read_from_a_list_or_from_text() {
        let list = serde_json::json!([{"start": 1, "end": 2}]);
        for given in [list.clone(), list.to_string().into()] {
            let busy: BusyTimes = serde_json::from_value(given).unwrap();
            assert_eq!(busy.intervals().unwrap(), [Interval::new(1, 2).unwrap()]);
        }
        assert_eq!(serde_json::from_str::<BusyTimes>("\"\"").unwrap(), BusyTimes::default());
        for bad in ["\"tomorrow\"", "[1]", "{\"start\": 1}", "[{\"start\": 1, \"end\": 2, \"who\": 3}]"] {
            assert!(serde_json::from_str::<BusyTimes>(bad).is_err(), "{bad}");
        }
        let backward: BusyTimes = serde_json::from_str("[{\"start\": 2, \"end\": 1}]").unwrap();
        assert!(backward.intervals().is_err());
    }
}
