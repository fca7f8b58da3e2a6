//! Malformed, oversized, binary, half-closed and slow input: over every transport each gets its error, and the server
//! goes on.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::http::{Events, PATIENCE, TestServer, answer, hello};
use crate::misbehaving_tools;
use crate::raw_client::RawClient;
use crate::world::World;

enum Expect {
    /// An error with this code, and with this `id` where the request can be identified.
    Error(Option<i64>, i64),
    /// No answer is expected.
    Nothing,
}
use Expect::{Error, Nothing};

/// Bytes that a client may send in place of a message after its session is open, with the expected answer.
fn table() -> Vec<(Vec<u8>, Expect)> {
    let deep =
        format!(r#"{{"jsonrpc":"2.0","id":7,"method":"x","params":{}{}}}"#, "[".repeat(50_000), "]".repeat(50_000));
    let rows: &[(&str, Expect)] = &[
        ("hello", Error(None, -32700)),
        ("\u{0}\u{1}\u{7f}\u{fffd}", Error(None, -32700)),
        ("{}", Error(None, -32600)),
        ("null", Error(None, -32600)),
        ("[]", Error(None, -32600)),
        (r#"[{"jsonrpc":"2.0","id":6,"method":"ping"}]"#, Error(Some(6), -32600)),
        (&deep, Error(Some(7), -32700)),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"#, Error(Some(1), -32700)),
        (r#"{"jsonrpc":"2.0","id":2,"method":12}"#, Error(Some(2), -32600)),
        (r#"{"jsonrpc":"1.0","id":2,"method":"ping"}"#, Error(Some(2), -32600)),
        (r#"{"jsonrpc":"2.0","id":3,"method":"tools/list","params":"all"}"#, Error(Some(3), -32600)),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, Error(None, -32600)),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, Error(None, -32600)),
        (r#"{"jsonrpc":"2.0","id":9223372036854775808,"method":"ping"}"#, Error(None, -32600)),
        (r#"{"jsonrpc":"2.0","id":4,"method":"no/such/method"}"#, Error(Some(4), -32601)),
        (r#"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"no_such_tool"}}"#, Error(Some(5), -32602)),
        (r#"{"jsonrpc":"2.0","id":5,"method":"tools/call"}"#, Error(Some(5), -32602)),
        (
            r#"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"sleeps","arguments":[1]}}"#,
            Error(Some(5), -32602),
        ),
        (r#"{"jsonrpc":"2.0","id":5,"method":"resources/read","params":{"uri":5}}"#, Error(Some(5), -32602)),
        (r#"{"jsonrpc":"2.0","method":"notifications/unheard_of"}"#, Nothing),
        (r#"{"jsonrpc":"2.0","id":9,"result":{}}"#, Nothing),
    ];
    let mut table: Vec<_> = rows.iter().map(|(text, expect)| (text.as_bytes().to_vec(), expect.copied())).collect();
    table.push((b"\xff\xfe\x00{".to_vec(), Error(None, -32700)));
    table
}

impl Expect {
    fn copied(&self) -> Expect {
        match self {
            Error(id, code) => Error(*id, *code),
            Nothing => Nothing,
        }
    }
}

fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(text).chars().take(80).collect()
}

fn whole_error(answer: &Value, id: Option<i64>, code: i64, sent: &[u8]) {
    let (said_id, said_code) = (answer.get("id").and_then(Value::as_i64), &answer["error"]["code"]);
    assert_eq!((said_id, said_code), (id, &json!(code)), "{}\n-> {answer}", shown(sent));
    let message = answer["error"]["message"].as_str().unwrap();
    assert!((10..400).contains(&message.len()), "{message}");
}

/// A line longer than the largest message.
fn too_long() -> String {
    json!({"jsonrpc": "2.0", "id": 8, "method": "ping", "params": {"x": "x".repeat(5 << 20)}}).to_string()
}

#[tokio::test(start_paused = true)]
async fn over_standard_streams() {
    let mut raw = RawClient::open(World::server().with_tools(misbehaving_tools::all())).await;
    let mut table = table();
    table.extend([(vec![], Nothing), (too_long().into_bytes(), Error(Some(8), -32600))]);
    for (at, (line, expect)) in table.iter().enumerate() {
        raw.bytes(line).await;
        raw.bytes(b"\n").await;
        if let Error(id, code) = expect {
            let answer = raw.find(|message| message.get("id") == Some(&json!(id))).await;
            whole_error(&answer, *id, *code, line);
        }
        let ping = 1_000 + at as i64;
        raw.request(ping, "ping", json!({})).await;
        assert_eq!(raw.answer(ping).await["result"], json!({}), "after {}", shown(line));
    }
    assert!(raw.leave().await.is_empty(), "nothing else was said");
}

/// Invalid messages before the session is open do not end the connection.
#[tokio::test(start_paused = true)]
async fn invalid_messages_before_the_session_do_not_end_the_connection() {
    let mut raw = RawClient::connect(World::server());
    for early in [
        "hello",
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
    ] {
        raw.send(early).await;
    }
    let told = raw.find(|message| message["error"]["code"] == -32700).await;
    assert_eq!(told.get("id"), Some(&Value::Null), "JSON-RPC: null where the id could not be read");
    for (id, method, code) in [(2, "tools/list", -32602), (3, "no/such", -32602)] {
        raw.request(id, method, json!({})).await;
        assert_eq!(raw.answer(id).await["error"]["code"], code);
        raw.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
    }
    raw.request(4, "initialize", json!({"protocolVersion": 5})).await;
    whole_error(&raw.answer(4).await, Some(4), -32602, b"initialize");
    raw.request(5, "ping", json!({})).await;
    assert_eq!(raw.answer(5).await["result"], json!({}));
    raw.send(&hello().to_string()).await;
    assert_eq!(raw.answer(0).await["result"]["serverInfo"]["name"], "frontdesk");
    assert!(raw.leave().await.is_empty(), "nothing else was said");
}

/// A message may arrive slowly and in pieces. One that breaks off is answered with a parse error, and the shutdown is
/// clean.
#[tokio::test(start_paused = true)]
async fn slow_lines_are_read_and_incomplete_ones_reported() {
    let mut raw = RawClient::open(World::server()).await;
    for byte in "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\r\n".bytes() {
        raw.bytes(&[byte]).await;
        sleep(Duration::from_secs(60)).await;
    }
    assert_eq!(raw.answer(1).await["result"], json!({}));
    let whole = r#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#;
    let broken_off = r#"{"jsonrpc":"2.0","id":3,"method":"pi"#;
    raw.bytes(whole.as_bytes()).await;
    assert_eq!(raw.leave().await, [json!({"jsonrpc": "2.0", "id": 2, "result": {}})], "a last line needs no end");
    let mut raw = RawClient::open(World::server()).await;
    raw.bytes(broken_off.as_bytes()).await;
    let last = raw.leave().await;
    assert_eq!(last.len(), 1, "{last:?}");
    whole_error(&last[0], Some(3), -32700, broken_off.as_bytes());
}

/// The server repeats only a bounded part of the arguments, and the work on them is bounded too.
#[tokio::test(start_paused = true)]
async fn long_arguments_are_neither_repeated_nor_compared() {
    const LONG: usize = 500_000;
    let long = "k".repeat(LONG);
    let mut raw = RawClient::open(World::server()).await;
    for (tool, arguments, code) in [
        ("get_contact", json!({"contact": "84246479604", "properties": [long]}), "INVALID_INPUT_ERROR"),
        ("get_contact", json!({"contact": "84246479604", &long: 1}), "INVALID_INPUT_ERROR"),
        ("describe_crm", json!({"about": long}), "INVALID_INPUT_ERROR"),
    ] {
        raw.call(1, tool, arguments).await;
        let answer = raw.answer(1).await;
        let said = answer["result"]["content"][0]["text"].as_str().unwrap();
        assert!(said.len() < LONG / 8 && said.contains(code), "{tool}: {}", shown(said.as_bytes()));
    }
}

async fn ping_over_http(server: &TestServer, session: &str) -> Value {
    answer(server.post("", Some(session), &json!({"jsonrpc": "2.0", "id": 99, "method": "ping"})).await).await
}

#[tokio::test]
async fn over_http() {
    let server = TestServer::open(|_| {}).await;
    let session = server.session("").await;
    for (body, expect) in table() {
        let request =
            server.client.post(server.url("/mcp")).header("content-type", "application/json").body(body.clone());
        let request = request.header("accept", "application/json, text/event-stream");
        let answered = request.header("mcp-session-id", &session).send().await.unwrap();
        match expect {
            Nothing => assert_eq!(answered.status(), StatusCode::ACCEPTED, "{}", shown(&body)),
            Error(id, code) => {
                // A readable message is answered in the session; an unreadable one is refused.
                let expected = if matches!(code, -32601 | -32602) { StatusCode::OK } else { StatusCode::BAD_REQUEST };
                assert_eq!(answered.status(), expected, "{}", shown(&body));
                whole_error(&answer(answered).await, id, code, &body);
            }
        }
        assert_eq!(ping_over_http(&server, &session).await["result"], json!({}), "after {}", shown(&body));
    }
    let request = server.client.post(server.url("/mcp")).header("content-type", "application/json").body(too_long());
    let refused = request.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "TOO_LARGE");
    assert_eq!(ping_over_http(&server, &session).await["result"], json!({}));
}

#[tokio::test]
async fn without_a_session() {
    let server = TestServer::open(|_| {}).await;
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {}});
    let message = |method: &str, params: Value| json!({"jsonrpc": "2.0", "id": 3, "method": method, "params": params});
    let table = [
        ("tools/call", json!({"_meta": meta}), 200, -32602),
        ("no/such", json!({"_meta": meta}), 404, -32601),
        ("tools/list", json!({"_meta": 5}), 400, -32600),
        ("initialize", json!({}), 400, -32602),
        ("tools/list", json!([1]), 400, -32600),
    ];
    for (method, params, status, code) in table {
        let body = message(method, params);
        let request = server.client.post(server.url("/mcp")).json(&body).header("mcp-method", method);
        let request = request.header("accept", "application/json, text/event-stream");
        let answered = request.header("mcp-protocol-version", "2026-07-28").send().await.unwrap();
        assert_eq!(answered.status().as_u16(), status, "{body}");
        whole_error(&answer(answered).await, Some(3), code, method.as_bytes());
    }
}

#[tokio::test]
async fn over_the_sse_transport() {
    let server = TestServer::open(|_| {}).await;
    let mut stream = Events(server.client.get(server.url("/sse")).send().await.unwrap(), String::new());
    let (_, path) = stream.next().await;
    let send = async |body: Vec<u8>| server.client.post(server.url(&path)).body(body).send().await.unwrap();
    let early = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    assert_eq!(send(early.into()).await.status(), StatusCode::ACCEPTED);
    send(hello().to_string().into()).await;
    assert!(stream.next().await.1.contains("serverInfo"), "what came early has ended nothing");
    for (body, expect) in table() {
        let answered = send(body.clone()).await;
        match expect {
            Nothing => assert_eq!(answered.status(), StatusCode::ACCEPTED, "{}", shown(&body)),
            Error(id, code) if answered.status() == StatusCode::BAD_REQUEST => {
                whole_error(&answered.json().await.unwrap(), id, code, &body);
            }
            Error(id, code) => {
                whole_error(&serde_json::from_str(&stream.next().await.1).unwrap(), id, code, &body);
            }
        }
        send(br#"{"jsonrpc":"2.0","id":99,"method":"ping"}"#.to_vec()).await;
        let pong: Value = serde_json::from_str(&stream.next().await.1).unwrap();
        assert_eq!(pong, json!({"jsonrpc": "2.0", "id": 99, "result": {}}), "after {}", shown(&body));
    }
    assert_eq!(send(too_long().into_bytes()).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

/// Returns what the server sends back to these bytes, until it closes the connection or the time is up.
async fn raw(server: &TestServer, sent: &[u8], half_closed: bool) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    // The server may close the connection before it has read everything.
    let _ = stream.write_all(sent).await;
    if half_closed {
        let _ = stream.shutdown().await;
    }
    let mut said = vec![];
    let _ = timeout(PATIENCE, stream.read_to_end(&mut said)).await;
    String::from_utf8_lossy(&said).into_owned()
}

/// Bytes as they arrive on the connection, and the beginning of the answer; other clients are served after each of
/// them.
#[tokio::test(start_paused = true)]
async fn bad_requests_are_refused_and_slow_ones_given_up() {
    let server = TestServer::open(|settings| settings.sessions_required = true).await;
    let host = format!("host: {}\r\n", server.address);
    let post = format!(
        "POST /mcp HTTP/1.1\r\n{host}content-type: application/json\r\naccept: application/json, text/event-stream\r\n"
    );
    let flood: String = (0..200).map(|number| format!("x-{number}: y\r\n")).collect();
    let heavy = format!("x-heavy: {}\r\n", "y".repeat(100_000));
    let body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
    let healthy = format!("GET /healthz HTTP/1.1\r\n{host}connection: close\r\n\r\n");
    let table = [
        (healthy.clone(), "HTTP/1.1 200"),
        ("\u{0}\u{1}\u{2} nonsense \r\n\r\n".to_owned(), "HTTP/1.1 400"),
        (format!("GET /healthz HTTP/1.1\r\n{host}{flood}\r\n"), "HTTP/1.1 431"),
        (format!("GET /healthz HTTP/1.1\r\n{host}{heavy}\r\n"), "HTTP/1.1 431"),
        ("GET /healthz HTTP/1.1\r\n\r\n".to_owned(), "HTTP/1.1 403"),
        (format!("GET /healthz HTTP/1.1\r\n{host}"), ""),
        (format!("{post}content-length: 100\r\n\r\n{body}"), "HTTP/1.1 408"),
        (format!("{post}content-length: 99999999\r\n\r\n{body}"), "HTTP/1.1 413"),
        (format!("{post}transfer-encoding: chunked\r\n\r\nzzz\r\n"), "HTTP/1.1 400"),
        (format!("{post}connection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len()), "HTTP/1.1 400"),
        (format!("DELETE /mcp HTTP/1.1\r\n{host}connection: close\r\n\r\n"), "HTTP/1.1 400"),
    ];
    for (sent, begins) in &table {
        let said = raw(&server, sent.as_bytes(), false).await;
        let shown: String = sent.chars().take(200).collect();
        assert!(said.starts_with(begins), "{shown}\n-> {}", said.chars().take(300).collect::<String>());
        assert!(begins.is_empty() <= said.is_empty() || said.starts_with("HTTP/1.1 408"), "{shown}\n-> {said}");
        // A client that closes its side has left, even if its message was complete.
        raw(&server, sent.as_bytes(), true).await;
        assert!(raw(&server, healthy.as_bytes(), false).await.starts_with("HTTP/1.1 200"), "after {shown}");
    }
}

/// A client that requests a lot and reads nothing does not keep its connection for ever.
#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_is_disconnected() {
    const REQUESTS: usize = 400;
    const ANSWER_BYTES_MIN: usize = 100_000;
    let server = TestServer::open(|_| {}).await;
    let session = server.session("").await;
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "grows", "arguments": {"bytes": ANSWER_BYTES_MIN}}})
    .to_string();
    let request = format!(
        "POST /mcp HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\naccept: application/json, \
         text/event-stream\r\nmcp-session-id: {session}\r\ncontent-length: {}\r\n\r\n{call}",
        server.address,
        call.len()
    );
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(request.repeat(REQUESTS).as_bytes()).await.unwrap();
    sleep(Duration::from_secs(120)).await;
    let mut said = vec![];
    // The server has closed the connection, with or without a reset.
    let _ = stream.read_to_end(&mut said).await;
    assert!(said.len() < REQUESTS * ANSWER_BYTES_MIN, "{} bytes", said.len());
    assert_eq!(ping_over_http(&server, &session).await["result"], json!({}));
}
