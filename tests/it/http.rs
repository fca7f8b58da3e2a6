//! The http front door, in this process and on a loopback port: who may come in, how much, how long.

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use frontdesk::mcp::http::{HttpServer, Settings};
use frontdesk::telemetry;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::misbehaving_tools;
use crate::world::World;

/// A server that has not answered by then never will.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

const ALL: &str = "all-0123456789abcdef";
const CHAT: &str = "chat-0123456789abcdef";

pub(crate) struct Desk {
    pub(crate) address: SocketAddr,
    pub(crate) client: reqwest::Client,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Desk {
    pub(crate) async fn open(change: impl FnOnce(&mut Settings)) -> Desk {
        let mut settings = Settings::new("127.0.0.1:0".parse().unwrap());
        change(&mut settings);
        let door = HttpServer::open(settings).await.unwrap();
        let address = door.address().unwrap();
        let stop = CancellationToken::new();
        let server = World::server().with_tools(misbehaving_tools::all());
        let serving = door.serve(server, stop.clone());
        let serving = tokio::spawn(async move { serving.await.unwrap() });
        let _ = rustls::crypto::ring::default_provider().install_default();
        Desk { address, client: reqwest::Client::new(), stop, serving }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// One message to `/mcp`, as a client with this token and session sends it.
    pub(crate) async fn post(&self, token: &str, session: Option<&str>, message: &Value) -> Response {
        let request = self.client.post(self.url("/mcp")).bearer_auth(token).json(message);
        let request = request.header("accept", "application/json, text/event-stream");
        let request = match session {
            Some(session) => request.header("mcp-session-id", session),
            None => request,
        };
        request.send().await.unwrap()
    }

    /// A session of 2025-11-25.
    pub(crate) async fn session(&self, token: &str) -> String {
        let opened = self.post(token, None, &hello()).await;
        assert_eq!(opened.status(), StatusCode::OK);
        opened.headers()["mcp-session-id"].to_str().unwrap().to_owned()
    }

    async fn ask(&self, token: &str, session: &str, message: &Value) -> Value {
        answer(self.post(token, Some(session), message).await).await
    }
}

pub(crate) fn hello() -> Value {
    json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}})
}

fn list() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
}

fn call(tool: &str, arguments: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
}

/// The message in a stream of events.
pub(crate) async fn answer(response: Response) -> Value {
    let text = response.text().await.unwrap();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: ")).find(|data| data.starts_with('{'));
    serde_json::from_str(data.unwrap_or(&text)).unwrap_or_else(|_| panic!("no answer in {text}"))
}

fn tokens() -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    let tokens = json!({"tokens": [
        {"name": "all", "token": ALL},
        {"name": "chat", "token": CHAT, "read_only": true, "tools": ["check_available", "create_ticket", "sleeps"]},
    ]});
    write!(file, "{tokens}").unwrap();
    file
}

/// Tools beside the shipped ones are unknown to the file, so it names only those.
fn with_tokens(settings: &mut Settings, file: &NamedTempFile) {
    settings.auth_file = Some(file.path().to_owned());
}

fn known_tokens() -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    let chat = json!({"name": "chat", "token": CHAT, "read_only": true, "tools": ["check_available", "create_ticket"]});
    write!(file, "{}", json!({"tokens": [{"name": "all", "token": ALL}, chat]})).unwrap();
    file
}

