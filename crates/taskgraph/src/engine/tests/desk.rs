//! Conversations in the shipped graphs with the arguments of the real tools: values that belong to another tool, customers
//! without an address, what is left behind.

use serde_json::{Map, Value, json};

use super::conversation::{Conversation, sarah};
use crate::{
    engine::{
        action::Action,
        error::StepError,
        event::{Event, Switch},
        toolbox::{ToolSpec, Toolbox},
    },
    load,
};

/// The tools of the shipped graphs: name, required and other arguments; `*` marks a list, `%` an object.
const TOOLS: &[(&str, &str, &str, bool)] = &[
    ("find_contact_by_email", "", "email phone chat", true),
    ("create_ticket", "cus_cid issue", "subject pipeline stage priority category owner %properties", false),
    ("find_owner_id_by_contact_id", "cus_cid", "", true),
    ("check_available", "owner_id time_zone meeting_date", "duration slug after before limit contact", true),
    (
        "create_meeting",
        "cus_fname cus_lname cus_email meeting_date meeting_start_time duration slug time_zone",
        "%form_fields *consents *guest_emails topic",
        false,
    ),
    ("find_meetings", "contact", "time_zone", true),
    ("get_contact", "contact", "*properties", true),
    ("search_contacts", "", "query %filters *properties", true),
    ("create_contact", "%properties", "allow_same_phone", false),
    ("update_contact", "contact %properties", "if_updated_at", false),
    ("search_documents", "query", "", true),
    ("find_tickets", "", "contact ticket_id status *properties", true),
    ("update_ticket", "ticket_id", "stage priority subject content append %properties note", false),
    ("log_activity", "text", "contact ticket_id channel at", false),
    ("create_task", "reason", "subject contact ticket_id owner due time_zone reach", false),
];

fn toolbox() -> Toolbox {
    let spec = |required: &str, others: &str, repeatable| {
        let properties: Map<String, Value> = required
            .split_whitespace()
            .chain(others.split_whitespace())
            .map(|name| {
                let kind = match name.chars().next() {
                    Some('*') => "array",
                    Some('%') => "object",
                    _ => "string",
                };
                (name.trim_start_matches(['*', '%']).to_owned(), json!({ "type": kind }))
            })
            .collect();
        let required: Vec<&str> = required.split_whitespace().map(|name| name.trim_start_matches('%')).collect();
        ToolSpec { input_schema: json!({"type": "object", "properties": properties, "required": required}), repeatable }
    };
    let tools =
        TOOLS.iter().map(|(name, required, others, again)| ((*name).to_owned(), spec(required, others, *again)));
    Toolbox { tools: tools.collect(), ..Toolbox::default() }
}

pub(super) fn desk() -> Conversation {
    let text = include_str!("../../../../../taskgraphs/frontdesk.json");
    Conversation::with(load::read("frontdesk", text).unwrap().graph, toolbox())
}

pub(super) fn contacts() -> Conversation {
    let text = include_str!("../../../../../taskgraphs/contacts.json");
    Conversation::with(load::read("contacts", text).unwrap().graph, toolbox())
}

pub(super) fn sends(conversation: &Conversation) -> &Map<String, Value> {
    match conversation.actions.last() {
        Some(Action::Call { arguments, .. }) => arguments,
        other => panic!("{other:?}"),
    }
}

fn ignored(conversation: &Conversation) -> Vec<(&str, &str)> {
    conversation.state.ignored.iter().map(|one| (one.name.as_str(), one.reason.as_str())).collect()
}

pub(super) fn hit(id: &str, first: &str, last: &str) -> Value {
    let email = format!("{}@nordlys.dk", first.to_lowercase());
    json!({"contact_id": id, "properties": {"firstname": first, "lastname": last, "email": email, "company": "Nordlys"}})
}

pub(super) fn hits(all: &[Value]) -> Value {
    json!({"total": all.len(), "contacts": all})
}

pub(super) fn no_tickets() -> Value {
    json!({"total": 0, "open": 0, "tickets": []})
}

