//! Customers who correct what they have said: who they are, what they want, whom they want; and what of it a colleague reads.

use serde_json::{Value, json};

use super::conversation::{Conversation, sarah};
use super::desk::{desk, no_tickets, sends};
use crate::engine::{
    action::Action,
    event::{Event, Switch},
};

const QUOTE: &str = "ok. Different thing: we want a quote for a Skylark, can somebody get in touch with me?";

fn reason(talk: &Conversation) -> String {
    sends(talk)["reason"].as_str().unwrap_or_default().to_owned()
}

/// A customer who has an owner and asks for their ticket.
fn sees_ticket() -> Conversation {
    let mut talk = desk();
    let mut known = sarah();
    known["owner_id"] = "117001".into();
    talk.says("what is up with my brush?", Some("My ticket"), json!({"email": "sarah@gmail.com"})).answers(known);
    let ticket = json!({"ticket_id": "33397362407", "subject": "DUST-E brush does not turn"});
    talk.answers(json!({"total": 1, "open": 1, "tickets": [ticket]}));
    talk
}

#[test]
fn a_person_is_asked_about_a_ticket_only_while_its_matter_is_open() {
    let ticket = |talk: &Conversation| sends(talk).get("ticket_id").cloned();
    let wish = Some("a person");
    for closes in [
        Event { intent: Some("none".into()), user_text: Some("fine, that is all about it".into()), ..Event::default() },
        Event { switch: Some(Switch::Leave), ..Event::default() },
    ] {
        let mut talk = sees_ticket();
        talk.step(closes).says(QUOTE, wish, json!({}));
        assert!(!reason(&talk).contains("that is all"), "a goodbye is nothing for a colleague: {}", reason(&talk));
        assert_eq!((ticket(&talk), sends(&talk).get("owner")), (None, None), "{:?}", talk.state.phase);
    }
    let mut talk = sees_ticket();
    let leaves = Event { switch: Some(Switch::Leave), intent: wish.map(str::to_owned), ..Event::default() };
    talk.step(Event { user_text: Some(QUOTE.into()), ..leaves });
    assert_eq!(ticket(&talk), None, "left in the same step");
    let mut talk = sees_ticket();
    talk.says("it turns again", Some("It is solved"), json!({})).answers(json!({"ticket_id": "33397362407"}));
    talk.says("and somebody has to look at our invoice", wish, json!({}));
    assert_eq!(ticket(&talk), None, "that is done");
    let mut talk = sees_ticket();
    talk.says(QUOTE, wish, json!({"ticket_id": null}));
    assert_eq!(ticket(&talk), None, "the model says so");
}

/// The tool that makes tasks takes the id of one, as the server's does.
pub(super) fn with_task_ids(mut talk: Conversation) -> Conversation {
    let tool = talk.tools.tools.get_mut("create_task").unwrap();
    tool.input_schema["properties"]["task_id"] = json!({"type": "string"});
    talk
}

#[test]
fn a_request_within_the_matter_of_a_ticket_is_for_its_owner_unless_it_is_said_not_to_be() {
    for (words, slots, ticket) in [
        ("wer schaut sich das denn an?", json!({}), true),
        ("kan I sende en med en stige på torsdag", json!({}), true),
        ("a person, please", json!({}), true),
        (QUOTE, json!({"ticket_id": null}), false),
    ] {
        let mut talk = sees_ticket();
        talk.says(words, Some("a person"), slots);
        let expected = ticket.then_some("33397362407");
        assert_eq!(sends(&talk).get("ticket_id").and_then(Value::as_str), expected, "{words}");
        assert_eq!(sends(&talk).get("owner"), None, "{words}");
    }
    let mut talk = with_task_ids(sees_ticket());
    talk.says(QUOTE, Some("a person"), json!({})).answers(json!({"task_id": "1"}));
    talk.switches(Switch::Leave).says("das war zu etwas anderem", None, json!({"ticket_id": null}));
    assert_eq!((&sends(&talk)["task_id"], &sends(&talk)["owner"]), (&json!("1"), &json!("contact_owner")));
    let mut talk = with_task_ids(sees_ticket());
    talk.says("er soll eine Leiter mitbringen", Some("a person"), json!({})).answers(json!({"task_id": "1"}));
    talk.says("und ein Leasingangebot per Mail", Some("a person"), json!({"ticket_id": null, "reach": "email"}));
    assert_eq!((sends(&talk).get("task_id"), sends(&talk).get("ticket_id")), (None, None), "another matter");
    let mut talk = sees_ticket();
    talk.says("it turns again", Some("It is solved"), json!({})).answers(json!({"ticket_id": "33397362407"}));
    talk.says("dites-lui merci de ma part", Some("a person"), json!({"ticket_id": "33397362407"}));
    assert_eq!(sends(&talk)["ticket_id"], "33397362407", "that is done, and it is about it");
}

