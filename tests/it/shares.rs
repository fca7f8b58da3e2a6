//! Shares of callers: one that takes all it can get locks nobody else out, and what it held is given back.

use std::io::Write;
use std::time::Duration;

use frontdesk::mcp::Server;
use frontdesk::mcp::http::Settings;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::http::{Events, PATIENCE, TestServer, answer, call, hello, list};
use crate::misbehaving_tools;
use crate::raw_client::RawClient;
use crate::world::World;

pub(crate) const FEW: &str = "few-0123456789abcdef";
pub(crate) const FULL: &str = "full-0123456789abcdef";

/// Two callers who may use everything.
pub(crate) fn callers() -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    let tokens = json!({"tokens": [{"name": "few", "token": FEW}, {"name": "full", "token": FULL}]});
    write!(file, "{tokens}").unwrap();
    file
}

fn of(file: &NamedTempFile) -> impl FnOnce(&mut Settings) {
    let path = file.path().to_owned();
    move |settings| settings.auth_file = Some(path)
}

fn server() -> Server {
    World::server().with_tools(misbehaving_tools::all())
}

/// Opens a session whose client can ask a person.
async fn asking_session(server: &TestServer, token: &str) -> String {
    let mut hello = hello();
    hello["params"]["capabilities"] = json!({"elicitation": {}});
    let opened = server.post(token, None, &hello).await;
    let session = opened.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    server.post(token, Some(&session), &ready).await;
    session
}

/// A call that asks; its stream, and true if the person is asked.
async fn ask(server: &TestServer, token: &str, session: &str) -> (Events, bool) {
    let mut events = Events(server.post(token, Some(session), &call("asks", json!({}))).await, String::new());
    loop {
        let (_, data) = timeout(PATIENCE, events.next()).await.expect("neither asked nor refused");
        let Ok(message) = serde_json::from_str::<Value>(&data) else { continue };
        if message["method"] == "elicitation/create" {
            return (events, true);
        }
        let text = message["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{message}"));
        assert!(text.contains("ANSWER_NEEDED_ERROR"), "{message}");
        return (events, false);
    }
}

#[tokio::test]
async fn questions_of_one_caller_leave_places_for_others() {
    let file = callers();
    let server = TestServer::open(of(&file)).await;
    let mut waiting = vec![];
    for places in [64, 64, 0] {
        let session = asking_session(&server, FEW).await;
        for _ in 0..places {
            let (stream, asked) = ask(&server, FEW, &session).await;
            assert!(asked, "{} wait", waiting.len());
            waiting.push(stream);
        }
        assert!(!ask(&server, FEW, &session).await.1, "one more than a session, or its caller, may have");
    }
    let session = asking_session(&server, FULL).await;
    assert!(ask(&server, FULL, &session).await.1);
}

/// A caller that opens streams and leaves them locks nobody out, itself included; and it can leave only so many.
#[tokio::test]
async fn the_place_of_a_question_is_free_when_its_connection_ends() {
    let file = callers();
    let server = TestServer::open(of(&file)).await;
    let start = Instant::now();
    for round in 0..2 {
        let (first, second) = (asking_session(&server, FEW).await, asking_session(&server, FEW).await);
        let mut waiting = vec![];
        for session in [&first, &second] {
            waiting.push(places_taken(&server, session).await);
        }
        let third = asking_session(&server, FEW).await;
        assert!(!ask(&server, FEW, &third).await.1, "{round}: the caller has no more places");
        drop(waiting);
        let asked = async { while !ask(&server, FEW, &third).await.1 {} };
        timeout(PATIENCE, asked).await.expect("their places are given back");
    }
    assert!(start.elapsed() < ABSENCE_MAX, "{:?}: not because nobody came back", start.elapsed());
}

/// The time for which a question waits for a client that lost its connection.
const ABSENCE_MAX: Duration = Duration::from_secs(30);

