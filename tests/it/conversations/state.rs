//! The state of the sandbox, as far as a client may write it, and the differences between two states.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::world::{World, ask_sandbox};

/// The types of records that a desk could touch.
const TYPES: [&str; 10] =
    ["contacts", "companies", "deals", "tickets", "notes", "calls", "emails", "meetings", "tasks", "communications"];

/// A record's type and id.
pub(crate) type Key = (String, String);

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State(pub(crate) BTreeMap<Key, Record>);

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Record {
    /// The properties that a client may write.
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) links: BTreeSet<Key>,
}

/// The properties of each type that HubSpot alone writes.
#[derive(Clone, Debug)]
pub(crate) struct ReadOnly(BTreeSet<(&'static str, String)>);

/// One difference between two states.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Difference {
    Made(Key, Record),
    Gone(Key),
    /// The properties with their values before and after.
    Changed(Key, BTreeMap<String, (String, String)>),
    /// A link of two records that both were there.
    Linked(Key, Key),
    Unlinked(Key, Key),
}

impl ReadOnly {
    pub(crate) async fn of(world: &World) -> ReadOnly {
        let mut all = BTreeSet::new();
        for kind in TYPES {
            let answer = ask_sandbox(world, "GET", &format!("/crm/v3/properties/{kind}"), json!({})).await;
            let properties = answer["results"].as_array().unwrap();
            let computed = properties.iter().filter(|one| one["modificationMetadata"]["readOnlyValue"] == true);
            all.extend(computed.map(|one| (kind, one["name"].as_str().unwrap().to_owned())));
        }
        ReadOnly(all)
    }
}

impl State {
    pub(crate) fn of(world: &World, computed: &ReadOnly) -> State {
        let all = TYPES.into_iter().flat_map(|kind| {
            world.sandbox.records(kind).into_iter().map(move |record| {
                let id = record["id"].as_str().unwrap().to_owned();
                ((kind.to_owned(), id), Record::of(kind, &record, computed))
            })
        });
        State(all.collect())
    }

    pub(crate) fn until(&self, after: &State) -> Vec<Difference> {
        let made = after.0.iter().filter(|(key, _)| !self.0.contains_key(*key));
        let mut all: Vec<_> = made.map(|(key, record)| Difference::Made(key.clone(), record.clone())).collect();
        for (key, before) in &self.0 {
            let Some(now) = after.0.get(key) else {
                all.push(Difference::Gone(key.clone()));
                continue;
            };
            let changed = before.changed(now);
            if !changed.is_empty() {
                all.push(Difference::Changed(key.clone(), changed));
            }
            // The links of a new record are its own, and a link of two is counted once.
            let counts = |other: &&Key| key < *other && self.0.contains_key(*other) && after.0.contains_key(*other);
            let new = now.links.difference(&before.links).filter(counts);
            all.extend(new.map(|other| Difference::Linked(key.clone(), other.clone())));
            let old = before.links.difference(&now.links).filter(counts);
            all.extend(old.map(|other| Difference::Unlinked(key.clone(), other.clone())));
        }
        all
    }
}

impl Record {
    fn of(kind: &'static str, record: &Value, computed: &ReadOnly) -> Record {
        let properties = record["properties"].as_object().unwrap().iter();
        let written = properties.filter(|(name, _)| !computed.0.contains(&(kind, (*name).clone())));
        let texts = written.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        let mut links = BTreeSet::new();
        for (to, others) in record["associations"].as_object().into_iter().flatten() {
            for other in others["results"].as_array().unwrap() {
                links.insert((to.clone(), other["id"].as_str().unwrap().to_owned()));
            }
        }
        Record { properties: texts.collect(), links }
    }

    fn changed(&self, after: &Record) -> BTreeMap<String, (String, String)> {
        let names: BTreeSet<&String> = self.properties.keys().chain(after.properties.keys()).collect();
        let value = |record: &Record, name: &String| record.properties.get(name).cloned().unwrap_or_default();
        let both = names.into_iter().map(|name| (name.clone(), (value(self, name), value(after, name))));
        both.filter(|(_, (before, after))| before != after).collect()
    }
}
