//! The objects API: contacts, companies, deals, tickets and activities.

pub(crate) mod batch;
pub(crate) mod create;
pub(crate) mod filter;
pub(crate) mod find;
pub(crate) mod free_text;
pub(crate) mod merge;
pub(crate) mod property_input;
pub(crate) mod search;
pub(crate) mod single;
pub(crate) mod stage;
pub(crate) mod unique;
pub(crate) mod update;
pub(crate) mod upsert;
pub(crate) mod view;
pub(crate) mod write;
pub(crate) mod write_error;

use axum::Router;

use crate::api::associations::pair;
use crate::api::endpoint::{DELETE, GET, PATCH, POST, READ, WRITE, endpoint, requires_in_bucket};
use crate::rules::access::Scopes;
use crate::rules::limits::Bucket;
use crate::sandbox::Sandbox;

pub(crate) fn routes() -> Router<Sandbox> {
    let all = endpoint(GET, READ, single::list).merge(endpoint(POST, WRITE, single::create));
    let one = endpoint(GET, READ, single::read).merge(endpoint(PATCH, WRITE, single::update)).merge(endpoint(
        DELETE,
        WRITE,
        single::archive,
    ));
    let search = requires_in_bucket(Scopes::Read, Bucket::Search);
    Router::new()
        .route("/{type}", all)
        .route("/{type}/{id}", one)
        .route("/{type}/search", endpoint(POST, search, search::search))
        .route("/{type}/merge", endpoint(POST, WRITE, merge::merge))
        .route("/{type}/gdpr-delete", endpoint(POST, WRITE, merge::gdpr_delete))
        .route("/{type}/batch/read", endpoint(POST, READ, batch::read))
        .route("/{type}/batch/create", endpoint(POST, WRITE, batch::create))
        .route("/{type}/batch/update", endpoint(POST, WRITE, batch::update))
        .route("/{type}/batch/upsert", endpoint(POST, WRITE, upsert::upsert))
        .route("/{type}/batch/archive", endpoint(POST, WRITE, batch::archive))
        .merge(pair::routes())
}
