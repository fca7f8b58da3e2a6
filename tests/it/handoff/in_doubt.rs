//! What nobody knows stays unknown until a look tells: a refusal after a lost answer says nothing of the first try, and equal
//! words are the same message for a while after it is known that they have arrived.

use std::time::Duration;

use http::Method;
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::SARAH;
use super::closing::{OFTEN, Place, end, start};
use super::desk::{Desk, House, ask, notes, pass};

const SEND: (Method, &str) = (Method::POST, "/messages");

fn hurt(sandbox: &Sandbox, effect: Effect, times: u32, on: (&Method, &str)) {
    sandbox.inject_fault(Fault::once(effect).times(times).on(on.0, on.1));
}

async fn heal(sandbox: &Sandbox) {
    ask(sandbox, "DELETE", "/__sandbox/faults", json!({})).await;
}

fn refused() -> Effect {
    let body = json!({"status": "error", "message": "no", "category": "VALIDATION_ERROR"});
    Effect::Status { status: 400, body: Some(body), headers: vec![] }
}

/// The texts of what the customer has said in the thread.
async fn said(house: &House, thread: &str) -> Vec<String> {
    let path = format!("/conversations/v3/conversations/threads/{thread}/messages?limit=100");
    let found = ask(&house.sandbox, "GET", &path, json!({})).await;
    let all = found["results"].as_array().unwrap().iter().filter(|one| one["direction"] == "INCOMING");
    all.map(|one| one["text"].as_str().unwrap().to_owned()).collect()
}

async fn threads(house: &House) -> usize {
    let path = format!("/conversations/v3/conversations/threads?associatedContactId={SARAH}&threadStatus=OPEN");
    ask(&house.sandbox, "GET", &path, json!({})).await["results"].as_array().unwrap().len()
}

fn yes(session: &str) -> Value {
    json!({"session": session, "text": "Yes"})
}

/// The first try was begun long before it was known to have arrived; the caller repeats the call soon after that.
#[tokio::test(start_paused = true)]
async fn words_that_arrive_late_are_the_same_message_soon_after() {
    let house = Place::Channel.house().await;
    let desk = house.open().await;
    let (session, thread) = start(&desk).await;
    hurt(&house.sandbox, Effect::status(502), OFTEN, (&SEND.0, SEND.1));
    assert_eq!(desk.code("handoff_send", yes(&session)).await, "OUTCOME_UNKNOWN_ERROR");
    heal(&house.sandbox).await;
    pass(60).await;
    let first = desk.send(&session, "Yes").await;
    for (seconds, already) in [(20, json!(true)), (9, json!(true)), (2, Value::Null)] {
        pass(seconds).await;
        let again = desk.send(&session, "Yes").await;
        assert_eq!((&again["already"], again["sent_id"] == first["sent_id"]), (&already, already == true), "{again}");
    }
    assert_eq!(said(&house, &thread).await.iter().filter(|text| *text == "Yes").count(), 2);

    let house = Place::Ticket.house().await;
    let desk = house.open().await;
    let (session, ticket) = start(&desk).await;
    hurt(&house.sandbox, Effect::SilenceAfter, 1, (&Method::POST, "/notes"));
    let sending = desk.call("handoff_send", yes(&session));
    assert!(timeout(Duration::from_secs(3), sending).await.is_err(), "nobody hears how it ends");
    // The write goes on, and is found to be done some seconds after it was begun.
    pass(33).await;
    assert_eq!(desk.send(&session, "Yes").await["already"], true);
    assert_eq!(notes(&house.sandbox, &ticket).await.len(), 1);
    pass(35).await;
    assert!(desk.send(&session, "Yes").await["already"].is_null());
}

