//! What is remembered of leads between two attempts: what turns have shown, and the values that wait to be written or told.
//! Once colleagues were told of a value, it stands in HubSpot alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::evidence::ShownInTurn;

/// The most intents that are remembered of one matter, and tools of a conversation.
const INTENTS_MAX: usize = 20;
const TOOLS_MAX: usize = 20;

/// The memory of a conversation's leads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeadMemory {
    /// The contact of whom all of this is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub contact: String,
    /// The intents of the taskgraph that the contact has shown in this matter, by the operator's names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub intents: Vec<String>,
    /// The tools that have written for the contact, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// The values that wait to be written or told, by property.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub wanted: BTreeMap<String, String>,
    /// The customer's message that has shown the newest of them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub trigger: String,
    /// The values before the write that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<BTreeMap<String, String>>,
    /// The failures since values wait that may pass.
    #[serde(skip_serializing_if = "is_zero")]
    pub failures: u32,
    /// The reason for which the last values were given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_up: Option<String>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl LeadMemory {
    /// Begins anew for another contact, where HubSpot has one with the conversation. `false` while a write for the one before is
    /// under way: it is ended first.
    pub fn belong_to(&mut self, contact: &str) -> bool {
        if self.contact == contact {
            return true;
        }
        if self.before.is_some() {
            return false;
        }
        *self = LeadMemory { contact: contact.to_owned(), given_up: self.given_up.take(), ..LeadMemory::default() };
        true
    }

    /// Notes the intents and the tools of a turn.
    pub fn note_turn(&mut self, shown: &ShownInTurn) {
        for (all, new) in [(&mut self.intents, &shown.intents), (&mut self.tools, &shown.tools)] {
            for one in new {
                if !all.contains(one) {
                    all.push(one.clone());
                }
            }
        }
        self.intents.drain(..self.intents.len().saturating_sub(INTENTS_MAX));
        self.tools.drain(..self.tools.len().saturating_sub(TOOLS_MAX));
    }

    /// Notes values of which colleagues do not know as wanted. A write that is under way is ended first.
    pub fn want(&mut self, values: impl IntoIterator<Item = (String, String)>, trigger: &str) {
        if self.before.is_some() {
            return;
        }
        for (property, value) in values {
            self.wanted.insert(property, value);
            trigger.clone_into(&mut self.trigger);
        }
    }

    /// Forgets what waits, because it is dealt with.
    pub fn end(&mut self) {
        self.wanted.clear();
        self.trigger.clear();
        (self.before, self.failures) = (None, 0);
    }

    /// Forgets what waits, because a person has the conversation; a write that is under way is still told.
    pub fn leave(&mut self) {
        if self.before.is_none() {
            self.end();
        }
    }

    /// Forgets the intents of a matter that is over.
    pub fn begin_matter(&mut self) {
        self.intents.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(all: &[(&str, &str)]) -> BTreeMap<String, String> {
        all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn values_wait_until_they_are_dealt_with_and_nothing_of_them_stays() {
        let mut memory = LeadMemory::default();
        memory.want(values(&[("company", "Acme"), ("budget", "5")]), "m1");
        assert_eq!((memory.wanted.len(), memory.trigger.as_str()), (2, "m1"));
        memory.want(values(&[]), "m2");
        assert_eq!(memory.trigger, "m1", "nothing new was shown");
        memory.end();
        assert_eq!(serde_json::to_string(&memory).unwrap(), "{}");
    }

    #[test]
    fn a_write_that_is_under_way_is_ended_first() {
        let mut memory = LeadMemory::default();
        memory.want(values(&[("company", "Acme")]), "m1");
        memory.before = Some(values(&[("company", "")]));
        memory.want(values(&[("company", "Other")]), "m2");
        memory.leave();
        assert_eq!((&memory.wanted, memory.trigger.as_str()), (&values(&[("company", "Acme")]), "m1"));
        memory.before = None;
        memory.leave();
        assert_eq!(memory, LeadMemory::default());
    }

    #[test]
    fn another_contact_gets_nothing_of_what_one_has_shown() {
        let mut memory = LeadMemory::default();
        assert!(memory.belong_to("1"));
        memory.want(values(&[("company", "Acme")]), "m1");
        memory.intents.push("Book".into());
        memory.before = Some(values(&[("company", "")]));
        assert!(!memory.belong_to("2") && memory.contact == "1", "a write is under way");
        memory.before = None;
        assert!(memory.belong_to("2"));
        assert_eq!(memory, LeadMemory { contact: "2".into(), ..LeadMemory::default() });
    }

    #[test]
    fn what_turns_show_is_noted_once() {
        let mut memory = LeadMemory::default();
        let shown = ShownInTurn {
            intents: vec!["Book".into(), "Book".into()],
            tools: vec!["create_meeting".into()],
            ..ShownInTurn::default()
        };
        memory.note_turn(&shown);
        memory.note_turn(&shown);
        assert_eq!((memory.intents.len(), memory.tools.len()), (1, 1));
        memory.begin_matter();
        assert_eq!((memory.intents.len(), memory.tools.len()), (0, 1));
    }
}
