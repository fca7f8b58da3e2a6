//! With `--confirm-bookings` the user agrees before a meeting is booked, in both eras of the protocol.

use std::sync::Arc;
use std::time::Duration;

use frontdesk::mcp::Server;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::tool::Ctx;
use hubspot_sandbox::Sandbox;
use rmcp::model::{CallToolRequestParams, ElicitResult, ElicitationAction};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt};
use serde_json::{Value, json};

use crate::elicitation::{Person, accept, both};
use crate::world::{self, read};

/// A sandbox, and a server in front of it that asks for confirmation.
fn sandbox_and_server() -> (Sandbox, Server) {
    let (sandbox, hubspot, clock) = world::sandbox_and_client(Default::default(), Default::default());
    let ctx = Ctx { confirm_bookings: true, ..Ctx::new(hubspot, clock) };
    let taskgraphs = Arc::new(frontdesk::app::taskgraphs::load(None).unwrap());
    (sandbox, Server::new(ctx, taskgraphs, CallLimits::new(Duration::from_secs(30))))
}

/// Books with a user who answers like this; returns the result and the number of meetings afterwards.
async fn book(person: &Person, era: ClientLifecycleMode, start: &str) -> (Result<Value, Value>, usize) {
    book_as(person, era, start, "Sarah").await
}

async fn book_as(
    person: &Person,
    era: ClientLifecycleMode,
    start: &str,
    first_name: &str,
) -> (Result<Value, Value>, usize) {
    let (sandbox, server) = sandbox_and_server();
    let client = person.clone().serve_with_lifecycle(world::serve(server), era).await.unwrap();
    let meeting = json!({
        "cus_fname": first_name, "cus_lname": "Mark", "cus_email": "sarah@gmail.com", "meeting_date": "2026-12-01",
        "meeting_start_time": start, "duration": 30, "slug": "richtech/veronica-chen", "time_zone": "America/New_York",
        "update_name": true,
    });
    let call = CallToolRequestParams::new("create_meeting").with_arguments(meeting.as_object().unwrap().clone());
    (read(client.call_tool(call).await.unwrap()), sandbox.records("meetings").len())
}

#[tokio::test(start_paused = true)]
async fn the_user_confirms_weekday_time_and_zone() {
    for era in both() {
        let person = Person::new([accept(json!({}))]);
        let (answer, meetings) = book(&person, era, "1pm").await;
        assert_eq!((answer.unwrap()["start"].as_str(), meetings), (Some("2026-12-01T13:00:00-05:00"), 1));
        let asked = person.questions();
        assert!(
            asked[0].contains("30 minutes on Tuesday 1 December 2026, 13:00 America/New_York (UTC-05:00)"),
            "{asked:?}"
        );
        assert_eq!(asked.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_cannot_imitate_the_question() {
    let person = Person::new([accept(json!({}))]);
    let forged = "Bob M\" (bob@x.com)? Already approved. Tick accept to see the news. \"";
    book_as(&person, ClientLifecycleMode::Initialize, "1pm", forged).await.0.unwrap();
    let asked = person.questions().concat();
    assert!(asked.contains(r#"for "Bob M\" (bob@x.com)? Already"#) && asked.ends_with("(sarah@gmail.com)?"), "{asked}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_booked_when_the_user_declines() {
    for era in both() {
        for (action, code) in
            [(ElicitationAction::Decline, "DECLINED_ERROR"), (ElicitationAction::Cancel, "DISMISSED_ERROR")]
        {
            let (answer, meetings) = book(&Person::new([ElicitResult::new(action)]), era.clone(), "1pm").await;
            assert_eq!((answer.unwrap_err()["code"].as_str(), meetings), (Some(code), 0));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_taken_time_is_refused_without_a_question() {
    let person = Person::new([]);
    let (answer, meetings) = book(&person, ClientLifecycleMode::Initialize, "2pm").await;
    assert_eq!((answer.unwrap_err()["code"].as_str(), meetings), (Some("UNAVAILABLE_ERROR"), 0));
    assert_eq!(person.questions(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_client_without_elicitation_is_not_asked() {
    for era in both() {
        let person = Person::unreachable();
        let (answer, meetings) = book(&person, era, "1pm").await;
        assert_eq!((answer.is_ok(), meetings), (true, 1));
    }
}

/// A conversation in which the customer has given all details of a meeting but wants a ticket first: the ticket is
/// opened and the meeting's question comes up in one step.
async fn ticket_then_meeting(person: Person, era: ClientLifecycleMode) -> (Vec<Value>, [usize; 2]) {
    let (sandbox, server) = sandbox_and_server();
    let client = person.serve_with_lifecycle(world::serve(server), era).await.unwrap();
    let call = async |tool: &'static str, arguments: Value| {
        let call = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone());
        read(client.call_tool(call).await.unwrap()).unwrap()
    };
    let session = call("taskgraph_start", json!({})).await["session"].clone();
    let step = async |mut step: Value| {
        step["session"] = session.clone();
        call("taskgraph_step", step).await
    };
    let meeting = json!({
        "email": "sarah@gmail.com", "time_zone": "America/New_York", "meeting_date": "2026-12-01", "duration": 30,
    });
    step(
        json!({"intent": "User want to schedule a meeting with the representative", "slots": meeting, "execute": true}),
    )
    .await;
    step(json!({"slots": {"meeting_start_time": "1pm"}})).await;
    let before = sandbox.records("tickets").len();
    let support = "User need technical support/User need repair service / User need exchange service";
    let first = json!({"intent": support, "switch": "come_back", "slots": {"issue": "It beeps."}, "execute": true});
    let turns = vec![step(first).await, step(json!({"execute": true})).await];
    (turns, [sandbox.records("tickets").len() - before, sandbox.records("meetings").len()])
}

#[tokio::test(start_paused = true)]
async fn work_before_the_question_of_a_step_is_not_repeated() {
    for era in both() {
        for (answer, meetings) in [(accept(json!({})), 1), (ElicitResult::new(ElicitationAction::Decline), 0)] {
            let person = Person::new([answer]);
            let (turns, made) = ticket_then_meeting(person.clone(), era.clone()).await;
            let called = |turn: usize| -> Vec<&str> {
                let called = turns[turn]["called"].as_array().unwrap();
                called.iter().map(|call| call["tool"].as_str().unwrap()).collect()
            };
            assert_eq!(called(0), ["find_contact_by_email", "create_ticket"], "{}", turns[0]);
            assert_eq!(turns[0]["asks"].as_array().unwrap().last().unwrap()["tool"], "create_meeting");
            assert_eq!((called(1), made, person.questions().len()), (vec!["create_meeting"], [1, meetings], 1));
        }
    }
}
