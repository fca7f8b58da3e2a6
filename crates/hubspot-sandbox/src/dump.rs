//! Writing the whole account as JSON, a line for each item: so an error in a file can say where it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::access::Tokens;
use super::choices::Choices;
use super::clock::{Ms, stamp};
use super::crm::computed;
use super::crm::definitions;
use super::crm::kind::Kind;
use super::crm::labels::OwnLabel;
use super::crm::links::{End, Label, Links};
use super::crm::owners::Owner;
use super::crm::pipelines::Pipeline;
use super::crm::record::{Record, Version};
use super::crm::schema::{Definition, Schema};
use super::crm::values;
use super::portal::{Identity, Portal};
use super::scheduler::Scheduler;
use super::state::{AssociationState, Counters, PortalState, RecordState, VERSION, VersionState};

/// The account at one moment. Taking it is quick, since records are shared; writing it down may then take its time,
/// without anybody waiting for the portal.
#[derive(Debug)]
pub(super) struct Snapshot {
    /// The time and whether it stands still, when it is not the machine's
    clock: Option<(Ms, bool)>,
    choices: Choices,
    identity: Identity,
    tokens: Tokens,
    owners: Vec<Owner>,
    pipelines: BTreeMap<Kind, Vec<Pipeline>>,
    schemas: BTreeMap<Kind, Schema>,
    labels: Vec<OwnLabel>,
    scheduler: Scheduler,
    records: BTreeMap<Kind, Vec<Arc<Record>>>,
    links: Links,
    counters: Counters,
}

impl Snapshot {
    pub(super) fn of(portal: &Portal) -> Snapshot {
        let next_ids = portal.tables.iter().map(|(kind, table)| (*kind, table.next_id())).collect();
        Snapshot {
            clock: (!portal.clock.is_the_machines()).then(|| (portal.now_ms(), portal.clock.is_frozen())),
            choices: portal.settings.choices,
            identity: portal.identity.clone(),
            tokens: portal.tokens.clone(),
            owners: portal.owners.clone(),
            pipelines: portal.pipelines.clone(),
            schemas: portal.schemas.clone(),
            labels: portal.labels.clone(),
            scheduler: portal.scheduler.clone(),
            records: portal.tables.iter().map(|(kind, table)| (*kind, table.snapshot())).collect(),
            links: portal.links.clone(),
            counters: Counters { next_ids, events: portal.scheduler.events, settings_made: portal.settings_made },
        }
    }
}

/// Everything that a restart should find again.
pub(super) fn dump(account: &Snapshot) -> Result<String, serde_json::Error> {
    let mut lines = Lines::new(VERSION);
    if let Some((now_ms, is_frozen)) = account.clock {
        lines.one("now", &stamp(now_ms))?;
        lines.one("frozen", &is_frozen)?;
    }
    lines.one("portal", &identity_state(&account.identity))?;
    lines.one("tokens", &account.tokens)?;
    lines.list("owners", &account.owners)?;
    lines.one("pipelines", &account.pipelines)?;
    lines.one(
        "groups",
        &account.schemas.iter().map(|(kind, schema)| (kind, &schema.groups)).collect::<BTreeMap<_, _>>(),
    )?;
    lines.one("properties", &own_definitions(account))?;
    lines.list("labels", &account.labels)?;
    lines.one("calendars", &account.scheduler.calendars)?;
    lines.list("meetingLinks", &account.scheduler.links)?;
    let records = account.records.iter().map(|(kind, all)| {
        let schema = &account.schemas[kind];
        (kind.facts().plural, all.iter().map(|one| record_state(*kind, schema, one)))
    });
    lines.lists("records", records)?;
    let associations = account.links.all().map(|(from, to, labels)| association_state(from, to, labels));
    lines.list("associations", associations)?;
    lines.one("counters", &account.counters)?;
    Ok(lines.end())
}

fn identity_state(identity: &Identity) -> PortalState {
    PortalState {
        portal_id: identity.portal_id,
        time_zone: identity.time_zone,
        account_type: identity.account_type.clone(),
        currency: identity.currency.clone(),
        ui_domain: identity.ui_domain.clone(),
    }
}

/// Only what differs from HubSpot's own.
fn own_definitions(account: &Snapshot) -> BTreeMap<Kind, Vec<&Definition>> {
    let own = account.schemas.iter().map(|(kind, schema)| {
        let fresh = definitions::schema(*kind, account.choices);
        let changed = schema.all().filter(|one| fresh.with_archived(&one.name) != Some(one)).collect::<Vec<_>>();
        (*kind, changed)
    });
    own.filter(|(_, changed)| !changed.is_empty()).collect()
}

fn record_state(kind: Kind, schema: &Schema, record: &Record) -> RecordState {
    let system = computed::always(kind);
    let values = record.values().filter(|(name, _)| !system.contains(&&***name));
    let fits = |name: &str, text: &str| schema.with_archived(name).is_some_and(|one| values::fits(one, text));
    let (fitting, outgrown): (Vec<_>, Vec<_>) = values.partition(|(name, version)| fits(name, &version.text));
    let history = record.values().map(|(name, _)| (name, record.history(name)));
    let changed = history.filter(|(_, versions)| {
        versions.len() > 1
            || versions.iter().any(|one| one.since_ms != record.created_ms || one.source != record.source)
    });
    RecordState {
        id: record.id.to_string(),
        created_at: Some(stamp(record.created_ms)),
        updated_at: Some(stamp(record.updated_ms)),
        archived_at: record.archived_ms.map(stamp),
        source: Some(record.source.label().to_owned()),
        absorbed: record.absorbed.clone(),
        properties: fitting.iter().map(|(name, version)| (name.to_string(), Value::from(&*version.text))).collect(),
        outgrown: outgrown.iter().map(|(name, version)| (name.to_string(), version.text.to_string())).collect(),
        history: changed
            .map(|(name, versions)| (name.to_string(), versions.into_iter().map(version_state).collect()))
            .collect(),
    }
}

fn version_state(version: &Version) -> VersionState {
    let (value, source) = (version.text.to_string(), version.source.label().to_owned());
    VersionState { value, at: stamp(version.since_ms), source }
}

fn association_state(from: End, to: End, labels: &[Label]) -> AssociationState {
    let text = |end: End| format!("{}/{}", end.0.facts().plural, end.1);
    AssociationState { from: text(from), to: text(to), labels: labels.to_vec() }
}

/// JSON with a line for each item.
struct Lines(String);

impl Lines {
    fn new(version: u32) -> Lines {
        Lines(format!("{{\n\"version\": {version}"))
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
