//! A desk that hands conversations over: its server, its watch and its store, which survives a restart; and the people who
//! answer in HubSpot.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::clock::Clock;
use frontdesk::app::shipped_documents;
use frontdesk::handoff::connect;
use frontdesk::handoff::watch::{LOOK_EVERY, Watch};
use frontdesk::hours::calendar::Hours;
use frontdesk::hours::setting;
use frontdesk::mcp::Server;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::store::{Location, Store};
use frontdesk::tool::Ctx;
use frontdesk::tool::handoff_policy::{HandoffPolicy, HandoffWay};
use frontdesk::tool::policy::ToolPolicy;
use http_client::{HttpClient, InProcess};
use hubspot_client::HubSpot;
use hubspot_sandbox::Sandbox;
use rmcp::RoleClient;
use rmcp::model::CallToolRequestParams;
use rmcp::service::RunningService;
use serde_json::{Value, json};
use taskgraph::collection::Taskgraphs;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::SARAH;
use super::deliveries::{Addresses, Taking};
use crate::handoff_channel::wishes;
use crate::world::{NOW, connect, read};

/// The operator's choice of the ticket.
pub(crate) fn by_ticket() -> ToolPolicy {
    let handoff = HandoffPolicy { way: HandoffWay::Ticket, ..HandoffPolicy::default() };
    ToolPolicy { handoff, ..ToolPolicy::default() }
}

/// An account and a store that outlive the process of a desk.
pub(crate) struct House {
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: Clock,
    pub(crate) location: Location,
    pub(crate) hours: Hours,
    pub(crate) policy: ToolPolicy,
    pub(crate) dry_run: bool,
    /// Takes HubSpot's deliveries.
    pub(crate) is_told: bool,
    _folder: TempDir,
}

/// One life of the process.
pub(crate) struct Desk {
    pub(crate) client: RunningService<RoleClient, ()>,
    pub(crate) server: Server,
    pub(crate) store: Store,
    taking: Mutex<Option<Taking>>,
    watching: JoinHandle<()>,
    stop: CancellationToken,
}

impl House {
    pub(crate) fn new() -> House {
        let now = NOW.parse().unwrap();
        let sandbox = Sandbox::new(hubspot_sandbox::Settings { now: Some(now), ..Default::default() });
        let folder = TempDir::new().unwrap();
        let location = Location::File(folder.path().join("desk.db"));
        let (clock, hours) = (Clock::starting_at(now), Hours::default());
        House { sandbox, clock, location, hours, policy: by_ticket(), dry_run: false, is_told: false, _folder: folder }
    }

    /// Another process of the same account and store.
    pub(crate) fn beside(&self) -> House {
        House {
            sandbox: self.sandbox.clone(),
            clock: self.clock,
            location: self.location.clone(),
            hours: self.hours.clone(),
            policy: self.policy.clone(),
            dry_run: self.dry_run,
            is_told: self.is_told,
            _folder: TempDir::new().unwrap(),
        }
    }

    /// The same with a store in this place.
    pub(crate) fn stored_at(self, location: Location) -> House {
        House { location, ..self }
    }

    pub(crate) fn with_hours(self, text: &str) -> House {
        let rules = domain::time_zone::rules::ZoneRules::embedded();
        House { hours: setting::read(text, rules).unwrap(), ..self }
    }

    /// The same account with a channel to its help desk, as `frontdesk handoff setup` makes it.
    pub(crate) async fn with_channel(mut self) -> House {
        let hubspot = self.hubspot(InProcess(self.sandbox.router()));
        let store = Store::timed_by(self.location.clone(), self.clock);
        let desk = connect::ChannelContext { hubspot, store, clock: self.clock };
        connect::set_up(&desk, &wishes(&[])).await.unwrap();
        self.policy.handoff.way = HandoffWay::Channel;
        self
    }

    /// The path of the channel's webhook, if there is one.
    pub(super) async fn channel_path(&self) -> Option<String> {
        let store = Store::timed_by(self.location.clone(), self.clock);
        let channel = store.handoff_channel().await.unwrap()?;
        Some(format!("/webhooks/handoff/{}", channel.path_secret))
    }

