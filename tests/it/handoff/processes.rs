//! Processes that share a store: the same hand-off is begun and ended once, whichever of them is asked, and one goes on soon
//! after another has died.

use std::time::Duration;

use frontdesk::change_feed::Change;
use futures::future::join_all;
use http::Method;
use hubspot_sandbox::conversing::AgentMessage;
use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::desk::{Desk, House, ask, note, notes, pass, ticket, told};
use super::{MEI, SARAH};
use crate::inbox::sarah_writes;

const VERONICA: u64 = 9_586_504;

/// The answers of several processes to the same call at once.
async fn at_once(desks: &[Desk], tool: &'static str, arguments: &Value) -> Vec<Value> {
    let answers = join_all(desks.iter().map(|desk| desk.call(tool, arguments.clone()))).await;
    answers.into_iter().map(|answer| answer.unwrap_or_else(|error| panic!("{tool}: {error}"))).collect()
}

fn titled(house: &House, object: &str, property: &str, title: &str) -> usize {
    house.sandbox.records(object).iter().filter(|one| one["properties"][property] == title).count()
}

#[tokio::test(start_paused = true)]
async fn the_same_start_in_two_processes_at_once_is_one_ticket_with_one_task() {
    for delay_ms in [0, 300] {
        let house = House::new();
        let desks = [house.open().await, house.open().await];
        for path in ["/tickets", "/tasks"] {
            house.sandbox.inject_fault(Fault::once(Effect::DelayMs(delay_ms)).times(4).on(&Method::POST, path));
        }
        let started = at_once(&desks, "handoff_start", &json!({"contact": SARAH, "title": "Broken wheel"})).await;
        for name in ["session", "ticket_id", "url"] {
            assert_eq!(started[0][name], started[1][name], "{name} after {delay_ms} ms");
        }
        let already = started.iter().filter(|one| one["already"] == true).count();
        assert_eq!(already, 1, "{started:?}");
        let counts = (
            titled(&house, "tickets", "subject", "Broken wheel"),
            titled(&house, "tasks", "hs_task_subject", "Broken wheel"),
        );
        assert_eq!(counts, (1, 1), "after {delay_ms} ms");
        let (session, id) = (started[0]["session"].as_str().unwrap(), started[0]["ticket_id"].as_str().unwrap());
        note(&house.sandbox, id, MEI, "@customer Hello").await;
        for desk in &desks {
            assert_eq!(told(&desk.events(session, 0).await)[1], "message: Mei Tanaka: Hello");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_start_in_two_processes_at_once_is_one_thread_of_a_channel() {
    let house = House::new().with_channel().await;
    let desks = [house.open().await, house.open().await];
    house.sandbox.inject_fault(Fault::once(Effect::DelayMs(300)).times(2).on(&Method::POST, "/messages"));
    let started = at_once(&desks, "handoff_start", &json!({"contact": SARAH, "title": "Broken wheel"})).await;
    for name in ["session", "conversation_id"] {
        assert_eq!(started[0][name], started[1][name], "{name}");
    }
}

/// What a process has brought to HubSpot before it died is found by the key of the session, whoever goes on.
#[tokio::test(start_paused = true)]
async fn another_process_goes_on_with_a_start_whose_process_died() {
    let house = House::new();
    let dead = house.open().await;
    dead.stop_watching();
    // The ticket is made, and then the process hears nothing more.
    house.sandbox.inject_fault(Fault::once(Effect::SilenceAfter).times(50).on(&Method::POST, "/tickets"));
    house.sandbox.inject_fault(Fault::once(Effect::Silence).times(50).on(&Method::GET, "/tickets/fd-"));
    let wanted = json!({"contact": SARAH, "title": "Broken wheel"});
    assert!(dead.call("handoff_start", wanted.clone()).await.is_err());
    ask(&house.sandbox, "DELETE", "/__sandbox/faults", json!({})).await;
    let desk = house.open().await;
    let started = desk.call("handoff_start", wanted).await.unwrap();
    assert!(started["ticket_id"].is_string(), "{started}");
    assert_eq!(titled(&house, "tickets", "subject", "Broken wheel"), 1);
}

#[tokio::test(start_paused = true)]
async fn two_processes_that_end_a_session_at_once_end_it_once() {
    let house = House::new();
    let desks = [house.open().await, house.open().await];
    let (session, id) = desks[0].start("Broken wheel").await;
    house.sandbox.inject_fault(Fault::once(Effect::DelayMs(300)).times(4).on(&Method::POST, "/notes"));
    let stopped = at_once(&desks, "handoff_stop", &json!({"session": session, "summary": "Solved."})).await;
    assert_eq!(stopped.iter().filter(|one| one["already"] == true).count(), 1, "{stopped:?}");
    assert_eq!(ticket(&house.sandbox, &id)["hs_pipeline_stage"], "4");
    assert_eq!(notes(&house.sandbox, &id).await.len(), 1, "one summary");
    let events = desks[0].call("handoff_events", json!({"session": session})).await.unwrap();
    assert_eq!((told(&events), &events["events"][0]["by"]), (vec!["closed".to_owned()], &json!("caller")));
}

/// A look in another process sees the closed ticket before the caller's end is noted.
#[tokio::test(start_paused = true)]
async fn a_ticket_that_the_caller_closes_is_not_closed_by_a_person() {
    let house = House::new();
    let desk = house.open().await;
    let (session, _) = desk.start("Broken wheel").await;
    pass(14).await;
    // After the ticket its task is ended, which takes a while.
    house.sandbox.inject_fault(Fault::once(Effect::DelayMs(9_000)).on(&Method::PATCH, "/tasks"));
    let begun = Instant::now();
    assert_eq!(desk.call("handoff_stop", json!({"session": session})).await.unwrap(), json!({"ended": true}));
    assert!(begun.elapsed() > Duration::from_secs(8), "a look came between");
    let events = desk.call("handoff_events", json!({"session": session})).await.unwrap();
    assert_eq!((&events["events"][0]["by"], &events["tell_customer"]), (&json!("caller"), &Value::Null), "{events}");
}

#[tokio::test(start_paused = true)]
async fn a_conversation_has_one_session_whatever_words_and_processes_hand_it_over() {
    let house = House::new();
    let desks = [house.open().await, house.open().await];
    let thread = sarah_writes(&house.sandbox, "I want a person!").thread_id;
    let wanted = |title: &str| json!({"conversation_id": thread.to_string(), "title": title});
    let both =
        join_all(desks.iter().zip(["A", "B"]).map(|(desk, title)| desk.call("handoff_start", wanted(title)))).await;
    let sessions: Vec<_> = both.into_iter().map(|started| started.unwrap()["session"].clone()).collect();
    assert_eq!(sessions[0], sessions[1]);
    pass(11 * 60).await;
    let later = desks[0].call("handoff_start", wanted("C")).await.unwrap();
    assert_eq!((&later["session"], &later["already"]), (&sessions[0], &json!(true)));
    let path = format!("/conversations/v3/conversations/threads/{thread}/messages");
    let messages = ask(&house.sandbox, "GET", &path, json!({})).await["results"].as_array().unwrap().clone();
    assert_eq!(messages.iter().filter(|one| one["type"] == "COMMENT").count(), 1, "{messages:#?}");
    // Once it is taken back, nobody has it.
    let stop = json!({"session": sessions[0], "keep_open": true});
    assert_eq!(desks[1].call("handoff_stop", stop).await.unwrap(), json!({"ended": true}));
    let again = desks[1].call("handoff_start", wanted("D")).await.unwrap();
    assert!(again["session"] != sessions[0] && again["already"].is_null(), "{again}");
}

/// Looks come every 20 seconds, and the lease of the dead one ends after a few.
#[tokio::test(start_paused = true)]
async fn after_a_crash_a_person_is_heard_within_thirty_seconds() {
    let house = House::new();
    let desk = house.open().await;
    let (session, id) = desk.start("Broken wheel").await;
    pass(30).await;
    desk.crash();
    let desk = house.open().await;
    note(&house.sandbox, &id, MEI, "@customer Hello").await;
    let begun = Instant::now();
    assert_eq!(told(&desk.events(&session, 0).await)[1], "message: Mei Tanaka: Hello");
    assert!(begun.elapsed() <= Duration::from_secs(12), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn after_a_crash_a_webhook_is_heard_at_once() {
    let house = House::new().with_channel().await;
    let desk = house.open().await;
    let started = desk.call("handoff_start", json!({"contact": SARAH, "title": "Broken wheel"})).await.unwrap();
    let (session, thread) = (started["session"].as_str().unwrap(), started["conversation_id"].as_str().unwrap());
    pass(30).await;
    desk.crash();
    let desk = house.open().await;
    pass(3).await;
    let words = AgentMessage::reply(thread.parse().unwrap(), VERONICA, "Hello");
    house.sandbox.agent_writes(words).unwrap();
    let begun = Instant::now();
    desk.server.change_feed().publish(&Change::Resource(format!("conversation://{thread}")));
    assert_eq!(told(&desk.events(session, 0).await)[1], "message: Veronica Chen: Hello");
    assert!(begun.elapsed() <= Duration::from_secs(2), "{:?}", begun.elapsed());
}
