//! MCP over HTTP: one endpoint, `/mcp`, and two pages for whoever watches over the server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{StatusCode, header};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use secrecy::SecretString;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::Server;
use super::auth::Auth;
use super::hosts::Names;
use super::stdio::DRAIN_MAX;

/// Streams and keep-alive connections that are still open after the calls have ended get this long.
const CLOSE_MAX: Duration = Duration::from_secs(1);

/// How the HTTP front door is opened.
#[derive(Debug)]
pub struct Settings {
    pub bind: SocketAddr,
    pub auth_token: Option<SecretString>,
    pub allowed_hosts: Vec<String>,
    pub allowed_origins: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "refusing to listen on {0} without a bearer token: everyone who reaches it could use your HubSpot. \
         Set FRONTDESK_AUTH_TOKEN (or --auth-token), or bind a loopback address such as 127.0.0.1:8765"
    )]
    Unguarded(SocketAddr),
    #[error("cannot listen on {0}: {1}")]
    Bind(SocketAddr, std::io::Error),
    #[error("the http server failed: {0}")]
    Serve(#[from] std::io::Error),
}

/// A front door that listens and is not yet served.
#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    settings: Settings,
}

impl Door {
    /// Listens, or says why it will not.
    pub async fn open(settings: Settings) -> Result<Door, Error> {
        if settings.auth_token.is_none() && !settings.bind.ip().is_loopback() {
            return Err(Error::Unguarded(settings.bind));
        }
        let listener = TcpListener::bind(settings.bind).await.map_err(|error| Error::Bind(settings.bind, error))?;
        Ok(Door { listener, settings })
    }

    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop`; then takes no new connections, lets running calls end and closes.
    pub async fn serve(self, server: Server, stop: CancellationToken) -> Result<(), Error> {
        let guard = server.guard.clone();
        let sessions = CancellationToken::new();
        let app = router(server, self.settings, sessions.clone(), stop.clone());
        let closed = stop.clone().cancelled_owned();
        let mut serving = tokio::spawn(axum::serve(self.listener, app).with_graceful_shutdown(closed).into_future());
        tokio::select! {
            ended = &mut serving => return ended.map_err(std::io::Error::other)?.map_err(Error::Serve),
            () = stop.cancelled() => info!("Stopping: no new calls; the running ones end."),
        }
        if timeout(DRAIN_MAX, guard.idle()).await.is_err() {
            warn!("Some calls were still running at the end; their answers are lost.");
        }
        sessions.cancel();
        // Whoever keeps a connection open now does not keep the process.
        let _ = timeout(CLOSE_MAX, serving).await;
        Ok(())
    }
}

fn router(server: Server, settings: Settings, sessions: CancellationToken, stop: CancellationToken) -> Router {
    let auth = settings.auth_token.map_or(Auth::Open, Auth::Bearer);
    let names = Names { hosts: settings.allowed_hosts, origins: settings.allowed_origins };
    Router::new()
        .nest_service("/mcp", endpoint(server, sessions))
        .layer(middleware::from_fn_with_state(auth, admit_caller))
        .route("/healthz", get(|| async { Json(json!({"status": "alive"})) }))
        .route("/readyz", get(move || ready(stop)))
        .layer(middleware::from_fn_with_state(Arc::new(names), admit_name))
}

/// Hosts and origins are checked for every route by [`admit_name`], so not again in there.
fn endpoint(server: Server, sessions: CancellationToken) -> StreamableHttpService<Server, LocalSessionManager> {
    let config = StreamableHttpServerConfig::default()
        .disable_allowed_hosts()
        .disable_allowed_origins()
        .with_json_response(true)
        .with_max_request_body_bytes(super::line::LINE_BYTES_MAX)
        .with_cancellation_token(sessions);
    StreamableHttpService::new(move || Ok(server.clone()), Arc::default(), config)
}

async fn ready(stop: CancellationToken) -> Response {
    match stop.is_cancelled() {
        false => Json(json!({"status": "ready"})).into_response(),
        true => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "stopping"}))).into_response(),
    }
}

async fn admit_name(State(names): State<Arc<Names>>, request: Request, next: Next) -> Response {
    match names.admit(request.headers(), request.uri()) {
        Ok(()) => next.run(request).await,
        Err(stranger) => refuse(StatusCode::FORBIDDEN, "FORBIDDEN", &stranger.to_string()),
    }
}

async fn admit_caller(State(auth): State<Auth>, request: Request, next: Next) -> Response {
    if auth.admits(request.headers()) {
        return next.run(request).await;
    }
    let mut answer =
        refuse(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "send the server's token as `Authorization: Bearer ...`");
    answer.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    answer
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"code": code, "message": message}))).into_response()
}
