//! Slots never overlap busy times and never leave working hours.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use proptest::prelude::*;

use crate::clock::Ms;
use crate::model::calendar::{Interval, first_instant_of};
use crate::model::meeting_link::{Availability, Days, Increment, Range};
use crate::model::slots::SlotRules;
use crate::model::zone::Zone;

const MINUTE_MS: Ms = 60_000;
const DAY_MS: Ms = 24 * 60 * MINUTE_MS;

/// Any day, or one on which clocks change in Europe, America, Australia or Chile.
fn day() -> impl Strategy<Value = NaiveDate> {
    let changes = [
        (2026, 3, 8),
        (2026, 3, 29),
        (2026, 4, 5),
        (2026, 9, 6),
        (2026, 10, 4),
        (2026, 10, 25),
        (2026, 11, 1),
        (2027, 3, 14),
        (2027, 3, 28),
        (2027, 11, 7),
    ];
    let changes = changes.map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap());
    let any_day = (0_u64..730).prop_map(|days| {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().checked_add_days(chrono::Days::new(days)).unwrap()
    });
    prop_oneof![prop::sample::select(changes.to_vec()), any_day]
}

fn increment() -> impl Strategy<Value = Increment> {
    let all =
        [Increment::Five, Increment::Fifteen, Increment::FortyFive, Increment::Ninety, Increment::MeetingDuration];
    prop::sample::select(all.to_vec())
}

/// Says that the local time is within the working hours at every minute of the slot.
fn is_within(slot: Interval, zone: Zone, start: u32, end: u32) -> bool {
    let local = |ms: Ms| zone.local(ms);
    let first = local(slot.start).date();
    let bound =
        |minute: u32| -> NaiveDateTime { first.and_time(Default::default()) + TimeDelta::minutes(minute.into()) };
    let mut minutes = (slot.start..slot.end).step_by(MINUTE_MS as usize).map(local);
    minutes.all(|now| bound(start) <= now && now < bound(end))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn slots_never_touch_busy_time_nor_leave_working_hours(
        zone in prop::sample::select(Zone::all().collect::<Vec<_>>()),
        day in day(),
        (start, end) in (0_u32..1440, 0_u32..1440).prop_map(|(a, b)| (a.min(b), a.max(b) + 1)),
        duration_minutes in prop::sample::select(vec![15_u32, 30, 50, 60, 90]),
        increment in increment(),
        buffer_minutes in 0_u32..45,
        busy in prop::collection::vec((-1440_i64..2880, 1_i64..400), 0..6),
    ) {
        let midnight = first_instant_of(zone, day.and_time(Default::default()));
        let window = Interval { start: midnight - DAY_MS, end: midnight + 2 * DAY_MS };
        let availability: Availability = [(Days::EveryDay, vec![Range { start, end }])].into();
        let rules = SlotRules {
            availability: &availability, zone, increment, duration_minutes, buffer_minutes,
            earliest_ms: midnight - DAY_MS / 2, latest_ms: midnight + DAY_MS * 3 / 2,
        };
        let mut busy: Vec<Interval> = busy.into_iter().map(|(from, length)| {
            let start = midnight + from * MINUTE_MS;
            Interval { start, end: start + length * MINUTE_MS }
        }).collect();
        busy.sort_unstable();
        let free = rules.free(window, &busy);
        let all = rules.all(window);
        let buffer = Ms::from(buffer_minutes) * MINUTE_MS;
        for slot in &all {
            prop_assert_eq!(slot.end - slot.start, Ms::from(duration_minutes) * MINUTE_MS);
            prop_assert!(is_within(*slot, zone, start, end), "{:?} {:?}", zone, slot);
            prop_assert!(rules.earliest_ms <= slot.start && slot.start < rules.latest_ms);
            let apart = busy.iter().all(|busy| busy.end + buffer <= slot.start || slot.end + buffer <= busy.start);
            prop_assert_eq!(apart, free.contains(slot));
        }
        prop_assert!(free.iter().all(|slot| all.contains(slot)));
        prop_assert!(all.windows(2).all(|pair| pair[0].start < pair[1].start));
    }
}
