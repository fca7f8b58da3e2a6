//! The records of one kind, with the indexes that keep a hundred thousand of them quick, and what search can see of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use super::record::Record;
use crate::clock::Ms;

/// Without any search nobody asks what search sees: from so many changes on, the old ones are looked through anyway.
const UNSETTLED_MIN: usize = 1_000;

#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// With the archived ones. Shared with whoever writes them down meanwhile.
    records: BTreeMap<u64, Arc<Record>>,
    /// Primary and secondary addresses, in lower case, of the records that are not archived.
    by_email: HashMap<Box<str>, u64>,
    /// Ids that were merged away, and where they lead.
    merged: HashMap<u64, u64>,
    /// What search still sees of records that changed a moment ago, oldest first.
    unindexed: BTreeMap<u64, VecDeque<Before>>,
    /// How many of them there are, and how many may be before the old ones are dropped
    unsettled: usize,
    unsettled_max: usize,
    next_id: u64,
}

/// How a record looked (`None`: it did not exist) to a search before `visible_at_ms`.
#[derive(Clone, Debug)]
struct Before {
    visible_at_ms: Ms,
    record: Option<Arc<Record>>,
}

/// When search learns of a change.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Indexing {
    Now,
    Later { now_ms: Ms, visible_at_ms: Ms },
}

impl Table {
    pub(crate) fn starting_at(first_id: u64) -> Table {
        Table {
            records: BTreeMap::new(),
            by_email: HashMap::new(),
            merged: HashMap::new(),
            unindexed: BTreeMap::new(),
            unsettled: 0,
            unsettled_max: UNSETTLED_MIN,
            next_id: first_id,
        }
    }

    /// The record with this id, archived or not; the id of a merged record leads to the one it became part of.
    pub(crate) fn get(&self, id: u64) -> Option<&Record> {
        self.records.get(self.merged.get(&id).unwrap_or(&id)).map(Arc::as_ref)
    }

    pub(crate) fn live(&self, id: u64) -> Option<&Record> {
        self.get(id).filter(|record| !record.is_archived())
    }

    /// By primary or secondary address, in any case.
    pub(crate) fn by_email(&self, email: &str) -> Option<&Record> {
        self.by_email.get(email.trim().to_lowercase().as_str()).and_then(|id| self.records.get(id)).map(Arc::as_ref)
    }

    /// All records in the order of their ids, from `first_id` on.
    pub(crate) fn from(&self, first_id: u64) -> impl Iterator<Item = &Record> {
        self.records.range(first_id..).map(|(_, record)| record.as_ref())
    }

    /// All records as they are now: they stay so, whatever happens to the table.
    pub(crate) fn snapshot(&self) -> Vec<Arc<Record>> {
        self.records.values().cloned().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn next_id(&self) -> u64 {
        self.next_id
    }

    /// Where new ids go on, so that a seed's own high ids do not push them up. Ids in use are never given twice.
    pub(crate) fn start_ids_at(&mut self, id: u64) {
        self.next_id = id;
    }

    /// An id nobody has. Real ids grow with gaps; these do too, the same gaps in every run.
    pub(crate) fn take_id(&mut self) -> u64 {
        while self.records.contains_key(&self.next_id) || self.merged.contains_key(&self.next_id) {
            self.next_id += 1;
        }
        let id = self.next_id;
        self.next_id += 1 + id % 7;
        id
    }

    pub(crate) fn insert(&mut self, mut record: Record, indexing: Indexing) {
        let id = record.id;
        record.trim();
        self.next_id = self.next_id.max(id.saturating_add(1));
        self.remember(id, None, indexing);
        record.absorbed.iter().for_each(|absorbed| {
            self.merged.insert(*absorbed, id);
        });
        self.learn_emails(&record);
        self.records.insert(id, Arc::new(record));
    }

    /// Changes the record with exactly this id.
    pub(crate) fn change(&mut self, id: u64, indexing: Indexing, change: impl FnOnce(&mut Record)) {
        let Some(mut record) = self.records.remove(&id) else { return };
        self.forget_emails(&record);
        self.remember(id, Some(Arc::clone(&record)), indexing);
        change(Arc::make_mut(&mut record));
        self.learn_emails(&record);
        self.records.insert(id, record);
    }

    /// Takes a record out for good; its id leads to `winner` from now on.
    pub(crate) fn absorb(&mut self, loser: u64, winner: u64, indexing: Indexing) {
        let Some(gone) = self.records.remove(&loser) else { return };
        self.forget_emails(&gone);
        gone.absorbed.iter().chain([&loser]).for_each(|id| {
            self.merged.insert(*id, winner);
        });
        self.remember(loser, Some(gone), indexing);
    }

    pub(crate) fn erase(&mut self, id: u64) {
        if let Some(gone) = self.records.remove(&id) {
            self.forget_emails(&gone);
            self.unindexed.remove(&id);
        }
    }

    /// Makes everything visible to search.
    pub(crate) fn flush(&mut self) {
        self.unindexed.clear();
        self.unsettled = 0;
    }

    /// Drops what search has learnt by `now_ms`.
    pub(crate) fn settle(&mut self, now_ms: Ms) {
        self.unindexed.retain(|_, befores| {
            while befores.front().is_some_and(|before| before.visible_at_ms <= now_ms) {
                befores.pop_front();
            }
            !befores.is_empty()
        });
        self.unsettled = self.unindexed.values().map(VecDeque::len).sum();
    }

    /// Every record as search sees it, archived ones included. Call [`Table::settle`] first.
    pub(crate) fn indexed(&self) -> impl Iterator<Item = &Record> {
        let current = self.records.values().filter(|record| !self.unindexed.contains_key(&record.id));
        current.map(Arc::as_ref).chain(self.unsettled())
    }

    /// The same for the records that these addresses and ids may lead to: a handful instead of all.
    pub(crate) fn indexed_with_keys<'a>(
        &'a self,
        emails: &[String],
        ids: &[u64],
    ) -> impl Iterator<Item = &'a Record> + use<'a> {
        let by_email = emails.iter().filter_map(|email| self.by_email(email)).map(|record| record.id);
        let ids: BTreeSet<u64> = by_email.chain(ids.iter().copied()).collect();
        let current = ids.into_iter().filter(|id| !self.unindexed.contains_key(id));
        current.filter_map(|id| self.records.get(&id)).map(Arc::as_ref).chain(self.unsettled())
    }

