//! The look-ups of `--lookups`, read once and served as tools.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use http_client::{AddressPolicy, HttpClient, PublicWeb};
use tracing::info;

use super::operator;
use crate::lookups::client::{LookupClient, RESPONSE_BYTES_MAX};
use crate::lookups::lookup::Lookup;
use crate::lookups::{file, tool};
use crate::tool::ToolEntry;

/// A file of look-ups that cannot be used: its path, and the line and the reason.
#[derive(Debug, thiserror::Error)]
#[error("`--lookups {0}`: {1}")]
pub struct InvalidLookupsFile(String, String);

/// Reads a file of look-ups.
///
/// # Errors
/// The path, and what is wrong in which line.
pub fn read(path: &Path) -> Result<Vec<Lookup>, InvalidLookupsFile> {
    let failed = |why: String| InvalidLookupsFile(path.display().to_string(), why);
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let taken = operator::choosable();
    let taken: Vec<&str> = taken.iter().map(|tool| tool.name).collect();
    file::read(&text, &taken, |name| std::env::var(name).ok()).map_err(|error| failed(error.to_string()))
}

/// The client by which services are asked: no address of the own network, no redirects.
///
/// # Errors
/// The reason if no HTTP client can be set up.
pub fn web() -> Result<Arc<dyn HttpClient>, String> {
    Ok(Arc::new(PublicWeb::new(AddressPolicy::PublicOnly, RESPONSE_BYTES_MAX)?))
}

/// The tools of a file, or none without one.
pub(super) fn tools(path: Option<&Path>) -> Result<Vec<ToolEntry>, InvalidLookupsFile> {
    let Some(path) = path else { return Ok(vec![]) };
    let web = web().map_err(|why| InvalidLookupsFile(path.display().to_string(), why))?;
    let lookups = read(path)?;
    info!(lookups = lookups.len(), "Look-ups are served as tools, as `--lookups` says.");
    Ok(lookups.into_iter().map(|lookup| tool::of(LookupClient::new(lookup, web.clone()))).collect())
}
