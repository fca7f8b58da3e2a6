//! Reading a whole account from a snapshot or a seed file.

use chrono::DateTime;
use serde_json::Value;
use serde_json::value::RawValue;

use super::channel_items;
use super::conversation_items;
use super::error::SnapshotError;
use super::format::{AssociationEntry, Counters, PortalEntry, RecordEntry, SnapshotFile, VERSION, VersionEntry};
use super::item_error::{ItemError, check_id, message};
use crate::clock::Ms;
use crate::model::associations::RecordKey;
use crate::model::custom_label::CustomLabel;
use crate::model::identity::Identity;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::record::{Name, Record, Source, Version};
use crate::model::table::{Indexing, emails};
use crate::model::{associate, association_type, computed, property_value};
use crate::sandbox::Sandbox;
use crate::seed::{self, defaults};

const LABEL_ID_MAX: u32 = 1_000_000_000;

impl Sandbox {
    /// Replaces the data of the account by a snapshot or a seed file. The settings stay; faults and the log of requests
    /// go.
    ///
    /// # Errors
    ///
    /// Names the line of the first error. The account is unchanged then.
    pub fn restore(&self, snapshot: &str) -> Result<(), SnapshotError> {
        let mut account = self.lock();
        let mut fresh = account.portal.emptied();
        load(&mut fresh, snapshot)?;
        account.replace_portal(fresh);
        Ok(())
    }
}

/// Reads a whole account into an empty portal.
fn load(portal: &mut Portal, text: &str) -> Result<(), SnapshotError> {
    let file: SnapshotFile<'_> = serde_json::from_str(text).map_err(|error| syntax_error(&error))?;
    item(text, file.version, version)?;
    if let Some(raw) = file.now {
        item(text, raw, |text| now(portal, text))?;
    }
    settings(portal, &file);
    for raw in &file.labels {
        item(text, raw, |text| custom_label(portal, text))?;
    }
    for (object_type, raws) in &file.records {
        for raw in raws {
            item(text, raw, |text| record(portal, *object_type, text))?;
        }
    }
    for raw in &file.associations {
        item(text, raw, |text| association(portal, text))?;
    }
    conversations(portal, text, &file)?;
    file.counters.map_or(Ok(()), |raw| item(text, raw, |text| counters(portal, text)))
}

fn conversations(portal: &mut Portal, text: &str, file: &SnapshotFile<'_>) -> Result<(), SnapshotError> {
    type Take = fn(&mut Portal, &str) -> Result<(), ItemError>;
    let lists: [(&Vec<&RawValue>, Take); 5] = [
        (&file.files, conversation_items::file),
        (&file.visitors, conversation_items::visitor),
        (&file.custom_channels, channel_items::channel),
        (&file.staged_accounts, channel_items::staged),
        (&file.threads, conversation_items::thread),
    ];
    for (raws, take) in lists {
        raws.iter().try_for_each(|raw| item(text, raw, |text| take(portal, text)))?;
    }
    Ok(())
}

/// Reads one item of a list. An error gets the line of the item.
fn item(text: &str, raw: &RawValue, take: impl FnOnce(&str) -> Result<(), ItemError>) -> Result<(), SnapshotError> {
    take(raw.get()).map_err(|error| error.at(line_of(text, raw)))
}

fn version(text: &str) -> Result<(), ItemError> {
    match serde_json::from_str(text)? {
        VERSION => Ok(()),
        other => Err(format!("version `{other}` is not known; expected `{VERSION}`").into()),
    }
}

fn now(portal: &mut Portal, text: &str) -> Result<(), ItemError> {
    let text: String = serde_json::from_str(text)?;
    let now = DateTime::parse_from_rfc3339(&text).map_err(|_| not_a_date_time(&text))?;
    portal.clock.set(now.to_utc());
    Ok(())
}

