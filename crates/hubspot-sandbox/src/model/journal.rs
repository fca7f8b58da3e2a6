//! The changes of the account that HubSpot tells subscribed apps. Nothing is noted while no app listens.

use std::sync::Arc;

use super::object_type::ObjectType;
use super::record::Record;

/// Changes noted until they are taken, which is at the end of each request. A request that makes more of them, as one
/// that fills the account, leaves the rest out.
const NOTED_MAX: usize = 50_000;

/// Change of a CRM record, from which webhook events are made.
#[derive(Clone, Debug)]
pub(crate) enum RecordChange {
    Created(Arc<Record>),
    Changed {
        before: Arc<Record>,
        after: Arc<Record>,
    },
    /// `loser` became part of the record with the id `winner`.
    Merged {
        loser: Arc<Record>,
        winner: u64,
    },
    /// The record was removed for good, for reasons of privacy.
    Erased {
        id: u64,
    },
}

/// Change of a thread, from which webhook events are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ThreadChange {
    Created,
    Archived,
    /// The thread was removed for good, for reasons of privacy.
    Erased,
    Message {
        id: String,
        message_type: &'static str,
    },
    /// A property has a new value.
    Property {
        name: &'static str,
        value: String,
    },
}

/// A change of the account.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Record(ObjectType, RecordChange),
    Thread(u64, ThreadChange),
}

/// A list of changes.
#[derive(Clone, Debug)]
pub(crate) struct Journal<T> {
    is_open: bool,
    noted: Vec<T>,
}

impl<T> Default for Journal<T> {
    fn default() -> Journal<T> {
        Journal { is_open: false, noted: Vec::new() }
    }
}

impl<T> Journal<T> {
    /// Creates a journal that notes changes from now on.
    pub(crate) fn open() -> Journal<T> {
        Journal { is_open: true, noted: Vec::new() }
    }

    /// Begins or ends to note changes. What was noted is forgotten.
    pub(crate) fn set_open(&mut self, is_open: bool) {
        *self = Journal { is_open, noted: Vec::new() };
    }

    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Notes a change, if changes are noted.
    pub(crate) fn note(&mut self, change: impl FnOnce() -> T) {
        if self.is_open && self.noted.len() < NOTED_MAX {
            self.noted.push(change());
        }
    }

    pub(crate) fn take(&mut self) -> Vec<T> {
        std::mem::take(&mut self.noted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_open_journal_notes_and_not_without_end() {
        let mut journal = Journal::default();
        journal.note(|| 1);
        assert!(journal.take().is_empty());
        journal.set_open(true);
        (0..NOTED_MAX + 5).for_each(|number| journal.note(|| number));
        assert_eq!(journal.take().len(), NOTED_MAX);
        assert!(journal.take().is_empty());
    }
}
