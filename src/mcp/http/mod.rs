//! MCP over HTTP: `/mcp`, the HTTP+SSE transport of 2024-11-05, and `/healthz`, `/readyz` and `/metrics`.
//!
//! A request passes `listener` (heads, slow clients) with a place of `connections`, and `entrance`, where `access` says what
//! its route asks for: a signature (`signed_route`), or a known `Host` and, but for visitors (`visitor_route`), a known
//! `Origin` (`allowed_hosts`). Then follow
//! `auth_layer` (identity and rate), `budget` and `body` (shares of what this server can do at once; size and time of the
//! body), and its route in `router`. `refusals` counts those that are refused. What is sent to `/mcp` is served by
//! `endpoint`, in `sessions` or without one; `exchanges` keeps the requests of a session apart.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use self::connections::ConnectionLimits;
use super::auth::Auth;
use super::auth::tokens::TokenError;
use super::request_state::InvalidStateKey;
use super::server::Server;
use super::stdio::DRAIN_MAX;

pub mod access;

mod accept;
mod allowed_hosts;
mod auth_layer;
mod batch_response;
mod body;
mod budget;
mod caller_route;
mod caller_sessions;
mod connections;
mod endpoint;
mod error_body;
mod event_id;
mod eviction;
mod exchange;
mod exchanges;
mod listener;
mod lost_answer;
mod peer;
mod rate_limit;
mod refusals;
mod replay_buffer;
mod replica;
mod request_filter;
mod route;
mod router;
mod sessions;
mod settings;
mod signed_route;
mod sse;
mod tarpit;
mod trusted_proxies;
mod visitor_route;

pub use caller_route::CallerRoutes;
use caller_sessions::CallerSessions;
use router::Served;
pub use settings::Settings;
pub use signed_route::{SignedOutcome, SignedRoute};
use trusted_proxies::TrustedProxies;
pub use visitor_route::VisitorRoutes;

/// Time for streams and keep-alive connections that are still open after the calls have ended.
const CLOSE_MAX: Duration = Duration::from_secs(1);

/// Time for a response that was just finished to reach its connection.
const SETTLE: Duration = Duration::from_millis(50);

/// Time between two aggregations of the metrics.
const METRICS_UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// The server cannot start with these settings.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An address beyond loopback needs a token.
    #[error(
        "refusing to listen on {0} without a bearer token: everyone who reaches it could use your HubSpot. \
         Set FRONTDESK_AUTH_TOKEN (or --auth-token, or --auth-file), or bind a loopback address such as 127.0.0.1:8765"
    )]
    Unguarded(SocketAddr),
    /// An address from outside leads to this server, and needs a token too.
    #[error(
        "refusing to be reached as `{0}` without a bearer token: a proxy or a tunnel from there leads everyone to your HubSpot. \
         Set FRONTDESK_AUTH_TOKEN (or --auth-token, or --auth-file)"
    )]
    UnguardedOutside(String),
    /// The single token is invalid.
    #[error("the bearer token cannot be used: {0}")]
    Token(TokenError),
    /// The file of tokens is invalid.
    #[error("the file of tokens `{path}` cannot be used: {problem}")]
    Tokens {
        /// Path of the file that cannot be read.
        path: String,
        /// Why it cannot be used.
        problem: TokenError,
    },
    /// The key for request state cannot be used.
    #[error(transparent)]
    StateKey(#[from] InvalidStateKey),
    /// An allowed origin is not one.
    #[error("`{0}` is not an origin: write for example `https://app.example.com`")]
    Origin(String),
    /// The task that accepts connections ended by itself.
    #[error("the listener has ended by itself, so nobody can connect any more: {0}")]
    Listener(String),
    /// The operating system refused the address.
    #[error("cannot listen on {0}: {1}")]
    Bind(SocketAddr, std::io::Error),
}

/// An HTTP server that listens and does not serve yet.
#[derive(Debug)]
pub struct HttpServer {
    listener: TcpListener,
    auth: Auth,
    settings: Settings,
    reload: Arc<Notify>,
}

impl HttpServer {
    /// Checks the settings and binds the address.
    pub async fn open(settings: Settings) -> Result<HttpServer, Error> {
        let auth = auth(&settings)?;
        if !auth.has_tokens() && !settings.bind.ip().is_loopback() {
            return Err(Error::Unguarded(settings.bind));
        }
        if let Some(host) = settings.public_host.as_ref().filter(|_| !auth.has_tokens()) {
            return Err(Error::UnguardedOutside(host.clone()));
        }
        if let Some(origin) = settings.allowed_origins.iter().find(|origin| !allowed_hosts::is_origin(origin)) {
            return Err(Error::Origin(origin.clone()));
        }
        if !settings.bind.ip().is_loopback() {
            warn!(
                "Serving tokens beyond this machine without encryption: put a proxy with TLS in front, and let only the proxy \
                 reach this port."
            );
        }
        let listener = TcpListener::bind(settings.bind).await.map_err(|error| Error::Bind(settings.bind, error))?;
        Ok(HttpServer { listener, auth, settings, reload: Arc::default() })
    }

