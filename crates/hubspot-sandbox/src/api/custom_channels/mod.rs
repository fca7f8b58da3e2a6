//! The custom channels API: channels, which a developer key configures, and their accounts and messages.

mod accounts;
mod channels;
mod developer;
mod lookup;
mod publish;
mod sender;
mod staging;
mod status;
mod target_url;

use axum::Router;

use super::endpoint::{DELETE, EndpointRules, GET, PATCH, POST, endpoint, requires};
use crate::rules::access::{CUSTOM_CHANNELS_READ, CUSTOM_CHANNELS_WRITE, Scopes};
use crate::sandbox::Sandbox;

/// The developer key stands in the query.
const DEVELOPER: EndpointRules = requires(Scopes::Open);
const READ: EndpointRules = requires(Scopes::OneOf(&[CUSTOM_CHANNELS_READ])).reading();
const WRITE: EndpointRules = requires(Scopes::OneOf(&[CUSTOM_CHANNELS_WRITE]));

/// Builds the routes.
pub(crate) fn routes() -> Router<Sandbox> {
    let all = endpoint(GET, DEVELOPER, channels::list).merge(endpoint(POST, DEVELOPER, channels::create));
    let one = endpoint(GET, DEVELOPER, channels::read)
        .merge(endpoint(PATCH, DEVELOPER, channels::update))
        .merge(endpoint(DELETE, DEVELOPER, channels::archive));
    let accounts = endpoint(GET, READ, accounts::list).merge(endpoint(POST, WRITE, accounts::create));
    let account = endpoint(GET, READ, accounts::read).merge(endpoint(PATCH, WRITE, accounts::update));
    let message = endpoint(GET, READ, status::read).merge(endpoint(PATCH, WRITE, status::update));
    Router::new()
        .route("/", all)
        .route("/{channel_id}", one)
        .route("/{channel_id}/channel-accounts", accounts)
        .route("/{channel_id}/channel-accounts/{account_id}", account)
        .route("/{channel_id}/channel-account-staging-tokens/{token}", endpoint(PATCH, WRITE, staging::update))
        .route("/{channel_id}/messages", endpoint(POST, WRITE, publish::publish))
        .route("/{channel_id}/messages/{message_id}", message)
}

#[cfg(test)]
mod tests;
