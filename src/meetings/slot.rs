//! A span of time as the tools take and show it.

use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::tool::ToolError;
use domain::code::Code;
use domain::dates::{DateError, Start};
use domain::interval::Interval;
use domain::time_zone;

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

/// When something can begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Begin {
    /// RFC 3339, for example `2026-12-01T13:00:00-05:00`.
    start: String,
}

/// The same in unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnixBegin {
    start: i64,
}

/// Busy times as a caller gives them: a list, or the same list as JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(transparent)]
pub struct BusyTimes(Vec<Unix>);

pub fn begins(slots: &[Interval], zone: Tz) -> Vec<Begin> {
    slots.iter().map(|slot| Begin { start: text(slot.start_ms(), zone) }).collect()
}

pub fn unix_begins(slots: &[Interval]) -> Vec<UnixBegin> {
    slots.iter().map(|slot| UnixBegin { start: slot.start_ms() }).collect()
}

/// An instant as RFC 3339 in the zone.
pub fn text(ms: i64, zone: Tz) -> String {
    DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default().with_timezone(&zone).to_rfc3339()
}

pub fn shown(slots: &[Interval], zone: Tz) -> Vec<Slot> {
    let text = |ms| text(ms, zone);
    slots.iter().map(|slot| Slot { start: text(slot.start_ms()), end: text(slot.end_ms()) }).collect()
}

pub fn unix(slots: &[Interval]) -> Vec<Unix> {
    slots.iter().map(|slot| Unix { start: slot.start_ms(), end: slot.end_ms() }).collect()
}

impl BusyTimes {
    pub fn intervals(&self, argument: &str) -> Result<Vec<Interval>, ToolError> {
        let interval = |slot: &Unix| Interval::new(slot.start, slot.end);
        let backward = || ToolError::input(argument, "an interval ends before it starts");
        self.0.iter().map(|slot| interval(slot).ok_or_else(backward)).collect()
    }
}

/// Agents of the older tools hand on the list as they got it: as text.
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

/// The meeting that starts at `start`.
pub fn lasting(start: &Start, duration_minutes: u32) -> Option<Interval> {
    let start_ms = start.at.timestamp_millis();
    let allowed = (1..=DURATION_MINUTES_MAX).contains(&duration_minutes);
    allowed.then(|| Interval::new(start_ms, start_ms + i64::from(duration_minutes) * MINUTE_MS)).flatten()
}

pub fn zone(words: &str) -> Result<Tz, ToolError> {
    let hint = "ask the customer where they are, and send the IANA name, for example `America/New_York`";
    time_zone::parse(words).map_err(|error| ToolError::new(Code::TimeZoneUnknown, error.to_string(), hint))
}

pub fn not_understood(refusal: DateError) -> ToolError {
    ToolError::new(Code::DateNotUnderstood, refusal.to_string(), refusal.hint())
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
    fn busy_times_are_taken_as_list_or_as_text() {
        let list = serde_json::json!([{"start": 1, "end": 2}]);
        for given in [list.clone(), list.to_string().into()] {
            let busy: BusyTimes = serde_json::from_value(given).unwrap();
            assert_eq!(busy.intervals("x").unwrap(), [Interval::new(1, 2).unwrap()]);
        }
        assert_eq!(serde_json::from_str::<BusyTimes>("\"\"").unwrap(), BusyTimes::default());
        for bad in ["\"tomorrow\"", "[1]", "{\"start\": 1}", "[{\"start\": 1, \"end\": 2, \"who\": 3}]"] {
            assert!(serde_json::from_str::<BusyTimes>(bad).is_err(), "{bad}");
        }
        let backward: BusyTimes = serde_json::from_str("[{\"start\": 2, \"end\": 1}]").unwrap();
        assert!(backward.intervals("x").is_err());
    }
}
