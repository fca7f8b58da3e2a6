//! A desk whose autopilot answers: its store outlives the process, and events come by webhooks or by polling.

use std::sync::Arc;
use std::time::Duration;

use domain::clock::Clock;
use domain::time_zone::rules::ZoneRules;
use frontdesk::app::events::{Events, Running};
use frontdesk::app::shipped_documents;
use frontdesk::app::webhook::WebhookRoute;
use frontdesk::audit::Audit;
use frontdesk::autopilot::pilot::{Autopilot, Parts};
use frontdesk::autopilot::settings::file;
use frontdesk::change_feed::ChangeFeed;
use frontdesk::chat::desk::NewBrain;
use frontdesk::chat::persona::Persona;
use frontdesk::events::poll::cadence::Duty;
use frontdesk::events::poll::inboxes::Inboxes;
use frontdesk::events::webhook::Webhook;
use frontdesk::hours::calendar::Hours;
use frontdesk::hours::setting;
use frontdesk::mcp::Server;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::store::{Location, Store};
use frontdesk::tool::Ctx;
use frontdesk::tool::policy::ToolPolicy;
use frontdesk::tools;
use http_client::{HttpClient, InProcess};
use hubspot_client::HubSpot;
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::conversing::{AgentMessage, VisitorMessage, WrittenMessage};
use hubspot_sandbox::webhooks::{DeliveryFaults, Subscription, WebhookApp};
use serde_json::{Value, json};

use tempfile::TempDir;

use crate::audit::Trail;
use crate::events::desk::Door;
use crate::events::{PUBLIC, SECRET, TARGET};
use crate::handoff::desk::{ask, ask_over};
use crate::inbox::SARAH;
use crate::world::NOW;

/// A user who works in HubSpot's own screens, and is Sarah's owner.
pub(super) const VERONICA: u64 = 9_586_504;
/// Another user.
pub(super) const MEI: u64 = 9_586_742;

/// The looks after which conversations should be settled: a message whose end is unclear is looked for in two minutes, and a
/// claim of a process that died ends after one.
const SETTLED_LOOKS_MAX: usize = 40;

/// The settings of most tests: every inbox is answered.
pub(super) const REPLY: &str = "mode = \"reply\"\n";

/// The way by which the desk hears of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Webhooks,
    Polling,
}

/// Runs a test with webhooks and with polling.
pub(super) async fn both(test: impl AsyncFn(Way)) {
    for way in [Way::Webhooks, Way::Polling] {
        test(way).await;
    }
}

/// An account and a store that outlive the process of a desk.
pub(super) struct House {
    pub(super) sandbox: Sandbox,
    pub(super) clock: Clock,
    pub(super) location: Location,
    pub(super) settings: String,
    pub(super) hours: Hours,
    pub(super) policy: ToolPolicy,
    pub(super) brain: Option<NewBrain>,
    audit: Audit,
    way: Way,
    /// Inboxes are asked now and then beside webhooks, as a server does.
    has_safety_poll: bool,
    door: Door,
    _folder: TempDir,
}

/// One life of the process.
pub(super) struct Desk {
    pub(super) store: Store,
    running: Running,
}

/// An autopilot and its parts.
pub(super) struct Piloted {
    pub(super) pilot: Arc<Autopilot>,
    hubspot: HubSpot,
    pub(super) store: Store,
    changes: ChangeFeed,
}

impl House {
    /// A house whose autopilot answers with these settings (TOML).
    pub(super) fn new(way: Way, settings: &str) -> House {
        House::of_account(way, settings, hubspot_sandbox::Settings::default(), DeliveryFaults::default())
    }

    /// The same on an account with settings of its own, whose deliveries go wrong in this way.
    pub(super) fn of_account(
        way: Way,
        settings: &str,
        account: hubspot_sandbox::Settings,
        mischief: DeliveryFaults,
    ) -> House {
        let now = NOW.parse().unwrap();
        let sandbox = Sandbox::new(hubspot_sandbox::Settings { now: Some(now), ..account });
        let folder = TempDir::new().unwrap();
        let location = Location::File(folder.path().join("desk.db"));
        let door = Door::default();
        if way == Way::Webhooks {
            let types = ["conversation.newMessage", "conversation.privacyDeletion", "contact.privacyDeletion"];
            let app = types
                .into_iter()
                .fold(WebhookApp::new(2_438_486, SECRET, TARGET), |app, name| app.with(Subscription::to(name)));
            let app = WebhookApp { mischief, retry_speed: 1_000, ..app };
            sandbox.add_webhook_app(app.in_process(door.router())).unwrap();
        }
        House {
            sandbox,
            clock: Clock::starting_at(now),
            location,
            settings: settings.to_owned(),
            hours: Hours::default(),
            policy: ToolPolicy::default(),
            brain: None,
            audit: Audit::none(),
            way,
            has_safety_poll: false,
            door,
            _folder: folder,
        }
    }

