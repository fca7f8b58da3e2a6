//! The conversations that wait for an answer: one row for each, which is its order, its debounce and its lease.
//!
//! A message makes its conversation due a moment later, so that a burst is answered once. One holder at a time claims it.
//! What arrives meanwhile makes it due again. A conversation whose answer failed too often is parked until the next message.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::unix_ms::millis;
use sqlx::{AssertSqlSafe, Row, any::AnyRow, query};
use tokio::time::Instant;

use super::Store;
use super::database::{Database, Dialect, Writing};
use super::error::Error;
use super::leases::relied_until;
use super::rows::{ROWS_MAX, values};

/// The most conversations that wait; of more, those that have waited longest are dropped.
pub const CONVERSATIONS_MAX: i64 = 100_000;

/// A conversation that nobody took up for so long waits no more.
pub const WAIT_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Most attempts at a conversation; the last one hands over to a person.
pub const ATTEMPTS_MAX: i64 = 6;

/// Pause between a message and the moment its conversation is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Debounce {
    /// From the newest message.
    pub quiet: Duration,
    /// From the first one: a burst without an end is answered all the same.
    pub longest: Duration,
}

impl Default for Debounce {
    /// For a chat: people send a thought in several messages.
    fn default() -> Debounce {
        Debounce { quiet: Duration::from_secs(4), longest: Duration::from_secs(30) }
    }
}

/// A message that makes its conversation due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewMessage<'a> {
    pub(super) thread: &'a str,
    pub(super) contact: &'a str,
    pub(super) message: &'a str,
    pub(super) occurred_ms: i64,
}

/// A conversation that is due and held by the claimant alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationLease {
    /// Id of the conversation's thread.
    pub thread: String,
    /// Its newest message when it was claimed.
    pub newest_message: String,
    /// Which attempt this is, from 1.
    pub attempt: i64,
    owner: String,
    fence: i64,
    /// When it was due: its place among those that wait.
    due_ms: i64,
    life: Duration,
    good_until: Instant,
}

impl ConversationLease {
    /// The number that grows with every claim of this conversation.
    pub fn fence(&self) -> i64 {
        self.fence
    }

    /// True while this claim certainly holds. Check it immediately before an action that cannot be undone.
    pub fn is_good(&self) -> bool {
        Instant::now() < self.good_until
    }

    /// True if no further attempt follows: it is for handing over to a person.
    pub fn is_last(&self) -> bool {
        self.attempt >= ATTEMPTS_MAX
    }
}

/// The state of a conversation after its claim has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// No message waits; the row is due again with the next one.
    Done,
    /// It is due again.
    Again,
    /// Too many attempts failed: it waits for the next message.
    Parked,
    /// Somebody else had claimed it, or it was erased; nothing was changed.
    Lost,
}

impl Store {
    /// Claims the conversation that has been due for longest, for `life`; `None` if none is due.
    pub async fn claim_conversation(&self, owner: &str, life: Duration) -> Result<Option<ConversationLease>, Error> {
        let (asked, owner) = (Instant::now(), owner.to_owned());
        let claimed = self.run(move |database| async move { claim(&database, owner, life).await }).await?;
        Ok(claimed.map(|claim| ConversationLease { good_until: relied_until(asked, life), ..claim }))
    }

    /// Holds a claim for another life; `None` if it was lost.
    pub async fn renew_claim(&self, claim: ConversationLease) -> Result<Option<ConversationLease>, Error> {
        let (asked, held) = (Instant::now(), claim.clone());
        let renewed = self.run(move |database| async move { renew(&database, &held).await }).await?;
        Ok(renewed.then(|| ConversationLease { good_until: relied_until(asked, claim.life), ..claim }))
    }

    /// Ends a claim whose newest message was dealt with. A newer one makes the conversation due again.
    pub async fn conversation_done(&self, claim: ConversationLease) -> Result<Ended, Error> {
        self.run(move |database| async move { done(&database, &claim).await }).await
    }

