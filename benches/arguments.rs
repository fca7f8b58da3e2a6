//! The processor time of the worst argument of each tool, and of a visitor's message to the chat: the largest allowed text in
//! each of them, on an account with properties of 500 options.
//!
//! The server, its HubSpot client and the MCP client share one thread, whose processor time is measured; the sandbox has
//! another and is not counted. A second round of the calls measures the longest stretch in which the thread does nothing
//! else. `cargo bench --bench arguments -- --strict` fails if a promise is missed.

#[path = "account/mod.rs"]
mod account;
#[path = "../tests/it/largest_arguments.rs"]
mod largest_arguments;
#[path = "table/mod.rs"]
mod table;
#[path = "../tests/it/tool_calls.rs"]
mod tool_calls;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use account::Account;
use domain::clock::Clock;
use frontdesk::chat::desk::{ChatDesk, DeskSettings};
use frontdesk::chat::limits::TurnLimits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::visitor::Trust;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::mcp::{Server, stdio};
use frontdesk::tool::Ctx;
use frontdesk::tool::handoff_policy::{HandoffPolicy, HandoffWay};
use frontdesk::tool::policy::ToolPolicy;
use http_client::Network;
use hubspot_client::HubSpot;
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
/// The values of a message that is read and not refused for their number.
const VALUES: usize = 9_900;
/// The most characters of a visitor's message: those of the chat page's interface.
const MESSAGE_MAX: usize = 4_000;
/// Rounds of the same call; the shortest of their stretches counts, since the machine interrupts the others.
const ROUNDS: usize = 3;

fn server(account: &Account) -> Server {
    let unlimited =
        hubspot_client::Settings { tier: hubspot_client::Tier::Unlimited, ..hubspot_client::Settings::default() };
    let network = Network::new(&account.address).expect("the address is whole");
    let hubspot = HubSpot::new(network, Some(account.token.as_str().into()), unlimited, Clock::System);
    let taskgraphs = Arc::new(frontdesk::app::taskgraphs::load(None).expect("the shipped graphs load"));
    let ctx = Ctx::new(hubspot, Clock::System).with_documents(frontdesk::app::shipped_documents::documents());
    let handoff = HandoffPolicy { way: HandoffWay::Ticket, ..HandoffPolicy::default() };
    let policy = ToolPolicy { handoff, ..ToolPolicy::default() };
    Server::new(ctx, taskgraphs, CallLimits::new(Duration::from_secs(30))).with_policy(Arc::new(policy))
}

async fn client(account: &Account) -> Client {
    let (near, far) = tokio::io::duplex(1 << 16);
    let (input, output) = tokio::io::split(far);
    tokio::spawn(stdio::serve_on(server(account), input, output, CancellationToken::new()));
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
    if let Some((tool, begin)) = tool_calls::beginning(&arguments) {
        let begin = CallToolRequestParams::new(tool).with_arguments(object(begin)?);
        let begun = client.call_tool(begin).await.map_err(io::Error::other)?;
        arguments["session"] = begun.structured_content.unwrap_or_default()["session"].clone();
    }
    object(arguments)
}

