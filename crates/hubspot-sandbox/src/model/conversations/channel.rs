//! Channels, which are the same in every account, and the channel accounts that connect them to an inbox.

use serde::{Deserialize, Serialize};

use crate::clock::Ms;

/// A channel, by HubSpot's id.
pub(crate) type ChannelId = u32;

pub(crate) const LIVE_CHAT: ChannelId = 1000;
pub(crate) const FB_MESSENGER: ChannelId = 1001;
pub(crate) const EMAIL: ChannelId = 1002;
pub(crate) const FORMS: ChannelId = 1003;
pub(crate) const WHATSAPP: ChannelId = 1007;

/// HubSpot's own channels by id.
pub(crate) const CHANNELS: [(ChannelId, &str); 8] = [
    (LIVE_CHAT, "LIVE_CHAT"),
    (FB_MESSENGER, "FB_MESSENGER"),
    (EMAIL, "EMAIL"),
    (FORMS, "FORMS"),
    (1004, "CUSTOMER_PORTAL_THREAD_VIEW"),
    (WHATSAPP, "WHATSAPP"),
    (1009, "SMS"),
    (1010, "INSTAGRAM"),
];

/// Says that the API can send messages over a channel of HubSpot's own. A custom one says so itself.
pub(crate) fn is_writable(channel: ChannelId) -> bool {
    matches!(channel, LIVE_CHAT | EMAIL)
}

/// Says that a channel is none of HubSpot's own.
pub(crate) fn is_custom(channel: ChannelId) -> bool {
    CHANNELS.iter().all(|(own, _)| *own != channel)
}

/// A channel that is connected to an inbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChannelAccount {
    pub(crate) id: u64,
    pub(crate) channel_id: ChannelId,
    pub(crate) inbox_id: u64,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) active: bool,
    #[serde(default)]
    pub(crate) authorized: bool,
    #[serde(default)]
    pub(crate) archived: bool,
    #[serde(default)]
    pub(crate) created_ms: Ms,
    /// Address of a mailbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) delivery_identifier: Option<DeliveryIdentifier>,
    /// Text that greets every new visitor of a chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) welcome: Option<String>,
}

/// An address within a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveryIdentifier {
    #[serde(rename = "type")]
    pub(crate) kind: DeliveryType,
    pub(crate) value: String,
}

/// The kinds of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum DeliveryType {
    /// An id that only the channel understands.
    ChannelSpecificOpaqueId,
    HsEmailAddress,
    HsPhoneNumber,
    HsShortCode,
}

impl DeliveryIdentifier {
    pub(crate) fn email(address: &str) -> DeliveryIdentifier {
        DeliveryIdentifier { kind: DeliveryType::HsEmailAddress, value: address.to_owned() }
    }

    pub(crate) fn opaque(value: String) -> DeliveryIdentifier {
        DeliveryIdentifier { kind: DeliveryType::ChannelSpecificOpaqueId, value }
    }
}