    /// Ends a claim that came to nothing: the conversation is due again after `wait`, or parked after its last attempt.
    pub async fn conversation_again(&self, claim: ConversationLease, wait: Duration) -> Result<Ended, Error> {
        self.run(move |database| async move { again(&database, &claim, wait).await }).await
    }
}

impl Store {
    /// Ends a claim whose turn was used up by no fault of its conversation, such as while the quota is: it can be claimed after
    /// `wait`, before those that have come since, also if its customer writes again. The attempt does not count.
    pub async fn conversation_in_its_place(
        &self,
        claim: ConversationLease,
        wait: Duration,
        debounce: Debounce,
    ) -> Result<Ended, Error> {
        self.run(move |database| async move { in_its_place(&database, &claim, wait, debounce).await }).await
    }

    /// Ends a claim whose time has not come, such as while HubSpot cannot be reached: the conversation is due again after
    /// `wait`, and the attempt does not count.
    pub async fn conversation_postponed(&self, claim: ConversationLease, wait: Duration) -> Result<Ended, Error> {
        self.run(move |database| async move { postponed(&database, &claim, wait).await }).await
    }

    /// The time until a conversation can be claimed; `None` if none waits.
    pub async fn next_conversation_due(&self) -> Result<Option<Duration>, Error> {
        self.run(|database| async move {
            let mut writing = database.begin().await?;
            let select = "SELECT MIN(CASE WHEN until_ms > due_ms THEN until_ms ELSE due_ms END) FROM conversation \
                WHERE parked = 0 AND attempts < $1";
            let select = query(select).bind(ATTEMPTS_MAX);
            let due_ms: Option<i64> = select.fetch_one(&mut *writing.transaction).await?.try_get(0)?;
            Ok(due_ms.map(|due_ms| Duration::from_millis(u64::try_from(due_ms - writing.now_ms).unwrap_or(0))))
        })
        .await
    }

    /// The number of conversations that wait, and of those that are parked.
    pub async fn waiting_conversations(&self) -> Result<(i64, i64), Error> {
        self.run(|database| async move {
            let select = "SELECT COUNT(*), CAST(COALESCE(SUM(parked), 0) AS BIGINT) FROM conversation";
            let row = query(select).fetch_one(&database.pool).await?;
            let (all, parked): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            Ok((all - parked, parked))
        })
        .await
    }
}

/// Makes the conversations of these messages due.
pub(super) async fn make_due(
    writing: &mut Writing,
    messages: &[NewMessage<'_>],
    debounce: Debounce,
) -> Result<(), sqlx::Error> {
    for chunk in newest_of_each(messages).chunks(ROWS_MAX) {
        let columns =
            "thread, contact, newest_message, newest_ms, first_ms, due_ms, attempts, parked, owner, fence, until_ms";
        let rows = values(chunk.len(), columns.split(',').count());
        // `MIN` of two values is SQLite's alone, `LEAST` PostgreSQL's.
        let upsert = format!(
            "INSERT INTO conversation ({columns}) VALUES {rows} ON CONFLICT (thread) DO UPDATE SET \
             newest_message = CASE WHEN excluded.newest_ms >= conversation.newest_ms \
                 THEN excluded.newest_message ELSE conversation.newest_message END, \
             newest_ms = CASE WHEN excluded.newest_ms >= conversation.newest_ms \
                 THEN excluded.newest_ms ELSE conversation.newest_ms END, \
             contact = CASE WHEN excluded.contact = '' THEN conversation.contact ELSE excluded.contact END, \
             first_ms = CASE WHEN conversation.first_ms = 0 THEN excluded.first_ms ELSE conversation.first_ms END, \
             due_ms = CASE WHEN conversation.first_ms = 0 OR conversation.first_ms + {} > excluded.due_ms \
                 THEN excluded.due_ms ELSE conversation.first_ms + {} END, \
             attempts = 0, parked = 0",
            millis(debounce.longest),
            millis(debounce.longest),
        );
        let mut upsert = query(AssertSqlSafe(upsert)).persistent(chunk.len() == 1);
        let (now_ms, due_ms) = (writing.now_ms, writing.ms_after(debounce.quiet));
        for new in chunk {
            upsert = upsert.bind(new.thread).bind(new.contact).bind(new.message).bind(new.occurred_ms);
            upsert = upsert.bind(now_ms).bind(due_ms).bind(0_i64).bind(0_i64).bind("").bind(0_i64).bind(0_i64);
        }
        upsert.execute(&mut *writing.transaction).await?;
    }
    Ok(())
}

/// The newest message of each conversation, by its id: replicas that lock several rows lock them in one order.
fn newest_of_each<'m, 'a>(messages: &'m [NewMessage<'a>]) -> Vec<&'m NewMessage<'a>> {
    let mut newest: BTreeMap<&str, &NewMessage<'_>> = BTreeMap::new();
    for message in messages {
        let known = newest.entry(message.thread).or_insert(message);
        if message.occurred_ms >= known.occurred_ms {
            *known = message;
        }
    }
    newest.into_values().collect()
}