/// The streams of as many questions as a session may ask at once.
async fn places_taken(server: &TestServer, session: &str) -> Vec<Events> {
    let mut taken = vec![];
    for at in 0..64 {
        // The streams of the round before may be ending still.
        let (stream, asked) = ask(server, FEW, session).await;
        assert!(asked, "{at}");
        taken.push(stream);
    }
    taken
}

/// The answer to a question that waits in no place is taken, whether its client listens again or not.
#[tokio::test]
async fn a_client_that_comes_back_answers_its_question() {
    for comes_back in [true, false] {
        let server = TestServer::open(|_| {}).await;
        let session = asking_session(&server, "").await;
        let mut stream = Events(server.post("", Some(&session), &call("asks", json!({}))).await, String::new());
        let (last, question) = loop {
            let (id, data) = stream.with_id().await.unwrap();
            if data.contains("elicitation/create") {
                break (id, serde_json::from_str::<Value>(&data).unwrap());
            }
        };
        drop(stream);
        let back = async || {
            let request = server.client.get(server.url("/mcp")).header("accept", "text/event-stream");
            let request = request.header("mcp-session-id", &session).header("last-event-id", &last);
            Events(request.send().await.unwrap(), String::new())
        };
        let listening = if comes_back { Some(back().await) } else { None };
        let given = json!({"jsonrpc": "2.0", "id": question["id"], "result": {"action": "accept", "content": {}}});
        server.post("", Some(&session), &given).await;
        let mut listening = match listening {
            Some(listening) => listening,
            None => back().await,
        };
        let answer = async {
            loop {
                let (_, data) = listening.with_id().await.expect("an answer");
                if data.contains("\"result\"") {
                    return data;
                }
            }
        };
        let answer = timeout(PATIENCE, answer).await.expect("the call goes on");
        assert!(!answer.contains("_ERROR"), "{answer}");
    }
}

/// A question of the old transport ends with its stream.
#[tokio::test]
async fn questions_end_with_a_stream_that_cannot_be_resumed() {
    let server = TestServer::open(|_| {}).await;
    let mut message = hello();
    message["params"]["capabilities"] = json!({"elicitation": {}});
    for _ in 0..3 {
        let mut stream = Events(server.client.get(server.url("/sse")).send().await.unwrap(), String::new());
        let (_, path) = stream.next().await;
        let send = async |message: &Value| {
            let sent = server.client.post(server.url(&path)).body(message.to_string()).send().await.unwrap();
            assert_eq!(sent.status(), StatusCode::ACCEPTED);
        };
        send(&message).await;
        stream.next().await;
        send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        for id in 0..60 {
            let mut asks = call("asks", json!({}));
            asks["id"] = id.into();
            send(&asks).await;
            let (_, data) = stream.next().await;
            assert!(data.contains("elicitation/create"), "of 180, 128 may wait at once: {data}");
        }
        drop(stream);
        let gone = async { while is_open(&server, &path).await {} };
        timeout(PATIENCE, gone).await.expect("the session ends with its stream");
    }
}

async fn is_open(server: &TestServer, path: &str) -> bool {
    server.client.post(server.url(path)).body(list().to_string()).send().await.unwrap().status() == StatusCode::ACCEPTED
}

fn listen(id: i64) -> Value {
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {}});
    json!({"jsonrpc": "2.0", "id": id, "method": "subscriptions/listen",
        "params": {"notifications": {"toolsListChanged": true}, "_meta": meta}})
}

async fn listening(server: &TestServer, token: &str) -> Events {
    let request = server.client.post(server.url("/mcp")).bearer_auth(token).json(&listen(7));
    let request = request.header("mcp-method", "subscriptions/listen").header("mcp-protocol-version", "2026-07-28");
    Events(request.header("accept", "*/*").send().await.unwrap(), String::new())
}

