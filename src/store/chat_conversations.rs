//! Conversations of the chat page, sealed: every replica that a visitor's token reaches can open them and go on.
//!
//! One replica at a time answers in a conversation. Each change names the version that it follows, so that of two at once
//! one is stored; and none is stored while another replica works in it.

use std::time::Duration;

use domain::unix_ms::millis;
use sqlx::{Row, any::AnyRow, query};

use super::Store;
use super::database::Database;
use super::error::Error;

/// The most rows that are kept; of more, those that would be forgotten first are removed.
pub const CHATS_MAX: i64 = 100_000;

/// A conversation as another replica, or this one, has stored it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredChat {
    /// The version.
    pub version: i64,
    /// The conversation, sealed.
    pub sealed: String,
    /// The use of it at the moment.
    pub use_now: ChatUse,
    /// The turn under way may have written something.
    pub wrote: bool,
}

/// The use of a conversation at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatUse {
    /// Nobody answers in it, or whoever did has fallen silent.
    Free,
    /// A replica listens to a person in it, and gives way.
    Listening,
    /// A replica answers in it.
    Working,
}

/// The lease that a replica has on a conversation from a change on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatLease {
    /// None.
    None,
    /// For so long, unless another replica wants to answer.
    Listening(Duration),
    /// For so long.
    Working(Duration),
}

/// A change of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatChange {
    /// A digest of the token.
    pub token: String,
    /// The version that it follows; 0 for a new conversation.
    pub follows: i64,
    /// The run of the replica that stores it.
    pub holder: String,
    /// The lease that it has from now on.
    pub lease: ChatLease,
    /// A turn goes on, and what it may have written counts.
    pub keeps_wrote: bool,
    /// The contact whom the visitor has proved to be, or empty.
    pub contact: String,
    /// The conversation, sealed.
    pub sealed: String,
    /// The time for which it is kept.
    pub kept: Duration,
}

/// The newest version of a conversation, without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatVersion {
    /// The number.
    pub version: i64,
    /// The use of it at the moment.
    pub use_now: ChatUse,
}

/// The end of the time for which a conversation is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatExpiry {
    /// It is forgotten now.
    Expired,
    /// Somebody has used it at another replica.
    NotYet,
    /// Another replica has changed it, or it is not there.
    Gone,
}

impl Store {
    /// The conversation of a token's digest, unless it is forgotten.
    pub async fn chat(&self, token: &str) -> Result<Option<StoredChat>, Error> {
        let token = token.to_owned();
        self.run(move |database| async move {
            let mut connection = database.pool.acquire().await?;
            let now_ms = database.now_ms(&mut connection).await?;
            let select = "SELECT version, sealed, held_until_ms, yields, wrote FROM chat_conversation \
                WHERE token = $1 AND until_ms > $2";
            let row = query(select).bind(&token).bind(now_ms).fetch_optional(&mut *connection).await?;
            let read = |row: AnyRow| -> Result<StoredChat, sqlx::Error> {
                Ok(StoredChat {
                    version: row.try_get("version")?,
                    sealed: row.try_get("sealed")?,
                    use_now: use_now(&row, now_ms)?,
                    wrote: row.try_get::<i64, _>("wrote")? != 0,
                })
            };
            row.map(read).transpose()
        })
        .await
    }

    /// The newest version of a conversation, which is used: it is kept for so long from now on.
    pub async fn chat_version(&self, token: &str, kept: Duration) -> Result<Option<ChatVersion>, Error> {
        let token = token.to_owned();
        self.run(move |database| async move {
            let mut connection = database.pool.acquire().await?;
            let now_ms = database.now_ms(&mut connection).await?;
            let select = "SELECT version, held_until_ms, yields, until_ms FROM chat_conversation \
                WHERE token = $1 AND until_ms > $2";
            let row = query(select).bind(&token).bind(now_ms).fetch_optional(&mut *connection).await?;
            let Some(row) = row else { return Ok(None) };
            // Written now and then: it costs more than a look.
            if row.try_get::<i64, _>("until_ms")? < now_ms + millis(kept - kept / NOTED_PARTS) {
                let update = query("UPDATE chat_conversation SET until_ms = $1 WHERE token = $2 AND until_ms < $1");
                update.bind(now_ms + millis(kept)).bind(&token).execute(&mut *connection).await?;
            }
            Ok(Some(ChatVersion { version: row.try_get("version")?, use_now: use_now(&row, now_ms)? }))
        })
        .await
    }

    /// Stores a change; its version. `None` if it does not follow the newest one, or another replica works in the conversation:
    /// then nothing is stored.
    pub async fn change_chat(&self, change: ChatChange) -> Result<Option<i64>, Error> {
        self.run(move |database| async move { store(&database, &change).await }).await
    }

    /// Renews the lease of a holder; false if it has none any more.
    pub async fn renew_chat(&self, token: &str, holder: &str, life: Duration) -> Result<bool, Error> {
        let update = "UPDATE chat_conversation SET held_until_ms = $1 \
            WHERE token = $2 AND holder = $3 AND held_until_ms > 0";
        self.hold_chat(update, token, holder, life).await
    }

