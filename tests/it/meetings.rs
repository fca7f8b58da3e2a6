//! Free times and bookings. The clock stands at Sunday, 22 November 2026, 10:00 in New York.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::booking::{self, VERONICA, day, starts, with};
use crate::world::World;

fn meeting(meeting_date: &str, start: &str, slug: &Value) -> Value {
    with(booking::meeting(meeting_date, start), json!({ "slug": slug }))
}

async fn slug(world: &World) -> Value {
    world.call("check_available", day("2026-12-01")).await.unwrap()["slug"].clone()
}

#[tokio::test(start_paused = true)]
async fn a_day_is_shown_in_the_customers_zone() {
    let world = World::new().await;
    let mut whole_day = day("December 1st");
    whole_day["limit"] = json!(40);
    whole_day["unix"] = json!(true);
    let free = world.call("check_available", whole_day).await.unwrap();
    assert_eq!((&free["date"], &free["time_zone"]), (&json!("2026-12-01"), &json!("America/New_York")));
    assert!(free["understood"].as_str().unwrap().contains("Tuesday 1 December 2026"), "{free}");
    assert_eq!(free["durations"], json!([15, 30, 60]));
    let free_starts = starts(&free["available_slots"]);
    for open in ["09:00", "09:30", "10:30", "13:00", "16:30"] {
        assert!(free_starts.contains(&format!("2026-12-01T{open}:00-05:00").as_str()), "{open}: {free_starts:?}");
    }
    for shut in ["08:45", "09:45", "10:00", "14:30", "16:45", "17:00"] {
        assert!(!free_starts.contains(&format!("2026-12-01T{shut}:00-05:00").as_str()), "{shut}: {free_starts:?}");
    }
    // Late evening is the next day in UTC, and still the same day for the customer.
    let busy = starts(&free["busy_time_slots"]);
    assert_eq!(busy, ["2026-12-01T10:00:00-05:00", "2026-12-01T14:00:00-05:00", "2026-12-01T21:00:00-05:00"]);
    assert_eq!(free["busy_time_slots_unix"][0]["start"], unix_ms("2026-12-01T10:00:00-05:00"));
}

#[tokio::test(start_paused = true)]
async fn busy_times_overnight_are_cut_to_the_day() {
    let world = World::new().await;
    let wednesday = world.call("check_available", day("2026-12-02")).await.unwrap();
    let last = wednesday["busy_time_slots"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["start"], &last["end"]),
        (&json!("2026-12-02T20:00:00-05:00"), &json!("2026-12-03T00:00:00-05:00"))
    );
    let thursday = world.call("check_available", day("2026-12-03")).await.unwrap();
    let first = &thursday["busy_time_slots"][0];
    assert_eq!(
        (&first["start"], &first["end"]),
        (&json!("2026-12-03T00:00:00-05:00"), &json!("2026-12-03T10:00:00-05:00"))
    );
    assert_eq!(starts(&thursday["available_slots"])[0], "2026-12-03T10:00:00-05:00");
}

#[tokio::test(start_paused = true)]
async fn the_default_link_is_used_and_not_the_first() {
    let world = World::new().await;
    assert_eq!(slug(&world).await, "richtech/veronica-chen");
}

