//! The routes, and the checks before them.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use bytes::Bytes;
use http::header::{HeaderName, HeaderValue, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{Method, StatusCode, header};
use http_body_util::BodyExt;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tower_http::cors::{AllowHeaders, CorsLayer};

use super::access::Access;
use super::allowed_hosts::AllowedHosts;
use super::auth_layer::AuthLayer;
use super::budget::Budget;
use super::caller_route::CallerRoutes;
use super::caller_sessions::CallerSessions;
use super::connections::ConnectionLimits;
use super::endpoint::Endpoint;
use super::error_body::{busy, closing, encoded, refuse};
use super::peer::Peer;
use super::rate_limit::RateLimiter;
use super::refusals::{Reason, Refusals};
use super::replica::ReplicaName;
use super::request_filter::{RequestFilter, enter};
use super::sessions::Sessions;
use super::settings::Settings;
use super::signed_route::SignedRoutes;
use super::sse::SseSessions;
use super::tarpit::delay_refusal;
use super::trusted_proxies::TrustedProxies;
use super::visitor_route::Visitors;
use super::{accept, batch_response, sse};
use crate::mcp::auth::Auth;
use crate::mcp::caller_quotas::QuotaPermit;
use crate::mcp::quota_key::QuotaKey;
use crate::mcp::readiness::{Considered, Readiness};
use crate::mcp::server::Server;
use crate::tool::caller::Caller;

/// Cache time of an allowed origin in browsers.
const PREFLIGHT_AGE: Duration = Duration::from_secs(3_600);

/// Where requests go once their host and origin are checked. It is one handler rather than a stack of axum's layers:
/// axum clones a route with all its layers for each request.
struct Routes {
    auth: AuthLayer,
    budget: Budget,
    refusals: Arc<Refusals>,
    mcp: Endpoint,
    /// Routes beside MCP for identified callers.
    callers: Option<Arc<dyn CallerRoutes>>,
    /// `/healthz` and `/readyz`, for anyone.
    public: TowerToHyperService<Router>,
    /// All others, for identified callers.
    guarded: TowerToHyperService<Router>,
}

/// The routes, and the sessions behind them.
pub(super) struct Served {
    pub(super) app: Router,
    pub(super) sessions_of: CallerSessions,
}

/// Builds the routes. `sessions` ends every session and stream; after `stop` no new call is accepted.
pub(super) fn router(
    server: Server,
    auth: Auth,
    settings: Settings,
    sessions: CancellationToken,
    stop: CancellationToken,
) -> Served {
    let readiness = server.shared.readiness.clone();
    let replica = ReplicaName::new(settings.replica.as_deref(), server.shared.ctx.store.location());
    let managed = Arc::new(Sessions::new(settings.sessions_max, replica.clone()));
    let session_use = settings.session_use();
    let rates = RateLimiter::new(settings.calls_per_second(auth.has_tokens()));
    let open = !auth.has_tokens();
    let limits = ConnectionLimits::of(settings.connections_max);
    let refusals = Arc::<Refusals>::default();
    let clock = server.shared.ctx.clock;
    let sse = settings.sse.then(|| SseSessions::new(server.clone(), settings.sessions_max, replica, sessions.clone()));
    let sessions_of = CallerSessions { auth: auth.clone(), clock, sessions: managed.clone(), sse: sse.clone() };
    let auth = AuthLayer { auth, clock, rates, sessions: managed.clone(), stop: stop.clone() };
    let mut guarded = Router::new();
    if let Some(sse) = sse {
        guarded = guarded.merge(sse::routes(sse));
    }
    if let Some(metrics) = settings.metrics {
        guarded = guarded.route("/metrics", get(move |caller| render(caller, metrics.clone())));
    }
    let ended = stop.clone();
    let public = Router::new()
        .route("/healthz", get(|| async { Json(json!({"status": "alive"})) }))
        .route("/readyz", get(move |query| ready(query, readiness.clone(), stop.clone())));
    let routes = Routes {
        auth,
        budget: Budget::new(settings.body_bytes_max, limits.streams),
        refusals: refusals.clone(),
        mcp: Endpoint::new(server, managed, session_use, settings.body_bytes_max, sessions),
        callers: settings.caller_routes,
        public: TowerToHyperService::new(public),
        guarded: TowerToHyperService::new(guarded),
    };
    let cors = cors(&settings.allowed_origins);
    let entrance = RequestFilter {
        hosts: AllowedHosts {
            hosts: settings.allowed_hosts,
            origins: settings.allowed_origins,
            public: settings.public_host,
            open,
        },
        refusals: refusals.clone(),
        visitors: Visitors::new(
            settings.visitor_routes,
            limits.streams,
            TrustedProxies::new(settings.trusted_proxies),
            ended.clone(),
        ),
        signed: SignedRoutes::new(settings.signed_routes, refusals, ended),
    };
    let app = Router::new()
        .fallback(respond)
        .with_state(Arc::new(routes))
        .layer(cors)
        .layer(from_fn_with_state(Arc::new(entrance), enter));
    Served { app, sessions_of }
}

async fn respond(State(routes): State<Arc<Routes>>, request: Request) -> Response {
    match Access::of(request.uri().path()) {
        Access::Anyone => call(&routes.public, request).await,
        _ => routes.respond_guarded(request).await.unwrap_or_else(|refusal| refusal),
    }
}

impl Routes {
    /// Identifies the caller, reads the body and calls the route. The caller's identity travels in the request's
    /// extensions.
    async fn respond_guarded(&self, request: Request) -> Result<Response, Response> {
        let (mut parts, body) = request.into_parts();
        // The place of the connection is given back with the connection, whatever it began.
        let peer = Peer::of(&parts.extensions);
        parts.extensions.remove::<Peer>();
        let caller = match self.auth.identify(&parts.headers) {
            Ok(caller) => caller,
            Err(refusal) => return Err(delay_refusal(*refusal, &self.refusals, Reason::Token, peer.address()).await),
        };
        peer.keep().map_err(|full| closing(busy(full, "too many connections are open")))?;
        self.auth.admit(&caller, &parts.headers).map_err(|refusal| *refusal)?;
        let quota_key = QuotaKey(caller.id.0.clone());
        drop(peer);
        parts.extensions.insert(caller.clone());
        parts.extensions.insert(quota_key.clone());
        if accept::is_encoded(&parts.headers) {
            return Err(encoded());
        }
        let callers_stream = self.callers_of(parts.uri.path()).is_some_and(|routes| routes.is_stream(&parts));
        if is_stream(&parts) || callers_stream {
            let share = self.budget.stream(&quota_key).map_err(|full| busy(full, "too many streams are open"))?;
            return Ok(held_by(self.call(parts, Bytes::new(), &caller).await?, share));
        }
        let (body, shares) = self.budget.read(body, &quota_key).await?;
        parts.extensions.insert(shares);
        self.call(parts, body, &caller).await
    }

    async fn call(&self, parts: Parts, body: Bytes, caller: &Caller) -> Result<Response, Response> {
        let response = match self.callers_of(parts.uri.path()) {
            Some(routes) => routes.respond(parts, body, caller.clone()).await,
            None if is_mcp(parts.uri.path()) => {
                self.respond_mcp(http::Request::from_parts(parts, body), caller).await?
            }
            None => call(&self.guarded, Request::from_parts(parts, Body::from(body))).await,
        };
        Ok(self.auth.bind_session(response, &caller.id).await)
    }

    fn callers_of(&self, path: &str) -> Option<&dyn CallerRoutes> {
        self.callers.as_deref().filter(|routes| routes.takes(path))
    }

    async fn respond_mcp(&self, request: http::Request<Bytes>, caller: &Caller) -> Result<Response, Response> {
        let Some(messages) = self.mcp.batch(&request).await? else { return Ok(self.mcp.respond(request).await) };
        // Each message counts as a request; the batch itself has been counted.
        self.auth.count_batch(caller, messages.len()).map_err(|refusal| *refusal)?;
        let quota_key = request.extensions().get::<QuotaKey>().cloned().unwrap_or_default();
        let share = self.budget.batch(&quota_key).await?;
        Ok(held_by(batch_response::respond(&self.mcp, request.into_parts().0, messages).await, share))
    }
}

/// True for a request whose response lasts as long as its client likes.
fn is_stream(parts: &Parts) -> bool {
    parts.method == Method::GET && (is_mcp(parts.uri.path()) || parts.uri.path().starts_with("/sse"))
}

/// The response, which holds its share until it was sent or its client has gone.
fn held_by(response: Response, share: QuotaPermit) -> Response {
    response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _held = &share;
            frame
        }))
    })
}

fn is_mcp(path: &str) -> bool {
    path.strip_prefix("/mcp").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

async fn call(router: &TowerToHyperService<Router>, request: Request) -> Response {
    router.call(request).await.unwrap_or_else(|never| match never {})
}

/// Lets web pages of the configured origins, and no others, read responses.
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

/// The answer for a proxy or an orchestrator. `?exclude=store` leaves the store out, as Kubernetes' own `/readyz` does.
async fn ready(RawQuery(query): RawQuery, readiness: Readiness, stop: CancellationToken) -> Response {
    let is_excluded = query.is_some_and(|query| query.split('&').any(|pair| pair == "exclude=store"));
    let considered = if is_excluded { Considered::AllButStore } else { Considered::All };
    let report = readiness.report(considered, stop.is_cancelled());
    let status = if report.is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(report.body)).into_response()
}

/// The metrics count the calls of all callers, so a caller may be without the right to them.
async fn render(Extension(caller): Extension<Caller>, metrics: PrometheusHandle) -> Response {
    if !caller.permissions.metrics {
        return refuse(StatusCode::FORBIDDEN, "FORBIDDEN", "the token you call with does not open the metrics");
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response()
}
