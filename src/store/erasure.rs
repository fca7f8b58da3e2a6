//! Erases the rows of a contact or a conversation, and keeps them from coming back by a late event.
//!
//! HubSpot repeats a delivery for a day and in any order, so an event of an erased conversation can follow its erasure. A
//! digest of its id is kept for a while, and such events are not stored.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Row, query};

use super::Store;
use super::autopilot;
use super::database::Writing;
use super::error::Error;
use super::handoffs;
use super::rows::{ROWS_MAX, list, values};

/// Digests are kept for so long: longer than HubSpot repeats deliveries, and than polling looks back after an outage.
pub const ERASED_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What is to be erased.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Erasure {
    /// Everything of the conversation with this id.
    Conversation(String),
    /// Everything of the contact with this id, and of its conversations as far as they are known.
    Contact(String),
}

/// The column of conversations, and the tables with rows of conversations and contacts.
const THREAD: &str = "thread";
const TABLES: [&str; 5] = ["event", "conversation", "outbox", "autopilot_thread", "autopilot_unanswered"];

impl Store {
    /// Erases the rows of a contact or a conversation.
    pub async fn erase(&self, erasure: Erasure) -> Result<(), Error> {
        self.run(move |database| async move {
            let mut writing = database.begin().await?;
            erase(&mut writing, &erasure).await?;
            writing.commit().await
        })
        .await
    }
}

pub(super) async fn erase(writing: &mut Writing, erasure: &Erasure) -> Result<(), sqlx::Error> {
    let mut digests = vec![digest(erasure)];
    match erasure {
        Erasure::Conversation(thread) => {
            delete(writing, THREAD, thread).await?;
            handoffs::erase_thread(writing, thread).await?;
        }
        Erasure::Contact(contact) => {
            handoffs::erase_contact(writing, contact).await?;
            for thread in threads_of(writing, contact).await? {
                delete(writing, THREAD, &thread).await?;
                digests.push(digest(&Erasure::Conversation(thread)));
            }
            delete(writing, "contact", contact).await?;
            erase_answers(writing, contact).await?;
            erase_chats(writing, contact).await?;
        }
    }
    remember(writing, &digests).await
}

/// `column` is one of ours, never a value from outside.
async fn delete(writing: &mut Writing, column: &'static str, id: &str) -> Result<(), sqlx::Error> {
    for table in TABLES {
        let delete = format!("DELETE FROM {table} WHERE {column} = $1");
        query(AssertSqlSafe(delete)).bind(id).execute(&mut *writing.transaction).await?;
    }
    if column == THREAD {
        erase_autopilot(writing, id).await?;
    }
    Ok(())
}

/// Notes whose conversations these are in the rows that do not tell: by it they are found when the contact is erased.
pub(super) async fn note_contacts(writing: &mut Writing, contacts: &BTreeMap<&str, &str>) -> Result<(), sqlx::Error> {
    for table in TABLES {
        let update = format!("UPDATE {table} SET contact = $1 WHERE thread = $2 AND contact = ''");
        for (thread, contact) in contacts {
            let update = query(AssertSqlSafe(update.clone())).bind(*contact).bind(*thread);
            update.execute(&mut *writing.transaction).await?;
        }
    }
    Ok(())
}

/// Erases what the autopilot keeps under names made of a conversation's id.
async fn erase_autopilot(writing: &mut Writing, thread: &str) -> Result<(), sqlx::Error> {
    let switch = query("DELETE FROM autopilot_switch WHERE scope = $1").bind(autopilot::thread_scope(thread));
    switch.execute(&mut *writing.transaction).await?;
    let session = query("DELETE FROM taskgraph_session WHERE caller = $1").bind(autopilot::caller(thread));
    session.execute(&mut *writing.transaction).await.map(drop)
}

/// Erases the answers of calls that name a contact by its id, which is made of digits.
async fn erase_answers(writing: &mut Writing, contact: &str) -> Result<(), sqlx::Error> {
    let delete = query("DELETE FROM idempotent_call WHERE outcome LIKE $1").bind(format!("%\"{contact}\"%"));
    delete.execute(&mut *writing.transaction).await.map(drop)
}

/// Erases the chats of visitors who have proved to be a contact. The others are sealed: nobody can tell whose they are, and
/// they are soon forgotten.
async fn erase_chats(writing: &mut Writing, contact: &str) -> Result<(), sqlx::Error> {
    let delete = query("DELETE FROM chat_conversation WHERE contact = $1").bind(contact);
    delete.execute(&mut *writing.transaction).await.map(drop)
}

async fn threads_of(writing: &mut Writing, contact: &str) -> Result<BTreeSet<String>, sqlx::Error> {
    let mut threads = BTreeSet::new();
    for table in TABLES {
        let select = format!("SELECT DISTINCT thread FROM {table} WHERE contact = $1 AND thread <> ''");
        for row in query(AssertSqlSafe(select)).bind(contact).fetch_all(&mut *writing.transaction).await? {
            threads.insert(row.try_get(0)?);
        }
    }
    Ok(threads)
}

async fn remember(writing: &mut Writing, digests: &[String]) -> Result<(), sqlx::Error> {
    for chunk in digests.chunks(ROWS_MAX) {
        let insert =
            format!("INSERT INTO erased (digest, erased_ms) VALUES {} ON CONFLICT DO NOTHING", values(chunk.len(), 2));
        let mut insert = query(AssertSqlSafe(insert)).persistent(chunk.len() == 1);
        for digest in chunk {
            insert = insert.bind(digest).bind(writing.now_ms);
        }
        insert.execute(&mut *writing.transaction).await?;
    }
    Ok(())
}

/// Of these, the ones that were erased.
pub(super) async fn erased_of<'a>(
    writing: &mut Writing,
    asked: &[&'a Erasure],
) -> Result<HashSet<&'a Erasure>, sqlx::Error> {
    let mut erased = HashSet::new();
    for chunk in asked.chunks(ROWS_MAX) {
        let digests: Vec<_> = chunk.iter().map(|erasure| digest(erasure)).collect();
        let select = format!("SELECT digest FROM erased WHERE digest IN ({})", list(chunk.len()));
        let mut select = query(AssertSqlSafe(select)).persistent(chunk.len() == 1);
        for digest in &digests {
            select = select.bind(digest);
        }
        let found = select.fetch_all(&mut *writing.transaction).await?;
        let found: HashSet<String> = found.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        erased.extend(
            chunk.iter().zip(&digests).filter(|(_, digest)| found.contains(*digest)).map(|(erasure, _)| *erasure),
        );
    }
    Ok(erased)
}

fn digest(erasure: &Erasure) -> String {
    let (kind, id) = match erasure {
        Erasure::Conversation(id) => ("conversation", id),
        Erasure::Contact(id) => ("contact", id),
    };
    let digest = Sha256::digest(format!("{kind}/{id}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
