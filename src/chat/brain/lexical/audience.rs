//! The people whom a conversation is with, by which some things are offered and others are not.

use std::collections::BTreeSet;

use super::intents::Intents;
use super::state::{LexicalChoice, Means};
use crate::chat::language::Language;
use crate::chat::texts::staff;

/// The people whom a conversation is with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Audience {
    /// Customers: a person is always offered.
    #[default]
    Customers,
    /// Staff, who are the people, with the tools that are open to their token.
    Staff(BTreeSet<String>),
}

impl Audience {
    /// True for staff.
    pub(super) fn is_staff(&self) -> bool {
        matches!(self, Audience::Staff(_))
    }

    /// True for an intent of which everything may be done.
    pub(super) fn may_follow(&self, intents: &Intents, intent: &str) -> bool {
        match self {
            Audience::Customers => true,
            Audience::Staff(open) => intents.tools(intent).iter().all(|tool| open.contains(*tool)),
        }
    }

    /// True for a choice that is offered.
    pub(super) fn is_offered(&self, intents: &Intents, choice: &LexicalChoice) -> bool {
        match &choice.means {
            Means::Person => !self.is_staff(),
            Means::Intent(intent) => self.may_follow(intents, intent),
            _ => true,
        }
    }

    /// The sentence of what the token of staff may not do, by the names of the buttons that are missing; `None` if it may do
    /// everything.
    pub(super) fn missing_rights(&self, intents: &Intents, offered: &[String], language: Language) -> Option<String> {
        let closed = offered.iter().filter(|intent| !self.may_follow(intents, intent));
        let names: Vec<_> = closed.map(|intent| intents.label(intent, language)).collect();
        let named = || staff::MISSING_RIGHTS.with(language, &[("names", &names.join(", "))]);
        (!names.is_empty()).then(named)
    }
}
