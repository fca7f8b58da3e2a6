//! The records of one object type with their indexes, and the older versions that search still finds during its lag.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use super::journal::{Journal, RecordChange};
use super::record::Record;
use crate::clock::Ms;

/// Number of pending changes at which those that have become visible are dropped. Every search drops them, too, but
/// there may be no search.
const PENDING_MIN: usize = 1_000;

#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// All records, archived ones included. A snapshot shares them.
    records: BTreeMap<u64, Arc<Record>>,
    /// Ids by primary and secondary e-mail address in lower case, of the records that are not archived.
    by_email: HashMap<Box<str>, u64>,
    /// Ids of records that were merged into others, with the id of the other.
    merged: HashMap<u64, u64>,
    /// Versions that search still finds of records that changed a moment ago, oldest first.
    unindexed: BTreeMap<u64, VecDeque<PreviousVersion>>,
    /// Number of versions in `unindexed`, and the number at which the visible ones are dropped.
    pending: usize,
    pending_max: usize,
    next_id: u64,
    /// Changes that apps are told of.
    pub(crate) journal: Journal<RecordChange>,
}

/// The record that a search finds before `visible_at_ms`; `None`: the record did not exist.
#[derive(Clone, Debug)]
struct PreviousVersion {
    visible_at_ms: Ms,
    record: Option<Arc<Record>>,
}

