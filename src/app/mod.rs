//! The server's parts, built once from the settings, and the order of their shutdown.

mod documents;
pub mod shipped_documents;
pub mod taskgraphs;
pub mod zone_rules;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::change_feed::{Change, ChangeFeed};
use crate::config;
use crate::mcp::call_limits::CallLimits;
use crate::mcp::{self, Server};
use crate::store::{Location, Store};
use crate::tool::Ctx;
use crate::tool::permissions::Permissions;
use crate::tool::policy::{InvalidPolicy, ToolPolicy};
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
}

impl App {
    /// Builds the parts. `token` is HubSpot's; it is not used with the embedded HubSpot.
    pub fn new(settings: &config::Settings, token: Option<SecretString>) -> Result<App, Error> {
        let policy = Arc::new(policy(settings)?);
        if settings.dry_run {
            info!("Dry run: nothing is written to HubSpot; answers say what would be sent.");
        }
        let of_tools = ToolPolicy { broad_searches: false, ..policy.as_ref().clone() };
        if of_tools != ToolPolicy::default() {
            info!(flags = ?settings.safety_flags(), "Not every tool is open; `frontdesk check` says which are.");
        }
        let clock = Clock::System;
        let zone_rules = zone_rules::in_force(settings.zoneinfo.as_deref())?;
        zone_rules::log(zone_rules, clock.now());
        let engine = hubspot_client::Settings { zone_rules, ..engine(settings) };
        let deadline = engine.call_deadline;
        let sandbox = settings.sandbox.then(|| Sandbox::new(account(settings)));
        let hubspot = match &sandbox {
            Some(sandbox) => {
                let token = SecretString::from(sandbox.token());
                HubSpot::new(http_client::InProcess(sandbox.router()), Some(token), engine, clock)
            }
            None => HubSpot::new(http_client::Network::new(&settings.hubspot_base_url)?, token, engine, clock),
        };
        let taskgraphs = Arc::new(taskgraphs::load(settings.taskgraphs.as_deref())?);
        let documents = documents::documents(settings, &taskgraphs, clock)?;
        let ctx = Ctx {
            store: Store::at(store_location(settings)),
            confirm_bookings: settings.confirm_bookings,
            zone_rules,
            ..Ctx::new(hubspot.clone(), clock)
        };
        let ctx = ctx.with_documents(documents.clone());
        let server = Server::new(ctx, taskgraphs.clone(), CallLimits::new(deadline)).with_policy(policy.clone());
        Ok(App { server, hubspot, sandbox, taskgraphs, documents, policy, zone_rules })
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

    /// Serves one client over stdin and stdout until it leaves or the process is asked to stop.
    pub async fn serve_stdio(self) -> Result<(), mcp::stdio::Error> {
        let answered = CancellationToken::new();
        let reading = self.read_ahead(answered.clone());
        let watching = watch(self.taskgraphs, self.server.change_feed());
        let served = mcp::stdio::serve(self.server, asked_to_stop(), answered).await;
        reading.abort();
        watching.abort();
        drain(&self.hubspot).await;
        served
    }

    /// Serves until the process is asked to stop.
    pub async fn serve_http(self, http: mcp::http::HttpServer) -> Result<(), mcp::http::Error> {
        let now = CancellationToken::new();
        now.cancel();
        let reading = self.read_ahead(now);
        let watching = watch(self.taskgraphs, self.server.change_feed());
        let served = http.serve(self.server, asked_to_stop()).await;
        reading.abort();
        watching.abort();
        drain(&self.hubspot).await;
        served
    }
}

/// The operator's choice of tools.
pub fn policy(settings: &config::Settings) -> Result<ToolPolicy, InvalidPolicy> {
    let policy = ToolPolicy {
        permissions: Permissions { read_only: settings.read_only, tools: None },
        confirm_writes: settings.confirm_writes,
        broad_searches: settings.broad_searches,
        ignore_scopes: settings.all_tools,
    };
    policy.choose(&tools::all().infos(), &settings.tools, &settings.without)
}

/// The settings of the HubSpot client. Requests to the embedded HubSpot are unlimited unless a tier is set.
fn engine(settings: &config::Settings) -> hubspot_client::Settings {
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

/// The location of the store of taskgraph sessions.
fn store_location(settings: &config::Settings) -> Location {
    let usual = || dirs::data_local_dir().map(|folder| folder.join("frontdesk").join("frontdesk.db"));
    let file = settings.store.clone().or_else(|| if settings.sandbox { None } else { usual() });
    file.filter(|file| file.as_os_str() != ":memory:").map_or(Location::Memory, Location::File)
}

/// Reloads changed taskgraph files. An invalid file is reported once and changes nothing.
fn watch(taskgraphs: Arc<Taskgraphs>, feed: ChangeFeed) -> JoinHandle<()> {
    tokio::spawn(async move {
        if taskgraphs.folder().is_none() {
            return;
        }
        let mut reported = None;
        loop {
            tokio::time::sleep(WATCH_EVERY).await;
            let reading = taskgraphs.clone();
            let Ok(read) = tokio::task::spawn_blocking(move || reading.reload()).await else { return };
            match read {
                Ok(changes) if !changes.is_empty() => {
                    info!(?changes, "Read the changed taskgraphs.");
                    publish(&feed, &changes);
                }
                Ok(_) => {}
                Err(error) if reported.as_ref() != Some(&error) => {
                    warn!("The changed taskgraphs are not used: {error}.");
                    reported = Some(error);
                    continue;
                }
                Err(_) => continue,
            }
            reported = None;
        }
    })
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
