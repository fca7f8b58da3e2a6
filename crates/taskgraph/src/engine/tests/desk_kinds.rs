//! Kinds of conversations in the shipped desk that went wrong: something said early, another matter in between, a wrong
//! address, several things at once.

use serde_json::{Value, json};

use super::conversation::{Conversation, not_found, sarah};
use super::desk::{FAULT, desk, hit, hits, no_tickets, sends};
use crate::engine::event::Event;

const NUMBER: &str = "+353 87 555 1234";

fn offline() -> Value {
    json!({"code": "CALENDAR_OFFLINE_ERROR", "message": "x", "hint": "`create_task`"})
}

fn one_ticket() -> Value {
    json!({"total": 1, "open": 1, "tickets": [{"ticket_id": "33397362407"}]})
}

fn slots(slots: Value) -> Event {
    Event { slots: slots.as_object().cloned().unwrap_or_default(), ..Event::default() }
}

#[test]
fn how_to_be_reached_is_kept_from_before_the_person_is_asked_for() {
    for name in ["reach", "phone"] {
        let mut talk = desk();
        let said = json!({
            "email": "sarah@gmail.com", "meeting_date": "Tuesday", "time_zone": "UTC", "owner_id": "117001", name: NUMBER,
        });
        talk.says("I want to meet my rep, or he can call me", Some("Book a meeting"), said);
        talk.answers(sarah()).answers(offline()).says("yes please pass it on", Some("a person"), json!({}));
        assert_eq!(sends(&talk)["reach"], NUMBER, "{name}, after a matter that failed");

        let mut talk = desk();
        talk.says(FAULT, Some("Report a problem"), json!({"email": "sarah@gmail.com", name: NUMBER})).answers(sarah());
        talk.answers(no_tickets()).answers(json!({"ticket_id": "7", "contact_id": "84246479604"}));
        talk.says("and please call me back", Some("a person"), json!({}));
        assert_eq!(sends(&talk)["reach"], NUMBER, "{name}, after a matter that is done");
    }
    let mut talk = desk();
    let said = json!({"email": "sarah@gmail.com", "due": "tomorrow 15:00", "owner_id": "117001"});
    talk.says("I want to meet somebody", Some("Book a meeting"), said).answers(sarah());
    talk.says("or rather a call", Some("a person"), json!({}));
    assert_eq!(sends(&talk)["due"], "tomorrow 15:00", "of the matter that is passed on");
}

