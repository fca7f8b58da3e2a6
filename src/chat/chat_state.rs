//! The state of a conversation that lasts from turn to turn.

use std::sync::Arc;

use super::brain::{FinishedCall, Reply};
use super::claims;
use super::conversation::Conversation;
use super::guardrails::Guardrails;
use super::handoff_relay::HandoffRelay;
use super::handoff_request::Pending;
use super::language::{Language, Vocabulary};
use super::limits::TurnLimits;
use super::links::Hosts;
use super::visitor::Visitor;

/// The writes of a conversation on which later replies may rest.
const DEEDS_MAX: usize = 50;

/// What is known in a conversation, whichever brain answers.
#[derive(Debug)]
pub(super) struct ChatState {
    pub(super) visitor: Visitor,
    pub(super) conversation: Conversation,
    pub(super) prompt: Arc<str>,
    /// Whom visitors meet whom nobody knows.
    pub(super) representative: Option<String>,
    /// Another way to turn to the company, where the operator has named one.
    pub(super) other_way: Option<String>,
    /// Their time zone, by its name, where it is known.
    pub(super) time_zone: Option<String>,
    pub(super) limits: TurnLimits,
    pub(super) guardrails: Guardrails,
    /// What earlier turns have written, the latest last.
    pub(super) deeds: Vec<FinishedCall>,
    pub(super) hosts: Hosts,
    pub(super) language: Language,
    /// That of visitors of whom none is known.
    pub(super) usual: Language,
    /// The words of the graph's samples, by which the language of a short message is told.
    pub(super) vocabulary: Arc<Vocabulary>,
    /// The language that the visitor has settled on, once one was told.
    pub(super) spoken: Option<Language>,
    pub(super) hand_over: Pending,
    /// The conversation itself goes to a person: whoever holds it does that, and no tool.
    pub(super) at_once: bool,
    /// The person who answers in the place of a brain.
    pub(super) person: Option<HandoffRelay>,
    /// The choices of the last reply.
    pub(super) offered: Vec<String>,
}

impl ChatState {
    /// The bytes that a long conversation holds, about: its messages, and what its writes were answered.
    pub(super) fn bytes(&self) -> usize {
        self.conversation.bytes() + self.deeds.iter().map(FinishedCall::bytes).sum::<usize>()
    }

    /// The words of the choice whose number a message is, else its own.
    pub(super) fn meant<'a>(&'a self, message: &'a str) -> &'a str {
        let number: Option<usize> = message.trim().trim_end_matches('.').parse().ok();
        let picked = number.and_then(|number| self.offered.get(number.checked_sub(1)?));
        picked.map_or(message, String::as_str)
    }

    /// The texts of the messages so far, oldest first.
    pub(super) fn texts(&self) -> Vec<String> {
        self.conversation.messages().map(|message| message.text.clone()).collect()
    }

    /// Takes in the message, the calls and the reply of a turn, to which what a model says and calls later is held. What is done
    /// by rules needs none of it.
    pub(super) fn learn(&mut self, message: &str, done: &[FinishedCall], reply: &Reply) {
        let said: Vec<String> = self.texts().into_iter().chain([message.to_owned()]).collect();
        self.guardrails.learn(done, &reply.text, &said, &self.prompt, self.visitor.now());
        self.hosts.learn(done);
        let is_made = |done: &FinishedCall| done.answer.as_ref().is_ok_and(|answer| !claims::is_planned(answer));
        let is_deed = |done: &&FinishedCall| is_made(done) && claims::is_write(&done.call.tool);
        self.deeds.extend(done.iter().filter(is_deed).cloned());
        self.deeds.drain(..self.deeds.len().saturating_sub(DEEDS_MAX));
    }

    /// The hosts that may be named, with those of the calls of this turn.
    pub(super) fn hosts_of(&self, done: &[FinishedCall]) -> Hosts {
        let mut hosts = self.hosts.clone();
        hosts.learn(done);
        hosts
    }
}
