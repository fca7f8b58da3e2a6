//! The loop that carries a message out once: it is noted, sent, and its end noted; an equal one of which nobody knows the
//! end is looked for first. What is noted in the store is seen by every process.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::clock::Clock;
use tokio::time::sleep;

use super::decision::{
    AfterTry, ArrivedMessage, LATE_MAX, OutboxDecision, Repeats, Resend, SendRules, TryOutcome, after_try, decide,
    is_open, next_name, result_of,
};
use crate::store::outbox::{NewReply, OutboxBegin, OutboxReply, ReplyEnd, ReplyKind};
use crate::store::{self, Store};

/// Rounds for one message: names that others take at the same time, and looks for one that another call sends, of which each
/// takes two rounds under a given name.
const ROUNDS_MAX: usize = 16;
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
    /// The way in which it is sent again if nobody knows its end.
    pub resend: Resend,
}

/// A message with the place that it is written into: the effects of the loop.
pub trait OutboxMessage: Sync {
    /// HubSpot's answer.
    type Sent: Send;
    /// The failures of the place and of the store.
    type Error: From<store::Error> + Send;

    /// Reads what HubSpot has with the words of this message, oldest first, without what is known as another message.
    fn arrived(&self) -> impl Future<Output = Result<Vec<ArrivedMessage>, Self::Error>> + Send;

    /// Sends it under the key of its note; HubSpot's id of it, and its answer.
    fn send(&self, key: &str) -> impl Future<Output = Result<(String, Self::Sent), Self::Error>> + Send;

    /// True for an error after which HubSpot may have taken it.
    fn is_unclear(error: &Self::Error) -> bool;

    /// The error for a refusal that does not tell what became of an earlier try.
    fn in_doubt(refusal: Self::Error) -> Self::Error;
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
    /// Another call sends the message of this key at this moment.
    UnderWay(String),
    /// The message of this note is sent again.
    Again(OutboxReply),
    /// It can be sent: notes of which nothing came are removed.
    Free,
}

/// The memory of a call between its rounds.
#[derive(Default)]
struct Rounds {
    /// The keys of messages that other calls were seen to send.
    watched: BTreeSet<String>,
    /// The note under the name that was taken in the round before.
    taken: Option<OutboxReply>,
    /// Counted names that are passed over: they belong to messages long before, of more than the store lists.
    skipped: u64,
}

impl Rounds {
    /// Learns whose a name is that was taken: it is listed now if another call has begun the same at this moment.
    fn learn(&mut self, notes: &[OutboxReply]) {
        match self.taken.take() {
            Some(taken) if notes.iter().any(|note| note.key == taken.key) => drop(self.watched.insert(taken.key)),
            Some(_) => self.skipped = self.skipped * 2 + 1,
            None => {}
        }
    }

    async fn watch(&mut self, key: String) {
        self.watched.insert(key);
        sleep(LOOK_PAUSE).await;
    }
}

/// Sends a message, unless it was sent before or may still arrive.
pub async fn send_once<M: OutboxMessage>(
    outbox: (&Store, Clock),
    entry: &OutboxEntry,
    message: &M,
) -> Result<SendOutcome<M::Sent>, M::Error> {
    let (store, mut rounds) = (outbox.0, Rounds::default());
    for _ in 0..ROUNDS_MAX {
        let notes = match &entry.name {
            // Its note tells when it is begun.
            NoteName::Given(_) => rounds.taken.iter().cloned().collect(),
            NoteName::Counted(_) => entry.equal(store).await?,
        };
        rounds.learn(&notes);
        match settled(outbox, entry, message, (&notes, &rounds.watched)).await? {
            Settled::Done(outcome) => return Ok(outcome),
            Settled::Again(note) => return tried(store, &note.key, message, Some(&note)).await,
            Settled::UnderWay(key) => {
                rounds.watch(key).await;
                continue;
            }
            Settled::Free => {}
        }
        let key = match &entry.name {
            NoteName::Given(key) => key.clone(),
            NoteName::Counted(beginning) => next_name(beginning, &notes, rounds.skipped),
        };
        match store.begin_reply(entry.note(key.clone())).await? {
            OutboxBegin::First => return tried(store, &key, message, None).await,
            OutboxBegin::Lost => return Ok(SendOutcome::Lost),
            OutboxBegin::Before(note) => rounds.taken = Some(note),
        }
    }
    Ok(SendOutcome::Unknown)
}

