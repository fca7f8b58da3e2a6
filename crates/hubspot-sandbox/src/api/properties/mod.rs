//! The properties API: definitions and their groups.

pub(crate) mod definitions;
pub(crate) mod groups;

use axum::Router;
use serde_json::json;

use super::endpoint::{DELETE, GET, PATCH, POST, READ, WRITE_SCHEMA, endpoint, requires};
use super::response::ApiResponse;
use crate::rules::access::Scopes;
use crate::sandbox::Sandbox;

pub(crate) fn routes() -> Router<Sandbox> {
    let all = endpoint(GET, READ, definitions::list).merge(endpoint(POST, WRITE_SCHEMA, definitions::create));
    let one = endpoint(GET, READ, definitions::one)
        .merge(endpoint(PATCH, WRITE_SCHEMA, definitions::update))
        .merge(endpoint(DELETE, WRITE_SCHEMA, definitions::archive));
    let all_groups = endpoint(GET, READ, groups::list).merge(endpoint(POST, WRITE_SCHEMA, groups::create));
    let group = endpoint(GET, READ, groups::one).merge(endpoint(PATCH, WRITE_SCHEMA, groups::update)).merge(endpoint(
        DELETE,
        WRITE_SCHEMA,
        groups::archive,
    ));
    Router::new()
        .route("/{type}", all)
        .route("/{type}/{name}", one)
        .route("/{type}/batch/read", endpoint(POST, READ, definitions::read_batch))
        .route("/{type}/batch/create", endpoint(POST, WRITE_SCHEMA, definitions::create_batch))
        .route("/{type}/batch/archive", endpoint(POST, WRITE_SCHEMA, definitions::archive_batch))
        .route("/{type}/groups", all_groups)
        .route("/{type}/groups/{name}", group)
}

/// Builds the routes of custom object types, of which the account has none.
pub(crate) fn custom_object_routes() -> Router<Sandbox> {
    let none = endpoint(GET, requires(Scopes::Any), |_, _| Ok(ApiResponse::ok(json!({"results": []}))));
    Router::new().route("/schemas", none)
}
