//! Replies that HubSpot carries out although its answer, or something in between, says that it failed; and those that it
//! shows late.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Method, Request, Response};
use http_client::{HttpClient, InProcess, SendError};
use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::sarah_writes;
use crate::handoff::desk::{Desk, House, ask, pass};

/// A connection on which the first message is answered at once, whatever becomes of it.
#[derive(Clone)]
struct Lagging {
    inner: InProcess,
    status: u16,
    body: &'static str,
    /// HubSpot carries the message out after this time.
    done_after: Duration,
    /// Its lists show it after this time.
    shown_after: Duration,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    posted_at: Option<Instant>,
    list: Option<Response<Bytes>>,
}

impl HttpClient for Lagging {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, SendError>> {
        if !request.uri().path().ends_with("/messages") {
            return self.inner.send(request);
        }
        if request.method() == Method::POST {
            return self.post(request);
        }
        async move {
            let before = {
                let seen = self.seen.lock().unwrap();
                let is_hidden = seen.posted_at.is_some_and(|at| at.elapsed() < self.shown_after);
                seen.list.clone().filter(|_| is_hidden)
            };
            if let Some(before) = before {
                return Ok(before);
            }
            let answer = self.inner.send(request).await?;
            self.seen.lock().unwrap().list = Some(answer.clone());
            Ok(answer)
        }
        .boxed()
    }
}

impl Lagging {
    fn post(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, SendError>> {
        if self.seen.lock().unwrap().posted_at.replace(Instant::now()).is_some() {
            return self.inner.send(request);
        }
        let (inner, done_after) = (self.inner.clone(), self.done_after);
        tokio::spawn(async move {
            sleep(done_after).await;
            inner.send(request).await.unwrap();
        });
        let answer = Response::builder().status(self.status).body(Bytes::from_static(self.body.as_bytes())).unwrap();
        async move { Ok(answer) }.boxed()
    }
}

/// The copies of a text in a thread.
async fn copies(house: &House, thread: u64, text: &str) -> usize {
    let path = format!("/conversations/v3/conversations/threads/{thread}/messages?limit=500");
    let all = ask(&house.sandbox, "GET", &path, json!({})).await["results"].as_array().unwrap().clone();
    all.iter().filter(|message| message["text"] == text).count()
}

async fn reply(desk: &Desk, thread: u64) -> Result<Value, Value> {
    desk.call("reply_conversation", json!({"conversation_id": thread.to_string(), "text": "It is on its way."})).await
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_hubspot_carries_out_although_it_failed_is_read_once() {
    let error = r#"{"status": "error", "message": "internal error", "correlationId": "x"}"#;
    let page = "<html>oops</html>";
    for (status, body, done_ms, shown_ms, found_at_once) in [
        (500, error, 0, 2_500, true),
        (503, error, 0, 2_500, true),
        (408, error, 2_000, 0, true),
        (500, error, 4_000, 0, false),
        (503, page, 4_000, 0, false),
        (200, page, 4_000, 0, false),
        (500, error, 0, 8_000, false),
        (599, page, 60_000, 0, false),
    ] {
        let mut house = House::new();
        house.policy.allow_replies = true;
        let connection = Lagging {
            inner: InProcess(house.sandbox.router()),
            status,
            body,
            done_after: Duration::from_millis(done_ms),
            shown_after: Duration::from_millis(shown_ms),
            seen: Arc::default(),
        };
        let desk = house.open_over(connection).await;
        let thread = sarah_writes(&house.sandbox, "Where is it?").thread_id;
        let case = format!("{status}, done after {done_ms} ms, shown after {shown_ms} ms");
        let mut answer = reply(&desk, thread).await;
        assert_eq!(answer.is_ok(), found_at_once, "{case}: {answer:?}");
        for _ in 0..20 {
            let Err(error) = &answer else { break };
            assert_eq!(error["code"], "OUTCOME_UNKNOWN_ERROR", "{case}");
            pass(5).await;
            answer = reply(&desk, thread).await;
        }
        assert_eq!(answer.unwrap()["recovered"], true, "{case}");
        assert_eq!(copies(&house, thread, "It is on its way.").await, 1, "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_never_came_is_sent_after_two_minutes() {
    let mut house = House::new();
    house.policy.allow_replies = true;
    let desk = house.open().await;
    let thread = sarah_writes(&house.sandbox, "Where is it?").thread_id;
    house.sandbox.inject_fault(Fault::once(Effect::status(503)).on(&Method::POST, "/messages"));
    for seconds in [0, 10, 100] {
        pass(seconds).await;
        assert_eq!(reply(&desk, thread).await.unwrap_err()["code"], "OUTCOME_UNKNOWN_ERROR", "{seconds}");
        assert_eq!(copies(&house, thread, "It is on its way.").await, 0);
    }
    pass(10).await;
    assert!(reply(&desk, thread).await.unwrap()["recovered"].is_null());
    assert_eq!(copies(&house, thread, "It is on its way.").await, 1);
}

/// Words that the same user wrote long before are not taken for the message whose end nobody knows.
#[tokio::test(start_paused = true)]
async fn earlier_words_of_the_same_user_are_not_taken_for_a_lost_reply() {
    let mut house = House::new();
    house.policy.allow_replies = true;
    let desk = house.open().await;
    let thread = sarah_writes(&house.sandbox, "Where is it?").thread_id;
    super::agent_writes(&house.sandbox, thread, super::VERONICA, "It is on its way.");
    pass(10 * 60).await;
    house.sandbox.inject_fault(Fault::once(Effect::status(500)).on(&Method::POST, "/messages"));
    assert_eq!(reply(&desk, thread).await.unwrap_err()["code"], "OUTCOME_UNKNOWN_ERROR");
    pass(10).await;
    assert_eq!(reply(&desk, thread).await.unwrap_err()["code"], "OUTCOME_UNKNOWN_ERROR", "it is not the older one");
}
