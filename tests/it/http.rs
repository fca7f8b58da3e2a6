//! MCP over HTTP in this process, on a loopback port: authentication, limits and shutdown.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use frontdesk::mcp::Server;
use frontdesk::mcp::http::{HttpServer, Settings};
use frontdesk::telemetry;
use futures::future::join_all;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::misbehaving_tools;
use crate::world::World;

/// The longest to wait for an answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const ALL: &str = "all-0123456789abcdef";
pub(crate) const CHAT: &str = "chat-0123456789abcdef";

pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) client: reqwest::Client,
    /// Asks for the tokens to be read again.
    pub(crate) reload: Option<Arc<Notify>>,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl TestServer {
    pub(crate) async fn open(change: impl FnOnce(&mut Settings)) -> TestServer {
        TestServer::serving(World::server(), change).await
    }

    /// Serves this server, and the misbehaving tools beside its own.
    pub(crate) async fn serving(server: Server, change: impl FnOnce(&mut Settings)) -> TestServer {
        let mut settings = Settings::new("127.0.0.1:0".parse().unwrap());
        change(&mut settings);
        let listener = HttpServer::open(settings).await.unwrap();
        let address = listener.address().unwrap();
        let (stop, reload) = (CancellationToken::new(), listener.token_reload());
        let serving = listener.serve(server.with_tools(misbehaving_tools::all()), stop.clone());
        let serving = tokio::spawn(async move { serving.await.unwrap() });
        let _ = rustls::crypto::ring::default_provider().install_default();
        TestServer { address, client: reqwest::Client::new(), reload, stop, serving }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Posts one message to `/mcp` with this token and session.
    pub(crate) async fn post(&self, token: &str, session: Option<&str>, message: &Value) -> Response {
        let request = self.client.post(self.url("/mcp")).bearer_auth(token).json(message);
        let request = request.header("accept", "application/json, text/event-stream");
        let request = match session {
            Some(session) => request.header("mcp-session-id", session),
            None => request,
        };
        request.send().await.unwrap()
    }

    /// Opens a session of 2025-11-25.
    pub(crate) async fn session(&self, token: &str) -> String {
        self.session_of("2025-11-25", token).await
    }

    /// Opens a session of this revision.
    pub(crate) async fn session_of(&self, version: &str, token: &str) -> String {
        let mut hello = hello();
        hello["params"]["protocolVersion"] = version.into();
        let opened = self.post(token, None, &hello).await;
        assert_eq!(opened.status(), StatusCode::OK);
        opened.headers()["mcp-session-id"].to_str().unwrap().to_owned()
    }

    pub(crate) async fn ask(&self, token: &str, session: &str, message: &Value) -> Value {
        answer(self.post(token, Some(session), message).await).await
    }
}

pub(crate) fn hello() -> Value {
    json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}})
}

pub(crate) fn list() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
}

pub(crate) fn call(tool: &str, arguments: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
}

/// The message in a stream of server-sent events.
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

/// The token file accepts only the names of shipped tools, so it names only those.
fn with_tokens(settings: &mut Settings, file: &NamedTempFile) {
    settings.auth_file = Some(file.path().to_owned());
}

pub(crate) fn known_tokens() -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    let chat = json!({"name": "chat", "token": CHAT, "read_only": true, "tools": ["check_available", "create_ticket"]});
    write!(file, "{}", json!({"tokens": [{"name": "all", "token": ALL}, chat]})).unwrap();
    file
}

