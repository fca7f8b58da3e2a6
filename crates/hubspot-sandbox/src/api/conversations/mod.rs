//! The conversations API: inboxes, channels, threads, messages, actors.

mod actors;
pub(crate) mod caller;
pub(crate) mod errors;
mod inboxes;
mod message_list;
pub(crate) mod page;
mod recipients;
mod send;
pub(crate) mod sent_content;
mod thread_filter;
mod thread_list;
mod threads;
pub(crate) mod view;

use axum::Router;
use axum::routing::MethodRouter;

use super::endpoint::{DELETE, EndpointRules, GET, PATCH, POST, PUT, endpoint, requires};
use crate::rules::access::{CONVERSATIONS_READ, CONVERSATIONS_WRITE, Scopes};
use crate::sandbox::Sandbox;

const READ: EndpointRules = requires(Scopes::OneOf(&[CONVERSATIONS_READ])).reading();
const WRITE: EndpointRules = requires(Scopes::OneOf(&[CONVERSATIONS_WRITE]));

/// Builds the routes of the `v3` paths.
pub(crate) fn routes() -> Router<Sandbox> {
    let thread = endpoint(GET, READ, threads::read).merge(endpoint(PATCH, WRITE, threads::update)).merge(endpoint(
        DELETE,
        WRITE,
        threads::archive,
    ));
    let messages = endpoint(GET, READ, message_list::list).merge(endpoint(POST, WRITE, send::send));
    Router::new()
        .route("/inboxes", endpoint(GET, READ, inboxes::list_inboxes))
        .route("/inboxes/{id}", endpoint(GET, READ, inboxes::read_inbox))
        .route("/channels", endpoint(GET, READ, inboxes::list_channels))
        .route("/channels/{id}", endpoint(GET, READ, inboxes::read_channel))
        .route("/channel-accounts", endpoint(GET, READ, inboxes::list_accounts))
        .route("/channel-accounts/{id}", endpoint(GET, READ, inboxes::read_account))
        .route("/threads", endpoint(GET, READ, thread_list::list))
        .route("/threads/{thread_id}", thread)
        .route("/threads/{thread_id}/messages", messages)
        .route("/threads/{thread_id}/messages/{message_id}", endpoint(GET, READ, message_list::read))
        .route(
            "/threads/{thread_id}/messages/{message_id}/original-content",
            endpoint(GET, READ, message_list::original),
        )
        .route("/actors/batch/read", endpoint(POST, READ, actors::batch_read))
        .route("/actors/{actor_id}", endpoint(GET, READ, actors::read))
}

/// Builds the routes of the dated paths, which have the assignee beside the rest.
pub(crate) fn dated_routes() -> Router<Sandbox> {
    routes().route("/threads/{thread_id}/assignee", assignee())
}

/// Builds the route of the assignee alone, which has a base of its own in `v3`.
pub(crate) fn assignee_routes() -> Router<Sandbox> {
    Router::new().route("/threads/{thread_id}/assignee", assignee())
}

fn assignee() -> MethodRouter<Sandbox> {
    endpoint(PUT, WRITE, threads::assign).merge(endpoint(DELETE, WRITE, threads::unassign))
}
