//! Routes for requests that are signed with a secret: read, verified, and only then looked at.
//!
//! The signature stands for the token, the host and the origin, so none of them is checked, and no web page may read an
//! answer. Requests with a wrong signature are counted and slowed down by their address; those with a right one are not
//! limited in their number: a sender such as HubSpot has few addresses, or a proxy's, and repeats for a day what it is
//! refused.

use std::fmt::Debug;
use std::sync::Arc;

use axum::Json;
use axum::body::HttpBody;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::future::BoxFuture;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::accept;
use super::body::{self, Bodies, BodyLimit};
use super::error_body::{busy, closing, encoded, hinted, refuse};
use super::peer::Peer;
use super::refusals::{Reason, Refusals};
use super::tarpit::delay_refusal;
use crate::mcp::caller_quotas::Limit;
use crate::mcp::quota_key::QuotaKey;

/// Bytes of bodies under way, as they arrive: a hundred of HubSpot's largest in all, and most of that from one address,
/// which may be a proxy's.
const BODIES: Limit = Limit { in_all: 32 << 20, of_one: 24 << 20 };
/// The bytes of small bodies, which have places of their own: large ones that are not signed keep no event out. One address
/// has an eighth of them, which is three times what HubSpot sends at once; what it sends beyond that counts as large.
const SMALL_BODIES: Limit = Limit { in_all: 16 << 20, of_one: 2 << 20 };
/// The longest small body: a hundred events, as HubSpot sends them.
const SMALL_BYTES_MAX: usize = 64 << 10;

/// Help for whoever sends a longer body than a route takes: the senders are known, and no flag of the operator's is in it.
const TOO_LARGE: &str = "this is the limit of webhooks, which no flag changes: send fewer events in one request";

/// A route whose requests are signed.
pub trait SignedRoute: Debug + Send + Sync {
    /// Path below the server's root, such as `/webhooks/hubspot`.
    fn path(&self) -> &'static str;

    /// True for a path that this route takes: its own, or one that it alone knows.
    fn takes(&self, path: &str) -> bool {
        path == self.path()
    }

    /// The longest body.
    fn body_bytes_max(&self) -> usize;

    /// Checks what can be checked before the body is read, such as that there is a signature; the error says why it is
    /// refused.
    fn verify_head(&self, head: &Parts) -> Result<(), String>;

    /// Checks the signature of a request, before anything of its body is parsed; the error says why it is refused.
    fn verify(&self, head: &Parts, body: &[u8]) -> Result<(), String>;

    /// Takes a request whose signature is right.
    fn take(&self, body: Bytes) -> BoxFuture<'_, SignedOutcome>;
}

/// The outcome of a signed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedOutcome {
    /// It is done: 200.
    Done,
    /// It makes no sense, and will not when it comes again: 400, with the reason.
    Unprocessable(String),
    /// It cannot be done now: 503, with the reason.
    NotNow(String),
}

/// The signed routes, and what their requests share.
#[derive(Debug)]
pub(super) struct SignedRoutes {
    routes: Vec<Arc<dyn SignedRoute>>,
    bodies: Bodies,
    small_bodies: Bodies,
    refusals: Arc<Refusals>,
    stop: CancellationToken,
}

impl SignedRoutes {
    /// These routes; after `stop` they take nothing.
    pub(super) fn new(
        routes: Vec<Arc<dyn SignedRoute>>,
        refusals: Arc<Refusals>,
        stop: CancellationToken,
    ) -> SignedRoutes {
        let (bodies, small_bodies) = (Bodies::as_they_arrive(BODIES), Bodies::as_they_arrive(SMALL_BODIES));
        SignedRoutes { routes, bodies, small_bodies, refusals, stop }
    }

    /// Answers a request to a signed path.
    pub(super) async fn respond(&self, request: Request) -> Response {
        let route = self.routes.iter().find(|route| route.takes(request.uri().path()));
        let Some(route) = route else {
            return closing(refuse(StatusCode::NOT_FOUND, "NOT_FOUND", "this server takes no webhooks"));
        };
        self.take(route.as_ref(), request).await.unwrap_or_else(|refusal| refusal)
    }

    async fn take(&self, route: &dyn SignedRoute, request: Request) -> Result<Response, Response> {
        let (mut head, body) = request.into_parts();
        // The place of the connection is given back with the connection, whatever it began.
        let peer = Peer::of(&head.extensions);
        head.extensions.remove::<Peer>();
        if head.method != Method::POST {
            return Err(closing(only_post()));
        }
        if self.stop.is_cancelled() {
            return Err(closing(refuse(StatusCode::SERVICE_UNAVAILABLE, "STOPPING", "the server is stopping")));
        }
        if accept::is_encoded(&head.headers) {
            return Err(encoded());
        }
        if let Err(reason) = route.verify_head(&head) {
            return Err(closing(self.unsigned(&reason, &peer).await));
        }
        let quota_key = QuotaKey::at(peer.address());
        let length = body.size_hint().upper().and_then(|length| usize::try_from(length).ok());
        let small = length.filter(|length| *length <= SMALL_BYTES_MAX);
        let bodies = match small.is_some_and(|length| self.small_bodies.have_room(&quota_key, length)) {
            true => &self.small_bodies,
            false => &self.bodies,
        };
        let limit = BodyLimit { bytes_max: route.body_bytes_max(), hint: TOO_LARGE };
        let read = body::read(body, limit, bodies, &quota_key).await;
        let (body, _shares) = read.inspect_err(|_| _ = self.refusals.count(Reason::Body, peer.address()))?;
        if let Err(reason) = route.verify(&head, &body) {
            return Err(self.unsigned(&reason, &peer).await);
        }
        peer.keep().map_err(|full| closing(busy(full, "too many connections are open")))?;
        drop(peer);
        Ok(answer(route.take(body).await))
    }

    async fn unsigned(&self, reason: &str, peer: &Peer) -> Response {
        let refusal = refuse(StatusCode::UNAUTHORIZED, "UNSIGNED", reason);
        delay_refusal(refusal, &self.refusals, Reason::Signature, peer.address()).await
    }
}

fn answer(taken: SignedOutcome) -> Response {
    match taken {
        SignedOutcome::Done => Json(json!({"status": "taken"})).into_response(),
        SignedOutcome::Unprocessable(reason) => refuse(StatusCode::BAD_REQUEST, "UNREADABLE", &reason),
        SignedOutcome::NotNow(reason) => {
            let hint = "nothing of it was done; send it again";
            hinted(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", &reason, hint)
        }
    }
}

fn only_post() -> Response {
    let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "send it with POST");
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}
