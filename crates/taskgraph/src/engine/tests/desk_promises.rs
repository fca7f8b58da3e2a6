//! What a customer says late, in part wrong, or with a "no" is not lost, and nothing is asked for that does not help.

use serde_json::{Value, json};

use super::{
    conversation::{Conversation, sarah},
    desk::{FAULT, desk, no_tickets, sends},
    desk_corrections::with_task_ids,
};
use crate::engine::{
    action::Action,
    event::{Event, Switch},
};

fn ignored(talk: &Conversation) -> Vec<(&str, &str)> {
    talk.state.ignored.iter().map(|one| (one.name.as_str(), one.reason.as_str())).collect()
}

/// A call-back that a colleague has as task 1.
fn called_back() -> Conversation {
    let mut talk = with_task_ids(desk());
    let said = json!({"email": "sarah@gmail.com", "reach": "702 555 0999"});
    talk.says("please call me about the invoice of October", Some("a person"), said).answers(sarah());
    talk.answers(json!({"task_id": "1"}));
    assert_eq!(talk.asked(), "say");
    talk
}

/// The customer's appointment is to be moved, and task 1 says so.
fn moved() -> Conversation {
    let mut talk = with_task_ids(desk());
    talk.says("je ne peux pas vendredi", Some("Move or cancel an appointment"), json!({"email": "sarah@gmail.com"}));
    let demo = json!({"meeting_id": "11", "title": "Demo", "owner_id": "117001"});
    talk.answers(sarah()).answers(json!({"coming_total": 1, "coming": [demo]})).answers(json!({"task_id": "1"}));
    talk
}

#[test]
fn of_a_change_with_a_wrong_value_the_others_are_written() {
    for (name, value, code) in [
        ("due", "2026-11-30 16:00", "DATE_NOT_UNDERSTOOD_ERROR"),
        ("owner", "Dan Ortes", "OWNER_NOT_FOUND_ERROR"),
        ("time_zone", "Mars", "TIME_ZONE_UNKNOWN_ERROR"),
    ] {
        let mut talk = called_back();
        let mut said = json!({"reach": "702 555 0143"});
        said[name] = value.into();
        talk.says("no wait, the number is 702 555 0143, and the gate code is 4711", None, said);
        assert_eq!((&sends(&talk)["reach"], &sends(&talk)[name]), (&json!("702 555 0143"), &json!(value)));
        talk.answers(json!({"code": code, "message": "it is wrong", "hint": "x"}));
        let sent = sends(&talk);
        assert_eq!((&sent["reach"], sent.get(name)), (&json!("702 555 0143"), None), "{name}: {sent:?}");
        assert!(sent["reason"].as_str().unwrap().contains("gate code is 4711"), "{sent:?}");
        assert_eq!(ignored(&talk), [(name, format!("{code}: it is wrong").as_str())]);
        talk.answers(json!({"task_id": "1"}));
        assert_eq!(talk.asked(), "say");
    }
}

#[test]
fn a_change_of_unknown_outcome_is_not_sent_again_and_its_words_are_kept() {
    let mut talk = called_back();
    talk.says("the number is 702 555 0143, and the gate code is 4711", None, json!({"reach": "702 555 0143"}));
    talk.answers(json!({"code": "OUTCOME_UNKNOWN_ERROR", "message": "`reach`: nobody knows", "hint": "x"}));
    assert_eq!(talk.asked(), "say");
    let names: Vec<&str> = ignored(&talk).iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["user_text", "reach"]);
    talk.says("a person again, about the delivery of Monday", Some("a person"), json!({}));
    assert!(sends(&talk)["reason"].as_str().unwrap().contains("gate code is 4711"), "{:?}", sends(&talk));
}

#[test]
fn a_wish_that_is_taken_back_with_a_no_or_a_goodbye_is_told_to_the_colleague() {
    const BACK: &str = "ah non, finalement je peux vendredi, laissez comme c'est";
    let none = || Event { intent: Some("none".into()), ..Event::default() };
    let leave = || Event { switch: Some(Switch::Leave), ..Event::default() };
    for refusal in [none(), leave()] {
        let mut talk = moved();
        talk.step(Event { user_text: Some(BACK.into()), ..refusal });
        let sent = sends(&talk);
        assert_eq!(sent["task_id"], "1");
        let reason = sent["reason"].as_str().unwrap();
        assert!(reason.starts_with(BACK) && reason.contains("Said before: je ne peux pas vendredi"), "{reason}");
        talk.answers(json!({"task_id": "1"}));
        assert_eq!(talk.asked(), "say");
    }
    for refusal in [none(), leave()] {
        let mut talk = called_back();
        talk.step(Event { user_text: Some("forget it".into()), ..refusal });
        assert_eq!((talk.asked().as_str(), ignored(&talk)[0].0), ("say", "user_text"), "it stands nowhere");
    }
    for goodbye in ["ok, thanks, that is all", "fine, thank you!", "tak, farvel", "danke, tschüss", ""] {
        let mut talk = called_back();
        talk.step(Event { user_text: Some(goodbye.into()), ..none() });
        assert_eq!((talk.asked().as_str(), ignored(&talk)), ("say", vec![]), "{goodbye}");
    }
    let mut talk = called_back();
    let slots = json!({"reach": "702 555 0143"}).as_object().cloned().unwrap();
    talk.step(Event { user_text: Some("other number: 702 555 0143".into()), slots, ..none() });
    assert_eq!((&sends(&talk)["task_id"], &sends(&talk)["reach"]), (&json!("1"), &json!("702 555 0143")));
}

