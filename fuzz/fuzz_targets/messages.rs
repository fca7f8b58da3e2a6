//! Any bytes on the standard input of the server are answered in JSON-RPC or dropped, without a panic.
//!
//! An input is what a client writes; the server reads it line by line and ends at its end. The embedded HubSpot answers,
//! and the clock stands still. Run with `cargo +nightly fuzz run messages`.

#![no_main]

use std::sync::Arc;
use std::time::Duration;

use domain::clock::Clock;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::mcp::{Server, stdio};
use frontdesk::tool::Ctx;
use http_client::InProcess;
use hubspot_client::HubSpot;
use hubspot_sandbox::{Sandbox, Settings};
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

/// A handshake before each input, so that its calls are served and not only refused.
const HELLO: &str = concat!(
    r#"{"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"protocolVersion":"2025-11-25","#,
    r#""capabilities":{"elicitation":{}},"clientInfo":{"name":"fuzz","version":"0"}}}"#,
    "\n",
    r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
    "\n"
);

/// Space in the pipe: more than the server says to any input, so that nobody has to read while it is written.
const PIPE_BYTES: usize = 1 << 24;

fuzz_target!(|data: &[u8]| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime needs nothing special");
    runtime.block_on(async {
        let said = talk(data).await;
        for line in said.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let message: serde_json::Value = serde_json::from_slice(line).expect("the server says JSON");
            assert_eq!(message["jsonrpc"], "2.0", "{message}");
        }
    });
});

/// All that the server says to these bytes until it ends.
async fn talk(data: &[u8]) -> Vec<u8> {
    let (mut near, far) = tokio::io::duplex(PIPE_BYTES);
    let (input, output) = tokio::io::split(far);
    let serving = stdio::serve_on(server(), input, output, CancellationToken::new());
    let talking = async {
        near.write_all(HELLO.as_bytes()).await.expect("the server reads");
        // The server may have ended at a line that it cannot bear; what it said until then is judged all the same.
        let _ = near.write_all(data).await;
        let _ = near.shutdown().await;
        let mut said = Vec::new();
        near.read_to_end(&mut said).await.expect("a pipe in memory");
        said
    };
    let (_, said) = tokio::join!(serving, talking);
    said
}

fn server() -> Server {
    let now = "2026-11-22T15:00:00Z".parse().expect("a moment");
    let sandbox = Sandbox::new(Settings { now: Some(now), ..Settings::default() });
    let clock = Clock::starting_at(now);
    let transport = InProcess(sandbox.router());
    let hubspot =
        HubSpot::new(transport, Some(sandbox.token().into()), hubspot_client::Settings::default(), clock.clone());
    let taskgraphs = Arc::new(frontdesk::app::taskgraphs::load(None).expect("the shipped taskgraphs load"));
    Server::new(Ctx::new(hubspot, clock), taskgraphs, CallLimits::new(Duration::from_secs(30)))
}
