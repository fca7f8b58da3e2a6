//! The server's parts, built once from the settings, and the order of their shutdown.

pub mod access;
pub mod autopilot;
pub mod chat_page;
pub mod descriptors;
pub mod developer_key;
pub mod document_process;
pub mod documents;
pub mod embedded_events;
pub mod events;
pub mod hours;
pub mod lookups;
pub mod model;
pub mod shared_quota;
pub mod shipped_documents;
pub mod store;
pub mod taskgraphs;
pub mod webhook;
pub mod zone_rules;

mod graph_watch;
mod operator;
mod secret_file;
pub mod signals;
mod store_watch;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use self::access::HubSpotAccess;
use self::events::Events;

use crate::audit::{self, Audit};
use crate::change_feed::Change;
use crate::config;
use crate::events::poll::cadence::Duty;
use crate::events::poll::inboxes::Inboxes;
use crate::handoff::watch::{LOOK_EMBEDDED_EVERY, LOOK_EVERY, Watch};
use crate::hours::calendar::Hours;
use crate::mcp::call_limits::CallLimits;
use crate::mcp::http::SignedRoute;
use crate::mcp::readiness::HubSpotState;
use crate::mcp::{self, Server};
use crate::store::{InvalidLocation, Store};
use crate::tool::handoff_policy::{HandoffPolicy, HandoffWay};
use crate::tool::permissions::Permissions;
use crate::tool::policy::{BookingConsent, InvalidPolicy, ToolPolicy};
use crate::tool::{Ctx, ToolEntry};
use domain::clock::Clock;
use domain::time_zone::rules::{InvalidRules, ZoneRules};
use http_client;
use hubspot_client::{self, Callers, HubSpot, Tier};
use hubspot_sandbox::{self, Sandbox};
use knowledge::documents::Documents;
use taskgraph::collection::Taskgraphs;
use taskgraph::load::LoadError;

/// The time that writes still under way may take at the end.
const WRITES_DRAIN_MAX: Duration = Duration::from_secs(10);

/// Longest wait for HubSpot when it is checked, and the time until it is checked again.
const CHECK_MAX: Duration = Duration::from_secs(10);
const CHECK_AGAIN: Duration = Duration::from_secs(30);