/// The outcome of an equal message of an earlier call; `None` if there is none, nothing came of it, or it is to be sent again.
pub async fn earlier<M: OutboxMessage>(
    outbox: (&Store, Clock),
    entry: &OutboxEntry,
    message: &M,
) -> Result<Option<SendOutcome<M::Sent>>, M::Error> {
    let mut rounds = Rounds::default();
    for _ in 0..ROUNDS_MAX {
        let notes = entry.equal(outbox.0).await?;
        match settled(outbox, entry, message, (&notes, &rounds.watched)).await? {
            Settled::Done(outcome) => return Ok(Some(outcome)),
            Settled::UnderWay(key) => rounds.watch(key).await,
            Settled::Again(_) | Settled::Free => return Ok(None),
        }
    }
    Ok(Some(SendOutcome::Unknown))
}

/// Looks for each of these messages, whose end nobody knows, among what a look has found for it, and notes what is there.
/// True if something was. `arrived` gets the ids that are known as other messages.
pub async fn settle_found(
    store: &Store,
    open: impl Iterator<Item = &OutboxReply>,
    mut others: Vec<String>,
    arrived: impl Fn(&OutboxReply, &[String]) -> Vec<ArrivedMessage>,
) -> Result<bool, store::Error> {
    let mut found_some = false;
    for note in open {
        let arrived = arrived(note, &others);
        let Some(found) = result_of(note, &arrived) else { continue };
        others.push(found.id.clone());
        store.end_reply(&note.key, ReplyEnd::Sent { message: found.id.clone() }).await?;
        found_some = true;
    }
    Ok(found_some)
}

/// Acts on the decision about these notes, short of sending.
async fn settled<M: OutboxMessage>(
    (store, clock): (&Store, Clock),
    entry: &OutboxEntry,
    message: &M,
    (notes, watched): (&[OutboxReply], &BTreeSet<String>),
) -> Result<Settled<M::Sent>, M::Error> {
    // HubSpot itself finds one that it takes for its id.
    let is_looked_for = entry.resend != Resend::ById && notes.iter().any(is_open);
    let arrived = if is_looked_for { message.arrived().await? } else { vec![] };
    let rules = SendRules { repeats: entry.repeats, resend: entry.resend, watched };
    match decide(notes, &arrived, rules, clock.now().timestamp_millis()) {
        OutboxDecision::Found { key, message, at_ms, is_noted } => {
            if !is_noted {
                note_end(store, &key, ReplyEnd::Sent { message: message.clone() }).await;
            }
            Ok(Settled::Done(SendOutcome::Before { message, at_ms, recovered: !is_noted }))
        }
        OutboxDecision::Wait { key, left, is_under_way } => {
            let is_young = left + UNDER_WAY_MAX > LATE_MAX;
            let waits = is_under_way && is_young && entry.fence.is_none();
            Ok(if waits { Settled::UnderWay(key) } else { Settled::Done(SendOutcome::Unknown) })
        }
        OutboxDecision::Again { key } => {
            let note = notes.iter().find(|note| note.key == key);
            Ok(note.map_or(Settled::Free, |note| Settled::Again(note.clone())))
        }
        OutboxDecision::Undecided => Ok(Settled::Done(SendOutcome::Unknown)),
        OutboxDecision::Send { lapsed } => {
            for key in &lapsed {
                note_end(store, key, ReplyEnd::Lapsed).await;
            }
            Ok(Settled::Free)
        }
    }
}

/// Sends what is noted, and notes its end; `before` is the note of an earlier try. A caller that leaves half-way leaves a note
/// without an end.
async fn tried<M: OutboxMessage>(
    store: &Store,
    key: &str,
    message: &M,
    before: Option<&OutboxReply>,
) -> Result<SendOutcome<M::Sent>, M::Error> {
    let sent = message.send(key).await;
    let outcome = match &sent {
        Ok((id, _)) => TryOutcome::Taken(id.clone()),
        Err(error) if M::is_unclear(error) => TryOutcome::Unclear,
        Err(_) => TryOutcome::Refused,
    };
    match after_try(outcome, before.is_none()) {
        AfterTry::Note(end) => note_end(store, key, end).await,
        AfterTry::Look => {
            // A look that fails finds nothing: the note stays as it is.
            let arrived = message.arrived().await.unwrap_or_default();
            if let Some(found) = before.and_then(|note| result_of(note, &arrived)) {
                note_end(store, key, ReplyEnd::Sent { message: found.id.clone() }).await;
                return Ok(SendOutcome::Before { message: found.id.clone(), at_ms: found.at_ms, recovered: true });
            }
            return sent.map(|(_, sent)| SendOutcome::Sent(sent)).map_err(M::in_doubt);
        }
    }
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
