//! Removes what is too old or too much.

use std::time::Duration;

use domain::unix_ms::millis;
use sqlx::{AssertSqlSafe, Row, query};

use super::Store;
use super::autopilot::THREADS_MAX;
use super::chat_conversations::CHATS_MAX;
use super::conversations::{CONVERSATIONS_MAX, WAIT_MAX};
use super::database::Database;
use super::erasure::ERASED_KEPT;
use super::error::Error;
use super::events::{EVENTS_KEPT, EVENTS_MAX};
use super::idempotent_calls::{CALLS_KEPT, CALLS_MAX};
use super::outbox::{OUTBOX_KEPT, OUTBOX_MAX};
use super::resource_changes::{CHANGES_KEPT, CHANGES_MAX};

/// Leases that ended so long ago are removed.
const LEASES_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Tokens that ended so long ago are removed, and the most that are kept.
const SHARED_TOKENS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
const SHARED_TOKENS_MAX: i64 = 1_000;

/// Ledgers of accounts that no replica has used for so long are removed, and the most that are kept.
const QUOTAS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
const QUOTAS_MAX: i64 = 1_000;

/// The rows that were removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Rows that were too old.
    pub old: u64,
    /// Rows of tables that were too full. Events and replies are then forgotten early.
    pub too_many: u64,
    /// Conversations that waited and will not be answered.
    pub unanswered: u64,
}

/// The limits of a table: its column of times, the age of its rows, and their number.
struct RetentionLimits {
    table: &'static str,
    time: &'static str,
    key: &'static str,
    kept: Duration,
    rows_max: i64,
}

const EVENTS: RetentionLimits =
    RetentionLimits { table: "event", time: "received_ms", key: "key", kept: EVENTS_KEPT, rows_max: EVENTS_MAX };
const OUTBOX: RetentionLimits =
    RetentionLimits { table: "outbox", time: "begun_ms", key: "key", kept: OUTBOX_KEPT, rows_max: OUTBOX_MAX };
const ERASED: RetentionLimits =
    RetentionLimits { table: "erased", time: "erased_ms", key: "digest", kept: ERASED_KEPT, rows_max: EVENTS_MAX };
const LEASES: RetentionLimits =
    RetentionLimits { table: "lease", time: "until_ms", key: "name", kept: LEASES_KEPT, rows_max: EVENTS_MAX };
const SHARED_TOKENS: RetentionLimits = RetentionLimits {
    table: "shared_token",
    time: "expires_ms",
    key: "login",
    kept: SHARED_TOKENS_KEPT,
    rows_max: SHARED_TOKENS_MAX,
};
const QUOTAS: RetentionLimits =
    RetentionLimits { table: "quota", time: "changed_ms", key: "account", kept: QUOTAS_KEPT, rows_max: QUOTAS_MAX };
const CONVERSATIONS: RetentionLimits = RetentionLimits {
    table: "conversation",
    time: "due_ms",
    key: "thread",
    kept: WAIT_MAX,
    rows_max: CONVERSATIONS_MAX,
};

/// The autopilot removes what is older than its settings say.
const AUTOPILOT: RetentionLimits = RetentionLimits {
    table: "autopilot_thread",
    time: "touched_ms",
    key: "thread",
    kept: AUTOPILOT_KEPT_MAX,
    rows_max: THREADS_MAX,
};
const AUTOPILOT_KEPT_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

const HANDOFFS: RetentionLimits = RetentionLimits {
    table: "handoff_session",
    time: "expires_ms",
    key: "id",
    kept: HANDOFFS_KEPT,
    rows_max: EVENTS_MAX,
};

const SINGLE_USES: RetentionLimits = RetentionLimits {
    table: "single_use",
    time: "until_ms",
    key: "digest",
    kept: Duration::ZERO,
    rows_max: SINGLE_USES_MAX,
};
/// Values that are good once are bounded for each owner; this bounds them all.
const SINGLE_USES_MAX: i64 = 500_000;

/// Counts of a day that is over need not be kept.
const WRITE_COUNTS: RetentionLimits = RetentionLimits {
    table: "write_count",
    time: "counted_ms",
    key: "caller",
    kept: Duration::from_secs(2 * 24 * 60 * 60),
    rows_max: EVENTS_MAX,
};

const IDEMPOTENT_CALLS: RetentionLimits =
    RetentionLimits { table: "idempotent_call", time: "begun_ms", key: "key", kept: CALLS_KEPT, rows_max: CALLS_MAX };

const RESOURCE_CHANGES: RetentionLimits = RetentionLimits {
    table: "resource_change",
    time: "changed_ms",
    key: "number",
    kept: CHANGES_KEPT,
    rows_max: CHANGES_MAX,
};

