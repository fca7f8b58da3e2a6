//! Whose record is written on, and with whom they meet: strangers who join, colleagues whose tickets are looked up, another
//! representative.

use serde_json::{Value, json};

use super::{
    conversation::{Conversation, sarah},
    desk::{FAULT, desk, no_tickets, sends},
    desk_corrections::with_task_ids,
};
use crate::engine::{action::Action, event::Event};

fn stranger() -> Value {
    json!({"email": "oskar@lindbageri.example", "firstname": "Oskar", "lastname": "Lind", "phone": "070 555 01 22"})
}

fn not_found() -> Value {
    json!({"code": "USER_NOT_FOUND_ERROR", "message": "x", "hint": "y"})
}

fn added(properties: &Value) -> Value {
    json!({"created": true, "contact": {"contact_id": "9", "properties": properties}})
}

#[test]
fn whoever_has_just_joined_is_not_looked_for_again() {
    let by_phone = json!({"name": "Oskar Lind", "phone": "070 555 01 22"});
    for (said, intent) in [
        (stranger(), "Report a problem"),
        (by_phone.clone(), "Report a problem"),
        (stranger(), "Book a meeting"),
        (by_phone, "My ticket"),
    ] {
        let mut talk = desk();
        talk.says(FAULT, Some(intent), said.clone()).answers(not_found());
        talk.says("then add me", Some("Become a customer"), said.clone());
        assert_eq!(talk.asked(), "call create_contact: properties", "{said}");
        let properties = sends(&talk)["properties"].clone();
        talk.answers(added(&properties));
        assert!(talk.asked().ends_with("call log_activity: channel contact text"), "{intent} {said}: {}", talk.asked());
        assert_eq!(
            (&sends(&talk)["contact"], &sends(&talk)["text"]),
            (&json!("9"), &json!(format!("{FAULT}\nthen add me")))
        );
        talk.answers(json!({"activity_id": "1"}));
        assert!(!talk.asked().contains("find_contact_by_email"), "{}", talk.asked());
    }
    let mut talk = desk();
    talk.tools.closed.insert("log_activity".to_owned());
    talk.says(FAULT, Some("Report a problem"), stranger()).answers(not_found());
    talk.says("then add me", Some("Become a customer"), stranger()).answers(added(&stranger()));
    assert!(talk.asked().ends_with("call find_contact_by_email: chat email"), "by their address: {}", talk.asked());
}

#[test]
fn the_task_of_a_stranger_is_linked_to_the_contact_that_they_become() {
    let mut talk = with_task_ids(desk());
    let said = json!({"reach": "+47 22 33 44 55", "email": "oskar@lindbageri.example"});
    talk.says("call me with a quote for two Adams", Some("a person"), said).answers(not_found());
    talk.answers(json!({"task_id": "1"}));
    talk.says("and make me a customer", Some("Become a customer"), json!({"name": "Oskar Lind"}));
    assert_eq!(sends(&talk)["properties"]["phone"], "+47 22 33 44 55", "the number that they gave");
    let properties = sends(&talk)["properties"].clone();
    talk.answers(added(&properties));
    let sent = sends(&talk);
    assert_eq!((&sent["task_id"], &sent["contact"]), (&json!("1"), &json!("9")), "{sent:?}");
    talk.answers(json!({"task_id": "1"}));
    assert_eq!(talk.asked(), "say");
}

/// Ken asks for the ticket of Aiko.
fn ken() -> Conversation {
    let mut talk = with_task_ids(desk());
    talk.says(
        "this is Ken, ken@kissaten.jp. What about the kitchen door?",
        Some("My ticket"),
        json!({"email": "ken@kissaten.jp"}),
    );
    talk.answers(json!({"contact_id": "8", "contact_email": "ken@kissaten.jp", "contact_first_name": "Ken"}));
    talk.answers(no_tickets());
    assert_eq!(talk.asked(), "say");
    talk
}

