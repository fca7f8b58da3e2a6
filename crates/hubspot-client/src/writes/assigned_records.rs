//! Records that were given to a caller: two equal tickets of one contact must not both be taken for the same record.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use domain::id::RecordId;

/// The most records that are remembered. The oldest is forgotten first.
const CLAIMS_MAX: usize = 20_000;

/// The records of one object type that have an owner among the calls of this process.
#[derive(Debug, Default)]
pub(crate) struct AssignedRecords(Mutex<AssignedIds>);

#[derive(Debug, Default)]
struct AssignedIds {
    ids: HashSet<RecordId>,
    order: VecDeque<RecordId>,
}

impl AssignedRecords {
    /// Assigns a record to one caller; false if another one has it already.
    pub(crate) fn claim(&self, id: &RecordId) -> bool {
        let mut claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !claims.ids.insert(id.clone()) {
            return false;
        }
        claims.order.push_back(id.clone());
        if claims.order.len() > CLAIMS_MAX
            && let Some(oldest) = claims.order.pop_front()
        {
            claims.ids.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_belongs_to_one_caller() {
        let claims = AssignedRecords::default();
        assert!(claims.claim(&RecordId::from(1)) && claims.claim(&RecordId::from(2)));
        assert!(!claims.claim(&RecordId::from(1)));
    }

    #[test]
    fn claims_are_bounded() {
        let claims = AssignedRecords::default();
        for id in 0..=CLAIMS_MAX as u64 {
            assert!(claims.claim(&RecordId::from(id)));
        }
        assert!(claims.claim(&RecordId::from(0)), "the oldest was let go");
    }
}
