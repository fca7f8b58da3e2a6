//! Slots and busy times as arguments and results of tools.

use std::fmt;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

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

/// A span in unix milliseconds. A number may be sent as text, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unix {
    /// For example `1796148000000`.
    #[serde(deserialize_with = "whole_number")]
    start: i64,
    /// For example `1796149800000`.
    #[serde(deserialize_with = "whole_number")]
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

/// Busy times as a caller gives them: a list, or the same list as JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(transparent)]
pub struct BusyTimes(Vec<Unix>);

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

impl BusyTimes {
    /// The busy times as intervals.
    pub fn intervals(&self) -> Result<Vec<Interval>, InvalidInterval> {
        self.0.iter().map(Unix::interval).collect()
    }
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

/// Reads a whole number, or the same number as text or with a point.
fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    deserializer.deserialize_any(WholeNumber)
}

struct WholeNumber;

impl Visitor<'_> for WholeNumber {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time in unix milliseconds, such as `1796148000000`")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<i64, E> {
        Ok(i64::try_from(number).unwrap_or(i64::MAX))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<i64, E> {
        // A float beyond the range becomes its end, which is too large for a time.
        let whole = number.fract() == 0.0;
        whole.then_some(number as i64).ok_or_else(|| E::invalid_value(de::Unexpected::Float(number), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<i64, E> {
        unix_ms::number(text).ok_or_else(|| E::invalid_value(de::Unexpected::Other("text"), &self))
    }
}

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
    fn a_start_is_offered_with_its_weekday() {
        let slot = Interval::new(1_796_148_000_000, 1_796_149_800_000).unwrap();
        let begins =
            serde_json::to_value(begins(&[slot], ZoneRules::embedded().zone("Pacific/Auckland").unwrap())).unwrap();
        assert_eq!(begins, serde_json::json!([{"start": "2026-12-02T07:00:00+13:00", "weekday": "Wednesday"}]));
    }

    #[test]
    fn busy_times_are_read_from_a_list_or_from_text() {
        let (start, end) = (1_796_148_000_000_i64, 1_796_151_600_000_i64);
        let list = serde_json::json!([{"start": start, "end": end}]);
        let texts = serde_json::json!([{"start": start.to_string(), "end": end as f64}]);
        for given in [list.clone(), list.to_string().into(), texts.clone(), texts.to_string().into()] {
            let busy: BusyTimes = serde_json::from_value(given).unwrap();
            assert_eq!(busy.intervals().unwrap(), [Interval::new(start, end).unwrap()]);
        }
        assert_eq!(serde_json::from_str::<BusyTimes>("\"\"").unwrap(), BusyTimes::default());
        for bad in ["\"tomorrow\"", "[1]", "{\"start\": 1}", "[{\"start\": 1, \"end\": 2, \"who\": 3}]"] {
            assert!(serde_json::from_str::<BusyTimes>(bad).is_err(), "{bad}");
        }
        let backward = serde_json::json!([{"start": end, "end": start}]);
        let backward: BusyTimes = serde_json::from_value(backward).unwrap();
        assert_eq!(backward.intervals(), Err(InvalidInterval::Backward));
    }

    #[test]
    fn busy_times_in_another_unit_are_refused() {
        for (start, end) in [(1_796_148_000, 1_796_151_600), (1_796_148_000_000, 1_796_151_600), (1, 2)] {
            let busy = BusyTimes(vec![Unix { start, end }]);
            assert!(busy.intervals().unwrap_err().to_string().contains("unix milliseconds"), "{start} {end}");
        }
    }
}
