//! A message of a conversation, as every screen and program that follows it is shown.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The author of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// The visitor.
    Visitor,
    /// The desk: a program.
    Desk,
    /// A person of the company.
    Person,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitEvent {
    /// Its place in the conversation, from 1 on without a gap.
    pub number: u64,
    /// The time, in RFC 3339.
    pub at: String,
    /// The author.
    pub from: From,
    /// What is said.
    #[serde(flatten)]
    pub said: VisitMessage,
}

/// The content of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitMessage {
    /// The id that the visitor's program gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name of the person who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Plain text.
    pub text: String,
    /// The answers that can be picked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<QuickReply>,
    /// The names of the files that it brought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

/// An answer that can be picked: its label is sent as a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickReply {
    /// The text on its button.
    pub label: String,
    /// What it stands for, as programs read it: a start as `2026-12-01T13:00`, an intent by its name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// The one who answers at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum With {
    /// The desk.
    #[default]
    Desk,
    /// Nobody yet: a person is waited for.
    Waiting,
    /// A person.
    Person,
}

/// The state of a conversation: only the newest counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitState {
    /// The one who answers.
    pub with: With,
    /// Their name, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// An answer of the desk is on its way.
    pub working: bool,
    /// When people answer, as a sentence, where hours are set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// Nothing more is taken: begin another conversation.
    pub ended: bool,
}

/// Something that programs which follow a conversation are told.
#[derive(Clone, Debug)]
pub enum ConversationEvent {
    /// A person has the conversation now.
    Assigned(Option<String>),
    /// The desk or a person wrote.
    Message(Arc<VisitEvent>),
    /// A person has it no more, or it has ended altogether; by whom: `person`, `visitor` or `expiry`.
    Closed(&'static str),
}

/// The same before it is stored, and so without a number.
#[derive(Clone, Debug)]
pub enum Happening {
    /// A message, with its time.
    Message(From, VisitMessage, String),
    /// Something else.
    Other(ConversationEvent),
}

impl VisitMessage {
    /// A text and nothing else.
    pub fn text(text: impl Into<String>) -> VisitMessage {
        VisitMessage { text: text.into(), ..VisitMessage::default() }
    }

    /// The bytes of all texts, as they count against limits.
    pub fn bytes(&self) -> usize {
        let choices: usize = self.choices.iter().map(|choice| choice.label.len() + choice.detail.len()).sum();
        let names = self.files.iter().chain(&self.person).chain(&self.id).map(String::len).sum::<usize>();
        self.text.len() + choices + names
    }
}
