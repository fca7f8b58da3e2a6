//! Requests with the same id: claude.ai's connector gives every request the id 1 and shares one session among its
//! conversations. Nobody gets the answer of another.

use std::collections::BTreeSet;

use futures::future::join_all;
use hubspot_sandbox::Settings;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::http::{Events, TestServer, answer, call, hello, list};
use crate::misbehaving_tools;
use crate::raw_client::RawClient;
use crate::world::{World, sandbox_and_client, server};

const CALLS: usize = 100;

/// The request for one of several calls that answer only when all have begun.
fn meets(id: i64, group: &str, of: usize, name: &str) -> Value {
    let mut call = call("meets", json!({"group": group, "of": of, "name": name}));
    call["id"] = id.into();
    call
}

fn name(answer: &Value) -> &str {
    answer["result"]["structuredContent"]["text"].as_str().unwrap_or_else(|| panic!("{answer}"))
}

/// A hundred overlapping calls of one session, all with the id 1, and each has its own answer.
#[tokio::test]
async fn finding_f1_every_call_of_a_session_gets_its_own_answer_whatever_its_id() {
    let server = TestServer::open(|_| {}).await;
    for version in ["2025-03-26", "2025-06-18", "2025-11-25", "without a session", "2026-07-28"] {
        let session = match version {
            "without a session" | "2026-07-28" => None,
            _ => Some(server.session_of(version, "").await),
        };
        let asked = (0..CALLS).map(|number| {
            let (server, session) = (&server, session.as_deref());
            async move {
                let mut message = meets(1, version, CALLS, &format!("call {number}"));
                let request = server.client.post(server.url("/mcp"));
                let mut request = request.header("accept", "application/json, text/event-stream");
                if let Some(session) = session {
                    request = request.header("mcp-session-id", session);
                }
                if version == "2026-07-28" {
                    message["params"]["_meta"] = modern_meta();
                    request = request.header("mcp-protocol-version", version);
                    request = request.header("mcp-method", "tools/call").header("mcp-name", "meets");
                }
                answer(request.json(&message).send().await.unwrap()).await
            }
        });
        for (number, answer) in join_all(asked).await.iter().enumerate() {
            assert_eq!((name(answer), &answer["id"]), (format!("call {number}").as_str(), &json!(1)), "{version}");
        }
    }
}

fn modern_meta() -> Value {
    json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {}})
}

#[tokio::test(start_paused = true)]
async fn finding_f1_two_tickets_with_one_id_are_two_tickets_with_their_own_answers() {
    let settings = Settings { delay_ms: 200, ..Settings::default() };
    let (sandbox, hubspot, clock) = sandbox_and_client(settings, hubspot_client::Settings::default());
    let http = TestServer::serving(server(hubspot, clock), |_| {}).await;
    let session = http.session("").await;
    let asked = (0..10).map(|number| {
        let ticket =
            call("create_ticket", json!({"cus_cid": "84246479604", "issue": format!("It beeps {number} times.")}));
        let (http, session) = (&http, &session);
        async move { http.ask("", session, &ticket).await["result"]["structuredContent"]["ticket_id"].clone() }
    });
    let ids = join_all(asked).await;
    let tickets = sandbox.records("tickets");
    for (number, id) in ids.iter().enumerate() {
        let ticket = tickets.iter().find(|ticket| ticket["id"] == *id).unwrap_or_else(|| panic!("no {id}"));
        assert_eq!(ticket["properties"]["content"], format!("It beeps {number} times."));
    }
    assert_eq!(ids.iter().map(Value::to_string).collect::<BTreeSet<_>>().len(), ids.len());
}

/// Clients use the id of a request as its progress token, too.
#[tokio::test]
async fn progress_comes_to_its_own_call_with_the_clients_token() {
    let server = TestServer::open(|_| {}).await;
    let session = server.session("").await;
    let asked = [3, 7].map(|steps| {
        let mut message = call("reports", json!({"steps": steps}));
        message["params"]["_meta"] = json!({"progressToken": 2});
        let (server, session) = (&server, &session);
        async move { server.post("", Some(session), &message).await.text().await.unwrap() }
    });
    for (text, steps) in join_all(asked).await.iter().zip([3, 7]) {
        let events = text.lines().filter_map(|line| line.strip_prefix("data: {")).map(|data| format!("{{{data}"));
        let events: Vec<Value> = events.map(|data| serde_json::from_str(&data).unwrap()).collect();
        let (last, progress) = events.split_last().unwrap();
        assert_eq!((&last["id"], name(last)), (&json!(2), "reported"));
        let seen: Vec<_> = progress.iter().map(|one| one["params"]["progress"].as_f64().unwrap() as u32).collect();
        assert_eq!(seen, (1..=steps).collect::<Vec<_>>());
        assert!(progress.iter().all(|one| one["params"]["progressToken"] == 2), "{text}");
    }
}

