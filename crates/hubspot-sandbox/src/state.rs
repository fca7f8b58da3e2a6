//! The whole account as JSON: what a seed file says, and what is kept over a restart.
//!
//! Everything may be left out of a file that people write: then it is as in a fresh account, with HubSpot's default
//! pipelines, the token with every scope, and nobody in it. A record needs its `id` only.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::access::Token;
use super::clock::Ms;
use super::crm::associate;
use super::crm::computed;
use super::crm::kind::Kind;
use super::crm::labels::OwnLabel;
use super::crm::links::{End, Label};
use super::crm::owners::Owner;
use super::crm::pairs;
use super::crm::pipelines::Pipeline;
use super::crm::record::{Name, Record, Source, Version};
use super::crm::schema::{Definition, Group};
use super::crm::table::{Indexing, emails};
use super::crm::values;
use super::portal::{Identity, Portal};
use super::scheduler::calendar::Calendar;
use super::scheduler::link::MeetingLink;
use super::seed;

/// The form of the file. A newer one is refused.
pub(super) const VERSION: u32 = 1;

/// HubSpot's ids have about twelve digits; what counts on from here never overflows.
const ID_MAX: u64 = 1_000_000_000_000_000;
const LABEL_ID_MAX: u32 = 1_000_000_000;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("line {line}, column {column}: {reason}")]
    Unreadable { line: usize, column: usize, reason: String },
    #[error("line {line}: {reason}")]
    Wrong { line: usize, reason: String },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct State<'a> {
    #[serde(borrow)]
    version: &'a RawValue,
    /// Where the clock goes on; without it, and in a dump of a clock that nobody moved, it is the machine's
    #[serde(default, borrow)]
    now: Option<&'a RawValue>,
    #[serde(default)]
    frozen: Option<bool>,
    #[serde(default)]
    portal: Option<PortalState>,
    #[serde(default)]
    tokens: Option<BTreeMap<String, Token>>,
    #[serde(default)]
    owners: Vec<Owner>,
    #[serde(default)]
    pipelines: Option<BTreeMap<Kind, Vec<Pipeline>>>,
    #[serde(default)]
    groups: BTreeMap<Kind, BTreeMap<String, Group>>,
    #[serde(default)]
    properties: BTreeMap<Kind, Vec<Definition>>,
    #[serde(default, borrow)]
    labels: Vec<&'a RawValue>,
    #[serde(default)]
    calendars: BTreeMap<u64, Calendar>,
    #[serde(default)]
    meeting_links: Vec<MeetingLink>,
    #[serde(default, borrow)]
    records: BTreeMap<Kind, Vec<&'a RawValue>>,
    #[serde(default, borrow)]
    associations: Vec<&'a RawValue>,
    #[serde(default, borrow)]
    counters: Option<&'a RawValue>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PortalState {
    pub(super) portal_id: u64,
    pub(super) time_zone: Tz,
    pub(super) account_type: String,
    pub(super) currency: String,
    pub(super) ui_domain: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Counters {
    pub(super) next_ids: BTreeMap<Kind, u64>,
    pub(super) events: u64,
    pub(super) settings_made: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RecordState {
    pub(super) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) updated_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) archived_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) absorbed: Vec<u64>,
    #[serde(default)]
    pub(super) properties: BTreeMap<String, Value>,
    /// Values that their property would no longer take, as they stand: an option has gone, or the type has changed
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) outgrown: BTreeMap<String, String>,
    /// Every version of a property that changed, newest first
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) history: BTreeMap<String, Vec<VersionState>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VersionState {
    pub(super) value: String,
    pub(super) at: String,
    pub(super) source: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssociationState {
    /// `contacts/84246479604`
    pub(super) from: String,
    pub(super) to: String,
    /// None: the plain association, as HubSpot makes it. Otherwise exactly these
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) labels: Vec<Label>,
}

/// Reads a whole account into an empty portal.
pub(super) fn load(portal: &mut Portal, text: &str) -> Result<(), StateError> {
    let state: State<'_> = serde_json::from_str(text).map_err(|error| unreadable(&error, 0))?;
    item(text, state.version, version)?;
    if let Some(raw) = state.now {
        item(text, raw, |text| now(portal, text))?;
    }
    settings(portal, &state);
    for raw in &state.labels {
        item(text, raw, |text| own_label(portal, text))?;
    }
    for (kind, raws) in &state.records {
        for raw in raws {
            item(text, raw, |text| record(portal, *kind, text))?;
        }
    }
    for raw in &state.associations {
        item(text, raw, |text| association(portal, text))?;
    }
    state.counters.map_or(Ok(()), |raw| item(text, raw, |text| count_on(portal, text)))
}

