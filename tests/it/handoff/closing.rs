//! Who has closed a hand-off, where the caller was about to: by what HubSpot says, not by the time alone.

use std::time::Duration;

use http::Method;
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::SARAH;
use super::desk::{Desk, House, ask, change, pass, ticket, told};

const VERONICA_USER: u64 = 9_586_504;
/// HubSpot's failures at the closing of a ticket, as often as it is tried.
pub(super) const OFTEN: u32 = 20;
const CLOSED: (&str, &str) = ("hs_pipeline_stage", "4");

/// The place of a session, and how somebody closes it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Ticket,
    Channel,
}

impl Place {
    pub(super) const ALL: [Place; 2] = [Place::Ticket, Place::Channel];

    pub(super) async fn house(self) -> House {
        match self {
            Place::Ticket => House::new(),
            Place::Channel => House::new().with_channel().await,
        }
    }

    /// The end of the path at which the place is closed.
    pub(super) fn path(self) -> &'static str {
        match self {
            Place::Ticket => "/tickets/",
            Place::Channel => "/threads/",
        }
    }

    /// The states of a session's tasks once the caller has ended it: of the two only a ticket has one from the start.
    fn tasks_at_the_end(self) -> &'static [&'static str] {
        match self {
            Place::Ticket => &["COMPLETED"],
            Place::Channel => &[],
        }
    }

    /// A person closes it in HubSpot's screens.
    pub(super) fn close_by_hand(self, sandbox: &Sandbox, id: &str) {
        match self {
            Place::Ticket => assert!(sandbox.change_on_screen("tickets", id.parse().unwrap(), &[CLOSED])),
            Place::Channel => {
                let thread = id.parse().unwrap();
                sandbox.assign_thread(thread, Some(VERONICA_USER)).unwrap();
                sandbox.set_thread_closed(thread, true).unwrap();
            }
        }
    }

    /// A program closes it by HubSpot's API.
    async fn close_by_program(self, sandbox: &Sandbox, id: &str) {
        match self {
            Place::Ticket => change(sandbox, id, json!({CLOSED.0: CLOSED.1})).await,
            Place::Channel => {
                let path = format!("/conversations/conversations/2026-09/threads/{id}");
                drop(ask(sandbox, "PATCH", &path, json!({"status": "CLOSED"})).await);
            }
        }
    }

    async fn is_open(self, sandbox: &Sandbox, id: &str) -> bool {
        match self {
            Place::Ticket => ticket(sandbox, id)["hs_pipeline_stage"] != CLOSED.1,
            Place::Channel => {
                let path = format!("/conversations/conversations/2026-09/threads/{id}");
                ask(sandbox, "GET", &path, json!({})).await["status"] == "OPEN"
            }
        }
    }
}

pub(super) async fn start(desk: &Desk) -> (String, String) {
    let started = desk.call("handoff_start", json!({"contact": SARAH, "title": "Broken wheel"})).await.unwrap();
    let place = started["ticket_id"].as_str().or(started["conversation_id"].as_str()).unwrap();
    (started["session"].as_str().unwrap().to_owned(), place.to_owned())
}

/// The end of a session, when it is told: by whom, and what the customer is told.
pub(super) async fn end(desk: &Desk, session: &str) -> (Value, bool) {
    for _ in 0..4 {
        let heard = desk.events(session, 0).await;
        let events = heard["events"].as_array().unwrap();
        if let Some(closed) = events.iter().find(|event| event["event"] == "closed") {
            return (closed["by"].clone(), heard["tell_customer"].is_string());
        }
        pass(30).await;
    }
    panic!("it has not ended");
}

/// HubSpot answers that it failed, and closes it half a minute later all the same.
#[tokio::test(start_paused = true)]
async fn what_hubspot_closes_late_although_it_failed_is_closed_by_the_caller() {
    for place in Place::ALL {
        let house = place.house().await;
        let desk = house.open().await;
        let (session, id) = start(&desk).await;
        house.sandbox.inject_fault(Fault::once(Effect::Late(30_000)).times(OFTEN).on(&Method::PATCH, place.path()));
        let refused = desk.call("handoff_stop", json!({"session": session})).await.unwrap_err();
        assert!(place.is_open(&house.sandbox, &id).await, "{place:?}: {refused}");
        assert_eq!(end(&desk, &session).await, (json!("caller"), false), "{place:?}: {refused}");
        let again = desk.call("handoff_stop", json!({"session": session})).await.unwrap();
        assert_eq!(again, json!({"ended": true, "already": true}), "{place:?}");
        let mut tasks = house.sandbox.records("tasks");
        tasks.retain(|task| task["properties"]["hs_task_subject"] == "Broken wheel");
        let states: Vec<_> = tasks.iter().map(|task| &task["properties"]["hs_task_status"]).collect();
        assert_eq!(states, place.tasks_at_the_end(), "{place:?}");
    }
}

