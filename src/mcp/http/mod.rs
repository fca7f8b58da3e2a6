//! MCP over HTTP: `/mcp`, the old transport beside it, and three pages for whoever watches over the server.
//!
//! A request passes, from the outside in: `listener` (connections, heads and slow clients), `hosts` (names and origins),
//! `gate` (who calls, how often), `body` (size and time of what they send), and then reaches its route.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::time::{Instant, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::auth::Auth;
use super::auth::tokens::{BadTokens, Tokens};
use super::stdio::DRAIN_MAX;
use super::{KeyTooShort, Server};
use crate::tools;

mod allowed_hosts;
mod auth_layer;
mod body;
mod error_body;
mod eviction;
mod listener;
mod rate_limit;
mod router;
mod sessions;
mod sse;

/// Streams and keep-alive connections that are still open after the calls have ended get this long.
const CLOSE_MAX: Duration = Duration::from_secs(1);

/// An answer that was just finished has this long to reach its connection.
const SETTLE: Duration = Duration::from_millis(50);

/// How often what was measured is summed up.
const SUM_UP_EVERY: Duration = Duration::from_secs(5);

/// What one caller with a token may have at once and in a second, unless it is set otherwise.
const CALLS_AT_ONCE: usize = 256;
const CALLS_PER_SECOND: u32 = 200;

/// How the HTTP front door is opened.
#[derive(Debug)]
pub struct Settings {
    pub bind: SocketAddr,
    /// One token that opens everything.
    pub auth_token: Option<SecretString>,
    /// A file of tokens with names and rights.
    pub auth_file: Option<PathBuf>,
    pub allowed_hosts: Vec<String>,
    pub allowed_origins: Vec<String>,
    /// Whether the old HTTP+SSE transport is served too.
    pub sse: bool,
    /// Signs what clients carry between a question and its answer; shared by all replicas.
    pub state_key: Option<SecretString>,
    /// Requests of one caller in a second, at least 1. Without it, 200 where callers have tokens, and no limit on this machine.
    pub calls_per_second: Option<u32>,
    /// Calls of one caller at once, at least 1. Without it, 256 where callers have tokens, and no limit on this machine.
    pub calls_at_once: Option<usize>,
    /// Sessions of older clients, at least 1; of the caller with the most, the one not used for longest makes way.
    pub sessions_max: usize,
    /// What `/metrics` shows.
    pub metrics: Option<PrometheusHandle>,
}

impl Settings {
    /// Open to this machine alone, as far as `bind` says so.
    pub fn new(bind: SocketAddr) -> Settings {
        Settings {
            bind,
            auth_token: None,
            auth_file: None,
            allowed_hosts: vec![],
            allowed_origins: vec![],
            sse: true,
            state_key: None,
            calls_per_second: None,
            calls_at_once: None,
            sessions_max: 1_000,
            metrics: None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "refusing to listen on {0} without a bearer token: everyone who reaches it could use your HubSpot. \
         Set FRONTDESK_AUTH_TOKEN (or --auth-token, or --auth-file), or bind a loopback address such as 127.0.0.1:8765"
    )]
    Unguarded(SocketAddr),
    #[error("the bearer token cannot be used: {0}")]
    Token(BadTokens),
    #[error("the file of tokens `{path}` cannot be used: {problem}")]
    Tokens { path: String, problem: BadTokens },
    #[error(transparent)]
    StateKey(#[from] KeyTooShort),
    #[error("`{0}` is not an origin: write for example `https://app.example.com`")]
    Origin(String),
    #[error("cannot listen on {0}: {1}")]
    Bind(SocketAddr, std::io::Error),
}

/// A front door that listens and is not yet served.
#[derive(Debug)]
pub struct HttpServer {
    listener: TcpListener,
    auth: Auth,
    settings: Settings,
}

impl HttpServer {
    /// Listens, or says why it will not.
    pub async fn open(settings: Settings) -> Result<HttpServer, Error> {
        let auth = auth(&settings)?;
        if matches!(auth, Auth::Open) && !settings.bind.ip().is_loopback() {
            return Err(Error::Unguarded(settings.bind));
        }
        if let Some(origin) = settings.allowed_origins.iter().find(|origin| !allowed_hosts::is_origin(origin)) {
            return Err(Error::Origin(origin.clone()));
        }
        let listener = TcpListener::bind(settings.bind).await.map_err(|error| Error::Bind(settings.bind, error))?;
        Ok(HttpServer { listener, auth, settings })
    }

    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop`; then takes no new calls, lets running ones end and closes.
    pub async fn serve(self, server: Server, stop: CancellationToken) -> Result<(), Error> {
        let server = self.prepare(server, &stop)?;
        let limits = server.limits.clone();
        let sessions = CancellationToken::new();
        let metrics = self.settings.metrics.clone();
        let app = router::router(server, self.auth, self.settings, sessions.clone(), stop.clone());
        let mut serving = tokio::spawn(listener::serve(self.listener, app, stop.clone()));
        tokio::select! {
            () = stop.cancelled() => info!("Stopping: no new calls; the running ones end."),
            () = sum_up(metrics) => {}
        }
        limits.drain(Instant::now() + DRAIN_MAX).await;
        sleep(SETTLE).await;
        sessions.cancel();
        // Whoever keeps a connection open now does not keep the process.
        let _ = timeout(CLOSE_MAX, &mut serving).await;
        serving.abort();
        Ok(())
    }

    fn prepare(&self, server: Server, stop: &CancellationToken) -> Result<Server, Error> {
        let server = match &self.settings.state_key {
            Some(key) => server.with_state_key(key)?,
            None => server,
        };
        let limits = match calls_at_once(&self.settings, &self.auth) {
            Some(most) => server.limits.per_caller(most),
            None => server.limits,
        };
        let lists_differ = server.lists_differ || self.auth.differs();
        Ok(Server { limits, lists_differ, closing: stop.clone(), ..server })
    }
}

fn auth(settings: &Settings) -> Result<Auth, Error> {
    let one = settings.auth_token.as_ref().map(Tokens::one).transpose().map_err(Error::Token)?.unwrap_or_default();
    let tokens = match &settings.auth_file {
        Some(path) => {
            let unusable = |problem| Error::Tokens { path: path.display().to_string(), problem };
            let more = Tokens::read(path, &tools::all()).map_err(unusable)?;
            one.with(more).map_err(unusable)?
        }
        None => one,
    };
    Ok(if tokens.is_empty() { Auth::Open } else { Auth::Bearer(tokens) })
}

fn calls_at_once(settings: &Settings, auth: &Auth) -> Option<usize> {
    settings.calls_at_once.or(matches!(auth, Auth::Bearer(_)).then_some(CALLS_AT_ONCE))
}

fn calls_per_second(settings: &Settings, auth: &Auth) -> Option<u32> {
    settings.calls_per_second.or(matches!(auth, Auth::Bearer(_)).then_some(CALLS_PER_SECOND))
}

/// What is measured waits in memory until it is summed up, also when nobody asks for it.
async fn sum_up(metrics: Option<PrometheusHandle>) {
    let Some(metrics) = metrics else { return std::future::pending().await };
    let mut tick = interval(SUM_UP_EVERY);
    loop {
        tick.tick().await;
        metrics.run_upkeep();
    }
}
