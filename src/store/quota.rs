//! The ledger of an account's quota, which replicas change one after another.
//!
//! Its content lasts for seconds: a crash of the database may lose the last changes, so the commit does not wait for the
//! disk. Replicas that were given places just before then hold them in their next reports.

use sqlx::{Any, Row, Transaction, query};

use super::Store;
use super::database::{Database, Dialect, StoreClock};
use super::error::Error;

/// The statements that one change sends to the database, its begin and its commit included.
pub const QUOTA_ROUND_TRIPS: u64 = 4;

const BEGIN_POSTGRES: &str = "BEGIN; SET LOCAL synchronous_commit = off";

impl Store {
    /// Changes the ledger of this account while nobody else does, at a moment of the database's clock; an account without
    /// one has an empty text. Returns what `decide` returns.
    pub async fn change_quota<T: Send + 'static>(
        &self,
        account: &str,
        decide: impl FnOnce(&str, i64) -> (String, T) + Send + 'static,
    ) -> Result<T, Error> {
        let account = account.to_owned();
        self.run(move |database| async move { change(&database, &account, decide).await }).await
    }
}

async fn change<T>(
    database: &Database,
    account: &str,
    decide: impl FnOnce(&str, i64) -> (String, T),
) -> Result<T, sqlx::Error> {
    let mut transaction = match database.dialect {
        Dialect::Sqlite => database.pool.begin_with("BEGIN IMMEDIATE").await?,
        Dialect::Postgres => database.pool.begin_with(BEGIN_POSTGRES).await?,
    };
    let locked = match locked(&mut transaction, database.dialect, account).await? {
        Some(row) => row,
        None => {
            let insert = "INSERT INTO quota (account, ledger, changed_ms) VALUES ($1, '', 0) ON CONFLICT DO NOTHING";
            query(insert).bind(account).execute(&mut *transaction).await?;
            locked(&mut transaction, database.dialect, account).await?.ok_or(sqlx::Error::RowNotFound)?
        }
    };
    let (ledger, database_ms) = locked;
    let now_ms = match database.clock {
        StoreClock::OfDatabase => database_ms,
        StoreClock::Of(clock) => clock.now().timestamp_millis(),
    };
    let (ledger, answer) = decide(&ledger, now_ms);
    let update = "UPDATE quota SET ledger = $1, changed_ms = $2 WHERE account = $3";
    query(update).bind(ledger).bind(now_ms).bind(account).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// The ledger, and the moment by the database's clock. The moment may be that before the wait for the lock: places are then
/// taken for free later, never earlier.
async fn locked(
    transaction: &mut Transaction<'static, Any>,
    dialect: Dialect,
    account: &str,
) -> Result<Option<(String, i64)>, sqlx::Error> {
    let select = match dialect {
        Dialect::Sqlite => {
            "SELECT ledger, CAST(unixepoch('subsec') * 1000 AS BIGINT) AS now_ms FROM quota WHERE account = $1"
        }
        Dialect::Postgres => {
            "SELECT ledger, CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now_ms FROM quota \
             WHERE account = $1 FOR UPDATE"
        }
    };
    let row = query(select).bind(account).fetch_optional(&mut **transaction).await?;
    row.map(|row| Ok((row.try_get("ledger")?, row.try_get("now_ms")?))).transpose()
}