/// What is wrong with one item is told with its line.
fn item(text: &str, raw: &RawValue, take: impl FnOnce(&str) -> Result<(), Broken>) -> Result<(), StateError> {
    take(raw.get()).map_err(|broken| broken.at(line_of(text, raw)))
}

fn version(text: &str) -> Result<(), Broken> {
    match serde_json::from_str(text)? {
        VERSION => Ok(()),
        other => Err(format!("version `{other}` is not known; expected `{VERSION}`").into()),
    }
}

fn now(portal: &mut Portal, text: &str) -> Result<(), Broken> {
    let text: String = serde_json::from_str(text)?;
    let now = DateTime::parse_from_rfc3339(&text).map_err(|_| not_a_moment(&text))?;
    portal.clock.set(now.to_utc());
    Ok(())
}

fn settings(portal: &mut Portal, state: &State<'_>) {
    match state.frozen {
        Some(true) => portal.clock.freeze(),
        Some(false) => portal.clock.run(),
        None => {}
    }
    portal.identity = state.portal.as_ref().map_or_else(seed::identity, PortalState::identity);
    portal.tokens = state.tokens.clone().unwrap_or_else(seed::tokens);
    portal.pipelines = state.pipelines.clone().unwrap_or_else(seed::default_pipelines);
    portal.owners.clone_from(&state.owners);
    portal.scheduler.calendars.clone_from(&state.calendars);
    portal.scheduler.links.clone_from(&state.meeting_links);
    for (kind, groups) in &state.groups {
        portal.schemas.entry(*kind).or_default().groups.extend(groups.clone());
    }
    for (kind, definitions) in &state.properties {
        let schema = portal.schemas.entry(*kind).or_default();
        definitions.iter().for_each(|definition| schema.put(definition.clone()));
    }
}

fn own_label(portal: &mut Portal, text: &str) -> Result<(), Broken> {
    let label: OwnLabel = serde_json::from_str(text)?;
    let id = label.type_id.max(label.back_type_id);
    if id > LABEL_ID_MAX {
        return Err(format!("`{id}` is too large for a label's id; expected at most `{LABEL_ID_MAX}`").into());
    }
    portal.labels.push(label);
    Ok(())
}

fn count_on(portal: &mut Portal, text: &str) -> Result<(), Broken> {
    let Counters { next_ids, events, settings_made } = serde_json::from_str(text)?;
    for id in next_ids.values().chain([&events, &settings_made]) {
        small_enough(*id)?;
    }
    for (kind, id) in next_ids {
        portal.table_mut(kind).start_ids_at(id);
    }
    portal.scheduler.events = events;
    portal.settings_made = settings_made;
    Ok(())
}

fn small_enough(id: u64) -> Result<u64, String> {
    match id <= ID_MAX {
        true => Ok(id),
        false => Err(format!("`{id}` is too large for an id; expected at most `{ID_MAX}`")),
    }
}

/// What is wrong with one line.
struct Broken {
    reason: String,
    line: usize,
}

impl Broken {
    fn at(self, line: usize) -> StateError {
        StateError::Wrong { line: line + self.line, reason: self.reason }
    }
}

impl From<String> for Broken {
    fn from(reason: String) -> Broken {
        Broken { reason, line: 0 }
    }
}

impl From<serde_json::Error> for Broken {
    fn from(error: serde_json::Error) -> Broken {
        Broken { reason: plain(&error), line: error.line().saturating_sub(1) }
    }
}

fn unreadable(error: &serde_json::Error, before: usize) -> StateError {
    StateError::Unreadable { line: before + error.line(), column: error.column(), reason: plain(error) }
}

/// The message without the place it ends with.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}

