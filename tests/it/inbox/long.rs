//! Conversations with more messages than are read at once: the newest are shown, and it is said what is missing.

use std::time::Duration;

use hubspot_sandbox::assumptions::Assumptions;
use hubspot_sandbox::conversing::AgentMessage;
use hubspot_sandbox::fault::{Effect, Fault, Match};
use serde_json::{Value, json};
use tokio::time::advance;

use super::{SARAH, VERONICA, goes_on, sarah_writes};
use crate::handoff::desk::{House, pass, told};
use crate::world::World;

/// The messages that are read of one conversation at most, and a few more.
const MANY: usize = 2_000;
const TOO_MANY: usize = 2_120;

/// A conversation of so many messages, over a while.
async fn conversation(world: &World, messages: usize) -> String {
    let thread = sarah_writes(&world.sandbox, "message 0").thread_id;
    for number in 1..messages {
        if number.is_multiple_of(40) {
            advance(Duration::from_secs(1)).await;
        }
        goes_on(&world.sandbox, thread, &format!("message {number}"));
    }
    thread.to_string()
}

/// The last text, what is missing, and the requests that it took.
async fn read(world: &World, id: &str) -> (Value, Value, usize) {
    world.sandbox.clear_requests();
    let page = world.call("read_conversation", json!({"conversation_id": id})).await.unwrap();
    assert_eq!(page["incomplete"] == true, page["missing"].is_string(), "{page}");
    let mut texts = page["messages"].as_array().unwrap().iter().filter(|one| one["customer_text"].is_string());
    let requests = world.sandbox.requests().iter().filter(|sent| sent.path.ends_with("/messages")).count();
    (texts.next_back().unwrap()["customer_text"].clone(), page["missing"].clone(), requests)
}

#[tokio::test(start_paused = true)]
async fn the_newest_messages_of_a_long_conversation_are_shown() {
    let world = World::new().await;
    // The conversation begins with an event that the channel adds.
    let whole = conversation(&world, MANY - 1).await;
    assert_eq!(read(&world, &whole).await, (json!(format!("message {}", MANY - 2)), Value::Null, 4));
    let long = conversation(&world, TOO_MANY).await;
    let newest = json!(format!("message {}", TOO_MANY - 1));
    assert_eq!(read(&world, &long).await, (newest.clone(), json!("oldest"), 6));
    // Where HubSpot does not take the order, the conversation is read to its end.
    let matches = Match { method: Some("GET".into()), path_contains: Some("/messages".into()), ..Match::default() };
    let refused = Effect::Status { status: 400, body: None, headers: vec![] };
    world.sandbox.inject_fault(Fault { matches, effect: refused, times: 1, after: 4 });
    assert_eq!(read(&world, &long).await, (newest, json!("oldest"), 6));
    // And the window before the newest ones goes back without a gap.
    let page = world.call("read_conversation", json!({"conversation_id": long, "limit": 2})).await.unwrap();
    let first = page["messages"][0]["message_id"].clone();
    let before = json!({"conversation_id": long, "limit": 2, "before": first});
    let page = world.call("read_conversation", before).await.unwrap();
    assert_eq!(page["messages"][1]["customer_text"], format!("message {}", TOO_MANY - 3), "{page}");
}

/// What is older than the newest messages can still be read one by one, and nobody takes the window for the whole.
#[tokio::test(start_paused = true)]
async fn a_message_that_is_older_than_the_window_is_read_by_its_id() {
    let world = World::new().await;
    let first = sarah_writes(&world.sandbox, "message 0");
    let thread = first.thread_id;
    let mut second = json!(null);
    for number in 1..TOO_MANY {
        if number.is_multiple_of(40) {
            advance(Duration::from_secs(1)).await;
        }
        let id = goes_on(&world.sandbox, thread, &format!("message {number}")).message_id;
        if number == 1 {
            second = json!(id);
        }
    }
    let with = |more: Value| {
        let mut arguments = json!({"conversation_id": thread.to_string(), "limit": 3});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        arguments
    };
    let first = json!(first.message_id);
    let one = world.call("read_conversation", with(json!({"message_id": first}))).await.unwrap();
    assert_eq!(one["messages"][0]["customer_text"], "message 0", "{one}");
    let page = world.call("read_conversation", with(json!({"after": first}))).await.unwrap();
    assert_eq!((&page["missing"], &page["later"]), (&json!("oldest"), &json!(true)), "{page}");
    assert_eq!(page["messages"].as_array().unwrap().len(), 3);
    for (after, before) in [(None, &first), (Some(&second), &first), (Some(&first), &second)] {
        let mut wanted = json!({"before": before});
        after.into_iter().for_each(|after| wanted["after"] = after.clone());
        let error = world.call("read_conversation", with(wanted)).await.unwrap_err();
        assert_eq!(error["code"], "INVALID_INPUT_ERROR");
        assert!(error["message"].as_str().unwrap().contains("older than the newest"), "{error}");
    }
    let unknown = world.call("read_conversation", with(json!({"before": "0123456789abcdef0123456789abcdef"}))).await;
    assert!(unknown.unwrap_err()["message"].as_str().unwrap().contains("no such message"));
}

/// A person who wrote to a customer at the begin of a long hand-off is heard however late the caller asks.
#[tokio::test(start_paused = true)]
async fn the_words_of_a_person_before_two_thousand_others_are_told() {
    let house = House::new().with_channel().await;
    let desk = house.open().await;
    let started =
        desk.call("handoff_start", json!({"contact": SARAH.to_string(), "title": "Broken wheel"})).await.unwrap();
    let (session, thread) = (started["session"].as_str().unwrap(), started["conversation_id"].as_str().unwrap());
    let thread: u64 = thread.parse().unwrap();
    house.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Which wheel is it?")).unwrap();
    pass(45).await;
    for number in 0..TOO_MANY {
        if number.is_multiple_of(40) {
            pass(1).await;
        }
        house.sandbox.agent_writes(AgentMessage::comment(thread, VERONICA, &format!("Among us: {number}"))).unwrap();
    }
    let heard = desk.call("handoff_events", json!({"session": session})).await.unwrap();
    assert_eq!(told(&heard), ["taken: Veronica Chen", "message: Veronica Chen: Which wheel is it?"]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_begins_with_the_newest_costs_one_request() {
    let assumptions = Assumptions { messages_newest_first: true, ..Assumptions::default() };
    let settings = hubspot_sandbox::Settings { assumptions, ..Default::default() };
    let world = World::with(settings, Default::default()).await;
    let long = conversation(&world, 600).await;
    assert_eq!(read(&world, &long).await, (json!("message 599"), json!("oldest"), 1));
}
