//! The zones of towns, as the law has them now.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::meeting;
use crate::world::World;

/// British Columbia keeps UTC-7 all year since 2026; data of March 2025 would book an hour too late.
#[tokio::test(start_paused = true)]
async fn finding_a1_a_meeting_in_vancouver_is_booked_at_the_hour_its_clocks_show() {
    let world = World::new().await;
    let mut arguments = meeting("2026-12-07", "13:00");
    arguments["time_zone"] = json!("America/Vancouver");
    let booked = world.call("create_meeting", arguments).await.unwrap();
    assert_eq!(booked["start"], "2026-12-07T13:00:00-07:00", "{booked}");
    let meetings = world.sandbox.records("meetings");
    let kept = meetings.iter().filter_map(|meeting| meeting["properties"]["hs_meeting_start_time"].as_str());
    let instants: Vec<DateTime<Utc>> = kept.map(|start| start.parse().unwrap()).collect();
    assert!(instants.contains(&"2026-12-07T20:00:00Z".parse().unwrap()), "{instants:?}");
}

/// HubSpot keeps the old clocks of no zone that the client has new ones of: both sides book the same instants.
#[tokio::test(start_paused = true)]
async fn zones_with_new_laws_are_booked_at_the_hours_of_these_laws() {
    let table = [
        ("Alberta", "America/Edmonton", "2026-12-07T13:00:00-06:00"),
        ("Manitoba", "America/Winnipeg", "2026-12-07T13:00:00-05:00"),
        ("Northwest Territories", "America/Inuvik", "2026-12-07T13:00:00-06:00"),
        ("Cuba", "Cuba", "2026-12-07T13:00:00-04:00"),
        ("Morocco", "Africa/Casablanca", "2026-12-07T16:00:00+00:00"),
        ("Western Sahara", "Africa/El_Aaiun", "2026-12-07T16:00:00+00:00"),
    ];
    for (name, zone, start) in table {
        let world = World::new().await;
        let mut arguments = meeting("2026-12-07", &start[11..16]);
        arguments["time_zone"] = json!(name);
        let booked = world.call("create_meeting", arguments).await.unwrap();
        assert_eq!((&booked["start"], &booked["time_zone"]), (&json!(start), &json!(zone)), "{booked}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_town_that_exists_elsewhere_is_asked_back_with_every_zone() {
    let world = World::new().await;
    let mut arguments = meeting("2026-12-07", "13:00");
    arguments["time_zone"] = json!("Davis");
    let refused = world.call("create_meeting", arguments).await.unwrap_err();
    assert_eq!(refused["code"], "TIME_ZONE_UNKNOWN_ERROR");
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("`Antarctica/Davis` or `America/Los_Angeles` may be meant"), "{message}");
}
