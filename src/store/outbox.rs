//! Replies, noted before they are sent: what was begun and has no end is looked up, and not sent a second time.
//!
//! HubSpot takes no key for a message of a conversation. So the row comes first, with a key of the caller's making (the
//! conversation and the message that is answered), and a digest of the text by which the message can be found. The text
//! itself is not kept.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Row, any::AnyRow, query};

use super::Store;
use super::database::{Database, Writing};
use super::error::Error;
use super::rows::{ROWS_MAX, list};

/// Rows are kept for so long: with them, our own messages are told from those of people who write as the same user.
pub const OUTBOX_KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// The most rows that are kept; of more, the oldest are removed.
pub const OUTBOX_MAX: i64 = 1_000_000;

/// The most replies of one conversation that are listed, the newest ones.
const LISTED_MAX: i64 = 500;

/// The kind of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyKind {
    /// For the customer.
    Message,
    /// A note that only colleagues see.
    Comment,
}

/// The state of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyState {
    /// It was begun. Whether it was sent is not known here: its sender may be about to, or have died.
    New,
    /// HubSpot has taken it, under an id.
    Sent,
    /// HubSpot has also told of it by an event.
    Confirmed,
    /// HubSpot's answer was lost, and a look-up has not told yet.
    Unclear,
}

/// A reply that is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReply {
    /// Key of the reply: equal for repeats of it.
    pub key: String,
    /// The conversation.
    pub thread: String,
    /// Its contact, or nothing.
    pub contact: String,
    /// The fence of the claim under which it is sent; `None` for a reply that a person or an agent asked for.
    pub fence: Option<i64>,
    /// The kind.
    pub kind: ReplyKind,
    /// A digest of the text.
    pub digest: String,
}

/// A reply as it is noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxReply {
    /// Its key.
    pub key: String,
    /// The kind.
    pub kind: ReplyKind,
    /// The digest of its text.
    pub digest: String,
    /// The state.
    pub state: ReplyState,
    /// HubSpot's id of the message, once it is known.
    pub message: Option<String>,
    /// The time of its begin, by the store's clock.
    pub begun_ms: i64,
    /// The time at which its outcome was noted, by the same clock; `None` while there is none.
    pub ended_ms: Option<i64>,
}

/// The answer to the begin of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutboxBegin {
    /// It is noted: send it, and note its end.
    First,
    /// It was begun before: do not send it. If its end is not known, look it up.
    Before(OutboxReply),
    /// The claim was lost: do not send it.
    Lost,
}

/// The end of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyEnd {
    /// HubSpot has taken it, under this id.
    Sent {
        /// HubSpot's id of the message.
        message: String,
    },
    /// HubSpot's answer was lost.
    Unclear,
    /// HubSpot has not taken it, for certain: its row is removed, and it may begin again. One that was unclear before stays.
    NotSent,
    /// Nobody knows its end, and it does not arrive any more: its row is removed.
    Lapsed,
}

impl Store {
    /// Notes a reply before it is sent.
    pub async fn begin_reply(&self, reply: NewReply) -> Result<OutboxBegin, Error> {
        self.run(move |database| async move { begin(&database, &reply).await }).await
    }

    /// Notes the end of a reply; also that of one that was unclear and was looked up.
    pub async fn end_reply(&self, key: &str, end: ReplyEnd) -> Result<(), Error> {
        let key = key.to_owned();
        self.run(move |database| async move { note_end(&database, &key, &end).await }).await
    }

    /// The replies to a conversation, newest first: the last 500 of them.
    pub async fn replies(&self, thread: &str) -> Result<Vec<OutboxReply>, Error> {
        let thread = thread.to_owned();
        self.run(move |database| async move { of_thread(&database, &thread).await }).await
    }

    /// The ids of this server's own messages in a conversation.
    pub async fn own_message_ids(&self, thread: &str) -> Result<Vec<String>, Error> {
        Ok(self.replies(thread).await?.into_iter().filter_map(|reply| reply.message).collect())
    }

    /// True if this server has sent the message with this id.
    pub async fn is_ours(&self, message: &str) -> Result<bool, Error> {
        let message = message.to_owned();
        self.run(move |database| async move {
            let select = "SELECT key FROM outbox WHERE message = $1 LIMIT 1";
            Ok(!message.is_empty() && query(select).bind(&message).fetch_optional(&database.pool).await?.is_some())
        })
        .await
    }
}

async fn begin(database: &Database, reply: &NewReply) -> Result<OutboxBegin, sqlx::Error> {
    let mut writing = database.begin().await?;
    let begun = match &reply.fence {
        Some(fence) if !is_claimed(&mut writing, &reply.thread, *fence).await? => OutboxBegin::Lost,
        _ if insert(&mut writing, reply).await? => OutboxBegin::First,
        _ => OutboxBegin::Before(of_key(&mut writing, &reply.key).await?),
    };
    writing.commit().await?;
    Ok(begun)
}

