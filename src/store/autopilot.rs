//! What the autopilot remembers of conversations, and the switches of its operators.

pub mod counts;

use sqlx::{Row, any::AnyRow, query};

use super::Store;
use super::conversations::ConversationLease;
use super::database::{Database, Writing};
use super::error::Error;
use super::outbox;

/// The most conversations that are remembered.
pub const THREADS_MAX: i64 = 200_000;
/// The most conversations that one list has.
const LISTED_MAX: i64 = 1_000;

/// The memory of one conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadRow {
    /// Id of the conversation's thread.
    pub thread: String,
    /// Its contact, or nothing.
    pub contact: String,
    /// Id of the inbox; empty until the thread was read.
    pub inbox: String,
    /// What is remembered, as JSON.
    pub state: String,
    /// The time of the last change, by the store's clock.
    pub touched_ms: i64,
}

/// A switch of an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// `all`, `inbox/ID` or `thread/ID`.
    pub scope: String,
    /// Nothing is done there.
    pub paused: bool,
    /// Time of the switch, in unix milliseconds.
    pub at_ms: i64,
}

/// The scope of everything.
pub const ALL: &str = "all";
/// The row of the begin.
const BEGUN: &str = "begun";

/// Key under which an inbox is paused.
pub fn inbox_scope(id: &str) -> String {
    format!("inbox/{id}")
}

/// The scope of a conversation.
pub fn thread_scope(id: &str) -> String {
    format!("thread/{id}")
}

/// The caller as whom the autopilot calls tools in a conversation, to whom its sessions of taskgraphs belong.
pub fn caller(thread: &str) -> String {
    format!("autopilot/{thread}")
}

impl Store {
    /// The time since which conversations are answered: that of the first call of this function on this store.
    pub async fn autopilot_begun(&self) -> Result<i64, Error> {
        self.run(|database| async move {
            let mut writing = database.begin().await?;
            let insert =
                "INSERT INTO autopilot_switch (scope, paused, at_ms) VALUES ($1, 0, $2) ON CONFLICT (scope) DO NOTHING";
            query(insert).bind(BEGUN).bind(writing.now_ms).execute(&mut *writing.transaction).await?;
            let select = query("SELECT at_ms FROM autopilot_switch WHERE scope = $1").bind(BEGUN);
            let begun = select.fetch_one(&mut *writing.transaction).await?.try_get(0)?;
            writing.commit().await?;
            Ok(begun)
        })
        .await
    }

    /// The memory of a conversation; `None` if there is none.
    pub async fn autopilot_thread(&self, thread: &str) -> Result<Option<ThreadRow>, Error> {
        let thread = thread.to_owned();
        self.run(move |database| async move {
            let select = "SELECT thread, contact, inbox, state, touched_ms FROM autopilot_thread WHERE thread = $1";
            let row = query(select).bind(&thread).fetch_optional(&database.pool).await?;
            row.as_ref().map(read).transpose()
        })
        .await
    }

    /// All memories behind this conversation's, by id, at most a thousand.
    pub async fn autopilot_threads_after(&self, thread: &str) -> Result<Vec<ThreadRow>, Error> {
        let thread = thread.to_owned();
        self.run(move |database| async move {
            let select = "SELECT thread, contact, inbox, state, touched_ms FROM autopilot_thread WHERE thread > $1 \
                ORDER BY thread LIMIT $2";
            let rows = query(select).bind(&thread).bind(LISTED_MAX).fetch_all(&database.pool).await?;
            rows.iter().map(read).collect()
        })
        .await
    }

    /// Keeps the memory of a conversation; `false` if the claim under which it was made was lost.
    pub async fn keep_autopilot_thread(&self, claim: &ConversationLease, row: ThreadRow) -> Result<bool, Error> {
        let fence = claim.fence();
        self.run(move |database| async move {
            let mut writing = database.begin().await?;
            let is_claimed = outbox::is_claimed(&mut writing, &row.thread, fence).await?;
            if is_claimed {
                keep(&mut writing, &row).await?;
            }
            writing.commit().await?;
            Ok(is_claimed)
        })
        .await
    }