#[tokio::test]
async fn a_token_opens_what_it_may_and_nothing_else() {
    let file = known_tokens();
    let desk = Desk::open(|settings| with_tokens(settings, &file)).await;
    for stranger in ["", "chat-0123456789abcdeX"] {
        let refused = desk.post(stranger, None, &hello()).await;
        assert_eq!(
            (refused.status(), &refused.headers()["www-authenticate"]),
            (StatusCode::UNAUTHORIZED, &"Bearer".parse().unwrap())
        );
    }
    let (all, chat) = (desk.session(ALL).await, desk.session(CHAT).await);
    let names = async |token: &str, session: &str| {
        let tools = desk.ask(token, session, &list()).await["result"]["tools"].as_array().unwrap().clone();
        tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(names(ALL, &all).await.len() >= 6);
    assert_eq!(names(CHAT, &chat).await, ["check_available"]);
    let ticket = call("create_ticket", json!({"cus_cid": "84246479604", "issue": "It beeps."}));
    let refused = desk.ask(CHAT, &chat, &ticket).await;
    assert!(refused["result"]["content"][0]["text"].as_str().unwrap().contains("FORBIDDEN_ERROR"), "{refused}");
    assert_eq!(desk.ask(ALL, &all, &ticket).await["result"]["isError"], false);
    // A session is nobody else's, however one came to know its name.
    assert_eq!(desk.post(CHAT, Some(&all), &list()).await.status(), StatusCode::NOT_FOUND);
}

/// What one caller walks through is nothing to another, by tool and by resource; nor is the account's staff.
#[tokio::test]
async fn a_caller_keeps_what_is_theirs() {
    let file = known_tokens();
    let desk = Desk::open(|settings| with_tokens(settings, &file)).await;
    let (all, chat) = (desk.session(ALL).await, desk.session(CHAT).await);
    let begun = desk.ask(ALL, &all, &call("taskgraph_start", json!({}))).await;
    let walk = begun["result"]["structuredContent"]["session"].as_str().unwrap().to_owned();
    let uri = format!("taskgraph-session://{walk}");
    let read = json!({"jsonrpc": "2.0", "id": 3, "method": "resources/read", "params": {"uri": uri}});
    let own = desk.ask(ALL, &all, &read).await;
    assert!(own["result"]["contents"][0]["text"].as_str().unwrap().contains(&walk), "{own}");
    assert_eq!(desk.ask(CHAT, &chat, &read).await["error"]["code"], -32002);
    let watch = json!({"jsonrpc": "2.0", "id": 5, "method": "resources/subscribe", "params": {"uri": uri}});
    assert_eq!(desk.ask(CHAT, &chat, &watch).await["error"]["code"], -32002, "not even that it changes");
    assert_eq!(desk.ask(ALL, &all, &watch).await["result"], json!({}));
    let other_session = desk.session(ALL).await;
    assert!(desk.ask(ALL, &other_session, &read).await["result"].is_object(), "a caller may come back");

    let complete = json!({"jsonrpc": "2.0", "id": 4, "method": "completion/complete", "params": {
        "ref": {"type": "ref/prompt", "name": "book_meeting"}, "argument": {"name": "owner", "value": ""}}});
    let owners = async |token, session| {
        let answer = desk.ask(token, session, &complete).await;
        answer["result"]["completion"]["values"].as_array().unwrap().len()
    };
    assert!(owners(ALL, &all).await > 0 && owners(CHAT, &chat).await == 0);
}

/// A subscription of 2026-07-28 is accepted before it is known whose it is.
#[tokio::test]
async fn a_caller_hears_of_no_steps_of_others() {
    let file = known_tokens();
    let desk = Desk::open(|settings| with_tokens(settings, &file)).await;
    let session = desk.session(ALL).await;
    let begun = desk.ask(ALL, &session, &call("taskgraph_start", json!({}))).await;
    let walk = &begun["result"]["structuredContent"]["session"];
    let uri = format!("taskgraph-session://{}", walk.as_str().unwrap());
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {}});
    let listen = json!({"jsonrpc": "2.0", "id": 7, "method": "subscriptions/listen",
        "params": {"notifications": {"resourceSubscriptions": [uri], "toolsListChanged": true}, "_meta": meta}});
    let listen = async |token: &str| {
        let request = desk.client.post(desk.url("/mcp")).bearer_auth(token).json(&listen);
        let request = request.header("mcp-method", "subscriptions/listen").header("mcp-protocol-version", "2026-07-28");
        Events(request.header("accept", "application/json, text/event-stream").send().await.unwrap(), String::new())
    };
    let (mut owner, mut other) = (listen(ALL).await, listen(CHAT).await);
    for stream in [&mut owner, &mut other] {
        assert!(stream.next().await.1.contains("acknowledged"));
    }
    // Whether it may hear is looked up after that.
    while owner.1.is_empty() {
        desk.ask(ALL, &session, &call("taskgraph_step", json!({"session": walk, "user_text": "Hello!"}))).await;
        if let Ok(heard) = tokio::time::timeout(Duration::from_millis(100), owner.next()).await {
            assert!(heard.1.contains("resources/updated") && heard.1.contains(&uri), "{heard:?}");
            break;
        }
    }
    desk.stop.cancel();
    let rest = other.0.text().await.unwrap();
    assert!(!rest.contains("updated"), "{rest}");
}

#[tokio::test]
async fn a_file_of_tokens_that_names_unknown_tools_is_refused() {
    let file = tokens();
    let settings =
        Settings { auth_file: Some(file.path().to_owned()), ..Settings::new("127.0.0.1:0".parse().unwrap()) };
    let error = HttpServer::open(settings).await.unwrap_err().to_string();
    assert!(error.contains("`sleeps`") && !error.contains(CHAT), "{error}");
}