fn aiko() -> Value {
    json!({"contact_id": "9", "contact_email": "aiko@kissaten.jp", "contact_first_name": "Aiko"})
}

fn door() -> Value {
    json!({"total": 1, "open": 0, "tickets": [{"ticket_id": "7", "subject": "Stops at the kitchen door"}]})
}

#[test]
fn who_asks_for_the_ticket_of_a_colleague_stays_who_they_are() {
    let mut talk = ken();
    let says = |action: &Action| matches!(action, Action::Say { instruction, .. } if instruction.contains("`correction`: false"));
    assert!(talk.actions.iter().any(says), "{:?}", talk.actions);
    let hers = json!({"email": "aiko@kissaten.jp", "correction": false});
    talk.says("it is under aiko@kissaten.jp", None, hers);
    assert_eq!(talk.asked(), "call find_contact_by_email: email", "what Ken said is not logged on her");
    talk.answers(aiko()).answers(door());
    let words = "it does it again, please open it, call me at ken@kissaten.jp";
    talk.says(words, Some("Reopen it"), json!({"reach": "+81 3 5555 0177"}));
    assert_eq!(sends(&talk)["ticket_id"], "7");
    assert!(sends(&talk)["note"].as_str().unwrap().ends_with(words), "their own address is not left out");
    assert_eq!(talk.state.ignored[0].name, "reach", "no record says it yet");
    talk.answers(json!({"ticket_id": "7"}));
    talk.says("and call me", Some("a person"), json!({"ticket_id": "7"}));
    let sent = if talk.asked().contains("create_task") { sends(&talk) } else { panic!("{}", talk.asked()) };
    assert_eq!((&sent["contact"], &sent["reach"]), (&json!("8"), &json!("+81 3 5555 0177")), "{sent:?}");
    assert_eq!(talk.state.known["email"].value, "ken@kissaten.jp");
}

#[test]
fn an_address_that_was_wrong_makes_them_the_one_whose_record_it_is() {
    for said in [json!({"email": "aiko@kissaten.jp", "correction": true}), json!({"email": "aiko@kissaten.jp"})] {
        let mut talk = ken();
        talk.says("no, I am aiko@kissaten.jp", None, said);
        assert_eq!(talk.asked(), "call find_contact_by_email: chat email");
        assert!(!sends(&talk)["chat"].as_str().unwrap().contains("ken@"), "{:?}", sends(&talk));
        talk.answers(aiko()).answers(door());
        talk.says("call me", Some("a person"), json!({}));
        assert_eq!(sends(&talk)["contact"], "9");
    }
}

#[test]
fn whoever_comes_back_to_their_first_address_is_logged_once_and_keeps_it() {
    let mut talk = desk();
    talk.says(
        "my wheel squeaks, sarah@gmail.com",
        Some("Move or cancel an appointment"),
        json!({"email": "sarah@gmail.com"}),
    );
    talk.answers(sarah()).answers(json!({"coming_total": 2, "coming": [{"meeting_id": "1"}, {"meeting_id": "2"}]}));
    talk.says("or is it s@gmail.com?", None, json!({"email": "s@gmail.com"}));
    assert_eq!(talk.asked(), "call find_contact_by_email: chat email");
    talk.answers(not_found());
    talk.says("then sarah@gmail.com", None, json!({"email": "sarah@gmail.com"}));
    assert_eq!(talk.asked(), "call find_contact_by_email: email", "it stands there already");
    talk.answers(sarah()).answers(json!({"coming_total": 0, "coming": []}));
    talk.says("a person then", Some("a person"), json!({}));
    let reason = sends(&talk)["reason"].as_str().unwrap();
    assert!(reason.contains("my wheel squeaks, sarah@gmail.com"), "{reason}");
}

fn times(owner: &str) -> Value {
    let slug = format!("richtech/{}", owner.to_lowercase());
    json!({"slug": slug, "date": "2026-12-03", "duration": 30, "time_zone": "Asia/Tokyo",
        "available_slots": [{"start": "2026-12-03T02:00:00+09:00"}], "next_after": "2026-12-03T03:45:00+09:00"})
}