/// A raw value is a part of the text it was read from.
fn line_of(text: &str, raw: &RawValue) -> usize {
    let offset = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn not_a_moment(text: &str) -> String {
    format!("`{text}` is not a date-time; expected one like `2026-11-22T15:00:00Z`")
}

fn record(portal: &mut Portal, kind: Kind, text: &str) -> Result<(), Broken> {
    let state: RecordState = serde_json::from_str(text)?;
    let id = state.id.parse().map_err(|_| format!("`{}` is not an id; expected a number as text", state.id))?;
    small_enough(id)?;
    if portal.table(kind).get(id).is_some() {
        return Err(format!("{} `{id}` is there twice", kind.facts().singular).into());
    }
    let at = |text: &Option<String>| text.as_deref().map(read_moment).transpose();
    let created_ms = at(&state.created_at)?.unwrap_or_else(|| portal.now_ms());
    let source = state.source.as_deref().map_or(Ok(Source::Integration), read_source)?;
    let mut record = Record::new(id, created_ms, source);
    for (name, raw) in &state.properties {
        put(portal, kind, &mut record, name, raw)?;
    }
    for (name, text) in &state.outgrown {
        record.set(&known_name(portal, kind, name)?, text, created_ms, source);
    }
    for (name, versions) in &state.history {
        let name = known_name(portal, kind, name)?;
        let versions = versions.iter().map(VersionState::read).collect::<Result<Vec<_>, _>>()?;
        record.remember_all(&name, versions);
    }
    record.updated_ms = at(&state.updated_at)?.unwrap_or(created_ms);
    record.archived_ms = at(&state.archived_at)?;
    record.absorbed = state.absorbed;
    no_shared_address(portal, kind, &record)?;
    let next_id = portal.table(kind).next_id();
    portal.table_mut(kind).insert(record, Indexing::Now);
    portal.table_mut(kind).start_ids_at(next_id);
    Ok(())
}

fn read_moment(text: &str) -> Result<Ms, String> {
    values::moment(text).ok_or_else(|| not_a_moment(text))
}

fn read_source(text: &str) -> Result<Source, String> {
    Source::labelled(text).ok_or_else(|| format!("`{text}` is not a source"))
}

fn known_name(portal: &Portal, kind: Kind, name: &str) -> Result<Name, String> {
    portal.name(kind, name).ok_or_else(|| format!("`{name}` is not a property"))
}

fn put(portal: &Portal, kind: Kind, record: &mut Record, name: &str, raw: &Value) -> Result<(), String> {
    let definition = portal.schema(kind).with_archived(name).ok_or_else(|| format!("`{name}` is not a property"))?;
    if computed::always(kind).contains(&name) {
        return Err(format!("`{name}` cannot be set; use `createdAt`, `updatedAt` or `id`"));
    }
    let text = values::read(definition, raw, None).map_err(|invalid| format!("`{name}`: {}", invalid.message))?;
    record.set(&definition.name, &text, record.created_ms, record.source);
    Ok(())
}

fn no_shared_address(portal: &Portal, kind: Kind, record: &Record) -> Result<(), String> {
    let mut taken = emails(record).filter(|_| kind == Kind::Contacts && !record.is_archived());
    match taken.find_map(|email| portal.table(kind).by_email(email)) {
        Some(other) => Err(format!("contact `{}` has an address that contact `{}` has too", record.id, other.id)),
        None => Ok(()),
    }
}

impl VersionState {
    fn read(&self) -> Result<Version, String> {
        let (since_ms, source) = (read_moment(&self.at)?, read_source(&self.source)?);
        Ok(Version { text: self.value.as_str().into(), since_ms, source })
    }
}

fn association(portal: &mut Portal, text: &str) -> Result<(), Broken> {
    let state: AssociationState = serde_json::from_str(text)?;
    let (from, to) = (end(portal, &state.from)?, end(portal, &state.to)?);
    if state.labels.is_empty() {
        let plain = pairs::default(from.0, to.0);
        let plain = plain.ok_or_else(|| format!("`{}` and `{}` cannot be associated", state.from, state.to))?;
        associate::tie(portal, from, to, associate::hubspot(plain.type_id));
    }
    for label in state.labels {
        if associate::target_kind(portal, from.0, label) != Some(to.0) {
            return Err(format!("`{}` does not lead from `{}` to `{}`", label.type_id, state.from, state.to).into());
        }
        associate::link(portal, from, to, label);
    }
    Ok(())
}

fn end(portal: &Portal, text: &str) -> Result<End, String> {
    let (kind, id) = text.split_once('/').ok_or_else(|| format!("`{text}` is no record; expected `contacts/123`"))?;
    let kind = Kind::named(kind).ok_or_else(|| format!("`{kind}` is not an object type"))?;
    let record = id.parse().ok().and_then(|id| portal.table(kind).live(id));
    record.map(|record| (kind, record.id)).ok_or_else(|| format!("`{text}` does not exist"))
}

impl PortalState {
    fn identity(&self) -> Identity {
        Identity {
            portal_id: self.portal_id,
            time_zone: self.time_zone,
            account_type: self.account_type.clone(),
            currency: self.currency.clone(),
            ui_domain: self.ui_domain.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{SARAH, client};

    #[tokio::test(start_paused = true)]
    async fn everything_survives_a_dump() {
        let client = client();
        let path = format!("/crm/v3/objects/contacts/{SARAH}");
        client.patch(&path, json!({"properties": {"firstname": "Sara"}})).await.expect(200);
        client
            .post("/crm/v3/objects/contacts/merge", json!({"primaryObjectId": SARAH, "objectIdToMerge": "84246480117"}))
            .await
            .expect(200);
        client.delete("/crm/v3/objects/contacts/97530152525").await;
        let own = json!({"name": "robots", "label": "Robots", "type": "string", "fieldType": "text", "groupName": "contactinformation"});
        client.post("/crm/v3/properties/contacts", own).await.expect(201);
        let label = json!({"label": "Reporter", "name": "reporter"});
        client.post("/crm/v4/associations/contacts/tickets/labels", label).await.expect(200);
        let first = client.sandbox.snapshot();
        let other = crate::testing::client();
        other.sandbox.restore(&first).unwrap();
        assert_eq!(other.sandbox.snapshot(), first);
        let ask = format!("{path}?propertiesWithHistory=firstname&associations=companies");
        assert_eq!(other.get(&ask).await.expect(200), client.get(&ask).await.expect(200));
        assert_eq!(other.get("/crm/v3/objects/contacts/84246480117").await.expect(200)["id"], SARAH);
    }

    #[tokio::test(start_paused = true)]
    async fn a_seed_needs_little() {
        let client = client();
        let seed = r#"{"version": 1, "records": {"contacts": [{"id": "7", "properties": {"email": "A@x.com"}}],
            "notes": [{"id": "8"}]}, "associations": [{"from": "notes/8", "to": "contacts/7"}]}"#;
        client.sandbox.restore(seed).unwrap();
        let note = client.get("/crm/v3/objects/notes/8?associations=contacts").await.expect(200);
        assert_eq!(note["associations"]["contacts"]["results"][0]["id"], "7");
        assert_eq!(client.get("/crm/v3/objects/contacts/a@x.com?idProperty=email").await.expect(200)["id"], "7");
        assert_eq!(client.get("/crm/v3/pipelines/tickets").await.expect(200)["results"][0]["id"], "0");
        let made =
            client.post("/crm/v3/objects/tickets", json!({"properties": {"hs_pipeline_stage": "1"}})).await.expect(201);
        assert_eq!(made["id"], "33397362407");
    }

    #[tokio::test(start_paused = true)]
    async fn a_broken_seed_is_refused_with_its_line_and_changes_nothing() {
        let client = client();
        let before = client.sandbox.snapshot();
        for (text, expected) in [
            ("{\n\"version\": 1,\n\"owners\": [5]}", "line 3, column 12"),
            ("{\n\"version\": 1,\n\"nonsense\": []}", "line 3, column 10: unknown field `nonsense`"),
            ("{\n\"version\": 2}", "line 2: version `2` is not known"),
            (
                "{\"version\": 1, \"records\": {\"contacts\": [\n{\"id\": \"1\"},\n{\"id\": \"1\"}]}}",
                "line 3: contact `1` is there twice",
            ),
            (
                "{\"version\": 1, \"records\": {\"contacts\": [\n\n{\"id\": \"1\",\n\"propertys\": {}}]}}",
                "line 4: unknown field `propertys`",
            ),
            (
                "{\"version\": 1, \"records\": {\"contacts\": [\n{\"id\": \"1\", \"properties\": {\"age\": 5}}]}}",
                "line 2: `age` is not a property",
            ),
            (
                "{\"version\": 1,\n\"associations\": [\n{\"from\": \"contacts/1\", \"to\": \"notes/2\"}]}",
                "line 3: `contacts/1` does not exist",
            ),
            ("{\"version\": 1,\n\n\"now\": \"soon\"}", "line 3: `soon` is not a date-time"),
            (
                "{\n\"version\": 1,\n\"records\": {\"contacts\": [{\"id\": \"9999999999999999\"}]}}",
                "line 3: `9999999999999999` is too",
            ),
            (
                "{\"version\": 1,\n\"counters\": {\"nextIds\": {\"contacts\": 18446744073709551615}}}",
                "line 2: `18446744073709551615` is too large",
            ),
            (
                "{\"version\": 1,\n\"counters\": {\"events\": 18446744073709551615}}",
                "line 2: `18446744073709551615` is too",
            ),
            (
                "{\"version\": 1,\n\"labels\": [{\"name\": \"a\", \"from\": \"contacts\", \"to\": \"tickets\", \"type_id\": 4294967295, \
                 \"back_type_id\": 1, \"label\": \"A\", \"back_label\": \"B\"}]}",
                "line 2: `4294967295` is too large",
            ),
            ("", "line 1, column 0"),
        ] {
            let error = client.sandbox.restore(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        assert_eq!(client.sandbox.snapshot(), before);
    }
}
