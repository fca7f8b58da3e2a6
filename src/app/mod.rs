//! The server's parts, built once from the settings, and the order of their shutdown.

pub mod access;
pub mod descriptors;
pub mod developer_key;
pub mod document_process;
pub mod documents;
pub mod events;
pub mod model;
pub mod shipped_documents;
pub mod store;
pub mod taskgraphs;
pub mod webhook;
pub mod zone_rules;

mod secret_file;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use self::access::Access;
use self::events::Events;
use crate::audit::{self, Audit};
use crate::change_feed::{Change, ChangeFeed};
use crate::config;
use crate::events::poll::cadence::Duty;
use crate::events::poll::inboxes::Inboxes;
use crate::mcp::call_limits::CallLimits;
use crate::mcp::http::SignedRoute;
use crate::mcp::readiness::HubSpotState;
use crate::mcp::{self, Server};
use crate::store::{InvalidLocation, Store};
use crate::tool::Ctx;
use crate::tool::permissions::Permissions;
use crate::tool::policy::{BookingConsent, InvalidPolicy, ToolPolicy};
use crate::tools;
use domain::clock::Clock;
use domain::time_zone::rules::{InvalidRules, ZoneRules};
use http_client;
use hubspot_client::{self, HubSpot, Tier};
use hubspot_sandbox::{self, Sandbox};
use knowledge::documents::Documents;
use taskgraph::collection::{self, Changes, Taskgraphs};
use taskgraph::load::LoadError;

/// The time that writes still under way may take at the end.
const WRITES_DRAIN_MAX: Duration = Duration::from_secs(10);