/// The one statement of two texts: SQLite has no locks of rows, and needs none.
macro_rules! claim_text {
    ($lock:literal) => {
        concat!(
            "UPDATE conversation SET owner = $2, until_ms = $3, attempts = attempts + 1, first_ms = 0, \
                 fence = CASE WHEN fence >= $1 THEN fence + 1 ELSE $1 END \
             WHERE thread = (SELECT thread FROM conversation \
                 WHERE parked = 0 AND due_ms <= $1 AND until_ms <= $1 AND attempts < $4 \
                 ORDER BY due_ms LIMIT 1",
            $lock,
            ") RETURNING thread, newest_message, attempts, fence, due_ms"
        )
    };
}

async fn claim(database: &Database, owner: String, life: Duration) -> Result<Option<ConversationLease>, sqlx::Error> {
    let mut writing = database.begin().await?;
    let text = match writing.dialect {
        Dialect::Sqlite => claim_text!(""),
        Dialect::Postgres => claim_text!(" FOR UPDATE SKIP LOCKED"),
    };
    let claim = query(text).bind(writing.now_ms).bind(&owner).bind(writing.ms_after(life)).bind(ATTEMPTS_MAX);
    let row = claim.fetch_optional(&mut *writing.transaction).await?;
    writing.commit().await?;
    row.map(|row| read(&row, owner, life)).transpose()
}

fn read(row: &AnyRow, owner: String, life: Duration) -> Result<ConversationLease, sqlx::Error> {
    Ok(ConversationLease {
        thread: row.try_get("thread")?,
        newest_message: row.try_get("newest_message")?,
        attempt: row.try_get("attempts")?,
        fence: row.try_get("fence")?,
        due_ms: row.try_get("due_ms")?,
        owner,
        life,
        good_until: Instant::now(),
    })
}

async fn renew(database: &Database, claim: &ConversationLease) -> Result<bool, sqlx::Error> {
    let mut writing = database.begin().await?;
    let update = "UPDATE conversation SET until_ms = $1 WHERE thread = $2 AND owner = $3 AND fence = $4";
    let update = query(update).bind(writing.ms_after(claim.life));
    let update = update.bind(&claim.thread).bind(&claim.owner).bind(claim.fence);
    let renewed = update.execute(&mut *writing.transaction).await?;
    writing.commit().await?;
    Ok(renewed.rows_affected() == 1)
}

