//! Every fault of HubSpot against every tool: the result the model reads, its cost, and that nothing is done twice or
//! lost.
//!
//! A fault hits the tool's main request; the requests before it succeed. The clock is paused, so that half a minute of
//! back-off takes no time. Meanwhile a ping must be answered at once, and a call that needs something else from HubSpot
//! as soon as HubSpot's limits allow.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::http::Method;
use bytes::Bytes;
use domain::clock::Clock;
use futures::future::{BoxFuture, join3};
use http_client::{HttpClient, InProcess, SendError};
use hubspot_client::{self, HubSpot};
use hubspot_sandbox::fault::{Effect, Fault, Match, Policy};
use hubspot_sandbox::{self, Sandbox};
use rmcp::model::{ClientRequest, PingRequest};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::begun_handoff::with_handoff;
use crate::inbox::sarah_writes;
use crate::tool_calls::{CONVERSATION, HANDOFF};
use crate::world::{NOW, World, connect, server};

const SARAH: &str = "84246479604";
const TICKET: &str = "33190415288";
/// What a reply makes, which is no record.
const MESSAGES: &str = "messages";
/// The owner that the concurrent call reads, and the path of its request.
const OTHER: (&str, &str) = ("117003", "/owners/2026-09/117003");
const ALWAYS: u32 = 1_000;
/// The latency of every answer of HubSpot.
const ANSWER_MS: u64 = 150;
/// Tools that send no request to HubSpot by themselves.
/// Of a hand-off the store is read, and texts where somebody has written one: `handoff` shows that nothing of it is lost.
const OUT_OF_REACH: [&str; 4] = ["taskgraph_start", "taskgraph_step", "search_documents", "handoff_events"];
/// The longest a call may take.
const CALL_MAX: Duration = Duration::from_secs(30);

/// A tool call, and the request of it that fails.
#[derive(Clone)]
struct Target {
    name: &'static str,
    tool: &'static str,
    arguments: Value,
    method: Method,
    /// The whole path, or a part of it that occurs in no other request of the tool.
    path: &'static str,
    /// The kind of record that the call creates.
    makes: Option<&'static str>,
    /// The change that the call makes: the kind of record, its id, the property and the new value.
    changes: Option<[&'static str; 4]>,
}

impl Target {
    /// `path` is a whole path, and not a part of one.
    fn is_whole(&self) -> bool {
        self.path.starts_with("/crm/")
    }

    fn matches_request(&self, request: &http::Request<Bytes>) -> bool {
        let path = request.uri().path();
        let right_path = if self.is_whole() { path == self.path } else { path.contains(self.path) };
        request.method() == self.method && right_path
    }

