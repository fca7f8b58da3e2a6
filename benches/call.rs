//! The cost of a tool call beside the HTTP request it makes, both against the sandbox on loopback.

#[path = "measured/mod.rs"]
mod measured;
#[path = "table/mod.rs"]
mod table;

use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group};
use domain::clock::Clock;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::mcp::{Server, stdio};
use frontdesk::tool::Ctx;
use http_client::Network;
use hubspot_client::{self, HubSpot};
use hubspot_sandbox::{self, Sandbox};
use rmcp::model::CallToolRequestParams;
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceExt};
use serde_json::json;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

async fn sandbox_on_loopback() -> (Sandbox, String) {
    let sandbox = Sandbox::new(hubspot_sandbox::Settings::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
    let address = format!("http://{}", listener.local_addr().expect("it is bound"));
    let router = sandbox.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (sandbox, address)
}

async fn client_of(sandbox: &Sandbox, address: &str) -> RunningService<RoleClient, ()> {
    let network = Network::new(address).expect("the address is whole");
    let clock = Clock::System;
    let hubspot = HubSpot::new(network, Some(sandbox.token().into()), unlimited(), clock);
    let taskgraphs = Arc::new(frontdesk::app::taskgraphs::load(None).expect("the shipped graphs load"));
    let server = Server::new(Ctx::new(hubspot, clock), taskgraphs, CallLimits::new(Duration::from_secs(30)));
    let (near, far) = tokio::io::duplex(1 << 16);
    let (input, output) = tokio::io::split(far);
    tokio::spawn(stdio::serve_on(server, input, output, CancellationToken::new()));
    ().serve(near).await.expect("the session opens")
}

/// The quota is not what is measured here.
fn unlimited() -> hubspot_client::Settings {
    hubspot_client::Settings { tier: hubspot_client::Tier::Unlimited, ..hubspot_client::Settings::default() }
}

fn call(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let (sandbox, address) = runtime.block_on(sandbox_on_loopback());
    let client = runtime.block_on(client_of(&sandbox, &address));
    let plain = reqwest::Client::new();
    let bare = || async {
        let url = format!("{address}/crm/objects/2026-09/contacts/84246479604?properties=hubspot_owner_id");
        let answer = plain.get(url).bearer_auth(sandbox.token()).send().await.expect("it answers");
        assert!(answer.status().is_success());
        answer.bytes().await.expect("a body")
    };
    let tool = || async {
        let arguments = json!({"cus_cid": "84246479604"}).as_object().expect("an object").clone();
        let params = CallToolRequestParams::new("find_owner_id_by_contact_id").with_arguments(arguments);
        client.call_tool(params).await.expect("an answer")
    };
    let mut group = c.benchmark_group("call");
    group.bench_function("bare HTTP request", |b| b.to_async(&runtime).iter(bare));
    group.bench_function("tool call over MCP", |b| b.to_async(&runtime).iter(tool));
    group.finish();
}

criterion_group!(benches, call);

const ROWS: [measured::Row; 2] = [
    ("a read from the embedded HubSpot over loopback, as a bare HTTP request", "call/bare HTTP request"),
    ("the same read through a tool call over MCP", "call/tool call over MCP"),
];

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
    measured::show("call", &ROWS, |medians| {
        let added = medians[1].saturating_sub(medians[0]);
        vec![("what the tool call adds (promised: under 500 µs)".to_owned(), measured::text(added))]
    });
}
