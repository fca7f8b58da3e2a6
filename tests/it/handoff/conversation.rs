//! A conversation of HubSpot's inbox that is handed over where it stands: comment, assignment, silence.

use http::Method;
use hubspot_sandbox::conversing::AgentMessage;
use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::json;

use super::desk::{House, ask, pass, told};
use crate::inbox::{goes_on, sarah_writes};

const VERONICA: u64 = 9_586_504;
const MEI: u64 = 9_586_742;

#[tokio::test(start_paused = true)]
async fn a_conversation_is_commented_assigned_and_left_to_the_person() {
    let mut house = House::new();
    house.policy.allow_replies = true;
    let desk = house.open().await;
    let thread = sarah_writes(&house.sandbox, "I want a person!").thread_id;
    let start = json!({"conversation_id": thread.to_string(), "title": "Angry", "description": "She wants a person."});
    let started = desk.call("handoff_start", start.clone()).await.unwrap();
    let session = started["session"].as_str().unwrap();
    assert_eq!(started["conversation_id"], thread.to_string());
    let path = format!("/conversations/v3/conversations/threads/{thread}");
    let now = ask(&house.sandbox, "GET", &path, json!({})).await;
    assert_eq!(now["assignedTo"], format!("A-{VERONICA}"));
    let comments = |messages: &serde_json::Value| {
        let all = messages["results"].as_array().unwrap().clone();
        all.into_iter().filter(|one| one["type"] == "COMMENT").collect::<Vec<_>>()
    };
    let messages = ask(&house.sandbox, "GET", &format!("{path}/messages"), json!({})).await;
    assert_eq!(comments(&messages).len(), 1);
    assert!(comments(&messages)[0]["text"].as_str().unwrap().contains("She wants a person."));
    // Silence: the agent writes nothing to the customer, and the customer's words need no passing on.
    let reply = json!({"conversation_id": thread.to_string(), "text": "Can I help?"});
    assert_eq!(desk.code("reply_conversation", reply.clone()).await, "HANDED_OVER_ERROR");
    assert_eq!(desk.code("handoff_send", json!({"session": session, "text": "Hello?"})).await, "INVALID_INPUT_ERROR");
    goes_on(&house.sandbox, thread, "Are you there?");
    house.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Yes, I am.")).unwrap();
    house.sandbox.agent_writes(AgentMessage::comment(thread, VERONICA, "She is angry.")).unwrap();
    let first = desk.events(session, 0).await;
    assert_eq!(told(&first), ["taken: Veronica Chen", "message: Veronica Chen: Yes, I am."]);
    house.sandbox.assign_thread(thread, Some(MEI)).unwrap();
    assert_eq!(told(&desk.events(session, 2).await), ["reassigned: Mei Tanaka"]);
    house.sandbox.agent_writes(AgentMessage::reply(thread, MEI, "It is solved.")).unwrap();
    house.sandbox.set_thread_closed(thread, true).unwrap();
    let last = desk.events(session, 3).await;
    assert_eq!(told(&last), ["message: Mei Tanaka: It is solved.", "closed: Mei Tanaka"]);
    goes_on(&house.sandbox, thread, "One more thing.");
    desk.call("reply_conversation", reply).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_handed_a_conversation_over_takes_it_back_with_a_summary() {
    let house = House::new();
    let desk = house.open().await;
    let thread = sarah_writes(&house.sandbox, "I want a person!").thread_id;
    let start = json!({"conversation_id": thread.to_string(), "title": "Angry"});
    let started = desk.call("handoff_start", start.clone()).await.unwrap();
    assert_eq!(desk.call("handoff_start", start).await.unwrap()["already"], true);
    let stop = json!({"session": started["session"], "summary": "It was a mistake."});
    assert_eq!(desk.call("handoff_stop", stop).await.unwrap(), json!({"ended": true}));
    let path = format!("/conversations/v3/conversations/threads/{thread}");
    assert_eq!(ask(&house.sandbox, "GET", &path, json!({})).await["status"], "CLOSED");
    let messages = ask(&house.sandbox, "GET", &format!("{path}/messages"), json!({})).await.to_string();
    assert_eq!(
        (messages.matches("\"text\":\"Angry\"").count(), messages.matches("It was a mistake.").count() > 0),
        (1, true)
    );
    pass(60).await;
    let unknown = json!({"conversation_id": "1", "title": "x"});
    assert_eq!(desk.code("handoff_start", unknown).await, "CONVERSATION_NOT_FOUND_ERROR");
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_cannot_be_assigned_is_handed_over_to_nobody_and_commented_once() {
    let house = House::new();
    let desk = house.open().await;
    let thread = sarah_writes(&house.sandbox, "I want a person!").thread_id;
    let path = format!("/conversations/v3/conversations/threads/{thread}");
    let refused = Fault::once(Effect::status(400)).times(20).on(&Method::PUT, "/assignee");
    house.sandbox.inject_fault(refused);
    let start = json!({"conversation_id": thread.to_string(), "title": "Angry"});
    let started = desk.call("handoff_start", start.clone()).await.unwrap();
    assert_eq!(desk.call("handoff_start", start).await.unwrap()["already"], true);
    assert!(ask(&house.sandbox, "GET", &path, json!({})).await["assignedTo"].is_null());
    let messages = ask(&house.sandbox, "GET", &format!("{path}/messages"), json!({})).await.to_string();
    assert_eq!(messages.matches("\"text\":\"Angry\"").count(), 1);
    house.sandbox.assign_thread(thread, Some(MEI)).unwrap();
    assert_eq!(told(&desk.events(started["session"].as_str().unwrap(), 0).await), ["taken: Mei Tanaka"]);
}