/// The first try of a change has arrived, and the second one is refused: what HubSpot shows counts.
#[tokio::test(start_paused = true)]
async fn an_end_that_is_refused_after_it_was_done_is_done() {
    for place in Place::ALL {
        let house = place.house().await;
        let desk = house.open().await;
        let (session, _) = start(&desk).await;
        hurt(&house.sandbox, Effect::LostAnswer, 1, (&Method::PATCH, place.path()));
        hurt(&house.sandbox, refused(), OFTEN, (&Method::PATCH, place.path()));
        let ended = desk.call("handoff_stop", json!({"session": session})).await;
        assert_eq!(ended.map(|ended| ended["ended"].clone()), Ok(json!(true)), "{place:?}");
        assert_eq!(end(&desk, &session).await.0, "caller", "{place:?}");
    }
}

/// The first try arrives half a minute later, after the second one was refused.
#[tokio::test(start_paused = true)]
async fn an_end_that_is_refused_while_it_may_come_is_unknown_and_the_callers_when_it_comes() {
    for place in Place::ALL {
        let house = place.house().await;
        let desk = house.open().await;
        let (session, _) = start(&desk).await;
        hurt(&house.sandbox, Effect::Late(30_000), 1, (&Method::PATCH, place.path()));
        hurt(&house.sandbox, refused(), OFTEN, (&Method::PATCH, place.path()));
        let stopped = desk.code("handoff_stop", json!({"session": session})).await;
        assert_eq!(stopped, "OUTCOME_UNKNOWN_ERROR", "{place:?}");
        // A second stop that is surely not done leaves the work of the first.
        assert_eq!(desk.code("handoff_stop", json!({"session": session})).await, "REJECTED_ERROR", "{place:?}");
        assert_eq!(end(&desk, &session).await.0, "caller", "{place:?}");
    }
}

/// A refusal does not tell what became of an earlier call's try: the thread does.
#[tokio::test(start_paused = true)]
async fn words_that_are_refused_after_a_lost_answer_are_looked_for() {
    for (first, arrived) in [(Effect::LostAnswer, true), (Effect::status(502), false)] {
        let house = Place::Channel.house().await;
        let desk = house.open().await;
        let (session, thread) = start(&desk).await;
        hurt(&house.sandbox, first, OFTEN, (&SEND.0, SEND.1));
        assert_eq!(desk.code("handoff_send", yes(&session)).await, "OUTCOME_UNKNOWN_ERROR");
        heal(&house.sandbox).await;
        hurt(&house.sandbox, refused(), OFTEN, (&SEND.0, SEND.1));
        let second = desk.call("handoff_send", yes(&session)).await;
        match arrived {
            true => assert_eq!(second.map(|sent| sent["already"].clone()), Ok(json!(true))),
            false => assert_eq!(second.unwrap_err()["code"], "OUTCOME_UNKNOWN_ERROR"),
        }
        heal(&house.sandbox).await;
        desk.send(&session, "Yes").await;
        assert_eq!(said(&house, &thread).await.iter().filter(|text| *text == "Yes").count(), 1, "{arrived}");
        // A first try that is refused has surely sent nothing, and says so.
        hurt(&house.sandbox, refused(), OFTEN, (&SEND.0, SEND.1));
        assert_eq!(desk.code("handoff_send", json!({"session": session, "text": "No"})).await, "REJECTED_ERROR");
    }
}

/// Within one call: the transport repeats what HubSpot takes once for its id, and the repeat is refused.
#[tokio::test(start_paused = true)]
async fn words_that_are_refused_within_the_call_that_lost_their_answer_are_unknown() {
    let house = Place::Channel.house().await;
    let desk = house.open().await;
    let (session, thread) = start(&desk).await;
    hurt(&house.sandbox, Effect::LostAnswer, 1, (&SEND.0, SEND.1));
    hurt(&house.sandbox, refused(), OFTEN, (&SEND.0, SEND.1));
    assert_eq!(desk.code("handoff_send", yes(&session)).await, "OUTCOME_UNKNOWN_ERROR");
    heal(&house.sandbox).await;
    desk.send(&session, "Yes").await;
    assert_eq!(said(&house, &thread).await.iter().filter(|text| *text == "Yes").count(), 1);
}