pub(super) const FAULT: &str = "My wheel is broken and squeaks";

#[test]
fn properties_wait_for_the_tool_that_takes_an_object_of_them() {
    let said = json!({"email": "sarah@gmail.com", "properties": {"phone": "+45 20 30 40 50"}});
    let mut talk = desk();
    talk.says("My number is new", Some("My data"), said).answers(sarah());
    assert_eq!(talk.asked(), "call get_contact: contact", "that takes a list of names");
    talk.answers(json!({"properties": {}})).says("Correct it", Some("Correct my data"), json!({}));
    assert_eq!(sends(&talk)["properties"], json!({"phone": "+45 20 30 40 50"}));

    let mut talk = desk();
    let new_address = json!({"email": "sarah@gmail.com", "properties": {"email": "new@gmail.com"}});
    talk.says("My address is new", Some("My data"), new_address).answers(sarah()).answers(json!({"properties": {}}));
    talk.says("Correct it", Some("Correct my data"), json!({}));
    assert_eq!(sends(&talk)["properties"], json!({"email": "new@gmail.com"}));

    let mut talk = desk();
    let source = json!({"email": "sarah@gmail.com", "properties": {"Source": "CHAT", "phone": "+45 20 30 40 50"}});
    talk.says(FAULT, Some("Report a problem"), source).answers(sarah());
    assert_eq!(talk.asked(), "call find_tickets: contact status");
    talk.answers(no_tickets());
    assert_eq!(sends(&talk)["properties"], json!({"Source": "CHAT"}), "a ticket has no phone number");

    let mut talk = contacts();
    let change = json!({"query": "Freja Holm", "properties": "{\"phone\": \"+45 20 30 40 50\"}"});
    talk.says("Her number is new", Some("Update a contact"), change);
    assert_eq!(talk.asked(), "call search_contacts: query");
    talk.answers(hits(&[hit("7", "Freja", "Holm")]));
    assert_eq!(sends(&talk)["properties"], json!({"phone": "+45 20 30 40 50"}), "as the text of an object too");
}

#[test]
fn the_data_of_an_unknown_customer_recognise_them_also_in_an_object() {
    let mut talk = desk();
    talk.says(
        FAULT,
        Some("Report a problem"),
        json!({"properties": {"email": "sarah@gmail.com", "firstname": "Sarah"}}),
    );
    assert_eq!(sends(&talk)["email"], "sarah@gmail.com");
    let mut talk = desk();
    let new = json!({"properties": {"email": "ada@acme.example"}, "name": "Ada King Byron"});
    talk.says("I am new", Some("Become a customer"), new);
    let made = json!({"email": "ada@acme.example", "firstname": "Ada King", "lastname": "Byron"});
    assert_eq!(sends(&talk)["properties"], made);
}

#[test]
fn a_value_of_a_type_that_no_tool_takes_is_named() {
    let mut talk = desk();
    talk.says(FAULT, Some("Report a problem"), json!({"email": ["sarah@gmail.com"], "properties": "red"}));
    let reasons: Vec<&str> = ignored(&talk).into_iter().map(|(name, _)| name).collect();
    assert_eq!(reasons, ["email", "properties"], "{:?}", ignored(&talk));
}

