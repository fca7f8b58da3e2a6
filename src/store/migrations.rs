//! The tables: made and changed by migrations that only go forward, one text for every database.
//!
//! Replicas of two versions run at once while one replaces the other. So a migration only adds; what it replaces is removed
//! by a later release. A migration after which older programs must not go on raises `oldest_reader` in `store_meta`.

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, Row, query};

use super::schema::Schema;

/// The migrations, oldest first.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "taskgraph session", include_str!("migrations/0001_taskgraph_session.sql")),
    (2, "store meta", include_str!("migrations/0002_store_meta.sql")),
    (3, "lease", include_str!("migrations/0003_lease.sql")),
    (4, "event", include_str!("migrations/0004_event.sql")),
    (5, "conversation", include_str!("migrations/0005_conversation.sql")),
    (6, "outbox", include_str!("migrations/0006_outbox.sql")),
    (7, "poller", include_str!("migrations/0007_poller.sql")),
    (8, "handoff channel", include_str!("migrations/0008_handoff_channel.sql")),
    (9, "handoff", include_str!("migrations/0009_handoff.sql")),
    (10, "shared token", include_str!("migrations/0010_shared_token.sql")),
    (11, "autopilot", include_str!("migrations/0011_autopilot.sql")),
    (12, "outbox end", include_str!("migrations/0012_outbox_end.sql")),
    (13, "quota", include_str!("migrations/0013_quota.sql")),
    (14, "replicas", include_str!("migrations/0014_replicas.sql")),
    (15, "idempotent call", include_str!("migrations/0015_idempotent_call.sql")),
    (16, "chat conversation", include_str!("migrations/0016_chat_conversation.sql")),
];

/// The newest version of the tables that this program knows.
const KNOWN: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// The state of the tables after [`run`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tables {
    /// They can be used.
    Ready,
    /// They are newer, and a program must know this version.
    TooNew {
        /// Schema version that the database has.
        needs: i64,
        /// The newest version that is known here.
        knows: i64,
    },
}

/// Makes the tables, or brings them up to date. A database that is up to date is only read. Where several processes begin at
/// once, PostgreSQL has them wait by a lock of the migrator; on SQLite the caller's transaction does.
pub(super) async fn run(connection: &mut AnyConnection) -> Result<Tables, MigrateError> {
    if let Some(needs) = oldest_reader(connection).await.filter(|needs| *needs > KNOWN) {
        return Ok(Tables::TooNew { needs, knows: KNOWN });
    }
    if newest(connection).await.is_some_and(|newest| newest >= KNOWN) {
        return Ok(Tables::Ready);
    }
    migrator().run_direct(None, connection, false).await?;
    Ok(Tables::Ready)
}

/// Reads the state of the tables and changes nothing.
pub(super) async fn look(connection: &mut AnyConnection) -> Result<Schema, sqlx::Error> {
    let select = "SELECT MAX(version) FROM _sqlx_migrations WHERE success";
    let done: Option<i64> = query(select).fetch_one(&mut *connection).await?.try_get(0)?;
    let needs = oldest_reader(connection).await.unwrap_or_default();
    Ok(Schema { version: done.unwrap_or_default(), known: KNOWN, needs })
}

/// The oldest version that a program must know; `None` for tables from before there was one, and for none.
async fn oldest_reader(connection: &mut AnyConnection) -> Option<i64> {
    let select = "SELECT number FROM store_meta WHERE name = 'oldest_reader'";
    query(select).fetch_optional(connection).await.ok()??.try_get(0).ok()
}

/// The newest migration that was done.
async fn newest(connection: &mut AnyConnection) -> Option<i64> {
    let select = "SELECT MAX(version) FROM _sqlx_migrations WHERE success";
    query(select).fetch_optional(connection).await.ok()??.try_get(0).ok()
}

fn migrator() -> Migrator {
    let migration = |(version, name, sql): &(i64, &'static str, &'static str)| {
        let sql = sqlx::SqlStr::from_static(sql);
        Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
    };
    let mut migrator = Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect());
    // A newer program may have added tables that this one has no use for.
    migrator.set_ignore_missing(true);
    migrator
}
