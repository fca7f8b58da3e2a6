//! Conversations that were handed over to a person: one row each, and a row for each event, in their order and each once.
//!
//! No text is kept: events name HubSpot's notes and messages by their ids.

use sqlx::{AssertSqlSafe, Row, any::AnyRow, query};
use uuid::Uuid;

use super::Store;
use super::database::Writing;
use super::error::Error;

/// The most open sessions of one caller, and of all.
pub const OPEN_OF_CALLER_MAX: i64 = 500;
/// The most open sessions of all callers: each is looked at three times a minute.
pub const OPEN_MAX: i64 = 2_000;
/// The most events of one session; of a longer one the later events are not kept.
pub const EVENTS_OF_SESSION_MAX: i64 = 5_000;
/// Time within which an equal call means the session that is there.
const AGAIN_MS: i64 = 10 * 60 * 1_000;

/// A session as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffRow {
    /// 122 random bits, so that it cannot be guessed.
    pub id: String,
    /// The caller who began it.
    pub caller: String,
    /// `ticket`, `conversation` or `channel`.
    pub way: String,
    /// The contact's id.
    pub contact: String,
    /// HubSpot's id of the ticket or the thread; empty until it is known.
    pub place: String,
    /// The state as JSON.
    pub state: String,
    /// The number of the newest event.
    pub newest: i64,
    /// The begin, in unix milliseconds.
    pub started_ms: i64,
    /// It has ended.
    pub ended: bool,
    /// The time until which it can be read, in unix milliseconds.
    pub expires_ms: i64,
    revision: i64,
}

impl HandoffRow {
    /// The row of a session that a dry run pretends to have begun. It is never stored.
    pub fn pretended(id: &str, way: &str, contact: &str) -> HandoffRow {
        HandoffRow {
            id: id.to_owned(),
            caller: String::new(),
            way: way.to_owned(),
            contact: contact.to_owned(),
            place: id.to_owned(),
            state: "{}".to_owned(),
            newest: 0,
            started_ms: 0,
            ended: false,
            expires_ms: 0,
            revision: 0,
        }
    }
}

/// A session that is to begin.
#[derive(Clone, Debug)]
pub struct NewHandoff {
    /// Caller who began the session; nobody else may use it.
    pub caller: String,
    /// A digest of everything that begins it.
    pub digest: String,
    /// `ticket`, `conversation` or `channel`.
    pub way: &'static str,
    /// The contact's id.
    pub contact: String,
    /// The state as JSON.
    pub state: String,
    /// Now, in unix milliseconds.
    pub now_ms: i64,
    /// The end of the session if nothing happens in it.
    pub expires_ms: i64,
}

/// The answer to the begin of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandoffBegun {
    /// It is new.
    New(HandoffRow),
    /// An equal call has begun it, and it has not ended.
    Before(HandoffRow),
    /// The caller has too many open sessions, or all callers have.
    TooMany,
}

/// An event to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// Key of the event: equal for repeats of it.
    pub key: String,
    /// `message`, `taken`, `reassigned`, `closed` or `not_taken`.
    pub kind: &'static str,
    /// HubSpot's id of a note or a message, else empty.
    pub message: String,
    /// HubSpot's id of the person, else empty.
    pub person: String,
    /// The time, in unix milliseconds.
    pub at_ms: i64,
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// From 1 on.
    pub number: i64,
    /// Kind of event, such as `message` or `closed`.
    pub kind: String,
    /// HubSpot's id of a note or a message, else empty.
    pub message: String,
    /// HubSpot's id of the person, else empty.
    pub person: String,
    /// The time, in unix milliseconds.
    pub at_ms: i64,
}

/// A step of a session.
#[derive(Clone, Debug)]
pub struct Advance {
    /// The place, which may have become known.
    pub place: String,
    /// The state as JSON.
    pub state: String,
    /// It has ended.
    pub ended: bool,
    /// The time until which it can be read.
    pub expires_ms: i64,
    /// What happened, in its order.
    pub events: Vec<NewEvent>,
}

const COLUMNS: &str = "SELECT id, caller, way, contact, place, state, newest, revision, started_ms, ended, expires_ms \
    FROM handoff_session";

impl Store {
    /// Begins a session, unless the same call has begun one.
    pub async fn begin_handoff(&self, new: NewHandoff) -> Result<HandoffBegun, Error> {
        self.run(move |database| async move {
            let mut writing = database.begin().await?;
            let begun = begin(&mut writing, &new).await?;
            writing.commit().await?;
            Ok(begun)
        })
        .await
    }

    /// The caller's session with this id, open or ended, until it expires.
    pub async fn handoff(&self, id: &str, caller: &str, now_ms: i64) -> Result<Option<HandoffRow>, Error> {
        let (id, caller) = (id.to_owned(), caller.to_owned());
        self.run(move |database| async move {
            let select = format!("{COLUMNS} WHERE id = $1 AND caller = $2 AND expires_ms > $3");
            let select = query(AssertSqlSafe(select)).bind(&id).bind(&caller).bind(now_ms);
            select.fetch_optional(&database.pool).await?.map(|row| read(&row)).transpose()
        })
        .await
    }

