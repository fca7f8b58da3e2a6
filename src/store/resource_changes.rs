//! Changes of resources, by which the subscribers of one replica hear of what happened at another.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Row, query};

use super::Store;
use super::database::Database;
use super::error::Error;
use super::rows::{ROWS_MAX, values};

/// Rows are kept for so long: a replica that looks later has missed them, and its clients read anew in time.
pub const CHANGES_KEPT: Duration = Duration::from_secs(15 * 60);

/// The most rows that are kept; of more, the oldest are removed.
pub const CHANGES_MAX: i64 = 100_000;

/// The changes after a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangesRead {
    /// The URIs that other replicas have told of.
    pub uris: Vec<String>,
    /// The number of the newest row; `None` if there was none.
    pub newest: Option<i64>,
}

impl Store {
    /// The number of the newest change.
    pub async fn newest_change(&self) -> Result<i64, Error> {
        self.run(|database| async move {
            let select = "SELECT number FROM store_meta WHERE name = 'newest_change'";
            query(select).fetch_one(&database.pool).await?.try_get(0)
        })
        .await
    }

    /// Tells other replicas of changes at this one, which is `origin`.
    pub async fn add_changes(&self, origin: &str, uris: Vec<String>) -> Result<(), Error> {
        let origin = origin.to_owned();
        self.run(move |database| async move {
            for uris in uris.chunks(ROWS_MAX) {
                add(&database, &origin, uris).await?;
            }
            Ok(())
        })
        .await
    }

    /// The changes after a number that others than `origin` have told of, from at most so many rows.
    pub async fn changes_after(&self, number: i64, origin: &str, rows_max: i64) -> Result<ChangesRead, Error> {
        let origin = origin.to_owned();
        self.run(move |database| async move {
            let select = "SELECT number, uri, origin FROM resource_change WHERE number > $1 ORDER BY number LIMIT $2";
            let rows = query(select).bind(number).bind(rows_max).fetch_all(&database.pool).await?;
            let mut read = ChangesRead::default();
            for row in rows {
                read.newest = Some(row.try_get("number")?);
                if row.try_get::<String, _>("origin")? != origin {
                    read.uris.push(row.try_get("uri")?);
                }
            }
            Ok(read)
        })
        .await
    }
}

async fn add(database: &Database, origin: &str, uris: &[String]) -> Result<(), sqlx::Error> {
    let mut writing = database.begin().await?;
    // The row stays locked until the end, so numbers become visible in their order.
    let newest = "UPDATE store_meta SET number = number + $1 WHERE name = 'newest_change' RETURNING number";
    let added = i64::try_from(uris.len()).unwrap_or(i64::MAX);
    let newest: i64 = query(newest).bind(added).fetch_one(&mut *writing.transaction).await?.try_get(0)?;
    let insert =
        format!("INSERT INTO resource_change (number, uri, origin, changed_ms) VALUES {}", values(uris.len(), 4));
    let mut insert = query(AssertSqlSafe(insert)).persistent(uris.len() == 1);
    for (number, uri) in (newest - added + 1..).zip(uris) {
        insert = insert.bind(number).bind(uri).bind(origin).bind(writing.now_ms);
    }
    insert.execute(&mut *writing.transaction).await?;
    writing.commit().await
}
