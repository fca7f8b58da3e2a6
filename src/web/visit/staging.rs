//! The part of a conversation that replicas share: what is staged until it is stored, and what another replica has stored.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use super::event::{ConversationEvent, From, VisitMessage, VisitState, With};
use super::incoming::Incoming;
use super::kept::KeptVisit;
use super::log::Log;
use super::sharing::{self, Found};
use super::visit::{CutOff, Visit, moment};
use crate::chat::turn::Chat;

/// A part of a conversation that is about to be stored.
#[derive(Debug)]
pub struct Snapshot {
    /// The conversation.
    pub kept: KeptVisit,
    /// A turn goes on.
    pub is_in_turn: bool,
    staged: usize,
}

impl Visit {
    /// The conversation as it is to be stored: with what is staged, unless a part of that is still to come, and with one
    /// more message of the visitor.
    pub fn snapshot(&self, more: Option<(&VisitMessage, &Arc<Incoming>, DateTime<Utc>)>) -> Option<Snapshot> {
        let inner = self.inner();
        let mut log = Log::of(inner.log.events());
        let mut staged = 0;
        if !inner.collects {
            staged = inner.staged.len();
            inner.staged.iter().for_each(|happening| drop(log.take_in(happening)));
        }
        let mut waiting: Vec<_> = inner.begun.iter().chain(&inner.waiting).cloned().collect();
        let mut written = inner.written;
        if let Some((said, incoming, now)) = more {
            log.add(From::Visitor, said.clone(), moment(now));
            waiting.push(incoming.clone());
            written += said.bytes();
        }
        let working = !waiting.is_empty() && inner.state.with == With::Desk;
        let kept = KeptVisit {
            conversation: self.conversation.clone(),
            reference: self.reference.clone(),
            owner: self.owner.kept(),
            verified: self.verified,
            began: self.began.clone(),
            language: inner.language,
            events: log.events(),
            state: VisitState { working, ..inner.state.clone() },
            waiting,
            is_unclear: inner.cut_off == Some(CutOff::Unclear),
            written,
            chat: inner.memory.clone()?,
        };
        Some(Snapshot { kept, is_in_turn: inner.begun.is_some(), staged })
    }

    /// The same with all that is staged, also where a part of it will never come.
    pub fn snapshot_of_all(&self) -> Option<Snapshot> {
        self.inner().collects = false;
        self.snapshot(None)
    }

    /// Shows what was stored.
    pub fn stored(&self, snapshot: &Snapshot) {
        let mut inner = self.inner();
        let staged = snapshot.staged.min(inner.staged.len());
        let staged: Vec<_> = inner.staged.drain(..staged).collect();
        for happening in &staged {
            let told = inner.log.take_in(happening);
            inner.untold.push(told);
        }
        drop(inner);
        self.tell();
    }

    /// What was shown and programs are still to be told of, once.
    pub fn take_untold(&self) -> Vec<ConversationEvent> {
        std::mem::take(&mut self.inner().untold)
    }

    /// Shows what another replica has stored, which answers from now on.
    pub fn show(&self, kept: KeptVisit) {
        let mut inner = self.inner();
        inner.lose();
        inner.log = Log::of(kept.events);
        (inner.state, inner.language, inner.written) = (kept.state, kept.language, kept.written);
        inner.memory = Some(kept.chat);
        drop(inner);
        self.tell();
    }

    /// Has what another replica has stored wait here; it is answered once this one has the conversation.
    pub fn expect(&self, found: &Found) {
        let mut inner = self.inner();
        inner.waiting = found.kept.waiting.iter().cloned().collect();
        let is_unclear = found.kept.is_unclear || found.row.wrote;
        let cut_off = if is_unclear { CutOff::Unclear } else { CutOff::Harmless };
        inner.cut_off = (!inner.waiting.is_empty()).then_some(cut_off);
    }

    /// True if this replica may take it over: no task of it is still about to learn that it has lost it.
    pub fn may_own(&self) -> bool {
        self.inner().tasks == 0
    }

    /// Notes that a task which answered has ended.
    pub fn is_left(&self) {
        self.inner().tasks -= 1;
    }

    /// Answers from now on, with the desk as it was found.
    pub fn own(&self, chat: Chat) {
        let mut inner = self.inner();
        inner.remembered = chat.bytes();
        inner.chat = Some(Box::new(chat));
        inner.is_own = true;
    }

    /// Answers no more: another replica does. What was not stored is dropped.
    pub fn lose(&self) {
        self.inner().lose();
        self.tell();
    }

    /// The end of the turn whose message is answered now, if that was cut off before.
    pub fn cut_off(&self) -> Option<CutOff> {
        self.inner().cut_off
    }

    /// From now on a part of what is staged is still to come.
    pub fn collect(&self) {
        self.inner().collects = true;
    }

    /// All that is staged may be stored, with what the desk remembers then; false if there is nothing to store.
    pub fn is_collected(&self, chat: &Chat) -> bool {
        let memory = self.shared.is_some().then(|| sharing::memory(chat));
        let mut inner = self.inner();
        let text = |memory: &Option<Arc<RawValue>>| memory.as_ref().map(|memory| memory.get().to_owned());
        let is_new = inner.begun.is_some() || !inner.staged.is_empty() || text(&inner.memory) != text(&memory);
        if inner.is_own {
            (inner.collects, inner.begun, inner.cut_off, inner.memory) = (false, None, None, memory);
        }
        is_new
    }
}
