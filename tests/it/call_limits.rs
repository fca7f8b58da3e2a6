//! Limits around a tool call: a panic, a timeout, a large result or many calls at once affect no other call.

use std::time::Duration;

use frontdesk::mcp::Server;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::misbehaving_tools;
use crate::raw_client::RawClient;
use crate::world::World;

fn server() -> Server {
    World::server().with_tools(misbehaving_tools::all())
}

/// The error that the model reads of a failed call.
fn failure(answer: &Value) -> Value {
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    serde_json::from_str(answer["result"]["content"][0]["text"].as_str().unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_an_error_result_and_the_next_call_runs() {
    let mut raw = RawClient::open(server()).await;
    raw.call(1, "panics", json!({})).await;
    let error = failure(&raw.answer(1).await);
    assert_eq!(error["code"], "INTERNAL_ERROR");
    assert!(!error.to_string().contains("by intent"), "what the panic said is for the log: {error}");
    raw.call(2, "sleeps", json!({"seconds": 0})).await;
    assert_eq!(raw.answer(2).await["result"]["structuredContent"]["text"], "rested");
}

#[tokio::test(start_paused = true)]
async fn an_endless_call_times_out_while_others_are_answered() {
    let mut raw = RawClient::open(server()).await;
    let start = Instant::now();
    raw.call(1, "sleeps", json!({"seconds": 3_600})).await;
    raw.request(2, "ping", json!({})).await;
    raw.call(3, "sleeps", json!({"seconds": 1})).await;
    assert_eq!(raw.answer(2).await["result"], json!({}));
    assert_eq!(raw.answer(3).await["result"]["structuredContent"]["text"], "rested");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(failure(&raw.answer(1).await)["code"], "TIMEOUT_ERROR");
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn thousands_of_calls_are_queued_and_ping_is_answered() {
    let mut raw = RawClient::open(server()).await;
    let crowd = 5_000;
    for id in 1..=crowd {
        raw.call(id, "sleeps", json!({"seconds": 2})).await;
    }
    raw.request(crowd + 1, "ping", json!({})).await;
    assert_eq!(raw.answer(crowd + 1).await["result"], json!({}));
    for id in 1..=crowd {
        assert_eq!(raw.answer(id).await["result"]["structuredContent"]["text"], "rested", "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_oversized_result_says_how_to_request_less() {
    let mut raw = RawClient::open(server()).await;
    raw.call(1, "grows", json!({"bytes": 100_000})).await;
    assert_eq!(raw.answer(1).await["result"]["isError"], false);
    raw.call(2, "grows", json!({"bytes": 1_000_000})).await;
    let error = failure(&raw.answer(2).await);
    assert_eq!(error["code"], "RESULT_TOO_LARGE_ERROR");
    assert!(error.to_string().len() < 1_000 && error["hint"].as_str().unwrap().contains("ask for less"), "{error}");
}
