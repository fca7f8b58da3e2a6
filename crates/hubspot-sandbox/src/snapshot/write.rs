//! Writing the whole account as JSON, with a line for each item, so that errors and differences have a line.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::conversation_items::file_entry;
use super::format::{
    AssociationEntry, ChannelCounters, ConversationCounters, Counters, PortalEntry, RecordEntry, VERSION, VersionEntry,
};
use crate::assumptions::Assumptions;
use crate::clock::{Ms, stamp};
use crate::model::app::Apps;
use crate::model::associations::{Associations, Label, RecordKey};
use crate::model::conversations::store::Conversations;
use crate::model::custom_channels::store::CustomChannels;
use crate::model::custom_label::CustomLabel;
use crate::model::files::StoredFile;
use crate::model::grants::Grants;
use crate::model::identity::Identity;
use crate::model::object_type::ObjectType;
use crate::model::owner::Owner;
use crate::model::pipeline::Pipeline;
use crate::model::portal::Portal;
use crate::model::record::{Record, Version};
use crate::model::scheduler::Scheduler;
use crate::model::schema::{Definition, Schema};
use crate::model::token::Tokens;
use crate::model::{computed, definitions, property_value};
use crate::sandbox::Sandbox;

impl Sandbox {
    /// Returns the whole account as JSON, which is a seed file as well: [`Sandbox::restore`] reads it.
    pub fn snapshot(&self) -> String {
        let snapshot = Snapshot::of(&self.lock().portal);
        write(&snapshot).expect("names are text and numbers are finite: all of it is JSON")
    }
}

/// The account at one moment. It shares the records, so that the lock is held for a short time only and not while the
/// JSON is written.
#[derive(Debug)]
struct Snapshot {
    /// Calendar time, and true if it is frozen; `None` if it follows the machine's.
    clock: Option<(Ms, bool)>,
    assumptions: Assumptions,
    identity: Identity,
    tokens: Tokens,
    apps: Apps,
    grants: Grants,
    owners: Vec<Owner>,
    pipelines: BTreeMap<ObjectType, Vec<Pipeline>>,
    schemas: BTreeMap<ObjectType, Schema>,
    labels: Vec<CustomLabel>,
    scheduler: Scheduler,
    conversations: Conversations,
    custom_channels: CustomChannels,
    files: Vec<Arc<StoredFile>>,
    records: BTreeMap<ObjectType, Vec<Arc<Record>>>,
    associations: Associations,
    counters: Counters,
}

impl Snapshot {
    fn of(portal: &Portal) -> Snapshot {
        let next_ids = portal.tables.iter().map(|(object_type, table)| (*object_type, table.next_id())).collect();
        Snapshot {
            clock: (!portal.clock.follows_system_clock()).then(|| (portal.now_ms(), portal.clock.is_frozen())),
            assumptions: portal.assumptions,
            identity: portal.identity.clone(),
            tokens: portal.tokens.clone(),
            apps: portal.apps.clone(),
            grants: portal.grants.clone(),
            owners: portal.owners.clone(),
            pipelines: portal.pipelines.clone(),
            schemas: portal.schemas.clone(),
            labels: portal.labels.clone(),
            scheduler: portal.scheduler.clone(),
            conversations: portal.conversations.clone(),
            custom_channels: portal.custom_channels.clone(),
            files: portal.files.snapshot(),
            records: portal.tables.iter().map(|(object_type, table)| (*object_type, table.snapshot())).collect(),
            associations: portal.associations.clone(),
            counters: Counters {
                next_ids,
                events: portal.scheduler.events,
                settings_made: portal.settings_made,
                conversations: Some(ConversationCounters::of(portal)),
                custom_channels: Some(ChannelCounters::of(portal)),
            },
        }
    }
}

fn write(account: &Snapshot) -> Result<String, serde_json::Error> {
    let mut lines = LineWriter::new(VERSION);
    if let Some((now_ms, is_frozen)) = account.clock {
        lines.one("now", &stamp(now_ms))?;
        lines.one("frozen", &is_frozen)?;
    }
    lines.one("portal", &portal_entry(&account.identity))?;
    lines.one("tokens", &account.tokens)?;
    lines.list("apps", account.apps.all())?;
    lines.one("grants", account.grants.all())?;
    lines.list("owners", &account.owners)?;
    lines.one("pipelines", &account.pipelines)?;
    lines.one(
        "groups",
        &account.schemas.iter().map(|(object_type, schema)| (object_type, &schema.groups)).collect::<BTreeMap<_, _>>(),
    )?;
    lines.one("properties", &custom_definitions(account))?;
    lines.list("labels", &account.labels)?;
    lines.one("calendars", &account.scheduler.calendars)?;
    lines.list("meetingLinks", &account.scheduler.links)?;
    lines.list("inboxes", &account.conversations.inboxes)?;
    lines.list("channelAccounts", &account.conversations.accounts)?;
    let records = account.records.iter().map(|(object_type, all)| {
        let schema = &account.schemas[object_type];
        (object_type.info().plural, all.iter().map(|one| record_entry(*object_type, schema, one)))
    });
    lines.lists("records", records)?;
    let associations = account.associations.all().map(|(from, to, labels)| association_entry(from, to, labels));
    lines.list("associations", associations)?;
    lines.list("files", account.files.iter().map(|file| file_entry(file)))?;
    lines.list("visitors", account.conversations.visitors())?;
    lines.list("customChannels", account.custom_channels.all())?;
    lines.list("stagedAccounts", account.custom_channels.staged())?;
    lines.list("threads", account.conversations.threads())?;
    lines.one("counters", &account.counters)?;
    Ok(lines.end())
}

