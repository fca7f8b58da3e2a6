//! An open database: its pool, its transactions and its clock.

use std::time::Duration;

use domain::clock::Clock;
use domain::unix_ms::millis;
use sqlx::{Any, AnyConnection, AnyPool, Row, Transaction, query};

/// The databases that the store speaks with. Nearly every statement has one text for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// One writer at a time, in a file or in memory.
    Sqlite,
    /// Many writers, which lock rows.
    Postgres,
}

/// Clock of leases, due times and row ages.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum StoreClock {
    /// The database's own: replicas share it, whatever their machines' clocks show.
    #[default]
    OfDatabase,
    /// A clock that a test moves.
    Of(Clock),
}

/// An open database. Clones share its connections.
#[derive(Clone, Debug)]
pub(super) struct Database {
    pub(super) pool: AnyPool,
    pub(super) dialect: Dialect,
    pub(super) clock: StoreClock,
}

impl Database {
    /// Begins a transaction that writes. Nothing of it stays if it is dropped before its commit.
    pub(super) async fn begin(&self) -> Result<Writing, sqlx::Error> {
        let mut transaction = match self.dialect {
            // A transaction that begins with a read would fail where another has written since.
            Dialect::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            Dialect::Postgres => self.pool.begin().await?,
        };
        let now_ms = self.now_ms(&mut transaction).await?;
        Ok(Writing { transaction, now_ms, dialect: self.dialect })
    }

    /// The time by the clock of leases.
    pub(super) async fn now_ms(&self, connection: &mut AnyConnection) -> Result<i64, sqlx::Error> {
        match self.clock {
            StoreClock::OfDatabase => database_now(connection, self.dialect).await,
            StoreClock::Of(clock) => Ok(clock.now().timestamp_millis()),
        }
    }
}

/// A transaction that writes, and its time, which is read once before its statements. So expiries happen slightly early,
/// never late.
pub(super) struct Writing {
    pub(super) transaction: Transaction<'static, Any>,
    pub(super) now_ms: i64,
    pub(super) dialect: Dialect,
}

impl Writing {
    /// The time after this duration.
    pub(super) fn ms_after(&self, duration: Duration) -> i64 {
        self.now_ms.saturating_add(millis(duration))
    }

    /// Keeps what was written.
    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        self.transaction.commit().await
    }
}

async fn database_now(connection: &mut AnyConnection, dialect: Dialect) -> Result<i64, sqlx::Error> {
    let now = match dialect {
        Dialect::Sqlite => "SELECT CAST(unixepoch('subsec') * 1000 AS BIGINT)",
        // The clock of the transaction would stand still while it waits for a lock.
        Dialect::Postgres => "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
    };
    query(now).fetch_one(connection).await?.try_get(0)
}
