//! The databases that the store is tested on: SQLite in memory and in a file, and PostgreSQL where there is a server.
//!
//! `FRONTDESK_TEST_PG_URL` names the server, such as `postgres://postgres@127.0.0.1:5432/postgres`; `.ci/postgres` starts
//! one. Each test has a database of its own there. With `FRONTDESK_REQUIRE_PG=1` it is an error that there is no server.

use std::env;

use frontdesk::store::Location;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, Row};
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use uuid::Uuid;

const SERVER: &str = "FRONTDESK_TEST_PG_URL";
const REQUIRED: &str = "FRONTDESK_REQUIRE_PG";

/// Holds what is promised of the store on every kind of database. A promise may open its location several times, as
/// replicas and restarts do.
pub(crate) async fn on_each(promise: impl AsyncFn(Location)) {
    on_memory(&promise).await;
    on_shared(promise).await;
}

/// The same for what is promised of a store that several processes use.
pub(crate) async fn on_shared(promise: impl AsyncFn(Location)) {
    let folder = TempDir::new().unwrap();
    println!("on a file of SQLite");
    promise(Location::File(folder.path().join("desk.db"))).await;
    let Some(database) = new_database().await else { return };
    println!("on PostgreSQL");
    promise(database).await;
}

async fn on_memory(promise: &impl AsyncFn(Location)) {
    println!("on SQLite in memory");
    promise(Location::Memory).await;
}

/// An empty database on the server; `None` where there is no server.
pub(crate) async fn new_database() -> Option<Location> {
    let Ok(server) = env::var(SERVER) else {
        assert!(env::var_os(REQUIRED).is_none(), "{REQUIRED} is set and {SERVER} is not");
        println!("skipped: no PostgreSQL");
        return None;
    };
    let name = format!("frontdesk_{}", Uuid::new_v4().simple());
    let (before, _) = server.rsplit_once('/').unwrap();
    let url = format!("{before}/{name}");
    execute(server, format!("CREATE DATABASE {name}")).await;
    Some(Location::read(url.as_ref()).unwrap())
}

/// The address of a database with the login of the tests' server.
pub(crate) fn url(location: &Location) -> String {
    match location {
        Location::Memory => unreachable!("it is not shared"),
        Location::File(path) => format!("sqlite://{}?mode=rwc", path.display()),
        Location::Postgres(url) => {
            let (shown, server) = (format!("{url:?}"), env::var(SERVER).unwrap());
            let (_, name) = shown.rsplit_once('/').unwrap();
            let (before, _) = server.rsplit_once('/').unwrap();
            format!("{before}/{name}")
        }
    }
}

/// Executes a statement on the database at this address. On a thread of its own: a stopped clock runs on while only the
/// database works.
pub(crate) async fn execute(url: String, statement: String) {
    let runtime = Handle::current();
    let whole = move || {
        runtime.block_on(async move {
            sqlx::any::install_default_drivers();
            let mut connection = AnyConnection::connect(&url).await.unwrap();
            connection.execute(AssertSqlSafe(statement)).await.unwrap();
            connection.close().await.unwrap();
        });
    };
    spawn_blocking(whole).await.unwrap();
}

/// All that a table holds, as one text.
pub(crate) async fn text_of(url: String, table: &'static str) -> String {
    let runtime = Handle::current();
    let whole = move || {
        runtime.block_on(async move {
            sqlx::any::install_default_drivers();
            let mut connection = AnyConnection::connect(&url).await.unwrap();
            let select = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}")));
            let rows = select.fetch_all(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            let texts = |row: &AnyRow| -> String {
                (0..row.len()).filter_map(|at| row.try_get::<String, _>(at).ok()).collect::<Vec<_>>().join("\n")
            };
            rows.iter().map(texts).collect::<Vec<_>>().join("\n")
        })
    };
    spawn_blocking(whole).await.unwrap()
}