#[test]
fn a_colleague_reads_what_was_asked_about_products() {
    const PRICE: &str = "what does the Richie cost? I run 3 hotels";
    let mut talk = desk();
    talk.says(PRICE, Some("products"), json!({"email": "sarah@gmail.com"}));
    talk.says("then what about my open ticket", Some("My ticket"), json!({})).answers(sarah());
    talk.answers(json!({"total": 1, "open": 1, "tickets": [{"ticket_id": "7", "subject": "It beeps"}]}));
    talk.says("good. now please let sales write me an offer", Some("a person"), json!({}));
    assert!(reason(&talk).contains(PRICE), "{}", reason(&talk));
    talk.answers(json!({"task_id": "1"}));
    talk.says("and the invoice of October is wrong", Some("a person"), json!({}));
    assert!(!reason(&talk).contains(PRICE), "a colleague knows it: {}", reason(&talk));
    let mut talk = desk();
    talk.says(PRICE, Some("products"), json!({}));
    talk.says("can somebody explain that to me?", Some("a person"), json!({"email": "kari@skole.no"}));
    talk.answers(json!({"code": "USER_NOT_FOUND_ERROR"}));
    assert!(reason(&talk).contains(PRICE), "nobody has a log of a stranger: {}", reason(&talk));
}

#[test]
fn a_wrong_address_corrected_after_the_ticket_takes_the_fault_along() {
    const FAULT: &str = "My Richie will not charge, it smells of smoke.";
    const CORRECTS: &str = "oh, that is my boss' address. Mine is aiko.sato@kissaten.jp";
    let aiko = || json!({"contact_id": "9", "contact_email": "aiko.sato@kissaten.jp", "contact_first_name": "Aiko"});
    let reported = || {
        let mut talk = desk();
        let said = format!("{FAULT} sarah@gmail.com");
        talk.says(&said, Some("Report a problem"), json!({"email": "sarah@gmail.com"})).answers(sarah());
        talk.answers(no_tickets()).answers(json!({"ticket_id": "33397362411"}));
        talk
    };
    let names =
        |action: &Action| matches!(action, Action::Say { instruction, .. } if instruction.contains("33397362411"));
    let issue = |talk: &Conversation| sends(talk)["issue"].as_str().unwrap().to_owned();
    for intent in [Some("Report a problem"), None] {
        let mut talk = reported();
        talk.says(CORRECTS, intent, json!({"email": "aiko.sato@kissaten.jp", "correction": true}));
        assert!(talk.actions.iter().any(names), "{intent:?} {}", talk.asked());
        talk.answers(aiko()).answers(no_tickets());
        assert_eq!((&sends(&talk)["cus_cid"], issue(&talk)), (&json!("9"), format!("{FAULT} …\n{CORRECTS}")));
    }
    for intent in [Some("Report a problem"), None] {
        let mut talk = reported();
        talk.says(CORRECTS, intent, json!({"email": "aiko.sato@kissaten.jp"}));
        let asked = talk.asked();
        assert_eq!(asked == "slots find_contact_by_email: correction", intent.is_some(), "{asked}");
        assert_eq!(talk.actions.iter().any(names), intent.is_none(), "{asked}");
        talk.says("yes, it was wrong", None, json!({"correction": true})).answers(aiko()).answers(no_tickets());
        assert!(issue(&talk).starts_with(&format!("{FAULT} …\n{CORRECTS}")), "{}", issue(&talk));
    }
    for (other, said) in [
        ("min kollega har også en fejl: bakken er bøjet", json!(false)),
        ("the tray of my colleague is wrong, it is bent", json!(false)),
        ("und bei meiner Kollegin klemmt die Tür", json!(null)),
    ] {
        let mut talk = reported();
        let slots = json!({"email": "aiko.sato@kissaten.jp", "correction": said});
        talk.says(other, Some("Report a problem"), slots);
        if said.is_null() {
            talk.says("the question again?", None, json!({}));
        }
        assert_eq!(talk.answers(aiko()).answers(no_tickets()).actions.len(), 1);
        assert!(issue(&talk).starts_with(other) && !issue(&talk).contains(FAULT), "{}", issue(&talk));
    }
}

