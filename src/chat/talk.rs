//! The state of a conversation that lasts from turn to turn.

use super::brain::{Done, Reply};
use super::claims;
use super::conversation::Conversation;
use super::guardrails::Guardrails;
use super::hand_over::Pending;
use super::language::Language;
use super::limits::Limits;
use super::links::Hosts;
use super::visitor::Visitor;
use super::with_person::WithPerson;

/// The writes of a conversation on which later replies may rest.
const DEEDS_MAX: usize = 50;

/// What is known in a conversation, whichever brain answers.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) visitor: Visitor,
    pub(super) conversation: Conversation,
    pub(super) prompt: String,
    /// Whom visitors meet whom nobody knows.
    pub(super) representative: Option<String>,
    pub(super) limits: Limits,
    pub(super) guardrails: Guardrails,
    /// What earlier turns have written, the latest last.
    pub(super) deeds: Vec<Done>,
    pub(super) hosts: Hosts,
    pub(super) language: Language,
    /// The language that the visitor has settled on, once one was told.
    pub(super) spoken: Option<Language>,
    pub(super) hand_over: Pending,
    /// The person who answers in the place of a brain.
    pub(super) person: Option<WithPerson>,
    /// The choices of the last reply.
    pub(super) offered: Vec<String>,
}

impl Talk {
    /// The words of the choice whose number a message is, else its own.
    pub(super) fn meant<'a>(&'a self, message: &'a str) -> &'a str {
        let number: Option<usize> = message.trim().trim_end_matches('.').parse().ok();
        let picked = number.and_then(|number| self.offered.get(number.checked_sub(1)?));
        picked.map_or(message, String::as_str)
    }

    /// Takes in the calls and the reply of a turn.
    pub(super) fn learn(&mut self, done: &[Done], reply: &Reply) {
        self.guardrails.learn(done, &reply.text, self.visitor.now());
        self.hosts.learn(done);
        let is_deed = |done: &&Done| done.answer.is_ok() && claims::is_write(&done.call.tool);
        self.deeds.extend(done.iter().filter(is_deed).cloned());
        self.deeds.drain(..self.deeds.len().saturating_sub(DEEDS_MAX));
    }

    /// The hosts that may be named, with those of the calls of this turn.
    pub(super) fn hosts_of(&self, done: &[Done]) -> Hosts {
        let mut hosts = self.hosts.clone();
        hosts.learn(done);
        hosts
    }
}
