//! One conversation of a visitor with the page: what its screens are shown, and what waits to be answered.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::watch;
use tokio::time::Instant;

use super::event::{ConversationEvent, From, Happening, VisitEvent, VisitMessage, VisitState, With};
use super::incoming::Incoming;
use super::kept::{self, Began, KeptOwner, KeptVisit};
use super::log::Log;
use super::sharing::{self, SharedPlace};
use crate::chat::language::Language;
use crate::chat::turn::Chat;
use crate::tool::caller::Caller;
use crate::tool::permissions::Permissions;

/// Messages that wait to be answered.
const WAITING_MAX: usize = 10;
/// The bytes that a visitor may write in one conversation.
const WRITTEN_BYTES_MAX: usize = 256 * 1024;
/// The bytes of a conversation in which nobody has said anything, about: what its brain, its stream and its places take.
pub const RESTING_BYTES: usize = 32 * 1024;
/// Factor by which a conversation that a person has may stay idle longer than others.
const PATIENCE_WITH_PERSON: u32 = 4;
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
    /// What the desk began it with.
    pub(super) began: Began,
    /// Its place in the store that replicas share, where they do.
    pub(super) shared: Option<SharedPlace>,
    inner: Mutex<Inner>,
    /// Counts changes, of which the screens are told.
    changed: watch::Sender<u64>,
}

/// What changes of a conversation. Kept behind its lock.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) log: Log,
    pub(super) state: VisitState,
    pub(super) waiting: VecDeque<Arc<Incoming>>,
    /// The message that is answered now.
    pub(super) begun: Option<Arc<Incoming>>,
    /// How the first message is answered whose turn was cut off at another replica.
    pub(super) cut_off: Option<CutOff>,
    /// What is shown once it is stored for all replicas.
    pub(super) staged: Vec<Happening>,
    /// What was shown, and programs are still to be told of.
    pub(super) untold: Vec<ConversationEvent>,
    /// A part of what is staged is still to come: none of it is stored.
    pub(super) collects: bool,
    /// The tasks that answer. One may still have to find that another replica has taken the conversation over.
    pub(super) tasks: usize,
    /// This replica answers; the others show what they find in the store.
    pub(super) is_own: bool,
    /// What the desk remembered when it was last put back, where it is stored.
    pub(super) memory: Option<Arc<RawValue>>,
    /// The bytes of what the conversation remembered when it was last put back.
    pub(super) remembered: usize,
    /// The conversation, unless a task answers in it.
    pub(super) chat: Option<Box<Chat>>,
    pub(super) language: Language,
    pub(super) written: usize,
    pub(super) used: Instant,
    pub(super) streams: VecDeque<u64>,
    pub(super) streams_opened: u64,
}