#[test]
fn words_of_a_refusal_that_stand_nowhere_are_named() {
    let mut talk = desk();
    talk.says(FAULT, Some("Report a problem"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(no_tickets()).answers(json!({"ticket_id": "7"}));
    talk.says("oh, the left plug was out, forget the ticket", Some("none"), json!({}));
    assert_eq!(ignored(&talk).iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["user_text"]);
    let mut talk = desk();
    talk.says(FAULT, Some("Report a problem"), json!({}));
    talk.says("oh, the left plug was out, forget it", Some("none"), json!({}));
    assert_eq!(ignored(&talk), [], "nothing was written of it");
}

#[test]
fn one_of_the_tickets_is_read_by_its_id() {
    let list = json!({"total": 2, "open": 2, "tickets": [{"ticket_id": "1"}, {"ticket_id": "2"}]});
    let one = json!({"total": 1, "open": 1, "tickets": [{"ticket_id": "2"}], "notes": [{"text": "The part arrives"}]});
    let says = |talk: &Conversation| match talk.actions.last() {
        Some(Action::Intent { instruction, .. }) => instruction.contains("`ticket_id` alone reads one"),
        other => panic!("{other:?}"),
    };
    let known = json!({"email": "sarah@gmail.com"});
    let mut talk = desk();
    talk.says("any news?", Some("My ticket"), known.clone()).answers(sarah()).answers(list.clone());
    assert!(says(&talk), "{}", talk.asked());
    for intent in [None, Some("My ticket")] {
        talk.says("the second", intent, json!({"ticket_id": "2"}));
        assert_eq!((talk.asked().as_str(), &sends(&talk)["ticket_id"]), ("call find_tickets: ticket_id", &json!("2")));
        talk.answers(one.clone());
        assert!(!says(&talk), "{}", talk.asked());
    }
    talk.says("it beeps and smells", Some("Add to it or change it"), json!({}));
    assert_eq!(sends(&talk)["ticket_id"], "2");

    let mut talk = desk();
    let named = json!({"email": "sarah@gmail.com", "ticket_id": "2"});
    talk.says("what about 2?", Some("My ticket"), named.clone()).answers(sarah());
    assert_eq!(talk.asked(), "call find_tickets: contact", "is it theirs?");
    talk.answers(list.clone());
    assert_eq!(talk.asked(), "call find_tickets: ticket_id", "it is");
    talk.answers(one.clone());
    talk.says("the first?", None, json!({"ticket_id": "1"}));
    assert_eq!(talk.asked(), "call find_tickets: ticket_id", "the list is still known");

    let mut talk = desk();
    talk.says("2 works again", Some("It is solved"), named).answers(sarah()).answers(list);
    assert_eq!(talk.asked(), "call update_ticket: stage ticket_id", "nothing is read in between");
}

#[test]
fn nothing_of_this_leaves_unless_it_comes_with_what_is_asked_for() {
    let mut talk = desk();
    talk.says("a meeting", Some("Book a meeting"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(json!({"owner_id": "117001"}));
    assert!(talk.asked().starts_with("slots check_available"), "{}", talk.asked());
    talk.says("Paris. finally no", Some("none"), json!({"time_zone": "Europe/Paris"}));
    assert!(talk.asked().starts_with("slots check_available"), "{}", talk.asked());
    assert!(ignored(&talk)[0].1.contains("`switch`: \"leave\""), "{:?}", ignored(&talk));
    talk.says("finally no", Some("none"), json!({"phone": "+33 1 23 45 67 89"}));
    assert_eq!(talk.asked(), "nothing");
}

#[test]
fn the_title_of_a_task_is_the_matter_and_not_small_talk() {
    let title = |talk: &Conversation| sends(talk).get("subject").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut talk = desk();
    let burns = "Can you send a technician tomorrow? The robot burns!";
    talk.says(burns, Some("Report a problem"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(no_tickets()).answers(json!({"ticket_id": "7"}));
    talk.says("YES thats us", None, json!({}));
    talk.says("and CALL me 702 555 0666", Some("a person"), json!({"reach": "702 555 0666", "ticket_id": "7"}));
    assert!(title(&talk).starts_with("Can you send a technician"), "{}", title(&talk));
    let mut talk = desk();
    talk.says(burns, Some("Report a problem"), json!({}));
    talk.says("what? you added", Some("a person"), json!({"reach": "at the bar"}));
    assert!(title(&talk).starts_with("Can you send a technician") && title(&talk).contains("you added"));
    let mut talk = desk();
    talk.says("the invoice of October is wrong", Some("a person"), json!({"reach": "at the bar"}));
    assert_eq!(title(&talk), "", "that is the matter");
}

#[test]
fn a_ticket_of_this_conversation_is_closed_at_once_and_several_one_by_one() {
    let mut talk = desk();
    talk.says(FAULT, Some("Report a problem"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(no_tickets()).answers(json!({"ticket_id": "7"}));
    talk.says("it works again", Some("It is solved"), json!({}));
    talk.answers(json!({"total": 1, "open": 1, "tickets": [{"ticket_id": "7"}]}));
    assert_eq!(
        (talk.asked().as_str(), &sends(&talk)["ticket_id"]),
        ("call update_ticket: stage ticket_id", &json!("7"))
    );
    let mut talk = desk();
    talk.says("close both", Some("It is solved"), json!({"email": "sarah@gmail.com", "ticket_id": ["1", "2"]}));
    assert!(ignored(&talk)[0].1.contains("one at a time"), "{:?}", ignored(&talk));
}

#[test]
fn a_fault_of_one_word_is_kept_beside_the_ticket_that_is_chosen() {
    let mut talk = desk();
    talk.says("it is loud again", Some("Reopen it"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    let two = json!([{"ticket_id": "1", "subject": "Noise"}, {"ticket_id": "2", "subject": "Door"}]);
    talk.answers(json!({"total": 2, "open": 0, "tickets": two}));
    talk.says("the noise one, DUST-E", None, json!({"ticket_id": "1"}));
    assert_eq!(sends(&talk)["note"], "it is loud again\nthe noise one, DUST-E");
}

#[test]
fn a_question_is_answered_within_a_matter_and_a_needless_come_back_goes_on() {
    let mut talk = desk();
    talk.says(FAULT, Some("Report a problem"), json!({}));
    talk.says("does the Matradee climb stairs?", Some("products"), json!({}));
    assert_eq!(talk.asked(), "answer, slots find_contact_by_email: email");
    let slots = json!({"email": "sarah@gmail.com"}).as_object().cloned().unwrap();
    talk.step(Event { switch: Some(Switch::ComeBack), slots, ..Event::default() });
    assert_eq!(talk.asked(), "call find_contact_by_email: chat email");
    talk.answers(sarah()).answers(no_tickets());
    assert_eq!(sends(&talk)["issue"], FAULT);
    let mut talk = desk();
    talk.says("any news?", Some("My ticket"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(json!({"total": 1, "open": 1, "tickets": [{"ticket_id": "1"}]}));
    talk.says("forget it, what does the Skylark cost?", Some("products"), json!({}));
    talk.says("a quote, please", Some("a person"), json!({}));
    assert_eq!(sends(&talk).get("ticket_id"), None, "the ticket was told and left");
    let mut talk = desk();
    talk.says(FAULT, Some("Report a problem"), json!({})).switches(Switch::ComeBack);
    let says = |action: &Action| matches!(action, Action::Intent { instruction, .. } if instruction.contains("waits"));
    assert!(talk.actions.iter().any(says), "{:?}", talk.actions);
}

#[test]
fn names_that_are_no_arguments_are_understood_or_answered_with_the_nearest() {
    let mut talk = desk();
    let said = json!({"customer_email": "sarah@gmail.com", "meeting_time": "14:15", "duration_minutes": "30", "meeting_dat": "x"});
    talk.says("a meeting", Some("Book a meeting"), said);
    let [(name, reason)] = ignored(&talk)[..] else { panic!("{:?}", ignored(&talk)) };
    assert_eq!(name, "meeting_dat");
    assert!(reason.contains("`meeting_date`") && reason.matches('`').count() <= 12, "{reason}");
    for known in ["email", "meeting_start_time", "duration"] {
        assert!(talk.state.known.contains_key(known), "{known}");
    }
    let mut talk = desk();
    talk.says("I have a problem", Some("Report a problem"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(no_tickets());
    let Some(Action::Slots { missing, .. }) = talk.actions.last() else { panic!("{}", talk.asked()) };
    assert!(missing[0].example.as_ref().is_none_or(|example| example != "I have a problem"), "{missing:?}");
}
