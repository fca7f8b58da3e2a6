//! The content of a file, at the address that its fields have.

use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::Response;
use axum::http::header::CONTENT_TYPE;

use super::hosting;
use crate::api::response;
use crate::clock::Ms;
use crate::model::files::StoredFile;
use crate::sandbox::Sandbox;

/// Headers with which a browser neither runs a file nor takes it for a page of this server, whose admin plane it could
/// reach then.
const INERT: [(&str, &str); 3] = [
    ("content-disposition", "attachment"),
    ("content-security-policy", "sandbox"),
    ("x-content-type-options", "nosniff"),
];

/// Returns the content of a public file, or of another with a signed address that has not expired.
pub(super) async fn content(
    State(sandbox): State<Sandbox>,
    path: Result<Path<(String, String)>, PathRejection>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Response<Body> {
    let account = sandbox.lock();
    let portal = &account.portal;
    let own = portal.identity.portal_id.to_string();
    let path = path.ok().filter(|Path((portal_id, _))| *portal_id == own).map(|Path((_, path))| format!("/{path}"));
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let readable = path
        .and_then(|path| portal.files.at(&path))
        .filter(|file| file.is_public() || is_signed(file, &query, portal.now_ms()));
    readable.map_or_else(|| response::html(404), of)
}

fn is_signed(file: &StoredFile, query: &[(String, String)], now_ms: Ms) -> bool {
    let value = |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let until_ms: Option<Ms> = value("Expires").and_then(|text| text.parse().ok());
    until_ms.is_some_and(|until_ms| {
        until_ms > now_ms && value("Signature") == Some(hosting::signature(file.id, until_ms).as_str())
    })
}

fn of(file: &StoredFile) -> Response<Body> {
    let mut response = Response::new(Body::from(file.bytes.clone()));
    response::set_header(&mut response, CONTENT_TYPE.as_str(), &file.media_type);
    INERT.iter().for_each(|(name, value)| response::set_header(&mut response, name, value));
    response
}
