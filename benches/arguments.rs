//! The processor time of the worst argument of each tool: the largest allowed text in each of them, on an account with
//! properties of 500 options.
//!
//! The server, its HubSpot client and the MCP client share one thread, whose processor time is measured; the sandbox has
//! another and is not counted. A second round of the calls measures the longest stretch in which the thread does nothing
//! else. `cargo bench --bench arguments -- --strict` fails if a promise is missed.

#[path = "../tests/it/largest_arguments.rs"]
mod largest_arguments;
#[path = "table/mod.rs"]
mod table;
#[path = "../tests/it/tool_calls.rs"]
mod tool_calls;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use std::{io, thread};

use domain::clock::Clock;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::mcp::{Server, stdio};
use frontdesk::tool::Ctx;
use http_client::Network;
use hubspot_client::HubSpot;
use hubspot_sandbox::Sandbox;
use largest_arguments::{Call, FILLS};
use rmcp::model::CallToolRequestParams;
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceExt};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

type Client = RunningService<RoleClient, ()>;

/// The most processor time of a call.
const CALL_MAX: Duration = Duration::from_millis(50);
/// The longest time for which a call may keep a worker from other calls.
const STRETCH_MAX: Duration = Duration::from_millis(5);
/// Rounds of the same call; the shortest of their stretches counts, since the machine interrupts the others.
const ROUNDS: usize = 3;

/// Serves a sandbox on a thread of its own, and returns its address and token.
fn sandbox() -> (String, String) {
    let (tell, told) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let sandbox = Sandbox::new(hubspot_sandbox::Settings::default());
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
            let address = format!("http://{}", listener.local_addr().expect("it is bound"));
            tell.send((address, sandbox.token().to_owned())).expect("somebody waits");
            axum::serve(listener, sandbox.router()).await
        })
    });
    told.recv().expect("the sandbox starts")
}

async fn define_properties(address: &str, token: &str) {
    for definition in largest_arguments::properties() {
        let request = reqwest::Client::new().post(format!("{address}/crm/v3/properties/contacts"));
        let made = request.bearer_auth(token).json(&definition).send().await.expect("it answers");
        assert!(made.status().is_success(), "{made:?}");
    }
}

async fn client(address: &str, token: &str) -> Client {
    let unlimited =
        hubspot_client::Settings { tier: hubspot_client::Tier::Unlimited, ..hubspot_client::Settings::default() };
    let network = Network::new(address).expect("the address is whole");
    let hubspot = HubSpot::new(network, Some(token.into()), unlimited, Clock::System);
    let taskgraphs = Arc::new(frontdesk::app::taskgraphs::load(None).expect("the shipped graphs load"));
    let ctx = Ctx::new(hubspot, Clock::System).with_documents(frontdesk::app::shipped_documents::documents());
    let server = Server::new(ctx, taskgraphs, CallLimits::new(Duration::from_secs(30)));
    let (near, far) = tokio::io::duplex(1 << 16);
    let (input, output) = tokio::io::split(far);
    tokio::spawn(stdio::serve_on(server, input, output, CancellationToken::new()));
    ().serve(near).await.expect("the session opens")
}

/// The processor time of this thread so far.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or_default(), time.tv_nsec.try_into().unwrap_or_default())
}

/// The arguments of a call, in a session of its own where it needs one.
async fn arguments(client: &Client, call: &Call) -> io::Result<serde_json::Map<String, Value>> {
    let mut arguments = call.arguments.clone();
    if arguments["session"] == tool_calls::SESSION {
        let begun = client.call_tool(CallToolRequestParams::new("taskgraph_start")).await.map_err(io::Error::other)?;
        arguments["session"] = begun.structured_content.unwrap_or_default()["session"].clone();
    }
    let Value::Object(arguments) = arguments else { return Err(io::Error::other("arguments are an object")) };
    Ok(arguments)
}

async fn cost(client: &Client, call: &Call) -> io::Result<Duration> {
    let arguments = arguments(client, call).await?;
    let before = processor_time();
    let answer = client.call_tool(CallToolRequestParams::new(call.tool).with_arguments(arguments)).await;
    let after = processor_time();
    answer.map_err(io::Error::other)?;
    Ok(after - before)
}

/// The longest processor time between two turns of a task that is always ready: as long as other calls wait for this one.
/// The MCP client's turns are in it.
async fn stretch(client: &Client, call: &Call) -> io::Result<Duration> {
    let arguments = arguments(client, call).await?;
    let stop = CancellationToken::new();
    let beating = tokio::spawn(heartbeat(stop.clone()));
    let answer = client.call_tool(CallToolRequestParams::new(call.tool).with_arguments(arguments)).await;
    stop.cancel();
    answer.map_err(io::Error::other)?;
    beating.await.map_err(io::Error::other)
}

async fn heartbeat(stop: CancellationToken) -> Duration {
    let (mut longest, mut last) = (Duration::ZERO, processor_time());
    while !stop.is_cancelled() {
        tokio::task::yield_now().await;
        let now = processor_time();
        longest = longest.max(now - last);
        last = now;
    }
    longest
}

/// The worst of a tool's calls.
#[derive(Default)]
struct Worst {
    cost: Duration,
    argument: String,
    stretch: Duration,
}

async fn measure() -> io::Result<BTreeMap<&'static str, Worst>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (address, token) = sandbox();
    define_properties(&address, &token).await;
    let client = client(&address, &token).await;
    let _ = client.call_tool(CallToolRequestParams::new("describe_crm").with_arguments(about_owners())).await;
    let mut all: BTreeMap<&str, Worst> = BTreeMap::new();
    for call in largest_arguments::calls(&FILLS) {
        let cost = cost(&client, &call).await?;
        let mut stretches = vec![];
        for _ in 0..ROUNDS {
            stretches.push(stretch(&client, &call).await?);
        }
        if std::env::var_os("VERBOSE").is_some() {
            eprintln!(
                "{:6.1} {:6.1} {} {} {}",
                cost.as_secs_f64() * 1e3,
                stretches.iter().min().expect("it was measured").as_secs_f64() * 1e3,
                call.tool,
                call.argument,
                call.arguments.to_string().chars().take(110).collect::<String>()
            );
        }
        let worst = all.entry(call.tool).or_default();
        worst.stretch = worst.stretch.max(stretches.into_iter().min().unwrap_or_default());
        if cost >= worst.cost {
            *worst = Worst { cost, argument: call.argument, stretch: worst.stretch };
        }
    }
    Ok(all)
}

fn about_owners() -> serde_json::Map<String, Value> {
    json!({"about": "owners"}).as_object().cloned().unwrap_or_default()
}

fn ms(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1e3)
}

fn main() -> io::Result<()> {
    // `cargo test --benches` only builds and starts it.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let all = runtime.block_on(measure())?;
    let row = |(tool, worst): (&&str, &Worst)| {
        (format!("`{tool}`, `{}`", worst.argument), format!("{}, {}", ms(worst.cost), ms(worst.stretch)))
    };
    table::show("arguments", &all.iter().map(row).collect::<Vec<_>>())?;
    let missed = |worst: &Worst| worst.cost > CALL_MAX || worst.stretch > STRETCH_MAX;
    let missing: Vec<_> = all.iter().filter(|(_, worst)| missed(worst)).map(|(tool, _)| *tool).collect();
    match std::env::args().any(|argument| argument == "--strict") && !missing.is_empty() {
        true => Err(io::Error::other(format!("missed promises: {missing:?}"))),
        false => Ok(()),
    }
}
