//! What is remembered of leads: digests of values that are dealt with, and, until colleagues are told of them, the values.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::tool::digest;

/// The most intents that are remembered of one matter.
const INTENTS_MAX: usize = 20;

/// The memory of a conversation's leads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeadMemory {
    /// The intents of the taskgraph that were shown in this matter, by the operator's names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub intents: Vec<String>,
    /// The values that wait to be written or told, by property.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub wanted: BTreeMap<String, String>,
    /// The customer's message that has shown the newest of them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub trigger: String,
    /// The values before the write that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<BTreeMap<String, String>>,
    /// Digests of the values that colleagues were told of, by property.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub told: BTreeMap<String, String>,
    /// Digests of those that were written.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub written: BTreeMap<String, String>,
}

impl LeadMemory {
    /// Notes the intents of a turn.
    pub fn note_intents(&mut self, intents: &[String]) {
        for intent in intents {
            if !self.intents.contains(intent) {
                self.intents.push(intent.clone());
            }
        }
        self.intents.drain(..self.intents.len().saturating_sub(INTENTS_MAX));
    }

    /// Notes values as wanted, but for those of which colleagues know. A write that is under way is ended first.
    pub fn want(&mut self, values: BTreeMap<String, String>, trigger: &str) {
        let new = values.into_iter().filter(|(property, value)| self.told.get(property) != Some(&digest::short(value)));
        let new: Vec<_> = new.collect();
        if self.before.is_none() && !new.is_empty() {
            self.wanted.extend(new);
            trigger.clone_into(&mut self.trigger);
        }
    }

    /// Notes the wanted values as dealt with; `written` are the properties that were written.
    pub fn told(&mut self, written: &[&str]) {
        for (property, value) in std::mem::take(&mut self.wanted) {
            let digest = digest::short(&value);
            if written.contains(&property.as_str()) {
                self.written.insert(property.clone(), digest.clone());
            }
            self.told.insert(property, digest);
        }
        self.before = None;
        self.trigger.clear();
    }

    /// Forgets what waits, because a person has the conversation; a write that is under way is still told.
    pub fn leave(&mut self) {
        if self.before.is_none() {
            self.wanted.clear();
            self.trigger.clear();
        }
    }

    /// Forgets the intents of a matter that is over.
    pub fn begin_matter(&mut self) {
        self.intents.clear();
    }

    /// True if this value of a property was written by the autopilot.
    pub fn wrote(&self, property: &str, value: &str) -> bool {
        self.written.get(property) == Some(&digest::short(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(all: &[(&str, &str)]) -> BTreeMap<String, String> {
        all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_value_is_wanted_once_and_a_new_one_again() {
        let mut memory = LeadMemory::default();
        memory.want(values(&[("company", "Acme"), ("budget", "5")]), "m1");
        assert_eq!((memory.wanted.len(), memory.trigger.as_str()), (2, "m1"));
        memory.told(&["company"]);
        assert!(memory.wanted.is_empty() && memory.wrote("company", "Acme") && !memory.wrote("budget", "5"));
        let stored = serde_json::to_string(&memory).unwrap();
        assert!(!stored.contains("Acme"), "{stored}");
        memory.want(values(&[("company", "Acme"), ("budget", "5")]), "m2");
        assert!(memory.wanted.is_empty());
        memory.want(values(&[("company", "Other"), ("budget", "5")]), "m3");
        assert_eq!((memory.wanted.clone(), memory.trigger.as_str()), (values(&[("company", "Other")]), "m3"));
        memory.leave();
        assert!(memory.wanted.is_empty());
    }

    #[test]
    fn a_write_that_is_under_way_is_ended_first() {
        let mut memory = LeadMemory::default();
        memory.want(values(&[("company", "Acme")]), "m1");
        memory.before = Some(values(&[("company", "")]));
        memory.want(values(&[("company", "Other")]), "m2");
        memory.leave();
        assert_eq!((memory.wanted, memory.trigger.as_str()), (values(&[("company", "Acme")]), "m1"));
    }
}
