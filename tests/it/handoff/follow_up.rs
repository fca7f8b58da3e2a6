//! The task by which a colleague comes back to a customer whose conversation nobody takes: by the channel, and in the inbox.

use hubspot_sandbox::fault::{Effect, Fault, Match};
use serde_json::{Value, json};

use super::desk::{Desk, House, ask, follow_ups, jump, pass, told};
use super::{SARAH, VERONICA};
use crate::databases::on_shared;
use crate::inbox::sarah_writes;

const MEI_AS_USER: u64 = 9_586_742;
/// The clock begins on a Sunday.
const OFFICE: &str = "zone = \"America/New_York\"\n[days]\nmonday = [\"09:00-17:00\"]";

fn wanted() -> Value {
    json!({"contact": SARAH, "title": "Broken wheel", "description": "It lost a wheel."})
}

async fn start(desk: &Desk, wanted: Value) -> (String, u64) {
    let started = desk.call("handoff_start", wanted).await.unwrap();
    (started["session"].as_str().unwrap().to_owned(), started["conversation_id"].as_str().unwrap().parse().unwrap())
}

#[tokio::test(start_paused = true)]
async fn outside_hours_a_colleague_gets_one_task_at_once() {
    let house = House::new().with_hours(OFFICE).with_channel().await;
    let desk = house.open().await;
    let started = desk.call("handoff_start", wanted()).await.unwrap();
    assert!(started["tell_customer"].as_str().unwrap().contains("tomorrow at 09:00"), "{started}");
    let (session, thread) = (started["session"].as_str().unwrap(), started["conversation_id"].as_str().unwrap());
    let made = follow_ups(&house.sandbox);
    assert_eq!(made.len(), 1, "{made:#?}");
    let task = &made[0]["properties"];
    assert_eq!((&task["hs_task_subject"], &task["hubspot_owner_id"]), (&json!("Broken wheel"), &json!(VERONICA)));
    assert!(task["hs_timestamp"].as_str().unwrap().starts_with("2026-11-23T14:00:00"), "{task}");
    let body = task["hs_task_body"].as_str().unwrap();
    let url = started["url"].as_str().unwrap();
    // A help desk shows a conversation by its ticket.
    let path = format!("/conversations/v3/conversations/threads/{thread}?association=TICKET");
    let ticket = ask(&house.sandbox, "GET", &path, json!({})).await["threadAssociations"]["associatedTicketId"].clone();
    let page = format!("/help-desk/44237313/view/search/ticket/{}", ticket.as_str().unwrap());
    assert!(url.ends_with(&page), "{url}");
    for part in [url, "People answer again tomorrow at 09:00", "Reach the customer: "] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    assert!(!body.contains(session), "whoever has the id could read the session");
    let path = format!("/crm/v3/objects/tasks/{}?associations=contacts", made[0]["id"].as_str().unwrap());
    let whole = ask(&house.sandbox, "GET", &path, json!({})).await;
    assert_eq!(whole["associations"]["contacts"]["results"][0]["id"], SARAH);

    // Neither a repeat, nor a restart, nor the notice on Monday at 09:10 makes a second one.
    assert_eq!(desk.call("handoff_start", wanted()).await.unwrap()["already"], true);
    desk.crash();
    pass(120).await;
    let desk = house.open().await;
    jump(24 * 60 * 60).await;
    let late = desk.call("handoff_events", json!({"session": session})).await.unwrap();
    assert_eq!(told(&late), ["not_taken"]);
    jump(60 * 60).await;
    assert_eq!(follow_ups(&house.sandbox).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_shows_the_task_as_well() {
    let mut house = House::new().with_hours(OFFICE).with_channel().await;
    house.dry_run = true;
    let thread = sarah_writes(&house.sandbox, "Where is my robot?").thread_id;
    let desk = house.open().await;
    let before = house.sandbox.changes();
    for wanted in [wanted(), json!({"conversation_id": thread.to_string(), "title": "Broken wheel"})] {
        let shown = desk.call("handoff_start", wanted.clone()).await.unwrap();
        let planned = shown["would_send"].as_array().unwrap_or_else(|| panic!("{wanted}: {shown}"));
        let task = planned.iter().find(|one| one["path"].as_str().unwrap().ends_with("/tasks"));
        let task = task.unwrap_or_else(|| panic!("{wanted}: {shown}"));
        assert_eq!(task["body"]["properties"]["hs_task_subject"], "Broken wheel", "{task}");
    }
    assert_eq!(house.sandbox.changes(), before);
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_nobody_takes_in_time_gets_one_task() {
    let house = House::new();
    let in_inbox = sarah_writes(&house.sandbox, "I want a person!").thread_id.to_string();
    let of_inbox = json!({"conversation_id": in_inbox, "title": "Broken wheel"});
    for (house, wanted) in [(House::new().with_channel().await, wanted()), (house, of_inbox)] {
        let desk = house.open().await;
        let (session, _) = start(&desk, wanted).await;
        pass(9 * 60).await;
        assert_eq!(follow_ups(&house.sandbox).len(), 0, "people answer, and the time is not over");
        pass(2 * 60).await;
        let late = desk.call("handoff_events", json!({"session": session})).await.unwrap();
        assert_eq!(told(&late), ["not_taken"]);
        desk.crash();
        pass(120).await;
        let desk = house.open().await;
        pass(30 * 60).await;
        let made = follow_ups(&house.sandbox);
        assert_eq!(made.len(), 1, "{made:#?}");
        let task = &made[0]["properties"];
        assert_eq!((&task["hs_task_subject"], &task["hubspot_owner_id"]), (&json!("Broken wheel"), &json!(VERONICA)));
        assert!(!task["hs_task_body"].as_str().unwrap().contains("People answer"), "no hours are set: {task}");
        // Whoever takes the conversation back has done it.
        desk.call("handoff_stop", json!({"session": session})).await.unwrap();
        assert_eq!(follow_ups(&house.sandbox)[0]["properties"]["hs_task_status"], "COMPLETED");
    }
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_somebody_takes_gets_none() {
    let house = House::new().with_channel().await;
    let desk = house.open().await;
    let (session, thread) = start(&desk, wanted()).await;
    house.sandbox.assign_thread(thread, Some(MEI_AS_USER)).unwrap();
    pass(30 * 60).await;
    let heard = desk.call("handoff_events", json!({"session": session})).await.unwrap();
    assert_eq!((told(&heard), follow_ups(&house.sandbox).len()), (vec!["taken: Mei Tanaka".to_owned()], 0));
}

/// A ticket has its task from the start.
#[tokio::test(start_paused = true)]
async fn a_ticket_gets_no_second_task() {
    let house = House::new().with_hours(OFFICE);
    let desk = house.open().await;
    let tasks = house.sandbox.records("tasks").len();
    desk.start("Broken wheel").await;
    jump(26 * 60 * 60).await;
    assert_eq!(house.sandbox.records("tasks").len(), tasks + 1);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_hubspot_refuses_or_loses_is_made_once_all_the_same() {
    for effect in [Effect::status(500), Effect::LostAnswer, Effect::CutBody, Effect::SilenceAfter] {
        let house = House::new().with_hours(OFFICE).with_channel().await;
        let desk = house.open().await;
        let matches = Match { method: Some("POST".into()), path_contains: Some("/tasks".into()), ..Match::default() };
        house.sandbox.inject_fault(Fault { matches, ..Fault::once(effect.clone()).times(3) });
        let started = desk.call("handoff_start", wanted()).await;
        assert!(started.is_ok(), "{effect:?}: the hand-off has begun all the same: {started:?}");
        pass(15 * 60).await;
        assert_eq!(follow_ups(&house.sandbox).len(), 1, "{effect:?}");
    }
}

/// Who leaves at once, outside hours, is not forgotten.
#[tokio::test(start_paused = true)]
async fn a_hand_off_that_is_left_open_keeps_its_task() {
    let house = House::new().with_hours(OFFICE).with_channel().await;
    let desk = house.open().await;
    let (session, _) = start(&desk, wanted()).await;
    desk.call("handoff_stop", json!({"session": session, "keep_open": true})).await.unwrap();
    pass(10 * 60).await;
    let made = follow_ups(&house.sandbox);
    assert_eq!((made.len(), &made[0]["properties"]["hs_task_status"]), (1, &json!("NOT_STARTED")));
}

#[tokio::test(start_paused = true)]
async fn of_two_replicas_one_makes_the_task() {
    on_shared(async |location| {
        let house = House::new().stored_at(location).with_hours(OFFICE).with_channel().await;
        let (one, other) = (house.open().await, house.open().await);
        let both = futures::join!(one.call("handoff_start", wanted()), other.call("handoff_start", wanted()));
        assert_eq!(both.0.unwrap()["session"], both.1.unwrap()["session"]);
        pass(10 * 60).await;
        assert_eq!(follow_ups(&house.sandbox).len(), 1);
        one.crash();
        pass(10 * 60).await;
        assert_eq!(follow_ups(&house.sandbox).len(), 1);
        other.close().await;
    })
    .await;
}
