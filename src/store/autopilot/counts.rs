//! What became of messages, counted, and the questions without a good answer.

use sqlx::{Row, any::AnyRow, query};

use crate::store::Store;
use crate::store::error::Error;

/// The most questions that are remembered; of more, the oldest are forgotten.
const QUESTIONS_MAX: i64 = 10_000;
/// The most counts of one report.
const COUNTS_MAX: i64 = 10_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What became of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The day, in days since 1970 (UTC); filled in when it is counted.
    pub day: i64,
    /// Id of the inbox.
    pub inbox: String,
    /// Such as `answered`.
    pub outcome: String,
    /// The reason, or nothing.
    pub reason: String,
    /// The messages that it is about.
    pub messages: i64,
    /// The time from a message to its outcome, of all of them together.
    pub wait_ms: i64,
    /// Tokens of the model, input and output together.
    pub tokens: i64,
}

/// A question without a good answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// A digest of its words.
    pub digest: String,
    /// The conversation in which it was asked last.
    pub thread: String,
    /// Its contact, or nothing.
    pub contact: String,
    /// The message, by HubSpot's id.
    pub message: String,
    /// The times that it was asked; filled in when it is counted.
    pub asked: i64,
    /// The time at which it was asked last, by the store's clock.
    pub at_ms: i64,
}

impl Store {
    /// Counts an outcome.
    pub async fn count_autopilot(&self, count: Count) -> Result<(), Error> {
        self.run(move |database| async move {
            let mut writing = database.begin().await?;
            let day = writing.now_ms.div_euclid(DAY_MS);
            let key = format!("{day}/{}/{}/{}", count.inbox, count.outcome, count.reason);
            let upsert = "INSERT INTO autopilot_count (key, day, inbox, outcome, reason, messages, wait_ms, tokens) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (key) DO UPDATE SET \
                    messages = autopilot_count.messages + excluded.messages, \
                    wait_ms = autopilot_count.wait_ms + excluded.wait_ms, \
                    tokens = autopilot_count.tokens + excluded.tokens";
            let upsert = query(upsert).bind(&key).bind(day).bind(&count.inbox).bind(&count.outcome);
            let upsert = upsert.bind(&count.reason).bind(count.messages).bind(count.wait_ms).bind(count.tokens);
            upsert.execute(&mut *writing.transaction).await?;
            writing.commit().await
        })
        .await
    }

    /// The counts of the last so many days, today among them, oldest first.
    pub async fn autopilot_counts(&self, days: u32) -> Result<Vec<Count>, Error> {
        self.run(move |database| async move {
            let mut writing = database.begin().await?;
            let first = writing.now_ms.div_euclid(DAY_MS) - i64::from(days) + 1;
            let select = "SELECT day, inbox, outcome, reason, messages, wait_ms, tokens FROM autopilot_count \
                WHERE day >= $1 ORDER BY day, inbox, outcome, reason LIMIT $2";
            let rows = query(select).bind(first).bind(COUNTS_MAX).fetch_all(&mut *writing.transaction).await?;
            rows.iter().map(count).collect()
        })
        .await
    }

    /// Notes a question without a good answer.
    pub async fn note_unanswered(&self, question: Unanswered) -> Result<(), Error> {
        self.run(move |database| async move {
            let mut writing = database.begin().await?;
            let upsert = "INSERT INTO autopilot_unanswered (digest, thread, contact, message, asked, at_ms) \
                VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT (digest) DO UPDATE SET thread = excluded.thread, \
                    contact = excluded.contact, message = excluded.message, at_ms = excluded.at_ms, \
                    asked = autopilot_unanswered.asked + 1";
            let upsert = query(upsert).bind(&question.digest).bind(&question.thread).bind(&question.contact);
            upsert.bind(&question.message).bind(writing.now_ms).execute(&mut *writing.transaction).await?;
            let newest = "SELECT digest FROM autopilot_unanswered ORDER BY at_ms DESC LIMIT $1";
            let delete = format!("DELETE FROM autopilot_unanswered WHERE digest NOT IN ({newest})");
            query(sqlx::AssertSqlSafe(delete)).bind(QUESTIONS_MAX).execute(&mut *writing.transaction).await?;
            writing.commit().await
        })
        .await
    }

    /// The questions without a good answer, the most asked first, at most so many.
    pub async fn unanswered(&self, limit: u32) -> Result<Vec<Unanswered>, Error> {
        self.run(move |database| async move {
            let select = "SELECT digest, thread, contact, message, asked, at_ms FROM autopilot_unanswered \
                ORDER BY asked DESC, at_ms DESC, digest LIMIT $1";
            let rows = query(select).bind(i64::from(limit)).fetch_all(&database.pool).await?;
            rows.iter().map(unanswered).collect()
        })
        .await
    }
}

fn count(row: &AnyRow) -> Result<Count, sqlx::Error> {
    Ok(Count {
        day: row.try_get("day")?,
        inbox: row.try_get("inbox")?,
        outcome: row.try_get("outcome")?,
        reason: row.try_get("reason")?,
        messages: row.try_get("messages")?,
        wait_ms: row.try_get("wait_ms")?,
        tokens: row.try_get("tokens")?,
    })
}

fn unanswered(row: &AnyRow) -> Result<Unanswered, sqlx::Error> {
    Ok(Unanswered {
        digest: row.try_get("digest")?,
        thread: row.try_get("thread")?,
        contact: row.try_get("contact")?,
        message: row.try_get("message")?,
        asked: row.try_get("asked")?,
        at_ms: row.try_get("at_ms")?,
    })
}
