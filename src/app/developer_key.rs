//! The developer key of HubSpot's app, from its file or its variable.

use std::path::{Path, PathBuf};

use domain::known_secrets;
use hubspot_client::DeveloperKey;
use secrecy::ExposeSecret;

use super::secret_file;
use crate::config::{self, DEVELOPER_KEY_VARIABLE};

/// A developer key that cannot be used. Nothing of it is part of the message.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key file cannot be read: its path and the reason.
    #[error("`--developer-key-file {0}`: {1}")]
    File(PathBuf, String),
    /// There is none.
    #[error(
        "there is no developer key: set `{DEVELOPER_KEY_VARIABLE}` or `--developer-key-file` (HubSpot: developer account > \
         Keys > Developer API key)"
    )]
    Missing,
}

/// Reads the key; masked from now on in all that is said.
///
/// # Errors
/// [`Error`].
pub fn read(
    app_id: u64,
    file: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<DeveloperKey, Error> {
    let key = match file {
        Some(file) => Some(secret_file::read(file).map_err(|why| Error::File(file.to_owned(), why))?),
        None => config::secret(&[DEVELOPER_KEY_VARIABLE], variable),
    };
    let key = key.ok_or(Error::Missing)?;
    known_secrets::remember(key.expose_secret());
    Ok(DeveloperKey { key, app_id })
}
