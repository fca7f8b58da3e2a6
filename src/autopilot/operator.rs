//! The operator's view and switches. All of it stands in the store, so it works beside a running autopilot.

use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::memory::ConversationMemory;
use super::record;
use crate::store::autopilot::counts::Count;
use crate::store::autopilot::{ALL, ThreadRow, inbox_scope, thread_scope};
use crate::store::{Error, Store};
use domain::id::ThreadId;

/// The longest id of an inbox.
const INBOX_ID_MAX: usize = 19;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The part that is paused or goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    All,
    /// An inbox, by its id.
    Inbox(String),
    /// A conversation.
    Conversation(ThreadId),
}

/// A text that names nothing that could be paused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write `all`, `inbox/ID` such as `inbox/481939`, or the id of a conversation")]
pub struct InvalidScope;

impl FromStr for Scope {
    type Err = InvalidScope;

    fn from_str(text: &str) -> Result<Scope, InvalidScope> {
        let text = text.trim();
        if text.eq_ignore_ascii_case(ALL) {
            return Ok(Scope::All);
        }
        if let Some(id) = text.strip_prefix("inbox/") {
            let is_id = (1..=INBOX_ID_MAX).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
            return is_id.then(|| Scope::Inbox(id.to_owned())).ok_or(InvalidScope);
        }
        text.parse().map(Scope::Conversation).map_err(|_| InvalidScope)
    }
}

impl Scope {
    /// The name in the store.
    pub fn name(&self) -> String {
        match self {
            Scope::All => ALL.to_owned(),
            Scope::Inbox(id) => inbox_scope(id),
            Scope::Conversation(id) => thread_scope(id.as_str()),
        }
    }
}

/// The state of the autopilot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OperatorStatus {
    /// The paused parts: `all`, `inbox/ID`, `thread/ID`.
    pub paused: Vec<String>,
    /// Conversations that wait for an answer.
    pub waiting: i64,
    /// Conversations at which every attempt failed: a person has to answer.
    pub given_up: i64,
    /// The outcomes of today's messages (UTC).
    pub today: Vec<OutcomeCount>,
}

/// The outcomes of messages, by kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutcomeCount {
    /// The day (UTC), such as `2026-11-30`.
    pub day: String,
    /// The inbox.
    pub inbox: String,
    /// `answered`, `drafted`, `silent`, `handed_over`, `turn` for the tokens of a brain, or `lead` for values of contacts.
    pub outcome: String,
    /// The reason.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The messages.
    pub messages: i64,
    /// The seconds from a message to its outcome, on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// The tokens.
    pub tokens: i64,
}

/// The memory of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Remembered {
    /// The conversation.
    pub conversation_id: String,
    /// Its contact.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub contact_id: String,
    /// Its inbox.
    pub inbox: String,
    /// The time of the last change.
    pub changed_at: String,
    /// The memory.
    pub memory: ConversationMemory,
}

/// A question without a good answer. Its text stands in HubSpot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnansweredQuestion {
    /// The conversation in which it was asked last.
    pub conversation_id: String,
    /// The message.
    pub message_id: String,
    /// The times that it was asked.
    pub asked: i64,
    /// The last time.
    pub last_at: String,
}

/// Says how it stands.
pub async fn status(store: &Store) -> Result<OperatorStatus, Error> {
    let paused = store.autopilot_pauses().await?.into_iter().map(|switch| switch.scope).collect();
    let (waiting, given_up) = store.waiting_conversations().await?;
    let today = store.autopilot_counts(1).await?.iter().map(line).collect();
    Ok(OperatorStatus { paused, waiting, given_up, today })
}

/// Pauses, or goes on.
pub async fn switch(store: &Store, scope: &Scope, paused: bool) -> Result<(), Error> {
    store.switch_autopilot(&scope.name(), paused).await
}

/// Reads the memory of a conversation; `None` if there is none.
pub async fn conversation(store: &Store, id: &str) -> Result<Option<Remembered>, Error> {
    Ok(store.autopilot_thread(id).await?.map(remembered))
}

/// The questions without a good answer.
pub async fn unanswered(store: &Store, limit: u32) -> Result<Vec<UnansweredQuestion>, Error> {
    let questions = store.unanswered(limit).await?.into_iter();
    let question = questions.map(|question| UnansweredQuestion {
        conversation_id: question.thread,
        message_id: question.message,
        asked: question.asked,
        last_at: moment(question.at_ms),
    });
    Ok(question.collect())
}

/// The outcomes of the messages of the last so many days.
pub async fn report(store: &Store, days: u32) -> Result<Vec<OutcomeCount>, Error> {
    Ok(store.autopilot_counts(days).await?.iter().map(line).collect())
}

/// A page of everything that is remembered: the conversations behind this id.
pub async fn export(store: &Store, after: &str) -> Result<Vec<Remembered>, Error> {
    Ok(store.autopilot_threads_after(after).await?.into_iter().map(remembered).collect())
}

fn remembered(row: ThreadRow) -> Remembered {
    Remembered {
        conversation_id: row.thread,
        contact_id: row.contact,
        inbox: row.inbox,
        changed_at: moment(row.touched_ms),
        // What a newer program has stored is read as far as it is known.
        memory: serde_json::from_str(&row.state).unwrap_or_default(),
    }
}

fn line(count: &Count) -> OutcomeCount {
    let day = DateTime::<Utc>::from_timestamp(count.day * DAY_SECONDS, 0).unwrap_or_default();
    let is_timed = count.messages > 0 && count.outcome != record::LEAD;
    let seconds = is_timed.then(|| count.wait_ms as f64 / 1_000.0 / count.messages as f64);
    OutcomeCount {
        day: day.format("%Y-%m-%d").to_string(),
        inbox: count.inbox.clone(),
        outcome: count.outcome.clone(),
        reason: count.reason.clone(),
        messages: count.messages,
        seconds: seconds.map(|seconds| (seconds * 10.0).round() / 10.0),
        tokens: count.tokens,
    }
}

fn moment(ms: i64) -> String {
    let at = DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_named_in_words() {
        for (text, name) in [
            ("all", Some("all")),
            (" ALL ", Some("all")),
            ("inbox/481939", Some("inbox/481939")),
            ("9000000001", Some("thread/9000000001")),
            ("inbox/", None),
            ("inbox/a", None),
            ("everything", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<Scope>().ok().map(|scope| scope.name()).as_deref(), name, "{text}");
        }
    }
}