/// The first call may have opened the thread, so the session stays whatever a later one is told.
#[tokio::test(start_paused = true)]
async fn a_start_that_is_refused_after_a_lost_answer_opens_no_second_thread() {
    let house = Place::Channel.house().await;
    let desk = house.open().await;
    let before = threads(&house).await;
    let wanted = json!({"contact": SARAH, "title": "Broken wheel"});
    hurt(&house.sandbox, Effect::LostAnswer, OFTEN, (&SEND.0, SEND.1));
    assert_eq!(desk.code("handoff_start", wanted.clone()).await, "OUTCOME_UNKNOWN_ERROR");
    heal(&house.sandbox).await;
    hurt(&house.sandbox, refused(), OFTEN, (&SEND.0, SEND.1));
    assert_eq!(desk.code("handoff_start", wanted.clone()).await, "OUTCOME_UNKNOWN_ERROR");
    heal(&house.sandbox).await;
    let started = desk.call("handoff_start", wanted).await.unwrap();
    assert_eq!((&started["already"], threads(&house).await), (&json!(true), before + 1));
}

/// The name of a message is never given to another one: not after one with the caller's number was refused, either.
#[tokio::test(start_paused = true)]
async fn equal_words_are_said_again_after_a_numbered_message_was_refused() {
    let house = Place::Channel.house().await;
    let desk = house.open().await;
    let (session, thread) = start(&desk).await;
    let numbered = json!({"session": session, "text": "Yes", "message_id": "7"});
    hurt(&house.sandbox, Effect::status(502), OFTEN, (&SEND.0, SEND.1));
    assert_eq!(desk.code("handoff_send", numbered.clone()).await, "OUTCOME_UNKNOWN_ERROR");
    heal(&house.sandbox).await;
    pass(11 * 60).await;
    desk.send(&session, "Yes").await;
    hurt(&house.sandbox, refused(), OFTEN, (&SEND.0, SEND.1));
    assert_eq!(desk.code("handoff_send", numbered).await, "OUTCOME_UNKNOWN_ERROR");
    heal(&house.sandbox).await;
    pass(40).await;
    assert!(desk.send(&session, "Yes").await["already"].is_null());
    assert_eq!(said(&house, &thread).await.iter().filter(|text| *text == "Yes").count(), 2);
}

/// The instant of the end, as it is told.
async fn told_end(desk: &Desk, session: &str) -> (Value, chrono::DateTime<chrono::Utc>) {
    let by = end(desk, session).await.0;
    let heard = desk.call("handoff_events", json!({"session": session})).await.unwrap();
    let closed = heard["events"].as_array().unwrap().iter().find(|event| event["event"] == "closed").unwrap();
    (by, closed["at"].as_str().unwrap().parse().unwrap())
}

/// No process looks for a while: HubSpot's own time of the closing is told, and decides whose work it was.
#[tokio::test(start_paused = true)]
async fn an_end_that_is_seen_late_is_told_with_the_time_at_which_it_was() {
    for place in Place::ALL {
        for by_stop in [true, false] {
            let house = place.house().await;
            let dead = house.open().await;
            let (session, id) = start(&dead).await;
            if by_stop {
                hurt(&house.sandbox, Effect::SilenceAfter, OFTEN, (&Method::PATCH, place.path()));
                let stop = dead.call("handoff_stop", json!({"session": session}));
                assert!(timeout(Duration::from_secs(3), stop).await.is_err(), "{place:?}: nobody hears how it ends");
                dead.crash();
                heal(&house.sandbox).await;
            } else {
                dead.crash();
                place.close_by_hand(&house.sandbox, &id);
            }
            let closed = house.sandbox.now();
            pass(11 * 60).await;
            let desk = house.open().await;
            let (by, at) = told_end(&desk, &session).await;
            assert_eq!(by, if by_stop { "caller" } else { "person" }, "{place:?}");
            // The stop that nobody hears goes on for some seconds.
            assert!((at - closed).num_seconds().abs() <= 15, "{place:?} {by_stop}: {at}, closed {closed}");
        }
    }
}
