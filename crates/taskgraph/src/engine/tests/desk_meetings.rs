//! Meetings at the shipped desk: what a booking requires, and what a colleague reads where there is none.

use serde_json::{Value, json};

use super::{
    conversation::{Conversation, sarah},
    desk::{desk, sends},
};
use crate::{
    engine::{action::Action, state::Phase},
    instructions::DeadEnd,
};

/// A meeting with Sarah's representative, up to the free times.
fn a_meeting(shown: Value) -> Conversation {
    let mut talk = desk();
    let said = json!({
        "email": "sarah@gmail.com", "meeting_date": "2026-12-03", "meeting_start_time": "14:15", "time_zone": "America/New_York",
        "duration": "30",
    });
    talk.says("I want to meet on Thursday", Some("Book a meeting"), said).answers(sarah());
    talk.answers(json!({"owner_id": "117001"})).answers(shown);
    talk
}

#[test]
fn a_booking_asks_for_what_its_form_requires_together_with_the_time() {
    let shown = json!({
        "slug": "ann", "available_slots": [{"start": "2026-12-03T15:00:00-05:00"}], "asked_time_is_free": false, "guests_max": 1,
        "consents": [{"id": "12345", "required": true}, {"id": "9", "required": false}],
        "form_fields": [{"name": "company", "required": true}, {"name": "phone", "required": true, "known": "+1"}],
    });
    let mut talk = a_meeting(shown);
    assert_eq!(talk.asked(), "slots create_meeting: meeting_start_time form_fields consents");
    let Some(Action::Slots { missing, .. }) = talk.actions.last() else { panic!() };
    assert_eq!(missing[0].example, Some("15:00".into()), "14:15 is taken");
    let more = json!({"meeting_start_time": "15:00", "guest_emails": ["a@b.cc", "b@b.cc"], "consents": ["12345"]});
    talk.says("At three, with two guests", None, more);
    assert_eq!(talk.asked(), "slots create_meeting: form_fields guest_emails");
    talk.says("Only one", None, json!({"guest_emails": ["a@b.cc"], "form_fields": {"company": "ClouTea"}}));
    assert!(talk.asked().starts_with("call create_meeting"), "{}", talk.asked());
}

#[test]
fn a_time_that_was_shown_for_one_other_day_alone_is_of_that_day() {
    let start = |text: &str| json!({ "start": text });
    let monday = [start("2026-12-07T09:00:00-05:00"), start("2026-12-07T09:30:00-05:00")];
    for (others, day) in
        [(json!(monday), "2026-12-07"), (json!([monday[0], start("2026-12-08T09:00:00-05:00")]), "2026-12-03")]
    {
        let mut talk =
            a_meeting(json!({"slug": "ann", "date": "2026-12-03", "available_slots": [], "next_free_slots": others}));
        talk.says("nine then", None, json!({"meeting_start_time": "09:00"}));
        assert_eq!(
            (&sends(&talk)["meeting_date"], &sends(&talk)["meeting_start_time"]),
            (&json!(day), &json!("09:00"))
        );
    }
}

#[test]
fn the_task_after_a_dead_end_says_what_was_wanted() {
    let mut talk = a_meeting(json!({"code": "CALENDAR_OFFLINE_ERROR", "message": "x", "hint": "`create_task`"}));
    for first_heard in [false, true] {
        if first_heard {
            talk = a_meeting(json!({"code": "CALENDAR_OFFLINE_ERROR", "message": "x", "hint": "`create_task`"}));
            talk.says("Oh what a pity", None, json!({}));
        }
        talk.says("yes please have him call me on my mobile", Some("a person"), json!({}));
        let reason = sends(&talk)["reason"].as_str().unwrap().to_owned();
        assert!(first_heard || reason.starts_with("yes please have him call me"), "{reason}");
        for part in [
            "have him call me",
            "I want to meet on Thursday",
            "Book a meeting",
            "2026-12-03",
            "14:15",
            "America/New_York",
        ] {
            assert!(reason.contains(part), "{part} in {reason}");
        }
        talk.answers(json!({"task_id": "1"}));
        assert_eq!(talk.asked(), "say", "there is nothing to go on with");
    }
}

#[test]
fn who_is_named_in_place_of_a_missing_representative_needs_no_look_up() {
    for intent in [None, Some("Book a meeting")] {
        let mut talk = desk();
        let said = json!({"email": "sarah@gmail.com", "meeting_date": "tomorrow", "time_zone": "UTC"});
        talk.says("I want to meet somebody", Some("Book a meeting"), said).answers(sarah());
        talk.answers(json!({"code": "OWNER_NOT_FOUND_ERROR", "message": "x", "hint": "y"}));
        assert_eq!(talk.state.phase, Phase::DeadEnd { why: DeadEnd::Failed });
        talk.says("with Mei Tanaka", intent, json!({"owner_id": "Mei Tanaka"}));
        assert!(
            talk.asked().ends_with("call check_available: contact meeting_date owner_id time_zone"),
            "{}",
            talk.asked()
        );
    }
}
