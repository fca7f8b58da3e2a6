//! Questions to the person before a change: what they show, when they are asked again, and answers that are good once.

use std::time::Duration;

use frontdesk::tool::Effect;
use frontdesk::tools;
use http_client::{HttpClient, InProcess};
use hubspot_sandbox::Sandbox;
use rmcp::model::{CacheScope, CallToolRequestParams, CallToolResponse, ElicitResult, ElicitationAction};
use serde_json::{Value, json};

use super::{DOOR, SARAH, asked, call, confirming, connect, is_final, names, params, sandbox_and_server};
use crate::elicitation::{Person, accept, both, modern};
use crate::tool_calls::CONVERSATION;

/// One change for each tool that changes something, the question it leads to, and the changed record.
fn changes() -> Vec<(&'static str, Value, &'static str, (&'static str, &'static str))> {
    vec![
        (
            "update_contact",
            json!({"contact": SARAH, "properties": {"phone": "+1 702 555 0199", "company": null, "owner": null}}),
            "Change the contact \"Sarah Mark sarah@gmail.com\" (84246479604) in HubSpot?",
            ("contacts", SARAH),
        ),
        (
            "update_ticket",
            json!({"ticket_id": DOOR, "priority": "LOW", "stage": "Waiting on us"}),
            "Change the ticket ",
            ("tickets", DOOR),
        ),
        (
            "update_conversation",
            json!({"conversation_id": CONVERSATION, "assignee": "117003", "status": "closed"}),
            "Change the conversation with \"Sarah Mark\" (",
            ("threads", CONVERSATION),
        ),
    ]
}

fn kept(sandbox: &Sandbox, (kind, id): (&str, &str)) -> Value {
    if kind == "threads" {
        let account: Value = serde_json::from_str(&sandbox.snapshot()).unwrap();
        return account[kind]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"].as_u64() == id.parse().ok())
            .unwrap()
            .clone();
    }
    sandbox.records(kind).into_iter().find(|record| record["id"] == id).unwrap()["properties"].clone()
}

