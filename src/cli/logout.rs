//! `frontdesk logout`: ends a login at HubSpot, and removes its file.

use std::io::{self, Write};
use std::path::Path;

use super::login;
use crate::app::access;
use crate::config::{LogoutSettings, Settings};
use crate::login::credentials::{self, Credentials};
use hubspot_client::AppCredentials;

/// A login that was not ended. Its file is as it was.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The embedded HubSpot needs none.
    #[error("`--sandbox` needs no login: its HubSpot is in this process")]
    Sandbox,
    /// No place for the login.
    #[error("there is no folder for the login: name its file with `--credentials`")]
    NoPlace,
    /// The client secret is in neither of its variables.
    #[error(
        "set `HUBSPOT_CLIENT_SECRET`, or `HUBSPOT_CLIENT_SECRET_FILE`, to the client secret of the app, with which \
         HubSpot ends the login; `--only-file` removes the file alone"
    )]
    NoSecret,
    /// The file of the secret.
    #[error(transparent)]
    Secret(#[from] access::Error),
    /// The base address of HubSpot's API is invalid.
    #[error(transparent)]
    Network(#[from] http_client::InvalidBaseUrl),
    /// HubSpot refused to revoke the login.
    #[error("HubSpot has not ended the login: {0}; try again, or remove the file alone with `--only-file`")]
    HubSpot(#[from] hubspot_client::Error),
    /// The file of the login.
    #[error("{0}; `--only-file` removes it")]
    Unread(#[from] credentials::Error),
    /// The file cannot be removed.
    #[error("HubSpot has ended the login, but its file stays: {0}")]
    Unremoved(credentials::Error),
    /// Standard output could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Ends the login, and says what was done.
pub(super) async fn run(logout: &LogoutSettings, settings: &Settings, out: &mut impl Write) -> Result<(), Error> {
    if settings.sandbox {
        return Err(Error::Sandbox);
    }
    let path = access::login_path(settings).ok_or(Error::NoPlace)?;
    if !path.exists() {
        return Ok(writeln!(out, "There is no login in {}.", path.display())?);
    }
    if logout.only_file {
        credentials::remove(&path)?;
        writeln!(out, "Removed {}.", path.display())?;
        return Ok(writeln!(
            out,
            "HubSpot still knows the login: uninstall the app there, in Settings > Integrations."
        )?);
    }
    let login = credentials::read(&path)?;
    revoke(logout, settings, &login).await?;
    credentials::remove(&path).map_err(Error::Unremoved)?;
    tell(&login, &path, out)
}

async fn revoke(logout: &LogoutSettings, settings: &Settings, login: &Credentials) -> Result<(), Error> {
    let secret = access::client_secret(logout.client_secret_file.as_deref(), |name| std::env::var(name).ok())?;
    let app = AppCredentials { client_id: login.client_id.clone(), client_secret: secret.ok_or(Error::NoSecret)? };
    let versions = settings.api_versions.clone().unwrap_or_default();
    let endpoints = login::endpoints(settings, &versions)?;
    Ok(endpoints.revoke(&app, &login.refresh_token).await?)
}

fn tell(login: &Credentials, path: &Path, out: &mut impl Write) -> Result<(), Error> {
    writeln!(out, "HubSpot has ended the login to portal {}, and {} is removed.", login.portal_id, path.display())?;
    Ok(writeln!(out, "Servers that run with it end their access within half an hour, when its last token does.")?)
}
