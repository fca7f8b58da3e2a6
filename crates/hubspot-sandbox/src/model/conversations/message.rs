//! Messages of a thread: those that people write, and those that record a change of the thread.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::actor::ActorId;
use super::channel::{ChannelId, DeliveryIdentifier};
use super::status::Status;
use super::truncation::Truncation;
use crate::clock::Ms;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Message {
    /// 32 hexadecimal digits
    pub(crate) id: String,
    pub(crate) created_ms: Ms,
    pub(crate) created_by: ActorId,
    pub(crate) client: Client,
    #[serde(default)]
    pub(crate) senders: Vec<Party>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) recipients: Vec<Party>,
    pub(crate) content: Content,
    /// The app's own id of a message that it has published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) idempotency_id: Option<String>,
}

/// The program that a message was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Client {
    /// HubSpot's own screens.
    Hubspot,
    /// The app with this id.
    Integration(u64),
    System,
}

/// A sender or a recipient.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Party {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) actor_id: Option<ActorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// `TO`, `CC` or `BCC` of an e-mail's recipient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recipient_field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery_identifier: Option<DeliveryIdentifier>,
}

/// The content of HubSpot's six types of messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub(crate) enum Content {
    Message(ChannelMessage),
    /// A note that only agents see.
    Comment {
        #[serde(flatten)]
        body: Body,
    },
    /// The greeting of a chat.
    WelcomeMessage {
        text: String,
        channel_id: ChannelId,
        channel_account_id: u64,
    },
    Assignment {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assigned_to: Option<ActorId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assigned_from: Option<ActorId>,
    },
    ThreadStatusChange {
        new_status: Status,
    },
    ThreadInboxChange {
        from_inbox_id: u64,
        to_inbox_id: u64,
    },
}

/// A message that went over a channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChannelMessage {
    #[serde(flatten)]
    pub(crate) body: Body,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    #[serde(default)]
    pub(crate) truncation_status: Truncation,
    /// Text and HTML before the truncation; `None`: nothing was truncated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) original: Option<Original>,
    pub(crate) delivery: Delivery,
    pub(crate) direction: Direction,
    pub(crate) channel_id: ChannelId,
    pub(crate) channel_account_id: u64,
}

/// The text of a message, and what is attached to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    pub(crate) text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rich_text: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<Attachment>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Original {
    pub(crate) text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rich_text: Option<String>,
}

/// Part of a message beside its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Attachment {
    /// A file of the account, by its id.
    File(u64),
    /// Another attachment of HubSpot's, as it was sent.
    Other(Value),
}

/// The fate of a message, with the reason of a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Delivery {
    Sent,
    Received,
    /// The app of a custom channel says that it was read.
    Read,
    Failed(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Direction {
    Incoming,
    Outgoing,
}

impl Message {
    pub(crate) fn is_incoming(&self) -> bool {
        self.channel_message().is_some_and(|message| message.direction == Direction::Incoming)
    }

    /// Changes the message that went over a channel, if it is one.
    pub(crate) fn change_channel_message(&mut self, change: impl FnOnce(&mut ChannelMessage)) {
        if let Content::Message(message) = &mut self.content {
            change(message);
        }
    }

    /// Returns the message that went over a channel, if it is one.
    pub(crate) fn channel_message(&self) -> Option<&ChannelMessage> {
        match &self.content {
            Content::Message(message) => Some(message),
            _ => None,
        }
    }
}

impl Content {
    /// Returns the type as HubSpot names it.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Content::Message(_) => "MESSAGE",
            Content::Comment { .. } => "COMMENT",
            Content::WelcomeMessage { .. } => "WELCOME_MESSAGE",
            Content::Assignment { .. } => "ASSIGNMENT",
            Content::ThreadStatusChange { .. } => "THREAD_STATUS_CHANGE",
            Content::ThreadInboxChange { .. } => "THREAD_INBOX_CHANGE",
        }
    }
}

impl Party {
    pub(crate) fn actor(actor_id: ActorId) -> Party {
        Party { actor_id: Some(actor_id), ..Party::default() }
    }
}
