//! A meeting link offers the same slots as a plain scan of its members' calendars, also when clocks change in between.

use chrono::{DateTime, Datelike, Months, Timelike, Utc, Weekday};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::clock::Ms;
use crate::model::zone::Zone;
use crate::property_tests::runtime;
use crate::settings::Settings;
use crate::test_client::client_with;

const QUARTER_MS: Ms = 15 * 60_000;
const SLOT_QUARTERS: Ms = 2;
/// Clocks go back on 25 October in Europe, on 1 November in America, and forward on 4 October in Australia.
const NOW: &str = "2026-09-20T12:00:00Z";
const ZONES: [&str; 5] = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Adelaide", "UTC"];
const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// A member's calendar. All times are quarters of an hour and by day, when no clock changes.
#[derive(Clone, Debug)]
struct Member {
    zone: Zone,
    is_connected: bool,
    /// Weekday, and first and last quarter of an hour of the day.
    weekly: Vec<(Weekday, u32, u32)>,
    /// First and last quarter of an hour, counted from now.
    once: Vec<(Ms, Ms)>,
}

fn member() -> impl Strategy<Value = Member> {
    let weekly =
        (prop::sample::select(DAYS.to_vec()), 24_u32..72, 1_u32..8).prop_map(|(day, from, n)| (day, from, from + n));
    let once = (0_i64..9_000, 1_i64..40).prop_map(|(from, n)| (from, from + n));
    let zone = prop::sample::select(ZONES.map(Zone::known).to_vec());
    let connected = prop::bool::weighted(0.8);
    (zone, connected, prop::collection::vec(weekly, 0..5), prop::collection::vec(once, 0..8))
        .prop_map(|(zone, is_connected, weekly, once)| Member { zone, is_connected, weekly, once })
}

fn now_ms() -> Ms {
    NOW.parse::<DateTime<Utc>>().unwrap().timestamp_millis()
}

fn wall(zone: Zone, at_ms: Ms) -> (Weekday, u32) {
    let local = zone.local(at_ms);
    (local.weekday(), local.hour() * 4 + local.minute() / 15)
}

impl Member {
    fn calendar(&self, id: u64) -> Value {
        let weekly = self.weekly.iter().map(
            |(day, from, to)| json!({"weekday": day, "startMinute": from * 15, "lengthMinutes": (to - from) * 15}),
        );
        let once = self
            .once
            .iter()
            .map(|(from, to)| json!({"start": now_ms() + from * QUARTER_MS, "end": now_ms() + to * QUARTER_MS}));
        json!({
            "meetingsUserId": id, "zone": self.zone.name(), "provider": self.is_connected.then_some("GOOGLE"),
            "weekly": weekly.collect::<Vec<_>>(), "busy": once.collect::<Vec<_>>()
        })
    }

    fn is_busy_at(&self, at_ms: Ms) -> bool {
        let (day, quarter) = wall(self.zone, at_ms);
        let after = (at_ms - now_ms()) / QUARTER_MS;
        self.is_connected
            && (self.weekly.iter().any(|(on, from, to)| *on == day && (*from..*to).contains(&quarter))
                || self.once.iter().any(|(from, to)| (*from..*to).contains(&after)))
    }

    fn is_free(&self, start_ms: Ms, buffer: Ms) -> bool {
        (-buffer..SLOT_QUARTERS + buffer).all(|n| !self.is_busy_at(start_ms + n * QUARTER_MS))
    }
}

/// Returns every free start of the month by checking each quarter of an hour.
fn scan(members: &[Member], is_round_robin: bool, buffer: Ms, hours: (u32, u32), month: u32) -> Vec<Ms> {
    let first = NOW.parse::<DateTime<Utc>>().unwrap().with_day(1).unwrap().date_naive();
    let start_of = |month| (first + Months::new(month)).and_time(Default::default()).and_utc().timestamp_millis();
    let anybody = !members.iter().any(|member| member.is_connected);
    let fits = |start: &Ms| {
        let (_, quarter) = wall(members[0].zone, *start);
        let hosts = members.iter().filter(|member| !is_round_robin || anybody || member.is_connected);
        let mut free = hosts.map(|member| member.is_free(*start, buffer));
        let is_free = if is_round_robin { free.any(|free| free) } else { free.all(|free| free) };
        quarter >= hours.0
            && quarter + SLOT_QUARTERS as u32 <= hours.1
            && (quarter - hours.0).is_multiple_of(2)
            && is_free
    };
    (start_of(month)..start_of(month + 1))
        .step_by(QUARTER_MS as usize)
        .filter(|at| *at >= now_ms())
        .filter(fits)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_link_offers_what_its_members_calendars_leave(
        members in prop::collection::vec(member(), 1..4),
        is_round_robin in any::<bool>(),
        buffer in 0_i64..3,
        hours in (28_u32..50, 4_u32..20).prop_map(|(from, n)| (from, from + n)),
        month in 0_u32..4,
    ) {
        runtime().block_on(async {
            let client = client_with(Settings { now: Some(NOW.parse().unwrap()), ..Settings::default() });
            let ids: Vec<u64> = (1..).take(members.len()).collect();
            let calendars: Value = ids.iter().zip(&members).map(|(id, one)| (id.to_string(), one.calendar(*id))).collect();
            let link = json!({
                "id": "1", "slug": "team/all", "name": "All", "organizerUserId": 1, "memberUserIds": ids,
                "type": if is_round_robin { "ROUND_ROBIN_CALENDAR" } else { "GROUP_CALENDAR" },
                "availability": {"EVERY_DAY": [{"start": hours.0 * 15, "end": hours.1 * 15}]},
                "durationsMinutes": [30], "increment": "THIRTY", "bufferMinutes": buffer * 15, "weeksToAdvertise": 40
            });
            let seed = json!({"version": 1, "calendars": calendars, "meetingLinks": [link]});
            client.sandbox.restore(&seed.to_string()).unwrap();
            let path = "/scheduler/v3/meetings/meeting-links/book/availability-page/team%2Fall";
            let page = client.get(&format!("{path}?timezone=UTC&monthOffset={month}")).await.expect(200);
            let offered = page["linkAvailability"]["linkAvailabilityByDuration"]["1800000"]["availabilities"].clone();
            let starts: Vec<Ms> =
                offered.as_array().unwrap().iter().map(|slot| slot["startMillisUtc"].as_i64().unwrap()).collect();
            prop_assert_eq!(starts, scan(&members, is_round_robin, buffer, hours, month));
            Ok(())
        })?;
    }
}