#[tokio::test]
async fn finding_f1_a_cancellation_that_could_mean_two_calls_stops_neither() {
    let server = TestServer::open(|_| {}).await;
    let session = server.session("").await;
    let cancel = |id: i64| json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}});
    let ask = async |id, name| server.ask("", &session, &meets(id, "cancelled", 3, name)).await;
    let cancelling = async {
        misbehaving_tools::wait_until_met("cancelled", 2).await;
        assert_eq!(server.post("", Some(&session), &cancel(1)).await.status(), StatusCode::ACCEPTED);
        ask(2, "third").await
    };
    let (first, second, third) = tokio::join!(ask(1, "first"), ask(1, "second"), cancelling);
    assert_eq!([name(&first), name(&second), name(&third)], ["first", "second", "third"]);

    let seconds = 26;
    let sleeps = call("sleeps", json!({"seconds": seconds}));
    let stopped = server.post("", Some(&session), &sleeps);
    let cancelling = async {
        misbehaving_tools::wait_until_asleep(seconds).await;
        server.post("", Some(&session), &cancel(2)).await;
        misbehaving_tools::wait_until_awake(seconds).await;
    };
    let (stopped, ()) = tokio::join!(stopped, cancelling);
    let rest = stopped.text().await.unwrap();
    assert!(!rest.contains("result"), "a call that was cancelled is not answered: {rest}");
}

/// On one stream the answers could not be told apart, so the second request is refused.
#[tokio::test(start_paused = true)]
async fn finding_f1_over_standard_streams_the_second_request_with_an_id_is_refused() {
    let mut raw = RawClient::open(World::server().with_tools(misbehaving_tools::all())).await;
    let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}).to_string();
    raw.send(&meets(1, "stdio", 2, "first").to_string()).await;
    raw.send(&meets(1, "stdio", 2, "second").to_string()).await;
    assert_eq!(raw.next().await.unwrap()["error"]["code"], -32600);
    raw.send(&cancel).await;
    raw.send(&meets(2, "stdio", 2, "third").to_string()).await;
    let (first, third) = (raw.answer(1).await, raw.answer(2).await);
    assert_eq!([name(&first), name(&third)], ["first", "third"]);

    // The answer of a cancelled call is not that of the next call with its id.
    raw.call(1, "sleeps", json!({"seconds": 24})).await;
    misbehaving_tools::wait_until_asleep(24).await;
    raw.send(&cancel).await;
    raw.call(1, "find_contact_by_email", json!({"email": "sarah@gmail.com"})).await;
    assert_eq!(raw.answer(1).await["result"]["structuredContent"]["contact_id"], "84246479604");
    assert!(raw.leave().await.is_empty());
}

#[tokio::test]
async fn finding_f1_over_the_sse_transport_the_second_request_with_an_id_is_refused() {
    let server = TestServer::open(|_| {}).await;
    let mut stream = Events(server.client.get(server.url("/sse")).send().await.unwrap(), String::new());
    let (_, path) = stream.next().await;
    let send = async |message: Value| {
        let sent = server.client.post(server.url(&path)).body(message.to_string()).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::ACCEPTED);
    };
    let mut next = async || serde_json::from_str::<Value>(&stream.next().await.1).unwrap();
    send(hello()).await;
    next().await;
    send(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
    send(meets(1, "sse", 2, "first")).await;
    send(meets(1, "sse", 2, "second")).await;
    let refused = next().await;
    assert_eq!((&refused["id"], &refused["error"]["code"]), (&json!(1), &json!(-32600)));
    send(meets(2, "sse", 2, "third")).await;
    let mut answers = [next().await, next().await];
    answers.sort_by_key(|answer| answer["id"].as_i64());
    assert_eq!([name(&answers[0]), name(&answers[1])], ["first", "third"]);
    send(list()).await;
    assert!(next().await["result"]["tools"].is_array());
}
