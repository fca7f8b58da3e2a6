//! Values that are good once, at whichever replica: an accepted answer of a person, the id of a visitor's claim.

use std::time::Duration;

use domain::unix_ms::millis;
use sha2::{Digest, Sha256};
use sqlx::{Row, query};

use super::Store;
use super::database::{Database, Writing};
use super::error::Error;

/// A value that is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleUse {
    /// The owner, such as `answer/` and a caller.
    pub owner: String,
    /// The value. A digest of it is kept.
    pub value: String,
    /// The party that uses it. A digest is kept.
    pub by: String,
    /// The time for which it is remembered.
    pub life: Duration,
    /// The time for which the same party may use it again.
    pub repeat: Duration,
    /// The most values of this owner that are remembered.
    pub of_owner_max: i64,
}

/// The use of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseOutcome {
    /// It was not used before, and is now.
    First,
    /// The party that used it first repeats that soon after.
    Repeat,
    /// It was used before.
    Again,
    /// The owner has used too many for one more to be remembered.
    TooMany,
}

impl Store {
    /// Uses a value, once for all replicas.
    pub async fn use_once(&self, used: SingleUse) -> Result<UseOutcome, Error> {
        self.run(move |database| async move { use_once(&database, &used).await }).await
    }
}

async fn use_once(database: &Database, used: &SingleUse) -> Result<UseOutcome, sqlx::Error> {
    let digest = digest(&[&used.owner, &used.value]);
    let by = self::digest(&[&used.owner, &used.by]);
    let mut writing = database.begin().await?;
    if let Some(outcome) = earlier(&mut writing, used, &digest, &by).await? {
        return Ok(outcome);
    }
    let until_ms = writing.ms_after(used.life);
    let insert = "INSERT INTO single_use (digest, owner, used_by, used_ms, until_ms) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (digest) DO UPDATE SET used_by = excluded.used_by, used_ms = excluded.used_ms, \
            until_ms = excluded.until_ms WHERE single_use.until_ms <= excluded.used_ms";
    let insert = query(insert).bind(&digest).bind(&used.owner).bind(by).bind(writing.now_ms).bind(until_ms);
    let first = insert.execute(&mut *writing.transaction).await?.rows_affected() == 1;
    writing.commit().await?;
    // Another replica may have been first since the look.
    Ok(if first { UseOutcome::First } else { UseOutcome::Again })
}

/// The outcome, unless this is the first use and there is room for it.
async fn earlier(
    writing: &mut Writing,
    used: &SingleUse,
    digest: &str,
    by: &str,
) -> Result<Option<UseOutcome>, sqlx::Error> {
    let select = "SELECT used_by, used_ms FROM single_use WHERE digest = $1 AND until_ms > $2";
    let select = query(select).bind(digest).bind(writing.now_ms);
    if let Some(row) = select.fetch_optional(&mut *writing.transaction).await? {
        let (first, used_ms): (String, i64) = (row.try_get("used_by")?, row.try_get("used_ms")?);
        let may_repeat = !used.repeat.is_zero() && first == by && writing.now_ms - used_ms <= millis(used.repeat);
        return Ok(Some(if may_repeat { UseOutcome::Repeat } else { UseOutcome::Again }));
    }
    let count = "SELECT COUNT(*) FROM single_use WHERE owner = $1 AND until_ms > $2";
    let count = query(count).bind(&used.owner).bind(writing.now_ms).fetch_one(&mut *writing.transaction).await?;
    Ok((count.try_get::<i64, _>(0)? >= used.of_owner_max).then_some(UseOutcome::TooMany))
}

/// The digest of several texts, whose ends it tells apart.
fn digest(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
