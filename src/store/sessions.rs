//! Taskgraph sessions, stored between steps.

use sqlx::{AnyPool, Row, any::AnyRow, query};
use uuid::Uuid;

use super::Store;
use super::error::Error;

/// A session ends this long after its last step.
pub const SESSION_LIFE_MS: i64 = 24 * 60 * 60 * 1_000;
/// The most sessions that are stored. A new one replaces the one that would end first, of the caller with the most.
const SESSIONS_MAX: i64 = 10_000;

/// Taskgraph session as a row: its state as JSON, and who began it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// 122 random bits, so that it cannot be guessed.
    pub id: String,
    /// The caller who started it; nobody else may read or move it. Empty where callers have no identity.
    caller: String,
    /// The graph's name.
    pub graph: String,
    /// The state as JSON.
    pub state: String,
    revision: i64,
    /// The end of the session in unix milliseconds.
    pub expires_ms: i64,
}

impl Store {
    /// Stores a new session.
    pub async fn begin_session(
        &self,
        graph: &str,
        caller: &str,
        state: String,
        now_ms: i64,
    ) -> Result<StoredSession, Error> {
        let expires_ms = now_ms + SESSION_LIFE_MS;
        let id = Uuid::new_v4().simple().to_string();
        let (graph, caller) = (graph.to_owned(), caller.to_owned());
        let session = StoredSession { id, caller, graph, state, revision: 0, expires_ms };
        let kept = session.clone();
        self.run(move |database| async move { begin(&database.pool, &kept, now_ms, SESSIONS_MAX).await }).await?;
        Ok(session)
    }

    /// The caller's session with this id, unless it has ended.
    pub async fn session(&self, id: &str, caller: &str, now_ms: i64) -> Result<Option<StoredSession>, Error> {
        let (id, caller) = (id.to_owned(), caller.to_owned());
        self.run(move |database| async move { get(&database.pool, &id, &caller, now_ms).await }).await
    }

    /// Stores the next state. `None` if another step was taken since the session was read; then nothing is stored.
    pub async fn advance_session(
        &self,
        session: StoredSession,
        state: String,
        now_ms: i64,
    ) -> Result<Option<StoredSession>, Error> {
        let next = StoredSession {
            state,
            revision: session.revision + 1,
            expires_ms: now_ms + SESSION_LIFE_MS,
            ..session.clone()
        };
        let kept = next.clone();
        let taken =
            self.run(move |database| async move { advance(&database.pool, &kept, session.revision).await }).await?;
        Ok(taken.then_some(next))
    }
}

async fn begin(pool: &AnyPool, session: &StoredSession, now_ms: i64, sessions_max: i64) -> Result<(), sqlx::Error> {
    query("DELETE FROM taskgraph_session WHERE expires_ms <= $1").bind(now_ms).execute(pool).await?;
    let kept: i64 = query("SELECT COUNT(*) FROM taskgraph_session").fetch_one(pool).await?.try_get(0)?;
    if kept >= sessions_max {
        query(DROP_FIRST).bind(kept - sessions_max + 1).execute(pool).await?;
    }
    let insert = "INSERT INTO taskgraph_session (id, caller, graph, state, revision, expires_ms) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    let insert = query(insert).bind(&session.id).bind(&session.caller).bind(&session.graph).bind(&session.state);
    insert.bind(session.revision).bind(session.expires_ms).execute(pool).await?;
    Ok(())
}

const DROP_FIRST: &str = "DELETE FROM taskgraph_session WHERE id IN \
    (SELECT id FROM taskgraph_session WHERE caller = \
        (SELECT caller FROM taskgraph_session GROUP BY caller ORDER BY COUNT(*) DESC, MIN(expires_ms) LIMIT 1) \
    ORDER BY expires_ms LIMIT $1)";

async fn get(pool: &AnyPool, id: &str, caller: &str, now_ms: i64) -> Result<Option<StoredSession>, sqlx::Error> {
    let select = "SELECT id, caller, graph, state, revision, expires_ms FROM taskgraph_session \
        WHERE id = $1 AND caller = $2 AND expires_ms > $3";
    let row = query(select).bind(id).bind(caller).bind(now_ms).fetch_optional(pool).await?;
    row.map(|row| read(&row)).transpose()
}

fn read(row: &AnyRow) -> Result<StoredSession, sqlx::Error> {
    Ok(StoredSession {
        id: row.try_get("id")?,
        caller: row.try_get("caller")?,
        graph: row.try_get("graph")?,
        state: row.try_get("state")?,
        revision: row.try_get("revision")?,
        expires_ms: row.try_get("expires_ms")?,
    })
}

async fn advance(pool: &AnyPool, next: &StoredSession, read_revision: i64) -> Result<bool, sqlx::Error> {
    let update =
        "UPDATE taskgraph_session SET state = $1, revision = $2, expires_ms = $3 WHERE id = $4 AND revision = $5";
    let update = query(update).bind(&next.state).bind(next.revision).bind(next.expires_ms);
    let done = update.bind(&next.id).bind(read_revision).execute(pool).await?;
    Ok(done.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Location;

    const NOW: i64 = 1_796_000_000_000;

    #[tokio::test(start_paused = true)]
    async fn a_new_session_takes_the_place_of_the_oldest_of_whoever_has_the_most() {
        let store = Store::at(Location::Memory);
        for (position, caller) in (0_i64..).zip(["ann", "bob", "bob", "bob", "bob"]) {
            let id = position.to_string();
            let session = StoredSession {
                id,
                caller: caller.to_owned(),
                graph: String::new(),
                state: String::new(),
                revision: 0,
                expires_ms: NOW + position,
            };
            store.run(move |database| async move { begin(&database.pool, &session, 0, 3).await }).await.unwrap();
        }
        for (id, caller, kept) in [("0", "ann", true), ("1", "bob", false), ("2", "bob", false), ("4", "bob", true)] {
            assert_eq!(store.session(id, caller, 0).await.unwrap().is_some(), kept, "{id}");
        }
    }
}