#[test]
fn a_name_and_an_address_corrected_together_make_no_second_contact() {
    let joined = || {
        let mut talk = desk();
        let said = json!({"email": "hanna@kahvila.fi", "firstname": "Hanna", "lastname": "Virtanen"});
        talk.says("please add me", Some("Become a customer"), said.clone());
        talk.answers(json!({"created": true, "contact": {"contact_id": "9", "properties": said}}));
        talk
    };
    let new = json!({"email": "hanna@kahvila.com", "firstname": "Hannah"});
    for (intent, said, expected) in [
        (Some("Become a customer"), new.clone(), new.clone()),
        (None, new.clone(), new.clone()),
        (None, json!({"firstname": "Hannah"}), json!({"firstname": "Hannah"})),
        (None, json!({"name": "Hannah Virtanen"}), json!({"firstname": "Hannah", "lastname": "Virtanen"})),
        (Some("Become a customer"), json!({"properties": new}), new.clone()),
        (Some("Become a customer"), json!({"phone": "+358 40 7654321"}), json!({"phone": "+358 40 7654321"})),
    ] {
        let mut talk = joined();
        talk.says("Sorry, it is Hannah with h at the end", intent, said);
        assert_eq!(talk.asked(), "call update_contact: contact properties", "{intent:?}");
        assert_eq!((&sends(&talk)["contact"], &sends(&talk)["properties"]), (&json!("9"), &expected));
    }
    for other in [
        json!({"email": "anna.lehto@kahvila.fi", "firstname": "Anna", "lastname": "Lehto"}),
        json!({"email": "juho@kahvila.fi", "firstname": "Juho", "lastname": "Virtanen"}),
    ] {
        let mut talk = joined();
        talk.says("and add my colleague too", Some("Become a customer"), other);
        assert_eq!(talk.asked(), "call create_contact: properties", "that is somebody else");
    }
}

