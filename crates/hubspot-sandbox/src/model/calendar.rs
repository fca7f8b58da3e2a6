//! The calendar of one user: the times at which they are busy.

use chrono::Datelike;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};
use serde::{Deserialize, Serialize};

use crate::clock::Ms;
use crate::model::meeting_link::MS_PER_MINUTE;
use crate::model::zone::Zone;

/// A half-open interval in milliseconds since 1970; `end` is excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Interval {
    pub(crate) start: Ms,
    pub(crate) end: Ms,
}

impl Interval {
    pub(crate) fn overlaps(&self, other: &Interval) -> bool {
        self.start < other.end && other.start < self.end
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Calendar {
    /// A third id of the user, besides the owner id and the user id.
    pub(crate) meetings_user_id: u64,
    pub(crate) zone: Zone,
    /// `GOOGLE` or `OFFICE365`; `None`: no calendar is connected, and a booking books nothing.
    pub(crate) provider: Option<String>,
    /// Busy times that recur every week.
    #[serde(default)]
    pub(crate) weekly: Vec<Weekly>,
    /// Busy times of bookings, and those that tests add.
    #[serde(default)]
    pub(crate) busy: Vec<Interval>,
}

/// A busy time that recurs every week at the same local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Weekly {
    pub(crate) weekday: Weekday,
    pub(crate) start_minute: u32,
    pub(crate) length_minutes: u32,
}

impl Calendar {
    pub(crate) fn is_connected(&self) -> bool {
        self.provider.is_some()
    }

    /// Returns the busy times that overlap `window`, sorted by start. They may overlap each other.
    pub(crate) fn busy_within(&self, window: Interval) -> Vec<Interval> {
        if !self.is_connected() {
            return Vec::new();
        }
        let weekly = self.weekly.iter().flat_map(|weekly| weekly.occurrences(self.zone, window));
        let once = self.busy.iter().copied();
        let mut all: Vec<_> = weekly.chain(once).filter(|busy| busy.overlaps(&window)).collect();
        all.sort_unstable();
        all
    }
}

impl Weekly {
    /// Returns the occurrences around `window`, which may lie outside it, too.
    fn occurrences(self, zone: Zone, window: Interval) -> impl Iterator<Item = Interval> {
        let day_of = |ms| zone.local(ms).date();
        let reach = Days::new(u64::from(self.length_minutes) / (24 * 60) + 2);
        let first = day_of(window.start).checked_sub_days(reach).unwrap_or(NaiveDate::MIN);
        let last = day_of(window.end);
        let days = first.iter_days().take_while(move |day| *day <= last);
        days.filter(move |day| day.weekday() == self.weekday).map(move |day| {
            let start = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(self.start_minute));
            let end = start + TimeDelta::minutes(i64::from(self.length_minutes));
            Interval { start: first_instant_of(zone, start), end: first_instant_of(zone, end) }
        })
    }
}

/// Returns the instant of a local time: the first of two if it occurs twice, or the end of the gap if it does not
/// occur.
pub(crate) fn first_instant_of(zone: Zone, local: NaiveDateTime) -> Ms {
    let mut local = local;
    // The longest gap of any zone is a whole day (Samoa, 2011).
    for _ in 0..=24 * 4 {
        if let Some(at) = zone.instants(local).first() {
            return *at;
        }
        local += TimeDelta::minutes(15);
    }
    local.and_utc().timestamp_millis()
}

/// Returns the beginning, in `zone`, of the month that is `offset` months after that of `now`.
pub(crate) fn month_start(zone: Zone, now: DateTime<Utc>, offset: u32) -> Option<Ms> {
    let first = zone.local(now.timestamp_millis()).date().with_day(1)?;
    let month = first.checked_add_months(chrono::Months::new(offset))?;
    Some(first_instant_of(zone, month.and_time(NaiveTime::MIN)))
}

/// Converts minutes to milliseconds.
pub(crate) fn minutes(minutes: u32) -> Ms {
    Ms::from(minutes) * MS_PER_MINUTE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::instant;

    fn new_york() -> Zone {
        Zone::known("America/New_York")
    }

    fn ms(text: &str) -> Ms {
        text.parse::<DateTime<Utc>>().unwrap().timestamp_millis()
    }

    fn interval(start: &str, end: &str) -> Interval {
        Interval { start: ms(start), end: ms(end) }
    }

    #[test]
    fn an_overnight_busy_time_reaches_into_the_next_day_and_keeps_its_local_time() {
        let night = Weekly { weekday: Weekday::Wed, start_minute: 20 * 60, length_minutes: 14 * 60 };
        let calendar = Calendar {
            meetings_user_id: 1,
            zone: new_york(),
            provider: Some("GOOGLE".into()),
            weekly: vec![night],
            busy: vec![],
        };
        let thursday = interval("2026-12-03T14:00:00Z", "2026-12-03T15:00:00Z");
        assert_eq!(calendar.busy_within(thursday), [interval("2026-12-03T01:00:00Z", "2026-12-03T15:00:00Z")]);
        let summer = interval("2026-07-02T12:00:00Z", "2026-07-02T13:00:00Z");
        assert_eq!(calendar.busy_within(summer), [interval("2026-07-02T00:00:00Z", "2026-07-02T14:00:00Z")]);
        assert_eq!(calendar.busy_within(interval("2026-12-03T15:00:00Z", "2026-12-04T00:00:00Z")), []);
        let offline = Calendar { provider: None, ..calendar };
        assert_eq!(offline.busy_within(thursday), []);
    }

    #[test]
    fn a_local_time_in_a_gap_is_the_end_of_the_gap() {
        let gap = "2027-03-14T02:30:00".parse().unwrap();
        assert_eq!(first_instant_of(new_york(), gap), ms("2027-03-14T07:00:00Z"));
        assert_eq!(month_start(new_york(), instant(ms("2026-11-22T15:00:00Z")), 1), Some(ms("2026-12-01T05:00:00Z")));
    }
}
