//! The routes, and what stands before them.

use std::sync::Arc;
use std::time::Duration;

use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::header::{HeaderName, HeaderValue, WWW_AUTHENTICATE};
use http::{Method, StatusCode, header};
use metrics_exporter_prometheus::PrometheusHandle;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tower_http::cors::{AllowHeaders, CorsLayer};

use super::allowed_hosts::AllowedHosts;
use super::auth_layer::{self, AuthLayer};
use super::rate_limit::RateLimiter;
use super::sessions::Sessions;
use super::{Settings, body, calls_per_second, error_body, sse};
use crate::mcp::Server;
use crate::mcp::auth::Auth;
use crate::mcp::line_codec::LINE_BYTES_MAX;

/// How long a browser may remember that an origin is allowed.
const PREFLIGHT_AGE: Duration = Duration::from_secs(3_600);

/// `sessions` ends every session and stream; `stop` lets no new call in.
pub(super) fn router(
    server: Server,
    auth: Auth,
    settings: Settings,
    sessions: CancellationToken,
    stop: CancellationToken,
) -> Router {
    let managed = Arc::new(Sessions::new(settings.sessions_max));
    let rates = RateLimiter::new(calls_per_second(&settings, &auth));
    let gate = Arc::new(AuthLayer { auth, rates, sessions: managed.clone(), stop: stop.clone() });
    let mut guarded = Router::new();
    if settings.sse {
        guarded = guarded.merge(sse::routes(server.clone(), settings.sessions_max, sessions.clone()));
    }
    if let Some(metrics) = settings.metrics {
        guarded = guarded.route("/metrics", get(move || measured(metrics.clone())));
    }
    let guarded = guarded
        .merge(
            Router::new()
                .nest_service("/mcp", endpoint(server, managed, sessions))
                .layer(from_fn(error_body::replace_plain_errors)),
        )
        .layer(from_fn(body::bounded))
        .layer(from_fn_with_state(gate, auth_layer::admit_caller));
    let cors = cors(&settings.allowed_origins);
    let names = AllowedHosts { hosts: settings.allowed_hosts, origins: settings.allowed_origins };
    guarded
        .route("/healthz", get(|| async { Json(json!({"status": "alive"})) }))
        .route("/readyz", get(move || ready(stop.clone())))
        .layer(cors)
        .layer(from_fn_with_state(Arc::new(names), auth_layer::admit_name))
}

/// Hosts and origins are checked for every route by the gate, so not again in there.
fn endpoint(
    server: Server,
    managed: Arc<Sessions>,
    sessions: CancellationToken,
) -> StreamableHttpService<Server, Sessions> {
    let config = StreamableHttpServerConfig::default()
        .disable_allowed_hosts()
        .disable_allowed_origins()
        .with_json_response(true)
        .with_max_request_body_bytes(LINE_BYTES_MAX)
        .with_cancellation_token(sessions);
    StreamableHttpService::new(move || Ok(server.session()), managed, config)
}

/// Web pages of the configured origins, and no others, may read answers.
fn cors(origins: &[String]) -> CorsLayer {
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin.trim_end_matches('/')).ok());
    CorsLayer::new()
        .allow_origin(origins.collect::<Vec<_>>())
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        // MCP has headers whose names depend on a tool's arguments.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([HeaderName::from_static("mcp-session-id"), WWW_AUTHENTICATE])
        .max_age(PREFLIGHT_AGE)
}

async fn ready(stop: CancellationToken) -> Response {
    match stop.is_cancelled() {
        false => Json(json!({"status": "ready"})).into_response(),
        true => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "stopping"}))).into_response(),
    }
}

async fn measured(metrics: PrometheusHandle) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response()
}