#[tokio::test]
async fn a_token_grants_its_own_permissions_only() {
    let file = known_tokens();
    let server = TestServer::open(|settings| with_tokens(settings, &file)).await;
    for stranger in ["", "chat-0123456789abcdeX"] {
        let refused = server.post(stranger, None, &hello()).await;
        assert_eq!(
            (refused.status(), &refused.headers()["www-authenticate"]),
            (StatusCode::UNAUTHORIZED, &"Bearer".parse().unwrap())
        );
    }
    let (all, chat) = (server.session(ALL).await, server.session(CHAT).await);
    let names = async |token: &str, session: &str| {
        let tools = server.ask(token, session, &list()).await["result"]["tools"].as_array().unwrap().clone();
        tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(names(ALL, &all).await.len() >= 6);
    assert_eq!(names(CHAT, &chat).await, ["check_available"]);
    let ticket = call("create_ticket", json!({"cus_cid": "84246479604", "issue": "It beeps."}));
    let refused = server.ask(CHAT, &chat, &ticket).await;
    assert!(refused["result"]["content"][0]["text"].as_str().unwrap().contains("FORBIDDEN_ERROR"), "{refused}");
    assert_eq!(server.ask(ALL, &all, &ticket).await["result"]["isError"], false);
    // A session belongs to its caller, even if another caller knows its id.
    assert_eq!(server.post(CHAT, Some(&all), &list()).await.status(), StatusCode::NOT_FOUND);
}

/// A caller can read no taskgraph session of another caller, by tool or by resource, and no owners of the account.
#[tokio::test]
async fn a_caller_cannot_use_the_sessions_of_others() {
    let file = known_tokens();
    let server = TestServer::open(|settings| with_tokens(settings, &file)).await;
    let (all, chat) = (server.session(ALL).await, server.session(CHAT).await);
    let begun = server.ask(ALL, &all, &call("taskgraph_start", json!({}))).await;
    let begun_session = begun["result"]["structuredContent"]["session"].as_str().unwrap().to_owned();
    let uri = format!("taskgraph-session://{begun_session}");
    let read = json!({"jsonrpc": "2.0", "id": 3, "method": "resources/read", "params": {"uri": uri}});
    let own = server.ask(ALL, &all, &read).await;
    assert!(own["result"]["contents"][0]["text"].as_str().unwrap().contains(&begun_session), "{own}");
    assert_eq!(server.ask(CHAT, &chat, &read).await["error"]["code"], -32002);
    let watch = json!({"jsonrpc": "2.0", "id": 5, "method": "resources/subscribe", "params": {"uri": uri}});
    assert_eq!(server.ask(CHAT, &chat, &watch).await["error"]["code"], -32002, "not even that it changes");
    assert_eq!(server.ask(ALL, &all, &watch).await["result"], json!({}));
    let other_session = server.session(ALL).await;
    assert!(server.ask(ALL, &other_session, &read).await["result"].is_object(), "a caller may come back");

    let complete = json!({"jsonrpc": "2.0", "id": 4, "method": "completion/complete", "params": {
        "ref": {"type": "ref/prompt", "name": "book_meeting"}, "argument": {"name": "owner", "value": ""}}});
    let owners = async |token, session| {
        let answer = server.ask(token, session, &complete).await;
        answer["result"]["completion"]["values"].as_array().unwrap().len()
    };
    assert!(owners(ALL, &all).await > 0 && owners(CHAT, &chat).await == 0);
}

/// A subscription of 2026-07-28 is accepted before the owner of the session is known.
#[tokio::test]
async fn a_caller_is_not_notified_of_the_steps_of_others() {
    let file = known_tokens();
    let server = TestServer::open(|settings| with_tokens(settings, &file)).await;
    let session = server.session(ALL).await;
    let begun = server.ask(ALL, &session, &call("taskgraph_start", json!({}))).await;
    let begun_session = &begun["result"]["structuredContent"]["session"];
    let uri = format!("taskgraph-session://{}", begun_session.as_str().unwrap());
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {}});
    let listen = json!({"jsonrpc": "2.0", "id": 7, "method": "subscriptions/listen",
        "params": {"notifications": {"resourceSubscriptions": [uri], "toolsListChanged": true}, "_meta": meta}});
    let listen = async |token: &str| {
        let request = server.client.post(server.url("/mcp")).bearer_auth(token).json(&listen);
        let request = request.header("mcp-method", "subscriptions/listen").header("mcp-protocol-version", "2026-07-28");
        Events(request.header("accept", "application/json, text/event-stream").send().await.unwrap(), String::new())
    };
    let (mut owner, mut other) = (listen(ALL).await, listen(CHAT).await);
    for stream in [&mut owner, &mut other] {
        assert!(stream.next().await.1.contains("acknowledged"));
    }
    // Permission to receive notifications is checked afterwards.
    while owner.1.is_empty() {
        server
            .ask(ALL, &session, &call("taskgraph_step", json!({"session": begun_session, "user_text": "Hello!"})))
            .await;
        if let Ok(heard) = tokio::time::timeout(Duration::from_millis(100), owner.next()).await {
            assert!(heard.1.contains("resources/updated") && heard.1.contains(&uri), "{heard:?}");
            break;
        }
    }
    server.stop.cancel();
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
async fn only_configured_origins_may_read_responses() {
    let origin = "https://app.example.com";
    let server = TestServer::open(|settings| settings.allowed_origins = vec![origin.to_owned()]).await;
    let preflight = async |from: &str| {
        let request = server.client.request(reqwest::Method::OPTIONS, server.url("/mcp")).header("origin", from);
        let request = request.header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "authorization,mcp-param-value").send().await.unwrap()
    };
    let allowed = preflight(origin).await;
    assert_eq!(allowed.headers()["access-control-allow-origin"], origin);
    assert_eq!(allowed.headers()["access-control-allow-headers"], "authorization,mcp-param-value");
    assert!(preflight("http://localhost:6274").await.headers().get("access-control-allow-origin").is_none());
    assert_eq!(preflight("https://evil.example").await.status(), StatusCode::FORBIDDEN);
    let answered = server.client.get(server.url("/healthz")).header("origin", origin).send().await.unwrap();
    assert_eq!(answered.headers()["access-control-allow-origin"], origin);
    let wrong = Settings { allowed_origins: vec!["app.example.com".into()], ..Settings::new(server.address) };
    assert!(HttpServer::open(wrong).await.unwrap_err().to_string().contains("app.example.com"));
}