/// The time at which search finds a change.
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
            pending: 0,
            pending_max: PENDING_MIN,
            next_id: first_id,
            journal: Journal::default(),
        }
    }

    /// Finds a record, archived or not. The id of a merged record leads to the one that it became part of.
    pub(crate) fn get(&self, id: u64) -> Option<&Record> {
        self.records.get(self.merged.get(&id).unwrap_or(&id)).map(Arc::as_ref)
    }

    /// Finds a record that is not archived.
    pub(crate) fn live(&self, id: u64) -> Option<&Record> {
        self.get(id).filter(|record| !record.is_archived())
    }

    /// Finds a record by primary or secondary e-mail address, in any case.
    pub(crate) fn by_email(&self, email: &str) -> Option<&Record> {
        self.by_email.get(email.trim().to_lowercase().as_str()).and_then(|id| self.records.get(id)).map(Arc::as_ref)
    }

    /// Returns all records in the order of their ids, from `first_id` on.
    pub(crate) fn from(&self, first_id: u64) -> impl Iterator<Item = &Record> {
        self.records.range(first_id..).map(|(_, record)| record.as_ref())
    }

    /// Returns all records as they are now, shared with the table.
    pub(crate) fn snapshot(&self) -> Vec<Arc<Record>> {
        self.records.values().cloned().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn next_id(&self) -> u64 {
        self.next_id
    }

    /// Sets the next id, so that high ids of a seed file do not raise it. Ids in use are not given again.
    pub(crate) fn start_ids_at(&mut self, id: u64) {
        self.next_id = id;
    }

    /// Returns an unused id. Ids grow with gaps as in real accounts, but with the same gaps in every run.
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
        self.keep_previous(id, None, indexing);
        record.merged_ids.iter().for_each(|merged| {
            self.merged.insert(*merged, id);
        });
        self.index_emails(&record);
        let record = Arc::new(record);
        self.journal.note(|| RecordChange::Created(Arc::clone(&record)));
        self.records.insert(id, record);
    }

    /// Changes the record with this id, which must not be that of a merged one.
    pub(crate) fn change(&mut self, id: u64, indexing: Indexing, change: impl FnOnce(&mut Record)) {
        let Some(mut record) = self.records.remove(&id) else { return };
        self.unindex_emails(&record);
        let before = self.journal.is_open().then(|| Arc::clone(&record));
        self.keep_previous(id, Some(Arc::clone(&record)), indexing);
        change(Arc::make_mut(&mut record));
        self.index_emails(&record);
        if let Some(before) = before {
            self.journal.note(|| RecordChange::Changed { before, after: Arc::clone(&record) });
        }
        self.records.insert(id, record);
    }

    /// Removes a record that is merged into `winner`, to which its id leads from now on.
    pub(crate) fn absorb(&mut self, loser: u64, winner: u64, indexing: Indexing) {
        let Some(gone) = self.records.remove(&loser) else { return };
        self.unindex_emails(&gone);
        gone.merged_ids.iter().chain([&loser]).for_each(|id| {
            self.merged.insert(*id, winner);
        });
        self.journal.note(|| RecordChange::Merged { loser: Arc::clone(&gone), winner });
        self.keep_previous(loser, Some(gone), indexing);
    }

    /// Removes a record for good.
    pub(crate) fn erase(&mut self, id: u64) {
        if let Some(gone) = self.records.remove(&id) {
            self.unindex_emails(&gone);
            self.unindexed.remove(&id);
            self.journal.note(|| RecordChange::Erased { id });
        }
    }

    /// Makes every change visible to search.
    pub(crate) fn flush(&mut self) {
        self.unindexed.clear();
        self.pending = 0;
    }

    /// Makes the changes visible to search that are due by `now_ms`.
    pub(crate) fn apply_pending(&mut self, now_ms: Ms) {
        self.unindexed.retain(|_, versions| {
            while versions.front().is_some_and(|version| version.visible_at_ms <= now_ms) {
                versions.pop_front();
            }
            !versions.is_empty()
        });
        self.pending = self.unindexed.values().map(VecDeque::len).sum();
    }

    /// Returns every record as search finds it, archived ones included. Call [`Table::apply_pending`] first.
    pub(crate) fn indexed(&self) -> impl Iterator<Item = &Record> {
        let current = self.records.values().filter(|record| !self.unindexed.contains_key(&record.id));
        current.map(Arc::as_ref).chain(self.pending_versions())
    }

    /// Returns the records with these e-mail addresses and ids as search finds them, and others whose change is
    /// pending.
    pub(crate) fn indexed_with_keys<'a>(
        &'a self,
        emails: &[String],
        ids: &[u64],
    ) -> impl Iterator<Item = &'a Record> + use<'a> {
        let by_email = emails.iter().filter_map(|email| self.by_email(email)).map(|record| record.id);
        let ids: BTreeSet<u64> = by_email.chain(ids.iter().copied()).collect();
        let current = ids.into_iter().filter(|id| !self.unindexed.contains_key(id));
        current.filter_map(|id| self.records.get(&id)).map(Arc::as_ref).chain(self.pending_versions())
    }

    fn pending_versions(&self) -> impl Iterator<Item = &Record> {
        self.unindexed.values().filter_map(|versions| versions.front()?.record.as_deref())
    }

    fn keep_previous(&mut self, id: u64, record: Option<Arc<Record>>, indexing: Indexing) {
        let Indexing::Later { now_ms, visible_at_ms } = indexing else { return };
        self.unindexed.entry(id).or_default().push_back(PreviousVersion { visible_at_ms, record });
        self.pending += 1;
        if self.pending > self.pending_max {
            self.apply_pending(now_ms);
            self.pending_max = PENDING_MIN.max(self.pending * 2);
        }
    }

    fn index_emails(&mut self, record: &Record) {
        if !record.is_archived() {
            emails(record).for_each(|email| {
                self.by_email.insert(email.into(), record.id);
            });
        }
    }

    fn unindex_emails(&mut self, record: &Record) {
        emails(record).for_each(|email| {
            if self.by_email.get(email) == Some(&record.id) {
                self.by_email.remove(email);
            }
        });
    }
}

/// Returns the e-mail addresses of a contact in lower case, the primary one first.
pub(crate) fn emails(record: &Record) -> impl Iterator<Item = &str> {
    let secondary = record.get("hs_additional_emails").unwrap_or_default().split(';');
    record.get("email").into_iter().chain(secondary).filter(|email| !email.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Source;

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
        table.apply_pending(now_ms);
        let mut ids: Vec<_> = table.indexed().map(|record| record.id).collect();
        ids.sort_unstable();
        ids
    }

    fn found(table: &Table) -> Vec<Option<String>> {
        table.indexed_with_keys(&[], &[1]).map(|record| record.get("email").map(str::to_owned)).collect()
    }

    #[test]
    fn addresses_find_their_record_and_follow_changes() {
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
    fn search_finds_changes_after_the_lag() {
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
    fn pending_changes_are_bounded_without_any_search() {
        let mut table = Table::starting_at(1);
        table.insert(contact(1, "a@x.com", ""), Indexing::Now);
        for now_ms in 0..10_000 {
            table
                .change(1, Indexing::Later { now_ms, visible_at_ms: now_ms + 10 }, |record| record.updated_ms = now_ms);
            assert!(table.pending <= PENDING_MIN);
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