#[test]
fn a_failure_refuses_only_what_it_names() {
    let mut talk = desk();
    talk.says("How is my ticket?", Some("My ticket"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    let more = json!({"total": 9, "open": 9, "next_cursor": "x", "tickets": [{"ticket_id": "1"}, {"ticket_id": "2"}]});
    talk.answers(more);
    let slots = json!({"ticket_id": "Matradee", "note": "It smells burnt"});
    talk.says("It smells burnt", Some("Add to it or change it"), slots);
    let wrong = json!({"code": "INVALID_INPUT_ERROR", "message": "`ticket_id`: it must be a number", "hint": "x"});
    talk.answers(wrong.clone());
    assert_eq!(talk.asked(), "slots update_ticket: ticket_id", "the note is not at fault");
    talk.step(Event { slots: json!({"ticket_id": "2"}).as_object().cloned().unwrap(), ..Event::default() });
    assert!(
        matches!(&talk.actions[0], Action::Call { failed: None, arguments, .. } if arguments["note"] == "It smells burnt")
    );

    let mut talk = desk();
    talk.says(FAULT, Some("Report a problem"), json!({"email": "sarah@gmail.com", "priority": "RED"})).answers(sarah());
    let wrong = json!({"code": "INVALID_INPUT_ERROR", "message": "`priority`: no such option", "hint": "x"});
    talk.answers(no_tickets()).answers(wrong);
    assert_eq!(talk.asked(), "call create_ticket: cus_cid issue", "the words stay");
    assert_eq!(sends(&talk)["issue"], FAULT);

    let mut talk = desk();
    let said = json!({"email": "sarah@gmail.com", "phone": "12", "company": "ClouTea"});
    talk.says("My data are new", Some("My data"), said).answers(sarah()).answers(json!({"properties": {}}));
    talk.says("Correct it", Some("Correct my data"), json!({}));
    let problems = json!([{"property": "phone", "problem": "too short"}]);
    talk.answers(json!({"code": "INVALID_INPUT_ERROR", "message": "one is wrong", "problems": problems}));
    assert_eq!(sends(&talk)["properties"], json!({"company": "ClouTea"}));
}

#[test]
fn an_address_that_somebody_has_and_a_day_that_is_none_are_asked_for_alone() {
    let mut talk = desk();
    let said =
        json!({"email": "sarah@gmail.com", "properties": {"email": "freja@nordlys.dk"}, "phone": "+45 20 30 40 50"});
    talk.says("My data are new", Some("My data"), said).answers(sarah()).answers(json!({"properties": {}}));
    talk.says("Correct it", Some("Correct my data"), json!({}));
    talk.answers(json!({"code": "CONFLICT_ERROR", "message": "HubSpot has such a record", "hint": "x"}));
    assert_eq!(sends(&talk)["properties"], json!({"phone": "+45 20 30 40 50"}));

    let mut talk = desk();
    let said = json!({"reach": "+1 702 555 0143", "due": "sometime", "email": "sarah@gmail.com"});
    talk.says("call me back about the invoice", Some("a person"), said);
    assert_eq!(talk.asked(), "call find_contact_by_email: chat email", "what they said is logged on them");
    talk.answers(sarah());
    assert_eq!(sends(&talk)["due"], "sometime");
    talk.answers(json!({"code": "DATE_NOT_UNDERSTOOD_ERROR", "message": "`sometime` is no day", "hint": "x"}));
    assert_eq!(talk.asked(), "call create_task: contact reach reason", "without it, or with another");
}

#[test]
fn a_refused_matter_that_is_said_anew_in_words_keeps_what_was_stated() {
    let mut talk = desk();
    talk.says(FAULT, Some("Report a problem"), json!({"email": "sarah@gmail.com", "issue": "It squeaks"}))
        .answers(sarah());
    talk.answers(no_tickets()).answers(json!("INVALID_INPUT_ERROR"));
    assert_eq!(talk.asked(), "slots create_ticket: issue");
    talk.says("It beeps", None, json!({}));
    assert_eq!(sends(&talk)["issue"], "It beeps");
    assert_eq!(talk.state.known["issue"].value, "It squeaks");
}

#[test]
fn who_names_themselves_where_they_are_recognised_is_searched_for() {
    let names = [
        (json!({"name": "Freja Holm"}), "Freja Holm"),
        (json!({"query": "Freja Holm"}), "Freja Holm"),
        (json!({"firstname": "Freja", "lastname": "Holm"}), "Freja Holm"),
        (json!({"contact_first_name": "Freja", "contact_last_name": "Holm"}), "Freja Holm"),
        (json!({"properties": {"firstname": "Freja", "lastname": "Holm"}}), "Freja Holm"),
        (json!({"company": "Nordlys"}), "Nordlys"),
    ];
    for (slots, text) in names {
        for at_once in [true, false] {
            for skip in [true, false] {
                let mut talk = desk();
                let first = if at_once { slots.clone() } else { json!({}) };
                talk.says(FAULT, Some("Report a problem"), first);
                if !at_once {
                    assert_eq!(talk.asked(), "slots find_contact_by_email: email");
                    let slots = slots.as_object().cloned().unwrap();
                    let text = Some("I have no address".to_owned());
                    talk.step(Event { user_text: text, slots, skip, ..Event::default() });
                }
                assert_eq!(talk.asked(), "call search_contacts: query", "{slots}");
                assert_eq!(sends(&talk)["query"], text);
                talk.answers(hits(&[hit("7", "Freja", "Holm")]));
                if text == "Nordlys" {
                    assert_eq!(talk.asked(), "say, slots find_contact_by_email: cus_cid", "another may be meant");
                    talk.says("Yes", None, json!({"contact_id": "7"})).answers(json!({"activity_id": "1"}));
                } else {
                    assert_eq!(talk.asked(), "say, call find_contact_by_email: chat email", "it is logged");
                    talk.answers(sarah());
                }
                talk.answers(no_tickets());
                assert_eq!(sends(&talk)["issue"], FAULT, "{slots}");
            }
        }
    }
}

#[test]
fn who_is_not_found_by_name_is_asked_again_and_not_searched_for_twice() {
    let mut talk = desk();
    talk.says(FAULT, Some("Report a problem"), json!({"name": "Freya Holm"})).answers(hits(&[]));
    assert_eq!(talk.asked(), "say, slots find_contact_by_email: email");
    talk.says("Nothing else", None, json!({}));
    assert_eq!(talk.asked(), "slots find_contact_by_email: email");
    talk.says("Freja then", None, json!({"name": "Freja Holm"}));
    assert_eq!(sends(&talk)["query"], "Freja Holm");
    talk.answers(hits(&[hit("7", "Freja", "Holm")])).answers(sarah()).answers(no_tickets());
    assert_eq!(sends(&talk)["issue"], FAULT);
}

#[test]
fn a_hit_that_may_be_another_and_several_are_asked_about() {
    for (query, found, asks) in [
        ("Freja", vec![hit("7", "Freja", "Holm")], true),
        ("nordlys", vec![hit("7", "Freja", "Holm")], true),
        ("Freja Holm", vec![hit("7", "Freja", "Holm")], false),
        ("+45 20 30 40 50", vec![hit("7", "Freja", "Holm")], false),
        ("Holm", vec![hit("7", "Freja", "Holm"), hit("8", "Frida", "Holm")], true),
    ] {
        let mut talk = desk();
        talk.says("By name", Some("Known by phone or name, not by e-mail"), json!({"query": query}))
            .answers(hits(&found));
        let expected = if asks { "slots search_contacts: cus_cid" } else { "say" };
        assert_eq!(talk.asked(), expected, "{query}");
        if !asks {
            continue;
        }
        let before = talk.state.clone();
        talk.says(FAULT, Some("Report a problem"), json!({}));
        assert_eq!(talk.asked(), "slots find_contact_by_email: cus_cid", "nothing is written on them unasked");
        talk.state = before;
        talk.step(Event { slots: json!({"contact_id": "7"}).as_object().cloned().unwrap(), ..Event::default() });
        assert!(talk.asked().starts_with("intent of"), "{}", talk.asked());
        talk.says(FAULT, Some("Report a problem"), json!({})).answers(json!({"activity_id": "1"}));
        talk.answers(no_tickets());
        assert_eq!(sends(&talk)["cus_cid"], "7");
    }
}

#[test]
fn what_cannot_be_taken_is_told_with_what_can_be_sent() {
    let mut talk = desk();
    talk.says(FAULT, Some("Report a problem"), json!({"contact": "7", "contact_id": "7"}));
    for (name, reason) in ignored(&talk) {
        assert!(reason.contains("`email`, `phone`, `query`"), "{name}: {reason}");
    }
    let mut talk = desk();
    let two = json!([{"meeting_id": "11", "start": "x"}, {"meeting_id": "12", "start": "y"}]);
    talk.says("I must move it", Some("Move or cancel an appointment"), json!({"email": "sarah@gmail.com"}));
    talk.answers(sarah()).answers(json!({"coming_total": 2, "coming": two}));
    assert_eq!(talk.asked(), "slots create_task: meeting_id");
    talk.says("the first", None, json!({"meeting_id": "1"}));
    assert_eq!(ignored(&talk), [("meeting_id", "`meeting_id` must be one of those found: `11`, `12`")]);
    let mut talk = desk();
    talk.says("By name", Some("Known by phone or name, not by e-mail"), json!({"query": "Holm"}));
    talk.answers(hits(&[hit("7", "Freja", "Holm"), hit("8", "Frida", "Holm")]));
    talk.says("the first", None, json!({"contact_id": "1"}));
    assert_eq!(ignored(&talk), [("contact_id", "`cus_cid` must be one of those found: `7`, `8`")]);
    talk.says("red", None, json!({"colour": "red"}));
    assert!(ignored(&talk)[0].1.contains("expected `contact_id`"), "{:?}", ignored(&talk));
}

#[test]
fn a_contact_is_searched_for_by_what_was_sent_of_them() {
    for (said, query) in [
        (json!({"email": "freja@nordlys.dk", "phone": "+45 1"}), "freja@nordlys.dk"),
        (json!({"name": "Freja Holm", "phone": "+45 1"}), "Freja Holm"),
        (json!({"contact": "freja@nordlys.dk", "phone": "+45 1"}), "freja@nordlys.dk"),
        (json!({"contact_id": "7", "phone": "+45 1"}), "7"),
        (json!({"query": "Freja Holm", "email": "freja@nordlys.dk", "phone": "+45 1"}), "Freja Holm"),
    ] {
        for at_once in [true, false] {
            let mut talk = contacts();
            let first = if at_once { said.clone() } else { json!({}) };
            talk.says("Her number is new", Some("3"), first);
            if !at_once {
                assert_eq!(talk.asked(), "slots search_contacts: query");
                talk.says("Freja", None, said.clone());
            }
            assert_eq!(sends(&talk)["query"], query, "{said}");
            talk.answers(hits(&[hit("7", "Freja", "Holm")]));
            assert_eq!((talk.at(), &sends(&talk)["properties"]["phone"]), ("update", &json!("+45 1")), "{said}");
        }
    }
    let mut talk = contacts();
    talk.says("Her number is new", Some("3"), json!({"email": "f@nordlys.dk", "phone": "+45 1"})).answers(hits(&[]));
    assert_eq!(talk.asked(), "slots search_contacts: query", "nobody was found");
    talk.says("Freja Holm", None, json!({"query": "Freja Holm"})).answers(hits(&[hit("7", "Freja", "Holm")]));
    assert_eq!(sends(&talk)["properties"]["phone"], "+45 1");
}

#[test]
fn what_is_said_with_a_choice_reaches_the_colleague() {
    let mut talk = desk();
    let two = json!([{"meeting_id": "11", "title": "Demo"}, {"meeting_id": "12", "title": "Visit"}]);
    talk.says("Tengo que mover una cita", Some("Move or cancel an appointment"), json!({"email": "sarah@gmail.com"}));
    talk.answers(sarah()).answers(json!({"coming_total": 2, "coming": two}));
    talk.says("la segunda; mejor el viernes 11 a las 10, llevaré a mi jefe", None, json!({"meeting_id": "12"}));
    let reason = sends(&talk)["reason"].as_str().unwrap();
    let lines: Vec<&str> = reason.lines().collect();
    assert_eq!(lines[0], "Tengo que mover una cita");
    assert!(lines[1].contains("viernes 11") && lines[2].contains("Visit"), "{reason}");
}

#[test]
fn an_unknown_customer_who_asks_for_a_person_is_asked_how_to_reach_them_also_within_a_matter() {
    for (intent, inside) in [("Book a meeting", true), ("Report a problem", true), ("", false)] {
        let mut talk = desk();
        if inside {
            talk.says("I need something done", Some(intent), json!({}));
        }
        talk.says("I want a human to help me", Some("a person"), json!({}));
        assert_eq!(talk.asked(), "slots create_task: reach", "{intent}");
        talk.says("no number", None, json!({}));
        let sent = if inside { "reason subject" } else { "reason" };
        assert_eq!(talk.asked(), format!("call create_task: {sent}"), "they are not held");
        talk.answers(json!({"task_id": "1"}));
        talk.step(Event {
            slots: json!({"reach": "call the bar, after noon"}).as_object().cloned().unwrap(),
            ..Event::default()
        });
        assert_eq!(sends(&talk)["reach"], "call the bar, after noon", "what is said later is added");
        talk.answers(json!({"task_id": "2"}));
        let then = if inside { "say, go on" } else { "say" };
        assert_eq!(talk.asked(), then);
    }
}

#[test]
fn words_of_a_refusal_or_a_goodbye_begin_no_matter() {
    for refusal in [
        Event { intent: Some("none".into()), ..Event::default() },
        Event { switch: Some(Switch::Leave), ..Event::default() },
    ] {
        let mut talk = desk();
        talk.step(Event { user_text: Some("Wie ist denn heute das Wetter?".into()), ..refusal });
        talk.says(FAULT, Some("Report a problem"), json!({"email": "sarah@gmail.com"}));
        assert!(sends(&talk)["chat"].as_str().unwrap().contains("Wetter"), "it is logged");
        talk.answers(sarah()).answers(no_tickets());
        assert_eq!(sends(&talk)["issue"], FAULT);
    }
    let mut talk = contacts();
    talk.step(Event { user_text: Some("leave".into()), switch: Some(Switch::Leave), ..Event::default() });
    talk.says("person", Some("a person"), json!({"reach": "desk 4"}));
    assert_eq!(sends(&talk)["reason"], "person");
}

#[test]
fn a_ticket_of_somebody_else_is_neither_shown_nor_changed() {
    let mut talk = desk();
    talk.says("How is 99?", Some("My ticket"), json!({"email": "sarah@gmail.com", "ticket_id": "99"})).answers(sarah());
    assert_eq!(talk.asked(), "call find_tickets: contact");
    let own = json!({"total": 2, "open": 2, "tickets": [{"ticket_id": "1"}, {"ticket_id": "2"}]});
    talk.answers(own);
    assert_eq!(ignored(&talk), [("ticket_id", "`ticket_id` must be one of those found: `1`, `2`")]);
    talk.says(
        "Add this to it: it smells",
        Some("Add to it or change it"),
        json!({"note": "it smells", "ticket_id": "99"}),
    );
    assert_eq!(talk.asked(), "slots update_ticket: ticket_id");
    talk.says("the second", None, json!({"ticket_id": "2"}));
    assert_eq!(sends(&talk)["ticket_id"], "2");
}

#[test]
fn the_address_of_who_they_are_not_is_not_logged_on_the_next_customer() {
    let mut talk = desk();
    talk.says("sarah@gmail.com here, my wheel broke", Some("Report a problem"), json!({"email": "sarah@gmail.com"}));
    talk.answers(sarah()).says("sorry, I am tom@gmail.com", None, json!({"email": "tom@gmail.com"}));
    let chat = sends(&talk)["chat"].as_str().unwrap();
    assert!(chat.contains("my wheel broke") && !chat.contains("sarah@gmail.com"), "{chat}");
}

#[test]
fn a_refused_result_names_the_arguments_first() {
    let mut talk = desk();
    talk.says(FAULT, Some("Report a problem"), json!({}));
    let refused = talk.try_step(&Event { tool_result: Some(sarah()), ..Event::default() }).err();
    assert_eq!(refused, Some(StepError::ArgumentsFirst { missing: vec!["email".to_owned()] }));
}
