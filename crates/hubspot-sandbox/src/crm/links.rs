//! Which records are associated, kept once for each direction.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::kind::Kind;

/// One end of an association.
pub(crate) type End = (Kind, u64);

/// What an association is called in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Label {
    pub(crate) category: Category,
    pub(crate) type_id: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Category {
    HubspotDefined,
    UserDefined,
    IntegratorDefined,
    Work,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Links(BTreeMap<(End, End), Vec<Label>>);

impl Links {
    /// Adds one label in both directions. Says whether the two were not associated before.
    pub(crate) fn add(&mut self, from: End, to: End, there: Label, back: Label) -> bool {
        let is_new = !self.0.contains_key(&(from, to));
        insert(self.0.entry((from, to)).or_default(), there);
        insert(self.0.entry((to, from)).or_default(), back);
        is_new
    }

    /// Removes every label between two records.
    pub(crate) fn remove(&mut self, from: End, to: End) {
        self.0.remove(&(from, to));
        self.0.remove(&(to, from));
    }

    /// Removes one label in both directions; without any label left the two are no longer associated.
    pub(crate) fn remove_label(&mut self, from: End, to: End, there: Label, back: Label) {
        self.drop_label((from, to), there);
        self.drop_label((to, from), back);
    }

    fn drop_label(&mut self, key: (End, End), label: Label) {
        if let Some(labels) = self.0.get_mut(&key) {
            labels.retain(|known| *known != label);
            if labels.is_empty() {
                self.0.remove(&key);
            }
        }
    }

    /// A label that no longer exists.
    pub(crate) fn drop_everywhere(&mut self, category: Category, type_ids: &[u32]) {
        self.0.retain(|_, labels| {
            labels.retain(|label| label.category != category || !type_ids.contains(&label.type_id));
            !labels.is_empty()
        });
    }

    /// What `from` is associated with among `to`, by id.
    pub(crate) fn of(&self, from: End, to: Kind) -> impl Iterator<Item = (u64, &[Label])> {
        self.0.range((from, (to, 0))..=(from, (to, u64::MAX))).map(|((_, end), labels)| (end.1, labels.as_slice()))
    }

    /// Everything `from` is associated with.
    pub(crate) fn of_any(&self, from: End) -> impl Iterator<Item = (End, &[Label])> {
        self.0
            .range((from, (Kind::Contacts, 0))..=(from, (Kind::Tasks, u64::MAX)))
            .map(|((_, end), labels)| (*end, labels.as_slice()))
    }

    /// Each association once, from its smaller end.
    pub(crate) fn all(&self) -> impl Iterator<Item = (End, End, &[Label])> {
        self.0.iter().filter(|((from, to), _)| from <= to).map(|((from, to), labels)| (*from, *to, labels.as_slice()))
    }

    pub(crate) fn detach(&mut self, end: End) {
        let others: Vec<End> = self.of_any(end).map(|(other, _)| other).collect();
        others.into_iter().for_each(|other| self.remove(end, other));
    }
}

fn insert(labels: &mut Vec<Label>, label: Label) {
    if let Err(at) = labels.binary_search(&label) {
        labels.insert(at, label);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SARAH: End = (Kind::Contacts, 1);
    const TICKET: End = (Kind::Tickets, 2);

    fn label(type_id: u32) -> Label {
        Label { category: Category::HubspotDefined, type_id }
    }

    #[test]
    fn both_ends_see_an_association_until_its_last_label_goes() {
        let mut links = Links::default();
        assert!(links.add(SARAH, TICKET, label(15), label(16)));
        assert!(!links.add(SARAH, TICKET, label(15), label(16)));
        assert_eq!(links.of(TICKET, Kind::Contacts).collect::<Vec<_>>(), [(1, &[label(16)][..])]);
        assert_eq!(links.of(SARAH, Kind::Tickets).count(), 1);
        assert_eq!(links.of(SARAH, Kind::Notes).count(), 0);
        links.remove_label(TICKET, SARAH, label(16), label(15));
        assert_eq!(links.all().count(), 0);
    }

    #[test]
    fn a_detached_record_leaves_no_trace() {
        let mut links = Links::default();
        links.add(SARAH, TICKET, label(15), label(16));
        links.add(SARAH, (Kind::Notes, 3), label(201), label(202));
        links.detach(SARAH);
        assert_eq!(links.of_any(TICKET).count() + links.of_any(SARAH).count(), 0);
    }
}
