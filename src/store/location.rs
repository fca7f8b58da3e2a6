//! The location of the store, and the settings that name one.

use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;

use http_client::is_this_machine;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// The location of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In this process, until it ends.
    Memory,
    /// In this SQLite file.
    File(PathBuf),
    /// In this PostgreSQL database.
    Postgres(PostgresUrl),
}

/// The address of a PostgreSQL database. Its login is never shown.
#[derive(Clone)]
pub struct PostgresUrl {
    url: SecretString,
    shown: String,
}

/// A setting that names no store. Nothing of its value is part of the message: it may hold a password.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLocation {
    /// Another kind of address.
    #[error("a store is a file, `:memory:`, or an address that begins with `postgres://`")]
    Scheme,
    /// The address cannot be read.
    #[error("the address of the store is not a URL: write `postgres://user@host/database`")]
    Unreadable,
    /// No database is named.
    #[error("the address of the store names no database: write `postgres://user@host/database`")]
    NoDatabase,
    /// A parameter that has no effect, or would show a password.
    #[error("the address of the store has a parameter that is not known here; known are {}", PARAMETERS.join(", "))]
    Parameter,
}

/// The parameters of an address that the driver reads. A password stands before the host, or in `PGPASSWORD`.
const PARAMETERS: [&str; 11] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "user",
    "dbname",
    "application_name",
    "statement-cache-capacity",
];

/// The values of `sslmode` that do not go on without encryption.
const ENCRYPTED: [&str; 3] = ["require", "verify-ca", "verify-full"];

impl Location {
    /// Reads the value of a setting: a file, `:memory:`, or an address.
    ///
    /// # Errors
    /// [`InvalidLocation`] for an address that leads to no PostgreSQL database.
    pub fn read(name: &OsStr) -> Result<Location, InvalidLocation> {
        match name.to_str() {
            Some(":memory:") => Ok(Location::Memory),
            Some(text) if scheme(text).is_some() => PostgresUrl::read(text).map(Location::Postgres),
            _ => Ok(Location::File(PathBuf::from(name))),
        }
    }

    /// True if other processes can use the same store.
    pub fn is_shared(&self) -> bool {
        !matches!(self, Location::Memory)
    }

    /// True if replicas use it: what they must agree on is then refused while the store cannot be used. Elsewhere one
    /// process remembers it itself as well, and goes on.
    pub fn is_for_replicas(&self) -> bool {
        matches!(self, Location::Postgres(_))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Memory => f.write_str("in memory"),
            Location::File(path) => write!(f, "`{}`", path.display()),
            Location::Postgres(url) => write!(f, "`{}`", url.shown),
        }
    }
}

/// The scheme of an address; `None` for a path.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once("://")?;
    let is_scheme = scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'-');
    is_scheme.then_some(scheme)
}

impl PostgresUrl {
    fn read(text: &str) -> Result<PostgresUrl, InvalidLocation> {
        if !matches!(scheme(text), Some("postgres" | "postgresql")) {
            return Err(InvalidLocation::Scheme);
        }
        let url = Url::parse(text).map_err(|_| InvalidLocation::Unreadable)?;
        if url.query_pairs().any(|(name, _)| !PARAMETERS.contains(&&*name)) {
            return Err(InvalidLocation::Parameter);
        }
        let database = parameter(&url, "dbname").unwrap_or_else(|| url.path().trim_start_matches('/').to_owned());
        if database.is_empty() {
            return Err(InvalidLocation::NoDatabase);
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let shown = format!("postgres://{}{port}/{database}", host(&url));
        Ok(PostgresUrl { url: SecretString::from(text), shown })
    }

    /// The whole address, for the driver.
    pub(super) fn expose(&self) -> &str {
        self.url.expose_secret()
    }

    /// The password, if the address has one.
    pub fn password(&self) -> Option<SecretString> {
        let url = self.parsed()?;
        let password = percent_decode_str(url.password()?).decode_utf8_lossy().into_owned();
        Some(SecretString::from(password))
    }

    /// True if a connection beyond this machine could go on without encryption.
    pub fn may_be_read_on_the_way(&self) -> bool {
        let Some(url) = self.parsed() else { return true };
        let host = host(&url);
        let is_encrypted = parameter(&url, "sslmode").is_some_and(|mode| ENCRYPTED.contains(&mode.as_str()));
        !(is_encrypted || host.is_empty() || host.starts_with('/') || is_this_machine(&host))
    }

    fn parsed(&self) -> Option<Url> {
        Url::parse(self.expose()).ok()
    }
}

/// The host, or the folder of its socket.
fn host(url: &Url) -> String {
    let named = parameter(url, "host").or_else(|| parameter(url, "hostaddr"));
    let host = named.unwrap_or_else(|| url.host_str().unwrap_or_default().to_owned());
    percent_decode_str(&host).decode_utf8_lossy().into_owned()
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl PartialEq for PostgresUrl {
    fn eq(&self, other: &PostgresUrl) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for PostgresUrl {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Location, InvalidLocation> {
        Location::read(OsStr::new(text))
    }

    #[test]
    fn files_memory_and_addresses_are_told_apart() {
        assert_eq!(read(":memory:"), Ok(Location::Memory));
        for file in ["desk.db", "/var/lib/desk.db", "C:\\desk.db", "c://desk.db", "a?b#c.db"] {
            assert_eq!(read(file), Ok(Location::File(file.into())));
        }
        for (address, problem) in [
            ("mysql://host/desk", InvalidLocation::Scheme),
            ("sqlite://desk.db", InvalidLocation::Scheme),
            ("postgres://host", InvalidLocation::NoDatabase),
            ("postgres://host/", InvalidLocation::NoDatabase),
            ("postgres://host:many/desk", InvalidLocation::Unreadable),
            ("postgres://host/desk?password=s3cret", InvalidLocation::Parameter),
            ("postgres://host/desk?ssl=on", InvalidLocation::Parameter),
        ] {
            let refused = read(address).unwrap_err();
            assert_eq!(refused, problem, "{address}");
            assert!(!refused.to_string().contains("s3cret"));
        }
    }

    #[test]
    fn a_login_is_never_shown() {
        let Ok(Location::Postgres(url)) =
            read("postgresql://desk:s3cr%65t-pw@db.example:5433/frontdesk?sslmode=require")
        else {
            panic!("it is an address")
        };
        let location = Location::Postgres(url.clone());
        for shown in [format!("{url:?}"), format!("{location:?}"), location.to_string()] {
            assert!(shown.contains("postgres://db.example:5433/frontdesk"), "{shown}");
            assert!(!shown.contains("s3cr") && !shown.contains("desk:"), "{shown}");
        }
        assert_eq!(url.password().unwrap().expose_secret(), "s3cret-pw");
    }

    #[test]
    fn an_address_beyond_this_machine_should_be_encrypted() {
        for (address, open) in [
            ("postgres://db.example/desk", true),
            ("postgres://db.example/desk?sslmode=prefer", true),
            ("postgres://db.example/desk?sslmode=verify-full", false),
            ("postgres://localhost/desk", false),
            ("postgres://[::1]:5432/desk", false),
            ("postgres:///desk?host=/run/postgresql", false),
            ("postgres://%2Frun%2Fpostgresql/desk", false),
        ] {
            let Ok(Location::Postgres(url)) = read(address) else { panic!("{address}") };
            assert_eq!(url.may_be_read_on_the_way(), open, "{address}");
        }
    }
}