    /// The same with this brain in the place of the one without a model.
    pub(super) fn with_brain(self, brain: NewBrain) -> House {
        House { brain: Some(brain), ..self }
    }

    /// The same whose changes have lines in this trail.
    pub(super) fn with_audit(self, trail: &Trail) -> House {
        House { audit: trail.audit.clone(), ..self }
    }

    /// The same where inboxes are asked now and then beside webhooks: HubSpot repeats a delivery a thousand times as fast here, and
    /// so gives up while a desk is down.
    pub(super) fn with_safety_poll(self) -> House {
        House { has_safety_poll: true, ..self }
    }

    /// The same with other settings.
    pub(super) fn with_settings(self, settings: &str) -> House {
        House { settings: settings.to_owned(), ..self }
    }

    pub(super) fn with_hours(self, text: &str) -> House {
        House { hours: setting::read(text, ZoneRules::embedded()).unwrap(), ..self }
    }

    /// Starts the process of a desk, and lets it settle: a poller notes where it begins.
    pub(super) async fn open(&self) -> Desk {
        let desk = self.open_over(InProcess(self.sandbox.router())).await;
        pass(20).await;
        desk
    }

    /// Starts the process over this transport.
    pub(super) async fn open_over(&self, transport: impl HttpClient) -> Desk {
        let desk = self.start(transport).await;
        if self.way == Way::Webhooks {
            self.door.lead_to_route(Some(desk.1));
        }
        desk.0
    }

    /// A second process beside another one: it hears of no webhooks itself.
    pub(super) async fn open_beside(&self) -> Desk {
        self.start(InProcess(self.sandbox.router())).await.0
    }

    async fn start(&self, transport: impl HttpClient) -> (Desk, Arc<WebhookRoute>) {
        let Piloted { pilot, hubspot, store, changes } = self.pilot_over(transport).await;
        let mut events = Events::new(store.clone(), changes, self.clock);
        match self.way {
            Way::Polling => events.poll(&hubspot, Inboxes::All, Duty::Alone, self.clock),
            Way::Webhooks if self.has_safety_poll => {
                events.poll(&hubspot, Inboxes::All, Duty::BesideWebhooks, self.clock);
            }
            Way::Webhooks => {}
        }
        events.answer(pilot);
        let webhook = Webhook::new(SECRET.into(), PUBLIC.parse().unwrap(), events.intake.clone(), self.clock);
        (Desk { store, running: events.start() }, Arc::new(WebhookRoute(webhook)))
    }

    /// An autopilot that does nothing by itself.
    pub(super) async fn pilot_over(&self, transport: impl HttpClient) -> Piloted {
        let engine = hubspot_client::Settings { seed: Some(7), ..Default::default() };
        let hubspot = HubSpot::new(transport, Some(self.sandbox.token().into()), engine, self.clock);
        let store = Store::timed_by(self.location.clone(), self.clock);
        let hours = Arc::new(self.hours.clone());
        let audit = self.audit.clone();
        let ctx = Ctx { store: store.clone(), hours, audit, ..Ctx::new(hubspot.clone(), self.clock) };
        let ctx = ctx.with_documents(shipped_documents::documents());
        let changes = ctx.changes.clone();
        let policy = Arc::new(self.policy.clone());
        let server = Server::new(ctx.clone(), crate::world::taskgraphs(), CallLimits::new(Duration::from_secs(30)))
            .with_policy(policy.clone());
        let open: Vec<_> =
            tools::all().infos().iter().filter(|tool| tool.customers.is_some()).map(|tool| tool.name).collect();
        let settings = file::read(&self.settings, &open).unwrap();
        let ctx = server.context().clone();
        let turn_max = Duration::from_secs(120);
        let parts = Parts { server, ctx, policy, persona: Persona::default(), turn_max };
        let pilot = Arc::new(Autopilot::new(settings, parts, self.brain.clone()).await.unwrap());
        Piloted { pilot, hubspot, store, changes }
    }

    /// Ends the process as a crash does.
    pub(super) fn crash(&self, desk: Desk) {
        self.door.lead_to_route(None);
        drop(desk);
    }

    /// Sarah begins a chat; the thread and the message.
    pub(super) fn sarah(&self, text: &str) -> WrittenMessage {
        self.sandbox.visitor_writes(VisitorMessage { contact: Some(SARAH), ..VisitorMessage::chat(text) }).unwrap()
    }