/// The parts, wired together.
#[derive(Debug)]
pub struct App {
    /// The MCP server.
    pub server: Server,
    /// The HubSpot client.
    pub hubspot: HubSpot,
    /// The embedded HubSpot, where it is used.
    pub sandbox: Option<Sandbox>,
    /// The taskgraphs that are served.
    pub taskgraphs: Arc<Taskgraphs>,
    /// The documents that are searched.
    pub documents: Documents,
    /// The tools that the operator serves.
    pub policy: Arc<ToolPolicy>,
    /// The clocks of time zones.
    pub zone_rules: ZoneRules,
    /// The audit trail.
    pub audit: Audit,
    /// Store of sessions, events and outboxes.
    pub store: Store,
    /// When people answer.
    pub hours: Arc<Hours>,
    /// The way in for HubSpot's events.
    pub events: Events,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A flag that selects tools.
    #[error(transparent)]
    Policy(#[from] InvalidPolicy),
    /// The base address of HubSpot's API is invalid.
    #[error(transparent)]
    Network(#[from] http_client::InvalidBaseUrl),
    /// The folder of taskgraphs.
    #[error(transparent)]
    Taskgraphs(#[from] LoadError),
    /// The folder of time zones.
    #[error(transparent)]
    ZoneRules(#[from] InvalidRules),
    /// The folder or site of documents cannot be used.
    #[error(transparent)]
    Documents(#[from] documents::Error),
    /// The location of the store.
    #[error("`--store`: {0}")]
    Store(#[from] InvalidLocation),
    /// The file of the hours.
    #[error(transparent)]
    Hours(#[from] hours::InvalidFile),
    /// The file of look-ups cannot be used.
    #[error(transparent)]
    Lookups(#[from] lookups::InvalidLookupsFile),
    /// The file of the audit trail.
    #[error("`--audit {0}`: {1}")]
    Audit(String, audit::file::Error),
}

/// A service that did not end well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Over stdin and stdout.
    #[error(transparent)]
    Stdio(#[from] mcp::stdio::Error),
    /// The HTTP server cannot start.
    #[error(transparent)]
    Http(#[from] mcp::http::Error),
    /// The store may not be used.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    /// The audit trail lacks its last lines.
    #[error("the last lines of the audit trail could not be written")]
    LinesLost,
}

impl App {
    /// Builds the parts with a token that stays, or with none.
    pub fn new(settings: &config::Settings, token: Option<SecretString>) -> Result<App, Error> {
        App::with_access(settings, HubSpotAccess::from(token), Callers::One, None)
    }

    /// Builds the parts. The access to HubSpot is not used with the embedded one. The account's quota is divided among the
    /// callers. `address` is where this process will listen, if it will.
    pub fn with_access(
        settings: &config::Settings,
        access: HubSpotAccess,
        callers: Callers,
        address: Option<SocketAddr>,
    ) -> Result<App, Error> {
        let lookups = lookups::tools(settings.lookups.as_deref())?;
        let policy = Arc::new(policy_with(settings, &lookups)?);
        if settings.dry_run {
            info!("Dry run: nothing is written to HubSpot; answers say what would be sent.");
        }
        let open = ToolPolicy {
            broad_searches: false,
            allow_replies: false,
            reply_sender: None,
            handoff: HandoffPolicy::default(),
            ..policy.as_ref().clone()
        };
        if open != ToolPolicy::default() {
            info!(flags = ?settings.safety_flags(), "Not every tool is open; `frontdesk check` says which are.");
        }
        let clock = Clock::System;
        let zone_rules = zone_rules::in_force(settings.zoneinfo.as_deref())?;
        zone_rules::log(zone_rules, clock.now());
        let engine = hubspot_client::Settings { zone_rules, callers, ..engine(settings) };
        let deadline = engine.call_deadline;
        let store = Store::at(store::location(settings)?);
        let sandbox = settings.sandbox.then(|| Sandbox::new(account(settings)));
        let hubspot = match &sandbox {
            Some(sandbox) => {
                let token = SecretString::from(sandbox.token());
                HubSpot::new(http_client::InProcess(sandbox.router()), Some(token), engine, clock)
            }
            None => {
                let network = http_client::Network::new(&settings.hubspot_base_url)?;
                let engine =
                    hubspot_client::Settings { shared_quota: shared_quota::of(&store, &access, address), ..engine };
                let tokens = access.source(network.clone(), &engine.versions, &store, clock);
                HubSpot::with_tokens(network, tokens, engine, clock)
            }
        };
        let taskgraphs = Arc::new(taskgraphs::load(settings.taskgraphs.as_deref())?);
        let documents = documents::documents(settings, &taskgraphs, clock)?;
        let audit = audit(settings)?;
        let hours = Arc::new(hours::of(settings.hours.as_deref(), zone_rules)?);
        let ctx = Ctx {
            store: store.clone(),
            audit: audit.clone(),
            zone_rules,
            hours: hours.clone(),
            ..Ctx::new(hubspot.clone(), clock)
        };
        let ctx = ctx.with_documents(documents.clone());
        let mut events = Events::new(store.clone(), ctx.changes.clone(), clock);
        if settings.poll || settings.poll_inboxes.is_some() {
            events.poll(&hubspot, settings.poll_inboxes.clone().unwrap_or_default(), Duty::Alone, clock);
        }
        // HubSpot is never on this machine: what is there is an embedded one.
        let host = url::Url::parse(&settings.hubspot_base_url).ok().and_then(|url| url.host_str().map(str::to_owned));
        let is_embedded = settings.sandbox || host.is_some_and(|host| http_client::is_this_machine(&host));
        let every = if is_embedded { LOOK_EMBEDDED_EVERY } else { LOOK_EVERY };
        if policy.handoff.way != HandoffWay::Off {
            events.watch_handoffs(Watch::new(ctx.clone(), policy.clone(), every));
        }
        let server = Server::new(ctx, taskgraphs.clone(), CallLimits::new(deadline)).with_policy(policy.clone());
        let more: Vec<_> = lookups.into_iter().chain(operator::tools(&policy)).collect();
        let server = if more.is_empty() { server } else { server.with_tools(more) };
        Ok(App { server, hubspot, sandbox, taskgraphs, documents, policy, zone_rules, audit, store, hours, events })
    }

    /// The routes of HubSpot's webhooks, where they are configured. Beside them these inboxes are polled now and then.
    pub fn webhook_routes(
        &mut self,
        settings: &config::WebhookSettings,
        secret: Option<SecretString>,
        inboxes: Inboxes,
    ) -> Vec<Arc<dyn SignedRoute>> {
        if self.sandbox.is_none() {
            self.events.intake.expect_portal();
        }
        let route = webhook::route(settings, secret.clone(), &self.events.intake);
        if route.is_some() {
            self.events.poll(&self.hubspot, inboxes, Duty::BesideWebhooks, Clock::System);
        }
        let channel = secret.is_some().then(|| self.events.channel());
        let intake = &self.events.intake;
        let channel = channel.and_then(|channel| webhook::channel_route(settings, secret, intake, channel));
        route.into_iter().chain(channel).collect()
    }

    /// Reads, after `start`, what the first call would otherwise wait for: the documents, and the definitions of the
    /// account. The embedded HubSpot answers at once and needs no warm-up.
    fn read_ahead(&self, start: CancellationToken) -> JoinHandle<()> {
        let (feed, documents) = (self.server.change_feed(), self.documents.clone());
        let hubspot = self.sandbox.is_none().then(|| self.hubspot.clone());
        tokio::spawn(async move {
            start.cancelled().await;
            documents.refresh_in_background(move || feed.publish(&Change::Resources));
            if let Some(hubspot) = hubspot {
                hubspot.warm_up().await;
            }
        })
    }

    /// Asks HubSpot who it is, until it answers. Its events are taken from then on.
    fn check_hubspot(&self) -> JoinHandle<()> {
        let (readiness, intake) = (self.server.readiness(), self.events.intake.clone());
        let hubspot = self.sandbox.is_none().then(|| self.hubspot.clone());
        tokio::spawn(async move {
            let Some(hubspot) = hubspot else { return readiness.set_hubspot(HubSpotState::Embedded) };
            loop {
                let call = hubspot.for_call(Instant::now() + CHECK_MAX);
                let asked = call.account().token_info().await;
                let portal = match &asked {
                    Ok(info) => Ok(info.portal_id),
                    // HubSpot does not tell of every kind of token.
                    Err(_) => {
                        let call = hubspot.for_call(Instant::now() + CHECK_MAX);
                        call.account().details().await.map(|account| account.portal_id)
                    }
                };
                portal.iter().for_each(|portal| intake.set_portal(*portal));
                let state = asked.map_or_else(|error| HubSpotState::Failed(error.code()), |_| HubSpotState::Reached);
                readiness.set_hubspot(state);
                if state == HubSpotState::Reached {
                    return;
                }
                sleep(CHECK_AGAIN).await;
            }
        })
    }

    /// Serves one client over stdin and stdout until it leaves or the process is asked to stop.
    pub async fn serve_stdio(self) -> Result<(), ServeError> {
        store::check(&self.store).await?;
        let answered = CancellationToken::new();
        let reading = self.read_ahead(answered.clone());
        let watching = graph_watch::watch(self.taskgraphs, self.server.change_feed());
        let events = self.events.start();
        let served = mcp::stdio::serve(self.server, signals::asked_to_stop(), answered).await;
        events.end().await;
        reading.abort();
        watching.abort();
        drain(&self.hubspot).await;
        let told = self.audit.finish().await;
        served?;
        if told { Ok(()) } else { Err(ServeError::LinesLost) }
    }

    /// Holds a conversation in this process: with the documents read beside it, and the writes under way awaited at its end.
    pub async fn talk<T>(self, talk: impl AsyncFnOnce(Server) -> T) -> Result<T, ServeError> {
        let now = CancellationToken::new();
        now.cancel();
        let reading = self.read_ahead(now);
        let watching = graph_watch::watch(self.taskgraphs, self.server.change_feed());
        let events = self.events.start();
        let talked = talk(self.server).await;
        events.end().await;
        reading.abort();
        watching.abort();
        drain(&self.hubspot).await;
        if self.audit.finish().await { Ok(talked) } else { Err(ServeError::LinesLost) }
    }

    /// Serves until the process is asked to stop. Then `/readyz` says so and other replicas get the leases at once, and
    /// `drain_delay` later no more calls are taken: a proxy has so long to notice.
    pub async fn serve_http(self, http: mcp::http::HttpServer, drain_delay: Duration) -> Result<(), ServeError> {
        store::check(&self.store).await?;
        let now = CancellationToken::new();
        now.cancel();
        let (reading, checking) = (self.read_ahead(now), self.check_hubspot());
        let watching = graph_watch::watch(self.taskgraphs, self.server.change_feed());
        let readiness = self.server.readiness();
        let asking = tokio::spawn(store_watch::watch(self.store, readiness.clone()));
        if let Some(reload) = http.token_reload() {
            signals::reload_on_hangup(reload);
        }
        let events = self.events.start();
        let (stop, leases) = (CancellationToken::new(), events.leases());
        // Before anything is served: until then a signal ends the process at once.
        let signal = signals::asked_to_stop();
        let serving = http.serve(self.server, stop.clone());
        let served = tokio::select! {
            // The server ends before the signal only if it cannot go on.
            served = serving => served,
            () = async {
                signal.cancelled().await;
                readiness.leave();
                leases.hand_over();
                sleep(drain_delay).await;
                stop.cancel();
                std::future::pending().await
            } => Ok(()),
        };
        events.end().await;
        reading.abort();
        checking.abort();
        asking.abort();
        watching.abort();
        drain(&self.hubspot).await;
        let told = self.audit.finish().await;
        served?;
        if told { Ok(()) } else { Err(ServeError::LinesLost) }
    }
}

/// The operator's choice of tools.
pub fn policy(settings: &config::Settings) -> Result<ToolPolicy, Error> {
    Ok(policy_with(settings, &lookups::tools(settings.lookups.as_deref())?)?)
}

fn policy_with(settings: &config::Settings, lookups: &[ToolEntry]) -> Result<ToolPolicy, InvalidPolicy> {
    let policy = ToolPolicy {
        permissions: Permissions { read_only: settings.read_only, ..Permissions::default() },
        confirm_writes: settings.confirm_writes,
        confirm_bookings: booking_consent(settings),
        broad_searches: settings.broad_searches,
        ignore_scopes: settings.all_tools,
        allow_replies: settings.allow_replies || settings.sandbox,
        reply_sender: settings.reply_sender.clone(),
        handoff: HandoffPolicy {
            way: settings.handoff.way(),
            mark: settings.handoff_mark.clone(),
            minutes: settings.handoff_minutes,
        },
        toolsets: None,
    };
    let mut all = operator::choosable();
    all.extend(lookups.iter().map(|tool| **tool));
    policy.choose_toolsets(&settings.toolsets)?.choose(&all, &settings.tools, &settings.without)
}

fn booking_consent(settings: &config::Settings) -> BookingConsent {
    match (settings.confirm_bookings, settings.confirm_bookings_if_possible) {
        (true, _) => BookingConsent::Required,
        (false, true) => BookingConsent::IfPossible,
        (false, false) => BookingConsent::NotAsked,
    }
}

fn audit(settings: &config::Settings) -> Result<Audit, Error> {
    let Some(path) = &settings.audit else { return Ok(Audit::none()) };
    let file = audit::file::AuditSettings {
        path: path.clone(),
        bytes_max: settings.audit_max_bytes,
        files_kept: settings.audit_keep,
    };
    Audit::open(file, settings.audit_reads).map_err(|error| Error::Audit(path.display().to_string(), error))
}

/// The settings of the HubSpot client. Requests to the embedded HubSpot are unlimited unless a tier is set.
pub fn engine(settings: &config::Settings) -> hubspot_client::Settings {
    let usual = if settings.sandbox { Tier::Unlimited } else { Tier::default() };
    let engine = hubspot_client::Settings {
        versions: settings.api_versions.clone().unwrap_or_default(),
        tier: settings.tier.unwrap_or(usual),
        call_deadline: Duration::from_secs(settings.call_deadline),
        ticket_keys: settings.ticket_keys.clone(),
        dry_run: settings.dry_run,
        ..hubspot_client::Settings::default()
    };
    match settings.cache_age.map(Duration::from_secs) {
        Some(age) => engine.with_cache_ttl(age),
        None => engine,
    }
}

/// The settings of the embedded account: it enforces the limits of the tier, or none without a tier.
pub fn account(settings: &config::Settings) -> hubspot_sandbox::Settings {
    use hubspot_sandbox::limits::Tier as Limits;
    let tier = settings.tier.and_then(|tier| match tier {
        Tier::Free => Some(Limits::Free),
        Tier::Professional => Some(Limits::Professional),
        Tier::Enterprise => Some(Limits::Enterprise),
        Tier::Increased => Some(Limits::Increased),
        Tier::OAuth => Some(Limits::Marketplace),
        Tier::Unlimited => None,
    });
    hubspot_sandbox::Settings { tier, ..hubspot_sandbox::Settings::default() }
}

/// Waits for the writes that HubSpot has begun.
async fn drain(hubspot: &HubSpot) {
    if tokio::time::timeout(WRITES_DRAIN_MAX, hubspot.drained()).await.is_err() {
        warn!("Some writes to HubSpot had no answer at the end; check them there.");
    }
}