/// Free times of the customer's representative were shown.
fn shown(owner: &Value) -> Conversation {
    let mut talk = desk();
    let mut said = json!({"email": "sarah@gmail.com", "meeting_date": "Thursday", "time_zone": "Asia/Tokyo"});
    said.as_object_mut().unwrap().extend(owner.as_object().cloned().unwrap());
    talk.says("an hour with somebody", Some("Book a meeting"), said);
    let mut known = sarah();
    known["owner_id"] = "117001".into();
    talk.answers(known);
    talk
}

#[test]
fn another_representative_has_another_link() {
    for name in ["owner_id", "owner"] {
        let mut talk = shown(&json!({}));
        talk.answers(times("Veronica"));
        talk.says("rather with Mei", None, json!({name: "Mei Tanaka"}));
        let sent = sends(&talk);
        assert_eq!(
            (&sent["owner_id"], sent.get("slug"), sent.get("duration")),
            (&json!("Mei Tanaka"), None, None),
            "{name}"
        );
        talk.answers(times("Mei"));
        talk.says("or Veronica after all", None, json!({name: "Veronica Chen"}));
        assert_eq!((&sends(&talk)["owner_id"], sends(&talk).get("slug")), (&json!("Veronica Chen"), None), "{name}");
        let mut talk = shown(&json!({name: "Mei Tanaka"}));
        assert_eq!(sends(&talk)["owner_id"], "Mei Tanaka", "{name} at once");
        talk.answers(times("Mei")).says("the site visit", None, json!({"slug": "richtech/site-visit"}));
        assert_eq!((&sends(&talk)["slug"], sends(&talk).get("duration")), (&json!("richtech/site-visit"), None));
    }
    let mut talk = desk();
    talk.says("Dan is to call me", Some("a person"), json!({"owner": "Dan Ortiz", "reach": "+1 702 555 0143"}));
    talk.answers(not_found());
    assert_eq!(sends(&talk)["owner"], "Dan Ortiz", "a task is for a colleague");
}

#[test]
fn an_hour_after_which_they_want_to_meet_is_a_part_of_the_day_and_no_page() {
    for (said, day) in [
        (json!({"after": "08:00"}), "2026-12-03 after 08:00"),
        (json!({"after": "8am", "before": "10am"}), "2026-12-03 after 8am before 10am"),
        (json!({"meeting_date": "2026-12-04", "after": "08:00"}), "2026-12-04 after 08:00"),
    ] {
        let mut talk = shown(&json!({}));
        talk.answers(times("Mei")).says("at night???", None, said.clone());
        let sent = sends(&talk);
        assert_eq!((&sent["meeting_date"], sent.get("after")), (&json!(day), None), "{said}");
    }
    let mut talk = shown(&json!({}));
    talk.answers(times("Mei")).says("later", None, json!({"after": "2026-12-03T03:45:00+09:00"}));
    assert_eq!(sends(&talk)["after"], "2026-12-03T03:45:00+09:00");
}

#[test]
fn a_value_that_the_failed_tool_does_not_take_does_not_try_it_again() {
    let offline = json!({"code": "CALENDAR_OFFLINE_ERROR", "message": "x", "hint": "y"});
    let mut talk = shown(&json!({}));
    talk.answers(offline.clone());
    talk.says("call me", Some("a person"), json!({"reach": "+49 30 1234567"}));
    assert!(talk.asked().contains("call create_task"), "{}", talk.asked());
    talk.answers(json!({"task_id": "1"}));
    assert_eq!(talk.asked(), "say", "the calendar is still offline");
    let mut talk = shown(&json!({}));
    talk.answers(offline);
    talk.step(Event { slots: json!({"owner_id": "Mei Tanaka"}).as_object().cloned().unwrap(), ..Event::default() });
    assert_eq!(sends(&talk)["owner_id"], "Mei Tanaka", "somebody else may be free");
}
