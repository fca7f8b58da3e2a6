//! Any body of a request to `/mcp` is answered within a second by a status that HTTP has and, if it fails, a JSON body.
//!
//! One server listens on loopback for all inputs, so that what one request leaves behind counts against the memory
//! limit. Run with `cargo +nightly fuzz run http_bodies`.

#![no_main]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::clock::Clock;
use frontdesk::mcp::Server;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::mcp::http::{HttpServer, Settings};
use frontdesk::tool::Ctx;
use http_client::InProcess;
use hubspot_client::HubSpot;
use hubspot_sandbox::Sandbox;
use libfuzzer_sys::fuzz_target;
use tokio_util::sync::CancellationToken;

/// The longest that an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(1);

static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let address = *ADDRESS.get_or_init(serve);
    let answer = ask(address, data);
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let status: u16 = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("an answer has a status");
    assert!((200..500).contains(&status) || status == 503, "{head}");
    if status >= 400 {
        let body: serde_json::Value = serde_json::from_str(body).expect("an error body is JSON");
        assert!(body["error"].is_object(), "{body}");
    }
});

/// Posts a body on a connection of its own and reads the answer to its end.
fn ask(address: SocketAddr, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(ANSWER_MAX)).expect("a socket has a timeout");
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("the server reads the head");
    // The server may refuse before it has read all.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the answer comes in time");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Starts the server on a thread of its own and returns its address.
fn serve() -> SocketAddr {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.expect("a runtime needs nothing special").block_on(async {
            let settings = Settings::new("127.0.0.1:0".parse().expect("an address"));
            let listener = HttpServer::open(settings).await.expect("loopback has free ports");
            tell.send(listener.address().expect("it is bound")).expect("the fuzzer waits");
            listener.serve(server(), CancellationToken::new()).await.expect("it serves until the process ends");
        });
    });
    told.recv().expect("the server starts")
}

fn server() -> Server {
    let sandbox = Sandbox::new(hubspot_sandbox::Settings::default());
    let transport = InProcess(sandbox.router());
    let clock = Clock::System;
    let hubspot =
        HubSpot::new(transport, Some(sandbox.token().into()), hubspot_client::Settings::default(), clock.clone());
    let taskgraphs = Arc::new(frontdesk::app::taskgraphs::load(None).expect("the shipped taskgraphs load"));
    Server::new(Ctx::new(hubspot, clock), taskgraphs, CallLimits::new(Duration::from_secs(30)))
}
