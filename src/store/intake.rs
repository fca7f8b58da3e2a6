//! Takes in events: stores each once, makes its conversation due, confirms our own messages and erases what HubSpot erased,
//! all in one transaction. What was answered by "taken in" survives a crash.

use std::collections::{BTreeSet, HashSet};

use super::Store;
use super::conversations::{self, Debounce, NewMessage};
use super::database::{Database, Writing};
use super::error::Error;
use super::events::{self, Event};
use super::outbox;
use super::privacy::{self, Erasure};

/// An event that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The event.
    pub event: Event,
    /// The way in which it matters beside being stored.
    pub effect: Effect,
}

/// The way in which an event matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is stored.
    None,
    /// It is a message that may want an answer: its conversation is due.
    Due,
    /// It erases.
    Erases(Erasure),
}

/// The outcome of an arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intake {
    /// It was not known.
    New,
    /// It was stored before, by this way or another.
    Repeated,
    /// It belongs to what was erased, and is not stored.
    Erased,
}

impl Store {
    /// Takes in these events: all of them, or on an error none. The outcomes are in their order.
    pub async fn take_in(&self, arrivals: Vec<Arrival>, debounce: Debounce) -> Result<Vec<Intake>, Error> {
        self.run(move |database| async move { take_in(&database, &arrivals, debounce).await }).await
    }
}

async fn take_in(database: &Database, arrivals: &[Arrival], debounce: Debounce) -> Result<Vec<Intake>, sqlx::Error> {
    let mut writing = database.begin().await?;
    let erased = erased_keys(&mut writing, arrivals).await?;
    let kept: Vec<_> = arrivals.iter().filter(|arrival| !erased.contains(arrival.event.key.as_str())).collect();
    let events: Vec<_> = kept.iter().map(|arrival| &arrival.event).collect();
    let mut new = events::insert(&mut writing, &events).await?;
    let news: Vec<_> = kept.into_iter().filter(|arrival| new.contains(&arrival.event.key)).collect();
    make_due(&mut writing, &news, debounce).await?;
    let erasures: BTreeSet<_> = news.iter().filter_map(|arrival| arrival.erasure()).collect();
    for erasure in erasures {
        privacy::erase(&mut writing, erasure).await?;
    }
    writing.commit().await?;
    let outcome = |arrival: &Arrival| match &arrival.event.key {
        key if erased.contains(key.as_str()) => Intake::Erased,
        // The first of two with one key is new, the second a repeat.
        key if new.remove(key) => Intake::New,
        _ => Intake::Repeated,
    };
    Ok(arrivals.iter().map(outcome).collect())
}

impl Arrival {
    fn erasure(&self) -> Option<&Erasure> {
        match &self.effect {
            Effect::Erases(erasure) => Some(erasure),
            Effect::None | Effect::Due => None,
        }
    }
}

/// The keys of events that belong to what was erased.
async fn erased_keys<'a>(writing: &mut Writing, arrivals: &'a [Arrival]) -> Result<HashSet<&'a str>, sqlx::Error> {
    let subjects: Vec<_> = arrivals.iter().map(|arrival| (subjects_of(&arrival.event), &arrival.event.key)).collect();
    let asked: HashSet<_> = subjects.iter().flat_map(|(subjects, _)| subjects).collect();
    let erased = privacy::erased_of(writing, &asked.into_iter().collect::<Vec<_>>()).await?;
    let is_erased = |subjects: &[Erasure]| subjects.iter().any(|subject| erased.contains(subject));
    Ok(subjects.iter().filter(|(subjects, _)| is_erased(subjects)).map(|(_, key)| key.as_str()).collect())
}

/// The conversation and the contact of an event.
fn subjects_of(event: &Event) -> Vec<Erasure> {
    let thread = (!event.thread.is_empty()).then(|| Erasure::Conversation(event.thread.clone()));
    let contact = (!event.contact.is_empty()).then(|| Erasure::Contact(event.contact.clone()));
    thread.into_iter().chain(contact).collect()
}

async fn make_due(writing: &mut Writing, news: &[&Arrival], debounce: Debounce) -> Result<(), sqlx::Error> {
    let messages: Vec<_> = news.iter().map(|arrival| arrival.event.message.as_str()).collect();
    let messages: Vec<_> = messages.into_iter().filter(|message| !message.is_empty()).collect();
    let ours = outbox::confirm(writing, &messages).await?;
    let due = news.iter().filter(|arrival| arrival.effect == Effect::Due);
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
