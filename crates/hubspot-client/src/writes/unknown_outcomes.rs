//! The writes of which it is not known whether HubSpot carried them out, for as long as an equal call may follow.
//!
//! Replicas of this process do not see each other's.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The time for which a doubt is remembered: as long as an equal record counts as the same one.
const REMEMBERED_FOR: Duration = Duration::from_secs(600);
/// The most doubts that are remembered; the oldest makes way for a new one.
const DOUBTS_MAX: usize = 4_096;

/// The doubts about the writes of one kind, by the hash of their keys.
#[derive(Debug, Default)]
pub(crate) struct UnknownOutcomes(Mutex<HashMap<u64, UnknownOutcome>>);

/// A write that HubSpot may have carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownOutcome {
    since: Instant,
    /// The value of which HubSpot takes only one record, if one was sent. With it the same may be sent again.
    pub(crate) unique: Option<Unique>,
}

/// A value of which HubSpot takes only one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unique {
    /// The hash of the record that was sent with it.
    pub(crate) of: u64,
    pub(crate) value: String,
}

impl UnknownOutcomes {
    /// The write may have been carried out from now on. Returns the doubt about the one before.
    pub(crate) fn begin(&self, key: u64, unique: Option<Unique>) -> Option<UnknownOutcome> {
        let now = Instant::now();
        self.set(key, UnknownOutcome { since: now, unique }).filter(|before| before.is_remembered(now))
    }

    /// The write was surely not carried out; the one before may have been.
    pub(crate) fn restore(&self, key: u64, before: Option<UnknownOutcome>) {
        match before {
            Some(before) => drop(self.set(key, before)),
            None => self.settle(key),
        }
    }

    fn set(&self, key: u64, doubt: UnknownOutcome) -> Option<UnknownOutcome> {
        let (mut doubts, now) = (self.doubts(), Instant::now());
        if doubts.len() >= DOUBTS_MAX && !doubts.contains_key(&key) {
            doubts.retain(|_, doubt| doubt.is_remembered(now));
            let oldest = doubts.iter().min_by_key(|(_, doubt)| doubt.since).map(|(key, _)| *key);
            if let Some(oldest) = oldest.filter(|_| doubts.len() >= DOUBTS_MAX) {
                doubts.remove(&oldest);
            }
        }
        doubts.insert(key, doubt)
    }

    /// It is known what became of the write.
    pub(crate) fn settle(&self, key: u64) {
        self.doubts().remove(&key);
    }

    /// The doubt about a write with this key.
    pub(crate) fn of(&self, key: u64) -> Option<UnknownOutcome> {
        self.doubts().get(&key).filter(|doubt| doubt.is_remembered(Instant::now())).cloned()
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn doubts(&self) -> MutexGuard<'_, HashMap<u64, UnknownOutcome>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UnknownOutcome {
    fn is_remembered(&self, now: Instant) -> bool {
        self.since + REMEMBERED_FOR > now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_doubt_is_remembered_for_a_time_or_until_it_is_settled() {
        let doubts = UnknownOutcomes::default();
        let unique = Some(Unique { of: 7, value: "fd-1".into() });
        doubts.begin(1, None);
        doubts.begin(2, unique.clone());
        let known = [1, 2, 3].map(|key| doubts.of(key).map(|doubt| doubt.unique));
        assert_eq!(known, [Some(None), Some(unique.clone()), None]);
        let before = doubts.begin(2, None);
        assert_eq!(doubts.of(2).map(|doubt| doubt.unique), Some(None));
        doubts.restore(2, before);
        assert_eq!(
            doubts.of(2).map(|doubt| doubt.unique),
            Some(unique),
            "the second was refused, the first may be there"
        );
        doubts.settle(2);
        assert_eq!(doubts.of(2), None);
        tokio::time::advance(REMEMBERED_FOR).await;
        assert_eq!(doubts.of(1), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_bounded_number_of_doubts_is_remembered() {
        let doubts = UnknownOutcomes::default();
        for key in 0..=DOUBTS_MAX as u64 {
            doubts.begin(key, None);
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert_eq!(doubts.doubts().len(), DOUBTS_MAX);
        assert!(doubts.of(0).is_none() && doubts.of(1).is_some());
    }
}
