//! The location of the store that the settings name.

use std::ffi::OsStr;

use domain::known_secrets;
use secrecy::ExposeSecret;
use tracing::warn;

use crate::config::Settings;
use crate::store::{Error, InvalidLocation, Location, Store};

/// The location: the one that is set, else a file in the user's data folder; with the embedded HubSpot in memory. A password
/// in it is masked from now on.
///
/// # Errors
/// [`InvalidLocation`] for an address that leads to no PostgreSQL database.
pub fn location(settings: &Settings) -> Result<Location, InvalidLocation> {
    let usual = || dirs::data_local_dir().map(|folder| folder.join("frontdesk").join("frontdesk.db").into_os_string());
    let usual = || if settings.sandbox { None } else { usual() };
    let set = settings.store.as_ref().map(|name| name.expose().to_owned());
    let location = Location::read(set.or_else(usual).as_deref().unwrap_or(OsStr::new(":memory:")))?;
    if let Location::Postgres(url) = &location {
        url.password().iter().for_each(|password| known_secrets::remember(password.expose_secret()));
        if url.may_be_read_on_the_way() {
            warn!(
                "The connection to the store may go beyond this machine without encryption: add `?sslmode=verify-full` to \
                 its address."
            );
        }
    }
    Ok(location)
}

/// Opens a store that is there, so that the start fails if this program may not use it. One that cannot be reached is
/// tried again by the first call that needs it, and a file that is not there yet is made by that call.
///
/// # Errors
/// [`Error::TooNew`].
pub async fn check(store: &Store) -> Result<(), Error> {
    let is_there = match store.location() {
        Location::Memory => false,
        Location::File(path) => path.exists(),
        Location::Postgres(_) => true,
    };
    let opened = if is_there { store.open().await } else { Ok(()) };
    match opened {
        Err(refused @ Error::TooNew { .. }) => Err(refused),
        Err(error) => {
            warn!("{error}. What needs the store fails until it can be opened.");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
