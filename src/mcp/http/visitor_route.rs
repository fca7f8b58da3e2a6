//! Routes for visitors: web pages and an interface that anybody may use without a token; and pages for staff, whose scripts
//! ask with one.
//!
//! Here the bytes and the places are bounded, by the address of the visitor. The rest, such as how often one may ask and
//! whose pages may show the answer, is decided by the routes themselves.

use std::fmt::Debug;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::header::{CONTENT_TYPE, HeaderName};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use tokio_util::sync::CancellationToken;

use super::accept;
use super::body::{self, Bodies, BodyLimit};
use super::error_body::{busy, closing, encoded, refuse};
use super::peer::Peer;
use super::trusted_proxies::{self, TrustedProxies};
use crate::mcp::caller_quotas::{CallerQuotas, Limit, QuotaPermit};
use crate::mcp::quota_key::{QuotaKey, owner};

/// Bytes of bodies under way, as they arrive: a few files of each visitor.
const BODIES: Limit = Limit { in_all: 32 << 20, of_one: 8 << 20 };
/// Bodies that are small have places of their own: whoever sends files keeps no words out.
const SMALL_BODIES: Limit = Limit { in_all: 16 << 20, of_one: 2 << 20 };
/// The longest small body.
const SMALL_BYTES_MAX: usize = 64 << 10;

/// Routes that visitors use.
pub trait VisitorRoutes: Debug + Send + Sync {
    /// True for a path that is served here.
    fn takes(&self, path: &str) -> bool;

    /// The header in which a proxy of the operator's says who the visitor is, if there is such a proxy.
    fn address_header(&self) -> Option<&HeaderName>;

    /// The longest body of a request with this head.
    fn body_bytes_max(&self, head: &Parts) -> usize;

    /// Help for whoever sends a longer body.
    fn too_large_hint(&self) -> &'static str {
        "this is the limit of this page, which no flag changes: send less in one request"
    }

    /// Answers a request of a visitor at this address. A response of server-sent events may last.
    fn respond(&self, head: Parts, body: Bytes, address: IpAddr) -> BoxFuture<'_, Response>;

    /// Does what goes on beside the requests, until `stop`; then the streams end.
    fn run(self: Arc<Self>, stop: CancellationToken) -> BoxFuture<'static, ()>;
}

/// The routes of visitors, and what their requests share.
#[derive(Debug)]
pub(super) struct Visitors {
    routes: Vec<Arc<dyn VisitorRoutes>>,
    bodies: Bodies,
    small_bodies: Bodies,
    streams: CallerQuotas,
    proxies: TrustedProxies,
    stop: CancellationToken,
}

impl Visitors {
    /// These routes, with at most so many streams; after `stop` they take nothing.
    pub(super) fn new(
        routes: Vec<Arc<dyn VisitorRoutes>>,
        streams: Limit,
        proxies: TrustedProxies,
        stop: CancellationToken,
    ) -> Visitors {
        let (bodies, small_bodies) = (Bodies::as_they_arrive(BODIES), Bodies::as_they_arrive(SMALL_BODIES));
        Visitors { routes, bodies, small_bodies, streams: CallerQuotas::new(streams), proxies, stop }
    }

    /// Answers a request to a path of visitors.
    pub(super) async fn respond(&self, request: Request) -> Response {
        let path = request.uri().path();
        match self.routes.iter().find(|routes| routes.takes(path)) {
            Some(routes) => self.serve(routes.as_ref(), request).await.unwrap_or_else(|refusal| refusal),
            None => closing(refuse(StatusCode::NOT_FOUND, "NOT_FOUND", "there is no such page")),
        }
    }

    /// The address of a visitor: where proxies are named, as those say; else as the header says that the page's settings
    /// name, whoever sends it.
    fn address(&self, routes: &dyn VisitorRoutes, headers: &HeaderMap, peer: &Peer) -> IpAddr {
        match routes.address_header() {
            None => peer.address(),
            Some(name) if self.proxies.is_empty() => {
                trusted_proxies::last(headers, name).unwrap_or_else(|| peer.address())
            }
            Some(name) => self.proxies.client(peer.connected(), headers, name),
        }
    }

    async fn serve(&self, routes: &dyn VisitorRoutes, request: Request) -> Result<Response, Response> {
        let (mut head, body) = request.into_parts();
        // The place of the connection is given back with the connection, whatever it began.
        let peer = Peer::of(&head.extensions);
        head.extensions.remove::<Peer>();
        if self.stop.is_cancelled() {
            return Err(closing(refuse(StatusCode::SERVICE_UNAVAILABLE, "STOPPING", "the server is stopping")));
        }
        if accept::is_encoded(&head.headers) {
            return Err(encoded());
        }
        peer.keep().map_err(|full| closing(busy(full, "too many connections are open")))?;
        let address = owner(self.address(routes, &head.headers, &peer));
        drop(peer);
        let quota_key = QuotaKey::at(address);
        let bytes_max = routes.body_bytes_max(&head);
        let bodies = if bytes_max <= SMALL_BYTES_MAX { &self.small_bodies } else { &self.bodies };
        let limit = BodyLimit { bytes_max, hint: routes.too_large_hint() };
        let (body, _shares) = body::read(body, limit, bodies, &quota_key).await?;
        let response = routes.respond(head, body, address).await;
        if !is_stream(&response) {
            return Ok(response);
        }
        let share = self.streams.take(&quota_key.0, 1).map_err(|full| busy(full, "too many streams are open"))?;
        Ok(held_by(response, share))
    }
}

fn is_stream(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// The response, which holds its share until it was sent or its visitor has gone.
fn held_by(response: Response, share: QuotaPermit) -> Response {
    response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _held = &share;
            frame
        }))
    })
}
