//! The events that came from HubSpot, each once: ids, times and names of kinds, no texts.

use std::collections::HashSet;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Row, any::AnyRow, query};

use super::Store;
use super::database::{Database, Writing};
use super::error::Error;
use super::rows::{ROWS_MAX, values};

/// Rows are kept for so long. HubSpot repeats a delivery for 24 hours; polling looks back for minutes.
pub const EVENTS_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The most rows that are kept; of more, the oldest are removed.
pub const EVENTS_MAX: i64 = 1_000_000;

/// Source of an event: webhook or polling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// HubSpot sent it.
    Webhook,
    /// It was found by asking.
    Poll,
}

impl Source {
    /// The name in the store and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Source::Webhook => "webhook",
            Source::Poll => "poll",
        }
    }
}

/// An event to be stored. Ids are empty where it has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Key of the event: equal for a repeat, and for one that came another way.
    pub key: String,
    /// HubSpot's name of its kind, such as `conversation.newMessage`.
    pub kind: String,
    /// Source of the event: webhook or polling.
    pub source: Source,
    /// Id of the conversation's thread.
    pub thread: String,
    /// Id of the message.
    pub message: String,
    /// Id of the contact.
    pub contact: String,
    /// HubSpot's time of it.
    pub occurred_ms: i64,
}

/// An event that was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Greater than that of all events that were stored before.
    pub number: i64,
    /// Kind of event, in HubSpot's words, such as `conversation.newMessage`.
    pub kind: String,
    /// The conversation, or nothing.
    pub thread: String,
    /// The message, or nothing.
    pub message: String,
}

impl Store {
    /// The number of the newest event; 0 if there never was one.
    pub async fn newest_event(&self) -> Result<i64, Error> {
        self.run(|database| async move {
            let select = "SELECT number FROM store_meta WHERE name = 'newest_event'";
            query(select).fetch_one(&database.pool).await?.try_get(0)
        })
        .await
    }

    /// The events after this number, oldest first, at most `limit`. An event of any replica is seen as soon as it is
    /// stored, and none is ever stored with a number that was passed.
    pub async fn events_after(&self, number: i64, limit: i64) -> Result<Vec<StoredEvent>, Error> {
        self.run(move |database| async move { after(&database, number, limit).await }).await
    }
}

async fn after(database: &Database, number: i64, limit: i64) -> Result<Vec<StoredEvent>, sqlx::Error> {
    let select = "SELECT number, kind, thread, message FROM event WHERE number > $1 ORDER BY number LIMIT $2";
    let rows = query(select).bind(number).bind(limit).fetch_all(&database.pool).await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<StoredEvent, sqlx::Error> {
    Ok(StoredEvent {
        number: row.try_get("number")?,
        kind: row.try_get("kind")?,
        thread: row.try_get("thread")?,
        message: row.try_get("message")?,
    })
}

/// Stores those whose keys are new, and returns these keys.
pub(super) async fn insert(writing: &mut Writing, events: &[&RecordedEvent]) -> Result<HashSet<String>, sqlx::Error> {
    let mut new = HashSet::new();
    if events.is_empty() {
        return Ok(new);
    }
    let mut number = next_number(writing, events.len()).await?;
    for chunk in events.chunks(ROWS_MAX) {
        let columns = "key, number, kind, source, thread, message, contact, occurred_ms, received_ms";
        let rows = values(chunk.len(), columns.split(',').count());
        let insert = format!("INSERT INTO event ({columns}) VALUES {rows} ON CONFLICT DO NOTHING RETURNING key");
        let mut insert = query(AssertSqlSafe(insert)).persistent(chunk.len() == 1);
        for event in chunk {
            insert = insert.bind(&event.key).bind(number).bind(&event.kind).bind(event.source.name());
            insert = insert.bind(&event.thread).bind(&event.message).bind(&event.contact);
            insert = insert.bind(event.occurred_ms).bind(writing.now_ms);
            number += 1;
        }
        for row in insert.fetch_all(&mut *writing.transaction).await? {
            new.insert(row.try_get(0)?);
        }
    }
    Ok(new)
}

/// Takes so many numbers, and returns the first. The row is locked from now to the end of the transaction, so that
/// transactions end in the order of their numbers.
async fn next_number(writing: &mut Writing, events: usize) -> Result<i64, sqlx::Error> {
    let events = events as i64;
    let update = "UPDATE store_meta SET number = number + $1 WHERE name = 'newest_event' RETURNING number";
    let last: i64 = query(update).bind(events).fetch_one(&mut *writing.transaction).await?.try_get(0)?;
    Ok(last - events + 1)
}