const CHATS: RetentionLimits = RetentionLimits {
    table: "chat_conversation",
    time: "until_ms",
    key: "token",
    kept: CHATS_KEPT,
    rows_max: CHATS_MAX,
};
/// The replica that answered last has this long to end a conversation that nobody uses any more, and to say so.
const CHATS_KEPT: Duration = Duration::from_secs(10 * 60);

/// The tables whose old rows are removed without a word.
const TABLES: [RetentionLimits; 13] = [
    EVENTS,
    OUTBOX,
    ERASED,
    LEASES,
    SHARED_TOKENS,
    QUOTAS,
    HANDOFFS,
    AUTOPILOT,
    SINGLE_USES,
    WRITE_COUNTS,
    IDEMPOTENT_CALLS,
    RESOURCE_CHANGES,
    CHATS,
];

/// Sessions of hand-offs that expired so long ago are removed; the watch has ended those that were open.
const HANDOFFS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// The most rows that one statement removes, so that none takes long.
const ROWS_AT_ONCE: i64 = 5_000;

/// The most statements of one kind in one run; the next run goes on.
const ROUNDS_MAX: usize = 100;

impl Store {
    /// Removes what is too old or too much.
    pub async fn tidy(&self) -> Result<Removed, Error> {
        self.run(|database| async move { tidy(&database).await }).await
    }
}

async fn tidy(database: &Database) -> Result<Removed, sqlx::Error> {
    let mut removed = Removed::default();
    for limits in TABLES {
        removed.old += too_old(database, &limits).await?;
        removed.too_many += too_many(database, &limits).await?;
    }
    query("DELETE FROM handoff_event WHERE session NOT IN (SELECT id FROM handoff_session)")
        .execute(&database.pool)
        .await?;
    removed.unanswered = too_old(database, &CONVERSATIONS).await? + too_many(database, &CONVERSATIONS).await?;
    Ok(removed)
}

async fn too_old(database: &Database, limits: &RetentionLimits) -> Result<u64, sqlx::Error> {
    let RetentionLimits { table, time, key, kept, .. } = limits;
    let oldest = format!("SELECT {key} FROM {table} WHERE {time} < $1 ORDER BY {time} LIMIT $2");
    let delete = format!("DELETE FROM {table} WHERE {key} IN ({oldest})");
    let mut removed = 0;
    for _ in 0..ROUNDS_MAX {
        let mut writing = database.begin().await?;
        let delete = query(AssertSqlSafe(delete.clone())).bind(writing.now_ms - millis(*kept)).bind(ROWS_AT_ONCE);
        let rows = delete.execute(&mut *writing.transaction).await?.rows_affected();
        writing.commit().await?;
        removed += rows;
        if rows < ROWS_AT_ONCE as u64 {
            break;
        }
    }
    Ok(removed)
}

async fn too_many(database: &Database, limits: &RetentionLimits) -> Result<u64, sqlx::Error> {
    let RetentionLimits { table, time, key, rows_max, .. } = limits;
    let count = query(AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"))).fetch_one(&database.pool).await?;
    let mut excess = count.try_get::<i64, _>(0)? - rows_max;
    let oldest = format!("SELECT {key} FROM {table} ORDER BY {time} LIMIT $1");
    let delete = format!("DELETE FROM {table} WHERE {key} IN ({oldest})");
    let mut removed = 0;
    while excess > 0 {
        let at_once = excess.min(ROWS_AT_ONCE);
        let delete = query(AssertSqlSafe(delete.clone())).bind(at_once);
        removed += delete.execute(&database.pool).await?.rows_affected();
        excess -= at_once;
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Location;
    use crate::store::events::{RecordedEvent, Source};
    use crate::store::intake::{Arrival, IntakeEffect};

    fn arrival(message: &str) -> Arrival {
        let event = RecordedEvent {
            key: message.to_owned(),
            kind: "conversation.newMessage".to_owned(),
            source: Source::Poll,
            thread: message.to_owned(),
            message: message.to_owned(),
            contact: String::new(),
            occurred_ms: 0,
        };
        Arrival { event, effect: IntakeEffect::Due }
    }

    #[tokio::test(start_paused = true)]
    async fn of_too_many_rows_the_oldest_are_removed() {
        let store = Store::at(Location::Memory);
        for message in ["a", "b", "c", "d", "e"] {
            store.take_in(vec![arrival(message)], Default::default()).await.unwrap();
        }
        let few = |limits| RetentionLimits { rows_max: 3, time: "rowid", ..limits };
        for (limits, removed) in [(few(EVENTS), 2), (few(CONVERSATIONS), 2), (few(EVENTS), 0)] {
            let done = store.run(move |database| async move { too_many(&database, &limits).await }).await;
            assert_eq!(done, Ok(removed));
        }
        let kept = store.events_after(0, 10).await.unwrap();
        assert_eq!(kept.iter().map(|event| event.thread.as_str()).collect::<Vec<_>>(), ["c", "d", "e"]);
    }
}
