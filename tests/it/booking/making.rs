//! The booking itself: refusals, races, lost answers, and the fields of its form.

use hubspot_sandbox::fault::Effect;
use serde_json::{Value, json};

use super::{DEFAULT, GROUP, ROBIN, VERONICA, VISIT, booked, day, meeting, on_booking, refusal, starts, with};
use crate::world::World;

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
        (json!({"cus_email": "testuser@example.com", "cus_lname": "Test"}), "EMAIL_REFUSED_ERROR"),
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
