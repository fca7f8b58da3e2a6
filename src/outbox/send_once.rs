//! The loop that carries a message out once: it is noted, sent, and its end noted; an equal one of which nobody knows the
//! end is looked for first. What is noted in the store is seen by every process.

use std::time::Duration;

use domain::clock::Clock;
use tokio::time::sleep;

use super::decision::{ArrivedMessage, LATE_MAX, OutboxDecision, Repeats, decide, is_open};
use crate::store::outbox::{NewReply, OutboxBegin, OutboxReply, ReplyEnd, ReplyKind};
use crate::store::{self, Store};

/// Rounds for one message: names that others take at the same time, and looks for one that another call sends.
const ROUNDS_MAX: usize = 8;
/// The pause between two looks for a message that another call sends at this moment.
const LOOK_PAUSE: Duration = Duration::from_secs(1);
/// A sender that has noted no end after this has died, or waits for HubSpot.
const UNDER_WAY_MAX: Duration = Duration::from_secs(5);

/// The name under which a message is noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoteName {
    /// Key of the message: equal for repeats of it.
    Given(String),
    /// By how often the same words came before, behind this beginning.
    Counted(String),
}

/// A message as it is noted: no words of it.
#[derive(Clone, Debug)]
pub struct OutboxEntry {
    /// The name.
    pub name: NoteName,
    /// The conversation, or what stands for it.
    pub thread: String,
    /// The contact, or nothing.
    pub contact: String,
    /// The fence of the claim under which it is sent, if there is one.
    pub fence: Option<i64>,
    /// The kind.
    pub kind: ReplyKind,
    /// A digest of its words.
    pub digest: String,
    /// The time within which it is the same message again.
    pub repeats: Repeats,
    /// One that did not arrive in time may be sent again; else its note stays, and somebody else decides.
    pub may_be_sent_again: bool,
}

/// A message with the place that it is written into.
pub trait OutboxMessage: Sync {
    /// HubSpot's answer.
    type Sent: Send;
    /// The failures of the place and of the store.
    type Error: From<store::Error> + Send;

    /// Reads what HubSpot has with the words of this message, oldest first, without what is known as another message.
    fn arrived(&self) -> impl Future<Output = Result<Vec<ArrivedMessage>, Self::Error>> + Send;

    /// Sends it; HubSpot's id of it, and its answer.
    fn send(&self) -> impl Future<Output = Result<(String, Self::Sent), Self::Error>> + Send;

    /// True for an error after which HubSpot may have taken it.
    fn is_unclear(error: &Self::Error) -> bool;
}

/// The outcome of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome<S> {
    /// This call has sent it.
    Sent(S),
    /// HubSpot has it from an earlier call.
    Before {
        /// HubSpot's id.
        message: String,
        /// The time at which it was written, where a look has found it.
        at_ms: Option<i64>,
        /// It was found only now.
        recovered: bool,
    },
    /// An earlier one may still arrive, so nothing was sent.
    Unknown,
    /// The claim was lost, so nothing was sent.
    Lost,
}

/// The consequence of the notes of equal messages.
enum Settled<S> {
    /// It is decided.
    Done(SendOutcome<S>),
    /// Another call sends it at this moment.
    UnderWay,
    /// It can be sent. So many notes of earlier ones were removed, of which nothing came.
    Free { lapsed: usize },
}

/// Sends a message, unless it was sent before or may still arrive.
pub async fn send_once<M: OutboxMessage>(
    outbox: (&Store, Clock),
    entry: &OutboxEntry,
    message: &M,
) -> Result<SendOutcome<M::Sent>, M::Error> {
    let (store, _) = outbox;
    let (mut repeats, mut names_taken) = (entry.repeats, 0);
    for _ in 0..ROUNDS_MAX {
        let key = match &entry.name {
            NoteName::Given(key) => key.clone(),
            NoteName::Counted(beginning) => {
                let notes = entry.equal(store).await?;
                match settled(outbox, entry, message, (&notes, repeats)).await? {
                    Settled::Done(outcome) => return Ok(outcome),
                    Settled::UnderWay => {
                        repeats = repeats.of_one_under_way();
                        sleep(LOOK_PAUSE).await;
                        continue;
                    }
                    Settled::Free { lapsed } => format!("{beginning}/{}", notes.len() - lapsed + names_taken),
                }
            }
        };
        let before = match store.begin_reply(entry.note(key.clone())).await? {
            OutboxBegin::First => return sent(store, &key, message).await,
            OutboxBegin::Lost => return Ok(SendOutcome::Lost),
            OutboxBegin::Before(note) => [note],
        };
        // Under a counted name another call has begun the same at this moment.
        repeats = repeats.of_one_under_way();
        match settled(outbox, entry, message, (&before, repeats)).await? {
            Settled::Done(outcome) => return Ok(outcome),
            Settled::UnderWay => sleep(LOOK_PAUSE).await,
            // The name is that of a message long before, of more than the store lists.
            Settled::Free { lapsed } => names_taken += usize::from(lapsed == 0),
        }
    }
    Ok(SendOutcome::Unknown)
}

