//! Threads: the conversation with one visitor, and its messages in the order of their arrival.

use serde::{Deserialize, Serialize};

use super::actor::ActorId;
use super::channel::{ChannelAccount, ChannelId, DeliveryIdentifier};
use super::hex_id::hex_id;
use super::message::{Direction, Message, Party};
use super::status::Status;
use crate::clock::Ms;

/// Time after which HubSpot removes an archived thread for good.
const TRASH_MS: Ms = 30 * 24 * 3_600_000;
/// Kind of the ids of chat visitors.
const VISITOR_KIND: u64 = 2;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Thread {
    pub(crate) id: u64,
    pub(crate) created_ms: Ms,
    #[serde(default)]
    pub(crate) status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) closed_ms: Option<Ms>,
    /// Channel and channel account of the first message.
    pub(crate) channel_id: ChannelId,
    pub(crate) channel_account_id: u64,
    pub(crate) inbox_id: u64,
    /// A contact, or a visitor who is not one yet.
    pub(crate) contact_id: u64,
    /// The app's id of the conversation, in a custom channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) integration_thread: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ticket_id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_to: Option<ActorId>,
    #[serde(default)]
    pub(crate) spam: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) archived_ms: Option<Ms>,
    /// The visitor left the chat.
    #[serde(default)]
    pub(crate) departed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) latest_ms: Option<Ms>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) latest_sent_ms: Option<Ms>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) latest_received_ms: Option<Ms>,
    #[serde(default)]
    pub(crate) messages: Vec<Message>,
}

impl Thread {
    /// An open thread that nobody has written in, over a channel's account.
    pub(crate) fn begun(id: u64, created_ms: Ms, account: &ChannelAccount, contact_id: u64) -> Thread {
        Thread {
            id,
            created_ms,
            status: Status::Open,
            closed_ms: None,
            channel_id: account.channel_id,
            channel_account_id: account.id,
            inbox_id: account.inbox_id,
            contact_id,
            integration_thread: None,
            ticket_id: None,
            assigned_to: None,
            spam: false,
            archived_ms: None,
            departed: false,
            latest_ms: None,
            latest_sent_ms: None,
            latest_received_ms: None,
            messages: vec![],
        }
    }

    pub(crate) fn is_archived(&self) -> bool {
        self.archived_ms.is_some()
    }

    /// Says that the thread was in the trash for so long that HubSpot no longer has it.
    pub(crate) fn is_purged(&self, now_ms: Ms) -> bool {
        self.archived_ms.is_some_and(|at_ms| now_ms.saturating_sub(at_ms) > TRASH_MS)
    }

    pub(crate) fn message(&self, id: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id)
    }

    /// Returns the address of the visitor within the live chat.
    pub(crate) fn chat_address(&self) -> DeliveryIdentifier {
        DeliveryIdentifier::opaque(hex_id(VISITOR_KIND, self.id))
    }

    /// Returns the visitor as a recipient in a custom channel: whoever wrote last.
    pub(crate) fn last_sender(&self) -> Option<&Party> {
        let incoming = self.messages.iter().rev().find(|message| message.is_incoming());
        incoming.and_then(|message| message.senders.first())
    }

    /// Adds a message and moves the times of the latest messages. `all_count`: messages count that nobody sent or
    /// received, too.
    pub(crate) fn append(&mut self, message: Message, all_count: bool) {
        let (at_ms, direction) = (Some(message.created_ms), message.channel_message().map(|message| message.direction));
        match direction {
            Some(Direction::Incoming) => self.latest_received_ms = at_ms,
            Some(Direction::Outgoing) => self.latest_sent_ms = at_ms,
            None => {}
        }
        if direction.is_some() || all_count {
            self.latest_ms = at_ms;
        }
        self.messages.push(message);
    }
}
