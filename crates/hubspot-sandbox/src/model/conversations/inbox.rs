//! Inboxes: where threads arrive.

use serde::{Deserialize, Serialize};

use crate::clock::Ms;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Inbox {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) inbox_type: InboxType,
    #[serde(default)]
    pub(crate) created_ms: Ms,
    #[serde(default)]
    pub(crate) updated_ms: Ms,
    #[serde(default)]
    pub(crate) archived: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum InboxType {
    Inbox,
    /// Every thread in it has a ticket.
    HelpDesk,
}
