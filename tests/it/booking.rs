//! Bookings: meeting links, months, form fields, duplicates, and every reason for which HubSpot refuses one.

use chrono::{DateTime, Utc};
use domain::time_zone::rules::ZoneRules;
use http::Method;
use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};

use crate::world::{World, ask_sandbox};

pub(crate) const VERONICA: &str = "117001";
pub(crate) const VERONICA_USER: u64 = 9_586_504;
/// An owner with a meeting link and no calendar.
const DANIEL: &str = "117002";
pub(crate) const MEI: &str = "117003";
pub(crate) const MEI_USER: u64 = 9_586_742;
const DEFAULT: &str = "richtech/veronica-chen";
const VISIT: &str = "richtech/site-visit";
const GROUP: &str = "team/solution-design";
const ROBIN: &str = "team/product-demo";

pub(crate) fn day(meeting_date: &str) -> Value {
    json!({"owner_id": VERONICA, "time_zone": "America/New_York", "meeting_date": meeting_date, "duration": 30})
}

pub(crate) fn meeting(meeting_date: &str, start: &str) -> Value {
    json!({
        "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": "sarah@gmail.com", "meeting_date": meeting_date,
        "meeting_start_time": start, "duration": 30, "slug": DEFAULT, "time_zone": "America/New_York",
    })
}

/// `arguments` with the fields of `more` added or replaced.
pub(crate) fn with(mut arguments: Value, more: Value) -> Value {
    let more = more.as_object().unwrap().clone();
    arguments.as_object_mut().unwrap().extend(more);
    arguments
}

pub(crate) fn starts(slots: &Value) -> Vec<&str> {
    slots.as_array().unwrap().iter().map(|slot| slot["start"].as_str().unwrap()).collect()
}

pub(crate) fn utc(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap()
}

pub(crate) fn on_booking(effect: Effect) -> Fault {
    Fault::once(effect).on(&Method::POST, "/meeting-links/book")
}

pub(crate) fn refusal(status: u16, sub_category: &str) -> Effect {
    let body = json!({
        "status": "error", "message": "no", "category": "VALIDATION_ERROR",
        "subCategory": format!("MeetingsBookingSchedulingError.{sub_category}"),
    });
    Effect::Status { status, body: Some(body), headers: vec![] }
}

fn booked(world: &World) -> usize {
    world.sandbox.records("meetings").len()
}

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
async fn required_form_fields_are_requested_before_booking() {
    let world = World::new().await;
    let visit = json!({"slug": VISIT, "duration": 60});
    let shown = world.call("check_available", with(day("2026-12-01"), visit.clone())).await.unwrap();
    assert_eq!(
        (&shown["form_fields"][0]["name"], &shown["form_fields"][0]["required"]),
        (&json!("company"), &json!(true))
    );
    assert_eq!((&shown["consents"][0]["id"], &shown["guests_max"]), (&json!("12345"), &json!(5)));
    let start = starts(&shown["available_slots"])[0];
    let new = json!({"cus_fname": "Ada", "cus_lname": "Byron", "cus_email": "ada@cloutea.com"});
    let wanted = with(with(meeting(&start[..10], &start[11..16]), visit), new);
    let error = world.call("create_meeting", wanted.clone()).await.unwrap_err();
    assert_eq!(error["code"], "FORM_FIELDS_REQUIRED_ERROR");
    assert_eq!((&error["form_fields"][0]["name"], &error["consents"][0]["id"]), (&json!("company"), &json!("12345")));
    assert_eq!(error["form_fields"].as_array().unwrap().len(), 1, "what is free to stay empty is not missing");
    let half = with(wanted.clone(), json!({"form_fields": {"company": "ClouTea"}}));
    assert_eq!(world.code("create_meeting", half).await, "FORM_FIELDS_REQUIRED_ERROR");
    let slip = with(wanted.clone(), json!({"form_fields": {"compnay": "ClouTea"}, "consents": ["12345"]}));
    assert_eq!(world.code("create_meeting", slip).await, "INVALID_INPUT_ERROR");
    assert_eq!(booked(&world), 0);
    let whole =
        json!({"form_fields": {"company": "ClouTea GmbH"}, "consents": ["12345"], "guest_emails": ["tom@cloutea.com"]});
    world.call("create_meeting", with(wanted, whole)).await.unwrap();
    let is_ada = |contact: &Value| contact["properties"]["email"] == "ada@cloutea.com";
    let contact = world.sandbox.records("contacts").into_iter().find(is_ada).unwrap();
    assert_eq!(contact["properties"]["company"], "ClouTea GmbH");
}

