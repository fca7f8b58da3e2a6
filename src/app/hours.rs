//! The hours at which people answer, from the file of `--hours`.

use std::fs;
use std::path::Path;

use tracing::info;

use super::Error;
use crate::hours::calendar::Hours;
use crate::hours::setting;
use domain::time_zone::rules::ZoneRules;

/// The hours of a file; without one people answer at any time.
pub(super) fn of(file: Option<&Path>, rules: ZoneRules) -> Result<Hours, Error> {
    let Some(file) = file else { return Ok(Hours::default()) };
    let failed = |why: String| Error::Hours(file.display().to_string(), why);
    let text = fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    let hours = setting::read(&text, rules).map_err(|error| failed(error.to_string()))?;
    info!("Customers are told when people answer, as `--hours` says.");
    Ok(hours)
}