fn object(arguments: Value) -> io::Result<serde_json::Map<String, Value>> {
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

/// Messages of as many values as are read, which no tool takes.
fn many_values() -> Vec<Call> {
    let members: serde_json::Map<_, _> = (0..VALUES).map(|at| (format!("k{at:08}"), json!(at))).collect();
    let of = |what: &str, value: Value| Call {
        tool: "get_contact",
        argument: format!("{VALUES} {what}"),
        arguments: json!({"contact": value}),
    };
    vec![
        of("members", members.into()),
        of("numbers", json!(vec![0; VALUES])),
        of("lists", json!(vec![json!([0]); VALUES / 2])),
        of("objects", json!(vec![json!({"a": 0}); VALUES / 2])),
        of("texts", json!(vec!["x".repeat(40); VALUES])),
    ]
}

/// The longest message that a visitor of the chat can write, of each text, said at once and in lines.
fn messages() -> Vec<String> {
    let fills =
        FILLS.iter().copied().chain(["in ", "a\n", "in lorem ipsum dolor ", "5 pm ", "a/b ", "no, ", "a@b.co "]);
    fills.map(|fill| fill.repeat(MESSAGE_MAX / fill.len() + 1).chars().take(MESSAGE_MAX).collect()).collect()
}

/// The costs of a visitor's longest messages to the chat without a model, which opens each with a new conversation. The
/// conversation has begun a booking, so that every reader of the brain looks at them.
async fn visitors(account: &Account) -> io::Result<Worst> {
    let settings = DeskSettings {
        graph: None,
        persona: Persona::default(),
        limits: TurnLimits::default(),
        trust: Trust::Claimed,
        representative: Some("117001".to_owned()),
    };
    let desk = ChatDesk::new(server(account), settings).await.map_err(io::Error::other)?;
    let mut worst = Worst::default();
    for (at, message) in messages().into_iter().enumerate() {
        for begin in ["", "I want to book a meeting"] {
            let mut shortest: Option<(Duration, Duration)> = None;
            for round in 0..ROUNDS {
                let (mut chat, _) = desk.begin(&format!("visitor-{at}-{round}-{}", begin.len()));
                if !begin.is_empty() {
                    chat.turn(begin, &mut |_| {}).await;
                }
                let stop = CancellationToken::new();
                let beating = tokio::spawn(heartbeat(stop.clone()));
                let before = processor_time();
                chat.turn(&message, &mut |_| {}).await;
                let cost = processor_time() - before;
                stop.cancel();
                let stretch = beating.await.map_err(io::Error::other)?;
                shortest = Some(shortest.map_or((cost, stretch), |(one, other)| (one.min(cost), other.min(stretch))));
            }
            let (cost, stretch) = shortest.unwrap_or_default();
            worst.stretch = worst.stretch.max(stretch);
            if cost >= worst.cost {
                let argument = message.chars().take(12).collect::<String>().replace(['\n', '`'], " ");
                worst = Worst { cost, argument, stretch: worst.stretch };
            }
        }
    }
    Ok(worst)
}

/// The worst of a tool's calls.
#[derive(Default)]
struct Worst {
    cost: Duration,
    argument: String,
    stretch: Duration,
}

async fn measure() -> io::Result<BTreeMap<String, Worst>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let account = account::serve(largest_arguments::properties()).await;
    let client = client(&account).await;
    let _ = client.call_tool(CallToolRequestParams::new("describe_crm").with_arguments(about_owners())).await;
    let mut all: BTreeMap<String, Worst> = BTreeMap::new();
    let named = |call: Call| (format!("`{}`", call.tool), call);
    let calls = largest_arguments::calls(&frontdesk::tools::all(), &FILLS).into_iter().map(named);
    for (row, call) in calls.chain(many_values().into_iter().map(|call| ("a message".to_owned(), call))) {
        let cost = cost(&client, &call).await?;
        let mut stretches = vec![];
        for _ in 0..ROUNDS {
            stretches.push(stretch(&client, &call).await?);
        }
        let worst = all.entry(row).or_default();
        worst.stretch = worst.stretch.max(stretches.into_iter().min().unwrap_or_default());
        if cost >= worst.cost {
            *worst = Worst { cost, argument: call.argument, stretch: worst.stretch };
        }
    }
    all.insert("a visitor's message in the chat".to_owned(), visitors(&account).await?);
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
    let row = |(row, worst): (&String, &Worst)| {
        (format!("{row}, `{}`", worst.argument), format!("{}, {}", ms(worst.cost), ms(worst.stretch)))
    };
    table::show("arguments", &all.iter().map(row).collect::<Vec<_>>())?;
    let missed = |worst: &Worst| worst.cost > CALL_MAX || worst.stretch > STRETCH_MAX;
    let missing: Vec<_> = all.iter().filter(|(_, worst)| missed(worst)).map(|(row, _)| row).collect();
    match std::env::args().any(|argument| argument == "--strict") && !missing.is_empty() {
        true => Err(io::Error::other(format!("missed promises: {missing:?}"))),
        false => Ok(()),
    }
}