fn settings(portal: &mut Portal, file: &SnapshotFile<'_>) {
    match file.frozen {
        Some(true) => portal.clock.freeze(),
        Some(false) => portal.clock.run(),
        None => {}
    }
    portal.identity = file.portal.as_ref().map_or_else(Identity::default, PortalEntry::identity);
    portal.tokens = file.tokens.clone().unwrap_or_else(defaults::tokens);
    portal.apps = file.apps.clone().map_or_else(defaults::apps, |apps| apps.into_iter().collect());
    file.grants.iter().for_each(|(token, grant)| portal.grants.put(token.clone(), grant.clone()));
    portal.pipelines = file.pipelines.clone().unwrap_or_else(defaults::pipelines);
    portal.owners.clone_from(&file.owners);
    portal.scheduler.calendars.clone_from(&file.calendars);
    portal.scheduler.links.clone_from(&file.meeting_links);
    portal.conversations.inboxes = file.inboxes.clone().unwrap_or_else(seed::conversations::inboxes);
    portal.conversations.accounts = file.channel_accounts.clone().unwrap_or_else(seed::conversations::accounts);
    for (object_type, groups) in &file.groups {
        portal.schemas.entry(*object_type).or_default().groups.extend(groups.clone());
    }
    for (object_type, definitions) in &file.properties {
        let schema = portal.schemas.entry(*object_type).or_default();
        definitions.iter().for_each(|definition| schema.put(definition.clone()));
    }
}

fn custom_label(portal: &mut Portal, text: &str) -> Result<(), ItemError> {
    let label: CustomLabel = serde_json::from_str(text)?;
    let id = label.type_id.max(label.back_type_id);
    if id > LABEL_ID_MAX {
        return Err(format!("`{id}` is too large for a label's id; expected at most `{LABEL_ID_MAX}`").into());
    }
    portal.labels.push(label);
    Ok(())
}

fn counters(portal: &mut Portal, text: &str) -> Result<(), ItemError> {
    let Counters { next_ids, events, settings_made, conversations, custom_channels } = serde_json::from_str(text)?;
    for id in next_ids.values().chain([&events, &settings_made]) {
        check_id(*id)?;
    }
    if let Some(counters) = conversations {
        counters.restore(portal)?;
    }
    if let Some(counters) = custom_channels {
        counters.restore(portal)?;
    }
    for (object_type, id) in next_ids {
        portal.table_mut(object_type).start_ids_at(id);
    }
    portal.scheduler.events = events;
    portal.settings_made = settings_made;
    Ok(())
}

fn syntax_error(error: &serde_json::Error) -> SnapshotError {
    SnapshotError::Syntax { line: error.line(), column: error.column(), reason: message(error) }
}

