//! A record as HubSpot's answers show it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::computed;
use super::kind::{ALL, Kind};
use super::links::{Category, Label};
use super::pairs;
use super::record::{Record, Source};
use super::values;
use crate::clock::{Ms, stamp};
use crate::portal::Portal;

/// Which properties an answer shows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shown<'a> {
    /// The kind's own few, or what was asked for instead of them. Empty ones are `null`, unknown ones are left out.
    Asked(&'a [String]),
    /// The answer to a create: what was set, and what HubSpot computed.
    Created,
    /// The answer to an update: what was touched.
    Touched(&'a [&'a str]),
    /// Whatever has a value.
    Everything,
}

pub(crate) fn record(portal: &Portal, kind: Kind, record: &Record, shown: Shown<'_>) -> Value {
    let mut view = json!({
        "id": record.id.to_string(),
        "properties": properties(portal, kind, record, shown),
        "createdAt": stamp(record.created_ms),
        "updatedAt": stamp(record.updated_ms),
        "archived": record.is_archived()
    });
    if let Some(at) = record.archived_ms {
        view["archivedAt"] = stamp(at).into();
    }
    let (host, portal_id) = (&portal.identity.ui_domain, portal.identity.portal_id);
    view["url"] = format!("https://{host}/contacts/{portal_id}/record/{}/{}", kind.facts().type_id, record.id).into();
    view
}

fn properties(portal: &Portal, kind: Kind, record: &Record, shown: Shown<'_>) -> Map<String, Value> {
    let always = computed::always(kind);
    let mut found: BTreeMap<&str, Value> = BTreeMap::new();
    let mut show = |name| {
        if let Some(text) = computed::read(kind, record, name) {
            found.insert(name, text.into_owned().into());
        }
    };
    always.into_iter().for_each(&mut show);
    match shown {
        Shown::Created | Shown::Everything => {
            record.values().for_each(|(name, _)| show(name));
            computed::echoed(kind).iter().for_each(|name| show(name));
        }
        Shown::Touched(names) => names.iter().for_each(|name| show(name)),
        Shown::Asked(_) => {}
    }
    if let Shown::Asked(names) = shown {
        let names = names.iter().map(String::as_str);
        names.filter(|name| portal.schema(kind).get(name).is_some()).for_each(|name| {
            found.insert(name, computed::read(kind, record, name).map_or(Value::Null, |text| text.into_owned().into()));
        });
    }
    if let Shown::Created = shown {
        found.iter_mut().for_each(|(name, value)| epoch(name, value));
    }
    found.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A create answers these dates in milliseconds, everything else answers them as text: HubSpot's own inconsistency.
fn epoch(name: &str, value: &mut Value) {
    let is_stage_date = name.starts_with("hs_lifecyclestage_") && name.ends_with("_date");
    if let (true, Some(ms)) = (is_stage_date, value.as_str().and_then(values::moment)) {
        *value = ms.to_string().into();
    }
}

/// The properties an answer shows when the caller names none.
pub(crate) fn defaults(kind: Kind) -> Vec<String> {
    kind.facts().shown.iter().map(|name| (*name).to_owned()).collect()
}

/// `propertiesWithHistory`: every version, newest first. What HubSpot works out has one, as old as the record.
pub(crate) fn history(portal: &Portal, kind: Kind, record: &Record, names: &[String]) -> Value {
    let version = |text: &str, since_ms: Ms, source: Source| {
        json!({
            "value": text, "timestamp": stamp(since_ms), "sourceType": source.label(),
            "sourceId": null, "sourceLabel": null, "updatedByUserId": null
        })
    };
    let versions = |name: &str| -> Vec<Value> {
        match (record.history(name), computed::read(kind, record, name)) {
            (kept, Some(text)) if kept.is_empty() => vec![version(&text, record.created_ms, record.source)],
            (kept, _) => kept.iter().map(|one| version(&one.text, one.since_ms, one.source)).collect(),
        }
    };
    let known = names.iter().filter(|name| portal.schema(kind).get(name).is_some());
    Value::Object(known.map(|name| (name.clone(), versions(name).into())).collect())
}

/// `associations` of a read: each kind asked for, when there are any.
pub(crate) fn associations(portal: &Portal, kind: Kind, id: u64, to: &[Kind]) -> Option<Value> {
    let to: BTreeSet<Kind> = to.iter().copied().collect();
    let all: Map<String, Value> = to
        .into_iter()
        .filter_map(|to| {
            let results: Vec<Value> = portal
                .links
                .of((kind, id), to)
                .flat_map(|(other, labels)| {
                    labels.iter().map(move |label| json!({"id": other.to_string(), "type": type_name(kind, to, label)}))
                })
                .collect();
            (!results.is_empty()).then(|| (to.facts().plural.to_owned(), json!({"results": results})))
        })
        .collect();
    (!all.is_empty()).then_some(Value::Object(all))
}

/// `contact_to_company`; the plain association next to a labelled one is `contact_to_company_unlabeled`.
fn type_name(from: Kind, to: Kind, label: &Label) -> String {
    let name = format!("{}_to_{}", from.facts().singular, to.facts().singular);
    let has_primary = pairs::between(from, to).any(|pair| pair.is_primary());
    let is_plain = pairs::default(from, to).is_some_and(|pair| pair.type_id == label.type_id);
    match (label.category, has_primary && is_plain) {
        (Category::HubspotDefined, true) => name + "_unlabeled",
        _ => name,
    }
}

/// A record with all it has: what tests and the demo look at.
pub(crate) fn whole(portal: &Portal, kind: Kind, one: &Record) -> Value {
    let mut view = record(portal, kind, one, Shown::Everything);
    if let Some(all) = associations(portal, kind, one.id, &ALL) {
        view["associations"] = all;
    }
    view
}
