//! The slots of a meeting link: pure arithmetic over working hours, busy times, buffers and notice.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use crate::clock::Ms;
use crate::model::calendar::{Interval, minutes};
use crate::model::meeting_link::{Availability, Increment, Range};
use crate::model::zone::Zone;

const MINUTES_PER_DAY: u32 = 24 * 60;

/// The rules for the slots of one meeting link and one duration.
#[derive(Clone, Debug)]
pub(crate) struct SlotRules<'a> {
    pub(crate) availability: &'a Availability,
    pub(crate) zone: Zone,
    pub(crate) increment: Increment,
    pub(crate) duration_minutes: u32,
    pub(crate) buffer_minutes: u32,
    /// Earliest start: now plus the notice.
    pub(crate) earliest_ms: Ms,
    /// End of the advertised weeks, at which no slot starts any more.
    pub(crate) latest_ms: Ms,
}

impl SlotRules<'_> {
    /// Returns the slots that start within `window`, in order, busy or not.
    pub(crate) fn all(&self, window: Interval) -> Vec<Interval> {
        let window = Interval { start: window.start.max(self.earliest_ms), end: window.end.min(self.latest_ms) };
        if window.start >= window.end {
            return Vec::new();
        }
        let day_of = |ms| self.zone.local(ms).date();
        let last = day_of(window.end);
        let days = day_of(window.start).iter_days().take_while(|day| *day <= last);
        let starts: BTreeSet<Ms> = days.flat_map(|day| self.starts_on(day)).collect();
        let wanted = starts.into_iter().filter(|start| (window.start..window.end).contains(start));
        wanted.map(|start| Interval { start, end: start + minutes(self.duration_minutes) }).collect()
    }

    /// Returns the slots that start within `window` and, with the buffer around them, overlap no busy time.
    pub(crate) fn free(&self, window: Interval, busy: &[Interval]) -> Vec<Interval> {
        let buffer = minutes(self.buffer_minutes);
        let mut slots = self.all(window);
        slots.retain(|slot| {
            let with_buffer = Interval { start: slot.start - buffer, end: slot.end + buffer };
            !busy.iter().any(|busy| busy.overlaps(&with_buffer))
        });
        slots
    }

    fn starts_on(&self, day: NaiveDate) -> Vec<Ms> {
        let ranges = self.availability.iter().filter(|(days, _)| days.contain(day)).flat_map(|(_, ranges)| ranges);
        ranges.flat_map(|range| self.starts_in(day, *range)).collect()
    }

    fn starts_in(&self, day: NaiveDate, range: Range) -> Vec<Ms> {
        let step = self.increment.minutes(self.duration_minutes) as usize;
        let last = (range.end.min(MINUTES_PER_DAY) + 1).saturating_sub(self.duration_minutes);
        (range.start..last).step_by(step).flat_map(|minute| self.instants(day, minute)).collect()
    }

    /// Returns the instants of a local minute: none in the gap when clocks go forward, two in the hour that occurs
    /// twice. A slot during which the clocks change is left out, since its local times would not match its duration.
    fn instants(&self, day: NaiveDate, minute: u32) -> Vec<Ms> {
        let local = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
        let last_ms = minutes(self.duration_minutes) - 1;
        let mut found = self.zone.instants(local);
        found.retain(|at| self.zone.offset_seconds(*at) == self.zone.offset_seconds(*at + last_ms));
        found
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::model::meeting_link::Days;

    fn ms(text: &str) -> Ms {
        text.parse::<DateTime<Utc>>().unwrap().timestamp_millis()
    }

    fn offer(availability: &Availability) -> SlotRules<'_> {
        SlotRules {
            availability,
            zone: Zone::known("America/New_York"),
            increment: Increment::Thirty,
            duration_minutes: 60,
            buffer_minutes: 0,
            earliest_ms: 0,
            latest_ms: Ms::MAX,
        }
    }

    fn hours(start: u32, end: u32) -> Availability {
        [(Days::EveryDay, vec![Range { start: start * 60, end: end * 60 }])].into()
    }

    fn starts(slots: &[Interval], zone: Zone) -> Vec<String> {
        slots.iter().map(|slot| zone.local(slot.start).format("%H:%M").to_string()).collect()
    }

    fn day(text: &str) -> Interval {
        Interval { start: ms(text), end: ms(text) + minutes(24 * 60) }
    }

    #[test]
    fn slots_lie_within_working_hours_and_outside_busy_times() {
        let hours = hours(9, 12);
        let busy = [Interval { start: ms("2026-12-01T15:00:00Z"), end: ms("2026-12-01T15:30:00Z") }];
        let free = offer(&hours).free(day("2026-12-01T05:00:00Z"), &busy);
        assert_eq!(starts(&free, Zone::known("America/New_York")), ["09:00", "10:30", "11:00"]);
        let guarded = SlotRules { buffer_minutes: 15, ..offer(&hours) }.free(day("2026-12-01T05:00:00Z"), &busy);
        assert_eq!(starts(&guarded, Zone::known("America/New_York")), ["11:00"]);
    }

    #[test]
    fn notice_and_advertised_weeks_limit_the_slots() {
        let hours = hours(9, 12);
        let cut = SlotRules {
            earliest_ms: ms("2026-12-01T14:01:00Z"),
            latest_ms: ms("2026-12-01T15:30:00Z"),
            ..offer(&hours)
        };
        let slots = cut.all(day("2026-12-01T05:00:00Z"));
        assert_eq!(starts(&slots, Zone::known("America/New_York")), ["09:30", "10:00"]);
    }

    #[test]
    fn no_slot_starts_in_a_gap_and_a_repeated_hour_has_its_slots_twice() {
        let night = hours(1, 4);
        let zone = Zone::known("America/New_York");
        let spring = offer(&night).all(day("2027-03-14T05:00:00Z"));
        assert_eq!(starts(&spring, zone), ["01:00", "03:00"]);
        let autumn = offer(&night).all(day("2026-11-01T04:00:00Z"));
        assert_eq!(starts(&autumn, zone), ["01:00", "01:00", "01:30", "02:00", "02:30", "03:00"]);
    }
}