#[tokio::test(start_paused = true)]
async fn each_refusal_has_its_own_code() {
    let world = World::new().await;
    let plain = || meeting("2026-12-01", "13:00");
    let cases = [
        (json!({"duration": 20}), "DURATION_NOT_OFFERED_ERROR"),
        (json!({"slug": "nobody/at-all"}), "MEETING_LINK_UNFOUND_ERROR"),
        (json!({"cus_email": "testuser@example.com"}), "EMAIL_REFUSED_ERROR"),
        (json!({"guest_emails": ["tom@cloutea.com"]}), "GUESTS_NOT_ALLOWED_ERROR"),
        (json!({"time_zone": "Nowhere"}), "TIME_ZONE_UNKNOWN_ERROR"),
        (json!({"meeting_start_time": "at 4"}), "DATE_NOT_UNDERSTOOD_ERROR"),
        (json!({"meeting_start_time": "14:00"}), "UNAVAILABLE_ERROR"),
        (json!({"cus_email": "nobody"}), "INVALID_INPUT_ERROR"),
        (json!({"slug": " "}), "INVALID_INPUT_ERROR"),
    ];
    for (more, code) in cases {
        assert_eq!(world.code("create_meeting", with(plain(), more.clone())).await, code, "{more}");
    }
    let by_hubspot = [
        ("MEETING_DURATION_NOT_VALID", "DURATION_NOT_OFFERED_ERROR"),
        ("INVALID_EMAIL_GUESTS", "GUESTS_NOT_ALLOWED_ERROR"),
        ("MEETING_START_TIME_NOT_VALID", "SLOT_TAKEN_ERROR"),
        ("SOMETHING_NEW", "SLOT_TAKEN_ERROR"),
    ];
    for (sub_category, code) in by_hubspot {
        world.sandbox.inject_fault(on_booking(refusal(400, sub_category)));
        assert_eq!(world.code("create_meeting", plain()).await, code, "{sub_category}");
    }
    world
        .sandbox
        .set_scopes(world.sandbox.token(), &["scheduler.meetings.meeting-link.read", "crm.objects.contacts.read"]);
    assert_eq!(world.code("create_meeting", plain()).await, "MISSING_SCOPE_ERROR");
    assert_eq!(booked(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn a_slot_taken_in_the_meantime_gets_fresh_alternatives() {
    let world = World::new().await;
    world.sandbox.inject_fault(on_booking(refusal(409, "MEETING_TIME_NOT_AVAILABLE")));
    let error = world.call("create_meeting", meeting("2026-11-24", "13:00")).await.unwrap_err();
    assert_eq!(error["code"], "SLOT_TAKEN_ERROR");
    assert!(starts(&error["alternatives"]).len() >= 3);
    let asked = world.requests();
    let after_the_refusal = asked.iter().skip_while(|request| !request.starts_with("POST /scheduler")).skip(1);
    assert!(after_the_refusal.clone().any(|request| request.contains("/meeting-links/book/")), "{asked:?}");
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

#[tokio::test(start_paused = true)]
async fn the_same_start_for_the_same_address_is_booked_once() {
    for slug in [DEFAULT, GROUP, ROBIN] {
        let world = World::new().await;
        let wanted = with(meeting("2026-11-24", "15:00"), json!({"slug": slug}));
        let first = world.call("create_meeting", wanted.clone()).await.unwrap();
        assert_eq!(first.get("already_booked"), None, "{slug}");
        let second = world.call("create_meeting", wanted.clone()).await.unwrap();
        assert_eq!((&second["already_booked"], &second["start"]), (&json!(true), &first["start"]), "{slug}");
        assert_eq!(second["contact_id"], first["contact_id"], "{slug}");
        assert!(second["owner_id"].is_string(), "{slug}: with whom is said");
        assert_eq!(booked(&world), 1, "{slug}");
        // Another customer's meeting at that time is not the same meeting.
        if slug == DEFAULT {
            let other = with(wanted, json!({"cus_email": "tom.baker@harborviewhotel.com"}));
            assert_eq!(world.code("create_meeting", other).await, "UNAVAILABLE_ERROR");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn two_calls_at_once_book_once() {
    for slug in [DEFAULT, GROUP, ROBIN] {
        let world = World::new().await;
        let wanted = with(meeting("2026-11-24", "15:00"), json!({"slug": slug}));
        let both = tokio::join!(world.call("create_meeting", wanted.clone()), world.call("create_meeting", wanted));
        let answers = [both.0.unwrap(), both.1.unwrap()];
        let before = answers.iter().filter(|answer| answer.get("already_booked").is_some()).count();
        assert_eq!((before, booked(&world)), (1, 1), "{slug}: {answers:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_meeting_with_another_owner_is_not_the_requested_one() {
    let world = World::new().await;
    let of = |slug: &str, email: &str| with(meeting("2026-11-24", "15:00"), json!({"slug": slug, "cus_email": email}));
    let (mei, sarah) = ("richtech/mei-tanaka", "sarah@gmail.com");
    world.call("create_meeting", of(DEFAULT, sarah)).await.unwrap();
    world.call("create_meeting", of(mei, "tom.baker@harborviewhotel.com")).await.unwrap();
    let error = world.call("create_meeting", of(mei, sarah)).await.unwrap_err();
    assert_eq!((&error["code"], &error["customer_has"]["owner_id"]), (&json!("UNAVAILABLE_ERROR"), &json!(VERONICA)));
    assert_eq!(error["customer_has"]["start"], "2026-11-24T15:00:00-05:00");
    assert!(starts(&error["alternatives"]).len() >= 3, "{error}");
    let again = world.call("create_meeting", of(DEFAULT, sarah)).await.unwrap();
    assert_eq!((&again["already_booked"], booked(&world)), (&json!(true), 2));
}

/// The names of the contact with this e-mail address.
fn names(world: &World, email: &str) -> (Value, Value) {
    let contacts = world.sandbox.records("contacts");
    let contact = contacts.iter().find(|contact| contact["properties"]["email"] == email).unwrap();
    (contact["properties"]["firstname"].clone(), contact["properties"]["lastname"].clone())
}

#[tokio::test(start_paused = true)]
async fn a_missing_name_does_not_overwrite_the_contact() {
    let named = |time: &str, first: &str, last: &str, email: &str| {
        with(meeting("2026-11-24", time), json!({"cus_fname": first, "cus_lname": last, "cus_email": email}))
    };
    let (world, sarah, new) = (World::new().await, "sarah@gmail.com", "new@customer.com");
    world.call("create_meeting", named("13:00", "", " ", sarah)).await.unwrap();
    assert_eq!(names(&world, sarah), (json!("Sarah"), json!("Mark")));
    for (first, last) in [("", "Byron"), ("Bob\nIGNORE", "Byron"), ("Ada", &*"X".repeat(300))] {
        assert_eq!(world.code("create_meeting", named("15:00", first, last, new)).await, "INVALID_INPUT_ERROR");
    }
    assert_eq!(booked(&world), 1);
    world.call("create_meeting", named("15:00", "Ada", "", new)).await.unwrap();
    assert_eq!(names(&world, new), (json!("Ada"), json!("-")), "HubSpot wants a last name of everybody");
}

#[tokio::test(start_paused = true)]
async fn a_booking_whose_answer_was_lost_is_looked_up() {
    for effect in [Effect::LostAnswer, Effect::CutBody, Effect::BrokenJson] {
        let world = World::new().await;
        world.sandbox.inject_fault(on_booking(effect.clone()));
        let confirmed = world.call("create_meeting", meeting("2026-11-24", "13:00")).await.unwrap();
        assert_eq!((&confirmed["recovered"], booked(&world)), (&json!(true), 1), "{effect:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_customer_can_list_their_meetings() {
    let world = World::new().await;
    let none = world.call("find_meetings", json!({"contact": "sarah@gmail.com"})).await.unwrap();
    assert_eq!(
        (&none["coming"], &none["past"], &none["time_zone"]),
        (&json!([]), &json!([]), &json!("America/New_York"))
    );
    for (date, time) in [("2026-11-25", "11:00"), ("2026-11-24", "13:00"), ("2026-12-01", "09:00")] {
        world.call("create_meeting", meeting(date, time)).await.unwrap();
    }
    let by_id = json!({"contact": "84246479604", "time_zone": "New York"});
    let all = world.call("find_meetings", by_id.clone()).await.unwrap();
    let coming = ["2026-11-24T13:00:00-05:00", "2026-11-25T11:00:00-05:00", "2026-12-01T09:00:00-05:00"];
    assert_eq!(starts(&all["coming"]), coming);
    let soonest = &all["coming"][0];
    assert_eq!((&soonest["end"], &soonest["outcome"]), (&json!("2026-11-24T13:30:00-05:00"), &json!("SCHEDULED")));
    assert_eq!(soonest["owner_id"], VERONICA);
    assert!(soonest["url"].as_str().unwrap().starts_with("https://"), "{soonest}");
    assert!(all["changes"].as_str().unwrap().contains("cannot move or cancel"), "{all}");
    assert_eq!(soonest["owner"], "Veronica Chen");
    tokio::time::advance(std::time::Duration::from_secs(4 * 24 * 3600)).await;
    let later = world.call("find_meetings", by_id).await.unwrap();
    assert_eq!(starts(&later["coming"]), ["2026-12-01T09:00:00-05:00"]);
    assert_eq!(starts(&later["past"]), ["2026-11-25T11:00:00-05:00", "2026-11-24T13:00:00-05:00"]);
}

/// Adds a meeting to Sarah's contact directly in the sandbox.
pub(crate) async fn logged(world: &World, start: DateTime<Utc>, outcome: &str) {
    logged_about(world, start, outcome, "").await;
}

/// The same with a description.
pub(crate) async fn logged_about(world: &World, start: DateTime<Utc>, outcome: &str, body: &str) {
    let end = start + chrono::TimeDelta::minutes(30);
    let properties = json!({
        "hs_timestamp": start, "hs_meeting_start_time": start, "hs_meeting_end_time": end,
        "hs_meeting_title": "Meet Veronica Chen: Sarah Mark", "hs_meeting_outcome": outcome,
        "hs_meeting_location": "Google Meet", "hs_meeting_external_url": "https://meet.example/abc-defg-hij",
        "hubspot_owner_id": VERONICA, "hs_meeting_body": body,
    });
    let of_contact = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 200}]);
    let to = json!([{"to": {"id": "84246479604"}, "types": of_contact}]);
    let meeting = json!({"properties": properties, "associations": to});
    ask_sandbox(world, "POST", "/crm/v3/objects/meetings", meeting).await;
}

#[tokio::test(start_paused = true)]
async fn many_meetings_come_page_by_page() {
    let world = World::new().await;
    let noon = |day: i64| utc("2026-11-22T17:00:00Z") + chrono::TimeDelta::days(day);
    logged(&world, noon(1), "CANCELED").await;
    for day in (-7..0).chain(2..8) {
        logged(&world, noon(day), if day < 0 { "COMPLETED" } else { "SCHEDULED" }).await;
    }
    let (mut coming, mut past, mut cursor) = (vec![], vec![], json!(null));
    loop {
        let asked = json!({"contact": "sarah@gmail.com", "time_zone": "UTC", "cursor": cursor});
        let page = world.call("find_meetings", asked).await.unwrap();
        assert_eq!((&page["coming_total"], &page["past_total"]), (&json!(7), &json!(7)));
        coming.extend(starts(&page["coming"]).into_iter().map(str::to_owned));
        past.extend(starts(&page["past"]).into_iter().map(str::to_owned));
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
        let whose = json!({"contact": "tom.baker@harborviewhotel.com", "cursor": cursor});
        assert_eq!(world.code("find_meetings", whose).await, "INVALID_INPUT_ERROR");
    }
    let said = |day: i64| noon(day).to_utc().to_rfc3339();
    assert_eq!(coming, (2..8).chain([1]).map(said).collect::<Vec<_>>(), "what was called off comes last");
    assert_eq!(past, (-7..0).rev().map(said).collect::<Vec<_>>());
    let all = json!({"contact": "sarah@gmail.com", "limit": 50});
    assert_eq!(starts(&world.call("find_meetings", all).await.unwrap()["coming"]).len(), 7);
    let none = json!({"contact": "sarah@gmail.com", "limit": 0});
    assert_eq!(world.code("find_meetings", none).await, "INVALID_INPUT_ERROR");
}

#[tokio::test(start_paused = true)]
async fn meetings_are_shown_in_the_customers_time_zone() {
    let world = World::new().await;
    let aiko = json!({"cus_email": "aiko.sato@kissaten.jp", "slug": "richtech/mei-tanaka"});
    world.call("create_meeting", with(meeting("2026-11-24", "15:00"), aiko)).await.unwrap();
    let shown = world.call("find_meetings", json!({"contact": "a.sato@kissaten.jp"})).await.unwrap();
    assert_eq!(
        (&shown["time_zone"], &shown["coming"][0]["start"]),
        (&json!("Asia/Tokyo"), &json!("2026-11-25T05:00:00+09:00"))
    );
    for (arguments, code) in [
        (json!({"contact": "999"}), "CONTACT_NOT_FOUND_ERROR"),
        (json!({"contact": "nobody@nowhere.com"}), "USER_NOT_FOUND_ERROR"),
        (json!({"contact": "Sarah"}), "INVALID_INPUT_ERROR"),
        (json!({}), "INVALID_INPUT_ERROR"),
    ] {
        assert_eq!(world.code("find_meetings", arguments).await, code);
    }
}

/// For a later month HubSpot returns the link's settings and the free times separately, and the free times are read
/// again before booking: availability is never cached, and HubSpot's answer for a slot that was just taken is not
/// documented. Owners and links are read when the server starts, so that the first customer needs no more requests than
/// later ones. The contact is read before it is booked for, since HubSpot writes the names of a booking over its own.
#[tokio::test(start_paused = true)]
async fn a_day_is_asked_and_booked_in_six_requests_cold_and_four_warm() {
    for date in ["2026-11-24", "2026-12-01", "2027-01-12"] {
        let started = World::new().await;
        started.hubspot.warm_up().await;
        let (cold, warm) = (asked_and_booked(&started, date).await.len(), asked_and_booked(&started, date).await.len());
        assert!(cold <= 5 && warm <= 4, "{date}: {cold} and {warm}");
    }
    let never_read_ahead = World::new().await;
    assert_eq!(asked_and_booked(&never_read_ahead, "2026-11-24").await.len(), 6);
}

async fn asked_and_booked(world: &World, date: &str) -> Vec<String> {
    world.requests();
    let free = world.call("check_available", day(date)).await.unwrap();
    let start = starts(&free["available_slots"])[0];
    world.call("create_meeting", meeting(date, &start[11..16])).await.unwrap();
    world.requests()
}

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
