//! Records as HubSpot's responses show them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::api::api_error::ApiError;
use crate::api::call::{ApiCall, unknown_object_type};
use crate::clock::{Ms, stamp};
use crate::model::associations::{Category, Label};
use crate::model::object_type::{ALL, ObjectType};
use crate::model::portal::Portal;
use crate::model::record::{Record, Source};
use crate::model::{association_type, computed, property_value};

/// The parts of a record that a read or a list asks for.
#[derive(Clone, Debug)]
pub(crate) struct ReadOptions {
    properties: Vec<String>,
    pub(crate) history: Vec<String>,
    associations: Vec<ObjectType>,
}

impl ReadOptions {
    /// Reads `properties`, `propertiesWithHistory` and `associations` of the query.
    pub(crate) fn of(object_type: ObjectType, call: &ApiCall) -> Result<ReadOptions, ApiError> {
        let associations = call.list("associations");
        let associations =
            associations.iter().map(|name| ObjectType::named(name).ok_or_else(|| unknown_object_type(name)));
        let (properties, history) = (call.list("properties"), call.list("propertiesWithHistory"));
        Ok(ReadOptions::new(object_type, properties, history, associations.collect::<Result<_, _>>()?))
    }

    /// Creates options. Without any properties they are the defaults of the object type.
    pub(crate) fn new(
        object_type: ObjectType,
        properties: Vec<String>,
        history: Vec<String>,
        associations: Vec<ObjectType>,
    ) -> ReadOptions {
        let defaults = || object_type.info().default_properties.iter().map(|name| (*name).to_owned()).collect();
        let mut properties = if properties.is_empty() { defaults() } else { properties };
        properties.extend(history.iter().cloned());
        ReadOptions { properties, history, associations }
    }

    pub(crate) fn render(&self, portal: &Portal, object_type: ObjectType, one: &Record) -> Value {
        let mut view = record(portal, object_type, one, Projection::Requested(&self.properties));
        if !self.history.is_empty() {
            view["propertiesWithHistory"] = history(portal, object_type, one, &self.history);
        }
        if let Some(all) = associations(portal, object_type, one.id, &self.associations) {
            view["associations"] = all;
        }
        view
    }
}

/// The properties that a response shows, besides the three that are always there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Projection<'a> {
    /// These ones. Without a value they are `null`; unknown ones are left out.
    Requested(&'a [String]),
    /// Response to a create: the ones that were set, and those that HubSpot computed.
    Created,
    /// Response to an update: the ones that were sent.
    Updated(&'a [&'a str]),
    /// Every one that has a value.
    All,
}

/// Renders a record, or `null` if there is none with this id.
pub(crate) fn record_by_id(portal: &Portal, object_type: ObjectType, id: u64, projection: Projection<'_>) -> Value {
    portal.table(object_type).get(id).map_or(Value::Null, |one| record(portal, object_type, one, projection))
}

fn record(portal: &Portal, object_type: ObjectType, record: &Record, projection: Projection<'_>) -> Value {
    let mut view = json!({
        "id": record.id.to_string(),
        "properties": properties(portal, object_type, record, projection),
        "createdAt": stamp(record.created_ms),
        "updatedAt": stamp(record.updated_ms),
        "archived": record.is_archived()
    });
    if let Some(at) = record.archived_ms {
        view["archivedAt"] = stamp(at).into();
    }
    let (host, portal_id) = (&portal.identity.ui_domain, portal.identity.portal_id);
    view["url"] =
        format!("https://{host}/contacts/{portal_id}/record/{}/{}", object_type.info().type_id, record.id).into();
    view
}