#[tokio::test]
async fn pages_of_configured_origins_alone_may_read_answers() {
    let origin = "https://app.example.com";
    let desk = Desk::open(|settings| settings.allowed_origins = vec![origin.to_owned()]).await;
    let preflight = async |from: &str| {
        let request = desk.client.request(reqwest::Method::OPTIONS, desk.url("/mcp")).header("origin", from);
        let request = request.header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "authorization,mcp-param-value").send().await.unwrap()
    };
    let allowed = preflight(origin).await;
    assert_eq!(allowed.headers()["access-control-allow-origin"], origin);
    assert_eq!(allowed.headers()["access-control-allow-headers"], "authorization,mcp-param-value");
    assert!(preflight("http://localhost:6274").await.headers().get("access-control-allow-origin").is_none());
    assert_eq!(preflight("https://evil.example").await.status(), StatusCode::FORBIDDEN);
    let answered = desk.client.get(desk.url("/healthz")).header("origin", origin).send().await.unwrap();
    assert_eq!(answered.headers()["access-control-allow-origin"], origin);
    let wrong = Settings { allowed_origins: vec!["app.example.com".into()], ..Settings::new(desk.address) };
    assert!(HttpServer::open(wrong).await.unwrap_err().to_string().contains("app.example.com"));
}

#[tokio::test]
async fn who_calls_too_often_is_told_when_to_come_back() {
    let file = known_tokens();
    let desk = Desk::open(|settings| {
        with_tokens(settings, &file);
        settings.calls_per_second = Some(5);
    })
    .await;
    let session = desk.session(ALL).await;
    let mut refused = None;
    for _ in 0..40 {
        let answered = desk.post(ALL, Some(&session), &list()).await;
        if answered.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answered);
            break;
        }
    }
    assert_eq!(refused.expect("forty are too many").headers()["retry-after"], "1");
    desk.session(CHAT).await;
}

#[tokio::test]
async fn old_sessions_make_way_for_new_ones() {
    let desk = Desk::open(|settings| settings.sessions_max = 3).await;
    let mut sessions = vec![];
    for _ in 0..20 {
        sessions.push(desk.session("").await);
    }
    let alive = async |session: &String| desk.post("", Some(session), &list()).await.status() == StatusCode::OK;
    for old in &sessions[..17] {
        assert!(!alive(old).await);
    }
    for new in &sessions[17..] {
        assert!(alive(new).await);
    }
}

/// Whoever opens many ends their own sessions, on both transports.
#[tokio::test]
async fn one_caller_throws_nobody_else_out() {
    let file = known_tokens();
    let desk = Desk::open(|settings| {
        with_tokens(settings, &file);
        settings.sessions_max = 4;
    })
    .await;
    let session = desk.session(ALL).await;
    let stream = async |token: &str| {
        Events(desk.client.get(desk.url("/sse")).bearer_auth(token).send().await.unwrap(), String::new())
    };
    let mut own = stream(ALL).await;
    let (_, path) = own.next().await;
    let mut others = vec![];
    for _ in 0..12 {
        desk.session(CHAT).await;
        others.push(stream(CHAT).await);
    }
    assert_eq!(desk.post(ALL, Some(&session), &list()).await.status(), StatusCode::OK);
    let request = desk.client.post(desk.url(&path)).bearer_auth(ALL).body(hello().to_string());
    assert_eq!(request.send().await.unwrap().status(), StatusCode::ACCEPTED);
    assert!(own.next().await.1.contains("serverInfo"));
}

