//! Opening the database: its file, its settings, its tables.

use std::{borrow::Cow, fs, io, path::Path, time::Duration};

use sqlx::{
    AnyPool, Executor,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::{Migration, MigrationType, Migrator},
};

use super::{Error, Location};

/// Connections of one process; SQLite writes one at a time anyhow.
const CONNECTIONS_MAX: u32 = 4;
/// How long a call waits for a connection.
const ACQUIRE_MAX: Duration = Duration::from_secs(10);
/// Other processes may write too: they are waited for, and readers do not wait for writers.
const SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;";

/// Every change of the tables, oldest first. They only add; what goes waits one release.
const MIGRATIONS: &[(i64, &str, &str)] =
    &[(1, "taskgraph session", include_str!("migrations/0001_taskgraph_session.sql"))];

pub(super) async fn open(place: &Location) -> Result<AnyPool, Error> {
    install_default_drivers();
    let (url, connections) = match place {
        // Every connection to memory would be a database of its own.
        Location::Memory => ("sqlite::memory:".to_owned(), 1),
        Location::File(path) => (url(path).map_err(|error| unopened(place, &error))?, CONNECTIONS_MAX),
    };
    let pool = pool(&url, connections).await.map_err(|error| unopened(place, &error))?;
    migrator().run(&pool).await.map_err(|error| unopened(place, &error))?;
    Ok(pool)
}

fn unopened(place: &Location, error: &dyn std::fmt::Display) -> Error {
    let name = match place {
        Location::Memory => "in memory".to_owned(),
        Location::File(path) => format!("`{}`", path.display()),
    };
    Error::Unopened(name, error.to_string())
}

async fn pool(url: &str, connections: u32) -> Result<AnyPool, sqlx::Error> {
    let options = AnyPoolOptions::new().max_connections(connections).min_connections(1);
    let options = options.acquire_timeout(ACQUIRE_MAX).idle_timeout(None).max_lifetime(None);
    let options = options.after_connect(|connection, _| {
        Box::pin(async move {
            connection.execute(SETTINGS).await?;
            Ok(())
        })
    });
    options.connect(url).await
}

fn migrator() -> Migrator {
    let migration = |(version, name, sql): &(i64, &'static str, &'static str)| {
        let sql = sqlx::SqlStr::from_static(sql);
        Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect())
}

/// The file as an address. It holds what customers said, so it is made for its owner alone.
fn url(path: &Path) -> io::Result<String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    make_private(path)?;
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Ok(format!("sqlite://{path}?mode=rwc"))
}

#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop)
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> io::Result<()> {
    fs::OpenOptions::new().append(true).create(true).open(path).map(drop)
}