    /// The session with this id, whoever began it: for the server's own tasks.
    pub async fn any_handoff(&self, id: &str) -> Result<Option<HandoffRow>, Error> {
        let id = id.to_owned();
        self.run(move |database| async move {
            let select = query(AssertSqlSafe(format!("{COLUMNS} WHERE id = $1"))).bind(&id);
            select.fetch_optional(&database.pool).await?.map(|row| read(&row)).transpose()
        })
        .await
    }

    /// The open sessions, oldest first.
    pub async fn open_handoffs(&self) -> Result<Vec<HandoffRow>, Error> {
        self.run(move |database| async move {
            let select = format!("{COLUMNS} WHERE ended = 0 ORDER BY started_ms, id LIMIT $1");
            let rows = query(AssertSqlSafe(select)).bind(OPEN_MAX).fetch_all(&database.pool).await?;
            rows.iter().map(read).collect()
        })
        .await
    }

    /// The sessions by this way that have ended and are not settled, the earliest ended first.
    pub async fn unsettled_handoffs(&self, way: &'static str) -> Result<Vec<HandoffRow>, Error> {
        self.run(move |database| async move {
            let select = format!("{COLUMNS} WHERE ended = 1 AND way = $1 ORDER BY expires_ms, id LIMIT $2");
            let rows = query(AssertSqlSafe(select)).bind(way).bind(OPEN_MAX).fetch_all(&database.pool).await?;
            rows.iter().map(read).collect()
        })
        .await
    }

    /// Settles an ended session: nobody has to be told anything of it any more. `false` if it changed since it was read.
    pub async fn settle_handoff(&self, session: HandoffRow) -> Result<bool, Error> {
        self.run(move |database| async move {
            // Above 1, so that older programs still take it for ended.
            let update = "UPDATE handoff_session SET ended = 2 WHERE id = $1 AND revision = $2 AND ended = 1";
            let update = query(update).bind(&session.id).bind(session.revision);
            Ok(update.execute(&database.pool).await?.rows_affected() == 1)
        })
        .await
    }