/// Two appointments of two owners.
fn cancels(words: &str, id: &str) -> Conversation {
    let mut talk = with_task_ids(desk());
    talk.says(words, Some("Move or cancel"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(two()).says("that one", None, json!({"meeting_id": id}));
    talk
}

fn two() -> Value {
    let coming = json!([
        {"meeting_id": "11", "title": "Demo", "owner_id": "117001", "owner": "Veronica Chen"},
        {"meeting_id": "12", "title": "Service review", "owner_id": "117002", "owner": "Daniel Ortiz"},
    ]);
    json!({"coming_total": 2, "coming": coming})
}

#[test]
fn a_wish_about_an_appointment_is_changed_where_it_stands() {
    const CANCEL: &str = "cancel my meeting with Daniel";
    let mut talk = cancels(CANCEL, "12");
    assert_eq!((&sends(&talk)["owner"], sends(&talk).get("task_id")), (&json!("117002"), None));
    talk.answers(json!({"task_id": "1"}));
    talk.says("no wait, keep it!", Some("Move or cancel"), json!({"meeting_id": "12"})).answers(two());
    assert_eq!(sends(&talk)["task_id"], "1", "of one appointment there is one task");
    assert_eq!(sends(&talk)["subject"], "no wait, keep it! (Service review)");
    assert!(reason(&talk).starts_with("no wait, keep it!\nSaid before: cancel my meeting"), "{}", reason(&talk));

    let changes = "doch nicht absagen, dafür den bei Veronica";
    for at_once in [true, false] {
        let mut talk = cancels(CANCEL, "12");
        talk.answers(json!({"task_id": "1"}));
        let meant = if at_once { json!(["11", "12"]) } else { json!("11") };
        talk.says(changes, Some("Move or cancel"), json!({ "meeting_id": meant })).answers(two());
        assert_eq!((&sends(&talk)["owner"], sends(&talk).get("task_id")), (&json!("117001"), None));
        talk.answers(json!({"task_id": "2"}));
        if !at_once {
            let Some(Action::Say { instruction, .. }) = talk.actions.last() else { panic!("{}", talk.asked()) };
            assert!(instruction.contains("`meeting_id`: [\"12\"]"), "{instruction}");
            talk.says("ja", None, json!({"meeting_id": ["12"]}));
        }
        assert_eq!((&sends(&talk)["owner"], &sends(&talk)["task_id"]), (&json!("117002"), &json!("1")));
        assert!(reason(&talk).starts_with(&format!("{changes}\nSaid before: {CANCEL}")), "{}", reason(&talk));
        assert!(reason(&talk).contains("Service review"), "{}", reason(&talk));
        assert_eq!(talk.answers(json!({"task_id": "1", "already": true})).asked(), "say");
        let Some(Action::Say { instruction, .. }) = talk.actions.last() else { panic!("{}", talk.asked()) };
        assert!(!instruction.contains("still stands"), "{instruction}");
    }

    let mut talk = cancels(CANCEL, "12");
    talk.answers(json!({"task_id": "1"}));
    talk.says("and the one with Veronica too", Some("Move or cancel"), json!({"meeting_id": "11"})).answers(two());
    assert_eq!(talk.answers(json!({"task_id": "2"})).asked(), "say", "the first wish stands");
}

#[test]
fn how_the_customer_is_reached_is_written_into_every_task_and_makes_none() {
    let both = || {
        let mut talk = cancels("cancel both please", "all");
        talk.answers(json!({"task_id": "1"})).answers(json!({"task_id": "2"}));
        talk
    };
    const NUMBER: &str = "+45 99 88 77 66";
    let mut talk = both();
    talk.says("ring endelig på mobilen, døren er låst", None, json!({"reach": NUMBER}));
    for id in ["1", "2"] {
        assert_eq!((&sends(&talk)["task_id"], &sends(&talk)["reach"]), (&json!(id), &json!(NUMBER)));
        assert!(reason(&talk).starts_with("cancel both please") && reason(&talk).contains("døren er låst"));
        talk.answers(json!({"task_id": id, "already": true}));
    }
    assert_eq!(talk.asked(), "say");
    // A new request takes it along, and the number alone is no other one.
    let mut talk = both();
    talk.says("so erreicht man mich", Some("a person"), json!({"reach": NUMBER}));
    assert_eq!((&sends(&talk)["task_id"], &sends(&talk)["reach"]), (&json!("1"), &json!(NUMBER)));
    talk.answers(json!({"task_id": "1"}));
    assert_eq!((&sends(&talk)["task_id"], &sends(&talk)["reach"]), (&json!("2"), &json!(NUMBER)));
    // Half-way in another matter, which goes on.
    let mut talk = both();
    talk.says("I have a problem", Some("Report a problem"), json!({})).answers(no_tickets());
    let before = talk.asked();
    talk.says("et mon numéro", None, json!({"reach": NUMBER}));
    assert_eq!(sends(&talk)["task_id"], "1");
    talk.answers(json!({"task_id": "1"})).answers(json!({"task_id": "2"}));
    assert_eq!(talk.asked(), before);
    // One that is done is made anew.
    let mut talk = both();
    talk.says("", None, json!({"reach": NUMBER}));
    talk.answers(json!({"code": "INVALID_INPUT_ERROR", "message": "`task_id`: the task is done", "hint": "x"}));
    assert_eq!((sends(&talk).get("task_id"), &sends(&talk)["owner"]), (None, &json!("117001")));
}

#[test]
fn a_number_after_a_request_that_has_interrupted_is_no_answer_to_the_other_matter() {
    let mut talk = with_task_ids(desk());
    talk.says("a meeting please", Some("Book a meeting"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.says("moment, jemand soll mich anrufen", Some("a person"), json!({})).answers(json!({"task_id": "1"}));
    assert_eq!(talk.asked().rsplit(", ").next(), Some("go on"));
    talk.says("unter dieser Nummer", None, json!({"reach": "+49 30 1234567"}));
    assert_eq!((&sends(&talk)["task_id"], &sends(&talk)["reach"]), (&json!("1"), &json!("+49 30 1234567")));
    assert_eq!(talk.answers(json!({"task_id": "1"})).asked(), "go on");
}

#[test]
fn a_task_that_is_done_or_gone_is_made_anew() {
    let mut talk = cancels("cancel my meeting with Daniel", "12");
    talk.answers(json!({"task_id": "1"}));
    talk.says("no wait, keep it!", Some("Move or cancel"), json!({"meeting_id": "12"})).answers(two());
    talk.answers(json!({"code": "INVALID_INPUT_ERROR", "message": "`task_id`: the task is done", "hint": "x"}));
    assert_eq!(talk.asked(), "call create_task: contact owner reason subject");
}

#[test]
fn another_colleague_is_named_for_the_same_task() {
    let mut talk = desk();
    talk.says("my invoice is wrong", Some("a person"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(json!({"task_id": "1"}));
    let before = talk.state.handed_off.clone().unwrap()["reason"].as_str().unwrap().to_owned();
    talk.says("somebody else, please", Some("a person"), json!({"owner": "nobody"}));
    assert_eq!(sends(&talk)["owner"], "nobody");
    assert!(reason(&talk).starts_with(&before), "{}", reason(&talk));
}

#[test]
fn a_task_after_a_dead_end_is_titled_with_the_matter() {
    let mut talk = desk();
    let said = json!({"email": "sarah@gmail.com", "meeting_date": "Tuesday", "time_zone": "UTC", "owner_id": "117001"});
    talk.says("I would like a demo on Tuesday", Some("Book a meeting"), said).answers(sarah());
    talk.answers(json!({"code": "CALENDAR_OFFLINE_ERROR", "message": "x", "hint": "`create_task`"}));
    talk.says("yes let him know", Some("a person"), json!({}));
    assert_eq!(sends(&talk)["subject"], "I would like a demo on Tuesday");
    let mut talk = desk();
    talk.says("my invoice of October is wrong", Some("a person"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    assert_eq!(sends(&talk).get("subject"), None, "the words say it");
}

#[test]
fn what_is_said_with_the_wish_to_go_on_reaches_the_matter_that_waits() {
    let mut talk = desk();
    let said =
        json!({"email": "sarah@gmail.com", "meeting_date": "2026-12-02", "time_zone": "UTC", "owner_id": "117001"});
    talk.says("a demo please", Some("Book a meeting"), said).answers(sarah());
    let free =
        json!({"date": "2026-12-02", "duration": 15, "durations": [15, 30], "slug": "s", "available_slots": ["10:00"]});
    talk.answers(free);
    talk.says("wait, somebody has to call me about the invoice", Some("a person"), json!({}));
    talk.answers(json!({"task_id": "1"}));
    let event = json!({"meeting_start_time": "10:00", "duration": 30});
    talk.step(Event { switch: Some(Switch::ComeBack), slots: event.as_object().cloned().unwrap(), ..Event::default() });
    assert_eq!((&sends(&talk)["duration"], &sends(&talk)["meeting_start_time"]), (&json!(30), &json!("10:00")));
    // A matter that has told all it had to tell gives way to the one that waits.
    let mut talk = desk();
    talk.says("a meeting", Some("Book a meeting"), json!({}));
    let first = Event { switch: Some(Switch::ComeBack), intent: Some("My data".into()), ..Event::default() };
    talk.step(first).says("sarah@gmail.com", None, json!({"email": "sarah@gmail.com"})).answers(sarah());
    talk.answers(json!({"contact_id": "84246479604", "properties": {"firstname": "Sarah"}}));
    talk.switches(Switch::ComeBack);
    assert!(talk.at().starts_with("meeting."), "{} {}", talk.at(), talk.asked());
}
