//! The writes of callers that may do so many a day (UTC), counted for all replicas together.

use sqlx::{Row, query};

use super::Store;
use super::database::Database;
use super::error::Error;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The day on which a write was counted, in days since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedDay(i64);

impl Store {
    /// Counts a write of today; `None` if the caller has done `per_day` already.
    pub async fn count_write(&self, caller: &str, per_day: u32) -> Result<Option<CountedDay>, Error> {
        let caller = caller.to_owned();
        self.run(move |database| async move { count(&database, &caller, per_day).await }).await
    }

    /// Takes back a write of this day that was not done.
    pub async fn uncount_write(&self, caller: &str, day: CountedDay) -> Result<(), Error> {
        let caller = caller.to_owned();
        self.run(move |database| async move {
            let update = "UPDATE write_count SET writes = writes - 1 WHERE caller = $1 AND day = $2 AND writes > 0";
            query(update).bind(&caller).bind(day.0).execute(&database.pool).await.map(drop)
        })
        .await
    }
}

async fn count(database: &Database, caller: &str, per_day: u32) -> Result<Option<CountedDay>, sqlx::Error> {
    if per_day == 0 {
        return Ok(None);
    }
    let mut writing = database.begin().await?;
    let day = writing.now_ms.div_euclid(DAY_MS);
    let upsert = "INSERT INTO write_count (caller, day, writes, counted_ms) VALUES ($1, $2, 1, $3) \
        ON CONFLICT (caller) DO UPDATE SET day = excluded.day, counted_ms = excluded.counted_ms, \
            writes = CASE WHEN write_count.day = excluded.day THEN write_count.writes + 1 ELSE 1 END \
        WHERE write_count.day <> excluded.day OR write_count.writes < $4 RETURNING writes";
    let upsert = query(upsert).bind(caller).bind(day).bind(writing.now_ms).bind(i64::from(per_day));
    let counted = upsert.fetch_optional(&mut *writing.transaction).await?;
    let counted = counted.map(|row| row.try_get::<i64, _>(0)).transpose()?;
    writing.commit().await?;
    Ok(counted.map(|_| CountedDay(day)))
}
