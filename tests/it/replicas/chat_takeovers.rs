//! Conversations of the chat page whose replica falls silent or ends while it answers: another one goes on.

use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::StatusCode;
use http_client::{HttpClient, InProcess, SendError};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::chats::{house, replica, replica_over, run_out};
use crate::chat_page::site::{get, text, told};
use crate::databases::on_shared;

/// A transport that keeps the first such request back, once it is armed, until that is let go.
struct Held {
    inner: InProcess,
    is_meant: fn(&http::Request<Bytes>) -> bool,
    state: watch::Sender<HeldState>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HeldState {
    Armed,
    Arrived,
    LetGo,
}

impl HttpClient for Held {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, SendError>> {
        let is_meant = (self.is_meant)(&request);
        Box::pin(async move {
            if is_meant && *self.state.borrow() == HeldState::Armed {
                self.state.send_replace(HeldState::Arrived);
                reaches(&self.state, HeldState::LetGo).await;
            }
            self.inner.send(request).await
        })
    }
}

async fn reaches(state: &watch::Sender<HeldState>, wanted: HeldState) {
    let mut states = state.subscribe();
    let arrived = states.wait_for(|now| *now == wanted);
    timeout(Duration::from_secs(300), arrived).await.expect("it never came to that").unwrap();
}

/// The replica that answers falls silent before it has written anything.
#[tokio::test(start_paused = true)]
async fn a_message_whose_replica_falls_silent_is_answered_by_another_one_once() {
    on_shared(async |location| {
        let house = house(location);
        let state = watch::Sender::new(HeldState::Armed);
        let inner = InProcess(house.sandbox.router());
        let held = Held { inner, is_meant: |request| request.uri().path().contains("meetings"), state: state.clone() };
        let silent = replica_over(&house, "east-1", held).await;
        let other = replica(&house, "east-2").await;
        let visitor = silent.visitor().await;
        let mut number = 0;
        for words in ["I want to book a meeting", "sarah@gmail.com", "tomorrow", "30 minutes", "New York"] {
            number = visitor.send(&words.replace(' ', "-"), words).await;
            if timeout(Duration::from_secs(20), reaches(&state, HeldState::Arrived)).await.is_ok() {
                break;
            }
        }
        let led = visitor.led_to(&other);
        let (_, waiting) = other.ask(get(&format!("events?after={number}"), &led.session), led.address).await;
        assert_eq!((&waiting["events"], &waiting["state"]["working"]), (&json!([]), &json!(true)), "it is not done");
        run_out(&house.location).await;
        let events = led.until("an answer", |events, _| events.len() as u64 > number).await;
        let answer = told(&events);
        assert!(!answer.last().unwrap().contains("interrupted"), "{answer:?}");
        assert!(!events.last().unwrap()["choices"].is_null(), "times are offered: {answer:?}");
        state.send_replace(HeldState::LetGo);
        sleep(Duration::from_secs(30)).await;
        for site in [&silent, &other] {
            let events = visitor.led_to(site).events(0).await;
            assert_eq!(told(events["events"].as_array().unwrap()), answer, "nothing is said twice");
        }
        visitor.say("after", "How much is the Adam?").await;
    })
    .await;
}

/// The replica that answers falls silent while it writes: nobody knows whether it was done.
#[tokio::test(start_paused = true)]
async fn a_write_whose_replica_falls_silent_is_not_repeated_and_the_visitor_hears_so() {
    on_shared(async |location| {
        let house = house(location);
        let state = watch::Sender::new(HeldState::Armed);
        let inner = InProcess(house.sandbox.router());
        let is_meant = |request: &http::Request<Bytes>| {
            let path = request.uri().path();
            request.method() == http::Method::POST && path.contains("tickets") && !path.contains("search")
        };
        let held = Held { inner, is_meant, state: state.clone() };
        let silent = replica_over(&house, "east-1", held).await;
        let other = replica(&house, "east-2").await;
        let before = house.sandbox.records("tickets").len();
        let visitor = silent.visitor_with(json!({"language": "de"}), "10.0.0.7").await;
        visitor.say("1", "Mein DUST-E Roboter piept die ganze Nacht").await;
        let led = visitor.led_to(&other);
        let mut said = 2;
        for words in ["sarah@gmail.com", "Ja", "Ja", "Ja"] {
            said += 1;
            visitor.send(&said.to_string(), words).await;
            let arrived = timeout(Duration::from_secs(20), reaches(&state, HeldState::Arrived)).await;
            if arrived.is_ok() {
                break;
            }
        }
        let sent: Vec<_> =
            house.sandbox.requests().iter().map(|sent| format!("{} {}", sent.method, sent.path)).collect();
        assert_eq!(*state.borrow(), HeldState::Arrived, "a write begins: {sent:?}");
        // This one is stored and not begun.
        visitor.send("behind", "Was kostet der Adam?").await;
        run_out(&house.location).await;
        let interrupted = |event: &Value| text(event).contains("unterbrochen");
        let is_answered = |events: &[Value], _: &Value| {
            let told = events.iter().position(interrupted);
            told.is_some_and(|at| at + 1 < events.len())
        };
        let events = led.until("the truth, and the answer to what came behind", is_answered).await;
        state.send_replace(HeldState::LetGo);
        sleep(Duration::from_secs(30)).await;
        let after = visitor.led_to(&silent).events(0).await;
        assert_eq!(told(after["events"].as_array().unwrap()), told(&events), "the one who was silent says no more");
        assert!(house.sandbox.records("tickets").len() <= before + 1);
        let answer = led.say("after", "Was kostet der Adam?").await;
        assert_eq!(answer["from"], "desk");
        assert!(!interrupted(&answer), "{answer}");
    })
    .await;
}

/// A replica that is told to end does not keep the process waiting for another one, and takes nothing.
#[tokio::test(start_paused = true)]
async fn a_replica_that_ends_waits_for_no_other() {
    on_shared(async |location| {
        let house = house(location);
        let state = watch::Sender::new(HeldState::Armed);
        let inner = InProcess(house.sandbox.router());
        let held = Held { inner, is_meant: |request| request.uri().path().contains("meetings"), state: state.clone() };
        let (answers, ends) = (replica_over(&house, "east-1", held).await, replica(&house, "east-2").await);
        let visitor = answers.visitor().await;
        for words in ["I want to book a meeting", "sarah@gmail.com", "tomorrow", "30 minutes", "New York"] {
            visitor.send(&words.replace(' ', "-"), words).await;
            if timeout(Duration::from_secs(20), reaches(&state, HeldState::Arrived)).await.is_ok() {
                break;
            }
        }
        let led = visitor.led_to(&ends);
        let mut waits = Box::pin(led.post(json!({"id": "more", "text": "Hello?"})));
        assert!(timeout(Duration::from_secs(3), waits.as_mut()).await.is_err(), "it waits for the other one");
        let told_to_end = Instant::now();
        ends.stop.cancel();
        let (status, refused) = waits.await;
        assert_eq!((status, &refused["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("BUSY")), "{refused}");
        assert!(told_to_end.elapsed() < Duration::from_secs(1), "{:?}", told_to_end.elapsed());
        state.send_replace(HeldState::LetGo);
        let answer = visitor.say("more", "Hello?").await;
        assert_eq!(answer["from"], "desk");
    })
    .await;
}
