//! Any body of a request to the chat page's interface is answered within a second by a status that HTTP has and, if it fails, by
//! a JSON body with code, message and hint. Messages that are taken are answered too: a panic there ends the run.
//!
//! The first byte of an input chooses the request, the rest is its body. One page takes all inputs, so that what one request
//! leaves behind counts against the memory limit. Run with `cargo +nightly fuzz run chat_bodies`.

#![no_main]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{Request, StatusCode};
use domain::clock::Clock;
use frontdesk::chat::desk::{ChatDesk, DeskSettings};
use frontdesk::chat::limits::TurnLimits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::visitor::Trust;
use frontdesk::mcp::Server;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::mcp::http::VisitorRoutes;
use frontdesk::tool::Ctx;
use frontdesk::web::chat_page::ChatPage;
use frontdesk::web::settings::{Settings, VisitorLimits};
use http_body_util::BodyExt;
use http_client::InProcess;
use hubspot_client::HubSpot;
use hubspot_sandbox::Sandbox;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tokio::runtime::Runtime;

/// The longest that an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(1);
/// The requests, by method and path. Most inputs are messages.
const REQUESTS: [(&str, &str); 6] = [
    ("POST", "send"),
    ("POST", "send"),
    ("POST", "send"),
    ("POST", "start"),
    ("POST", "end"),
    ("GET", "events?after=0"),
];

/// The page, and the conversation in which messages are sent.
struct Page {
    runtime: Runtime,
    routes: Arc<ChatPage>,
    session: Mutex<String>,
    addresses: AtomicU32,
}

static PAGE: OnceLock<Page> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let page = PAGE.get_or_init(Page::open);
    let (method, path) = REQUESTS[usize::from(*first) % REQUESTS.len()];
    let began = Instant::now();
    let (status, answer) = page.ask(method, path, body);
    assert!(began.elapsed() < ANSWER_MAX, "{:?}", began.elapsed());
    assert!(status.as_u16() < 500 || status == StatusCode::SERVICE_UNAVAILABLE, "{status}: {answer}");
    if status.as_u16() >= 400 {
        assert!(["code", "message", "hint"].iter().all(|name| answer[*name].is_string()), "{answer}");
    }
    let is_over = [StatusCode::NOT_FOUND, StatusCode::CONFLICT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    if is_over || path == "end" {
        page.begin();
    }
});

impl Page {
    fn open() -> Page {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime needs nothing special");
        let routes = runtime.block_on(async {
            let settings = DeskSettings {
                graph: None,
                persona: Persona::default(),
                limits: TurnLimits::default(),
                trust: Trust::Claimed,
                representative: None,
            };
            let desk = ChatDesk::new(server(), settings).await.expect("the shipped graph is there");
            let limits =
                VisitorLimits { messages_per_minute: 100_000, starts_per_minute: 100_000, ..VisitorLimits::default() };
            Arc::new(ChatPage::new(desk, Settings { limits, ..Settings::default() }, Clock::System, None))
        });
        let page = Page { runtime, routes, session: Mutex::default(), addresses: AtomicU32::default() };
        page.begin();
        page
    }

    /// Begins a conversation from another address, so that no limit of one address is what is tested.
    fn begin(&self) {
        self.addresses.fetch_add(1, Ordering::Relaxed);
        let (status, started) = self.ask("POST", "start", b"{}");
        assert!(status.is_success() || status == StatusCode::SERVICE_UNAVAILABLE, "{status}: {started}");
        *self.session.lock().expect("nobody panics") = started["session"].as_str().unwrap_or_default().to_owned();
    }

    fn ask(&self, method: &str, path: &str, body: &[u8]) -> (StatusCode, Value) {
        let session = self.session.lock().expect("nobody panics").clone();
        let request = Request::builder().method(method).uri(format!("/chat/api/{path}"));
        let request = request.header("host", "localhost").header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {session}")).body(());
        let (head, ()) = request.expect("its parts are whole").into_parts();
        let address = IpAddr::V4(Ipv4Addr::from_bits(self.addresses.load(Ordering::Relaxed)));
        self.runtime.block_on(async {
            let answer = self.routes.respond(head, Bytes::copy_from_slice(body), address).await;
            let status = answer.status();
            let body = answer.into_body().collect().await.expect("it is not cut").to_bytes();
            (status, serde_json::from_slice(&body).unwrap_or_default())
        })
    }
}

fn server() -> Server {
    let sandbox = Sandbox::new(hubspot_sandbox::Settings::default());
    let transport = InProcess(sandbox.router());
    let clock = Clock::System;
    let hubspot = HubSpot::new(transport, Some(sandbox.token().into()), hubspot_client::Settings::default(), clock);
    let taskgraphs = Arc::new(frontdesk::app::taskgraphs::load(None).expect("the shipped taskgraphs load"));
    Server::new(Ctx::new(hubspot, clock), taskgraphs, CallLimits::new(Duration::from_secs(30)))
}
