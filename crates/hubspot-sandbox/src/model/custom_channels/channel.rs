//! A custom channel, and an account of it that waits for its app.

use serde::{Deserialize, Serialize};

use super::capabilities::Capabilities;
use crate::clock::Ms;
use crate::model::conversations::channel::{ChannelId, DeliveryIdentifier};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CustomChannel {
    pub(crate) id: ChannelId,
    /// App that made it.
    pub(crate) app_id: u64,
    pub(crate) name: String,
    pub(crate) webhook_url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) redirect_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) logo_url: Option<String>,
    pub(crate) capabilities: Capabilities,
    pub(crate) created_ms: Ms,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) archived_ms: Option<Ms>,
}

/// A channel account that a person began to connect in HubSpot's settings, until its app says what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StagedAccount {
    pub(crate) token: String,
    pub(crate) channel_id: ChannelId,
    pub(crate) inbox_id: u64,
    /// Account that it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) account_id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<DeliveryIdentifier>,
}

impl CustomChannel {
    pub(crate) fn is_archived(&self) -> bool {
        self.archived_ms.is_some()
    }
}
