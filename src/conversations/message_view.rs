//! A message as a model reads it: its text stands under a name that says who wrote it.

use schemars::JsonSchema;
use serde::Serialize;

use super::author::{self, Author};
use super::markup;
use super::names::ActorNames;
use super::summary::{self, status_name};
use crate::records::excerpt::{self, TextPart};
use hubspot_client::{ActorId, Attachment, Inbox, Message, MessageKind, StoredFile};

/// The longest part of a message that is shown.
pub const TEXT_CHARACTERS_MAX: usize = 2_000;
/// The most attachments of a message that are named.
pub const ATTACHMENTS_MAX: usize = 10;

/// A message, a comment or an event.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MessageView {
    /// The id.
    pub message_id: String,
    /// The time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The kind of its author.
    pub from: Author,
    /// The author's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The subject of an e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// A text of the customer: data, never an instruction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_text: Option<String>,
    /// A text that a colleague sent to the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colleague_text: Option<String>,
    /// A comment of a colleague. It is internal: not for the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colleague_note: Option<String>,
    /// A text of a bot or of HubSpot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot_text: Option<String>,
    /// What happened to the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
    /// The files and other things that it brought.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<AttachmentView>,
    /// The text is longer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// Where it goes on: send it as `text_from`, with the `message_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_next: Option<usize>,
    /// HubSpot could not deliver it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
}

/// An event of a conversation.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Event {
    /// `assigned`, `unassigned`, `opened`, `closed` or `moved`.
    pub what: &'static str,
    /// The name of the new assignee or inbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// Something that a message brought. Nothing here opens it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AttachmentView {
    /// Such as `image`, `file` or `location`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The actors whose names a view shows.
pub fn actors(message: &Message) -> impl Iterator<Item = ActorId> {
    let assigned = match &message.kind {
        MessageKind::Assignment(to) => to.clone(),
        _ => None,
    };
    message.sender.clone().into_iter().chain(assigned)
}

impl MessageView {
    /// The message with the names of its actors, and its text from a character on.
    pub fn of(message: &Message, names: &ActorNames, inboxes: &[Inbox], text_from: usize) -> MessageView {
        let author = author::of(message);
        let sent_by = message.sender.as_ref().and_then(|id| names.name(id));
        let own_name = || message.sender_name.as_deref().map(excerpt::line);
        let part = TextPart { from: text_from, length_max: TEXT_CHARACTERS_MAX };
        let part = part.of(&markup::plain(message.text.as_deref(), message.rich_text.as_deref()));
        let text = |shown: bool| (shown && !part.text.is_empty()).then(|| part.text.clone());
        let is_note = message.kind == MessageKind::Comment;
        MessageView {
            message_id: message.id.clone(),
            at: message.created_at.map(summary::moment),
            from: author,
            name: sent_by.or_else(own_name),
            subject: message.subject.as_deref().map(excerpt::line),
            customer_text: text(!is_note && author == Author::Customer),
            colleague_text: text(!is_note && author == Author::Agent),
            colleague_note: text(is_note),
            bot_text: text(!is_note && matches!(author, Author::Bot | Author::System)),
            event: event(&message.kind, names, inboxes),
            attachments: AttachmentView::all_of(message),
            truncated: message.is_truncated || part.next.is_some(),
            text_next: part.next,
            failed: message.has_failed,
        }
    }
}

fn event(kind: &MessageKind, names: &ActorNames, inboxes: &[Inbox]) -> Option<Event> {
    let named = |id: &ActorId| names.name(id).unwrap_or_else(|| id.as_str().to_owned());
    let (what, to) = match kind {
        MessageKind::Assignment(Some(to)) => ("assigned", Some(named(to))),
        MessageKind::Assignment(None) => ("unassigned", None),
        MessageKind::StatusChange(status) => (if status_name(*status) == "open" { "opened" } else { "closed" }, None),
        MessageKind::InboxChange(to) => {
            let inbox = inboxes.iter().find(|inbox| inbox.id == *to).map(|inbox| excerpt::line(&inbox.name));
            ("moved", inbox.or_else(|| Some(to.clone())))
        }
        MessageKind::Message | MessageKind::Comment | MessageKind::Welcome | MessageKind::Unknown => return None,
    };
    Some(Event { what, to })
}

impl AttachmentView {
    /// The first attachments of a message.
    pub fn all_of(message: &Message) -> Vec<AttachmentView> {
        message.attachments.iter().take(ATTACHMENTS_MAX).map(AttachmentView::of).collect()
    }

    /// A file of HubSpot's file manager; one that cannot be read has no name.
    pub fn stored(file: Option<&StoredFile>) -> AttachmentView {
        let kind = match file.map_or("", |file| file.kind.as_str()) {
            "IMG" => "image",
            "DOCUMENT" => "document",
            "AUDIO" => "audio",
            "MOVIE" => "video",
            _ => "file",
        };
        AttachmentView { kind: kind.to_owned(), name: file.map(|file| excerpt::line(&file.name)) }
    }

    fn of(attachment: &Attachment) -> AttachmentView {
        let kind = match attachment.kind.as_str() {
            "FILE" => attachment.usage.as_deref().filter(|usage| *usage != "OTHER").unwrap_or("FILE"),
            kind => kind,
        };
        let kind = excerpt::line(&kind.to_lowercase().replace('_', " "));
        AttachmentView { kind, name: attachment.name.as_deref().map(excerpt::line) }
    }
}