    fn unsettled(&self) -> impl Iterator<Item = &Record> {
        self.unindexed.values().filter_map(|befores| befores.front()?.record.as_deref())
    }

    fn remember(&mut self, id: u64, record: Option<Arc<Record>>, indexing: Indexing) {
        let Indexing::Later { now_ms, visible_at_ms } = indexing else { return };
        self.unindexed.entry(id).or_default().push_back(Before { visible_at_ms, record });
        self.unsettled += 1;
        if self.unsettled > self.unsettled_max {
            self.settle(now_ms);
            self.unsettled_max = UNSETTLED_MIN.max(self.unsettled * 2);
        }
    }

    fn learn_emails(&mut self, record: &Record) {
        if !record.is_archived() {
            emails(record).for_each(|email| {
                self.by_email.insert(email.into(), record.id);
            });
        }
    }

    fn forget_emails(&mut self, record: &Record) {
        emails(record).for_each(|email| {
            if self.by_email.get(email) == Some(&record.id) {
                self.by_email.remove(email);
            }
        });
    }
}

/// Every address of a contact, the primary one first. Stored in lower case.
pub(crate) fn emails(record: &Record) -> impl Iterator<Item = &str> {
    let secondary = record.get("hs_additional_emails").unwrap_or_default().split(';');
    record.get("email").into_iter().chain(secondary).filter(|email| !email.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::record::Source;

    fn contact(id: u64, email: &str, secondary: &str) -> Record {
        let mut record = Record::new(id, 0, Source::Screen);
        record.set(&"email".into(), email, 0, Source::Screen);
        record.set(&"hs_additional_emails".into(), secondary, 0, Source::Screen);
        record
    }

    fn later(visible_at_ms: Ms) -> Indexing {
        Indexing::Later { now_ms: 0, visible_at_ms }
    }

    fn seen(table: &Table, now_ms: Ms) -> Vec<u64> {
        let mut table = table.clone();
        table.settle(now_ms);
        let mut ids: Vec<_> = table.indexed().map(|record| record.id).collect();
        ids.sort_unstable();
        ids
    }

    fn found(table: &Table) -> Vec<Option<String>> {
        table.indexed_with_keys(&[], &[1]).map(|record| record.get("email").map(str::to_owned)).collect()
    }

    #[test]
    fn addresses_lead_to_their_record_and_follow_changes() {
        let mut table = Table::starting_at(1);
        table.insert(contact(5, "a@x.com", "b@x.com;c@x.com"), Indexing::Now);
        assert_eq!(table.by_email(" B@X.com ").map(|record| record.id), Some(5));
        table.change(5, Indexing::Now, |record| record.set(&"email".into(), "d@x.com", 1, Source::Screen));
        assert!(table.by_email("a@x.com").is_none());
        assert_eq!(table.by_email("d@x.com").map(|record| record.id), Some(5));
        table.change(5, Indexing::Now, |record| record.archived_ms = Some(2));
        assert!(table.by_email("d@x.com").is_none());
        assert!(table.live(5).is_none() && table.get(5).is_some());
    }

    #[test]
    fn search_learns_of_changes_late() {
        let mut table = Table::starting_at(1);
        table.insert(contact(1, "a@x.com", ""), Indexing::Now);
        table.insert(contact(2, "b@x.com", ""), later(100));
        table.change(1, later(50), |record| record.set(&"email".into(), "z@x.com", 1, Source::Screen));
        assert_eq!(seen(&table, 10), [1]);
        assert_eq!(found(&table), [Some("a@x.com".to_owned())]);
        assert_eq!(seen(&table, 100), [1, 2]);
        table.flush();
        assert_eq!(found(&table), [Some("z@x.com".to_owned())]);
    }

    #[test]
    fn changes_that_nobody_searches_for_are_forgotten() {
        let mut table = Table::starting_at(1);
        table.insert(contact(1, "a@x.com", ""), Indexing::Now);
        for now_ms in 0..10_000 {
            table
                .change(1, Indexing::Later { now_ms, visible_at_ms: now_ms + 10 }, |record| record.updated_ms = now_ms);
            assert!(table.unsettled <= UNSETTLED_MIN);
        }
    }

    #[test]
    fn the_id_of_a_merged_record_leads_to_the_winner() {
        let mut table = Table::starting_at(1);
        table.insert(contact(1, "a@x.com", ""), Indexing::Now);
        table.insert(contact(2, "b@x.com", ""), Indexing::Now);
        table.absorb(2, 1, Indexing::Now);
        assert_eq!(table.get(2).map(|record| record.id), Some(1));
        assert!(table.take_id() > 2);
    }
}