/// True if the claim with this fence is the conversation's newest, and has not ended. The row stays locked to the end of
/// the transaction, so nobody claims it between.
pub(super) async fn is_claimed(writing: &mut Writing, thread: &str, fence: i64) -> Result<bool, sqlx::Error> {
    let touch = "UPDATE conversation SET fence = fence WHERE thread = $1 AND fence = $2 AND until_ms > $3";
    let touch = query(touch).bind(thread).bind(fence).bind(writing.now_ms);
    Ok(touch.execute(&mut *writing.transaction).await?.rows_affected() == 1)
}

async fn insert(writing: &mut Writing, reply: &NewReply) -> Result<bool, sqlx::Error> {
    let insert = "INSERT INTO outbox (key, thread, contact, fence, kind, digest, state, message, begun_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, 'new', '', $7) ON CONFLICT (key) DO NOTHING";
    let insert = query(insert).bind(&reply.key).bind(&reply.thread).bind(&reply.contact);
    let insert = insert.bind(reply.fence.unwrap_or_default()).bind(reply.kind.name()).bind(&reply.digest);
    Ok(insert.bind(writing.now_ms).execute(&mut *writing.transaction).await?.rows_affected() == 1)
}

const COLUMNS: &str = "SELECT key, kind, digest, state, message, begun_ms, ended_ms FROM outbox";

async fn of_key(writing: &mut Writing, key: &str) -> Result<OutboxReply, sqlx::Error> {
    let select = query(AssertSqlSafe(format!("{COLUMNS} WHERE key = $1"))).bind(key);
    read(&select.fetch_one(&mut *writing.transaction).await?)
}

async fn of_thread(database: &Database, thread: &str) -> Result<Vec<OutboxReply>, sqlx::Error> {
    let select = format!("{COLUMNS} WHERE thread = $1 ORDER BY begun_ms DESC, key LIMIT $2");
    let rows = query(AssertSqlSafe(select)).bind(thread).bind(LISTED_MAX).fetch_all(&database.pool).await?;
    rows.iter().map(read).collect()
}

async fn note_end(database: &Database, key: &str, end: &ReplyEnd) -> Result<(), sqlx::Error> {
    let mut writing = database.begin().await?;
    let noted = match end {
        ReplyEnd::NotSent => query("DELETE FROM outbox WHERE key = $1 AND message = '' AND state = 'new'").bind(key),
        ReplyEnd::Lapsed => query("DELETE FROM outbox WHERE key = $1 AND message = ''").bind(key),
        ReplyEnd::Unclear => {
            query("UPDATE outbox SET state = 'unclear', ended_ms = $1 WHERE key = $2 AND message = ''")
                .bind(writing.now_ms)
                .bind(key)
        }
        ReplyEnd::Sent { message } => {
            query("UPDATE outbox SET state = 'sent', message = $1, ended_ms = $2 WHERE key = $3 AND message = ''")
                .bind(message)
                .bind(writing.now_ms)
                .bind(key)
        }
    };
    noted.execute(&mut *writing.transaction).await?;
    writing.commit().await
}

/// Of these messages, those that are ours. That HubSpot tells of them confirms them.
pub(super) async fn confirm(writing: &mut Writing, messages: &[&str]) -> Result<Vec<String>, sqlx::Error> {
    let mut ours = vec![];
    for chunk in messages.chunks(ROWS_MAX) {
        let update =
            format!("UPDATE outbox SET state = 'confirmed' WHERE message IN ({}) RETURNING message", list(chunk.len()));
        let mut update = query(AssertSqlSafe(update)).persistent(chunk.len() == 1);
        for message in chunk {
            update = update.bind(*message);
        }
        for row in update.fetch_all(&mut *writing.transaction).await? {
            ours.push(row.try_get(0)?);
        }
    }
    Ok(ours)
}

fn read(row: &AnyRow) -> Result<OutboxReply, sqlx::Error> {
    let (message, ended_ms): (String, i64) = (row.try_get("message")?, row.try_get("ended_ms")?);
    Ok(OutboxReply {
        key: row.try_get("key")?,
        kind: ReplyKind::named(row.try_get("kind")?),
        digest: row.try_get("digest")?,
        state: ReplyState::named(row.try_get("state")?),
        message: (!message.is_empty()).then_some(message),
        begun_ms: row.try_get("begun_ms")?,
        ended_ms: (ended_ms != 0).then_some(ended_ms),
    })
}

impl ReplyKind {
    fn name(self) -> &'static str {
        match self {
            ReplyKind::Message => "message",
            ReplyKind::Comment => "comment",
        }
    }

    fn named(name: &str) -> ReplyKind {
        if name == "comment" { ReplyKind::Comment } else { ReplyKind::Message }
    }
}

impl ReplyState {
    /// A state that a newer program has stored is taken for one whose end is not known.
    fn named(name: &str) -> ReplyState {
        match name {
            "new" => ReplyState::New,
            "sent" => ReplyState::Sent,
            "confirmed" => ReplyState::Confirmed,
            _ => ReplyState::Unclear,
        }
    }
}
