//! A message that a visitor writes.

use serde::{Deserialize, Serialize, Serializer};

use super::attached_file::AttachedFile;
use super::lenient_id;
use crate::model::conversations::channel::{ChannelId, EMAIL, FORMS, LIVE_CHAT};

/// A message from a visitor: into a thread that exists, or into a new one.
///
/// As JSON (`POST /__sandbox/conversations/visitor-messages`): `{"channel": "chat", "text": "Hello"}`; every other
/// field may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VisitorMessage {
    /// Channel that the message comes over.
    pub channel: VisitorChannel,
    /// Thread that the visitor goes on with. `None`: a new one.
    #[serde(deserialize_with = "lenient_id::optional")]
    pub thread: Option<u64>,
    /// Inbox of a new thread. `None`: the first one that has the channel.
    #[serde(deserialize_with = "lenient_id::optional")]
    pub inbox: Option<u64>,
    /// Contact who writes.
    #[serde(deserialize_with = "lenient_id::optional")]
    pub contact: Option<u64>,
    /// Address of the visitor, who is the contact with this address if there is one.
    pub email: Option<String>,
    /// Name of a visitor who is no contact.
    pub name: Option<String>,
    /// Ticket that a new thread is associated with.
    #[serde(deserialize_with = "lenient_id::optional")]
    pub ticket: Option<u64>,
    /// Subject of an e-mail.
    pub subject: Option<String>,
    /// Message as plain text.
    pub text: String,
    /// HTML; made from the text if `None`.
    pub rich_text: Option<String>,
    /// Files that come with the message.
    pub attachments: Vec<AttachedFile>,
}

/// The channels over which visitors write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitorChannel {
    /// The live chat of a website.
    #[default]
    Chat,
    /// E-mail to the mailbox of an inbox.
    Email,
    /// A form of a website.
    Form,
}

/// The place of a message that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrittenMessage {
    /// Thread that the message is in.
    #[serde(serialize_with = "as_text")]
    pub thread_id: u64,
    /// Message, by 32 hexadecimal digits.
    pub message_id: String,
}

/// Writes an id as text, as HubSpot's API does.
fn as_text<S: Serializer>(id: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

impl VisitorMessage {
    /// Creates a chat message in a new thread, from a visitor without a name.
    pub fn chat(text: &str) -> VisitorMessage {
        VisitorMessage { text: text.to_owned(), ..VisitorMessage::default() }
    }

    /// Creates an e-mail in a new thread.
    pub fn email(from: &str, subject: &str, text: &str) -> VisitorMessage {
        VisitorMessage {
            channel: VisitorChannel::Email,
            email: Some(from.to_owned()),
            subject: Some(subject.to_owned()),
            ..VisitorMessage::chat(text)
        }
    }

    /// Lets the message be in a thread that exists.
    pub fn in_thread(self, thread: u64) -> VisitorMessage {
        VisitorMessage { thread: Some(thread), ..self }
    }
}

impl VisitorChannel {
    pub(crate) fn id(self) -> ChannelId {
        match self {
            VisitorChannel::Chat => LIVE_CHAT,
            VisitorChannel::Email => EMAIL,
            VisitorChannel::Form => FORMS,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            VisitorChannel::Chat => "chat",
            VisitorChannel::Email => "email",
            VisitorChannel::Form => "form",
        }
    }
}