    fn matches(&self) -> Match {
        let (path, method) = (Some(self.path.to_owned()), Some(self.method.to_string()));
        match self.is_whole() {
            true => Match { method, path_is: path, ..Match::default() },
            false => Match { method, path_contains: path, ..Match::default() },
        }
    }
}

fn targets() -> Vec<Target> {
    let read = |tool, arguments, method, path| {
        let (makes, changes) = (None, None);
        Target { name: tool, tool, arguments, method, path, makes, changes }
    };
    let day = json!({"owner_id": "117001", "time_zone": "America/New_York", "meeting_date": "2026-12-01"});
    vec![
        read("find_contact_by_email", json!({"email": "sarah@gmail.com"}), Method::POST, "/contacts/batch/read"),
        Target {
            name: "… with chat",
            tool: "find_contact_by_email",
            arguments: json!({"email": "sarah@gmail.com", "chat": "Hello"}),
            method: Method::POST,
            path: "/2026-09/communications",
            makes: Some("communications"),
            changes: None,
        },
        Target {
            name: "create_ticket",
            tool: "create_ticket",
            arguments: json!({"cus_cid": SARAH, "issue": "It beeps."}),
            method: Method::POST,
            path: "/2026-09/tickets",
            makes: Some("tickets"),
            changes: None,
        },
        read("find_owner_id_by_contact_id", json!({"cus_cid": SARAH}), Method::GET, "/contacts/"),
        read("find_owner_by_owner_id", json!({"owner_id": "117002"}), Method::GET, "/owners/2026-09/117002"),
        read("check_available", day, Method::GET, "/book/richtech"),
        read("find_meetings", json!({"contact": SARAH}), Method::POST, "/contacts/meetings/batch/read"),
        read("get_contact", json!({"contact": SARAH}), Method::GET, "/contacts/"),
        read("search_contacts", json!({"query": "Mark"}), Method::POST, "/contacts/search"),
        read("find_tickets", json!({"contact": SARAH}), Method::POST, "/contacts/tickets/batch/read"),
        read("describe_crm", json!({"about": "ticket_properties"}), Method::GET, "/properties/2026-09/tickets"),
        Target {
            name: "create_contact",
            tool: "create_contact",
            arguments: json!({"properties": {"email": "new.customer@example.org", "firstname": "New"}}),
            method: Method::POST,
            path: "/crm/objects/2026-09/contacts",
            makes: Some("contacts"),
            changes: None,
        },
        Target {
            changes: Some(["contacts", SARAH, "city", "Austin"]),
            ..read(
                "update_contact",
                json!({"contact": SARAH, "properties": {"city": "Austin"}}),
                Method::PATCH,
                "/2026-09/contacts/",
            )
        },
        Target {
            changes: Some(["tickets", TICKET, "hs_ticket_priority", "LOW"]),
            ..read("update_ticket", json!({"ticket_id": TICKET, "priority": "LOW"}), Method::PATCH, "/2026-09/tickets/")
        },
        Target {
            name: "log_activity",
            tool: "log_activity",
            arguments: json!({"text": "Called back.", "contact": SARAH}),
            method: Method::POST,
            path: "/2026-09/notes",
            makes: Some("notes"),
            changes: None,
        },
        Target {
            name: "create_task",
            tool: "create_task",
            arguments: json!({"reason": "Call me back.", "contact": SARAH}),
            method: Method::POST,
            path: "/2026-09/tasks",
            makes: Some("tasks"),
            changes: None,
        },
        Target {
            name: "create_meeting",
            tool: "create_meeting",
            arguments: json!({
                "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": "sarah@gmail.com", "duration": 30,
                "meeting_date": "2026-12-01", "meeting_start_time": "13:00", "time_zone": "America/New_York",
                "slug": "richtech/veronica-chen",
            }),
            method: Method::POST,
            path: "/meeting-links/book",
            makes: Some("meetings"),
            changes: None,
        },
        read("find_conversations", json!({"contact": SARAH}), Method::GET, "/conversations/2026-09/threads"),
        read("read_conversation", json!({"conversation_id": CONVERSATION}), Method::GET, "/messages"),
        Target {
            name: "reply_conversation",
            tool: "reply_conversation",
            arguments: json!({"conversation_id": CONVERSATION, "text": "It is on its way."}),
            method: Method::POST,
            path: "/messages",
            makes: Some(MESSAGES),
            changes: None,
        },
        Target {
            name: "handoff_start",
            tool: "handoff_start",
            arguments: json!({"contact": SARAH, "title": "Broken wheel"}),
            method: Method::POST,
            path: "/2026-09/tickets",
            makes: Some("tickets"),
            changes: None,
        },
        Target {
            name: "handoff_send",
            tool: "handoff_send",
            arguments: json!({"session": HANDOFF, "text": "It still beeps."}),
            method: Method::POST,
            path: "/2026-09/notes",
            makes: Some("notes"),
            changes: None,
        },
        read("handoff_stop", json!({"session": HANDOFF}), Method::PATCH, "/2026-09/tickets/"),
        read(
            "update_conversation",
            json!({"conversation_id": CONVERSATION, "status": "closed"}),
            Method::PATCH,
            "/2026-09/threads/",
        ),
    ]
}

/// A fault.
#[derive(Clone)]
enum Trouble {
    /// An effect in HubSpot, for this number of requests.
    In(Effect, u32),
    /// Refused connections, for this number of requests: nothing arrives.
    NoConnection(u32),
}

fn troubles() -> Vec<(&'static str, Trouble)> {
    let status = |status, times| Trouble::In(Effect::status(status), times);
    let limited = |policy, times| Trouble::In(Effect::RateLimited { policy }, times);
    let wait = |seconds: u32| Effect::Status {
        status: 477,
        body: None,
        headers: vec![("retry-after".into(), seconds.to_string())],
    };
    let once = |effect| Trouble::In(effect, 1);
    vec![
        ("429 always", limited(Policy::TenSecondlyRolling, ALWAYS)),
        ("429 twice", limited(Policy::TenSecondlyRolling, 2)),
        ("429 search", limited(Policy::Secondly, 1)),
        ("429 daily", limited(Policy::Daily, 1)),
        ("500 once", status(500, 1)),
        ("500 always", status(500, ALWAYS)),
        ("502 once", status(502, 1)),
        ("503 once", status(503, 1)),
        ("423 once", status(423, 1)),
        ("477, 5 s", once(wait(5))),
        ("477, an hour", once(wait(3600))),
        ("401", status(401, 1)),
        ("403", status(403, 1)),
        ("404", status(404, 1)),
        ("409", status(409, 1)),
        ("414", status(414, 1)),
        ("HTML", once(Effect::Html)),
        ("JSON cut, done", once(Effect::BrokenJson)),
        ("body cut, done", once(Effect::CutBody)),
        ("502 HTML, done", once(Effect::LostAnswer)),
        ("silence, done", once(Effect::SilenceAfter)),
        ("silence", once(Effect::Silence)),
        ("silence always", Trouble::In(Effect::Silence, ALWAYS)),
        ("refused once", Trouble::NoConnection(1)),
        ("refused always", Trouble::NoConnection(ALWAYS)),
    ]
}

/// A transport that refuses the connection for some requests.
struct RefusingTransport {
    inner: InProcess,
    target: Target,
    left: Arc<AtomicU32>,
}

impl HttpClient for RefusingTransport {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, SendError>> {
        let cut = self.target.matches_request(&request)
            && self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        if cut {
            return Box::pin(async { Err(SendError::BeforeSend("the connection was refused".to_owned())) });
        }
        self.inner.send(request)
    }
}

/// A world with a transport that can fail, warmed up so that only the tool's main request remains.
async fn world(target: &Target) -> (World, HubSpot, Arc<AtomicU32>) {
    let now = NOW.parse().unwrap();
    let settings =
        hubspot_sandbox::Settings { now: Some(now), delay_ms: ANSWER_MS, ..hubspot_sandbox::Settings::default() };
    let sandbox = Sandbox::new(settings);
    let left = Arc::new(AtomicU32::new(0));
    let inner = InProcess(sandbox.router());
    let wire = RefusingTransport { inner, target: target.clone(), left: left.clone() };
    let clock = Clock::starting_at(now);
    let settings = hubspot_client::Settings { seed: Some(7), ..hubspot_client::Settings::default() };
    let hub = HubSpot::new(wire, Some(sandbox.token().into()), settings, clock);
    let world = World { client: connect(server(hub.clone(), clock)).await, sandbox, hubspot: hub.clone() };
    hub.pipelines().tickets().await.unwrap();
    let owner = hub.owners().by_id(&"117001".parse().unwrap()).await.unwrap().unwrap();
    hub.scheduler().links(&owner.user_id.unwrap()).await.unwrap();
    sarah_writes(&world.sandbox, "Where is my robot?");
    world.sandbox.clear_requests();
    (world, hub, left)
}

/// The number of these in HubSpot.
fn count(sandbox: &Sandbox, made: &str) -> usize {
    if made != MESSAGES {
        return sandbox.records(made).len();
    }
    let account: Value = serde_json::from_str(&sandbox.snapshot()).unwrap();
    account["threads"].as_array().unwrap().iter().map(|thread| thread["messages"].as_array().unwrap().len()).sum()
}

/// The outcome of one call.
struct Row {
    says: String,
    requests: usize,
    took: Duration,
    made: usize,
    changed: bool,
}

async fn run(target: &Target, trouble: &Trouble) -> Row {
    let (world, hub, left) = world(target).await;
    let arguments = with_handoff(&world, target.arguments.clone()).await;
    world.sandbox.clear_requests();
    let count = || target.makes.map_or(0, |made| count(&world.sandbox, made));
    let before = count();
    match trouble {
        Trouble::In(effect, times) => {
            let fault = Fault { matches: target.matches(), ..Fault::once(effect.clone()) };
            world.sandbox.inject_fault(fault.times(*times));
        }
        Trouble::NoConnection(times) => left.store(*times, Ordering::Relaxed),
    }
    let start = Instant::now();
    let call = async { (world.call(target.tool, arguments).await, start.elapsed()) };
    let ping = async {
        world.client.send_request(ClientRequest::PingRequest(PingRequest::default())).await.unwrap();
        start.elapsed()
    };
    // During the fault, a call that needs something else from HubSpot.
    let other = async {
        sleep(Duration::from_secs(1)).await;
        let asked = Instant::now();
        (world.call("find_owner_by_owner_id", json!({"owner_id": OTHER.0})).await, asked.elapsed())
    };
    let ((answer, took), ping, (other, other_took)) = join3(call, ping, other).await;
    assert!(ping < Duration::from_millis(10), "{ping:?}");
    trouble.check_unaffected(&other, other_took);
    hub.drained().await;
    let requests = world.requests().into_iter().filter(|sent| !sent.contains(OTHER.1)).count();
    let changed = target.changes.is_none_or(|[kind, id, property, value]| {
        world.sandbox.records(kind).iter().any(|record| record["id"] == id && record["properties"][property] == value)
    });
    Row { says: says(&answer), requests, took, made: count() - before, changed }
}

impl Trouble {
    /// Checks that a call for something else goes on: under a rate limit as soon as the limit allows, otherwise at
    /// once.
    fn check_unaffected(&self, other: &Result<Value, Value>, took: Duration) {
        let limit = match self {
            Trouble::In(Effect::RateLimited { policy: Policy::Daily }, _) => {
                assert_eq!(other.as_ref().unwrap_err()["code"], "RATE_LIMITED_ERROR");
                return;
            }
            Trouble::In(Effect::RateLimited { .. }, _) => Duration::from_secs(5),
            // The call may wait to be batched, as any read of its kind.
            _ => Duration::from_millis(ANSWER_MS + 100),
        };
        assert!(other.is_ok() && took <= limit, "{other:?} after {took:?}");
    }
}

fn says(answer: &Result<Value, Value>) -> String {
    match answer {
        Ok(done) if done["recovered"] == true => "done, found again".to_owned(),
        Ok(done) => match done["warning"].as_str() {
            Some(warning) => format!("done, but {}", warning.split(": ").nth(1).unwrap()),
            None => "done".to_owned(),
        },
        Err(error) => {
            let text = error.to_string();
            assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{error}");
            assert!(!text.contains("pat-") && !text.contains("<html") && !text.contains("sarah@"), "{error}");
            error["code"].as_str().unwrap().to_owned()
        }
    }
}

/// Invariants of every cell.
fn check(target: &Target, trouble: &str, row: &Row) {
    let cell = format!("{} under {trouble}: {} with {} made", target.name, row.says, row.made);
    assert!(row.took <= CALL_MAX, "{cell} took {:?}", row.took);
    assert!(row.requests <= 24, "{cell} sent {}", row.requests);
    assert!(row.changed || !row.says.starts_with("done"), "{cell}: nothing was changed");
    let Some(_) = target.makes else { return };
    if trouble.ends_with(", done") {
        assert_eq!(row.says, "done, found again", "{cell}");
    }
    match row.says.as_str() {
        "done" | "done, found again" => assert_eq!(row.made, 1, "{cell}"),
        unknown if unknown.ends_with("OUTCOME_UNKNOWN_ERROR") => assert!(row.made <= 1, "{cell}"),
        _ => assert_eq!(row.made, 0, "{cell}"),
    }
}

#[test]
fn every_tool_that_asks_hubspot_is_in_the_matrix() {
    let targets: Vec<_> = targets().iter().map(|target| target.tool).collect();
    let tools = frontdesk::tools::all();
    let missing = tools.iter().map(|entry| entry.name);
    let missing: Vec<_> = missing.filter(|name| !targets.contains(name) && !OUT_OF_REACH.contains(name)).collect();
    assert_eq!(missing, [""; 0], "add them to `targets`");
}

#[tokio::test(start_paused = true)]
async fn every_fault_of_hubspot_is_met_by_every_tool() {
    let mut table = String::new();
    for target in targets() {
        writeln!(table, "{}", target.name).unwrap();
        for (name, trouble) in troubles() {
            let row = run(&target, &trouble).await;
            check(&target, name, &row);
            let (seconds, made) = (
                row.took.as_secs_f64(),
                if target.makes.is_some() { format!(", {} made", row.made) } else { String::new() },
            );
            writeln!(table, "  {name:15} {:32} {:2} requests, {seconds:5.2} s{made}", row.says, row.requests).unwrap();
        }
    }
    insta::assert_snapshot!(table);
}
