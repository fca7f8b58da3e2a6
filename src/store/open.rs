//! Opening the database: its file, its settings, its tables.

use std::{
    borrow::Cow,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    AnyPool, Executor,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::{Migration, MigrationType, Migrator},
};

/// The location of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In this process, until it ends.
    Memory,
    /// In this SQLite file.
    File(PathBuf),
}

/// The reason why something could not be stored or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The database at this location cannot be opened.
    #[error("the store {0} cannot be opened: {1}")]
    Unopened(String, String),
    /// A statement failed.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// The most connections of one process; SQLite allows one writer at a time.
const CONNECTIONS_MAX: u32 = 4;
/// The longest wait for a connection.
const ACQUIRE_MAX: Duration = Duration::from_secs(10);
/// Waits for other processes that write; readers do not wait for writers.
const SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;";

/// The migrations, oldest first. They only add; a removal waits one release.
const MIGRATIONS: &[(i64, &str, &str)] =
    &[(1, "taskgraph session", include_str!("migrations/0001_taskgraph_session.sql"))];

pub(super) async fn open(location: &Location) -> Result<AnyPool, Error> {
    install_default_drivers();
    let (url, connections) = match location {
        // Each connection to memory would open a database of its own.
        Location::Memory => ("sqlite::memory:".to_owned(), 1),
        Location::File(path) => (url(path).map_err(|error| unopened(location, &error))?, CONNECTIONS_MAX),
    };
    let pool = pool(&url, connections).await.map_err(|error| unopened(location, &error))?;
    migrator().run(&pool).await.map_err(|error| unopened(location, &error))?;
    Ok(pool)
}

fn unopened(location: &Location, error: &dyn std::fmt::Display) -> Error {
    let name = match location {
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

/// The URL of the file. The file holds what customers said, so only its owner may read it.
fn url(path: &Path) -> io::Result<String> {
    if let Some(folder) = path.parent() {
        create_private(folder)?;
    }
    make_private(path)?;
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Ok(format!("sqlite://{path}?mode=rwc"))
}

/// Creates the folders that are missing, for their owner alone. One that is there is the operator's and stays as it is.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Creates the file for its owner alone, and takes one that is there, with what SQLite has put beside it, from everybody
/// else. It is an error if that cannot be done.
#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        match fs::metadata(&file) {
            Ok(found) if found.permissions().mode() & 0o077 == 0 => {}
            Ok(_) => fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> io::Result<()> {
    fs::OpenOptions::new().append(true).create(true).open(path).map(drop)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_customers_said_is_for_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new").join("desk.db");
        url(&file).unwrap();
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        let wal = file.with_file_name("desk.db-wal");
        fs::write(&wal, "").unwrap();
        for open in [&file, &wal] {
            fs::set_permissions(open, fs::Permissions::from_mode(0o644)).unwrap();
        }
        url(&file).unwrap();
        assert_eq!((mode(&file), mode(&wal)), (0o600, 0o600), "a store of before is tightened");
    }
}
