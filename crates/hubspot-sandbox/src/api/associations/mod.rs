//! The associations API of version 4 and later.

pub(crate) mod batch;
pub(crate) mod labels;
pub(crate) mod pair;

use axum::Router;

use crate::api::endpoint::{ASSOCIATIONS, DELETE, GET, POST, PUT, endpoint};
use crate::sandbox::Sandbox;

pub(crate) fn routes() -> Router<Sandbox> {
    let all_labels = endpoint(GET, ASSOCIATIONS, labels::list)
        .merge(endpoint(POST, ASSOCIATIONS, labels::create))
        .merge(endpoint(PUT, ASSOCIATIONS, labels::rename));
    Router::new()
        .route("/{from}/{to}/batch/read", endpoint(POST, ASSOCIATIONS.reading(), batch::read))
        .route("/{from}/{to}/batch/create", endpoint(POST, ASSOCIATIONS, batch::create))
        .route("/{from}/{to}/batch/associate/default", endpoint(POST, ASSOCIATIONS, batch::create_default))
        .route("/{from}/{to}/batch/archive", endpoint(POST, ASSOCIATIONS, batch::archive))
        .route("/{from}/{to}/batch/labels/archive", endpoint(POST, ASSOCIATIONS, batch::archive_labels))
        .route("/{from}/{to}/labels", all_labels)
        .route("/{from}/{to}/labels/{label}", endpoint(DELETE, ASSOCIATIONS, labels::delete))
}