    /// Notes that the turn under way may write something from now on; false if its holder has lost the conversation, and so must
    /// not.
    pub async fn chat_writes(&self, token: &str, holder: &str, life: Duration) -> Result<bool, Error> {
        let update = "UPDATE chat_conversation SET wrote = 1, held_until_ms = $1 \
            WHERE token = $2 AND holder = $3 AND held_until_ms > 0 AND yields = 0";
        self.hold_chat(update, token, holder, life).await
    }

    async fn hold_chat(&self, update: &'static str, token: &str, holder: &str, life: Duration) -> Result<bool, Error> {
        let (token, holder) = (token.to_owned(), holder.to_owned());
        self.run(move |database| async move {
            let mut writing = database.begin().await?;
            let update = query(update).bind(writing.ms_after(life)).bind(&token).bind(&holder);
            let held = update.execute(&mut *writing.transaction).await?.rows_affected() == 1;
            writing.commit().await?;
            Ok(held)
        })
        .await
    }

    /// Forgets a conversation.
    pub async fn end_chat(&self, token: &str) -> Result<(), Error> {
        let token = token.to_owned();
        self.run(move |database| async move {
            query("DELETE FROM chat_conversation WHERE token = $1").bind(&token).execute(&database.pool).await.map(drop)
        })
        .await
    }

    /// Forgets a conversation of which this is the newest version, if this holder has stored it; true if so.
    pub async fn end_own_chat(&self, token: &str, version: i64, holder: &str) -> Result<bool, Error> {
        let (token, holder) = (token.to_owned(), holder.to_owned());
        self.run(move |database| async move {
            let delete = query("DELETE FROM chat_conversation WHERE token = $1 AND version = $2 AND holder = $3");
            let deleted = delete.bind(&token).bind(version).bind(&holder).execute(&database.pool).await?;
            Ok(deleted.rows_affected() == 1)
        })
        .await
    }

    /// Forgets a conversation of which this is the newest version, if nobody has used it for as long as it is kept.
    pub async fn expire_chat(&self, token: &str, version: i64) -> Result<ChatExpiry, Error> {
        let token = token.to_owned();
        self.run(move |database| async move {
            let mut writing = database.begin().await?;
            let delete = "DELETE FROM chat_conversation WHERE token = $1 AND version = $2 AND until_ms <= $3";
            let delete = query(delete).bind(&token).bind(version).bind(writing.now_ms);
            let expired = delete.execute(&mut *writing.transaction).await?.rows_affected() == 1;
            let select = query("SELECT 1 FROM chat_conversation WHERE token = $1 AND version = $2");
            let is_there = select.bind(&token).bind(version).fetch_optional(&mut *writing.transaction).await?.is_some();
            writing.commit().await?;
            Ok(match (expired, is_there) {
                (true, _) => ChatExpiry::Expired,
                (false, true) => ChatExpiry::NotYet,
                (false, false) => ChatExpiry::Gone,
            })
        })
        .await
    }
}

/// The use of a conversation is noted once in so many parts of the time for which it is kept.
const NOTED_PARTS: u32 = 10;

fn use_now(row: &AnyRow, now_ms: i64) -> Result<ChatUse, sqlx::Error> {
    Ok(match row.try_get::<i64, _>("held_until_ms")? > now_ms {
        false => ChatUse::Free,
        true if row.try_get::<i64, _>("yields")? != 0 => ChatUse::Listening,
        true => ChatUse::Working,
    })
}

async fn store(database: &Database, change: &ChatChange) -> Result<Option<i64>, sqlx::Error> {
    let mut writing = database.begin().await?;
    let (held_until_ms, yields) = match change.lease {
        ChatLease::None => (0, 0),
        ChatLease::Listening(life) => (writing.ms_after(life), 1),
        ChatLease::Working(life) => (writing.ms_after(life), 0),
    };
    let (version, until_ms) = (change.follows + 1, writing.ms_after(change.kept));
    let statement = if change.follows == 0 { INSERT } else { UPDATE };
    let statement = query(statement).bind(&change.token).bind(version).bind(&change.holder).bind(held_until_ms);
    let statement = statement.bind(i64::from(yields)).bind(&change.contact).bind(&change.sealed).bind(until_ms);
    let statement = match change.follows {
        0 => statement,
        follows => statement.bind(follows).bind(writing.now_ms).bind(i64::from(change.keeps_wrote)),
    };
    let stored = statement.execute(&mut *writing.transaction).await?.rows_affected() == 1;
    writing.commit().await?;
    Ok(stored.then_some(version))
}

const INSERT: &str = "INSERT INTO chat_conversation \
    (token, version, holder, held_until_ms, yields, wrote, contact, sealed, until_ms) \
    VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8) ON CONFLICT (token) DO NOTHING";

const UPDATE: &str = "UPDATE chat_conversation SET version = $2, holder = $3, held_until_ms = $4, yields = $5, wrote = wrote * $11, \
    contact = $6, sealed = $7, until_ms = $8 WHERE token = $1 AND version = $9 \
    AND (holder = $3 OR yields = 1 OR held_until_ms <= $10)";
