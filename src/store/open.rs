//! Opening the database: its connections, their settings, its tables.

use std::time::Duration;

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::MigrateError;
use sqlx::{AnyConnection, AnyPool, Connection, Executor};
use tokio::time::timeout;

use super::database::{Database, Dialect, StoreClock};
use super::error::Error;
use super::location::{Location, PostgresUrl};
use super::migrations::{self, Tables};
use super::{private_file, write_ahead_log};

/// The most connections of one process to SQLite, which allows one writer at a time.
const SQLITE_CONNECTIONS_MAX: u32 = 4;
/// The longest wait for a connection to SQLite.
const SQLITE_ACQUIRE_MAX: Duration = Duration::from_secs(10);
/// The settings of a connection, which SQLite may refuse while another process closes the file.
const SQLITE_SETTINGS: &str = "PRAGMA synchronous = NORMAL;";

/// The most connections of one replica to PostgreSQL: a dozen replicas fit into its default of 100.
const POSTGRES_CONNECTIONS_MAX: u32 = 8;
/// The longest wait for a connection to PostgreSQL, and for a new one to be made.
const POSTGRES_ACQUIRE_MAX: Duration = Duration::from_secs(3);
/// The time after which a connection is replaced, and after which one without use is closed.
const POSTGRES_LIFE_MAX: Duration = Duration::from_secs(30 * 60);
const POSTGRES_IDLE_MAX: Duration = Duration::from_secs(5 * 60);
/// A statement, a wait for a lock and a transaction that does nothing end: none of ours takes as long.
const POSTGRES_SETTINGS: &str = "SET statement_timeout = '5s'; SET lock_timeout = '2s'; \
    SET idle_in_transaction_session_timeout = '10s'; SET application_name = 'frontdesk';";

/// Opens the database, and makes its tables or brings them up to date.
pub(super) async fn open(location: &Location, clock: StoreClock) -> Result<Database, Error> {
    install_default_drivers();
    let opened = match location {
        // Each connection to memory would open a database of its own.
        Location::Memory => sqlite("sqlite::memory:", 1).await,
        Location::File(path) => match private_file::url(path) {
            Ok(url) => sqlite_file(&url).await,
            Err(error) => Err(MigrateError::Execute(error.into())),
        },
        Location::Postgres(url) => postgres(url).await,
    };
    let (pool, tables) = opened.map_err(|error| Error::Unopened(location.to_string(), error.to_string()))?;
    match tables {
        Tables::Ready => Ok(Database { pool, dialect: dialect(location), clock }),
        Tables::TooNew { needs, knows } => Err(Error::TooNew { location: location.to_string(), needs, knows }),
    }
}

fn dialect(location: &Location) -> Dialect {
    match location {
        Location::Memory | Location::File(_) => Dialect::Sqlite,
        Location::Postgres(_) => Dialect::Postgres,
    }
}

/// A file with a write-ahead log, so that readers do not wait for writers. The connection that asks for the log stays open
/// until the pool has one: the last to close would remove the log under the lock of the whole file.
async fn sqlite_file(url: &str) -> Result<(AnyPool, Tables), MigrateError> {
    let first = write_ahead_log::switch_on(url).await?;
    let opened = sqlite(url, SQLITE_CONNECTIONS_MAX).await?;
    first.close().await?;
    Ok(opened)
}

async fn sqlite(url: &str, connections: u32) -> Result<(AnyPool, Tables), MigrateError> {
    let options = AnyPoolOptions::new().max_connections(connections).min_connections(1);
    let options = options.acquire_timeout(SQLITE_ACQUIRE_MAX).idle_timeout(None).max_lifetime(None);
    // The pool would wait by the clock after a refused setting, and a test has stopped its clock. Without the settings the file is
    // as safe; and where it is gone, whatever uses the connection fails for the same reason.
    let options = options.after_connect(|connection, _| {
        Box::pin(async move { write_ahead_log::patiently(connection, SQLITE_SETTINGS).await.or(Ok(())) })
    });
    let pool = options.connect(url).await?;
    let mut alone = pool.begin_with("BEGIN IMMEDIATE").await?;
    let tables = migrations::run(&mut alone).await?;
    alone.commit().await?;
    Ok((pool, tables))
}

/// The tables first, on a connection of their own: a migration may take longer than the statements of the pool, its lock
/// ends with its connection whatever happens, and a server that is not there is found at once.
async fn postgres(url: &PostgresUrl) -> Result<(AnyPool, Tables), MigrateError> {
    let connecting = timeout(POSTGRES_ACQUIRE_MAX, AnyConnection::connect(url.expose()));
    let mut connection = connecting.await.map_err(|_| sqlx::Error::PoolTimedOut)??;
    let tables = migrations::run(&mut connection).await?;
    connection.close().await?;
    let options = AnyPoolOptions::new().max_connections(POSTGRES_CONNECTIONS_MAX).acquire_timeout(POSTGRES_ACQUIRE_MAX);
    let options = options.idle_timeout(POSTGRES_IDLE_MAX).max_lifetime(POSTGRES_LIFE_MAX);
    let options = options
        .after_connect(|connection, _| Box::pin(async move { connection.execute(POSTGRES_SETTINGS).await.map(drop) }));
    let pool = options.connect(url.expose()).await?;
    Ok((pool, tables))
}
