//! The files API, as far as attachments of messages need it: upload, read, delete, signed addresses.

mod content;
mod hosting;
mod multipart;
mod read;
mod upload;

use axum::Router;
use axum::routing::get;

use super::endpoint::{DELETE, EndpointRules, GET, POST, endpoint, requires};
use crate::rules::access::{FILES, Scopes};
use crate::sandbox::Sandbox;

const RULES: EndpointRules = requires(Scopes::OneOf(&[FILES]));

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/", endpoint(POST, RULES, upload::upload))
        .route("/{id}", endpoint(GET, RULES, read::read).merge(endpoint(DELETE, RULES, read::delete)))
        .route("/{id}/signed-url", endpoint(GET, RULES, read::signed_url))
}

/// Builds the route of the addresses that messages have for their attachments.
pub(crate) fn redirect_routes() -> Router<Sandbox> {
    Router::new().route("/{id}/signed-url-redirect", endpoint(GET, RULES, read::redirect))
}

/// Builds the route of the content, which needs no token: a public file is everyone's, another needs its signature.
pub(crate) fn content_routes() -> Router<Sandbox> {
    Router::new().route("/{portal}/{*path}", get(content::content))
}