#[tokio::test]
async fn too_many_calls_are_refused_with_retry_after() {
    let file = known_tokens();
    let server = TestServer::open(|settings| {
        with_tokens(settings, &file);
        settings.calls_per_second = Some(5);
    })
    .await;
    let session = server.session(ALL).await;
    // All at once: one after the other they could be slower than the limit on a busy machine.
    let list = list();
    let answers = join_all((0..40).map(|_| server.post(ALL, Some(&session), &list))).await;
    let refused = answers.into_iter().find(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.expect("forty are too many").headers()["retry-after"], "1");
    server.session(CHAT).await;
}

#[tokio::test]
async fn a_session_ends_once() {
    let server = TestServer::open(|_| {}).await;
    let end = async |session: &str| {
        let request = server.client.delete(server.url("/mcp")).header("mcp-session-id", session);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    let session = server.session("").await;
    assert_eq!(end(&session).await.0, StatusCode::ACCEPTED);
    for gone in [&session, "never-opened"] {
        let (status, said) = end(gone).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(said.contains("NOT_FOUND"), "{said}");
    }
}

#[tokio::test]
async fn idle_sessions_are_evicted_for_new_ones() {
    let server = TestServer::open(|settings| settings.sessions_max = 3).await;
    let mut sessions = vec![];
    for _ in 0..20 {
        sessions.push(server.session("").await);
    }
    let alive = async |session: &String| server.post("", Some(session), &list()).await.status() == StatusCode::OK;
    for old in &sessions[..17] {
        assert!(!alive(old).await);
    }
    for new in &sessions[17..] {
        assert!(alive(new).await);
    }
}

/// A caller who opens too many sessions ends their own, on both transports.
#[tokio::test]
async fn one_caller_evicts_no_session_of_others() {
    let file = known_tokens();
    let server = TestServer::open(|settings| {
        with_tokens(settings, &file);
        settings.sessions_max = 4;
    })
    .await;
    let session = server.session(ALL).await;
    let stream = async |token: &str| {
        Events(server.client.get(server.url("/sse")).bearer_auth(token).send().await.unwrap(), String::new())
    };
    let mut own = stream(ALL).await;
    let (_, path) = own.next().await;
    let mut others = vec![];
    for _ in 0..12 {
        server.session(CHAT).await;
        others.push(stream(CHAT).await);
    }
    assert_eq!(server.post(ALL, Some(&session), &list()).await.status(), StatusCode::OK);
    let request = server.client.post(server.url(&path)).bearer_auth(ALL).body(hello().to_string());
    assert_eq!(request.send().await.unwrap().status(), StatusCode::ACCEPTED);
    assert!(own.next().await.1.contains("serverInfo"));
}

#[tokio::test]
async fn metrics_are_shown_to_authenticated_callers() {
    let server = TestServer::open(|settings| {
        settings.auth_token = Some(ALL.into());
        settings.metrics = Some(telemetry::metrics().unwrap());
    })
    .await;
    let session = server.session(ALL).await;
    server.ask(ALL, &session, &call("find_contact_by_email", json!({"email": "sarah@gmail.com"}))).await;
    assert_eq!(server.client.get(server.url("/metrics")).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let shown = server.client.get(server.url("/metrics")).bearer_auth(ALL).send().await.unwrap();
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

/// A call that its client cancels leaves a trace like any other.
#[tokio::test]
async fn a_cancelled_call_is_counted() {
    let metrics = telemetry::metrics().unwrap();
    let server = TestServer::open(|_| {}).await;
    let session = server.session("").await;
    let seconds = 20;
    let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 2}});
    let cancelling = async {
        misbehaving_tools::wait_until_asleep(seconds).await;
        server.post("", Some(&session), &cancel).await;
        misbehaving_tools::wait_until_awake(seconds).await;
    };
    let sleeps = call("sleeps", json!({"seconds": seconds}));
    tokio::join!(server.post("", Some(&session), &sleeps), cancelling);
    let text = metrics.render();
    assert!(text.contains("mcp_calls_total{tool=\"sleeps\",code=\"cancelled\"}"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn shutdown_finishes_running_calls_and_refuses_new_ones() {
    let server = TestServer::open(|_| {}).await;
    let seconds = 1;
    let session = server.session("").await;
    let sleeps = call("sleeps", json!({"seconds": seconds}));
    let running = async { answer(server.post("", Some(&session), &sleeps).await).await };
    let stopping = async {
        misbehaving_tools::wait_until_asleep(seconds).await;
        server.stop.cancel();
    };
    let (answered, ()) = tokio::join!(running, stopping);
    assert_eq!(answered["result"]["structuredContent"]["text"], "rested");
    server.serving.await.unwrap();
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody listens any more");
}

/// The HTTP+SSE transport of 2024-11-05, message by message.
#[tokio::test]
async fn the_sse_transport_is_served_beside_streamable_http() {
    let server = TestServer::open(|settings| settings.auth_token = Some(ALL.into())).await;
    assert_eq!(server.client.get(server.url("/sse")).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let foreign =
        server.client.get(server.url("/sse")).bearer_auth(ALL).header("host", "evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let mut stream =
        Events(server.client.get(server.url("/sse")).bearer_auth(ALL).send().await.unwrap(), String::new());
    let (kind, path) = stream.next().await;
    assert!(kind == "endpoint" && path.starts_with("/messages?session_id="), "{kind} {path}");
    let send = async |path: &str, body: String| {
        let request = server.client.post(server.url(path)).bearer_auth(ALL).header("content-type", "application/json");
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
async fn the_sse_transport_can_be_disabled_and_ends_at_shutdown() {
    let without = TestServer::open(|settings| settings.sse = false).await;
    assert_eq!(without.client.get(without.url("/sse")).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let server = TestServer::open(|settings| settings.sessions_max = 2).await;
    let first = server.client.get(server.url("/sse")).send().await.unwrap();
    let second = server.client.get(server.url("/sse")).send().await.unwrap();
    assert_eq!((first.status(), second.status()), (StatusCode::OK, StatusCode::OK));
    let third = server.client.get(server.url("/sse")).send().await.unwrap();
    assert_eq!(third.status(), StatusCode::OK);
    let ended = tokio::time::timeout(PATIENCE, first.text()).await.expect("the oldest makes way");
    assert!(ended.unwrap().contains("endpoint"));
}

/// A stream of server-sent events, with the bytes that are not read yet.
pub(crate) struct Events(pub(crate) Response, pub(crate) String);

impl Events {
    /// The kind and the data of the next event.
    pub(crate) async fn next(&mut self) -> (String, String) {
        let event = self.event().await.expect("the stream ended");
        (field(&event, "event:"), field(&event, "data:"))
    }

    /// The id and the data of the next event; `None` at the end of the stream.
    pub(crate) async fn with_id(&mut self) -> Option<(String, String)> {
        let event = self.event().await?;
        Some((field(&event, "id:"), field(&event, "data:")))
    }

    async fn event(&mut self) -> Option<String> {
        loop {
            if let Some((event, rest)) = self.1.split_once("\n\n") {
                let event = event.to_owned();
                self.1 = rest.to_owned();
                return Some(event);
            }
            let chunk = self.0.chunk().await.unwrap()?;
            self.1 += std::str::from_utf8(&chunk).unwrap();
        }
    }
}

fn field(event: &str, name: &str) -> String {
    event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned()
}
