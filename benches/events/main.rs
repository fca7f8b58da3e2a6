//! HubSpot's events over real HTTP on loopback: the time until a delivery is answered, the time from a customer's message to
//! a client that follows the conversation, and ten thousand events at once beside calls of tools.
//!
//! `cargo bench --bench events [-- --strict]`. HubSpot is the embedded one in a process of its own, which signs its webhooks;
//! the server is the built binary. A delivery that is not taken, a client that hears nothing and a call without an answer fail
//! the run; a missed target does so only with `--strict`. With `UPDATE=1` the table goes into the documentation.

#[path = "../listening/mod.rs"]
mod listening;
mod process;
#[path = "../table/mod.rs"]
mod table;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use domain::clock::Clock;
use frontdesk::events::signature::{self, Signed};
use frontdesk::events::webhook::PATH;
use futures::{StreamExt, TryStreamExt, stream};
use process::{CLIENT_SECRET, Process};
use reqwest::{Client, StatusCode};
use rmcp::model::{CallToolRequestParams, ClientConfig, ResourceUpdatedNotificationParam, SubscribeRequestParams};
use rmcp::service::{NotificationContext, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{ClientHandler, RoleClient, ServiceExt};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

const DELIVERIES: u64 = 200;
const MESSAGES: usize = 60;
const FLOOD: u64 = 1_000;
const EVENTS_EACH: u64 = 10;
/// HubSpot has ten requests to an app under way; a proxy that was down lets more through at once.
const AT_ONCE: usize = 40;
/// The promises of the documentation.
const ANSWERED_MAX: Duration = Duration::from_secs(1);
const TOLD_MAX: Duration = Duration::from_secs(2);
/// A client that hears nothing for so long fails the run.
const HEARD_MAX: Duration = Duration::from_secs(30);
/// A pause between two messages, as people write, so that each is an event of its own.
const PAUSE: Duration = Duration::from_millis(50);
/// A refused delivery is sent again after this, since HubSpot repeats it.
const REPEAT_AFTER: Duration = Duration::from_millis(100);
const PORTAL: u64 = 44_237_313;
const APP: u64 = 2_438_486;
/// All of it: a server that hangs does not keep the machine.
const RUN_MAX: Duration = Duration::from_secs(600);

#[tokio::main]
async fn main() -> Result<(), Error> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` only builds and starts it.
    if words.iter().any(|word| word == "--test") {
        return Ok(());
    }
    let rows = timeout(RUN_MAX, measure()).await.map_err(|_| format!("not done in {RUN_MAX:?}"))??;
    let missed = rows.iter().any(|(_, measured)| measured.ends_with(MISSED));
    table::show("events", &rows)?;
    if missed && words.iter().any(|word| word == "--strict") {
        return Err("a target was missed".into());
    }
    Ok(())
}

async fn measure() -> Result<Vec<(String, String)>, Error> {
    // It fails if one is installed already, which does as well.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let hubspot = Process::hubspot().await?;
    let desk = Desk { server: Process::server(&hubspot).await?, client: Client::new() };
    // The first one waits until the server knows its account.
    desk.deliver(0, 1).await?;
    let answered = answered(&desk).await?;
    let told = told(&desk, &hubspot).await?;
    let flood = flood(&desk).await?;
    Ok([answered, told].into_iter().chain(flood).collect())
}

const MISSED: &str = "**missed**";

/// The median, the 99th of a hundred and the longest of these times, beside the bound of the longest.
fn row(what: &str, mut times: Vec<Duration>, bound: Duration) -> (String, String) {
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).or(times.last()).copied().unwrap_or_default();
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
    let longest = times.last().copied().unwrap_or_default();
    let missed = if longest > bound { format!("; {MISSED}") } else { String::new() };
    let what = format!("{what}: median, 99 of 100, longest (target: at most {} s)", bound.as_secs());
    (what, format!("{}, {}, {}{missed}", ms(at(50)), ms(at(99)), ms(longest)))
}

/// The server as HubSpot and a client see it.
struct Desk {
    server: Process,
    client: Client,
}

impl Desk {
    /// Delivers events of new messages, again until they are taken; the time of the answer that took them.
    async fn deliver(&self, number: u64, events: u64) -> Result<Duration, Error> {
        let url = self.server.url(PATH);
        let body = (0..events).map(|event| message(number * 1_000 + event)).collect::<Value>().to_string();
        loop {
            let timestamp = Clock::System.now().timestamp_millis().to_string();
            let signed = Signed { method: "POST", url: &url, body: body.as_bytes() };
            let signature = signature::v3(&CLIENT_SECRET.into(), signed, &timestamp);
            let request = self.client.post(&url).body(body.clone()).header("x-hubspot-signature-v3", signature);
            let begun = Instant::now();
            let answer = request.header("x-hubspot-request-timestamp", timestamp).send().await?;
            match answer.status() {
                StatusCode::OK => return Ok(begun.elapsed()),
                StatusCode::SERVICE_UNAVAILABLE => sleep(REPEAT_AFTER).await,
                other => return Err(format!("a delivery was answered with {other}").into()),
            }
        }
    }

    async fn connect<H: ClientHandler>(&self, handler: H) -> Result<RunningService<RoleClient, H>, Error> {
        let config = StreamableHttpClientTransportConfig::with_uri(self.server.url("/mcp"));
        Ok(handler.serve(StreamableHttpClientTransport::with_client(self.client.clone(), config)).await?)
    }
}

fn message(number: u64) -> Value {
    let now_ms = Clock::System.now().timestamp_millis();
    json!({
        "eventId": number, "subscriptionId": 1, "portalId": PORTAL, "appId": APP, "occurredAt": now_ms,
        "subscriptionType": "conversation.newMessage", "attemptNumber": 0, "objectId": number, "messageType": "MESSAGE",
        "messageId": format!("{number:032x}"), "changeFlag": "NEW_MESSAGE",
    })
}

async fn answered(desk: &Desk) -> Result<(String, String), Error> {
    let mut times = vec![];
    for number in 1..=DELIVERIES {
        times.push(desk.deliver(number, 1).await?);
    }
    Ok(row(&format!("{DELIVERIES} deliveries of one event each, until 200"), times, ANSWERED_MAX))
}

/// Hears of changed resources.
struct Listening(mpsc::UnboundedSender<Instant>);

impl ClientHandler for Listening {
    fn on_resource_updated(
        &self,
        _: ResourceUpdatedNotificationParam,
        _: NotificationContext<RoleClient>,
    ) -> impl Future<Output = ()> + Send + '_ {
        // Whoever listens no longer needs to hear it.
        let _heard = self.0.send(Instant::now());
        async {}
    }

    fn get_info(&self) -> ClientConfig {
        ClientConfig::default()
    }
}

/// A visitor writes in HubSpot's chat; the id of the conversation.
async fn writes(desk: &Desk, hubspot: &Process, thread: Option<&str>) -> Result<String, Error> {
    let mut body = json!({"channel": "chat", "email": "sarah@gmail.com", "text": "Where is my robot?"});
    if let Some(thread) = thread {
        body["thread"] = thread.into();
    }
    let url = hubspot.url("/__sandbox/conversations/visitor-messages");
    let answer: Value = desk.client.post(url).json(&body).send().await?.error_for_status()?.json().await?;
    let id = &answer["thread_id"];
    Ok(id.as_str().map_or_else(|| id.to_string(), str::to_owned))
}

#[expect(deprecated, reason = "it is how clients subscribe today")]
async fn told(desk: &Desk, hubspot: &Process) -> Result<(String, String), Error> {
    let thread = writes(desk, hubspot, None).await?;
    let app = json!({
        "client_secret": CLIENT_SECRET, "target_url": desk.server.url(PATH),
        "subscriptions": [{"type": "conversation.newMessage"}],
    });
    let url = hubspot.url(&format!("/__sandbox/webhooks/{APP}"));
    desk.client.put(url).json(&app).send().await?.error_for_status()?;
    let (told, mut heard) = mpsc::unbounded_channel();
    let client = desk.connect(Listening(told)).await?;
    client.subscribe(SubscribeRequestParams::new(format!("conversation://{thread}"))).await?;
    let mut times = vec![];
    for _ in 0..MESSAGES {
        sleep(PAUSE).await;
        while heard.try_recv().is_ok() {}
        let begun = Instant::now();
        writes(desk, hubspot, Some(&thread)).await?;
        let at = timeout(HEARD_MAX, heard.recv()).await?.ok_or("the client has gone")?;
        times.push(at - begun);
    }
    client.cancel().await?;
    Ok(row(&format!("{MESSAGES} messages of a customer, until a client that follows is told"), times, TOLD_MAX))
}

/// Ten thousand events as fast as they are taken, and calls meanwhile.
async fn flood(desk: &Desk) -> Result<[(String, String); 3], Error> {
    let client = desk.connect(()).await?;
    let taken = &AtomicUsize::new(0);
    let begun = Instant::now();
    let deliveries = stream::iter(0..FLOOD).map(|number| async move {
        let time = desk.deliver(DELIVERIES + 1 + number, EVENTS_EACH).await;
        taken.fetch_add(1, Ordering::Relaxed);
        time
    });
    let deliveries = deliveries.buffer_unordered(AT_ONCE).try_collect::<Vec<_>>();
    let calls = async {
        let mut times = vec![];
        while taken.load(Ordering::Relaxed) < FLOOD as usize {
            let arguments = json!({"email": "sarah@gmail.com"}).as_object().cloned().unwrap_or_default();
            let begun = Instant::now();
            client.call_tool(CallToolRequestParams::new("find_contact_by_email").with_arguments(arguments)).await?;
            times.push(begun.elapsed());
        }
        Ok::<_, Error>(times)
    };
    let (times, calls) = futures::join!(deliveries, calls);
    let (times, calls, took) = (times?, calls?, begun.elapsed());
    client.cancel().await?;
    let what = format!("{} events in {} deliveries, {AT_ONCE} at once, until 200", FLOOD * EVENTS_EACH, times.len());
    let rate = (FLOOD * EVENTS_EACH) as f64 / took.as_secs_f64();
    Ok([
        row(&what, times, ANSWERED_MAX),
        ("all of them".to_owned(), format!("{:.1} s, {rate:.0} events a second", took.as_secs_f64())),
        row(&format!("{} calls of a tool meanwhile", calls.len()), calls, TOLD_MAX),
    ])
}
