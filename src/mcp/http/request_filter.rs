//! The first check of every request: its kind of route, and what that kind asks of it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;

use super::access::Access;
use super::allowed_hosts::{AllowedHosts, Rejected};
use super::error_body::refuse;
use super::peer::Peer;
use super::refusals::Refusals;
use super::signed_route::SignedRoutes;
use super::tarpit::delay_refusal;
use super::visitor_route::Visitors;

/// What stands before the routes.
#[derive(Debug)]
pub(super) struct RequestFilter {
    pub(super) hosts: AllowedHosts,
    pub(super) refusals: Arc<Refusals>,
    pub(super) signed: SignedRoutes,
    pub(super) visitors: Visitors,
}

/// Lets a request through to its route, or refuses it. Signed ones, those of visitors and those for pages are
/// answered here.
pub(super) async fn enter(State(entrance): State<Arc<RequestFilter>>, request: Request, next: Next) -> Response {
    let access = Access::of(request.uri().path());
    if access == Access::Signed {
        return entrance.signed.respond(request).await;
    }
    if let Err(rejected) = entrance.hosts.admit(request.headers(), request.uri(), access) {
        return entrance.reject(request, &rejected).await;
    }
    if matches!(access, Access::Visitor | Access::Page) {
        return entrance.visitors.respond(request).await;
    }
    next.run(request).await
}

impl RequestFilter {
    async fn reject(&self, request: Request, rejected: &Rejected) -> Response {
        let refusal = match rejected {
            Rejected::Malformed => refuse(StatusCode::BAD_REQUEST, "MALFORMED", &rejected.to_string()),
            _ => refuse(StatusCode::FORBIDDEN, "FORBIDDEN", &rejected.to_string()),
        };
        let address = Peer::of(request.extensions()).address();
        drop(request);
        delay_refusal(refusal, &self.refusals, rejected.reason(), address).await
    }
}