    /// The bound address, with the port that the system chose for port 0.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Asks the server, also while it serves, to read its tokens again. `None` if they come from no file.
    pub fn token_reload(&self) -> Option<Arc<Notify>> {
        self.settings.auth_file.is_some().then(|| self.reload.clone())
    }

    /// Serves until `stop` is cancelled; then accepts no new calls, waits for the running ones and closes.
    pub async fn serve(self, server: Server, stop: CancellationToken) -> Result<(), Error> {
        let server = self.configure(server, &stop)?;
        let limits = server.shared.limits.clone();
        let sessions = CancellationToken::new();
        let metrics = self.settings.metrics.clone();
        let connections = ConnectionLimits::of(self.settings.connections_max);
        let file = self.settings.auth_file.clone();
        let visitors = self.settings.visitor_routes.clone();
        let proxies = TrustedProxies::new(self.settings.trusted_proxies.clone());
        let Served { app, sessions_of } =
            router::router(server, self.auth, self.settings, sessions.clone(), stop.clone());
        let _reloading = AbortOnDrop(tokio::spawn(reload_tokens(self.reload, sessions_of, file)));
        let run = |routes: Arc<dyn VisitorRoutes>| AbortOnDrop(tokio::spawn(routes.run(stop.clone())));
        let mut visiting: Vec<_> = visitors.into_iter().map(run).collect();
        let mut serving = tokio::spawn(listener::serve(self.listener, app, connections, proxies, stop.clone()));
        let served = tokio::select! {
            served = serve_until(&stop, &mut serving) => served,
            () = aggregate(metrics) => Ok(()),
        };
        limits.drain(Instant::now() + DRAIN_MAX).await;
        // What they are then still doing beside the requests is lost with the process.
        let _ = timeout(CLOSE_MAX, join_all(visiting.iter_mut().map(|AbortOnDrop(task)| task))).await;
        sleep(SETTLE).await;
        sessions.cancel();
        if served.is_ok() {
            // A client that keeps its connection open does not keep the process alive.
            let _ = timeout(CLOSE_MAX, &mut serving).await;
        }
        serving.abort();
        served
    }

    fn configure(&self, server: Server, stop: &CancellationToken) -> Result<Server, Error> {
        let server = match &self.settings.state_key {
            Some(key) => server.with_state_key(key)?,
            None => server,
        };
        let calls_at_once = self.settings.calls_at_once(self.auth.has_tokens());
        Ok(server.edit(|shared| {
            if let Some(running_max) = calls_at_once {
                shared.limits = shared.limits.clone().per_caller(running_max);
            }
            shared.lists_differ |= self.auth.differs();
            shared.closing = stop.clone();
        }))
    }
}

/// Waits until `stop`; an error if the listener ends before.
async fn serve_until(stop: &CancellationToken, listener: &mut JoinHandle<()>) -> Result<(), Error> {
    tokio::select! {
        biased;
        () = stop.cancelled() => {
            info!("Stopping: no new calls; the running ones end.");
            Ok(())
        }
        ended = listener => {
            let problem = ended.map_or_else(|error| error.to_string(), |()| "it accepts no more".to_owned());
            Err(Error::Listener(problem))
        }
    }
}

fn auth(settings: &Settings) -> Result<Auth, Error> {
    let read = Auth::read(settings.auth_token.clone(), settings.auth_file.clone());
    read.map_err(|problem| match (problem, &settings.auth_file) {
        (problem @ TokenError::Bad(_), _) | (problem, None) => Error::Token(problem),
        (problem, Some(path)) => Error::Tokens { path: path.display().to_string(), problem },
    })
}

/// Reads the tokens again whenever it is asked to, and ends the sessions of callers that have none any more. Calls under
/// way go on, and so do the sessions of all others.
async fn reload_tokens(asked: Arc<Notify>, sessions: CallerSessions, file: Option<PathBuf>) {
    let path = file.map(|path| path.display().to_string()).unwrap_or_default();
    loop {
        asked.notified().await;
        match sessions.reload().await {
            Ok(ended) => info!(sessions_ended = ended, "Read the tokens of `{path}` again."),
            Err(problem) => warn!("The tokens of `{path}` stay as they are, since it cannot be used: {problem}."),
        }
    }
}

/// Ends a task with the server that it belongs to.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Aggregates the metrics from time to time: until then samples fill the memory, also when nobody reads `/metrics`.
async fn aggregate(metrics: Option<PrometheusHandle>) {
    let Some(metrics) = metrics else { return std::future::pending().await };
    let mut tick = interval(METRICS_UPKEEP_EVERY);
    loop {
        tick.tick().await;
        metrics.run_upkeep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_listener_that_ends_by_itself_ends_the_server_with_an_error() {
        let stop = CancellationToken::new();
        let mut dead = tokio::spawn(async { panic!("by intent") });
        assert!(matches!(serve_until(&stop, &mut dead).await, Err(Error::Listener(_))));
        let mut ended = tokio::spawn(async {});
        assert!(matches!(serve_until(&stop, &mut ended).await, Err(Error::Listener(_))));
        stop.cancel();
        let mut ended = tokio::spawn(async {});
        assert!(serve_until(&stop, &mut ended).await.is_ok());
    }
}