/// The end of a turn that was cut off at another replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutOff {
    /// It had written nothing: its message is heard again.
    Harmless,
    /// It may have written something: it is not repeated.
    Unclear,
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
    /// Nothing waits, and nobody answers.
    fn of(log: Log, state: VisitState, language: Language) -> Inner {
        Inner {
            log,
            state,
            waiting: VecDeque::new(),
            begun: None,
            cut_off: None,
            staged: vec![],
            untold: vec![],
            collects: false,
            tasks: 0,
            is_own: false,
            memory: None,
            remembered: 0,
            chat: None,
            language,
            written: 0,
            used: Instant::now(),
            streams: VecDeque::new(),
            streams_opened: 0,
        }
    }

    pub(super) fn lose(&mut self) {
        (self.is_own, self.chat, self.begun, self.cut_off, self.collects) = (false, None, None, None, false);
        self.waiting.clear();
        self.staged.clear();
    }

    fn note(&mut self, said: VisitMessage, incoming: Arc<Incoming>, now: DateTime<Utc>) -> AcceptedMessage {
        self.written += said.bytes();
        self.used = Instant::now();
        let number = self.log.add(From::Visitor, said, moment(now)).number;
        self.waiting.push_back(incoming);
        AcceptedMessage { number, already: false }
    }

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
    /// A conversation that begins with what the desk says. It is stored at its place, if it has one.
    pub fn new(beginning: Beginning, mut chat: Chat, now: DateTime<Utc>, shared: Option<SharedPlace>) -> Visit {
        let Beginning { conversation, reference, owner, verified, language, greeting, state, began } = beginning;
        let mut log = Log::default();
        log.add(From::Desk, greeting, moment(now));
        let memory = shared.as_ref().map(|place| {
            chat.guard(place.gate());
            sharing::memory(&chat)
        });
        let inner = Inner {
            remembered: chat.bytes(),
            chat: Some(Box::new(chat)),
            is_own: true,
            memory,
            ..Inner::of(log, state, language)
        };
        let changed = watch::Sender::new(0);
        Visit { conversation, reference, owner, verified, began, shared, inner: Mutex::new(inner), changed }
    }

    /// A conversation that another process has stored at this place. Nothing is answered in it before it is taken over.
    pub fn found(kept: KeptVisit, owner: VisitOwner, place: SharedPlace) -> Visit {
        let KeptVisit { conversation, reference, verified, began, language, events, state, written, chat, .. } = kept;
        let log = Log::of(events);
        let inner = Inner { written, memory: Some(chat), ..Inner::of(log, state, language) };
        let (inner, changed) = (Mutex::new(inner), watch::Sender::new(0));
        Visit { conversation, reference, owner, verified, began, shared: Some(place), inner, changed }
    }

    /// Its place in the store that replicas share, where they do.
    pub fn place(&self) -> Option<&SharedPlace> {
        self.shared.as_ref()
    }

    /// True while this process answers in it.
    pub fn is_own(&self) -> bool {
        self.inner().is_own
    }

    /// True if somebody has to go on: a message waits for its answer, or a person is listened to.
    pub fn is_unfinished(&self) -> bool {
        let inner = self.inner();
        !inner.state.ended && (inner.state.working || inner.state.with != With::Desk)
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
        let accepted = inner.note(said, Arc::new(incoming), now);
        drop(inner);
        self.tell();
        Ok(accepted)
    }

    /// Notes a message that can be taken.
    pub fn note(&self, said: VisitMessage, incoming: Arc<Incoming>, now: DateTime<Utc>) -> AcceptedMessage {
        let accepted = self.inner().note(said, incoming, now);
        self.tell();
        accepted
    }

    /// Shows what happened; what programs are told of it. Where replicas share the conversation, it is staged, and shown
    /// once it is stored.
    pub fn happened(&self, happening: Happening) -> Option<ConversationEvent> {
        let mut inner = self.inner();
        if self.shared.is_some() {
            if inner.is_own {
                inner.staged.push(happening);
            }
            return None;
        }
        let told = inner.log.take_in(&happening);
        drop(inner);
        self.tell();
        Some(told)
    }

    /// Changes the state.
    pub fn change(&self, change: impl FnOnce(&mut VisitState)) {
        change(&mut self.inner().state);
        self.tell();
    }

    /// Changes the state, while this process answers.
    pub fn change_own(&self, change: impl FnOnce(&mut VisitState)) {
        let mut inner = self.inner();
        if inner.is_own {
            change(&mut inner.state);
        }
        drop(inner);
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
        let mut inner = self.inner();
        let chat = inner.chat.take()?;
        inner.tasks += 1;
        Some(chat)
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
        if !inner.is_own {
            // Another replica has taken it over meanwhile.
            return Ok(());
        }
        inner.remembered = chat.bytes();
        inner.chat = Some(chat);
        Ok(())
    }

    /// The bytes that it holds in memory, about; files that wait for their person are among them.
    pub fn bytes(&self) -> usize {
        let inner = self.inner();
        let waiting: usize = inner.waiting.iter().map(|incoming| incoming.bytes()).sum();
        let memory = inner.memory.as_ref().map_or(0, |memory| memory.get().len());
        RESTING_BYTES + inner.log.bytes() + inner.remembered + memory + waiting
    }

    /// True while it is being answered.
    pub fn is_at_work(&self) -> bool {
        let inner = self.inner();
        inner.is_own && !inner.state.ended && (inner.chat.is_none() || !inner.waiting.is_empty())
    }

    /// The next message that waits to be answered.
    pub fn next_waiting(&self) -> Option<Arc<Incoming>> {
        let mut inner = self.inner();
        let next = inner.waiting.pop_front()?;
        (inner.begun, inner.collects) = (Some(next.clone()), true);
        Some(next)
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

    /// True unless the desk answers, as far as it is known here.
    pub fn may_be_with_person(&self) -> bool {
        self.is_with_person() || !self.is_own()
    }

    /// Factor of the time for which it may stay idle.
    pub fn patience(&self) -> u32 {
        if self.is_with_person() { PATIENCE_WITH_PERSON } else { 1 }
    }

    pub(super) fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
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
    /// What the desk begins it with.
    pub began: Began,
}

impl VisitOwner {
    /// The owner as it is stored.
    pub fn kept(&self) -> KeptOwner {
        match self {
            VisitOwner::Address(address) => KeptOwner::Address(*address),
            VisitOwner::Staff(caller) => {
                // Names and rights alone, which another release knows by the same words.
                let Permissions { read_only, tools, properties, .. } = &caller.permissions;
                KeptOwner::Staff(kept::digest(&json!([&*caller.id.0, read_only, tools, properties]).to_string()))
            }
        }
    }
}

/// A time as messages show it.
pub fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
