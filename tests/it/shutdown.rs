//! Shutdown: running calls finish, new ones are refused, and idle clients hold nothing up.

use std::process::Stdio;
use std::time::Duration;

use rmcp::model::{ClientCapabilities, SubscriptionFilter};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::time::Instant;

use crate::binary::{frontdesk, soon, terminate};
use crate::misbehaving_tools;
use crate::raw_client::RawClient;
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn running_calls_are_answered_after_the_client_closes_its_input() {
    let mut raw = RawClient::open(World::server().with_tools(misbehaving_tools::all())).await;
    raw.call(1, "sleeps", json!({"seconds": 8})).await;
    let start = Instant::now();
    let last = raw.leave().await;
    assert_eq!(last.len(), 1, "{last:?}");
    assert_eq!(last[0]["result"]["structuredContent"]["text"], "rested");
    assert!((8..9).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn calls_that_run_too_long_are_abandoned() {
    let mut raw = RawClient::open(World::server().with_tools(misbehaving_tools::all())).await;
    raw.call(1, "sleeps", json!({"seconds": 28})).await;
    let start = Instant::now();
    let last = raw.leave().await;
    assert!(start.elapsed() < Duration::from_secs(11), "{:?}", start.elapsed());
    assert!(last[0]["result"]["content"][0]["text"].as_str().unwrap().contains("TIMEOUT_ERROR"), "{last:?}");
}

#[tokio::test(start_paused = true)]
async fn no_new_call_begins_after_the_stop_signal() {
    let mut raw = RawClient::open(World::server().with_tools(misbehaving_tools::all())).await;
    raw.call(1, "sleeps", json!({"seconds": 3})).await;
    raw.request(2, "ping", json!({})).await;
    raw.answer(2).await;
    raw.stop.cancel();
    tokio::task::yield_now().await;
    raw.call(3, "sleeps", json!({"seconds": 0})).await;
    let last = raw.leave().await;
    assert_eq!(last.iter().map(|answer| answer["id"].as_i64()).collect::<Vec<_>>(), [Some(1)], "{last:?}");
}

/// A subscription and an unanswered question keep no process alive.
#[tokio::test(start_paused = true)]
async fn waiting_clients_do_not_delay_the_shutdown() {
    let mut raw = RawClient::open(World::server()).await;
    let filter = SubscriptionFilter::builder().tools_list_changed().build();
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": ClientCapabilities::default(),
    });
    raw.request(1, "subscriptions/listen", json!({"notifications": filter, "_meta": meta})).await;
    raw.notification("notifications/subscriptions/acknowledged").await;
    let start = Instant::now();
    raw.leave().await;
    assert!(start.elapsed() < Duration::from_millis(100), "{:?}", start.elapsed());

    let mut raw = RawClient::connect(World::server());
    let asked = json!({"protocolVersion": "2025-11-25", "capabilities": {"elicitation": {}},
        "clientInfo": {"name": "raw", "version": "1"}});
    raw.request(0, "initialize", asked).await;
    raw.answer(0).await;
    raw.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string()).await;
    raw.call(1, "create_contact", json!({"properties": {"city": "London"}})).await;
    raw.notification("elicitation/create").await;
    let start = Instant::now();
    let last = raw.leave().await;
    assert!(start.elapsed() < Duration::from_millis(100), "{:?}", start.elapsed());
    // The tool itself says what to do without an answer.
    let told = last.iter().find(|message| message["id"] == 1).unwrap();
    assert!(told["result"]["content"][0]["text"].as_str().unwrap().contains("INVALID_INPUT_ERROR"), "{told}");
}

fn hello() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}})
}

/// The best of five attempts counts, since other processes on the machine are not under test.
#[tokio::test]
async fn an_idle_process_ends_within_100_ms_of_its_input() {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let mut process = tokio::process::Command::new(env!("CARGO_BIN_EXE_frontdesk"))
            .args(["stdio", "--sandbox"])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut stdin = process.stdin.take().unwrap();
        stdin.write_all(format!("{}\n", hello()).as_bytes()).await.unwrap();
        let mut answers = BufReader::new(process.stdout.take().unwrap()).lines();
        assert!(answers.next_line().await.unwrap().unwrap().contains("serverInfo"));
        let start = std::time::Instant::now();
        drop(stdin);
        assert!(process.wait().await.unwrap().success());
        best = best.min(start.elapsed());
    }
    assert!(best < Duration::from_millis(100), "{best:?}");
}

/// Clients in Node give a child process a socket and not a pipe, and a thread that reads one cannot be interrupted.
#[cfg(unix)]
#[tokio::test]
async fn a_signal_ends_the_process_with_any_kind_of_input() {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let mut process = frontdesk(&["stdio", "--sandbox"])
        .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    ours.set_nonblocking(true).unwrap();
    let mut input = tokio::net::UnixStream::from_std(ours).unwrap();
    input.write_all(format!("{}\n", hello()).as_bytes()).await.unwrap();
    let mut answers = BufReader::new(process.stdout.take().unwrap()).lines();
    assert!(soon(answers.next_line()).await.unwrap().unwrap().contains("serverInfo"));
    assert!(terminate(&mut process).await.success());
}