#[tokio::test]
async fn subscriptions_of_one_caller_leave_places_for_others() {
    let server = server();
    let mut raw = RawClient::connect(server.clone());
    let (places, more) = (1_024, 6);
    let mut refused = vec![];
    for id in 0..places + more {
        raw.send(&listen(id).to_string()).await;
        // Each is acknowledged before its share is taken.
        raw.find(|message| message["method"].as_str().is_some_and(|method| method.contains("acknowledged"))).await;
    }
    for id in places..places + more {
        refused.push(raw.answer(id).await);
    }
    assert!(refused.iter().all(|answer| answer["error"]["data"]["code"] == "BUSY_ERROR"), "{refused:?}");
    let file = callers();
    let server = TestServer::serving(server, of(&file)).await;
    let mut other = listening(&server, FULL).await;
    assert!(other.next().await.1.contains("acknowledged"));
    assert!(timeout(Duration::from_millis(200), other.next()).await.is_err(), "it is not refused either");
}

#[tokio::test]
async fn a_session_that_met_a_full_limit_subscribes_later() {
    let server = server();
    let mut full = RawClient::connect(server.clone());
    for id in 0..1_025 {
        full.send(&listen(id).to_string()).await;
        full.find(|message| message["method"].as_str().is_some_and(|method| method.contains("acknowledged"))).await;
    }
    assert_eq!(full.answer(1_024).await["error"]["data"]["code"], "BUSY_ERROR");
    let mut session = RawClient::open(server).await;
    let mut subscribed = async |id: i64| {
        let params = json!({"uri": "taskgraph://hubspot"});
        let subscribe = json!({"jsonrpc": "2.0", "id": id, "method": "resources/subscribe", "params": params});
        session.send(&subscribe.to_string()).await;
        session.answer(id).await["result"].is_object()
    };
    assert!(!subscribed(100).await);
    drop(full);
    let later = async {
        let mut id = 101;
        while !subscribed(id).await {
            id += 1;
        }
    };
    timeout(PATIENCE, later).await.expect("places are free again");
}

#[tokio::test]
async fn streams_of_one_caller_leave_places_for_others() {
    let file = callers();
    let settings = of(&file);
    // Of 16 connections 12 last, of which one caller may make four streams.
    let server = TestServer::open(|all| {
        settings(all);
        all.connections_max = 16;
    })
    .await;
    let open = async |token: &str| server.client.get(server.url("/sse")).bearer_auth(token).send().await.unwrap();
    let mut streams = vec![];
    for _ in 0..4 {
        streams.push(open(FEW).await);
    }
    let refused = open(FEW).await;
    assert_eq!(
        (refused.status(), &refused.headers()["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap())
    );
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "BUSY_ERROR");
    assert_eq!(open(FULL).await.status(), StatusCode::OK);
    drop(streams);
    let again = async { while open(FEW).await.status() != StatusCode::OK {} };
    timeout(PATIENCE, again).await.expect("a place is given back with its connection");
}

/// A POST whose body never ends.
async fn endless(server: &TestServer, token: &str, declared: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         {declared}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

async fn said(stream: &mut TcpStream) -> String {
    let mut said = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut said)).await.expect("no answer").unwrap();
    said
}

async fn listed(response: Response) -> bool {
    response.status() == StatusCode::OK && answer(response).await["result"]["tools"].is_array()
}

#[tokio::test(start_paused = true)]
async fn bodies_that_never_end_take_a_share_of_their_own_caller_for_a_time() {
    let file = callers();
    let server = TestServer::open(of(&file)).await;
    let declared = format!("content-length: {}", 512 * 1024);
    let mut held = vec![];
    for _ in 0..16 {
        held.push(endless(&server, FEW, &declared).await);
    }
    // Which of the heads are read last is not known, so all of them are asked.
    let mut refused = endless(&server, FEW, &declared).await;
    let refused = said(&mut refused).await;
    assert!(refused.starts_with("HTTP/1.1 429") && refused.contains("BUSY_ERROR"), "{refused}");
    assert!(refused.contains("retry-after: 1") && refused.contains("connection: close"), "{refused}");
    assert!(listed(server.post(FULL, None, &list()).await).await);
    for stream in &mut held {
        let ended = said(stream).await;
        assert!(ended.starts_with("HTTP/1.1 408"), "{ended}");
    }
    assert!(listed(server.post(FEW, None, &list()).await).await);
}

