//! The state of the sandbox, as far as a client may write it, and the differences between two states.

use std::collections::{BTreeMap, BTreeSet};

use hubspot_sandbox::Sandbox;
use serde_json::{Value, json};

use super::account::{RunError, ask};
use domain::text::excerpt;

/// The types of records that a desk could touch.
pub const TYPES: [&str; 10] =
    ["contacts", "companies", "deals", "tickets", "notes", "calls", "emails", "meetings", "tasks", "communications"];

/// A record's type and id.
pub type Key = (String, String);

/// All records, by their keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HubSpotRecords(pub BTreeMap<Key, Record>);

/// Properties and links of one HubSpot record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The properties that a client may write.
    pub properties: BTreeMap<String, String>,
    /// The records that it is linked to.
    pub links: BTreeSet<Key>,
}

/// The properties of each type that HubSpot alone writes.
#[derive(Clone, Debug)]
pub struct ReadOnly(BTreeSet<(&'static str, String)>);

/// The names of the properties of each type.
#[derive(Clone, Debug)]
pub struct Schema(BTreeMap<&'static str, BTreeSet<String>>);

impl Schema {
    /// Reads the schemas of an account.
    pub async fn of(sandbox: &Sandbox) -> Result<Schema, RunError> {
        let mut all = BTreeMap::new();
        for kind in TYPES {
            let answer = ask(sandbox, "GET", &format!("/crm/v3/properties/{kind}"), &json!({})).await?;
            let properties = answer["results"].as_array().into_iter().flatten();
            all.insert(kind, properties.filter_map(|one| Some(one["name"].as_str()?.to_owned())).collect());
        }
        Ok(Schema(all))
    }

    /// True if records of the type have the property.
    pub fn has(&self, kind: &str, property: &str) -> bool {
        self.0.get(kind).is_some_and(|names| names.contains(property))
    }
}

/// One difference between two states.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// A new record.
    Made(Key, Record),
    /// A record that is there no more.
    Gone(Key),
    /// The properties with their values before and after.
    Changed(Key, BTreeMap<String, (String, String)>),
    /// A link of two records that both were there.
    Linked(Key, Key),
    /// A link that is there no more, of two records that still are.
    Unlinked(Key, Key),
}

impl ReadOnly {
    /// Reads the properties from the schemas of an account.
    pub async fn of(sandbox: &Sandbox) -> Result<ReadOnly, RunError> {
        let mut all = BTreeSet::new();
        for kind in TYPES {
            let answer = ask(sandbox, "GET", &format!("/crm/v3/properties/{kind}"), &json!({})).await?;
            let properties = answer["results"].as_array().into_iter().flatten();
            let computed = properties.filter(|one| one["modificationMetadata"]["readOnlyValue"] == true);
            all.extend(computed.filter_map(|one| Some((kind, one["name"].as_str()?.to_owned()))));
        }
        Ok(ReadOnly(all))
    }
}

impl HubSpotRecords {
    /// The records of an account.
    pub fn of(sandbox: &Sandbox, computed: &ReadOnly) -> HubSpotRecords {
        let all = TYPES.into_iter().flat_map(|kind| {
            sandbox.records(kind).into_iter().filter_map(move |record| {
                let id = record["id"].as_str()?.to_owned();
                Some(((kind.to_owned(), id), Record::of(kind, &record, computed)))
            })
        });
        HubSpotRecords(all.collect())
    }

    /// The state after a difference.
    #[must_use]
    pub fn with(mut self, difference: &Difference) -> HubSpotRecords {
        match difference {
            Difference::Made(key, record) => drop(self.0.insert(key.clone(), record.clone())),
            Difference::Gone(key) => drop(self.0.remove(key)),
            Difference::Changed(key, changed) => {
                let values = changed.iter().map(|(name, (_, after))| (name.clone(), after.clone()));
                self.0.entry(key.clone()).or_default().properties.extend(values);
            }
            Difference::Linked(one, other) => drop(self.0.entry(one.clone()).or_default().links.insert(other.clone())),
            Difference::Unlinked(one, other) => drop(self.0.entry(one.clone()).or_default().links.remove(other)),
        }
        self
    }

    /// The differences of a later state.
    pub fn until(&self, after: &HubSpotRecords) -> Vec<Difference> {
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
        let properties = record["properties"].as_object().into_iter().flatten();
        let written = properties.filter(|(name, _)| !computed.0.contains(&(kind, (*name).clone())));
        let texts = written.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        let mut links = BTreeSet::new();
        for (to, others) in record["associations"].as_object().into_iter().flatten() {
            let ids = others["results"].as_array().into_iter().flatten().filter_map(|other| other["id"].as_str());
            links.extend(ids.map(|id| (to.clone(), id.to_owned())));
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

/// The longest value of a property that is shown.
const SHOWN_CHARACTERS_MAX: usize = 60;

impl Difference {
    /// One line for people.
    pub fn shown(&self) -> String {
        let short = |value: &String| format!("{:?}", excerpt(value, SHOWN_CHARACTERS_MAX));
        let named = |(kind, id): &Key| format!("{kind}/{id}");
        match self {
            Difference::Made(key, record) => {
                let properties = record.properties.iter().map(|(name, value)| format!(" {name}={}", short(value)));
                let links: Vec<String> = record.links.iter().map(named).collect();
                let links = if links.is_empty() { String::new() } else { format!(" linked to {}", links.join(", ")) };
                format!("+ {}{}{links}", named(key), properties.collect::<String>())
            }
            Difference::Gone(key) => format!("- {}", named(key)),
            Difference::Changed(key, changed) => {
                let one = |(name, (before, after)): (&String, &(String, String))| {
                    format!(" {name}={} (was {})", short(after), short(before))
                };
                format!("~ {}{}", named(key), changed.iter().map(one).collect::<String>())
            }
            Difference::Linked(one, other) => format!("link of {} and {}", named(one), named(other)),
            Difference::Unlinked(one, other) => format!("loss of the link of {} and {}", named(one), named(other)),
        }
    }
}