fn portal_entry(identity: &Identity) -> PortalEntry {
    PortalEntry {
        portal_id: identity.portal_id,
        time_zone: identity.time_zone,
        account_type: identity.account_type.clone(),
        currency: identity.currency.clone(),
        ui_domain: identity.ui_domain.clone(),
    }
}

/// Returns the definitions that differ from HubSpot's own.
fn custom_definitions(account: &Snapshot) -> BTreeMap<ObjectType, Vec<&Definition>> {
    let own = account.schemas.iter().map(|(object_type, schema)| {
        let fresh = definitions::schema(*object_type, account.assumptions);
        let changed = schema.all().filter(|one| fresh.with_archived(&one.name) != Some(one)).collect::<Vec<_>>();
        (*object_type, changed)
    });
    own.filter(|(_, changed)| !changed.is_empty()).collect()
}

fn record_entry(object_type: ObjectType, schema: &Schema, record: &Record) -> RecordEntry {
    let system = computed::always(object_type);
    let values = record.values().filter(|(name, _)| !system.contains(&&***name));
    let is_valid =
        |name: &str, text: &str| schema.with_archived(name).is_some_and(|one| property_value::is_valid(one, text));
    let (valid, outgrown): (Vec<_>, Vec<_>) = values.partition(|(name, version)| is_valid(name, &version.text));
    let history = record.values().map(|(name, _)| (name, record.history(name)));
    let changed = history.filter(|(_, versions)| {
        versions.len() > 1
            || versions.iter().any(|one| one.since_ms != record.created_ms || one.source != record.source)
    });
    RecordEntry {
        id: record.id.to_string(),
        created_at: Some(stamp(record.created_ms)),
        updated_at: Some(stamp(record.updated_ms)),
        archived_at: record.archived_ms.map(stamp),
        source: Some(record.source.label().to_owned()),
        absorbed: record.merged_ids.clone(),
        properties: valid.iter().map(|(name, version)| (name.to_string(), Value::from(&*version.text))).collect(),
        outgrown: outgrown.iter().map(|(name, version)| (name.to_string(), version.text.to_string())).collect(),
        history: changed
            .map(|(name, versions)| (name.to_string(), versions.into_iter().map(version_entry).collect()))
            .collect(),
    }
}

fn version_entry(version: &Version) -> VersionEntry {
    let (value, source) = (version.text.to_string(), version.source.label().to_owned());
    VersionEntry { value, at: stamp(version.since_ms), source }
}

fn association_entry(from: RecordKey, to: RecordKey, labels: &[Label]) -> AssociationEntry {
    let text = |end: RecordKey| format!("{}/{}", end.0.info().plural, end.1);
    AssociationEntry { from: text(from), to: text(to), labels: labels.to_vec() }
}

/// Writes JSON with a line for each item.
struct LineWriter(String);

impl LineWriter {
    fn new(version: u32) -> LineWriter {
        LineWriter(format!("{{\n\"version\": {version}"))
    }

    fn one(&mut self, name: &str, value: &impl Serialize) -> Result<(), serde_json::Error> {
        self.0 += &format!(",\n\"{name}\": {}", serde_json::to_string(value)?);
        Ok(())
    }

    fn list(&mut self, name: &str, items: impl IntoIterator<Item: Serialize>) -> Result<(), serde_json::Error> {
        self.0 += &format!(",\n\"{name}\": ");
        self.items(items)
    }

    fn lists<I>(&mut self, name: &str, lists: impl Iterator<Item = (&'static str, I)>) -> Result<(), serde_json::Error>
    where
        I: IntoIterator<Item: Serialize>,
    {
        self.0 += &format!(",\n\"{name}\": {{");
        for (n, (name, items)) in lists.enumerate() {
            self.0 += &format!("{}\"{name}\": ", if n == 0 { "\n" } else { ",\n" });
            self.items(items)?;
        }
        self.0 += "}";
        Ok(())
    }

    fn items(&mut self, items: impl IntoIterator<Item: Serialize>) -> Result<(), serde_json::Error> {
        self.0 += "[";
        for (n, item) in items.into_iter().enumerate() {
            self.0 += if n == 0 { "\n" } else { ",\n" };
            self.0 += &serde_json::to_string(&item)?;
        }
        self.0 += "]";
        Ok(())
    }

    fn end(mut self) -> String {
        self.0 += "\n}\n";
        self.0
    }
}
