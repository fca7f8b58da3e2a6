//! Meetings as an agent needs them: what is free and why not, what HubSpot knows already, and what a booking changed. The
//! clock stands at Sunday, 22 November 2026, 10:00 in New York.

use http::Method;
use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};

use crate::booking::{MEI, day, meeting, starts, with};
use crate::world::World;

const SARAH: &str = "84246479604";
const VERONICA: &str = "117001";
const VISIT: &str = "richtech/site-visit";

/// The properties of Sarah's contact.
fn sarah(world: &World) -> Value {
    let contacts = world.sandbox.records("contacts");
    contacts.iter().find(|contact| contact["id"] == SARAH).unwrap()["properties"].clone()
}

async fn free(world: &World, arguments: Value) -> Value {
    world.call("check_available", arguments).await.unwrap()
}

fn named(time: &str, first: &str, last: &str, more: Value) -> Value {
    with(with(meeting("2026-11-24", time), json!({"cus_fname": first, "cus_lname": last})), more)
}

#[tokio::test(start_paused = true)]
async fn finding_12_a_booking_keeps_hubspots_names_unless_told_otherwise() {
    let world = World::new().await;
    let kept = world.call("create_meeting", named("13:00", "Sara", "Marks", json!({}))).await.unwrap();
    assert_eq!((&kept["name_kept"], kept.get("contact_changes")), (&json!("Sarah Mark"), None));
    assert_eq!((&sarah(&world)["firstname"], &sarah(&world)["lastname"]), (&json!("Sarah"), &json!("Mark")));
    let update = json!({"update_name": true});
    let changed = world.call("create_meeting", named("15:00", "Sarah", "Marks", update)).await.unwrap();
    assert_eq!(changed["contact_changes"], json!({"lastname": {"before": "Mark", "after": "Marks"}}));
    assert_eq!((changed.get("name_kept"), &sarah(&world)["lastname"]), (None, &json!("Marks")));
}

/// The names that a booking made up for somebody without any are no names to keep.
#[tokio::test(start_paused = true)]
async fn finding_12_a_name_that_was_missing_is_filled_in() {
    let world = World::new().await;
    let new = json!({"cus_email": "new@customer.com"});
    world.call("create_meeting", named("13:00", "Ada", "", new.clone())).await.unwrap();
    let filled = world.call("create_meeting", named("15:00", "Ada", "Byron", new)).await.unwrap();
    assert_eq!(filled["contact_changes"], json!({"lastname": {"before": "-", "after": "Byron"}}));
}

#[tokio::test(start_paused = true)]
async fn finding_12_a_booking_tells_what_its_form_changed_of_the_contact() {
    let world = World::new().await;
    let visit = json!({"slug": VISIT, "duration": 60, "consents": ["12345"], "form_fields": {"company": "Acme"}});
    let booked = world.call("create_meeting", with(meeting("2026-11-25", "11:00"), visit)).await.unwrap();
    assert_eq!(booked["contact_changes"], json!({"company": {"before": "ClouTea", "after": "Acme"}}));
}

#[tokio::test(start_paused = true)]
async fn the_topic_of_a_meeting_stands_in_its_description() {
    let world = World::new().await;
    let topic = json!({"topic": "Renting <two> robots"});
    let booked = world.call("create_meeting", with(meeting("2026-12-01", "13:00"), topic.clone())).await.unwrap();
    assert_eq!(booked.get("warning"), None);
    let kept = world.sandbox.records("meetings");
    assert_eq!(kept[0]["properties"]["hs_meeting_body"], "Renting &lt;two&gt; robots");
    world.sandbox.inject_fault(Fault::once(Effect::status(403)).on(&Method::PATCH, "/meetings/"));
    let lost = world.call("create_meeting", with(meeting("2026-12-01", "15:00"), topic)).await.unwrap();
    assert!(lost["warning"].as_str().unwrap().contains("`log_activity`"), "it is booked all the same: {lost}");
    assert_eq!(world.sandbox.records("meetings").len(), 2);
}

