//! A conversation as decisions see it: who wrote or did what, in its order, as plain data.

use std::collections::HashSet;

use crate::conversations::author::{self, Author};
use crate::conversations::message_view::AttachmentView;
use crate::conversations::{channel, markup};
use hubspot_client::{ActorKind, Message, MessageKind, ThreadStatus};

use super::mail_text;

/// The channel of HubSpot's forms: what comes by it is answered like a mail.
const FORM: &str = "1003";

/// A message, a comment or an event of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadEntry {
    /// Id of the message in HubSpot.
    pub id: String,
    /// HubSpot's time of it, in unix milliseconds.
    pub at_ms: i64,
    /// Author, by their role in the conversation.
    pub who: Who,
    /// Text, assignment or change of status.
    pub what: What,
}

/// The author of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The visitor or sender who wrote to the company.
    Customer,
    /// This autopilot, or another process of the same app.
    Ours,
    /// A person who works in HubSpot.
    Person,
    /// HubSpot's own customer agent.
    Assistant,
    /// A bot of a chatflow, another app, or HubSpot itself.
    Program,
}

/// The content of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Words from or to the customer.
    Said(EntryText),
    /// A comment for colleagues.
    Note(String),
    /// The conversation was assigned to this actor, or to nobody.
    Assigned(Option<String>),
    /// It was closed.
    Closed,
    /// An entry that decides nothing, such as a system message.
    Other,
}

/// Words from or to the customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryText {
    /// The plain text; of a mail without what it quotes.
    pub text: String,
    /// The names and kinds of files.
    pub files: Vec<AttachmentView>,
    /// It came as a mail or by a form: people expect no answer within seconds.
    pub is_mail: bool,
    /// The address of the sender, where it is known.
    pub address: Option<String>,
    /// The sender, by HubSpot's id of actors.
    pub actor: Option<String>,
    /// The subject of a mail.
    pub subject: Option<String>,
}

impl ThreadEntry {
    /// The entries of these messages. `ours` are the ids of the messages that this server has sent.
    pub fn all(messages: &[Message], ours: &HashSet<String>) -> Vec<ThreadEntry> {
        messages.iter().map(|message| ThreadEntry::of(message, ours.contains(&message.id))).collect()
    }

    fn of(message: &Message, is_ours: bool) -> ThreadEntry {
        let at_ms = message.created_at.map_or(0, |at| at.timestamp_millis());
        let kind = message.sender.as_ref().map(|sender| sender.kind());
        let who = match author::of(message) {
            _ if is_ours => Who::Ours,
            Author::Customer => Who::Customer,
            Author::Agent => Who::Person,
            Author::Bot if kind == Some(ActorKind::Llm) => Who::Assistant,
            Author::Bot | Author::System => Who::Program,
        };
        let what = match &message.kind {
            MessageKind::Message => What::Said(EntryText::of(message)),
            MessageKind::Comment => What::Note(plain(message)),
            MessageKind::Assignment(to) => What::Assigned(to.as_ref().map(|to| to.as_str().to_owned())),
            MessageKind::StatusChange(ThreadStatus::Closed) => What::Closed,
            _ => What::Other,
        };
        ThreadEntry { id: message.id.clone(), at_ms, who, what }
    }

    /// The words, if the customer is among their readers or writers.
    pub fn words(&self) -> Option<&EntryText> {
        match &self.what {
            What::Said(words) => Some(words),
            _ => None,
        }
    }

    /// Text of the entry, if the customer wrote it.
    pub fn customers_words(&self) -> Option<&EntryText> {
        self.words().filter(|_| self.who == Who::Customer)
    }
}

impl EntryText {
    fn of(message: &Message) -> EntryText {
        let is_mail = matches!(message.channel_id.as_deref(), Some(channel::EMAIL | FORM));
        let text = plain(message);
        let sender = message.sender.as_ref().and_then(|sender| sender.address());
        let address = message.sender_address.as_ref().filter(|address| address.value.contains('@'));
        EntryText {
            text: if is_mail { mail_text::own_part(&text) } else { text },
            files: AttachmentView::all_of(message),
            is_mail,
            actor: message.sender.as_ref().map(|sender| sender.as_str().to_owned()),
            address: sender.map(str::to_owned).or_else(|| address.map(|address| address.value.clone())),
            subject: message.subject.clone(),
        }
    }

    /// Nothing was written, and files came.
    pub fn is_files_alone(&self) -> bool {
        self.text.trim().is_empty() && !self.files.is_empty()
    }

    /// The text as a brain reads it: files are named, since nothing here opens them.
    pub fn with_files(&self) -> String {
        let files = self.files.iter().map(|file| {
            let name = file.name.as_deref().map(|name| format!(": {name}")).unwrap_or_default();
            format!("[attachment, {}{name}]", file.kind)
        });
        let text = Some(self.text.trim().to_owned()).filter(|text| !text.is_empty());
        text.into_iter().chain(files).collect::<Vec<_>>().join("\n")
    }
}

fn plain(message: &Message) -> String {
    markup::plain(message.text.as_deref(), message.rich_text.as_deref())
}
