//! The hours at which people answer, from the file of `--hours`.

use std::fs;
use std::path::Path;

use tracing::info;

use crate::hours::calendar::Hours;
use crate::hours::setting;
use domain::time_zone::rules::ZoneRules;

/// A file of hours that cannot be used: its path, and the line and the reason.
#[derive(Debug, thiserror::Error)]
#[error("`--hours {0}`: {1}")]
pub struct InvalidFile(String, String);

/// The hours of a file; without one people answer at any time.
pub(super) fn of(file: Option<&Path>, rules: ZoneRules) -> Result<Hours, InvalidFile> {
    let Some(file) = file else { return Ok(Hours::default()) };
    let failed = |why: String| InvalidFile(file.display().to_string(), why);
    let text = fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    let hours = setting::read(&text, rules).map_err(|error| failed(error.to_string()))?;
    info!("Customers are told when people answer, as `--hours` says.");
    Ok(hours)
}