/// The interval at which the folder of taskgraphs is checked for changes.
const WATCH_EVERY: Duration = Duration::from_secs(2);

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
    /// The store.
    pub store: Store,
    /// The way in for HubSpot's events.
    pub events: Events,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A flag that selects tools.
    #[error(transparent)]
    Policy(#[from] InvalidPolicy),
    /// HubSpot's address.
    #[error(transparent)]
    Network(#[from] http_client::InvalidBaseUrl),
    /// The folder of taskgraphs.
    #[error(transparent)]
    Taskgraphs(#[from] LoadError),
    /// The folder of time zones.
    #[error(transparent)]
    ZoneRules(#[from] InvalidRules),
    /// The documents.
    #[error(transparent)]
    Documents(#[from] documents::Error),
    /// The location of the store.
    #[error("`--store`: {0}")]
    Store(#[from] InvalidLocation),
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
    /// Over HTTP.
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
        App::with_access(settings, Access::from(token))
    }

    /// Builds the parts. The access to HubSpot is not used with the embedded one.
    pub fn with_access(settings: &config::Settings, access: Access) -> Result<App, Error> {
        let policy = Arc::new(policy(settings)?);
        if settings.dry_run {
            info!("Dry run: nothing is written to HubSpot; answers say what would be sent.");
        }
        let open =
            ToolPolicy { broad_searches: false, allow_replies: false, reply_sender: None, ..policy.as_ref().clone() };
        if open != ToolPolicy::default() {
            info!(flags = ?settings.safety_flags(), "Not every tool is open; `frontdesk check` says which are.");
        }
        let clock = Clock::System;
        let zone_rules = zone_rules::in_force(settings.zoneinfo.as_deref())?;
        zone_rules::log(zone_rules, clock.now());
        let engine = hubspot_client::Settings { zone_rules, ..engine(settings) };
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
                let tokens = access.source(network.clone(), &engine.versions, &store, clock);
                HubSpot::with_tokens(network, tokens, engine, clock)
            }
        };
        let taskgraphs = Arc::new(taskgraphs::load(settings.taskgraphs.as_deref())?);
        let documents = documents::documents(settings, &taskgraphs, clock)?;
        let audit = audit(settings)?;
        let ctx = Ctx { store: store.clone(), audit: audit.clone(), zone_rules, ..Ctx::new(hubspot.clone(), clock) };
        let ctx = ctx.with_documents(documents.clone());
        let mut events = Events::new(store.clone(), ctx.changes.clone(), clock);
        if settings.poll || settings.poll_inboxes.is_some() {
            events.poll(&hubspot, settings.poll_inboxes.clone().unwrap_or_default(), Duty::Alone, clock);
        }
        let server = Server::new(ctx, taskgraphs.clone(), CallLimits::new(deadline)).with_policy(policy.clone());
        Ok(App { server, hubspot, sandbox, taskgraphs, documents, policy, zone_rules, audit, store, events })
    }

    /// The routes of HubSpot's webhooks, where they are configured. Beside them these inboxes are polled now and then.
    pub fn webhook_routes(
        &mut self,
        settings: &config::WebhookSettings,
        secret: Option<SecretString>,
        inboxes: Inboxes,
    ) -> Vec<Arc<dyn SignedRoute>> {
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

    /// Asks HubSpot who it is, until it answers.
    fn check_hubspot(&self) -> JoinHandle<()> {
        let (readiness, intake) = (self.server.readiness(), self.events.intake.clone());
        let hubspot = self.sandbox.is_none().then(|| self.hubspot.clone());
        tokio::spawn(async move {
            let Some(hubspot) = hubspot else { return readiness.set_hubspot(HubSpotState::Embedded) };
            loop {
                let asked = hubspot.for_call(Instant::now() + CHECK_MAX).account().token_info().await;
                asked.iter().for_each(|info| intake.set_portal(info.portal_id));
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
        let watching = watch(self.taskgraphs, self.server.change_feed());
        let events = self.events.start();
        let served = mcp::stdio::serve(self.server, asked_to_stop(), answered).await;
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
        let watching = watch(self.taskgraphs, self.server.change_feed());
        let talked = talk(self.server).await;
        reading.abort();
        watching.abort();
        drain(&self.hubspot).await;
        if self.audit.finish().await { Ok(talked) } else { Err(ServeError::LinesLost) }
    }

    /// Serves until the process is asked to stop.
    pub async fn serve_http(self, http: mcp::http::HttpServer) -> Result<(), ServeError> {
        store::check(&self.store).await?;
        let now = CancellationToken::new();
        now.cancel();
        let (reading, checking) = (self.read_ahead(now), self.check_hubspot());
        let watching = watch(self.taskgraphs, self.server.change_feed());
        if let Some(reload) = http.token_reload() {
            reload_on_hangup(reload);
        }
        let events = self.events.start();
        let served = http.serve(self.server, asked_to_stop()).await;
        events.end().await;
        reading.abort();
        checking.abort();
        watching.abort();
        drain(&self.hubspot).await;
        let told = self.audit.finish().await;
        served?;
        if told { Ok(()) } else { Err(ServeError::LinesLost) }
    }
}

/// The operator's choice of tools.
pub fn policy(settings: &config::Settings) -> Result<ToolPolicy, InvalidPolicy> {
    let policy = ToolPolicy {
        permissions: Permissions { read_only: settings.read_only, ..Permissions::default() },
        confirm_writes: settings.confirm_writes,
        confirm_bookings: booking_consent(settings),
        broad_searches: settings.broad_searches,
        ignore_scopes: settings.all_tools,
        allow_replies: settings.allow_replies || settings.sandbox,
        reply_sender: settings.reply_sender.clone(),
        toolsets: None,
    };
    policy.choose_toolsets(&settings.toolsets)?.choose(&tools::all().infos(), &settings.tools, &settings.without)
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
    let file = audit::file::Settings {
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

/// Reloads changed taskgraph files and tells clients of the changes.
fn watch(taskgraphs: Arc<Taskgraphs>, feed: ChangeFeed) -> JoinHandle<()> {
    tokio::spawn(async move {
        if taskgraphs.folder().is_some() {
            reload_often(move || taskgraphs.reload(), |changes| publish(&feed, changes)).await;
        }
    })
}

/// Reloads at an interval without end. An invalid file is reported once and changes nothing.
async fn reload_often<R>(reload: R, publish: impl Fn(&Changes))
where
    R: Fn() -> Result<Changes, LoadError> + Send + Sync + 'static,
{
    let reload = Arc::new(reload);
    let mut reported = None;
    loop {
        tokio::time::sleep(WATCH_EVERY).await;
        let reading = reload.clone();
        match tokio::task::spawn_blocking(move || reading()).await {
            // The next change may be readable, and whoever edits the files is still watched.
            Err(failed) if failed.is_panic() => error!("Reading the changed taskgraphs failed; those in use stay."),
            Err(_) => return,
            Ok(Err(error)) if reported.as_ref() != Some(&error) => {
                warn!("The changed taskgraphs are not used: {error}.");
                reported = Some(error);
            }
            Ok(Err(_)) => {}
            Ok(Ok(changes)) => {
                reported = None;
                if !changes.is_empty() {
                    info!(?changes, "Read the changed taskgraphs.");
                    publish(&changes);
                }
            }
        }
    }
}

fn publish(feed: &ChangeFeed, changes: &Changes) {
    if changes.list {
        feed.publish(&Change::Resources);
    }
    for name in &changes.updated {
        let address = collection::uri(name);
        feed.publish_below(&format!("{address}/"));
        feed.publish(&Change::Resource(address));
    }
}

/// Waits for the writes that HubSpot has begun.
async fn drain(hubspot: &HubSpot) {
    if tokio::time::timeout(WRITES_DRAIN_MAX, hubspot.drained()).await.is_err() {
        warn!("Some writes to HubSpot had no answer at the end; check them there.");
    }
}

/// A token that is cancelled by SIGTERM, SIGINT or Ctrl-C.
pub fn asked_to_stop() -> CancellationToken {
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        signalled().await;
        asked.cancel();
    });
    stop
}

/// Asks the server to read its tokens again whenever the process gets a SIGHUP.
#[cfg(unix)]
fn reload_on_hangup(reload: Arc<Notify>) {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::hangup()) {
        Ok(mut hangup) => drop(tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                reload.notify_one();
            }
        })),
        Err(error) => warn!("SIGHUP will not read the tokens again: {error}."),
    }
}

/// Other systems have no such signal: a restart reads the tokens again.
#[cfg(not(unix))]
fn reload_on_hangup(_: Arc<Notify>) {}

#[cfg(unix)]
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn signalled() {
    let _ = tokio::signal::ctrl_c().await;
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_panic_while_reading_does_not_end_the_watch() {
        let reads = AtomicU32::new(0);
        let published = AtomicU32::new(0);
        let reload = move || match reads.fetch_add(1, Ordering::Relaxed) {
            0 => panic!("the reader has a mistake"),
            _ => Ok(Changes { list: true, ..Changes::default() }),
        };
        let publish = |_: &Changes| _ = published.fetch_add(1, Ordering::Relaxed);
        assert!(timeout(WATCH_EVERY * 7 / 2, reload_often(reload, publish)).await.is_err(), "it goes on");
        assert_eq!(published.load(Ordering::Relaxed), 2, "of three reads one failed");
    }
}