/// The second answer has what the first had: whose name is in HubSpot, and that nothing more was booked.
#[tokio::test(start_paused = true)]
async fn a_meeting_that_was_booked_already_tells_the_name_that_was_kept() {
    let world = World::new().await;
    let misspelt = with(meeting("2026-12-01", "13:00"), json!({"cus_fname": "Sara", "cus_lname": "Marks"}));
    let booked = world.call("create_meeting", misspelt.clone()).await.unwrap();
    let again = world.call("create_meeting", misspelt).await.unwrap();
    assert_eq!((&again["already_booked"], &again["already"]), (&json!(true), &json!(true)), "{again}");
    assert_eq!((&again["name_kept"], &booked["name_kept"]), (&json!("Sarah Mark"), &json!("Sarah Mark")));
    assert_eq!(world.sandbox.records("meetings").len(), 1);
}

/// Without a zone the account's is used, as everywhere else, and said to be a guess; and what the meeting is about is read.
#[tokio::test(start_paused = true)]
async fn meetings_are_told_in_the_accounts_zone_with_topic_and_page() {
    let world = World::new().await;
    for (time, topic) in [("13:00", "Renting <two> robots"), ("15:00", "A visit")] {
        let booking = with(meeting("2026-12-01", time), json!({ "topic": topic }));
        world.call("create_meeting", booking).await.unwrap();
    }
    let found = world.call("find_meetings", json!({"contact": "sarah@gmail.com"})).await.unwrap();
    assert_eq!((&found["time_zone"], &found["time_zone_is_guess"]), (&json!("America/New_York"), &json!(true)));
    let coming = found["coming"].as_array().unwrap();
    assert_eq!(coming[0]["start"], "2026-12-01T13:00:00-05:00");
    // Of the next meeting alone: the answer has to be short.
    let told: Vec<_> = coming.iter().map(|one| (&one["customer_text"]["topic"], one["url"].is_string())).collect();
    assert_eq!(told, [(&json!("Renting <two> robots"), true), (&json!(null), false)], "{found}");
}

/// Times limit a day as its parts do.
#[tokio::test(start_paused = true)]
async fn times_limit_what_is_offered() {
    let world = World::new().await;
    for (said, from, to) in [
        ("2026-12-01 after 3pm", "2026-12-01T15:00", "2026-12-02T00:00"),
        ("2026-12-01 14:00-16:00", "2026-12-01T14:00", "2026-12-01T16:00"),
        ("2026-12-01 early morning", "2026-12-01T00:00", "2026-12-01T12:00"),
        ("2026-12-01 before 11am", "2026-12-01T00:00", "2026-12-01T11:00"),
        ("2026-12-01 in the afternoon before 4pm", "2026-12-01T12:00", "2026-12-01T16:00"),
        ("2026-12-01 afternoon until 3", "2026-12-01T12:00", "2026-12-01T15:00"),
        ("2026-12-01 morning after 10", "2026-12-01T10:00", "2026-12-01T12:00"),
        ("2026-12-01 pm before 3pm", "2026-12-01T12:00", "2026-12-01T15:00"),
        ("2026-12-01 after lunch until 3pm", "2026-12-01T13:00", "2026-12-01T15:00"),
        ("before noon on 2026-12-01", "2026-12-01T00:00", "2026-12-01T12:00"),
        ("2026-12-01 after 1pm and before 4pm", "2026-12-01T13:00", "2026-12-01T16:00"),
        ("2026-12-01 at lunchtime", "2026-12-01T12:00", "2026-12-01T14:00"),
    ] {
        let free = world.call("check_available", day(said)).await.unwrap();
        let starts = starts(&free["available_slots"]);
        assert!(!starts.is_empty() && starts.iter().all(|start| (from..to).contains(start)), "{said}: {free}");
        assert!(free["limited_to"]["start"].as_str().unwrap().starts_with(from), "{free}");
        assert!(free["limited_to"]["end"].as_str().unwrap().starts_with(to), "{free}");
        let again = world.call("check_available", day(free["understood"].as_str().unwrap())).await.unwrap();
        assert_eq!(again["limited_to"], free["limited_to"], "what was understood is read as the same");
    }
    let said = world.call("check_available", day("2026-12-01 2-4pm")).await.unwrap();
    assert_eq!(said["understood"], "Tuesday 1 December 2026 from 14:00 to 16:00, America/New_York (UTC-05:00)");
    let apart = world.call("check_available", day("Tuesday morning 2-4pm")).await.unwrap_err();
    assert!(apart["message"].as_str().unwrap().contains("do not agree"), "{apart}");
    let open = world.call("check_available", day("Tuesday after 3")).await.unwrap_err();
    assert!(open["message"].as_str().unwrap().contains("am or pm?"), "{open}");
}

