//! The pipelines API.

pub(crate) mod edit;
pub(crate) mod read;

use axum::Router;

use super::endpoint::{DELETE, GET, PATCH, POST, PUT, READ, WRITE_SCHEMA, endpoint};
use crate::sandbox::Sandbox;

pub(crate) fn routes() -> Router<Sandbox> {
    let all = endpoint(GET, READ, read::list).merge(endpoint(POST, WRITE_SCHEMA, edit::create));
    let one = endpoint(GET, READ, read::one)
        .merge(endpoint(PUT, WRITE_SCHEMA, edit::replace_pipeline))
        .merge(endpoint(PATCH, WRITE_SCHEMA, edit::update))
        .merge(endpoint(DELETE, WRITE_SCHEMA, edit::delete));
    let stages = endpoint(GET, READ, read::stages).merge(endpoint(POST, WRITE_SCHEMA, edit::add_stage));
    let stage = endpoint(GET, READ, read::stage)
        .merge(endpoint(PUT, WRITE_SCHEMA, edit::update_stage))
        .merge(endpoint(PATCH, WRITE_SCHEMA, edit::update_stage))
        .merge(endpoint(DELETE, WRITE_SCHEMA, edit::delete_stage));
    Router::new()
        .route("/{type}", all)
        .route("/{type}/{pipeline}", one)
        .route("/{type}/{pipeline}/audit", endpoint(GET, READ, read::audit))
        .route("/{type}/{pipeline}/stages", stages)
        .route("/{type}/{pipeline}/stages/{stage}", stage)
}
