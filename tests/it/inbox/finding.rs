//! `find_conversations`: filters, order, pages and what was not looked at.

use std::time::Duration;

use chrono::TimeDelta;
use hubspot_sandbox::conversing::VisitorMessage;
use serde_json::{Value, json};
use tokio::time::advance;

use super::{MEI, SARAH, VERONICA, agent_writes, goes_on, sarah_writes};
use crate::world::World;

async fn ids(world: &World, arguments: Value) -> Vec<u64> {
    let found = world.call("find_conversations", arguments).await.unwrap();
    let ids = found["conversations"].as_array().unwrap().iter();
    ids.map(|one| one["conversation_id"].as_str().unwrap().parse().unwrap()).collect()
}

/// Moves the sandbox's and the server's clocks.
async fn minutes_pass(world: &World, minutes: u64) {
    advance(Duration::from_secs(60 * minutes)).await;
    let _ = world;
}

#[tokio::test(start_paused = true)]
async fn a_conversation_is_found_by_each_filter() {
    let world = World::new().await;
    let chat = sarah_writes(&world.sandbox, "My robot beeps.").thread_id;
    minutes_pass(&world, 5).await;
    let mail = world.sandbox.visitor_writes(VisitorMessage::email("nobody@unknown.example", "Price", "How much?"));
    let mail = mail.unwrap().thread_id;
    world.sandbox.assign_thread(mail, Some(MEI)).unwrap();
    minutes_pass(&world, 10).await;
    assert_eq!(ids(&world, json!({})).await, [mail, chat], "the latest first");
    assert_eq!(ids(&world, json!({"contact": "sarah@gmail.com"})).await, [chat]);
    assert_eq!(ids(&world, json!({"contact": SARAH})).await, [chat]);
    assert_eq!(ids(&world, json!({"assignee": "Mei Tanaka"})).await, [mail]);
    assert_eq!(ids(&world, json!({"assignee": "nobody"})).await, [chat]);
    assert_eq!(ids(&world, json!({"inbox": "inbox"})).await, [mail, chat]);
    assert_eq!(ids(&world, json!({"inbox": "Help desk"})).await, [0_u64; 0]);
    assert_eq!(ids(&world, json!({"unanswered_minutes": 0})).await, [chat, mail], "the longest first");
    assert_eq!(ids(&world, json!({"unanswered_minutes": 12})).await, [chat]);
    agent_writes(&world.sandbox, chat, VERONICA, "We are at it.");
    assert_eq!(ids(&world, json!({"unanswered_minutes": 0})).await, [mail], "she was answered");
    world.sandbox.set_thread_closed(chat, true).unwrap();
    assert_eq!(ids(&world, json!({"status": "closed"})).await, [chat]);
    assert_eq!(ids(&world, json!({"status": "open"})).await, [mail]);
    world.sandbox.archive_thread(mail).unwrap();
    assert_eq!(ids(&world, json!({})).await, [chat], "a deleted one is gone");
}

#[tokio::test(start_paused = true)]
async fn a_summary_says_who_it_is_with_and_who_has_to_answer() {
    let world = World::new().await;
    let ticket = json!({"cus_cid": SARAH, "issue": "It beeps."});
    let ticket = world.call("create_ticket", ticket).await.unwrap()["ticket_id"].as_str().unwrap().to_owned();
    let message = VisitorMessage {
        contact: Some(SARAH),
        ticket: Some(ticket.parse().unwrap()),
        ..VisitorMessage::chat("My robot beeps.")
    };
    let thread = world.sandbox.visitor_writes(message).unwrap().thread_id;
    world.sandbox.assign_thread(thread, Some(VERONICA)).unwrap();
    minutes_pass(&world, 7).await;
    let found = world.call("find_conversations", json!({"ticket_id": ticket})).await.unwrap();
    assert_eq!(
        found,
        json!({"total": 1, "complete": true, "conversations": [{
            "conversation_id": thread.to_string(), "status": "open", "customer": "Sarah Mark",
            "contact_id": SARAH.to_string(), "ticket_id": ticket, "channel": "live chat", "inbox": "Inbox",
            "assignee": "Veronica Chen", "last_from": "customer", "last_at": "2026-11-22T15:00:00Z",
            "waiting_minutes": 7,
        }]})
    );
}