    /// Pauses or resumes the autopilot in a scope.
    pub async fn switch_autopilot(&self, scope: &str, paused: bool) -> Result<(), Error> {
        let scope = scope.to_owned();
        self.run(move |database| async move {
            let mut writing = database.begin().await?;
            let upsert = "INSERT INTO autopilot_switch (scope, paused, at_ms) VALUES ($1, $2, $3) \
                ON CONFLICT (scope) DO UPDATE SET paused = excluded.paused, at_ms = excluded.at_ms";
            let upsert = query(upsert).bind(&scope).bind(i64::from(paused)).bind(writing.now_ms);
            upsert.execute(&mut *writing.transaction).await?;
            writing.commit().await
        })
        .await
    }

    /// The switches of these scopes that were ever set.
    pub async fn autopilot_switches(&self, scopes: Vec<String>) -> Result<Vec<Switch>, Error> {
        self.run(move |database| async move {
            let mut switches = vec![];
            for scope in scopes {
                let select = query("SELECT scope, paused, at_ms FROM autopilot_switch WHERE scope = $1").bind(&scope);
                switches.extend(select.fetch_optional(&database.pool).await?.as_ref().map(switch).transpose()?);
            }
            Ok(switches)
        })
        .await
    }

    /// Everything that is paused, at most a thousand scopes.
    pub async fn autopilot_pauses(&self) -> Result<Vec<Switch>, Error> {
        self.run(|database| async move {
            let select = "SELECT scope, paused, at_ms FROM autopilot_switch WHERE paused = 1 ORDER BY scope LIMIT $1";
            let rows = query(select).bind(LISTED_MAX).fetch_all(&database.pool).await?;
            rows.iter().map(switch).collect()
        })
        .await
    }

    /// Removes the memories of conversations in which nothing happened since this time of the store's clock, and counts older
    /// than it.
    pub async fn forget_autopilot(&self, kept_days: u32) -> Result<u64, Error> {
        self.run(move |database| async move { forget(&database, kept_days).await }).await
    }
}

async fn keep(writing: &mut Writing, row: &ThreadRow) -> Result<(), sqlx::Error> {
    let upsert = "INSERT INTO autopilot_thread (thread, contact, inbox, state, touched_ms) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (thread) DO UPDATE SET contact = excluded.contact, inbox = excluded.inbox, state = excluded.state, \
            touched_ms = excluded.touched_ms";
    let upsert = query(upsert).bind(&row.thread).bind(&row.contact).bind(&row.inbox).bind(&row.state);
    upsert.bind(writing.now_ms).execute(&mut *writing.transaction).await.map(drop)
}

async fn forget(database: &Database, kept_days: u32) -> Result<u64, sqlx::Error> {
    let mut writing = database.begin().await?;
    let day_ms = 24 * 60 * 60 * 1_000;
    let oldest_ms = writing.now_ms - i64::from(kept_days) * day_ms;
    let threads = query("DELETE FROM autopilot_thread WHERE touched_ms < $1").bind(oldest_ms);
    let mut removed = threads.execute(&mut *writing.transaction).await?.rows_affected();
    let questions = query("DELETE FROM autopilot_unanswered WHERE at_ms < $1").bind(oldest_ms);
    removed += questions.execute(&mut *writing.transaction).await?.rows_affected();
    let counts = query("DELETE FROM autopilot_count WHERE day < $1").bind(oldest_ms.div_euclid(day_ms));
    removed += counts.execute(&mut *writing.transaction).await?.rows_affected();
    writing.commit().await?;
    Ok(removed)
}

fn read(row: &AnyRow) -> Result<ThreadRow, sqlx::Error> {
    Ok(ThreadRow {
        thread: row.try_get("thread")?,
        contact: row.try_get("contact")?,
        inbox: row.try_get("inbox")?,
        state: row.try_get("state")?,
        touched_ms: row.try_get("touched_ms")?,
    })
}

fn switch(row: &AnyRow) -> Result<Switch, sqlx::Error> {
    let paused: i64 = row.try_get("paused")?;
    Ok(Switch { scope: row.try_get("scope")?, paused: paused == 1, at_ms: row.try_get("at_ms")? })
}
