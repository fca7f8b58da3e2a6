//! The changes of a custom channel that HubSpot tells its app of.

use crate::model::conversations::channel::{ChannelId, DeliveryIdentifier};

/// A change, which goes to the channel's webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChannelChange {
    pub(crate) channel_id: ChannelId,
    pub(crate) kind: ChannelChangeKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ChannelChangeKind {
    /// Somebody in HubSpot wrote to the visitor.
    Message {
        thread_id: u64,
        message_id: String,
    },
    Account {
        event: AccountEvent,
        account_id: u64,
        address: Option<DeliveryIdentifier>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountEvent {
    Created,
    Updated,
    Purged,
}

impl AccountEvent {
    /// Returns the type as HubSpot names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            AccountEvent::Created => "CHANNEL_ACCOUNT_CREATED",
            AccountEvent::Updated => "CHANNEL_ACCOUNT_UPDATED",
            AccountEvent::Purged => "CHANNEL_ACCOUNT_PURGED",
        }
    }
}
