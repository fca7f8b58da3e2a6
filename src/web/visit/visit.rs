//! One conversation of a visitor with the page: what its screens are shown, and what waits to be answered.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SecondsFormat, Utc};
use tokio::sync::watch;
use tokio::time::Instant;

use super::event::{From, VisitEvent, VisitMessage, VisitState, With};
use super::incoming::Incoming;
use super::log::Log;
use crate::chat::language::Language;
use crate::chat::turn::Chat;
use crate::tool::caller::Caller;

/// Messages that wait to be answered.
const WAITING_MAX: usize = 10;
/// The bytes that a visitor may write in one conversation.
const WRITTEN_BYTES_MAX: usize = 256 * 1024;
/// The bytes of a conversation in which nobody has said anything, about: what its brain, its stream and its places take.
pub const RESTING_BYTES: usize = 32 * 1024;
/// The screens of one conversation that are told at once; the oldest makes way.
const STREAMS_MAX: usize = 6;

/// A conversation. It is shared by its screens, and by the task that answers.
#[derive(Debug)]
pub struct Visit {
    /// The public id, by which webhooks name it; it opens nothing.
    pub conversation: String,
    /// The id that the program which began it knows it by.
    pub reference: Option<String>,
    /// The party that has begun it.
    pub owner: VisitOwner,
    /// The visitor has proved who they are.
    pub verified: bool,
    inner: Mutex<Inner>,
    /// Counts changes, of which the screens are told.
    changed: watch::Sender<u64>,
}

#[derive(Debug)]
struct Inner {
    log: Log,
    state: VisitState,
    waiting: VecDeque<Incoming>,
    /// The bytes of what the conversation remembered when it was last put back.
    remembered: usize,
    /// The conversation, unless a task answers in it.
    chat: Option<Box<Chat>>,
    language: Language,
    written: usize,
    used: Instant,
    streams: VecDeque<u64>,
    streams_opened: u64,
}

/// The party that has a conversation, which counts for its limits.
#[derive(Clone, Debug, PartialEq)]
pub enum VisitOwner {
    /// A visitor at this address.
    Address(IpAddr),
    /// A member of staff, with the rights that their token had.
    Staff(Box<Caller>),
}

/// The reason why a message is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageRejected {
    /// The conversation has ended.
    Ended,
    /// Too many messages wait for their answers.
    TooMany,
    /// The conversation has become too long.
    TooLong,
}

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedMessage {
    /// Its number in the conversation.
    pub number: u64,
    /// It had been taken before.
    pub already: bool,
}

impl Inner {
    fn taken(&self, said: &VisitMessage) -> Result<Option<AcceptedMessage>, MessageRejected> {
        if let Some(number) = said.id.as_deref().and_then(|id| self.log.number_of(id)) {
            return Ok(Some(AcceptedMessage { number, already: true }));
        }
        match () {
            () if self.state.ended => Err(MessageRejected::Ended),
            () if self.waiting.len() >= WAITING_MAX => Err(MessageRejected::TooMany),
            () if self.written + said.bytes() > WRITTEN_BYTES_MAX => Err(MessageRejected::TooLong),
            () => Ok(None),
        }
    }
}

impl Visit {
    /// A conversation that begins with what the desk says.
    pub fn new(beginning: Beginning, chat: Chat, now: DateTime<Utc>) -> Visit {
        let Beginning { conversation, reference, owner, verified, language, greeting, state } = beginning;
        let mut log = Log::default();
        log.add(From::Desk, greeting, moment(now));
        let inner = Inner {
            log,
            state,
            waiting: VecDeque::new(),
            remembered: chat.bytes(),
            chat: Some(Box::new(chat)),
            language,
            written: 0,
            used: Instant::now(),
            streams: VecDeque::new(),
            streams_opened: 0,
        };
        let changed = watch::Sender::new(0);
        Visit { conversation, reference, owner, verified, inner: Mutex::new(inner), changed }
    }

    /// The message, if it was taken before; `None` for one that can be taken now.
    ///
    /// # Errors
    /// [`MessageRejected`].
    pub fn taken(&self, said: &VisitMessage) -> Result<Option<AcceptedMessage>, MessageRejected> {
        self.inner().taken(said)
    }

    /// Takes a message of the visitor, once however often it is sent. What was sent is shown at once; an answer follows.
    ///
    /// # Errors
    /// [`MessageRejected`].
    pub fn take(
        &self,
        said: VisitMessage,
        incoming: Incoming,
        now: DateTime<Utc>,
    ) -> Result<AcceptedMessage, MessageRejected> {
        let mut inner = self.inner();
        if let Some(taken) = inner.taken(&said)? {
            return Ok(taken);
        }
        inner.written += said.bytes();
        inner.used = Instant::now();
        let number = inner.log.add(From::Visitor, said, moment(now)).number;
        inner.waiting.push_back(incoming);
        drop(inner);
        self.tell();
        Ok(AcceptedMessage { number, already: false })
    }

