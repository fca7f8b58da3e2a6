//! How far each inbox was read by polling, by HubSpot's clock.

use sqlx::{Row, any::AnyRow, query};

use super::Store;
use super::database::Database;
use super::error::Error;
use super::leases::Lease;

/// The place in an inbox that polling has reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollerRow {
    /// Id of the inbox.
    pub inbox: String,
    /// What is not newer was there before polling began, and is not new.
    pub began_ms: i64,
    /// Everything up to here was taken in.
    pub newest_ms: i64,
}

impl Store {
    /// The place that polling of this inbox has reached; `None` if it was never polled.
    pub async fn poller(&self, inbox: &str) -> Result<Option<PollerRow>, Error> {
        let inbox = inbox.to_owned();
        self.run(move |database| async move { get(&database, &inbox).await }).await
    }

    /// Notes the begin of polling this inbox. A begin that was noted before stays, and is returned.
    pub async fn begin_poller(&self, inbox: &str, began_ms: i64) -> Result<PollerRow, Error> {
        let inbox = inbox.to_owned();
        self.run(move |database| async move {
            let insert =
                "INSERT INTO poller (inbox, began_ms, newest_ms) VALUES ($1, $2, $2) ON CONFLICT (inbox) DO NOTHING";
            query(insert).bind(&inbox).bind(began_ms).execute(&database.pool).await?;
            get(&database, &inbox).await?.ok_or(sqlx::Error::RowNotFound)
        })
        .await
    }

    /// Moves the place forward, never back; `false` if the lease under which the inbox was read was lost.
    pub async fn advance_poller(&self, inbox: &str, newest_ms: i64, lease: &Lease) -> Result<bool, Error> {
        let (inbox, name, fence) = (inbox.to_owned(), lease.name().to_owned(), lease.fence());
        self.run(move |database| async move {
            let update = "UPDATE poller SET newest_ms = CASE WHEN newest_ms > $1 THEN newest_ms ELSE $1 END \
                WHERE inbox = $2 AND EXISTS (SELECT 1 FROM lease WHERE name = $3 AND fence = $4)";
            let update = query(update).bind(newest_ms).bind(&inbox).bind(&name).bind(fence);
            Ok(update.execute(&database.pool).await?.rows_affected() == 1)
        })
        .await
    }
}

async fn get(database: &Database, inbox: &str) -> Result<Option<PollerRow>, sqlx::Error> {
    let select = "SELECT inbox, began_ms, newest_ms FROM poller WHERE inbox = $1";
    query(select).bind(inbox).fetch_optional(&database.pool).await?.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<PollerRow, sqlx::Error> {
    Ok(PollerRow {
        inbox: row.try_get("inbox")?,
        began_ms: row.try_get("began_ms")?,
        newest_ms: row.try_get("newest_ms")?,
    })
}