    /// The newest session of a thread or a ticket by one of these ways; open ones come first.
    pub async fn handoff_at(&self, ways: [&'static str; 2], place: &str) -> Result<Option<HandoffRow>, Error> {
        let place = place.to_owned();
        self.run(move |database| async move {
            let select =
                format!("{COLUMNS} WHERE place = $1 AND way IN ($2, $3) ORDER BY ended, started_ms DESC LIMIT 1");
            let select = query(AssertSqlSafe(select)).bind(&place).bind(ways[0]).bind(ways[1]);
            select.fetch_optional(&database.pool).await?.map(|row| read(&row)).transpose()
        })
        .await
    }

    /// Stores a step with its events, each once. `None` if another step was taken since the session was read; then nothing
    /// is stored.
    pub async fn advance_handoff(&self, session: HandoffRow, step: Advance) -> Result<Option<HandoffRow>, Error> {
        self.run(move |database| async move {
            let mut writing = database.begin().await?;
            let Some(next) = advance(&mut writing, session, step).await? else { return Ok(None) };
            writing.commit().await?;
            Ok(Some(next))
        })
        .await
    }

    /// The events of a session after this number, in their order.
    pub async fn handoff_events(&self, id: &str, after: i64, limit: i64) -> Result<Vec<EventRow>, Error> {
        let id = id.to_owned();
        self.run(move |database| async move {
            let select = "SELECT number, kind, message, person, at_ms FROM handoff_event \
                WHERE session = $1 AND number > $2 ORDER BY number LIMIT $3";
            let rows = query(select).bind(&id).bind(after).bind(limit).fetch_all(&database.pool).await?;
            rows.iter().map(read_event).collect()
        })
        .await
    }

    /// Removes a session that never came to be.
    pub async fn drop_handoff(&self, id: &str) -> Result<(), Error> {
        let id = id.to_owned();
        self.run(move |database| async move {
            query("DELETE FROM handoff_session WHERE id = $1").bind(&id).execute(&database.pool).await.map(drop)
        })
        .await
    }
}

async fn begin(writing: &mut Writing, new: &NewHandoff) -> Result<HandoffBegun, sqlx::Error> {
    // Locked to the end of the transaction, so that of two equal calls at once the second sees the session of the first.
    let count = "UPDATE store_meta SET number = number + 1 WHERE name = 'handoffs'";
    query(count).execute(&mut *writing.transaction).await?;
    let select = format!("{COLUMNS} WHERE caller = $1 AND digest = $2 AND ended = 0 AND started_ms > $3 LIMIT 1");
    let select = query(AssertSqlSafe(select)).bind(&new.caller).bind(&new.digest).bind(new.now_ms - AGAIN_MS);
    if let Some(row) = select.fetch_optional(&mut *writing.transaction).await? {
        return read(&row).map(HandoffBegun::Before);
    }
    let count = "SELECT COUNT(*), COALESCE(SUM(CASE WHEN caller = $1 THEN 1 ELSE 0 END), 0) \
        FROM handoff_session WHERE ended = 0";
    let counted = query(count).bind(&new.caller).fetch_one(&mut *writing.transaction).await?;
    let (all, of_caller): (i64, i64) = (counted.try_get(0)?, counted.try_get(1)?);
    if all >= OPEN_MAX || of_caller >= OPEN_OF_CALLER_MAX {
        return Ok(HandoffBegun::TooMany);
    }
    let row = HandoffRow {
        id: Uuid::new_v4().simple().to_string(),
        caller: new.caller.clone(),
        way: new.way.to_owned(),
        contact: new.contact.clone(),
        place: String::new(),
        state: new.state.clone(),
        newest: 0,
        started_ms: new.now_ms,
        ended: false,
        expires_ms: new.expires_ms,
        revision: 0,
    };
    let insert = "INSERT INTO handoff_session \
        (id, caller, digest, way, contact, place, state, newest, revision, started_ms, ended, expires_ms) \
        VALUES ($1, $2, $3, $4, $5, '', $6, 0, 0, $7, 0, $8)";
    let insert = query(insert).bind(&row.id).bind(&row.caller).bind(&new.digest).bind(&row.way).bind(&row.contact);
    let insert = insert.bind(&row.state).bind(row.started_ms).bind(row.expires_ms);
    insert.execute(&mut *writing.transaction).await?;
    Ok(HandoffBegun::New(row))
}

async fn advance(writing: &mut Writing, row: HandoffRow, step: Advance) -> Result<Option<HandoffRow>, sqlx::Error> {
    let update = "UPDATE handoff_session SET place = $1, state = $2, ended = $3, expires_ms = $4, revision = $5 \
        WHERE id = $6 AND revision = $7";
    let update = query(update).bind(&step.place).bind(&step.state).bind(i64::from(step.ended)).bind(step.expires_ms);
    let update = update.bind(row.revision + 1).bind(&row.id).bind(row.revision);
    if update.execute(&mut *writing.transaction).await?.rows_affected() != 1 {
        return Ok(None);
    }
    let mut newest = row.newest;
    for event in &step.events {
        if newest < EVENTS_OF_SESSION_MAX && insert_event(writing, &row.id, newest + 1, event).await? {
            newest += 1;
        }
    }
    let update = query("UPDATE handoff_session SET newest = $1 WHERE id = $2").bind(newest).bind(&row.id);
    update.execute(&mut *writing.transaction).await?;
    let Advance { place, state, ended, expires_ms, .. } = step;
    Ok(Some(HandoffRow { place, state, ended, expires_ms, newest, revision: row.revision + 1, ..row }))
}

/// Stores an event; `false` if it is known.
async fn insert_event(writing: &mut Writing, id: &str, number: i64, event: &NewEvent) -> Result<bool, sqlx::Error> {
    let insert = "INSERT INTO handoff_event (session, number, key, kind, message, person, at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (session, key) DO NOTHING";
    let insert = query(insert).bind(id).bind(number).bind(&event.key).bind(event.kind).bind(&event.message);
    let insert = insert.bind(&event.person).bind(event.at_ms);
    Ok(insert.execute(&mut *writing.transaction).await?.rows_affected() == 1)
}

/// Erases the sessions of a contact with their events.
pub(super) async fn erase_contact(writing: &mut Writing, contact: &str) -> Result<(), sqlx::Error> {
    erase(writing, "contact = $1", contact).await
}

/// Erases the sessions in a conversation with their events.
pub(super) async fn erase_thread(writing: &mut Writing, thread: &str) -> Result<(), sqlx::Error> {
    erase(writing, "place = $1 AND way <> 'ticket'", thread).await
}

/// `which` is one of ours, never a value from outside.
async fn erase(writing: &mut Writing, which: &'static str, id: &str) -> Result<(), sqlx::Error> {
    let events = format!("DELETE FROM handoff_event WHERE session IN (SELECT id FROM handoff_session WHERE {which})");
    query(AssertSqlSafe(events)).bind(id).execute(&mut *writing.transaction).await?;
    let sessions = format!("DELETE FROM handoff_session WHERE {which}");
    query(AssertSqlSafe(sessions)).bind(id).execute(&mut *writing.transaction).await.map(drop)
}

fn read(row: &AnyRow) -> Result<HandoffRow, sqlx::Error> {
    Ok(HandoffRow {
        id: row.try_get("id")?,
        caller: row.try_get("caller")?,
        way: row.try_get("way")?,
        contact: row.try_get("contact")?,
        place: row.try_get("place")?,
        state: row.try_get("state")?,
        newest: row.try_get("newest")?,
        revision: row.try_get("revision")?,
        started_ms: row.try_get("started_ms")?,
        ended: row.try_get::<i64, _>("ended")? != 0,
        expires_ms: row.try_get("expires_ms")?,
    })
}

fn read_event(row: &AnyRow) -> Result<EventRow, sqlx::Error> {
    Ok(EventRow {
        number: row.try_get("number")?,
        kind: row.try_get("kind")?,
        message: row.try_get("message")?,
        person: row.try_get("person")?,
        at_ms: row.try_get("at_ms")?,
    })
}