/// Returns the line of a raw value, which is a slice of the text.
fn line_of(text: &str, raw: &RawValue) -> usize {
    let offset = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn not_a_date_time(text: &str) -> String {
    format!("`{text}` is not a date-time; expected one like `2026-11-22T15:00:00Z`")
}

fn record(portal: &mut Portal, object_type: ObjectType, text: &str) -> Result<(), ItemError> {
    let entry: RecordEntry = serde_json::from_str(text)?;
    let id = entry.id.parse().map_err(|_| format!("`{}` is not an id; expected a number as text", entry.id))?;
    check_id(id)?;
    if portal.table(object_type).get(id).is_some() {
        return Err(format!("{} `{id}` is there twice", object_type.info().singular).into());
    }
    let at = |text: &Option<String>| text.as_deref().map(parse_date_time).transpose();
    let created_ms = at(&entry.created_at)?.unwrap_or_else(|| portal.now_ms());
    let source = entry.source.as_deref().map_or(Ok(Source::Integration), parse_source)?;
    let mut record = Record::new(id, created_ms, source);
    for (name, raw) in &entry.properties {
        put(portal, object_type, &mut record, name, raw)?;
    }
    for (name, text) in &entry.outgrown {
        record.set(&known_name(portal, object_type, name)?, text, created_ms, source);
    }
    for (name, versions) in &entry.history {
        let name = known_name(portal, object_type, name)?;
        let versions = versions.iter().map(VersionEntry::read).collect::<Result<Vec<_>, _>>()?;
        record.set_history(&name, versions);
    }
    record.updated_ms = at(&entry.updated_at)?.unwrap_or(created_ms);
    record.archived_ms = at(&entry.archived_at)?;
    record.merged_ids = entry.absorbed;
    check_addresses(portal, object_type, &record)?;
    let next_id = portal.table(object_type).next_id();
    portal.table_mut(object_type).insert(record, Indexing::Now);
    portal.table_mut(object_type).start_ids_at(next_id);
    Ok(())
}

fn parse_date_time(text: &str) -> Result<Ms, String> {
    property_value::parse_date_time(text).ok_or_else(|| not_a_date_time(text))
}

fn parse_source(text: &str) -> Result<Source, String> {
    Source::from_label(text).ok_or_else(|| format!("`{text}` is not a source"))
}

fn known_name(portal: &Portal, object_type: ObjectType, name: &str) -> Result<Name, String> {
    portal.name(object_type, name).ok_or_else(|| format!("`{name}` is not a property"))
}

fn put(portal: &Portal, object_type: ObjectType, record: &mut Record, name: &str, raw: &Value) -> Result<(), String> {
    let definition =
        portal.schema(object_type).with_archived(name).ok_or_else(|| format!("`{name}` is not a property"))?;
    if computed::always(object_type).contains(&name) {
        return Err(format!("`{name}` cannot be set; use `createdAt`, `updatedAt` or `id`"));
    }
    let text =
        property_value::parse(definition, raw, None).map_err(|invalid| format!("`{name}`: {}", invalid.message))?;
    record.set(&definition.name, &text, record.created_ms, record.source);
    Ok(())
}

fn check_addresses(portal: &Portal, object_type: ObjectType, record: &Record) -> Result<(), String> {
    let mut taken = emails(record).filter(|_| object_type == ObjectType::Contacts && !record.is_archived());
    match taken.find_map(|email| portal.table(object_type).by_email(email)) {
        Some(other) => Err(format!("contact `{}` has an address that contact `{}` has too", record.id, other.id)),
        None => Ok(()),
    }
}

impl VersionEntry {
    fn read(&self) -> Result<Version, String> {
        let (since_ms, source) = (parse_date_time(&self.at)?, parse_source(&self.source)?);
        Ok(Version { text: self.value.as_str().into(), since_ms, source })
    }
}

fn association(portal: &mut Portal, text: &str) -> Result<(), ItemError> {
    let entry: AssociationEntry = serde_json::from_str(text)?;
    let (from, to) = (key(portal, &entry.from)?, key(portal, &entry.to)?);
    if entry.labels.is_empty() {
        let default = association_type::default(from.0, to.0);
        let default = default.ok_or_else(|| format!("`{}` and `{}` cannot be associated", entry.from, entry.to))?;
        associate::add_quietly(portal, from, to, associate::hubspot_label(default.type_id));
    }
    for label in entry.labels {
        if associate::target_type(portal, from.0, label) != Some(to.0) {
            return Err(format!("`{}` does not lead from `{}` to `{}`", label.type_id, entry.from, entry.to).into());
        }
        associate::add_label(portal, from, to, label);
    }
    Ok(())
}

fn key(portal: &Portal, text: &str) -> Result<RecordKey, String> {
    let (object_type, id) =
        text.split_once('/').ok_or_else(|| format!("`{text}` is no record; expected `contacts/123`"))?;
    let object_type = ObjectType::named(object_type).ok_or_else(|| format!("`{object_type}` is not an object type"))?;
    let record = id.parse().ok().and_then(|id| portal.table(object_type).live(id));
    record.map(|record| (object_type, record.id)).ok_or_else(|| format!("`{text}` does not exist"))
}

impl PortalEntry {
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

    use crate::test_client::{SARAH, client};

    #[tokio::test(start_paused = true)]
    async fn a_restored_account_equals_the_one_of_the_snapshot() {
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
        let other = crate::test_client::client();
        other.sandbox.restore(&first).unwrap();
        assert_eq!(other.sandbox.snapshot(), first);
        let ask = format!("{path}?propertiesWithHistory=firstname&associations=companies");
        assert_eq!(other.get(&ask).await.expect(200), client.get(&ask).await.expect(200));
        assert_eq!(other.get("/crm/v3/objects/contacts/84246480117").await.expect(200)["id"], SARAH);
    }

    #[tokio::test(start_paused = true)]
    async fn a_seed_file_needs_only_ids() {
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
    async fn an_invalid_seed_file_is_an_error_with_its_line_and_changes_nothing() {
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