    /// Shows a message.
    pub fn say(&self, from: From, said: VisitMessage, now: DateTime<Utc>) -> Arc<VisitEvent> {
        let event = self.inner().log.add(from, said, moment(now));
        self.tell();
        event
    }

    /// Changes the state.
    pub fn change(&self, change: impl FnOnce(&mut VisitState)) {
        change(&mut self.inner().state);
        self.tell();
    }

    /// The state.
    pub fn state(&self) -> VisitState {
        self.inner().state.clone()
    }

    /// The messages after a number, at most so many.
    pub fn after(&self, number: u64, events_max: usize) -> Vec<Arc<VisitEvent>> {
        self.inner().log.after(number, events_max)
    }

    /// The number of the newest message.
    pub fn newest(&self) -> u64 {
        self.inner().log.newest()
    }

    /// The language in which the visitor is spoken to.
    pub fn language(&self) -> Language {
        self.inner().language
    }

    /// Notes the language that the visitor turned out to speak.
    pub fn speak(&self, language: Language) {
        self.inner().language = language;
    }

    /// Changes from now on.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Ends it: nothing more is taken. The screens are told.
    pub fn end(&self) {
        self.change(|state| {
            state.ended = true;
            state.working = false;
        });
    }

    /// True once it has ended.
    pub fn has_ended(&self) -> bool {
        self.inner().state.ended
    }

    /// Takes the conversation out, to answer in it; `None` while another task has it.
    pub fn take_chat(&self) -> Option<Box<Chat>> {
        self.inner().chat.take()
    }

    /// Puts the conversation back, unless something waits to be answered.
    ///
    /// # Errors
    /// The conversation, and something does.
    pub fn put_back(&self, chat: Box<Chat>) -> Result<(), Box<Chat>> {
        let mut inner = self.inner();
        if !inner.waiting.is_empty() {
            return Err(chat);
        }
        inner.remembered = chat.bytes();
        inner.chat = Some(chat);
        Ok(())
    }

    /// The bytes that it holds in memory, about; files that wait for their person are among them.
    pub fn bytes(&self) -> usize {
        let inner = self.inner();
        let waiting: usize = inner.waiting.iter().map(Incoming::bytes).sum();
        RESTING_BYTES + inner.log.bytes() + inner.remembered + waiting
    }

    /// True while it is being answered.
    pub fn is_at_work(&self) -> bool {
        let inner = self.inner();
        !inner.state.ended && (inner.chat.is_none() || !inner.waiting.is_empty())
    }

    /// The next message that waits to be answered.
    pub fn next_waiting(&self) -> Option<Incoming> {
        self.inner().waiting.pop_front()
    }

    /// Opens a screen; its number. Of too many, the oldest is closed.
    pub fn open_stream(&self) -> u64 {
        let mut inner = self.inner();
        inner.streams_opened += 1;
        let number = inner.streams_opened;
        inner.streams.push_back(number);
        if inner.streams.len() > STREAMS_MAX {
            inner.streams.pop_front();
            drop(inner);
            self.tell();
        }
        number
    }

    /// True while a screen is open.
    pub fn is_stream_open(&self, number: u64) -> bool {
        self.inner().streams.contains(&number)
    }

    /// Closes a screen.
    pub fn close_stream(&self, number: u64) {
        let mut inner = self.inner();
        inner.streams.retain(|open| *open != number);
        inner.used = Instant::now();
    }

    /// The seconds since somebody used it; 0 while a screen is open.
    pub fn idle_seconds(&self) -> u64 {
        let inner = self.inner();
        if inner.streams.is_empty() { inner.used.elapsed().as_secs() } else { 0 }
    }

    /// Notes that somebody uses it.
    pub fn is_used(&self) {
        self.inner().used = Instant::now();
    }

    /// True if a member of staff has begun it.
    pub fn is_of_staff(&self) -> bool {
        matches!(self.owner, VisitOwner::Staff(_))
    }

    /// True while a person has it, or is waited for.
    pub fn is_with_person(&self) -> bool {
        self.inner().state.with != With::Desk
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The beginning of a conversation.
#[derive(Debug)]
pub struct Beginning {
    /// The public id.
    pub conversation: String,
    /// The id that the program which begins it knows it by.
    pub reference: Option<String>,
    /// The party that begins it.
    pub owner: VisitOwner,
    /// The visitor has proved who they are.
    pub verified: bool,
    /// The language in which they are spoken to.
    pub language: Language,
    /// The first words of the desk.
    pub greeting: VisitMessage,
    /// The state.
    pub state: VisitState,
}

/// A time as messages show it.
pub fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
