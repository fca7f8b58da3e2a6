//! The JSON of a snapshot, which is the format of seed files, too.
//!
//! In a file that people write everything may be absent: then it is as in a new account, with HubSpot's default
//! pipelines, the token with every scope, and no records.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::model::app::App;
use crate::model::associations::Label;
use crate::model::calendar::Calendar;
use crate::model::conversations::channel::ChannelAccount;
use crate::model::conversations::inbox::Inbox;
use crate::model::grants::Grant;
use crate::model::meeting_link::MeetingLink;
use crate::model::object_type::ObjectType;
use crate::model::owner::Owner;
use crate::model::pipeline::Pipeline;
use crate::model::schema::{Definition, Group};
use crate::model::token::Token;
use crate::model::zone::Zone;

/// Version of the format. Another one is an error.
pub(crate) const VERSION: u32 = 1;

/// The whole file. Values that can be wrong in one line are raw, so that the error can name the line.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SnapshotFile<'a> {
    #[serde(borrow)]
    pub(crate) version: &'a RawValue,
    /// Calendar time; absent if the clock follows the machine's.
    #[serde(default, borrow)]
    pub(crate) now: Option<&'a RawValue>,
    #[serde(default)]
    pub(crate) frozen: Option<bool>,
    #[serde(default)]
    pub(crate) portal: Option<PortalEntry>,
    #[serde(default)]
    pub(crate) tokens: Option<BTreeMap<String, Token>>,
    /// Absent: the default app.
    #[serde(default)]
    pub(crate) apps: Option<Vec<App>>,
    /// Refresh tokens of apps.
    #[serde(default)]
    pub(crate) grants: BTreeMap<String, Grant>,
    #[serde(default)]
    pub(crate) owners: Vec<Owner>,
    #[serde(default)]
    pub(crate) pipelines: Option<BTreeMap<ObjectType, Vec<Pipeline>>>,
    #[serde(default)]
    pub(crate) groups: BTreeMap<ObjectType, BTreeMap<String, Group>>,
    #[serde(default)]
    pub(crate) properties: BTreeMap<ObjectType, Vec<Definition>>,
    #[serde(default, borrow)]
    pub(crate) labels: Vec<&'a RawValue>,
    #[serde(default)]
    pub(crate) calendars: BTreeMap<u64, Calendar>,
    #[serde(default)]
    pub(crate) meeting_links: Vec<MeetingLink>,
    /// Absent: those of a new account.
    #[serde(default)]
    pub(crate) inboxes: Option<Vec<Inbox>>,
    /// Absent: those of a new account.
    #[serde(default)]
    pub(crate) channel_accounts: Option<Vec<ChannelAccount>>,
    #[serde(default, borrow)]
    pub(crate) records: BTreeMap<ObjectType, Vec<&'a RawValue>>,
    #[serde(default, borrow)]
    pub(crate) associations: Vec<&'a RawValue>,
    #[serde(default, borrow)]
    pub(crate) files: Vec<&'a RawValue>,
    #[serde(default, borrow)]
    pub(crate) visitors: Vec<&'a RawValue>,
    #[serde(default, borrow)]
    pub(crate) custom_channels: Vec<&'a RawValue>,
    #[serde(default, borrow)]
    pub(crate) staged_accounts: Vec<&'a RawValue>,
    #[serde(default, borrow)]
    pub(crate) threads: Vec<&'a RawValue>,
    #[serde(default, borrow)]
    pub(crate) counters: Option<&'a RawValue>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PortalEntry {
    pub(crate) portal_id: u64,
    pub(crate) time_zone: Zone,
    pub(crate) account_type: String,
    pub(crate) currency: String,
    pub(crate) ui_domain: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Counters {
    pub(crate) next_ids: BTreeMap<ObjectType, u64>,
    pub(crate) events: u64,
    pub(crate) settings_made: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) conversations: Option<ConversationCounters>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom_channels: Option<ChannelCounters>,
}

/// The numbers that custom channels, their accounts and staging tokens go on with.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChannelCounters {
    pub(crate) channels: u32,
    pub(crate) accounts: u64,
    pub(crate) tokens: u64,
}

/// The ids that threads, visitors, messages and files go on with.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ConversationCounters {
    pub(crate) next_thread: u64,
    pub(crate) next_visitor: u64,
    pub(crate) messages: u64,
    pub(crate) next_file: u64,
}

/// A record. Only its `id` is required.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RecordEntry {
    pub(crate) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) updated_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) archived_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
    /// Ids of records that were merged into this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) absorbed: Vec<u64>,
    #[serde(default)]
    pub(crate) properties: BTreeMap<String, Value>,
    /// Stored values that are no longer valid: an option was removed, or the type of the property has changed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) outgrown: BTreeMap<String, String>,
    /// Versions of each property that changed, newest first.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) history: BTreeMap<String, Vec<VersionEntry>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionEntry {
    pub(crate) value: String,
    pub(crate) at: String,
    pub(crate) source: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssociationEntry {
    /// Record that the link begins at, such as `contacts/84246479604`.
    pub(crate) from: String,
    pub(crate) to: String,
    /// Exactly these labels; without any, the default ones that HubSpot adds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) labels: Vec<Label>,
}
