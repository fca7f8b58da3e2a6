//! What goes wrong with one call stays with that call: panics, delays, sizes, crowds, and lines that are no messages.

use std::time::Duration;

use frontdesk::mcp::Server;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::props;
use crate::raw::Raw;
use crate::world::World;

fn server() -> Server {
    World::server().with_tools(props::all())
}

/// What the model reads of a failed call.
fn failure(answer: &Value) -> Value {
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    serde_json::from_str(answer["result"]["content"][0]["text"].as_str().unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_an_answer_and_the_next_call_runs() {
    let mut raw = Raw::open(server()).await;
    raw.call(1, "panics", json!({})).await;
    let error = failure(&raw.answer(1).await);
    assert_eq!(error["code"], "INTERNAL_ERROR");
    assert!(!error.to_string().contains("by intent"), "what the panic said is for the log: {error}");
    raw.call(2, "sleeps", json!({"seconds": 0})).await;
    assert_eq!(raw.answer(2).await["result"]["structuredContent"]["text"], "rested");
}

#[tokio::test(start_paused = true)]
async fn a_call_without_end_is_given_up_while_others_are_answered() {
    let mut raw = Raw::open(server()).await;
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
async fn a_crowd_waits_in_line_and_ping_answers() {
    let mut raw = Raw::open(server()).await;
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
async fn a_result_that_is_too_large_says_how_to_ask_for_less() {
    let mut raw = Raw::open(server()).await;
    raw.call(1, "grows", json!({"bytes": 100_000})).await;
    assert_eq!(raw.answer(1).await["result"]["isError"], false);
    raw.call(2, "grows", json!({"bytes": 1_000_000})).await;
    let error = failure(&raw.answer(2).await);
    assert_eq!(error["code"], "RESULT_TOO_LARGE_ERROR");
    assert!(error.to_string().len() < 1_000 && error["hint"].as_str().unwrap().contains("ask for less"), "{error}");
}

/// The table of bad input: each line, and the code of its answer; `None` where no one can be answered.
#[tokio::test(start_paused = true)]
async fn lines_that_are_no_messages_never_end_the_server() {
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{}{}}}"#,
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    let long = format!(r#"{{"jsonrpc":"2.0","id":8,"method":"ping","params":{{"x":"{}"}}}}"#, "x".repeat(5 << 20));
    let table: &[(&str, Option<(i64, i64)>)] = &[
        ("", None),
        ("hello", None),
        ("{}", None),
        ("[]", None),
        ("null", None),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"#, Some((1, -32700))),
        (r#"{"jsonrpc":"2.0","id":2,"method":12}"#, Some((2, -32600))),
        (r#"{"jsonrpc":"2.0","id":3,"method":"tools/list","params":"all"}"#, Some((3, -32600))),
        (r#"{"jsonrpc":"2.0","id":4,"method":"no/such/method"}"#, Some((4, -32601))),
        (r#"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"no_such_tool"}}"#, Some((5, -32602))),
        (r#"[{"jsonrpc":"2.0","id":6,"method":"ping"}]"#, None),
        (&deep, Some((7, -32700))),
        (&long, Some((8, -32600))),
        ("\u{0}\u{1}\u{7f}\u{fffd}", None),
        (r#"{"jsonrpc":"2.0","method":"notifications/unheard_of"}"#, None),
    ];
    let mut raw = Raw::open(server()).await;
    for (at, (line, expected)) in table.iter().enumerate() {
        raw.send(line).await;
        let ping = 1_000 + at as i64;
        if let Some((id, code)) = expected {
            let answer = raw.answer(*id).await;
            assert_eq!(answer["error"]["code"], *code, "{answer}");
        }
        raw.request(ping, "ping", json!({})).await;
        assert_eq!(raw.answer(ping).await["result"], json!({}), "after {}", line.chars().take(60).collect::<String>());
    }
    assert!(raw.leave().await.is_empty(), "nothing else was said");
}
