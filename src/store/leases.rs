//! Leases: of several replicas, one at a time does something that has a name.
//!
//! They run on the store's clock, which replicas share. The holder measures its own time on a monotonic clock, from before
//! it asked, and stops early. A fence grows with every holder: a statement that names an old fence changes nothing, however
//! late it comes.

use std::time::Duration;

use sqlx::{Row, query};
use tokio::time::Instant;

use super::Store;
use super::database::Database;
use super::error::Error;

/// The share of a lease's life for which its holder relies on it: two of three parts.
const RELIED_PARTS: u32 = 2;
const PARTS: u32 = 3;

/// A lease that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    name: String,
    owner: String,
    fence: i64,
    good_until: Instant,
}

impl Lease {
    /// Name of the lease, which is unique in the store.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number that grows with every holder of this name.
    pub fn fence(&self) -> i64 {
        self.fence
    }

    /// True while nobody else can hold it, with a margin.
    pub fn is_good(&self) -> bool {
        Instant::now() < self.good_until
    }
}

/// The moment until which the holder relies on a lease that it asked for at `asked`.
pub(super) fn relied_until(asked: Instant, life: Duration) -> Instant {
    asked + life * RELIED_PARTS / PARTS
}

impl Store {
    /// True if nobody holds the lease of this name now. Whoever waits for it asks this, which writes nothing.
    pub async fn is_lease_free(&self, name: &str) -> Result<bool, Error> {
        let name = name.to_owned();
        self.run(move |database| async move {
            let mut connection = database.pool.acquire().await?;
            let now_ms = database.now_ms(&mut connection).await?;
            let select = query("SELECT name FROM lease WHERE name = $1 AND until_ms > $2").bind(&name).bind(now_ms);
            Ok(select.fetch_optional(&mut *connection).await?.is_none())
        })
        .await
    }

    /// Takes the lease of this name for `owner`, unless somebody holds it, the same owner included.
    pub async fn take_lease(&self, name: &str, owner: &str, life: Duration) -> Result<Option<Lease>, Error> {
        let asked = Instant::now();
        let (name, owner) = (name.to_owned(), owner.to_owned());
        let (row, holder) = (name.clone(), owner.clone());
        let fence = self.run(move |database| async move { take(&database, &row, &holder, life).await }).await?;
        let lease = fence.map(|fence| Lease { name, owner, fence, good_until: relied_until(asked, life) });
        lease.iter().for_each(|lease| self.shared.held.note(&lease.name, lease.fence, lease.good_until));
        Ok(lease)
    }

    /// Holds the lease for `life` from now; `None` if somebody else has taken it since.
    pub async fn renew_lease(&self, lease: Lease, life: Duration) -> Result<Option<Lease>, Error> {
        let asked = Instant::now();
        let held = lease.clone();
        let renewed = self.run(move |database| async move { end_in(&database, &held, life).await }).await?;
        if !renewed {
            self.shared.held.forget(&lease.name, lease.fence);
            return Ok(None);
        }
        let lease = Lease { good_until: relied_until(asked, life), ..lease };
        self.shared.held.note(&lease.name, lease.fence, lease.good_until);
        Ok(Some(lease))
    }

    /// Gives the lease back before its end.
    pub async fn release_lease(&self, lease: Lease) -> Result<(), Error> {
        self.shared.held.forget(&lease.name, lease.fence);
        self.run(move |database| async move { end_in(&database, &lease, Duration::ZERO).await.map(drop) }).await
    }
}

async fn take(database: &Database, name: &str, owner: &str, life: Duration) -> Result<Option<i64>, sqlx::Error> {
    let mut writing = database.begin().await?;
    let until_ms = writing.ms_after(life);
    // A fence begins with the time: were the row removed, the next one is greater all the same.
    let take = "INSERT INTO lease (name, owner, fence, until_ms) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms, \
            fence = CASE WHEN lease.fence >= excluded.fence THEN lease.fence + 1 ELSE excluded.fence END \
        WHERE lease.until_ms <= $3 RETURNING fence";
    let take = query(take).bind(name).bind(owner).bind(writing.now_ms).bind(until_ms);
    let given = take.fetch_optional(&mut *writing.transaction).await?;
    let fence = given.map(|row| row.try_get(0)).transpose()?;
    writing.commit().await?;
    Ok(fence)
}

/// Moves the end of a lease that is still held; `false` if it is not.
async fn end_in(database: &Database, lease: &Lease, life: Duration) -> Result<bool, sqlx::Error> {
    let mut writing = database.begin().await?;
    let until_ms = writing.ms_after(life);
    let update = "UPDATE lease SET until_ms = $1 WHERE name = $2 AND owner = $3 AND fence = $4";
    let update = query(update).bind(until_ms).bind(&lease.name).bind(&lease.owner).bind(lease.fence);
    let done = update.execute(&mut *writing.transaction).await?;
    writing.commit().await?;
    Ok(done.rows_affected() == 1)
}