#[test]
fn every_tool_that_changes_something_has_its_question() {
    let changing: Vec<_> = tools::all().iter().filter(|t| t.effect == Effect::Update).map(|t| t.name).collect();
    assert_eq!(changing, changes().iter().map(|(tool, ..)| *tool).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_changed_before_the_user_agrees() {
    for (era, (tool, change, question, record)) in
        both().into_iter().flat_map(|era| changes().into_iter().map(move |c| (era.clone(), c)))
    {
        for (reaction, code) in
            [(ElicitationAction::Decline, "DECLINED_ERROR"), (ElicitationAction::Cancel, "DISMISSED_ERROR")]
        {
            let (sandbox, server) = sandbox_and_server(confirming());
            let person = Person::new([ElicitResult::new(reaction), accept(json!({}))]);
            let client = connect(server, person.clone(), era.clone()).await;
            let before = kept(&sandbox, record);
            let error = call(&client, tool, change.clone()).await.unwrap_err();
            assert_eq!((&error["code"], kept(&sandbox, record)), (&json!(code), before.clone()), "{tool}");
            let changed = call(&client, tool, change.clone()).await.unwrap();
            assert!(!changed["changes"].as_object().unwrap().is_empty(), "{changed}");
            assert_ne!(kept(&sandbox, record), before, "{tool}");
            let asked = person.questions();
            assert!(asked.len() == 2 && asked[0] == asked[1] && asked[0].starts_with(question), "{asked:#?}");
            let again = call(&client, tool, change.clone()).await.unwrap();
            assert_eq!(
                (&again["changes"], person.questions().len()),
                (&json!({}), 2),
                "what is so already is not asked about"
            );
        }
    }
}

/// The user agrees to what they can read: labels and names, with other people's texts in quotes.
#[tokio::test(start_paused = true)]
async fn the_question_shows_each_value_before_and_after() {
    let (_, server) = sandbox_and_server(confirming());
    let person = Person::new(changes().iter().map(|_| accept(json!({}))));
    let client = connect(server, person.clone(), modern()).await;
    for (tool, change, ..) in changes() {
        call(&client, tool, change).await.unwrap();
    }
    insta::assert_json_snapshot!("questions_before_changes", person.questions());
}

#[tokio::test(start_paused = true)]
async fn clients_without_elicitation_see_no_tools_that_need_it() {
    for era in both() {
        let (sandbox, server) = sandbox_and_server(confirming());
        let client = connect(server.clone(), Person::unreachable(), era.clone()).await;
        let asking = connect(server, Person::new([]), era).await;
        let (few, all) = (names(&client).await, names(&asking).await);
        let list = client.list_tools(None).await.unwrap();
        assert!(list.cache_scope.is_none_or(|scope| scope == CacheScope::Private), "another client has another list");
        assert_eq!(all.len(), tools::all().len());
        assert_eq!(
            all.iter().filter(|name| !few.contains(name)).collect::<Vec<_>>(),
            ["update_contact", "update_ticket", "reply_conversation", "update_conversation"]
        );
        for (tool, change, _, record) in changes() {
            let before = kept(&sandbox, record);
            let error = call(&client, tool, change).await.unwrap_err();
            assert_eq!((&error["code"], kept(&sandbox, record)), (&json!("FORBIDDEN_ERROR"), before), "{tool}");
            assert!(error["message"].as_str().unwrap().contains("has to agree"), "{error}");
            is_final(&error);
        }
        // Additions need no confirmation.
        call(&client, "create_ticket", json!({"cus_cid": SARAH, "issue": "It beeps."})).await.unwrap();
    }
}

fn booking(first_name: &str, last_name: &str) -> Value {
    json!({
        "cus_fname": first_name, "cus_lname": last_name, "cus_email": "sarah@gmail.com", "meeting_date": "2026-12-01",
        "meeting_start_time": "13:00", "duration": 30, "slug": "richtech/veronica-chen", "time_zone": "America/New_York",
        "update_name": true,
    })
}

/// A booking adds a meeting; the names and answers that HubSpot writes to the contact are a change like any other.
#[tokio::test(start_paused = true)]
async fn changes_of_the_contact_by_a_booking_need_consent() {
    for era in both() {
        let (sandbox, server) = sandbox_and_server(confirming());
        let person = Person::new([ElicitResult::new(ElicitationAction::Decline), accept(json!({}))]);
        let client = connect(server, person.clone(), era).await;
        let error = call(&client, "create_meeting", booking("Sara", "Mark")).await.unwrap_err();
        assert_eq!((&error["code"], sandbox.records("meetings").len()), (&json!("DECLINED_ERROR"), 0));
        call(&client, "create_meeting", booking("Sara", "Mark")).await.unwrap();
        assert_eq!(kept(&sandbox, ("contacts", SARAH))["firstname"], "Sara");
        let asked = person.questions();
        assert!(asked[1].contains("First Name: \"Sarah\" becomes \"Sara\"") && asked.len() == 2, "{asked:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_booking_that_changes_no_contact_needs_no_consent() {
    for era in both() {
        for (first_name, last_name, books) in [("Sarah", "Mark", true), ("", "", true), ("Sarah", "Marks", false)] {
            let (sandbox, server) = sandbox_and_server(confirming());
            let client = connect(server, Person::unreachable(), era.clone()).await;
            let before = kept(&sandbox, ("contacts", SARAH));
            let answer = call(&client, "create_meeting", booking(first_name, last_name)).await;
            assert_eq!((answer.is_ok(), sandbox.records("meetings").len()), (books, usize::from(books)), "{answer:?}");
            let after = kept(&sandbox, ("contacts", SARAH));
            assert_eq!((&after["firstname"], &after["lastname"]), (&before["firstname"], &before["lastname"]));
            if let Err(error) = answer {
                assert_eq!(error["code"], "ANSWER_NEEDED_ERROR");
                assert!(error["hint"].as_str().unwrap().contains("leave `update_name` out"), "{error}");
            }
        }
    }
}

/// Consent covers one change only: another user changes the record while the user is asked.
#[tokio::test(start_paused = true)]
async fn a_concurrent_change_is_confirmed_again() {
    let (sandbox, server) = sandbox_and_server(confirming());
    let client = connect(server, Person::new([]), modern()).await;
    let change = params("update_contact", json!({"contact": SARAH, "properties": {"city": "Oslo"}}));
    let CallToolResponse::InputRequired(first) = client.call_tool_once(change.clone()).await.unwrap() else {
        panic!("nobody was asked")
    };
    let theirs = http::Request::patch(format!("/crm/v3/objects/contacts/{SARAH}"))
        .header("authorization", format!("Bearer {}", sandbox.token()))
        .header("content-type", "application/json")
        .body(bytes::Bytes::from(json!({"properties": {"city": "Rome"}}).to_string()));
    assert!(InProcess(sandbox.router()).send(theirs.unwrap()).await.unwrap().status().is_success());
    let agreed = [("change".to_owned(), json!(accept(json!({}))))].into();
    let second = change.with_input_responses(agreed).with_request_state(first.request_state.unwrap());
    let CallToolResponse::InputRequired(second) = client.call_tool_once(second).await.unwrap() else {
        panic!("the change was made although it is another one")
    };
    assert!(json!(second).to_string().contains("Rome"));
    assert_eq!(kept(&sandbox, ("contacts", SARAH))["city"], "Rome");
}

/// A long text of the customer, in which only the end is to change.
fn long(end: &str) -> String {
    "Please call me back about the delivery. ".repeat(50) + end
}

async fn change_as_another_user(sandbox: &Sandbox, properties: Value) {
    let theirs = http::Request::patch(format!("/crm/v3/objects/contacts/{SARAH}"))
        .header("authorization", format!("Bearer {}", sandbox.token()))
        .header("content-type", "application/json")
        .body(bytes::Bytes::from(json!({ "properties": properties }).to_string()));
    assert!(InProcess(sandbox.router()).send(theirs.unwrap()).await.unwrap().status().is_success());
}

fn agreed(change: &CallToolRequestParams, state: Option<String>) -> CallToolRequestParams {
    let agreed = [("change".to_owned(), json!(accept(json!({}))))].into();
    change.clone().with_input_responses(agreed).with_request_state(state.unwrap())
}

/// The person agrees to what is done, wherever in a text it is.
#[tokio::test(start_paused = true)]
async fn the_question_shows_where_long_texts_differ() {
    for era in both() {
        let (sandbox, server) = sandbox_and_server(confirming());
        let person = Person::new([accept(json!({})), accept(json!({}))]);
        let client = connect(server, person.clone(), era).await;
        change_as_another_user(&sandbox, json!({"message": long("")})).await;
        let refund = long("I authorise a refund of $100,000 to account 666");
        call(&client, "update_contact", json!({"contact": SARAH, "properties": {"message": refund}})).await.unwrap();
        let note = "Called back. ".repeat(100) + "Refund it. " + &"Called back. ".repeat(100);
        let change = json!({"ticket_id": DOOR, "content": long("It beeps."), "note": note});
        call(&client, "update_ticket", change).await.unwrap();
        let asked = person.questions();
        assert!(asked[0].contains("the delivery. I authorise a refund of $100,000 to account 666\""), "{asked:#?}");
        assert!(asked[0].len() < 500, "{asked:#?}");
        assert!(asked[1].contains(&long("It beeps.")), "{asked:#?}");
        assert!(asked[1].contains(&format!("A note is added: \"{note}\"")), "{asked:#?}");
    }
}

/// Nobody agrees to what the question leaves out: the middle of a new text is shown, and a change that is too long to be
/// read is refused.
#[tokio::test(start_paused = true)]
async fn a_person_reads_the_whole_of_what_is_new_or_nobody_is_asked() {
    let hidden = |padding: usize| {
        let [before, after] = ["x ", "y "].map(|word| word.repeat(padding));
        format!("Hello. {before} I AUTHORISE A REFUND OF $100000 {after} Bye.")
    };
    for era in both() {
        let (sandbox, server) = sandbox_and_server(confirming());
        let person = Person::new([accept(json!({}))]);
        let client = connect(server, person.clone(), era).await;
        let change = json!({"contact": SARAH, "properties": {"message": hidden(150)}});
        call(&client, "update_contact", change).await.unwrap();
        assert!(person.questions()[0].contains("I AUTHORISE A REFUND OF $100000"), "{:#?}", person.questions());
        let before = kept(&sandbox, ("contacts", SARAH));
        let long = json!({"contact": SARAH, "properties": {"message": hidden(3_000)}});
        let noted = json!({"ticket_id": DOOR, "content": "It beeps.", "note": hidden(3_000), "replace": true});
        for (tool, arguments) in [("update_contact", long), ("update_ticket", noted)] {
            let refused = call(&client, tool, arguments).await.unwrap_err();
            assert_eq!(refused["code"], "INVALID_INPUT_ERROR", "{refused}");
            assert!(refused["hint"].as_str().unwrap().contains("in parts"), "{refused}");
        }
        assert_eq!((kept(&sandbox, ("contacts", SARAH)), person.questions().len()), (before, 1));
    }
}

/// Whatever part of the record changes meanwhile: a part of a text that the question does not show, or another property.
#[tokio::test(start_paused = true)]
async fn a_record_that_changes_anywhere_is_asked_about_again() {
    for theirs in [json!({"message": long("") + "I come on Monday."}), json!({"city": "Rome"})] {
        let (sandbox, server) = sandbox_and_server(confirming());
        let client = connect(server, Person::new([]), modern()).await;
        change_as_another_user(&sandbox, json!({"message": long("")})).await;
        let new = json!({"contact": SARAH, "properties": {"message": format!("Hello. {}", long(""))}});
        let change = params("update_contact", new);
        let first = asked(&client, change.clone()).await;
        tokio::time::advance(Duration::from_secs(60)).await;
        change_as_another_user(&sandbox, theirs.clone()).await;
        let before = kept(&sandbox, ("contacts", SARAH));
        let second = asked(&client, agreed(&change, first.request_state)).await;
        assert!(json!(second).to_string().contains("Something has changed since you were asked. Change the contact"));
        assert_eq!(kept(&sandbox, ("contacts", SARAH))["message"], before["message"], "{theirs}");
        let done = client.call_tool_once(agreed(&change, second.request_state)).await.unwrap();
        assert!(matches!(done, CallToolResponse::Complete(_)), "{done:?}");
    }
}

/// A consent that was used allows nothing more, also when the change is undone in between.
#[tokio::test(start_paused = true)]
async fn an_accepted_answer_is_good_once() {
    let (sandbox, server) = sandbox_and_server(confirming());
    let client = connect(server, Person::new([]), modern()).await;
    change_as_another_user(&sandbox, json!({"city": "Oslo"})).await;
    let change = params("update_contact", json!({"contact": SARAH, "properties": {"city": "Rome"}}));
    let first = asked(&client, change.clone()).await;
    let answer = agreed(&change, first.request_state);
    assert!(matches!(client.call_tool_once(answer.clone()).await.unwrap(), CallToolResponse::Complete(_)));
    assert_eq!(kept(&sandbox, ("contacts", SARAH))["city"], "Rome");
    // Undone at once, so that the record looks as it did when the person was asked.
    change_as_another_user(&sandbox, json!({"city": "Oslo"})).await;
    asked(&client, answer).await;
    assert_eq!(kept(&sandbox, ("contacts", SARAH))["city"], "Oslo");
    // Two at once: one of them is good.
    let again = asked(&client, change.clone()).await;
    let answer = agreed(&change, again.request_state);
    let (one, other) = tokio::join!(client.call_tool_once(answer.clone()), client.call_tool_once(answer));
    let done = [one, other].into_iter().filter(|answer| matches!(answer, Ok(CallToolResponse::Complete(_)))).count();
    assert_eq!(done, 1);
}
