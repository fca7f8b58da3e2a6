//! Takes in events: stores each once, makes its conversation due, confirms our own messages and erases what HubSpot erased,
//! all in one transaction. What was answered by "taken in" survives a crash.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::Store;
use super::conversations::{self, Debounce, NewMessage};
use super::database::{Database, Writing};
use super::erasure::{self, Erasure};
use super::error::Error;
use super::events::{self, RecordedEvent};
use super::outbox;

/// An event that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Event to be stored.
    pub event: RecordedEvent,
    /// Effect of the event beside being stored.
    pub effect: IntakeEffect,
}

/// Effect of a stored event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntakeEffect {
    /// It is stored.
    None,
    /// It is a message that may want an answer: its conversation is due.
    Due,
    /// The event erases rows of a contact or a conversation.
    Erases(Erasure),
}

/// Outcome of storing an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrivalOutcome {
    /// It was not known.
    New,
    /// It was stored before, by this way or another.
    Repeated,
    /// It belongs to what was erased, and is not stored.
    Erased,
}

impl Store {
    /// Takes in these events: all of them, or on an error none. The outcomes are in their order.
    pub async fn take_in(&self, arrivals: Vec<Arrival>, debounce: Debounce) -> Result<Vec<ArrivalOutcome>, Error> {
        self.run(move |database| async move { take_in(&database, &arrivals, debounce).await }).await
    }
}

async fn take_in(
    database: &Database,
    arrivals: &[Arrival],
    debounce: Debounce,
) -> Result<Vec<ArrivalOutcome>, sqlx::Error> {
    let mut writing = database.begin().await?;
    let Erased { keys: erased, threads } = erased_of(&mut writing, arrivals).await?;
    let kept: Vec<_> = arrivals.iter().filter(|arrival| !erased.contains(arrival.event.key.as_str())).collect();
    let events: Vec<_> = kept.iter().map(|arrival| &arrival.event).collect();
    let mut new = events::insert(&mut writing, &events).await?;
    let news: Vec<_> = kept.into_iter().filter(|arrival| new.contains(&arrival.event.key)).collect();
    make_due(&mut writing, &news, debounce).await?;
    erasure::note_contacts(&mut writing, &contacts(arrivals, &erased)).await?;
    let erasures = news.iter().filter_map(|arrival| arrival.erasure().cloned());
    let erasures: BTreeSet<_> = erasures.chain(threads.into_iter().map(Erasure::Conversation)).collect();
    for erasure in &erasures {
        erasure::erase(&mut writing, erasure).await?;
    }
    writing.commit().await?;
    let outcome = |arrival: &Arrival| match &arrival.event.key {
        key if erased.contains(key.as_str()) => ArrivalOutcome::Erased,
        // The first of two with one key is new, the second a repeat.
        key if new.remove(key) => ArrivalOutcome::New,
        _ => ArrivalOutcome::Repeated,
    };
    Ok(arrivals.iter().map(outcome).collect())
}

impl Arrival {
    fn erasure(&self) -> Option<&Erasure> {
        match &self.effect {
            IntakeEffect::Erases(erasure) => Some(erasure),
            IntakeEffect::None | IntakeEffect::Due => None,
        }
    }
}

/// Whose the conversations are, as far as these events tell: HubSpot's webhooks of messages do not.
fn contacts<'a>(arrivals: &'a [Arrival], erased: &HashSet<&str>) -> BTreeMap<&'a str, &'a str> {
    let events = arrivals.iter().map(|arrival| &arrival.event).filter(|event| !erased.contains(event.key.as_str()));
    let told = events.filter(|event| !event.thread.is_empty() && !event.contact.is_empty());
    told.map(|event| (event.thread.as_str(), event.contact.as_str())).collect()
}

/// What belongs to an erased contact or conversation.
struct Erased<'a> {
    /// The keys of events.
    keys: HashSet<&'a str>,
    /// Conversations of which it is only told now that they are an erased contact's.
    threads: BTreeSet<String>,
}

async fn erased_of<'a>(writing: &mut Writing, arrivals: &'a [Arrival]) -> Result<Erased<'a>, sqlx::Error> {
    let subjects: Vec<_> = arrivals.iter().map(|arrival| (subjects_of(&arrival.event), &arrival.event.key)).collect();
    let asked: HashSet<_> = subjects.iter().flat_map(|(subjects, _)| subjects).collect();
    let erased = erasure::erased_of(writing, &asked.into_iter().collect::<Vec<_>>()).await?;
    let is_erased = |subjects: &[Erasure]| subjects.iter().any(|subject| erased.contains(subject));
    let keys = subjects.iter().filter(|(subjects, _)| is_erased(subjects)).map(|(_, key)| key.as_str());
    let threads = subjects.iter().filter_map(|(subjects, _)| match &subjects[..] {
        [thread @ Erasure::Conversation(id), contact] if erased.contains(contact) && !erased.contains(thread) => {
            Some(id.clone())
        }
        _ => None,
    });
    Ok(Erased { keys: keys.collect(), threads: threads.collect() })
}

/// The conversation and the contact of an event.
fn subjects_of(event: &RecordedEvent) -> Vec<Erasure> {
    let thread = (!event.thread.is_empty()).then(|| Erasure::Conversation(event.thread.clone()));
    let contact = (!event.contact.is_empty()).then(|| Erasure::Contact(event.contact.clone()));
    thread.into_iter().chain(contact).collect()
}

async fn make_due(writing: &mut Writing, news: &[&Arrival], debounce: Debounce) -> Result<(), sqlx::Error> {
    let messages: Vec<_> = news.iter().map(|arrival| arrival.event.message.as_str()).collect();
    let messages: Vec<_> = messages.into_iter().filter(|message| !message.is_empty()).collect();
    let ours = outbox::confirm(writing, &messages).await?;
    let due = news.iter().filter(|arrival| arrival.effect == IntakeEffect::Due);
    let due = due.map(|arrival| &arrival.event).filter(|event| !ours.contains(&event.message));
    let due: Vec<_> = due
        .map(|event| NewMessage {
            thread: &event.thread,
            contact: &event.contact,
            message: &event.message,
            occurred_ms: event.occurred_ms,
        })
        .collect();
    conversations::make_due(writing, &due, debounce).await
}