/// HubSpot has surely not done it; what a program does afterwards is somebody else's work.
#[tokio::test(start_paused = true)]
async fn what_hubspot_refuses_for_good_is_not_closed_by_the_caller() {
    for place in Place::ALL {
        for (status, category) in [(400, "VALIDATION_ERROR"), (403, "MISSING_SCOPES")] {
            let house = place.house().await;
            let desk = house.open().await;
            let (session, id) = start(&desk).await;
            let body = json!({"status": "error", "message": "no", "category": category});
            let effect = Effect::Status { status, body: Some(body), headers: vec![] };
            house.sandbox.inject_fault(Fault::once(effect).times(OFTEN).on(&Method::PATCH, place.path()));
            desk.call("handoff_stop", json!({"session": session})).await.unwrap_err();
            ask(&house.sandbox, "DELETE", "/__sandbox/faults", json!({})).await;
            place.close_by_program(&house.sandbox, &id).await;
            assert_eq!(end(&desk, &session).await, (json!("person"), true), "{place:?} {status}");
        }
    }
}

/// The process of a stop dies before HubSpot hears of it, and seconds later a person closes it by hand.
#[tokio::test(start_paused = true)]
async fn what_a_person_closes_after_a_stop_that_died_is_closed_by_the_person() {
    for place in Place::ALL {
        let house = place.house().await;
        let dead = house.open().await;
        let (session, id) = start(&dead).await;
        house.sandbox.inject_fault(Fault::once(Effect::Silence).times(OFTEN).on(&Method::PATCH, place.path()));
        let stop = dead.call("handoff_stop", json!({"session": session, "summary": "Solved."}));
        assert!(timeout(Duration::from_secs(3), stop).await.is_err(), "{place:?}: nobody hears how it ends");
        dead.crash();
        ask(&house.sandbox, "DELETE", "/__sandbox/faults", json!({})).await;
        let desk = house.open().await;
        place.close_by_hand(&house.sandbox, &id);
        assert_eq!(end(&desk, &session).await, (json!("person"), true), "{place:?}");
    }
}

/// Ten minutes later another program closes it: that is no late work of the stop.
#[tokio::test(start_paused = true)]
async fn what_a_program_closes_long_after_a_stop_that_died_is_not_the_callers() {
    for place in Place::ALL {
        let house = place.house().await;
        let desk = house.open().await;
        let (session, id) = start(&desk).await;
        house.sandbox.inject_fault(Fault::once(Effect::status(500)).times(OFTEN).on(&Method::PATCH, place.path()));
        desk.call("handoff_stop", json!({"session": session})).await.unwrap_err();
        ask(&house.sandbox, "DELETE", "/__sandbox/faults", json!({})).await;
        pass(11 * 60).await;
        let before = desk.call("handoff_events", json!({"session": session})).await.unwrap();
        assert!(!told(&before).contains(&"closed".to_owned()), "{place:?}: {before}");
        place.close_by_program(&house.sandbox, &id).await;
        assert_eq!(end(&desk, &session).await.0, "person", "{place:?}");
    }
}

/// Clocks differ: each event is told with a time that is no earlier than that of the one before.
#[tokio::test(start_paused = true)]
async fn the_times_of_events_are_in_their_order_however_wrong_the_clock_is() {
    for minutes in [-45, -1, 0, 1, 45] {
        for place in Place::ALL {
            let mut house = place.house().await;
            let now = house.sandbox.now() + chrono::TimeDelta::minutes(minutes);
            house.clock = domain::clock::Clock::starting_at(now);
            let desk = house.open().await;
            let (session, id) = start(&desk).await;
            for (number, owner) in ["117002", "117003", "117002"].into_iter().enumerate() {
                take(place, &house.sandbox, &id, owner).await;
                pass(25).await;
                write(place, &house.sandbox, &id, owner, number).await;
                pass(25).await;
            }
            place.close_by_hand(&house.sandbox, &id);
            pass(45).await;
            let all = desk.call("handoff_events", json!({"session": session})).await.unwrap();
            let events = all["events"].as_array().unwrap();
            let times: Vec<_> = events.iter().map(|event| event["at"].as_str().unwrap()).collect();
            assert!(events.len() >= 7, "{place:?} {minutes}: {all}");
            assert!(times.is_sorted(), "{place:?}, {minutes} minutes: {all}");
        }
    }
}

async fn take(place: Place, sandbox: &Sandbox, id: &str, owner: &str) {
    match place {
        Place::Ticket => change(sandbox, id, json!({"hubspot_owner_id": owner})).await,
        Place::Channel => sandbox.assign_thread(id.parse().unwrap(), Some(user(owner))).unwrap(),
    }
}

async fn write(place: Place, sandbox: &Sandbox, id: &str, owner: &str, number: usize) {
    use hubspot_sandbox::conversing::AgentMessage;
    match place {
        Place::Ticket => drop(super::desk::note(sandbox, id, owner, &format!("@customer {number}")).await),
        Place::Channel => {
            let reply = AgentMessage::reply(id.parse().unwrap(), user(owner), &number.to_string());
            drop(sandbox.agent_writes(reply).unwrap());
        }
    }
}

/// The user behind an owner.
fn user(owner: &str) -> u64 {
    if owner == "117003" { 9_586_742 } else { VERONICA_USER }
}
