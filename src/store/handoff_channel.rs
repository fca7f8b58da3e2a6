//! The custom channel through which conversations go to people, and the inboxes to which it is connected: ids alone.

use sqlx::{AnyPool, Row, any::AnyRow, query};

use super::Store;
use super::database::Database;
use super::error::Error;

/// The most inboxes to which the channel is connected.
pub const INBOXES_MAX: usize = 100;

/// The only name of the row.
const NAME: &str = "channel";

/// The channel as it was set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffChannel {
    /// Id of the HubSpot account.
    pub portal: u64,
    /// The developer's app.
    pub app: u64,
    /// The unguessable end of the webhook's path.
    pub path_secret: String,
    /// HubSpot's id; `None` until it is known.
    pub channel: Option<String>,
    /// Time of the request that makes the channel, in unix milliseconds.
    pub begun_ms: Option<i64>,
}

/// An inbox or a help desk to which the channel is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffAccount {
    /// HubSpot's id of the inbox.
    pub inbox: String,
    /// HubSpot's id of the channel account.
    pub account: String,
    /// Our own name of it, the other side of every conversation.
    pub identifier: String,
}

impl Store {
    /// The channel, if it was set up or is being set up.
    pub async fn handoff_channel(&self) -> Result<Option<HandoffChannel>, Error> {
        self.run(|database| async move { channel(&database.pool).await }).await
    }

    /// Keeps the channel in place of what was known of it.
    pub async fn keep_handoff_channel(&self, channel: HandoffChannel) -> Result<(), Error> {
        self.run(move |database| async move { keep(&database.pool, &channel).await }).await
    }

    /// The inboxes to which the channel is connected, the first one that was chosen first.
    pub async fn handoff_accounts(&self) -> Result<Vec<HandoffAccount>, Error> {
        self.run(|database| async move { accounts(&database.pool).await }).await
    }

    /// Keeps these accounts in place of all that were known.
    pub async fn keep_handoff_accounts(&self, accounts: Vec<HandoffAccount>) -> Result<(), Error> {
        self.run(move |database| async move { replace(&database, &accounts).await }).await
    }

    /// Forgets the channel and its accounts.
    pub async fn forget_handoff_channel(&self) -> Result<(), Error> {
        self.run(|database| async move { forget(&database).await }).await
    }
}

async fn channel(pool: &AnyPool) -> Result<Option<HandoffChannel>, sqlx::Error> {
    let select = "SELECT portal, app, path_secret, channel, begun_ms FROM handoff_channel WHERE name = $1";
    let row = query(select).bind(NAME).fetch_optional(pool).await?;
    row.map(|row| read(&row)).transpose()
}

fn read(row: &AnyRow) -> Result<HandoffChannel, sqlx::Error> {
    let (portal, app): (i64, i64) = (row.try_get("portal")?, row.try_get("app")?);
    let (channel, begun_ms): (String, i64) = (row.try_get("channel")?, row.try_get("begun_ms")?);
    Ok(HandoffChannel {
        portal: portal.unsigned_abs(),
        app: app.unsigned_abs(),
        path_secret: row.try_get("path_secret")?,
        channel: (!channel.is_empty()).then_some(channel),
        begun_ms: (begun_ms != 0).then_some(begun_ms),
    })
}

async fn keep(pool: &AnyPool, channel: &HandoffChannel) -> Result<(), sqlx::Error> {
    let insert = "INSERT INTO handoff_channel (name, portal, app, path_secret, channel, begun_ms) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO UPDATE SET portal = excluded.portal, app = excluded.app, \
        path_secret = excluded.path_secret, channel = excluded.channel, begun_ms = excluded.begun_ms";
    let insert = query(insert).bind(NAME).bind(number(channel.portal)).bind(number(channel.app));
    let insert = insert.bind(&channel.path_secret).bind(channel.channel.as_deref().unwrap_or_default());
    insert.bind(channel.begun_ms.unwrap_or(0)).execute(pool).await.map(drop)
}

fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

async fn accounts(pool: &AnyPool) -> Result<Vec<HandoffAccount>, sqlx::Error> {
    let select = "SELECT inbox, account, identifier FROM handoff_account ORDER BY is_first DESC, inbox";
    let rows = query(select).fetch_all(pool).await?;
    let read = |row: &AnyRow| {
        let (inbox, account) = (row.try_get("inbox")?, row.try_get("account")?);
        Ok(HandoffAccount { inbox, account, identifier: row.try_get("identifier")? })
    };
    rows.iter().map(read).collect()
}

async fn replace(database: &Database, accounts: &[HandoffAccount]) -> Result<(), sqlx::Error> {
    let mut writing = database.begin().await?;
    query("DELETE FROM handoff_account").execute(&mut *writing.transaction).await?;
    for (position, one) in accounts.iter().take(INBOXES_MAX).enumerate() {
        let insert = "INSERT INTO handoff_account (inbox, account, identifier, is_first) VALUES ($1, $2, $3, $4)";
        let insert = query(insert).bind(&one.inbox).bind(&one.account).bind(&one.identifier);
        insert.bind(i64::from(position == 0)).execute(&mut *writing.transaction).await?;
    }
    writing.commit().await
}

async fn forget(database: &Database) -> Result<(), sqlx::Error> {
    let mut writing = database.begin().await?;
    for delete in ["DELETE FROM handoff_account", "DELETE FROM handoff_channel"] {
        query(delete).execute(&mut *writing.transaction).await?;
    }
    writing.commit().await
}