    pub(crate) fn hubspot(&self, transport: impl HttpClient) -> HubSpot {
        let settings = hubspot_client::Settings { seed: Some(7), dry_run: self.dry_run, ..Default::default() };
        HubSpot::new(transport, Some(self.sandbox.token().into()), settings, self.clock)
    }

    /// Starts the process of a desk.
    pub(crate) async fn open(&self) -> Desk {
        self.open_over(InProcess(self.sandbox.router())).await
    }

    /// The same with the shipped taskgraphs and documents, which a chat follows.
    pub(crate) async fn open_with_graphs(&self) -> Desk {
        self.open_with_graphs_over(InProcess(self.sandbox.router())).await
    }

    /// The same over this transport.
    pub(crate) async fn open_with_graphs_over(&self, transport: impl HttpClient) -> Desk {
        let graphs = crate::world::taskgraphs();
        self.open_with(transport, graphs).await
    }

    /// The same over this transport.
    pub(crate) async fn open_over(&self, transport: impl HttpClient) -> Desk {
        self.open_with(transport, Arc::default()).await
    }

    async fn open_with(&self, transport: impl HttpClient, graphs: Arc<Taskgraphs>) -> Desk {
        let hubspot = self.hubspot(transport);
        let store = Store::timed_by(self.location.clone(), self.clock);
        let hours = Arc::new(self.hours.clone());
        let ctx = Ctx { store: store.clone(), hours, ..Ctx::new(hubspot, self.clock) };
        let ctx = ctx.with_documents(shipped_documents::documents());
        let taking = self.is_told.then(|| Taking::start(&store, &ctx.changes, self.clock));
        let policy = Arc::new(self.policy.clone());
        let stop = CancellationToken::new();
        let watch = Watch::new(ctx.clone(), policy.clone(), LOOK_EVERY);
        let watching = tokio::spawn(watch.run(stop.clone()));
        let server = || {
            let server = Server::new(ctx.clone(), graphs.clone(), CallLimits::new(Duration::from_secs(30)));
            server.with_policy(policy.clone())
        };
        // A session of the protocol belongs to one client; the other server shares all else.
        let (client, taking) = (connect(server()).await, Mutex::new(taking));
        Desk { client, server: server(), store, taking, watching, stop }
    }
}

impl Desk {
    /// Calls a tool; `Err` is the error that the model reads.
    pub(crate) async fn call(&self, tool: &'static str, arguments: Value) -> Result<Value, Value> {
        let arguments = arguments.as_object().unwrap().clone();
        read(self.client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await.unwrap())
    }

    pub(crate) async fn code(&self, tool: &'static str, arguments: Value) -> String {
        self.call(tool, arguments).await.expect_err(tool)["code"].as_str().unwrap().to_owned()
    }

    /// Hands a conversation of Sarah's over; the session and its ticket.
    pub(crate) async fn start(&self, title: &str) -> (String, String) {
        let started = self.call("handoff_start", json!({"contact": SARAH, "title": title})).await.unwrap();
        let text = |name: &str| started[name].as_str().unwrap().to_owned();
        (text("session"), text("ticket_id"))
    }

    pub(crate) async fn send(&self, session: &str, text: &str) -> Value {
        self.call("handoff_send", json!({"session": session, "text": text})).await.unwrap()
    }

    /// The events after a number; waits for the first one.
    pub(crate) async fn events(&self, session: &str, after: u64) -> Value {
        let arguments = json!({"session": session, "after": after, "wait_seconds": 25});
        self.call("handoff_events", arguments).await.unwrap()
    }

    /// Lets HubSpot's deliveries come here.
    pub(super) fn listen_at(&self, addresses: &Addresses) {
        addresses.lead_to(self.taking.lock().unwrap().as_ref());
    }

    /// Looks no more and takes no deliveries, as a process that died.
    pub(crate) fn stop_watching(&self) {
        self.watching.abort();
        drop(self.taking.lock().unwrap().take());
    }

    /// Ends the process as a crash does.
    pub(crate) fn crash(self) {
        self.watching.abort();
    }