fn properties(
    portal: &Portal,
    object_type: ObjectType,
    record: &Record,
    projection: Projection<'_>,
) -> Map<String, Value> {
    let always = computed::always(object_type);
    let mut found: BTreeMap<&str, Value> = BTreeMap::new();
    let mut show = |name| {
        if let Some(text) = computed::read(object_type, record, name) {
            found.insert(name, text.into_owned().into());
        }
    };
    always.into_iter().for_each(&mut show);
    match projection {
        Projection::Created | Projection::All => {
            record.values().for_each(|(name, _)| show(name));
            computed::shown_on_create(object_type).iter().for_each(|name| show(name));
        }
        Projection::Updated(names) => names.iter().for_each(|name| show(name)),
        Projection::Requested(_) => {}
    }
    if let Projection::Requested(names) = projection {
        let names = names.iter().map(String::as_str);
        names.filter(|name| portal.schema(object_type).get(name).is_some()).for_each(|name| {
            found.insert(
                name,
                computed::read(object_type, record, name).map_or(Value::Null, |text| text.into_owned().into()),
            );
        });
    }
    if let Projection::Created = projection {
        found.iter_mut().for_each(|(name, value)| stage_date_in_ms(name, value));
    }
    found.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Turns the date of a lifecycle stage into milliseconds. HubSpot does so in the response to a create and nowhere else.
fn stage_date_in_ms(name: &str, value: &mut Value) {
    let is_stage_date = name.starts_with("hs_lifecyclestage_") && name.ends_with("_date");
    if let (true, Some(ms)) = (is_stage_date, value.as_str().and_then(property_value::parse_date_time)) {
        *value = ms.to_string().into();
    }
}

/// Renders `propertiesWithHistory`: every version, newest first. A computed value has one version, as old as the
/// record.
fn history(portal: &Portal, object_type: ObjectType, record: &Record, names: &[String]) -> Value {
    let version = |text: &str, since_ms: Ms, source: Source| {
        json!({
            "value": text, "timestamp": stamp(since_ms), "sourceType": source.label(),
            "sourceId": null, "sourceLabel": null, "updatedByUserId": null
        })
    };
    let versions = |name: &str| -> Vec<Value> {
        match (record.history(name), computed::read(object_type, record, name)) {
            (stored, Some(text)) if stored.is_empty() => vec![version(&text, record.created_ms, record.source)],
            (stored, _) => stored.iter().map(|one| version(&one.text, one.since_ms, one.source)).collect(),
        }
    };
    let known = names.iter().filter(|name| portal.schema(object_type).get(name).is_some());
    Value::Object(known.map(|name| (name.clone(), versions(name).into())).collect())
}

/// Renders `associations`: every requested object type that has any, or `None` if none has.
fn associations(portal: &Portal, object_type: ObjectType, id: u64, to: &[ObjectType]) -> Option<Value> {
    let to: BTreeSet<ObjectType> = to.iter().copied().collect();
    let all: Map<String, Value> = to
        .into_iter()
        .filter_map(|to| {
            let results: Vec<Value> = portal
                .associations
                .of((object_type, id), to)
                .flat_map(|(other, labels)| {
                    labels
                        .iter()
                        .map(move |label| json!({"id": other.to_string(), "type": type_name(object_type, to, label)}))
                })
                .collect();
            (!results.is_empty()).then(|| (to.info().plural.to_owned(), json!({"results": results})))
        })
        .collect();
    (!all.is_empty()).then_some(Value::Object(all))
}

/// Returns the name of an association type: `contact_to_company`, or `contact_to_company_unlabeled` for the default
/// type of two object types that have a labelled one, too.
fn type_name(from: ObjectType, to: ObjectType, label: &Label) -> String {
    let name = format!("{}_to_{}", from.info().singular, to.info().singular);
    let has_primary = association_type::between(from, to).any(|pair| pair.is_primary());
    let is_default = association_type::default(from, to).is_some_and(|pair| pair.type_id == label.type_id);
    match (label.category, has_primary && is_default) {
        (Category::HubspotDefined, true) => name + "_unlabeled",
        _ => name,
    }
}

/// Renders a record with all its properties and associations.
pub(crate) fn whole(portal: &Portal, object_type: ObjectType, one: &Record) -> Value {
    let mut view = record(portal, object_type, one, Projection::All);
    if let Some(all) = associations(portal, object_type, one.id, &ALL) {
        view["associations"] = all;
    }
    view
}