#[test]
fn how_to_be_reached_is_passed_on_when_it_is_said_after_the_task() {
    for text in ["call me on my mobile please", ""] {
        let mut talk = desk();
        talk.says("the invoice is wrong", Some("a person"), json!({"email": "sarah@gmail.com"})).answers(sarah());
        talk.answers(json!({"task_id": "1"}));
        let before = talk.state.handed_off.clone().unwrap();
        talk.step(Event { user_text: Some(text.into()), ..slots(json!({"reach": NUMBER})) });
        assert_eq!(sends(&talk)["reach"], NUMBER, "{text}");
        assert_eq!(sends(&talk)["reason"], before["reason"], "the same task, and no other");
        talk.answers(json!({"task_id": "1", "already": true}));
        talk.says("What does ADAM cost?", Some("1"), json!({}));
        talk.step(slots(json!({"reach": "+45 20 30 40 50"})));
        let reason = sends(&talk)["reason"].as_str().unwrap();
        assert!(reason.starts_with(before["reason"].as_str().unwrap()), "the same task, and no other: {reason}");
        assert_eq!(sends(&talk)["reach"], "+45 20 30 40 50");
    }
    let mut talk = desk();
    talk.says("the invoice is wrong", Some("a person"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(json!({"task_id": "1"}));
    talk.says("ring this and bring the contract", None, json!({"reach": NUMBER}));
    let reason = sends(&talk)["reason"].as_str().unwrap();
    assert!(reason.contains("invoice is wrong") && reason.contains("bring the contract"), "{reason}");
}

#[test]
fn a_person_after_another_matter_is_not_asked_about_a_ticket_seen_before() {
    let seen = |intent: &str| {
        let mut talk = desk();
        talk.says("how is it?", Some(intent), json!({"email": "sarah@gmail.com"}))
            .answers(sarah())
            .answers(one_ticket());
        talk
    };
    let ticket = |talk: &Conversation| sends(talk).get("ticket_id").cloned();
    let mut talk = seen("My ticket");
    talk.says("I want to speak with somebody about it", Some("a person"), json!({}));
    assert_eq!(ticket(&talk), Some("33397362407".into()), "that is the matter they come from");
    let mut talk = seen("My ticket");
    talk.step(Event { switch: Some(crate::engine::event::Switch::Leave), ..Event::default() });
    talk.says("what does a Skylark cost?", Some("products"), json!({}));
    talk.says("somebody has to send me a quote for a Skylark", Some("a person"), json!({}));
    assert_eq!(ticket(&talk), None);
    let mut talk = seen("Report a problem");
    talk.says("I want to speak with somebody", Some("a person"), json!({}));
    assert_eq!(ticket(&talk), None, "it may be a new problem");
    let mut talk = seen("My ticket");
    talk.step(Event { switch: Some(crate::engine::event::Switch::Leave), ..Event::default() });
    talk.says("please cancel the demo", Some("Move or cancel"), json!({}));
    talk.answers(json!({"coming_total": 1, "coming": [{"meeting_id": "11", "title": "Demo"}]}));
    assert_eq!((talk.at(), ticket(&talk)), ("move.task", None));
}

fn joined() -> Conversation {
    let mut talk = desk();
    let said = json!({"email": "ana@tapas.es", "firstname": "Ana", "lastname": "Ruiz"});
    talk.says("I want to become a customer", Some("Become a customer"), said);
    let properties = json!({"email": "ana@tapas.es", "firstname": "Ana", "lastname": "Ruiz"});
    talk.answers(json!({"created": true, "contact": {"contact_id": "9", "properties": properties}}));
    talk
}

#[test]
fn an_address_that_was_wrong_when_joining_is_corrected() {
    let address = json!({"email": "ana.ruiz@tapas.es"});
    for (intent, given) in [
        (None, address.clone()),
        (Some("Become a customer"), address.clone()),
        (Some("Become a customer"), json!({"email": "ana.ruiz@tapas.es", "firstname": "Ana", "name": "Ana Ruiz"})),
        (Some("My data"), address.clone()),
        (Some("My data"), json!({"properties": address})),
        (Some("Correct my data"), address.clone()),
    ] {
        let mut talk = joined();
        talk.says("sorry, the mail is ana.ruiz@tapas.es", intent, given);
        assert_eq!(talk.asked(), "call update_contact: contact properties", "{intent:?}");
        assert_eq!((&sends(&talk)["contact"], &sends(&talk)["properties"]["email"]), (&json!("9"), &address["email"]));
        talk.answers(json!({"contact_id": "9"}));
        match intent {
            Some("My data") => {
                assert!(talk.asked().ends_with("call log_activity: channel contact text"), "{}", talk.asked());
                talk.answers(json!({"activity_id": "1"}));
                assert_eq!(talk.asked(), "call get_contact: contact", "and their data are shown");
            }
            _ => assert_eq!(talk.asked(), "say", "{intent:?}"),
        }
    }
    let mut talk = joined();
    let bob = json!({"email": "bob@tapas.es", "firstname": "Bob", "lastname": "Ruiz"});
    talk.says("my husband too", Some("Become a customer"), bob);
    assert_eq!(talk.asked(), "call create_contact: properties", "that is somebody else");
    let mut talk = joined();
    talk.says("my ticket is under old@tapas.es", Some("My ticket"), json!({"email": "old@tapas.es"}));
    assert_eq!(talk.asked(), "call find_contact_by_email: chat email", "that is looked up");
}

fn two() -> Value {
    json!([
        {"meeting_id": "11", "title": "Demo", "owner_id": "117001", "owner": "Veronica Chen"},
        {"meeting_id": "12", "title": "Service review", "owner_id": "117002", "owner": "Daniel Ortiz"},
    ])
}

fn cancels(ids: &Value) -> Conversation {
    let mut talk = desk();
    let said = json!({"email": "sarah@gmail.com", "reach": NUMBER});
    talk.says("cancel all my appointments please", Some("Move or cancel"), said).answers(sarah());
    talk.answers(json!({"coming_total": 2, "coming": two()}));
    talk.step(slots(json!({ "meeting_id": ids })));
    talk
}

#[test]
fn several_appointments_are_cancelled_at_once() {
    for ids in [json!(["11", "12"]), json!([11, 12]), json!("[\"11\", \"12\"]"), json!("all")] {
        let mut talk = cancels(&ids);
        for (owner, title, other) in [("117001", "Demo", "review"), ("117002", "review", "Demo")] {
            let reason = sends(&talk)["reason"].as_str().unwrap();
            assert!(
                reason.contains("cancel all") && reason.contains(title) && !reason.contains(other),
                "{ids} {reason}"
            );
            assert_eq!(sends(&talk)["owner"], owner, "each owner has a task of their own");
            talk.answers(json!({"task_id": owner}));
        }
        assert_eq!(talk.asked(), "say", "{ids}");
    }
    let mut talk = desk();
    let said = json!({"email": "sarah@gmail.com", "meeting_id": "all"});
    talk.says("cancel all my appointments please", Some("Move or cancel"), said).answers(sarah());
    talk.answers(json!({"coming_total": 2, "coming": two()}));
    assert_eq!(sends(&talk)["owner"], "117001", "also if it was said before they were looked up");
    let mut talk = cancels(&json!("11"));
    assert_eq!(sends(&talk)["owner"], "117001");
    talk.answers(json!({"task_id": "1"}));
    talk.says("and the other one too", Some("Move or cancel"), json!({}));
    talk.answers(json!({"coming_total": 2, "coming": two()})).step(slots(json!({"meeting_id": ["12"]})));
    let reason = sends(&talk)["reason"].as_str().unwrap();
    for part in ["and the other one too", "Said before: cancel all my appointments please", "Service review"] {
        assert!(reason.contains(part), "{part} in {reason}");
    }
    assert_eq!((&sends(&talk)["reach"], &sends(&talk)["owner"]), (&json!(NUMBER), &json!("117002")));
    let mut talk = desk();
    talk.says("cancel them", Some("Move or cancel"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(json!({"coming_total": 2, "coming": two()}));
    assert!(talk.try_step(&slots(json!({"meeting_id": ["11", "99"]}))).is_err(), "one of them is not theirs");
}

#[test]
fn a_person_who_is_asked_again_reads_what_was_wanted_before() {
    let mut talk = desk();
    talk.says("Delete everything you have about me.", Some("My data"), json!({"email": "sarah@gmail.com"}));
    talk.answers(sarah()).answers(json!({"properties": {}}));
    talk.says("I said delete it!", Some("a person"), json!({}));
    let reason = sends(&talk)["reason"].as_str().unwrap();
    assert_eq!(reason, "I said delete it!\nSaid before: Delete everything you have about me.");
}

#[test]
fn customers_who_are_recognised_otherwise_are_logged_once() {
    let several = |talk: &mut Conversation| {
        talk.answers(hits(&[hit("7", "Freja", "Holm"), hit("8", "Freja", "Holm")]));
        talk.step(slots(json!({"contact_id": "7"})));
    };
    let mut talk = desk();
    talk.says(FAULT, Some("Report a problem"), json!({"name": "Freja Holm"}));
    several(&mut talk);
    assert_eq!(talk.asked().rsplit(", ").next(), Some("call log_activity: channel contact text"), "chosen by id");
    assert_eq!((&sends(&talk)["contact"], &sends(&talk)["text"]), (&json!("7"), &json!(FAULT)));
    talk.answers(json!({"activity_id": "1"}));
    assert_eq!(talk.asked(), "call find_tickets: contact status");
    talk.answers(no_tickets());
    assert_eq!(sends(&talk)["issue"], FAULT, "it is still the matter");

    let mut talk = desk();
    talk.says("Freja Holm here", Some("Known by phone or name, not by e-mail"), json!({"name": "Freja Holm"}));
    several(&mut talk);
    talk.says("I want to speak with somebody", Some("a person"), json!({}));
    assert_eq!(talk.asked(), "call log_activity: channel contact text", "who then asks for a person");
    talk.answers(json!({"code": "MISSING_SCOPE_ERROR", "message": "x", "hint": "y"}));
    assert_eq!(talk.asked(), "call create_task: contact reason subject", "they are not held");

    let mut talk = desk();
    let shared = json!({"code": "AMBIGUOUS_ERROR", "message": "2 contacts have this phone number", "hint": "x",
        "candidates": [{"contact_id": "7"}, {"contact_id": "8"}]});
    talk.says(FAULT, Some("Report a problem"), json!({"phone": NUMBER})).answers(shared);
    talk.step(slots(json!({"contact_id": "8"})));
    assert_eq!(
        (talk.asked().as_str(), &sends(&talk)["contact"]),
        ("call log_activity: channel contact text", &json!("8"))
    );

    let mut talk = desk();
    talk.says("let somebody call me", Some("a person"), json!({"email": "nobody@gmail.com"}));
    assert_eq!(sends(&talk)["email"], "nobody@gmail.com", "with the address at once");
    talk.answers(not_found());
    assert_eq!(talk.asked(), "call create_task: reach reason", "who is not known is passed on all the same");
}

#[test]
fn a_step_within_a_matter_can_be_named_first() {
    let settled = "the invoice thing is settled, you can close it";
    let mut talk = desk();
    talk.says(settled, Some("It is solved"), json!({"email": "sarah@gmail.com", "ticket_id": "33397362407"}));
    assert_eq!(talk.asked(), "call find_contact_by_email: chat email");
    talk.answers(sarah()).answers(one_ticket());
    assert_eq!((talk.at(), &sends(&talk)["ticket_id"]), ("ticket.close", &json!("33397362407")));
    let mut talk = desk();
    talk.says(settled, Some("It is solved"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(one_ticket());
    assert_eq!((talk.at(), talk.asked().as_str()), ("ticket.find", "intent of 3"), "it may be about another");
    talk.says("yes, that one", Some("It is solved"), json!({}));
    assert_eq!((talk.at(), &sends(&talk)["ticket_id"]), ("ticket.close", &json!("33397362407")));
    let mut talk = desk();
    talk.says(settled, Some("It is solved"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(json!({"total": 2, "open": 2, "tickets": [{"ticket_id": "1"}, {"ticket_id": "2"}]}));
    assert_eq!(talk.asked(), "slots update_ticket: ticket_id", "of several it is asked which one");
    let mut talk = desk();
    talk.says(settled, Some("It is solved"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(json!({"total": 0, "open": 0, "tickets": []}));
    assert_eq!(talk.at(), "ticket.none");
    assert_eq!(talk.says("x", Some("3"), json!({})).at(), "ticket.find", "it is not gone again in the next matter");
    let mut talk = desk();
    talk.says("wheel is broken again", Some("Report a problem"), json!({}));
    assert!(talk.try_step(&Event { intent: Some("It is solved".into()), ..Event::default() }).is_err());
}

#[test]
fn a_step_that_is_named_again_takes_what_comes_with_it() {
    let mut talk = desk();
    let added = "Please add to my ticket that it also leaks oil";
    let said = json!({"email": "sarah@gmail.com", "ticket_id": "33397362407"});
    talk.says(added, Some("Add to it or change it"), said).answers(sarah()).answers(one_ticket());
    assert_eq!(sends(&talk)["note"], added);
    talk.answers(json!({"ticket_id": "33397362407"}));
    talk.says("yes that one", Some("Add to it or change it"), json!({}));
    assert_eq!(talk.asked(), "slots update_ticket: note");
    talk.says("and make it urgent", Some("Add to it or change it"), json!({"priority": "URGENT"}));
    assert_eq!((&sends(&talk)["note"], &sends(&talk)["priority"]), (&json!("and make it urgent"), &json!("URGENT")));
}

#[test]
fn another_zone_keeps_the_hour_that_was_named() {
    let mut talk = desk();
    let said = json!({"email": "sarah@gmail.com", "meeting_date": "Tuesday 15:00", "time_zone": "America/New_York"});
    talk.says("I want to meet on Tuesday at three", Some("Book a meeting"), said).answers(sarah());
    talk.answers(json!({"owner_id": "117001"}));
    assert_eq!(sends(&talk)["meeting_date"], "Tuesday 15:00");
    let shown = json!({"date": "2026-12-01", "slug": "v", "time_zone": "America/New_York", "available_slots": []});
    talk.answers(shown.clone());
    talk.says("I am in Chicago, so three there", None, json!({"time_zone": "America/Chicago"}));
    assert_eq!(sends(&talk)["meeting_date"], "Tuesday 15:00");
    talk.answers(shown);
    talk.says("or Wednesday?", None, json!({"meeting_date": "Wednesday"}));
    assert_eq!(sends(&talk)["meeting_date"], "Wednesday", "another day is another wish");
}

#[test]
fn the_address_of_who_they_are_not_stands_in_no_note_and_no_task() {
    for intent in ["Report a problem", "Move or cancel"] {
        let mut talk = desk();
        let typed = json!({"email": "freja@nordlys.dk", "reach": "freja@nordlys.dk"});
        talk.says("My DUST-E beeps. freja@nordlys.dk", Some(intent), typed);
        talk.answers(json!({"contact_id": "7", "contact_email": "freja@nordlys.dk"}));
        talk.says("sorry, that is my colleague", None, json!({"email": "sarah@gmail.com"})).answers(sarah());
        let last = match intent {
            "Report a problem" => no_tickets(),
            _ => json!({"coming_total": 1, "coming": [{"meeting_id": "11"}]}),
        };
        talk.answers(last);
        let text = serde_json::to_string(sends(&talk)).unwrap();
        assert!(text.contains("My DUST-E beeps. …") && !text.contains("freja"), "{text}");
    }
}

#[test]
fn the_name_of_a_stranger_stands_in_the_task() {
    for said in [json!({"name": "Mads Krog"}), json!({"firstname": "Mads", "lastname": "Krog"})] {
        let mut talk = desk();
        let mut slots = said;
        slots["reach"] = "+45 31 22 33 44".into();
        talk.says("kan en af jer ringe?", Some("a person"), json!({})).says("Mads Krog, +45 31 22 33 44", None, slots);
        while sends(&talk).get("reason").is_none() {
            talk.answers(json!({"code": "USER_NOT_FOUND_ERROR"}));
        }
        assert!(sends(&talk)["reason"].as_str().unwrap().contains("Mads Krog"), "{}", talk.asked());
    }
}