async fn done(database: &Database, claim: &ConversationLease) -> Result<Ended, sqlx::Error> {
    let mut writing = database.begin().await?;
    let delete = "DELETE FROM conversation WHERE thread = $1 AND owner = $2 AND fence = $3 AND newest_message = $4 AND first_ms = 0";
    let delete = query(delete).bind(&claim.thread).bind(&claim.owner).bind(claim.fence).bind(&claim.newest_message);
    let deleted = delete.execute(&mut *writing.transaction).await?.rows_affected() == 1;
    // A newer message has set the time at which it is due.
    let free = "UPDATE conversation SET until_ms = 0, attempts = 0 WHERE thread = $1 AND owner = $2 AND fence = $3";
    let free = query(free).bind(&claim.thread).bind(&claim.owner).bind(claim.fence);
    let freed = !deleted && free.execute(&mut *writing.transaction).await?.rows_affected() == 1;
    writing.commit().await?;
    Ok(match (deleted, freed) {
        (true, _) => Ended::Done,
        (false, true) => Ended::Again,
        (false, false) => Ended::Lost,
    })
}

async fn postponed(database: &Database, claim: &ConversationLease, wait: Duration) -> Result<Ended, sqlx::Error> {
    let mut writing = database.begin().await?;
    // What arrived meanwhile has set the time at which it is due.
    let update = "UPDATE conversation SET until_ms = 0, due_ms = CASE WHEN first_ms = 0 THEN $1 ELSE due_ms END, \
            attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END \
        WHERE thread = $2 AND owner = $3 AND fence = $4";
    let update = query(update).bind(writing.ms_after(wait));
    let update = update.bind(&claim.thread).bind(&claim.owner).bind(claim.fence);
    let postponed = update.execute(&mut *writing.transaction).await?.rows_affected() == 1;
    writing.commit().await?;
    Ok(if postponed { Ended::Again } else { Ended::Lost })
}

/// A customer who writes again makes it due the longest debounce after `first_ms` at the latest: at the same moment as now.
async fn in_its_place(
    database: &Database,
    claim: &ConversationLease,
    wait: Duration,
    debounce: Debounce,
) -> Result<Ended, sqlx::Error> {
    let mut writing = database.begin().await?;
    let update = "UPDATE conversation SET until_ms = $1, due_ms = $2, first_ms = $3, \
            attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END \
        WHERE thread = $4 AND owner = $5 AND fence = $6";
    let update = query(update).bind(writing.ms_after(wait)).bind(claim.due_ms);
    let update = update.bind(claim.due_ms - millis(debounce.longest));
    let update = update.bind(&claim.thread).bind(&claim.owner).bind(claim.fence);
    let kept = update.execute(&mut *writing.transaction).await?.rows_affected() == 1;
    writing.commit().await?;
    Ok(if kept { Ended::Again } else { Ended::Lost })
}

async fn again(database: &Database, claim: &ConversationLease, wait: Duration) -> Result<Ended, sqlx::Error> {
    let mut writing = database.begin().await?;
    let update = "UPDATE conversation SET until_ms = 0, due_ms = CASE WHEN first_ms = 0 THEN $1 ELSE due_ms END, \
            parked = CASE WHEN attempts >= $2 THEN 1 ELSE 0 END \
        WHERE thread = $3 AND owner = $4 AND fence = $5 RETURNING parked";
    let update = query(update).bind(writing.ms_after(wait)).bind(ATTEMPTS_MAX);
    let update = update.bind(&claim.thread).bind(&claim.owner).bind(claim.fence);
    let row = update.fetch_optional(&mut *writing.transaction).await?;
    writing.commit().await?;
    let parked = row.map(|row| row.try_get::<i64, _>(0)).transpose()?;
    Ok(match parked {
        None => Ended::Lost,
        Some(0) => Ended::Again,
        Some(_) => Ended::Parked,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_messages_of_a_conversation_the_newest_counts() {
        let message = |thread, message, occurred_ms| NewMessage { thread, contact: "", message, occurred_ms };
        let all = [message("2", "a", 5), message("1", "b", 9), message("1", "c", 7), message("1", "d", 9)];
        let newest: Vec<_> = newest_of_each(&all).iter().map(|new| (new.thread, new.message)).collect();
        assert_eq!(newest, [("1", "d"), ("2", "a")]);
    }
}