/// A further page of a day has its starts, and not once more what the first one told.
#[tokio::test(start_paused = true)]
async fn a_further_page_of_a_day_repeats_nothing() {
    let world = World::new().await;
    let first = world.call("check_available", with(day("2026-12-01"), json!({"limit": 2}))).await.unwrap();
    assert!(first["links"].is_array() && first["busy_time_slots"].is_array(), "{first}");
    let more = with(day("2026-12-01"), json!({"limit": 2, "after": first["next_after"]}));
    let more = world.call("check_available", more).await.unwrap();
    assert_eq!(starts(&more["available_slots"]).len(), 2);
    for told in ["links", "busy_time_slots", "form_fields", "consents", "consent_text"] {
        assert_eq!(more.get(told), None, "{more}");
    }
}

#[tokio::test(start_paused = true)]
async fn finding_16_parts_of_the_day_limit_what_is_offered() {
    let world = World::new().await;
    for (said, from, to) in [
        ("Tuesday morning", "00:00", "12:00"),
        ("Tuesday before lunch", "00:00", "12:00"),
        ("Tuesday after lunch", "13:00", "18:00"),
        ("Tuesday afternoon", "12:00", "18:00"),
        ("Tuesday evening", "17:00", "24:00"),
    ] {
        let shown = free(&world, with(day(said), json!({"limit": 40}))).await;
        let slots = starts(&shown["available_slots"]);
        assert!(slots.iter().all(|start| (from..to).contains(&&start[11..16])), "{said}: {slots:?}");
        assert_eq!(slots.is_empty(), said.ends_with("evening"), "{said}");
        assert!(shown.get("limited_to").is_some(), "{said}");
    }
    let after_lunch = free(&world, day("Tuesday after lunch")).await;
    let again = free(&world, day("2026-11-24 after lunch")).await;
    assert_eq!(after_lunch["available_slots"], again["available_slots"]);
    assert_eq!(after_lunch["available_slots"][0]["weekday"], "Tuesday");
}

#[tokio::test(start_paused = true)]
async fn finding_16_earlier_starts_than_the_named_time_are_said_to_exist() {
    let world = World::new().await;
    let whole = free(&world, with(day("2026-12-01"), json!({"limit": 40}))).await;
    assert_eq!((whole.get("next_before"), whole.get("next_after")), (None, None));
    let whole = starts(&whole["available_slots"]);
    let mut shown = free(&world, with(day("2026-12-01 15:00"), json!({"limit": 4}))).await;
    let mut earlier = vec![];
    while let Some(before) = shown.get("next_before").cloned() {
        assert_eq!(before, shown["available_slots"][0]["start"]);
        shown = free(&world, with(day("2026-12-01"), json!({"limit": 4, "before": before}))).await;
        let mut page: Vec<String> = starts(&shown["available_slots"]).into_iter().map(str::to_owned).collect();
        page.append(&mut earlier);
        earlier = page;
    }
    assert!(earlier.len() > 4);
    assert_eq!(earlier, whole[..earlier.len()], "every earlier start, in order");
    let both = with(day("2026-12-01"), json!({"before": whole[3], "after": whole[1]}));
    assert_eq!(world.code("check_available", both).await, "INVALID_INPUT_ERROR");
}

#[tokio::test(start_paused = true)]
async fn finding_16_a_day_without_a_start_says_why() {
    let world = World::new().await;
    for (said, why) in [
        ("2027-06-01", "bookable until 2027-02-14; `create_task` asks the representative for another time"),
        ("Saturday", "outside the representative's hours: there are none on a Saturday"),
        ("Tuesday evening", "nothing is free in this part of the day; other parts of it have free starts"),
    ] {
        let shown = free(&world, day(said)).await;
        assert_eq!((&shown["available_slots"], &shown["why_none"]), (&json!([]), &json!(why)), "{said}");
    }
    let open = free(&world, day("2026-12-01")).await;
    assert_eq!((open.get("why_none"), open.get("why_not_free")), (None, None));
}

