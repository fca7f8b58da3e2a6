//! Clients that lose their connection: up to 2025-11-25 the answer is kept and replayed to its own caller; in 2026-07-28 the
//! call ends with its connection.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

use crate::http::{ALL, CHAT, Events, TestServer, call, known_tokens};
use crate::misbehaving_tools;
use crate::world::{sandbox_and_client, server};

/// Longer than an answer is kept: ten times the `retry` of three seconds.
const TOO_LATE: Duration = Duration::from_secs(31);

/// Sends a call, reads the event that begins its stream, and loses the connection; the id of the event.
async fn lost(server: &TestServer, token: &str, session: &str, message: &Value) -> String {
    let mut stream = Events(server.post(token, Some(session), message).await, String::new());
    let (id, data) = stream.with_id().await.unwrap();
    assert!(!id.is_empty() && data.is_empty(), "{id} {data}");
    id
}

async fn resumed(server: &TestServer, token: &str, session: &str, last: &str) -> Response {
    let request = server.client.get(server.url("/mcp")).bearer_auth(token).header("accept", "text/event-stream");
    request.header("mcp-session-id", session).header("last-event-id", last).send().await.unwrap()
}

/// The messages of the stream, and the id of its last event.
async fn messages(response: Response) -> (Vec<Value>, String) {
    assert_eq!(response.status(), 200);
    let mut events = Events(response, String::new());
    let (mut messages, mut last) = (vec![], String::new());
    while let Some((id, data)) = events.with_id().await {
        messages.push(serde_json::from_str(&data).unwrap());
        last = id;
    }
    (messages, last)
}

fn meets(group: &str, name: &str) -> Value {
    call("meets", json!({"group": group, "of": 2, "name": name}))
}

fn text(message: &Value) -> &str {
    message["result"]["structuredContent"]["text"].as_str().unwrap_or_else(|| panic!("{message}"))
}

#[tokio::test]
async fn an_empty_event_id_names_no_event() {
    let server = TestServer::open(|_| {}).await;
    let session = server.session("").await;
    let told = resumed(&server, "", &session, "").await;
    assert_eq!(told.status(), 200);
    let mut events = Events(told, String::new());
    let first = tokio::time::timeout(Duration::from_millis(300), events.with_id()).await;
    let is_gone = first.is_ok_and(|event| event.is_some_and(|(_, data)| data.contains("ANSWER_GONE")));
    assert!(!is_gone, "it is a new stream");
}

#[tokio::test]
async fn finding_f2_an_answer_waits_for_the_client_whose_connection_broke() {
    let server = TestServer::open(|_| {}).await;
    let session = server.session("").await;
    let last = lost(&server, "", &session, &meets("away", "first")).await;
    server.ask("", &session, &meets("away", "second")).await;
    for _ in 0..3 {
        let (told, end) = messages(resumed(&server, "", &session, &last).await).await;
        assert_eq!((told.len(), &told[0]["id"], text(&told[0])), (1, &json!(2), "first"));
        assert_ne!(end, last);
        let (told, _) = messages(resumed(&server, "", &session, &end).await).await;
        assert!(told.is_empty(), "everything was heard: {told:?}");
    }
}

#[tokio::test]
async fn a_client_that_is_back_before_the_end_hears_it() {
    let server = TestServer::open(|_| {}).await;
    let session = server.session("").await;
    let last = lost(&server, "", &session, &meets("back", "first")).await;
    let back = resumed(&server, "", &session, &last).await;
    let second = meets("back", "second");
    let (told, _) = tokio::join!(messages(back), server.ask("", &session, &second));
    assert_eq!(text(&told.0[0]), "first");
}

#[tokio::test]
async fn finding_f2_an_answer_is_replayed_to_nobody_else() {
    let file = known_tokens();
    let server = TestServer::open(|settings| settings.auth_file = Some(file.path().to_owned())).await;
    let (own, second, other) = (server.session(ALL).await, server.session(ALL).await, server.session(CHAT).await);
    let sarah = call("find_contact_by_email", json!({"email": "sarah@gmail.com"}));
    let last = lost(&server, ALL, &own, &sarah).await;
    for (token, session) in [(CHAT, &other), (ALL, &second)] {
        let (told, _) = messages(resumed(&server, token, session, &last).await).await;
        assert_eq!(told[0]["error"]["data"]["code"], "ANSWER_GONE", "{told:?}");
        assert!(!told[0].to_string().contains("84246479604"));
    }
    assert_eq!(resumed(&server, CHAT, &own, &last).await.status(), 404);
    let (told, _) = messages(resumed(&server, ALL, &own, &last).await).await;
    assert!(told[0].to_string().contains("84246479604"));
}

