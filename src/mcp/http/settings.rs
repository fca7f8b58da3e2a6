//! Settings of the HTTP server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use domain::address_range::AddressRange;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;

use super::caller_route::CallerRoutes;
use super::route::SessionUse;
use super::signed_route::SignedRoute;
use super::visitor_route::VisitorRoutes;

/// Defaults for callers with a token.
const CALLS_AT_ONCE: usize = 256;
const CALLS_PER_SECOND: u32 = 200;

/// The settings of [`HttpServer::open`](super::HttpServer::open).
#[derive(Debug)]
pub struct Settings {
    /// The address to listen on; beyond loopback only with a token.
    pub bind: SocketAddr,
    /// A bearer token that may use everything.
    pub auth_token: Option<SecretString>,
    /// A JSON file of bearer tokens with names and permissions.
    pub auth_file: Option<PathBuf>,
    /// Values of `Host` beside loopback: `example.com` or `example.com:8765`.
    pub allowed_hosts: Vec<String>,
    /// Values of `Origin` beside loopback, such as `https://app.example.com`.
    pub allowed_origins: Vec<String>,
    /// The proxies in front, which say by `X-Forwarded-For` who their client is. Nobody else is believed.
    pub trusted_proxies: Vec<AddressRange>,
    /// True to serve the HTTP+SSE transport of 2024-11-05 as well.
    pub sse: bool,
    /// The key that signs request state, shared by all replicas.
    pub state_key: Option<SecretString>,
    /// Requests of one caller in a second, at least 1. The default is 200 for callers with a token, unlimited on loopback
    /// without tokens.
    pub calls_per_second: Option<u32>,
    /// Calls of one caller at once, at least 1. The default is 256 for callers with a token, unlimited on loopback
    /// without tokens.
    pub calls_at_once: Option<usize>,
    /// Bytes of a message, at least 1.
    pub body_bytes_max: usize,
    /// Connections at once, at least 4: at most half of what the process may open.
    pub connections_max: usize,
    /// False to serve clients before 2026-07-28 also without a session, where what they send needs none.
    pub sessions_required: bool,
    /// Sessions of clients before 2026-07-28, at least 1. A further one ends the least recently used session of the caller
    /// with the most.
    pub sessions_max: usize,
    /// The name of this replica among those behind one address, which the ids of its sessions begin with. Without one they
    /// begin with a random name where the store is for replicas.
    pub replica: Option<String>,
    /// The host under which the server is reached from beyond this machine; `None` if it is not. It needs a token then,
    /// whatever its address.
    pub public_host: Option<String>,
    /// The routes whose requests are signed, such as webhooks.
    pub signed_routes: Vec<Arc<dyn SignedRoute>>,
    /// The routes that visitors use without a token, such as a chat, and pages; the first that takes a path answers.
    pub visitor_routes: Vec<Arc<dyn VisitorRoutes>>,
    /// Routes beside MCP for callers with a token.
    pub caller_routes: Option<Arc<dyn CallerRoutes>>,
    /// The metrics that `/metrics` renders; without them there is no such route.
    pub metrics: Option<PrometheusHandle>,
}

impl Settings {
    /// Settings without tokens and with all defaults.
    pub fn new(bind: SocketAddr) -> Settings {
        Settings {
            bind,
            auth_token: None,
            auth_file: None,
            allowed_hosts: vec![],
            allowed_origins: vec![],
            trusted_proxies: vec![],
            sse: true,
            state_key: None,
            calls_per_second: None,
            calls_at_once: None,
            body_bytes_max: 512 * 1024,
            connections_max: 10_000,
            sessions_required: false,
            sessions_max: 1_000,
            replica: None,
            public_host: None,
            signed_routes: vec![],
            visitor_routes: vec![],
            caller_routes: None,
            metrics: None,
        }
    }

    pub(super) fn session_use(&self) -> SessionUse {
        if self.sessions_required { SessionUse::Required } else { SessionUse::Optional }
    }

    /// Calls of one caller at once; `None` for no limit.
    pub(super) fn calls_at_once(&self, has_tokens: bool) -> Option<usize> {
        self.calls_at_once.or(has_tokens.then_some(CALLS_AT_ONCE))
    }

    /// Requests of one caller in a second; `None` for no limit.
    pub(super) fn calls_per_second(&self, has_tokens: bool) -> Option<u32> {
        self.calls_per_second.or(has_tokens.then_some(CALLS_PER_SECOND))
    }
}
