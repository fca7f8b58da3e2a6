//! Calls with a key of their client's: what was begun is done once, and a repeat within a day learns what became of it.
//!
//! The row comes before the call is carried out. Its holder says again and again that it is alive; a row whose holder
//! has fallen silent without an end is unclear, and is never carried out a second time.

use std::time::Duration;

use domain::unix_ms::millis;
use sqlx::{Row, any::AnyRow, query};

use super::Store;
use super::database::{Database, Writing};
use super::error::Error;

/// Rows are kept for so long.
pub const CALLS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// The most rows that are kept; of more, the oldest are removed.
pub const CALLS_MAX: i64 = 200_000;

/// The most rows of one caller: of more, those of its oldest calls that have ended make way.
const OF_CALLER_MAX: i64 = 20_000;

/// The rows that make way at once.
const MAKE_WAY: i64 = 200;

/// A call that is about to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCall {
    /// A digest of the caller and its key.
    pub key: String,
    /// The caller.
    pub caller: String,
    /// A digest of the tool and its arguments.
    pub request: String,
    /// The run that would carry it out.
    pub holder: String,
}

/// The answer to the begin of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallBegin {
    /// It is noted: carry it out, and note its end.
    First,
    /// It was carried out, with this outcome.
    Answered {
        /// As its end said it.
        outcome: String,
        /// The time of its begin, by the store's clock.
        begun_ms: i64,
    },
    /// It is being carried out.
    UnderWay,
    /// It was begun, and nobody knows all that became of it. What is known is the outcome, which may be empty.
    Unclear {
        /// As its end said it.
        outcome: String,
    },
    /// The key belongs to another request.
    OtherRequest,
}

/// The end of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// It went well.
    Answered {
        /// Ids and times, and no text of anybody.
        outcome: String,
    },
    /// It may have changed something and has no answer.
    Unclear {
        /// Ids and times, and no text of anybody.
        outcome: String,
    },
    /// It has changed nothing: it may begin again.
    NothingDone,
}

impl Store {
    /// Notes a call before it is carried out. It is surely alive for `life`.
    pub async fn begin_call(&self, call: NewCall, life: Duration) -> Result<CallBegin, Error> {
        self.run(move |database| async move { begin(&database, &call, life).await }).await
    }

    /// Says that a call is still carried out.
    pub async fn keep_call(&self, key: &str, holder: &str, life: Duration) -> Result<(), Error> {
        let (key, holder) = (key.to_owned(), holder.to_owned());
        self.run(move |database| async move {
            let mut writing = database.begin().await?;
            let until_ms = writing.ms_after(life);
            let update = "UPDATE idempotent_call SET held_until_ms = $1 WHERE key = $2 AND holder = $3";
            query(update).bind(until_ms).bind(&key).bind(&holder).execute(&mut *writing.transaction).await?;
            writing.commit().await
        })
        .await
    }

    /// Notes the end of a call; also that of one that has become unclear since.
    pub async fn end_call(&self, key: &str, holder: &str, end: CallEnd) -> Result<(), Error> {
        let (key, holder) = (key.to_owned(), holder.to_owned());
        self.run(move |database| async move {
            let (state, outcome) = match end {
                CallEnd::NothingDone => {
                    let delete = query("DELETE FROM idempotent_call WHERE key = $1 AND holder = $2");
                    return delete.bind(&key).bind(&holder).execute(&database.pool).await.map(drop);
                }
                CallEnd::Answered { outcome } => (ANSWERED, outcome),
                CallEnd::Unclear { outcome } => (UNCLEAR, outcome),
            };
            let update = "UPDATE idempotent_call SET state = $1, outcome = $2 WHERE key = $3 AND holder = $4";
            query(update).bind(state).bind(&outcome).bind(&key).bind(&holder).execute(&database.pool).await.map(drop)
        })
        .await
    }
}

const BEGUN: &str = "begun";
const ANSWERED: &str = "answered";
const UNCLEAR: &str = "unclear";

async fn begin(database: &Database, call: &NewCall, life: Duration) -> Result<CallBegin, sqlx::Error> {
    let mut writing = database.begin().await?;
    let forget = query("DELETE FROM idempotent_call WHERE key = $1 AND begun_ms <= $2");
    let forget = forget.bind(&call.key).bind(writing.now_ms - millis(CALLS_KEPT));
    forget.execute(&mut *writing.transaction).await?;
    make_way(&mut writing, &call.caller).await?;
    let until_ms = writing.ms_after(life);
    let insert = "INSERT INTO idempotent_call \
        (key, caller, request, state, holder, held_until_ms, outcome, begun_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, '', $7) ON CONFLICT (key) DO NOTHING";
    let insert = query(insert).bind(&call.key).bind(&call.caller).bind(&call.request).bind(BEGUN).bind(&call.holder);
    let insert = insert.bind(until_ms).bind(writing.now_ms);
    if insert.execute(&mut *writing.transaction).await?.rows_affected() == 1 {
        writing.commit().await?;
        return Ok(CallBegin::First);
    }
    let found = before(&mut writing, call).await?;
    writing.commit().await?;
    Ok(found)
}

/// The state of a call that was begun before.
async fn before(writing: &mut Writing, call: &NewCall) -> Result<CallBegin, sqlx::Error> {
    let select = "SELECT request, state, held_until_ms, outcome, begun_ms FROM idempotent_call WHERE key = $1";
    let Some(row) = query(select).bind(&call.key).fetch_optional(&mut *writing.transaction).await? else {
        // Its end, that nothing was done, came in between: the next look begins it.
        return Ok(CallBegin::UnderWay);
    };
    let found = read(&row, &call.request, writing.now_ms)?;
    if matches!(found, CallBegin::Unclear { .. }) {
        let update = query("UPDATE idempotent_call SET state = $1 WHERE key = $2").bind(UNCLEAR).bind(&call.key);
        update.execute(&mut *writing.transaction).await?;
    }
    Ok(found)
}

fn read(row: &AnyRow, request: &str, now_ms: i64) -> Result<CallBegin, sqlx::Error> {
    if row.try_get::<String, _>("request")? != request {
        return Ok(CallBegin::OtherRequest);
    }
    let outcome = row.try_get("outcome")?;
    Ok(match row.try_get::<String, _>("state")?.as_str() {
        ANSWERED => CallBegin::Answered { outcome, begun_ms: row.try_get("begun_ms")? },
        BEGUN if row.try_get::<i64, _>("held_until_ms")? > now_ms => CallBegin::UnderWay,
        _ => CallBegin::Unclear { outcome },
    })
}

/// Removes the oldest calls of a caller with too many; those under way stay.
async fn make_way(writing: &mut Writing, caller: &str) -> Result<(), sqlx::Error> {
    let count = query("SELECT COUNT(*) FROM idempotent_call WHERE caller = $1").bind(caller);
    let kept: i64 = count.fetch_one(&mut *writing.transaction).await?.try_get(0)?;
    if kept < OF_CALLER_MAX {
        return Ok(());
    }
    let delete = "DELETE FROM idempotent_call WHERE key IN (SELECT key FROM idempotent_call \
        WHERE caller = $1 AND (state <> 'begun' OR held_until_ms <= $2) ORDER BY begun_ms LIMIT $3)";
    let delete = query(delete).bind(caller).bind(writing.now_ms).bind(MAKE_WAY);
    delete.execute(&mut *writing.transaction).await.map(drop)
}
