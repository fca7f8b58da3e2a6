//! OAuth: the page on which a person connects an app, and the endpoints for its tokens (HubSpot, working with OAuth;
//! OAuth tokens API).

mod authorize;
mod consent;
mod error;
mod form;
mod introspect;
mod page;
mod pkce;
mod revoke;
#[cfg(test)]
mod tests;
mod token;

use axum::Router;

use crate::api::endpoint::{DELETE, EndpointRules, GET, POST, endpoint, requires_in_bucket};
use crate::rules::access::Scopes;
use crate::rules::limits::Bucket;
use crate::sandbox::Sandbox;

/// The app and its secret are in the body, or the token is in the path.
const OPEN: EndpointRules = requires_in_bucket(Scopes::Open, Bucket::Free);
/// An open endpoint after which a data file is to be written.
const OPEN_WRITE: EndpointRules = OPEN.writing();

/// Builds the routes below `/oauth`. HubSpot serves the page at another host than the API; here both are one.
pub(crate) fn routes() -> Router<Sandbox> {
    let page = || axum::routing::get(authorize::show).post(authorize::decide);
    let refresh_token = endpoint(GET, OPEN, introspect::legacy_refresh_token).merge(endpoint(
        DELETE,
        OPEN_WRITE,
        revoke::legacy_refresh_token,
    ));
    let routes = Router::new()
        .route("/authorize", page())
        .route("/{portal}/authorize", page())
        .route("/v2/private-apps/get/access-token-info", endpoint(POST, OPEN, introspect::private_app_token))
        .route("/v1/token", endpoint(POST, OPEN_WRITE, token::exchange))
        .route("/v1/access-tokens/{token}", endpoint(GET, OPEN, introspect::legacy_access_token))
        .route("/v1/refresh-tokens/{token}", refresh_token);
    ["/2026-09", "/2026-03", "/v3"].iter().fold(routes, |routes, version| {
        routes
            .route(&format!("{version}/token"), endpoint(POST, OPEN_WRITE, token::exchange))
            .route(&format!("{version}/token/introspect"), endpoint(POST, OPEN, introspect::introspect))
            .route(&format!("{version}/token/revoke"), endpoint(POST, OPEN_WRITE, revoke::revoke))
    })
}