/// Callers that declare bodies and send nothing keep nobody out.
#[tokio::test]
async fn declared_bodies_of_many_callers_leave_room_for_others() {
    let names: Vec<_> = (0..9).map(|at| format!("caller{at}-0123456789abcdef")).collect();
    let tokens: Vec<_> = names.iter().map(|name| json!({"name": name[..7], "token": name})).collect();
    let mut file = NamedTempFile::new().unwrap();
    write!(file, "{}", json!({"tokens": tokens})).unwrap();
    let server = TestServer::open(of(&file)).await;
    let declared = format!("content-length: {}", 512 * 1024);
    let mut held = vec![];
    for name in &names[..8] {
        for _ in 0..16 {
            held.push(endless(&server, name, &declared).await);
        }
        let full = async { while listed(server.post(name, None, &list()).await).await {} };
        timeout(PATIENCE, full).await.expect("what a caller declares counts for it");
    }
    assert!(listed(server.post(&names[8], None, &list()).await).await);
}

/// A head is kept before anybody knows who sends it.
#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let server = TestServer::open(|_| {}).await;
    for (bytes, status) in [(12 * 1024, "HTTP/1.1 200"), (20 * 1024, "HTTP/1.1 431")] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head = format!(
            "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx: {}\r\n\r\n",
            "x".repeat(bytes)
        );
        // The server may close the connection before all is sent.
        let _ = stream.write_all(head.as_bytes()).await;
        let said = said_before_close(&mut stream).await;
        assert!(said.starts_with(status), "{bytes}: {said}");
    }
}

#[tokio::test]
async fn undeclared_bodies_take_their_share_as_they_come() {
    let file = callers();
    let server = TestServer::open(of(&file)).await;
    let part = vec![b' '; 512 * 1024 - 16];
    let mut held = vec![];
    let refused = loop {
        assert!(held.len() < 40, "nobody is refused");
        let mut stream = endless(&server, FEW, "transfer-encoding: chunked").await;
        stream.write_all(format!("{:x}\r\n", part.len()).as_bytes()).await.unwrap();
        // The server may close the connection before all is sent.
        let _ = stream.write_all(&part).await;
        match timeout(Duration::from_millis(200), stream.readable()).await {
            Ok(_) => break said_before_close(&mut stream).await,
            Err(_) => held.push(stream),
        }
    };
    assert!(refused.contains("BUSY_ERROR"), "{refused}");
    assert!((15..=17).contains(&held.len()), "{} of half a MiB each", held.len());
    assert!(listed(server.post(FULL, None, &list()).await).await);
}

/// The connection is reset behind the answer, because the rest of the body is not read.
async fn said_before_close(stream: &mut TcpStream) -> String {
    let mut said = vec![0; 4_096];
    let read = stream.read(&mut said).await.unwrap();
    String::from_utf8_lossy(&said[..read]).into_owned()
}

/// Sessions, subscriptions and questions last long: the message that began one is no longer counted.
#[tokio::test]
async fn what_lasts_keeps_no_share_of_messages() {
    let server = TestServer::open(|_| {}).await;
    let send = async |message: String, session: Option<&str>, modern: bool| {
        let request = server.client.post(server.url("/mcp")).header("content-type", "application/json");
        let mut request = request.body(message);
        if let Some(session) = session {
            request = request.header("mcp-session-id", session);
        }
        if modern {
            request = request.header("mcp-protocol-version", "2026-07-28").header("mcp-method", "subscriptions/listen");
        }
        let answered = request.send().await.unwrap();
        assert_eq!(answered.status(), StatusCode::OK);
        Events(answered, String::new())
    };
    let session = asking_session(&server, "").await;
    let mut held = vec![];
    // All of one kind would be more than the caller's share of 8 MiB.
    for (message, session, modern, answered, bytes, count) in [
        (hello(), None, false, "serverInfo", 30_000, 300),
        (listen(7), None, true, "acknowledged", 30_000, 300),
        (call("asks", json!({})), Some(session.as_str()), false, "elicitation/create", 500_000, 20),
    ] {
        for _ in 0..count {
            let padded = format!("{message}{}", " ".repeat(bytes));
            let mut stream = send(padded, session, modern).await;
            while !timeout(PATIENCE, stream.next()).await.expect("no answer").1.contains(answered) {}
            held.push(stream);
        }
    }
}

