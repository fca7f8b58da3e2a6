//! The associations between records, stored once for each direction.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::object_type::ObjectType;

/// A record of any object type.
pub(crate) type RecordKey = (ObjectType, u64);

/// The type of an association in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Label {
    pub(crate) category: Category,
    pub(crate) type_id: u32,
}

/// HubSpot's categories of association types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Category {
    HubspotDefined,
    UserDefined,
    IntegratorDefined,
    Work,
}

/// The labels of every associated pair, in both directions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Associations(BTreeMap<(RecordKey, RecordKey), Vec<Label>>);

impl Associations {
    /// Adds one label in both directions. Returns true if the records were not associated before.
    pub(crate) fn add(&mut self, from: RecordKey, to: RecordKey, label: Label, inverse: Label) -> bool {
        let is_new = !self.0.contains_key(&(from, to));
        insert(self.0.entry((from, to)).or_default(), label);
        insert(self.0.entry((to, from)).or_default(), inverse);
        is_new
    }

    /// Removes every label between two records.
    pub(crate) fn remove(&mut self, from: RecordKey, to: RecordKey) {
        self.0.remove(&(from, to));
        self.0.remove(&(to, from));
    }

    /// Removes one label in both directions. Without any label left, the records are no longer associated.
    pub(crate) fn remove_label(&mut self, from: RecordKey, to: RecordKey, label: Label, inverse: Label) {
        self.drop_label((from, to), label);
        self.drop_label((to, from), inverse);
    }

    fn drop_label(&mut self, key: (RecordKey, RecordKey), label: Label) {
        if let Some(labels) = self.0.get_mut(&key) {
            labels.retain(|known| *known != label);
            if labels.is_empty() {
                self.0.remove(&key);
            }
        }
    }

    /// Removes a label that no longer exists from every association.
    pub(crate) fn remove_label_everywhere(&mut self, category: Category, type_ids: &[u32]) {
        self.0.retain(|_, labels| {
            labels.retain(|label| label.category != category || !type_ids.contains(&label.type_id));
            !labels.is_empty()
        });
    }

    /// Returns the records of type `to` that `from` is associated with, by id.
    pub(crate) fn of(&self, from: RecordKey, to: ObjectType) -> impl Iterator<Item = (u64, &[Label])> {
        self.0.range((from, (to, 0))..=(from, (to, u64::MAX))).map(|((_, end), labels)| (end.1, labels.as_slice()))
    }

    /// Returns all records that `from` is associated with.
    pub(crate) fn of_any(&self, from: RecordKey) -> impl Iterator<Item = (RecordKey, &[Label])> {
        self.0
            .range((from, (ObjectType::Contacts, 0))..=(from, (ObjectType::Tasks, u64::MAX)))
            .map(|((_, end), labels)| (*end, labels.as_slice()))
    }

    /// Returns each association once, from its smaller key.
    pub(crate) fn all(&self) -> impl Iterator<Item = (RecordKey, RecordKey, &[Label])> {
        self.0.iter().filter(|((from, to), _)| from <= to).map(|((from, to), labels)| (*from, *to, labels.as_slice()))
    }

    /// Removes all associations of a record.
    pub(crate) fn remove_all_of(&mut self, key: RecordKey) {
        let others: Vec<RecordKey> = self.of_any(key).map(|(other, _)| other).collect();
        others.into_iter().for_each(|other| self.remove(key, other));
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

    const SARAH: RecordKey = (ObjectType::Contacts, 1);
    const TICKET: RecordKey = (ObjectType::Tickets, 2);

    fn label(type_id: u32) -> Label {
        Label { category: Category::HubspotDefined, type_id }
    }

    #[test]
    fn both_ends_see_an_association_until_its_last_label_goes() {
        let mut links = Associations::default();
        assert!(links.add(SARAH, TICKET, label(15), label(16)));
        assert!(!links.add(SARAH, TICKET, label(15), label(16)));
        assert_eq!(links.of(TICKET, ObjectType::Contacts).collect::<Vec<_>>(), [(1, &[label(16)][..])]);
        assert_eq!(links.of(SARAH, ObjectType::Tickets).count(), 1);
        assert_eq!(links.of(SARAH, ObjectType::Notes).count(), 0);
        links.remove_label(TICKET, SARAH, label(16), label(15));
        assert_eq!(links.all().count(), 0);
    }

    #[test]
    fn a_record_can_lose_all_its_associations() {
        let mut links = Associations::default();
        links.add(SARAH, TICKET, label(15), label(16));
        links.add(SARAH, (ObjectType::Notes, 3), label(201), label(202));
        links.remove_all_of(SARAH);
        assert_eq!(links.of_any(TICKET).count() + links.of_any(SARAH).count(), 0);
    }
}