#[tokio::test]
async fn numbers_are_shown_to_who_may_call() {
    let desk = Desk::open(|settings| {
        settings.auth_token = Some(ALL.into());
        settings.metrics = Some(telemetry::metrics().unwrap());
    })
    .await;
    let session = desk.session(ALL).await;
    desk.ask(ALL, &session, &call("find_contact_by_email", json!({"email": "sarah@gmail.com"}))).await;
    assert_eq!(desk.client.get(desk.url("/metrics")).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let shown = desk.client.get(desk.url("/metrics")).bearer_auth(ALL).send().await.unwrap();
    assert!(shown.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
    let text = shown.text().await.unwrap();
    for expected in [
        "mcp_calls_total{tool=\"find_contact_by_email\",code=\"ok\"}",
        "mcp_call_seconds_bucket{tool=\"find_contact_by_email\",le=",
        "mcp_calls_under_way ",
        "mcp_sessions ",
        "hubspot_requests_total{",
    ] {
        assert!(text.contains(expected), "{expected} is missing in\n{text}");
    }
    assert!(!text.contains("sarah") && !text.contains(ALL));
}

#[tokio::test(start_paused = true)]
async fn asked_to_stop_it_ends_what_runs_and_refuses_the_rest() {
    let desk = Desk::open(|_| {}).await;
    let seconds = 1;
    let session = desk.session("").await;
    let sleeps = call("sleeps", json!({"seconds": seconds}));
    let running = async { answer(desk.post("", Some(&session), &sleeps).await).await };
    let stopping = async {
        misbehaving_tools::fell_asleep(seconds).await;
        desk.stop.cancel();
    };
    let (answered, ()) = tokio::join!(running, stopping);
    assert_eq!(answered["result"]["structuredContent"]["text"], "rested");
    desk.serving.await.unwrap();
    assert!(TcpStream::connect(desk.address).await.is_err(), "nobody listens any more");
}

/// The transport of 2024-11-05, message by message.
#[tokio::test]
async fn the_old_transport_is_served_beside_the_new() {
    let desk = Desk::open(|settings| settings.auth_token = Some(ALL.into())).await;
    assert_eq!(desk.client.get(desk.url("/sse")).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let foreign =
        desk.client.get(desk.url("/sse")).bearer_auth(ALL).header("host", "evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let mut stream = Events(desk.client.get(desk.url("/sse")).bearer_auth(ALL).send().await.unwrap(), String::new());
    let (kind, path) = stream.next().await;
    assert!(kind == "endpoint" && path.starts_with("/messages?session_id="), "{kind} {path}");
    let send = async |path: &str, body: String| {
        let request = desk.client.post(desk.url(path)).bearer_auth(ALL).header("content-type", "application/json");
        request.body(body).send().await.unwrap().status()
    };
    assert_eq!(send(&path, hello().to_string()).await, StatusCode::ACCEPTED);
    let opened: Value = serde_json::from_str(&stream.next().await.1).unwrap();
    assert_eq!(opened["result"]["serverInfo"]["name"], "frontdesk");
    assert_eq!(
        send(&path, json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string()).await,
        StatusCode::ACCEPTED
    );
    assert_eq!(
        send(&path, call("find_contact_by_email", json!({"email": "sarah@gmail.com"})).to_string()).await,
        StatusCode::ACCEPTED
    );
    let found: Value = serde_json::from_str(&stream.next().await.1).unwrap();
    assert_eq!(found["result"]["structuredContent"]["contact_id"], "84246479604");
    assert_eq!(send(&path, "nonsense".into()).await, StatusCode::BAD_REQUEST);
    for strange in ["/messages", "/messages?session_id=1", "/messages?session_id=00000000000000000000000000000000"] {
        assert_eq!(send(strange, list().to_string()).await, StatusCode::NOT_FOUND, "{strange}");
    }
    drop(stream);
    let forgotten = async { while send(&path, list().to_string()).await != StatusCode::NOT_FOUND {} };
    tokio::time::timeout(PATIENCE, forgotten).await.expect("the session ends with its stream");
}

#[tokio::test]
async fn the_old_transport_can_be_left_out_and_has_an_end() {
    let without = Desk::open(|settings| settings.sse = false).await;
    assert_eq!(without.client.get(without.url("/sse")).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let desk = Desk::open(|settings| settings.sessions_max = 2).await;
    let first = desk.client.get(desk.url("/sse")).send().await.unwrap();
    let second = desk.client.get(desk.url("/sse")).send().await.unwrap();
    assert_eq!((first.status(), second.status()), (StatusCode::OK, StatusCode::OK));
    let third = desk.client.get(desk.url("/sse")).send().await.unwrap();
    assert_eq!(third.status(), StatusCode::OK);
    let ended = tokio::time::timeout(PATIENCE, first.text()).await.expect("the oldest makes way");
    assert!(ended.unwrap().contains("endpoint"));
}

/// A stream of events, and what of it is not read yet.
pub(crate) struct Events(pub(crate) Response, pub(crate) String);

impl Events {
    pub(crate) async fn next(&mut self) -> (String, String) {
        loop {
            if let Some((event, rest)) = self.1.split_once("\n\n") {
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned()
                };
                let found = (field("event:"), field("data:"));
                self.1 = rest.to_owned();
                return found;
            }
            let chunk = self.0.chunk().await.unwrap().expect("the stream ended");
            self.1 += std::str::from_utf8(&chunk).unwrap();
        }
    }
}