#[tokio::test]
async fn a_message_of_too_many_values_is_refused_on_every_way() {
    let server = TestServer::open(|_| {}).await;
    let mut raw = RawClient::open(World::server()).await;
    let session = server.session_of("2025-03-26", "").await;
    let mut stream = Events(server.client.get(server.url("/sse")).send().await.unwrap(), String::new());
    let (_, path) = stream.next().await;
    for contact in [json!(vec![json!([0]); 6_000]), json!(vec![0; 11_000]), nested(70)] {
        let message = call("get_contact", json!({"contact": contact}));
        let batch = json!([message]);
        for (session, body) in [(Some(session.as_str()), &message), (None, &message), (Some(&session), &batch)] {
            let refused = server.post("", session, body).await;
            assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
            let refused: Value = refused.json().await.unwrap();
            let id = if body.is_array() { Value::Null } else { json!(2) };
            assert_eq!((&refused["id"], &refused["error"]["data"]["code"]), (&id, &json!("TOO_COMPLEX")), "{refused}");
            assert!(refused["error"]["data"]["hint"].is_string(), "{refused}");
        }
        let old = server.client.post(server.url(&path)).body(message.to_string()).send().await.unwrap();
        assert_eq!(old.status(), StatusCode::BAD_REQUEST);
        raw.send(&message.to_string()).await;
        let refused = raw.answer(2).await;
        assert_eq!(refused["error"]["data"]["code"], "TOO_COMPLEX");
    }
    let largest = call("get_contact", json!({"contact": vec![0; 8_000]}));
    let understood = answer(server.post("", None, &largest).await).await;
    assert!(
        understood["result"]["content"][0]["text"].as_str().unwrap().contains("INVALID_INPUT_ERROR"),
        "{understood}"
    );
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(0), |inner, _| json!([inner]))
}

/// A session keeps what its client told of itself, and a subscription its resources: thousands of them would be much.
#[tokio::test]
async fn what_is_kept_for_long_is_small() {
    let server = TestServer::open(|_| {}).await;
    let mut large = hello();
    large["params"]["capabilities"]["experimental"] = json!({"x": {"y": vec![0; 2_000]}});
    let mut stream = Events(server.client.get(server.url("/sse")).send().await.unwrap(), String::new());
    let (_, path) = stream.next().await;
    let old = server.client.post(server.url(&path)).body(large.to_string()).send().await.unwrap();
    for refused in [old, server.post("", None, &large).await] {
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
        let refused: Value = refused.json().await.unwrap();
        assert_eq!((&refused["id"], &refused["error"]["data"]["code"]), (&json!(0), &json!("TOO_COMPLEX")));
    }
    let mut many = listen(7);
    many["params"]["notifications"]["resourceSubscriptions"] = json!(vec!["doc://x"; 2_000]);
    let request = server.client.post(server.url("/mcp")).header("mcp-protocol-version", "2026-07-28");
    let request = request.header("mcp-method", "subscriptions/listen").json(&many);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_longest_body_is_a_setting() {
    let server = TestServer::open(|settings| settings.body_bytes_max = 64 * 1024).await;
    let message = |length: usize| call("find_contact_by_email", json!({"email": "x".repeat(length)}));
    assert_eq!(server.post("", None, &message(60_000)).await.status(), StatusCode::OK);
    let refused = server.post("", None, &message(70_000)).await;
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text().await.unwrap().contains("65536"));
}