#[tokio::test(start_paused = true)]
async fn the_pages_together_are_the_list() {
    let world = World::new().await;
    let mut all = vec![];
    for number in 0..23 {
        all.insert(0, sarah_writes(&world.sandbox, &format!("Message {number}")).thread_id);
        minutes_pass(&world, 1).await;
    }
    let (mut seen, mut arguments) = (vec![], json!({"contact": SARAH, "limit": 10}));
    loop {
        let page = world.call("find_conversations", arguments.clone()).await.unwrap();
        assert_eq!(page["total"], 23);
        let ids = page["conversations"].as_array().unwrap().iter();
        seen.extend(ids.map(|one| one["conversation_id"].as_str().unwrap().parse::<u64>().unwrap()));
        minutes_pass(&world, 1).await;
        match page.get("next_cursor") {
            Some(cursor) => arguments["cursor"] = cursor.clone(),
            None => break,
        }
    }
    assert_eq!(seen, all);
    arguments["status"] = json!("open");
    assert_eq!(world.code("find_conversations", arguments).await, "INVALID_INPUT_ERROR", "a cursor of another list");
}

/// HubSpot lists the oldest first: without care, the newest of a busy inbox would never be seen.
#[tokio::test(start_paused = true)]
async fn a_busy_inbox_is_looked_at_in_four_requests_and_says_what_was_left_out() {
    let world = World::new().await;
    for _ in 0..1_300 {
        world.sandbox.visitor_writes(VisitorMessage::chat("Hello")).unwrap();
        minutes_pass(&world, 10).await;
    }
    let newest = sarah_writes(&world.sandbox, "I am the last.").thread_id;
    world.requests();
    let found = world.call("find_conversations", json!({"limit": 1})).await.unwrap();
    assert!(world.requests().len() <= 4 + 1, "and one for the names");
    assert_eq!(found["conversations"][0]["conversation_id"], newest.to_string());
    assert_eq!(found["complete"], false);
    let left_out = found["not_looked_at"].as_str().unwrap();
    assert!(left_out.starts_with("those that last changed between 2026-11-2"), "{left_out}");
    let known = world.call("find_conversations", json!({"days": 3})).await.unwrap();
    assert_eq!((known["complete"].clone(), known["total"].clone()), (json!(true), json!(433)));
}

#[tokio::test(start_paused = true)]
async fn only_the_window_is_looked_at_unless_a_longer_one_is_asked_for() {
    let world = World::new().await;
    let old = sarah_writes(&world.sandbox, "Long ago").thread_id;
    world.sandbox.advance_clock(TimeDelta::zero());
    minutes_pass(&world, 15 * 24 * 60).await;
    assert_eq!(ids(&world, json!({})).await, [0_u64; 0]);
    assert_eq!(ids(&world, json!({"days": 16})).await, [old]);
    assert_eq!(ids(&world, json!({"contact": SARAH})).await, [old], "of a contact, however old");
    goes_on(&world.sandbox, old, "I am back.");
    assert_eq!(ids(&world, json!({})).await, [old]);
}

#[tokio::test(start_paused = true)]
async fn bad_arguments_get_a_code_and_the_next_step() {
    let world = World::new().await;
    for (arguments, code) in [
        (json!({"contact": SARAH, "ticket_id": "1"}), "INVALID_INPUT_ERROR"),
        (json!({"contact": "nobody@unknown.example"}), "USER_NOT_FOUND_ERROR"),
        (json!({"inbox": "Sales"}), "INVALID_INPUT_ERROR"),
        (json!({"assignee": "Nobody Known"}), "OWNER_NOT_FOUND_ERROR"),
        (json!({"limit": 0}), "INVALID_INPUT_ERROR"),
        (json!({"days": 366}), "INVALID_INPUT_ERROR"),
        (json!({"days": 0}), "INVALID_INPUT_ERROR"),
        (json!({"unanswered_minutes": 600_000}), "INVALID_INPUT_ERROR"),
        (json!({"status": "waiting"}), "INVALID_INPUT_ERROR"),
    ] {
        assert_eq!(world.code("find_conversations", arguments.clone()).await, code, "{arguments}");
    }
    let error = world.call("find_conversations", json!({"inbox": "Sales"})).await.unwrap_err();
    assert_eq!(error["inboxes"], json!(["Inbox", "Help desk"]));
}