    /// Ends the process in order.
    pub(crate) async fn close(self) {
        self.stop.cancel();
        let _ended = self.watching.await;
        let _left = self.client.cancel().await;
    }
}

/// The events of an answer in short: kind, person and words.
pub(crate) fn told(answer: &Value) -> Vec<String> {
    let line = |event: &Value| {
        let parts = ["event", "person", "colleague_text"].map(|name| event[name].as_str());
        parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
    };
    answer["events"].as_array().unwrap().iter().map(line).collect()
}

/// A request of a person, or of HubSpot's screens, to the account.
pub(crate) async fn ask(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> Value {
    ask_over(&InProcess(sandbox.router()), sandbox.token(), method, path, body).await
}

/// The same over a way that is there already, for those who ask often.
pub(crate) async fn ask_over(way: &InProcess, token: &str, method: &str, path: &str, body: Value) -> Value {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(bytes::Bytes::from(body.to_string()))
        .unwrap();
    let answer = way.send(request).await.unwrap();
    assert!(answer.status().is_success(), "{method} {path}: {} {:?}", answer.status(), answer.body());
    serde_json::from_slice(answer.body()).unwrap_or_default()
}

/// A person leaves a note on a ticket; its id.
pub(crate) async fn note(sandbox: &Sandbox, ticket: &str, owner: &str, html: &str) -> String {
    let properties = json!({"hs_note_body": html, "hs_timestamp": "2026-11-22T15:00:00Z", "hubspot_owner_id": owner});
    let types = [json!({"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 228})];
    let body = json!({"properties": properties, "associations": [{"to": {"id": ticket}, "types": types}]});
    ask(sandbox, "POST", "/crm/v3/objects/notes", body).await["id"].as_str().unwrap().to_owned()
}

/// A person changes a ticket.
pub(crate) async fn change(sandbox: &Sandbox, ticket: &str, properties: Value) {
    ask(sandbox, "PATCH", &format!("/crm/v3/objects/tickets/{ticket}"), json!({"properties": properties})).await;
}

/// The tasks by which colleagues come back to customers whose conversations nobody takes.
pub(crate) fn follow_ups(sandbox: &Sandbox) -> Vec<Value> {
    let all = sandbox.records("tasks").into_iter();
    let is_one =
        |task: &Value| task["properties"]["hs_task_body"].as_str().is_some_and(|body| body.contains("(Hand-off "));
    all.filter(is_one).collect()
}

/// A ticket as HubSpot has it.
pub(crate) fn ticket(sandbox: &Sandbox, id: &str) -> Value {
    sandbox.records("tickets").into_iter().find(|record| record["id"] == id).unwrap()["properties"].clone()
}

/// The bodies of the notes on a ticket, oldest first.
pub(crate) async fn notes(sandbox: &Sandbox, ticket: &str) -> Vec<String> {
    let path = format!("/crm/v3/objects/tickets/{ticket}?associations=notes");
    let found = ask(sandbox, "GET", &path, json!({})).await;
    let listed = found["associations"]["notes"]["results"].as_array().cloned().unwrap_or_default();
    let ids: Vec<_> = listed.iter().map(|one| one["id"].clone()).collect();
    let all = sandbox.records("notes").into_iter().filter(|record| ids.contains(&record["id"]));
    let mut all: Vec<_> = all.map(|one| (one["id"].as_str().unwrap().parse::<u64>().unwrap(), one)).collect();
    all.sort_by_key(|(id, _)| *id);
    all.into_iter().map(|(_, one)| one["properties"]["hs_note_body"].as_str().unwrap().to_owned()).collect()
}

/// The requests to HubSpot since the last call, as `METHOD path`.
pub(crate) fn requests(sandbox: &Sandbox) -> Vec<String> {
    let sent = sandbox.requests().iter().map(|sent| format!("{} {}", sent.method, sent.path)).collect();
    sandbox.clear_requests();
    sent
}

/// Lets time pass.
pub(crate) async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// Lets much time pass at once: of the looks in between only the last is made.
pub(crate) async fn jump(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
    pass(45).await;
}