/// An id that is not the server's, or names no event that was sent, takes no answer away from its owner.
#[tokio::test]
async fn a_guess_takes_no_answer_from_a_call_that_runs() {
    let server = TestServer::open(|_| {}).await;
    let session = server.session("").await;
    let mut owner = Events(server.post("", Some(&session), &meets("guessed", "first")).await, String::new());
    let (own, _) = owner.with_id().await.unwrap();
    misbehaving_tools::wait_until_met("guessed", 1).await;
    let (exchange, number) = (own.split_once('.').unwrap().0, u64::MAX);
    let guesses = [format!("{exchange}.{number}.x"), format!("{exchange}.{number}.MQ"), format!("{exchange}.1.MQ")];
    let foreign =
        ["0/0", "0/1", "0/2", "0/4", "1/0", "2/3", "garbage", "-1", "99999999999999999999999"].map(String::from);
    for guess in foreign.iter().chain(&guesses) {
        let (told, _) = messages(resumed(&server, "", &session, guess).await).await;
        assert_eq!((told.len(), &told[0]["error"]["data"]["code"]), (1, &json!("ANSWER_GONE")), "{guess}: {told:?}");
    }
    drop(resumed(&server, "", &session, "0").await);
    server.ask("", &session, &meets("guessed", "second")).await;
    let (_, data) = owner.with_id().await.expect("the owner is answered");
    let heard: Value = serde_json::from_str(&data).unwrap();
    assert_eq!((&heard["id"], text(&heard)), (&json!(2), "first"));
}

/// A call whose session ends is not left without a word: it may have written.
#[tokio::test]
async fn a_call_whose_session_ends_is_told_so() {
    let server = TestServer::open(|settings| settings.sessions_max = 1).await;
    for (seconds, deleted) in [(33, true), (34, false)] {
        let session = server.session("").await;
        let sleeps = call("sleeps", json!({"seconds": seconds}));
        let mut owner = Events(server.post("", Some(&session), &sleeps).await, String::new());
        owner.with_id().await.unwrap();
        misbehaving_tools::wait_until_asleep(seconds).await;
        if deleted {
            let delete = server.client.delete(server.url("/mcp")).header("mcp-session-id", &session).send().await;
            assert!(delete.unwrap().status().is_success());
        } else {
            server.session("").await;
        }
        let (_, data) = owner.with_id().await.expect("an error");
        let told: Value = serde_json::from_str(&data).unwrap();
        assert_eq!((&told["id"], &told["error"]["data"]["code"]), (&json!(2), &json!("NOT_ANSWERED")));
        assert!(told["error"]["data"]["hint"].as_str().unwrap().contains("check whether it was done"));
        assert_eq!(owner.with_id().await, None, "it is the last");
    }
}

/// The client wants no answer to what it has cancelled; when it asks nevertheless, it is told that there is none.
#[tokio::test]
async fn a_cancelled_call_is_resumed_with_an_error() {
    let server = TestServer::open(|_| {}).await;
    let session = server.session("").await;
    let sleeps = call("sleeps", json!({"seconds": 35}));
    let mut owner = Events(server.post("", Some(&session), &sleeps).await, String::new());
    let (last, _) = owner.with_id().await.unwrap();
    misbehaving_tools::wait_until_asleep(35).await;
    let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 2}});
    server.post("", Some(&session), &cancel).await;
    assert_eq!(owner.with_id().await, None);
    let (told, _) = messages(resumed(&server, "", &session, &last).await).await;
    assert_eq!((told.len(), &told[0]["error"]["data"]["code"]), (1, &json!("ANSWER_GONE")), "{told:?}");
}

/// The write was done, and the caller is told of it, even after a minute away from the stream that began it.
#[tokio::test(start_paused = true)]
async fn finding_f2_a_write_reaches_the_caller_who_comes_back_in_time() {
    let settings = hubspot_sandbox::Settings { delay_ms: 500, ..hubspot_sandbox::Settings::default() };
    let (sandbox, hubspot, clock) = sandbox_and_client(settings, hubspot_client::Settings::default());
    let mut http = TestServer::serving(server(hubspot.clone(), clock), |_| {}).await;
    // A connection that was idle for long is closed.
    http.client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let session = http.session("").await;
    let ticket = call("create_ticket", json!({"cus_cid": "84246479604", "issue": "It beeps at night."}));
    let last = lost(&http, "", &session, &ticket).await;
    let (told, _) = messages(resumed(&http, "", &session, &last).await).await;
    let made = sandbox.records("tickets").into_iter().find(|one| one["properties"]["content"] == "It beeps at night.");
    assert_eq!(told[0]["result"]["structuredContent"]["ticket_id"], made.unwrap()["id"]);

    tokio::time::advance(TOO_LATE).await;
    let (told, _) = messages(resumed(&http, "", &session, &last).await).await;
    assert_eq!((&told[0]["id"], &told[0]["error"]["data"]["code"]), (&json!(2), &json!("ANSWER_GONE")));
    assert!(told[0]["error"]["data"]["hint"].as_str().unwrap().contains("check whether it was done"));
}

#[tokio::test]
async fn finding_f2_without_a_session_and_in_2026_07_28_a_call_ends_with_its_connection() {
    let server = TestServer::open(|_| {}).await;
    for (seconds, modern) in [(22, true), (21, false)] {
        let mut message = call("sleeps", json!({"seconds": seconds}));
        let request = server.client.post(server.url("/mcp")).header("accept", "*/*");
        let request = match modern {
            true => {
                message["params"]["_meta"] = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                    "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
                    "io.modelcontextprotocol/clientCapabilities": {}});
                let request = request.header("mcp-protocol-version", "2026-07-28");
                request.header("mcp-method", "tools/call").header("mcp-name", "sleeps")
            }
            false => request,
        };
        let asking = tokio::spawn(request.json(&message).send());
        misbehaving_tools::wait_until_asleep(seconds).await;
        asking.abort();
        misbehaving_tools::wait_until_awake(seconds).await;
    }
}