/// A day of a later month costs one more request when nothing is cached: HubSpot's first answer ends with its month.
/// Meeting links are read when the server starts.
#[tokio::test(start_paused = true)]
async fn a_day_is_asked_in_at_most_three_requests_and_then_in_one() {
    for (date, started, cold) in
        [("2026-11-24", true, 1), ("2026-12-01", true, 2), ("2026-11-24", false, 3), ("2026-12-01", false, 4)]
    {
        let world = World::new().await;
        if started {
            world.hubspot.warm_up().await;
            world.requests();
        }
        for requests in [cold, 1] {
            world.call("check_available", day(date)).await.unwrap();
            let sent = world.requests();
            assert_eq!(sent.len(), requests, "{date}: {sent:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn invalid_dates_zones_and_owners_are_refused() {
    let world = World::new().await;
    for words in ["whenever suits", "yesterday", "2026-11-01", "31 June", ""] {
        assert_eq!(world.code("check_available", day(words)).await, "DATE_NOT_UNDERSTOOD_ERROR", "{words}");
    }
    let nowhere = json!({"owner_id": VERONICA, "time_zone": "Atlantis/Central", "meeting_date": "tomorrow"});
    assert_eq!(world.code("check_available", nowhere).await, "TIME_ZONE_UNKNOWN_ERROR");
    let nobody = json!({"owner_id": "999", "time_zone": "UTC", "meeting_date": "tomorrow"});
    assert_eq!(world.code("check_available", nobody).await, "OWNER_NOT_FOUND_ERROR");
    let slug = slug(&world).await;
    for (date, time) in
        [("2026-12-01", "5 o'clock"), ("2026-12-01", "25:00"), ("November 1st 2026", "1pm"), ("soon", "1pm")]
    {
        let code = world.code("create_meeting", meeting(date, time, &slug)).await;
        assert_eq!(code, "DATE_NOT_UNDERSTOOD_ERROR", "{date} {time}");
    }
    assert!(world.sandbox.records("meetings").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_meeting_is_booked_at_the_requested_hour() {
    let world = World::new().await;
    let slug = slug(&world).await;
    let booked = world.call("create_meeting", meeting("December 1st", "1pm", &slug)).await.unwrap();
    assert_eq!(booked["start"], "2026-12-01T13:00:00-05:00");
    assert_eq!(booked["end"], "2026-12-01T13:30:00-05:00");
    assert!(booked["understood"].as_str().unwrap().contains("Tuesday 1 December 2026, 13:00"), "{booked}");
    assert_eq!(booked["contact_id"], "84246479604");
    assert!(!booked["calendar_event_id"].as_str().unwrap().is_empty());
    let kept = &world.sandbox.records("meetings")[0]["properties"];
    let kept_start: DateTime<Utc> = kept["hs_meeting_start_time"].as_str().unwrap().parse().unwrap();
    assert_eq!(kept_start, "2026-12-01T18:00:00Z".parse::<DateTime<Utc>>().unwrap());
    let again = world.call("check_available", day("2026-12-01")).await.unwrap();
    assert!(!starts(&again["available_slots"]).contains(&"2026-12-01T13:00:00-05:00"));
}

#[tokio::test(start_paused = true)]
async fn a_taken_time_is_refused_with_the_nearest_free_ones() {
    let world = World::new().await;
    let slug = slug(&world).await;
    for taken in ["10:00", "9:45 am", "14:30", "21:00", "13:05"] {
        let error = world.call("create_meeting", meeting("2026-12-01", taken, &slug)).await.unwrap_err();
        assert_eq!(error["code"], "UNAVAILABLE_ERROR", "{taken}");
        assert!(error["alternatives"].as_array().unwrap().len() >= 3, "{taken}: {error}");
    }
    // Intervals are half-open: a slot may begin when a busy time ends, and end when one begins.
    world.call("create_meeting", meeting("2026-12-01", "09:30", &slug)).await.unwrap();
    world.call("create_meeting", meeting("2026-12-01", "10:30", &slug)).await.unwrap();
    assert_eq!(world.sandbox.records("meetings").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn busy_times_given_by_the_caller_count_too() {
    let world = World::new().await;
    let slug = slug(&world).await;
    let mut wanted = meeting("2026-12-01", "13:00", &slug);
    wanted["bt_slots_ux"] =
        json!([{"start": unix_ms("2026-12-01T13:15:00-05:00"), "end": unix_ms("2026-12-01T13:20:00-05:00")}]);
    assert_eq!(world.code("create_meeting", wanted.clone()).await, "UNAVAILABLE_ERROR");
    wanted["bt_slots_ux"] =
        json!([{"start": unix_ms("2026-12-01T13:20:00-05:00"), "end": unix_ms("2026-12-01T13:15:00-05:00")}]);
    assert_eq!(world.code("create_meeting", wanted).await, "INVALID_INPUT_ERROR");
}

#[tokio::test(start_paused = true)]
async fn only_times_offered_by_the_link_can_be_booked() {
    let world = World::new().await;
    let slug = slug(&world).await;
    let mut wanted = meeting("2026-12-01", "13:00", &slug);
    wanted["duration"] = json!(20);
    let error = world.call("create_meeting", wanted.clone()).await.unwrap_err();
    assert_eq!((&error["code"], &error["durations"]), (&json!("DURATION_NOT_OFFERED_ERROR"), &json!([15, 30, 60])));
    wanted["duration"] = json!(30);
    wanted["slug"] = json!("nobody/at-all");
    assert_eq!(world.code("create_meeting", wanted).await, "MEETING_LINK_UNFOUND_ERROR");
}

fn unix_ms(instant: &str) -> i64 {
    instant.parse::<DateTime<Utc>>().unwrap().timestamp_millis()
}