/// The outcome of an equal message of an earlier call; `None` if there is none, or nothing came of it.
pub async fn earlier<M: OutboxMessage>(
    outbox: (&Store, Clock),
    entry: &OutboxEntry,
    message: &M,
) -> Result<Option<SendOutcome<M::Sent>>, M::Error> {
    let mut repeats = entry.repeats;
    for _ in 0..ROUNDS_MAX {
        let notes = entry.equal(outbox.0).await?;
        match settled(outbox, entry, message, (&notes, repeats)).await? {
            Settled::Done(outcome) => return Ok(Some(outcome)),
            Settled::UnderWay => {
                repeats = repeats.of_one_under_way();
                sleep(LOOK_PAUSE).await;
            }
            Settled::Free { .. } => return Ok(None),
        }
    }
    Ok(Some(SendOutcome::Unknown))
}

/// Acts on the decision about these notes, short of sending.
async fn settled<M: OutboxMessage>(
    (store, clock): (&Store, Clock),
    entry: &OutboxEntry,
    message: &M,
    (notes, repeats): (&[OutboxReply], Repeats),
) -> Result<Settled<M::Sent>, M::Error> {
    let arrived = if notes.iter().any(is_open) { message.arrived().await? } else { vec![] };
    let now_ms = clock.now().timestamp_millis();
    match decide(notes, &arrived, repeats, now_ms) {
        OutboxDecision::Found { key, message, at_ms, is_noted } => {
            if !is_noted {
                note_end(store, &key, ReplyEnd::Sent { message: message.clone() }).await;
            }
            Ok(Settled::Done(SendOutcome::Before { message, at_ms, recovered: !is_noted }))
        }
        OutboxDecision::Wait { left, is_under_way } => {
            let is_young = left + UNDER_WAY_MAX > LATE_MAX;
            let waits = is_under_way && is_young && entry.fence.is_none();
            Ok(if waits { Settled::UnderWay } else { Settled::Done(SendOutcome::Unknown) })
        }
        OutboxDecision::Send { lapsed } if !lapsed.is_empty() && !entry.may_be_sent_again => {
            Ok(Settled::Done(SendOutcome::Unknown))
        }
        OutboxDecision::Send { lapsed } => {
            for key in &lapsed {
                note_end(store, key, ReplyEnd::NotSent).await;
            }
            Ok(Settled::Free { lapsed: lapsed.len() })
        }
    }
}

/// Sends what is noted, and notes its end. A caller that leaves half-way leaves a note without an end.
async fn sent<M: OutboxMessage>(store: &Store, key: &str, message: &M) -> Result<SendOutcome<M::Sent>, M::Error> {
    let sent = message.send().await;
    let end = match &sent {
        Ok((id, _)) => ReplyEnd::Sent { message: id.clone() },
        Err(error) if M::is_unclear(error) => ReplyEnd::Unclear,
        Err(_) => ReplyEnd::NotSent,
    };
    note_end(store, key, end).await;
    sent.map(|(_, sent)| SendOutcome::Sent(sent))
}

async fn note_end(store: &Store, key: &str, end: ReplyEnd) {
    if let Err(error) = store.end_reply(key, end).await {
        tracing::warn!(%error, "The end of a message could not be noted: it counts as unclear.");
    }
}

impl OutboxEntry {
    fn note(&self, key: String) -> NewReply {
        NewReply {
            key,
            thread: self.thread.clone(),
            contact: self.contact.clone(),
            fence: self.fence,
            kind: self.kind,
            digest: self.digest.clone(),
        }
    }

    /// The notes of the same message, or of the same words.
    async fn equal(&self, store: &Store) -> Result<Vec<OutboxReply>, store::Error> {
        let mut notes = store.replies(&self.thread).await?;
        notes.retain(|note| match &self.name {
            NoteName::Given(key) => note.key == *key,
            NoteName::Counted(_) => note.kind == self.kind && note.digest == self.digest,
        });
        Ok(notes)
    }
}