    /// The customer of a thread goes on.
    pub(super) fn more(&self, thread: u64, text: &str) -> WrittenMessage {
        self.sandbox.visitor_writes(VisitorMessage::chat(text).in_thread(thread)).unwrap()
    }

    /// Veronica writes to the customer in HubSpot's own screens.
    pub(super) fn veronica(&self, thread: u64, text: &str) {
        self.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, text)).unwrap();
    }

    /// Veronica leaves a comment.
    pub(super) fn comments(&self, thread: u64, text: &str) {
        self.sandbox.agent_writes(AgentMessage::comment(thread, VERONICA, text)).unwrap();
    }

    /// The messages of a thread as HubSpot has them, oldest first.
    pub(super) async fn stored(&self, thread: u64) -> Vec<Value> {
        stored(&InProcess(self.sandbox.router()), self.sandbox.token(), thread).await
    }

    /// The thread as HubSpot has it.
    pub(super) async fn thread(&self, thread: u64) -> Value {
        let path = format!("/conversations/v3/conversations/threads/{thread}");
        ask(&self.sandbox, "GET", &path, json!({})).await
    }

    /// The conversation in short: `customer: …`, `desk: …` for what customers are told, `note: …`, `assigned: …`, `closed`.
    pub(super) async fn talk(&self, thread: u64) -> Vec<String> {
        self.stored(thread).await.iter().filter_map(line).collect()
    }

    /// What the desk has told the customer of a thread.
    pub(super) async fn told(&self, thread: u64) -> Vec<String> {
        let talk = self.talk(thread).await.into_iter();
        talk.filter_map(|line| line.strip_prefix("desk: ").map(str::to_owned)).collect()
    }

    /// The comments of a thread.
    pub(super) async fn notes(&self, thread: u64) -> Vec<String> {
        let talk = self.talk(thread).await.into_iter();
        talk.filter_map(|line| line.strip_prefix("note: ").map(str::to_owned)).collect()
    }
}

impl Desk {
    /// Ends the process in order.
    pub(super) async fn close(self) {
        self.running.end().await;
    }
}

/// Ends all faults of HubSpot.
pub(super) async fn mend(sandbox: &Sandbox) {
    let request = http::Request::delete("/__sandbox/faults").body(bytes::Bytes::new()).unwrap();
    assert!(InProcess(sandbox.router()).send(request).await.unwrap().status().is_success());
}

/// Waits until no conversation waits for an answer, and then so long that whatever came too late would have come.
pub(super) async fn settled(desk: &Desk) {
    for _ in 0..SETTLED_LOOKS_MAX {
        pass(20).await;
        if desk.store.waiting_conversations().await.unwrap().0 == 0 {
            return pass(20).await;
        }
    }
    panic!("conversations still wait");
}

/// The messages of a thread as HubSpot has them, oldest first.
pub(super) async fn stored(way: &InProcess, token: &str, thread: u64) -> Vec<Value> {
    let path = format!("/conversations/v3/conversations/threads/{thread}/messages?limit=500");
    let mut messages = ask_over(way, token, "GET", &path, json!({})).await["results"].as_array().unwrap().clone();
    messages.sort_by_key(|message| message["createdAt"].as_str().unwrap().to_owned());
    messages
}

fn line(message: &Value) -> Option<String> {
    let text = message["text"].as_str().unwrap_or_default();
    match message["type"].as_str().unwrap() {
        "MESSAGE" if message["direction"] == "INCOMING" => Some(format!("customer: {text}")),
        "MESSAGE" => Some(format!("desk: {text}")),
        "COMMENT" => Some(format!("note: {text}")),
        "ASSIGNMENT" => Some(format!("assigned: {}", message["assignedTo"].as_str().unwrap_or("nobody"))),
        "THREAD_STATUS_CHANGE" if message["newStatus"] == "CLOSED" => Some("closed".to_owned()),
        _ => None,
    }
}

/// Lets time pass.
pub(super) async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// The server of the same account and store, for a client of its own.
pub(super) async fn server_on(house: &House) -> Server {
    let engine = hubspot_client::Settings { seed: Some(7), ..Default::default() };
    let hubspot =
        HubSpot::new(InProcess(house.sandbox.router()), Some(house.sandbox.token().into()), engine, house.clock);
    let store = Store::timed_by(house.location.clone(), house.clock);
    let ctx = Ctx { store, ..Ctx::new(hubspot, house.clock) };
    Server::new(ctx, Arc::default(), CallLimits::new(Duration::from_secs(30)))
}
