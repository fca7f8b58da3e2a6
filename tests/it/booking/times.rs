//! Free times: of a day, a part of it, around a time, and beyond.

use chrono::DateTime;
use domain::time_zone::rules::ZoneRules;
use hubspot_sandbox::fault::Effect;
use serde_json::{Value, json};

use super::{DANIEL, DEFAULT, GROUP, ROBIN, VERONICA_USER, VISIT, booked, day, meeting, on_booking, starts, utc, with};
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn every_link_is_listed_and_can_be_chosen() {
    let world = World::new().await;
    let free = world.call("check_available", day("2026-12-01")).await.unwrap();
    let slugs: Vec<_> = free["links"].as_array().unwrap().iter().map(|link| link["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs[0], DEFAULT);
    for slug in ["richtech/quick-call", VISIT, GROUP, ROBIN] {
        assert!(slugs.contains(&slug), "{slug}: {slugs:?}");
    }
    assert_eq!((&free["links"][0]["default"], &free["links"][0]["kind"]), (&json!(true), &json!("personal")));
    let quick = with(day("2026-12-01"), json!({"slug": "richtech/quick-call", "duration": 15}));
    let quick = world.call("check_available", quick).await.unwrap();
    assert_eq!((&quick["slug"], &quick["durations"]), (&json!("richtech/quick-call"), &json!([15])));
    let unknown = with(day("2026-12-01"), json!({"slug": "richtech/daniel-ortiz"}));
    let error = world.call("check_available", unknown).await.unwrap_err();
    assert_eq!((&error["code"], &error["links"][0]["slug"]), (&json!("MEETING_LINK_UNFOUND_ERROR"), &json!(DEFAULT)));
}

#[tokio::test(start_paused = true)]
async fn a_group_link_needs_everybody_and_a_round_robin_anybody() {
    let world = World::new().await;
    // Monday: Mei is busy from 12:00 to 13:30 in New York, Veronica is not.
    world.sandbox.add_busy(VERONICA_USER, utc("2026-11-30T18:00:00Z"), utc("2026-11-30T19:00:00Z"));
    let group = world.call("check_available", with(day("2026-11-30"), json!({"slug": GROUP}))).await.unwrap();
    let busy = |answer: &Value| {
        let slots = answer["busy_time_slots"].as_array().unwrap().clone();
        slots
            .iter()
            .map(|slot| {
                format!("{} {}", &slot["start"].as_str().unwrap()[11..16], &slot["end"].as_str().unwrap()[11..16])
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(busy(&group), ["12:00 14:00"]);
    let robin = world.call("check_available", with(day("2026-11-30"), json!({"slug": ROBIN}))).await.unwrap();
    assert_eq!(busy(&robin), ["13:00 13:30"]);
    assert!(starts(&robin["available_slots"]).contains(&"2026-11-30T12:00:00-05:00"));
    assert!(!starts(&group["available_slots"]).contains(&"2026-11-30T12:00:00-05:00"));
}

#[tokio::test(start_paused = true)]
async fn an_invalid_duration_lists_the_valid_ones() {
    let world = World::new().await;
    let error = world.call("check_available", with(day("2026-12-01"), json!({"duration": 20}))).await.unwrap_err();
    assert_eq!((&error["code"], &error["durations"]), (&json!("DURATION_NOT_OFFERED_ERROR"), &json!([15, 30, 60])));
    let mut without = day("2026-12-01");
    without.as_object_mut().unwrap().remove("duration");
    let free = world.call("check_available", without).await.unwrap();
    assert_eq!((&free["duration"], &free["durations"]), (&json!(15), &json!([15, 30, 60])));
    let wrong = with(meeting("2026-12-01", "13:00"), json!({"duration": 45}));
    assert_eq!(world.code("create_meeting", wrong).await, "DURATION_NOT_OFFERED_ERROR");
}

#[tokio::test(start_paused = true)]
async fn a_day_without_free_time_gets_the_next_five_with_their_dates() {
    let world = World::new().await;
    let saturday = world.call("check_available", day("2026-11-28")).await.unwrap();
    assert_eq!(saturday["available_slots"], json!([]));
    let next = starts(&saturday["next_free_slots"]);
    assert_eq!(next.len(), 5);
    assert_eq!(next[0], "2026-11-30T09:00:00-05:00");
    // The last Sunday of the month: once the rest of this month is taken, the next free times are on the next month's
    // page.
    world.sandbox.add_busy(VERONICA_USER, utc("2026-11-30T00:00:00Z"), utc("2026-12-01T05:00:00Z"));
    let sunday = world.call("check_available", day("2026-11-29")).await.unwrap();
    assert_eq!(starts(&sunday["next_free_slots"])[0], "2026-12-01T09:00:00-05:00");
}

#[tokio::test(start_paused = true)]
async fn later_months_are_read_directly_and_end_with_the_offer() {
    let world = World::new().await;
    world.call("check_available", day("2026-11-24")).await.unwrap();
    world.requests();
    let february = world.call("check_available", day("2027-02-10")).await.unwrap();
    assert!(!starts(&february["available_slots"]).is_empty());
    assert_eq!(world.requests().len(), 1, "the month of the day alone is read");
    let beyond = world.call("check_available", day("2027-06-01")).await.unwrap();
    assert_eq!((&beyond["available_slots"], beyond.get("next_free_slots")), (&json!([]), None));
}

/// The link accepts bookings around the clock.
fn open_every_five_minutes(world: &World, slug: &str) {
    let mut state: Value = serde_json::from_str(&world.sandbox.snapshot()).unwrap();
    let link = state["meetingLinks"].as_array_mut().unwrap().iter_mut().find(|link| link["slug"] == slug).unwrap();
    link["increment"] = json!("FIVE");
    link["availability"] = json!({"EVERY_DAY": [{"start": 0, "end": 1440}]});
    link["bufferMinutes"] = json!(0);
    world.sandbox.restore(&state.to_string()).unwrap();
}

fn new_york(start_ms: i64) -> String {
    let at = DateTime::from_timestamp_millis(start_ms).unwrap();
    at.with_timezone(&ZoneRules::embedded().zone("America/New_York").unwrap()).to_rfc3339()
}

#[tokio::test(start_paused = true)]
async fn a_long_day_comes_in_pages() {
    let world = World::new().await;
    open_every_five_minutes(&world, DEFAULT);
    let first = world.call("check_available", day("2026-11-24")).await.unwrap();
    assert_eq!(starts(&first["available_slots"]).len(), 8, "a choice, unless more is asked for");
    let (mut seen, mut pages, mut after): (Vec<String>, Vec<Value>, Option<Value>) = (vec![], vec![], None);
    loop {
        let mut arguments = with(day("2026-11-24"), json!({"limit": 40, "unix": true}));
        if let Some(after) = &after {
            arguments["after"] = after.clone();
        }
        let page = world.call("check_available", arguments).await.unwrap();
        let page_starts = starts(&page["available_slots"]);
        assert!(page_starts.len() <= 40);
        seen.extend(page_starts.into_iter().map(str::to_owned));
        after = page.get("next_after").cloned();
        pages.push(page);
        if after.is_none() {
            break;
        }
    }
    // The day is shown from the morning on; what is earlier follows backwards.
    assert_eq!(seen[0], "2026-11-24T06:00:00-05:00");
    while let Some(before) = pages.iter().rev().find_map(|page| page.get("next_before").cloned()) {
        pages.iter_mut().for_each(|page| drop(page.as_object_mut().unwrap().remove("next_before")));
        let arguments = with(day("2026-11-24"), json!({"limit": 40, "unix": true, "before": before}));
        let page = world.call("check_available", arguments).await.unwrap();
        let page_starts = starts(&page["available_slots"]).into_iter().map(str::to_owned);
        seen.splice(0..0, page_starts.collect::<Vec<_>>());
        pages.push(page);
    }
    // All starts that touch no busy time, of the 283 whose meeting ends by midnight.
    let on_the_day = seen.iter().all(|start| start.starts_with("2026-11-24T"));
    assert!(on_the_day && seen.is_sorted_by(|one, next| one < next), "{seen:?}");
    let busy = pages[0]["busy_time_slots_unix"].as_array().unwrap();
    assert!(pages.len() > 5 && pages.iter().all(|page| page["busy_time_slots_unix"] == json!(busy)));
    for start_ms in (0..=282).map(|n| utc("2026-11-24T05:00:00Z").timestamp_millis() + n * 300_000) {
        let text = new_york(start_ms);
        let touches = busy.iter().any(|taken| {
            taken["start"].as_i64().unwrap() < start_ms + 1_800_000 && taken["end"].as_i64().unwrap() > start_ms
        });
        assert_eq!(seen.contains(&text), !touches, "{text}");
    }
    for bad in [json!({"after": "noon"}), json!({"limit": 0}), json!({"limit": 41})] {
        assert_eq!(world.code("check_available", with(day("2026-11-24"), bad)).await, "INVALID_INPUT_ERROR");
    }
}

/// A customer who names a time wants the free times around it.
#[tokio::test(start_paused = true)]
async fn free_times_around_a_named_time_are_shown() {
    let world = World::new().await;
    let whole = world.call("check_available", with(day("2026-12-01"), json!({"limit": 40}))).await.unwrap();
    let (whole, busy) = (starts(&whole["available_slots"]), "2026-12-01 14:15");
    let named = world.call("check_available", with(day(busy), json!({"limit": 4}))).await.unwrap();
    assert_eq!(named["asked_time_is_free"], false);
    let shown = starts(&named["available_slots"]);
    let before = whole.iter().filter(|start| **start < "2026-12-01T14:15").count();
    assert_eq!(shown, whole[before - 2..before + 2], "two before and two after");
    let rest = with(day("2026-12-01"), json!({"limit": 40, "after": named["next_after"]}));
    let rest = world.call("check_available", rest).await.unwrap();
    assert_eq!(starts(&rest["available_slots"]), whole[before + 2..], "and the rest of the day follows");
}

#[tokio::test(start_paused = true)]
async fn a_requested_time_is_reported_as_free_or_taken() {
    let world = World::new().await;
    let free = world.call("check_available", day("December 1st at 1pm")).await.unwrap();
    assert_eq!(free["asked_time_is_free"], true);
    let taken = world.call("check_available", day("December 1st at 2pm")).await.unwrap();
    assert_eq!(taken["asked_time_is_free"], false);
    assert_eq!(taken["understood"], "Tuesday 1 December 2026, 14:00 America/New_York (UTC-05:00)");
    let early = world.call("check_available", day("tomorrow at 0130")).await.unwrap();
    assert_eq!(early["understood"], "Monday 23 November 2026, 01:30 America/New_York (UTC-05:00)");
    let unsaid = world.call("check_available", day("December 1st")).await.unwrap();
    assert_eq!(unsaid.get("asked_time_is_free"), None);
    assert_eq!(unsaid["understood"], "Tuesday 1 December 2026, America/New_York (UTC-05:00)");
}

/// `Tuesday afternoon` is a wish for the afternoon, and every start is offered with its weekday.
#[tokio::test(start_paused = true)]
async fn a_part_of_the_day_limits_the_free_times() {
    let world = World::new().await;
    let all = async |day_said| {
        let wide = with(day(day_said), json!({"limit": 40}));
        world.call("check_available", wide).await.unwrap()
    };
    let (whole, afternoon) = (all("December 1st").await, all("December 1st in the afternoon").await);
    let in_it = |start: &&str| ("2026-12-01T12:00".."2026-12-01T18:00").contains(start);
    let expected: Vec<&str> = starts(&whole["available_slots"]).into_iter().filter(in_it).collect();
    assert_eq!(starts(&afternoon["available_slots"]), expected);
    assert!(expected.len() < starts(&whole["available_slots"]).len());
    assert_eq!(afternoon["available_slots"][0]["weekday"], "Tuesday");
    assert_eq!(afternoon["understood"], "Tuesday 1 December 2026 in the afternoon, America/New_York (UTC-05:00)");
    let limits = json!({"start": "2026-12-01T12:00:00-05:00", "end": "2026-12-01T18:00:00-05:00"});
    assert_eq!((&afternoon["limited_to"], whole.get("limited_to")), (&limits, None));
}

#[tokio::test(start_paused = true)]
async fn a_part_of_the_day_without_free_time_gets_the_nearest_ones() {
    let world = World::new().await;
    let evening = world.call("check_available", day("December 1st in the evening")).await.unwrap();
    assert_eq!((&evening["available_slots"], evening.get("next_after")), (&json!([]), None));
    let nearest = starts(&evening["next_free_slots"]);
    assert_eq!((nearest.len(), nearest.last()), (5, Some(&"2026-12-01T16:30:00-05:00")));
    let saturday = world.call("check_available", day("Saturday morning")).await.unwrap();
    assert_eq!(starts(&saturday["next_free_slots"])[0], "2026-11-30T09:00:00-05:00");
    assert_eq!(saturday["next_free_slots"][0]["weekday"], "Monday");
    let disagrees = meeting("December 1st in the afternoon", "10:00");
    assert_eq!(world.code("create_meeting", disagrees).await, "DATE_NOT_UNDERSTOOD_ERROR");
}

/// A busy time in seconds would be one of January 1970, and the slot would look free.
#[tokio::test(start_paused = true)]
async fn finding_f3_busy_times_in_seconds_are_refused_and_milliseconds_named() {
    let world = World::new().await;
    let seconds = |at: &str| utc(at).timestamp();
    let busy = json!([{"start": seconds("2026-12-01T18:00:00Z"), "end": seconds("2026-12-01T19:00:00Z")}]);
    for busy in [busy.clone(), busy.to_string().into()] {
        let wanted = with(meeting("2026-12-01", "13:00"), json!({"bt_slots_ux": busy}));
        let error = world.call("create_meeting", wanted).await.unwrap_err();
        assert_eq!(error["code"], "INVALID_INPUT_ERROR");
        assert!(error["message"].as_str().unwrap().contains("unix milliseconds"), "{error}");
    }
    assert_eq!(booked(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn typing_errors_and_open_days_are_asked_back() {
    let world = World::new().await;
    for (said, says) in [
        ("wendesday", "did you mean `Wednesday`?"),
        ("3rd of Decembr", "did you mean `December`?"),
        ("midnight tomorrow", "Tuesday 24 November 2026, 00:00"),
        ("tonight at 12:30", "Sunday 22 November 2026, 00:30 or as Monday 23 November 2026, 00:30"),
        ("tonight at 00:00", "Sunday 22 November 2026, 00:00 or as Monday 23 November 2026, 00:00"),
        ("tomorrow at 12 in the morning", "Monday 23 November 2026, 00:00 or as Monday 23 November 2026, 12:00"),
        ("21 November", "Saturday 21 November 2026 or as Sunday 21 November 2027"),
    ] {
        let error = world.call("check_available", day(said)).await.unwrap_err();
        assert_eq!(error["code"], "DATE_NOT_UNDERSTOOD_ERROR");
        assert!(error["message"].as_str().unwrap().contains(says), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn free_times_name_no_staff() {
    let world = World::new().await;
    for slug in [DEFAULT, GROUP, ROBIN, VISIT] {
        let arguments = with(day("2026-12-01"), json!({"slug": slug, "duration": 60}));
        let mut shown = world.call("check_available", arguments).await.unwrap();
        // The organisers' own names of their links are what customers read on their pages.
        let links = shown.as_object_mut().unwrap().remove("links").unwrap();
        assert!(!links.to_string().contains('@'), "{links}");
        let shown = shown.to_string();
        for private in ["Veronica", "Chen", "Tanaka", "@", "GOOGLE", "2101913"] {
            assert!(!shown.contains(private), "{private}: {shown}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_booked_without_a_calendar() {
    let world = World::new().await;
    let contacts = world.sandbox.records("contacts").len();
    let daniel = with(day("2026-12-01"), json!({"owner_id": DANIEL}));
    assert_eq!(world.code("check_available", daniel.clone()).await, "CALENDAR_OFFLINE_ERROR");
    let november = with(daniel, json!({"meeting_date": "2026-11-24"}));
    assert_eq!(world.code("check_available", november).await, "CALENDAR_OFFLINE_ERROR");
    for date in ["2026-11-24", "2026-12-01"] {
        let new = json!({"slug": "richtech/daniel-ortiz", "cus_email": "new@customer.com"});
        assert_eq!(world.code("create_meeting", with(meeting(date, "13:00"), new)).await, "CALENDAR_OFFLINE_ERROR");
    }
    // The calendar goes offline between the two steps: HubSpot answers 200 and books nothing.
    let trap = json!({"calendarEventId": "", "isOffline": true, "start": "2026-12-01T18:00:00Z", "end": "2026-12-01T18:30:00Z"});
    world.sandbox.inject_fault(on_booking(Effect::Status { status: 200, body: Some(trap), headers: vec![] }));
    assert_eq!(world.code("create_meeting", meeting("2026-12-01", "13:00")).await, "CALENDAR_OFFLINE_ERROR");
    assert_eq!((booked(&world), world.sandbox.records("contacts").len()), (0, contacts));
}

#[tokio::test(start_paused = true)]
async fn alternatives_come_from_the_same_day_and_then_the_next() {
    let world = World::new().await;
    let error = world.call("create_meeting", meeting("2026-12-01", "2pm")).await.unwrap_err();
    assert_eq!(error["code"], "UNAVAILABLE_ERROR");
    let near = starts(&error["alternatives"]);
    assert!(near.len() >= 3, "{near:?}");
    assert!(near.iter().all(|start| start.starts_with("2026-12-01")), "{near:?}");
    assert!(near.contains(&"2026-12-01T13:30:00-05:00") && near.contains(&"2026-12-01T15:00:00-05:00"), "{near:?}");
    // Nothing is free on a Saturday; the days after it come first.
    let error = world.call("create_meeting", meeting("2026-11-28", "1pm")).await.unwrap_err();
    assert_eq!(starts(&error["alternatives"])[0], "2026-11-30T09:00:00-05:00");
    assert_eq!(booked(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn busy_times_are_accepted_as_text() {
    let world = World::new().await;
    let shown = world.call("check_available", with(day("2026-12-01"), json!({"unix": true}))).await.unwrap();
    let text = shown["busy_time_slots_unix"].to_string();
    world.call("create_meeting", with(meeting("2026-12-01", "13:00"), json!({"bt_slots_ux": text}))).await.unwrap();
    let inside = json!([{"start": utc("2026-12-01T20:10:00Z").timestamp_millis(), "end": utc("2026-12-01T20:15:00Z").timestamp_millis()}]);
    let wanted = with(meeting("2026-12-01", "15:00"), json!({"bt_slots_ux": inside.to_string()}));
    assert_eq!(world.code("create_meeting", wanted).await, "UNAVAILABLE_ERROR");
    let garbage = with(meeting("2026-12-01", "15:00"), json!({"bt_slots_ux": "{'busy_time_slots': []}"}));
    assert_eq!(world.code("create_meeting", garbage).await, "INVALID_INPUT_ERROR");
}