#[tokio::test(start_paused = true)]
async fn finding_16_a_time_that_is_not_free_says_why() {
    let world = World::new().await;
    for (said, why) in [
        ("December 1st at 2pm", Some("taken")),
        ("December 1st at 8pm", Some("outside the representative's hours, or too soon")),
        ("2026-12-01 13:07", Some("the link offers no start at this minute, or it is too near another appointment")),
        ("2027-06-01 13:00", Some("bookable until 2027-02-14")),
        ("December 1st at 1pm", None),
    ] {
        let shown = free(&world, day(said)).await;
        assert_eq!(shown["asked_time_is_free"], why.is_none(), "{said}");
        assert_eq!(shown.get("why_not_free").and_then(Value::as_str), why, "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn finding_16_unix_times_come_on_request_only() {
    let world = World::new().await;
    let plain = free(&world, day("2026-12-01")).await;
    assert!(!plain.to_string().contains("_unix"), "{plain}");
    let unix = free(&world, with(day("2026-12-01"), json!({"unix": true}))).await;
    let counts = ["available_slots_unix", "busy_time_slots_unix"].map(|name| unix[name].as_array().unwrap().len());
    assert_eq!(counts, [8, 3]);
}

#[tokio::test(start_paused = true)]
async fn finding_16_links_have_their_names_and_the_lengths_that_were_read() {
    let world = World::new().await;
    let link = |shown: &Value, slug: &str| {
        shown["links"].as_array().unwrap().iter().find(|link| link["slug"] == slug).unwrap().clone()
    };
    let shown = free(&world, day("2026-12-01")).await;
    let own = link(&shown, "richtech/veronica-chen");
    assert_eq!((&own["name"], &own["durations"]), (&json!("Meet Veronica Chen"), &json!([15, 30, 60])));
    assert_eq!(link(&shown, "richtech/quick-call")["name"], "Quick call");
    free(&world, with(day("2026-12-01"), json!({"slug": VISIT, "duration": 60}))).await;
    let error = world.call("check_available", with(day("2026-12-01"), json!({"duration": 45}))).await.unwrap_err();
    assert_eq!(
        (&error["code"], &link(&error, VISIT)["durations"]),
        (&json!("DURATION_NOT_OFFERED_ERROR"), &json!([60]))
    );
}

#[tokio::test(start_paused = true)]
async fn finding_16_what_hubspot_knows_is_not_asked_again_and_keeps_its_spelling() {
    let world = World::new().await;
    let visit = with(day("2026-11-25"), json!({"slug": VISIT, "duration": 60}));
    let shown = free(&world, with(visit.clone(), json!({"contact": "sarah@gmail.com"}))).await;
    assert_eq!(
        (&shown["form_fields"][0]["name"], &shown["form_fields"][0]["known"]),
        (&json!("company"), &json!("ClouTea"))
    );
    for nobody in [json!({}), json!({"contact": "nobody@nowhere.example"})] {
        let shown = free(&world, with(visit.clone(), nobody)).await;
        assert_eq!(shown["form_fields"][0].get("known"), None);
    }
    for (time, form) in [("11:00", json!({})), ("13:00", json!({"company": "cloutea"}))] {
        let visit = json!({"slug": VISIT, "duration": 60, "consents": ["12345"], "form_fields": form});
        let booked = world.call("create_meeting", with(meeting("2026-11-25", time), visit)).await.unwrap();
        assert_eq!((booked.get("contact_changes"), &sarah(&world)["company"]), (None, &json!("ClouTea")));
    }
}

#[tokio::test(start_paused = true)]
async fn finding_16_the_text_of_the_consent_is_shown() {
    let world = World::new().await;
    let shown = free(&world, with(day("2026-11-25"), json!({"slug": VISIT, "duration": 60}))).await;
    let text = shown["consent_text"].as_str().unwrap();
    for part in ["let Richtech Robotics use your data", "withdraw at any time", "stay in touch"] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(free(&world, day("2026-12-01")).await.get("consent_text"), None);
}

#[tokio::test(start_paused = true)]
async fn finding_17_meetings_have_weekday_owner_and_two_addresses() {
    let world = World::new().await;
    world.call("create_meeting", meeting("2026-12-01", "13:00")).await.unwrap();
    let mei = json!({"slug": "richtech/mei-tanaka", "meeting_date": "2026-12-02", "meeting_start_time": "15:00"});
    world.call("create_meeting", with(meeting("2026-12-01", "15:00"), mei)).await.unwrap();
    let shown = world.call("find_meetings", json!({"contact": SARAH, "time_zone": "New York"})).await.unwrap();
    assert_eq!(shown.get("time_zone_is_guess"), None);
    let (first, second) = (&shown["coming"][0], &shown["coming"][1]);
    assert_eq!((&first["weekday"], &second["weekday"]), (&json!("Tuesday"), &json!("Wednesday")));
    assert_eq!((&first["owner"], &second["owner"]), (&json!("Veronica Chen"), &json!("Mei Tanaka")));
    assert_eq!(second["owner_id"], MEI);
    assert!(first["conference_url"].as_str().unwrap().starts_with("https://meet."), "{first}");
    let page = format!("/record/0-47/{}", first["meeting_id"].as_str().unwrap());
    assert!(first["url"].as_str().unwrap().ends_with(&page), "{first}");
    let guessed = world.call("find_meetings", json!({"contact": SARAH})).await.unwrap();
    assert_eq!((&guessed["time_zone"], &guessed["time_zone_is_guess"]), (&json!("America/New_York"), &json!(true)));
    let own = world.call("find_meetings", json!({"contact": "aiko.sato@kissaten.jp"})).await.unwrap();
    assert_eq!((&own["time_zone"], own.get("time_zone_is_guess")), (&json!("Asia/Tokyo"), None));
}

#[tokio::test(start_paused = true)]
async fn a_page_of_earlier_starts_is_read_back_as_it_was_written() {
    let world = World::new().await;
    for (argument, bad) in [("before", "noon"), ("after", "2026-12-01")] {
        let error = world.call("check_available", with(day("2026-12-01"), json!({argument: bad}))).await.unwrap_err();
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(&format!("`next_{argument}`")), "{message}");
    }
}

/// Customers say where they are and when in their own words; a phrase of two days is asked back with both.
#[tokio::test(start_paused = true)]
async fn zones_and_days_are_understood_as_customers_say_them() {
    let world = World::new().await;
    for (zone, day, understood) in [
        ("Paducah, KY", "the Friday after Christmas", "Friday 1 January 2027, America/Chicago"),
        ("Page, AZ", "two weeks from Monday", "Monday 7 December 2026, America/Phoenix"),
        ("D.C.", "Sunday in two weeks", "Sunday 6 December 2026, America/New_York"),
        ("Lisboa", "a week from Friday", "Friday 4 December 2026, Europe/Lisbon"),
        ("København", "the Monday after tomorrow", "Monday 30 November 2026, Europe/Copenhagen"),
    ] {
        let asked = json!({"owner_id": VERONICA, "time_zone": zone, "meeting_date": day});
        let found = free(&world, asked).await;
        assert!(found["understood"].as_str().unwrap().starts_with(understood), "{zone}, {day}: {found}");
    }
    for (day, both) in [
        ("in two weeks on Monday", ["Monday 30 November 2026", "Monday 7 December 2026"]),
        ("the Tuesday after next", ["Tuesday 1 December 2026", "Tuesday 8 December 2026"]),
    ] {
        let asked = json!({"owner_id": VERONICA, "time_zone": "America/New_York", "meeting_date": day});
        let error = world.call("check_available", asked).await.unwrap_err();
        let message = error["message"].as_str().unwrap();
        assert!(both.iter().all(|day| message.contains(day)), "{day}: {error}");
    }
    let nowhere = json!({"owner_id": VERONICA, "time_zone": "Hazard, KY", "meeting_date": "tomorrow"});
    let error = world.call("check_available", nowhere).await.unwrap_err().to_string();
    assert!(
        error.contains("America/New_York") && error.contains("America/Chicago") && !error.contains("Cayman"),
        "{error}"
    );
}
