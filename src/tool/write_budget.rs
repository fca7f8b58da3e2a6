//! The writes that a caller may still do today.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};

use super::caller::CallerId;
use hubspot_client::{HubSpot, Outcome};

/// The writes of each caller with a limit, of the present day (UTC). The operator lists such callers, so their number is
/// bounded.
#[derive(Debug, Default)]
pub struct WriteBudget(Mutex<HashMap<CallerId, (NaiveDate, u32)>>);

impl WriteBudget {
    /// Counts a call until it ends, and then only if it wrote; `None` if the caller has done `per_day` today already.
    pub(super) fn take_for(
        budget: &Arc<WriteBudget>,
        caller: &CallerId,
        per_day: u32,
        now: DateTime<Utc>,
        hubspot: &HubSpot,
    ) -> Option<CountedWrite> {
        let (budget, caller, hubspot) = (budget.clone(), caller.clone(), hubspot.clone());
        let before = hubspot.writes().len();
        budget.take(&caller, per_day, now).then(|| CountedWrite { budget, caller, hubspot, before })
    }

    /// Counts a write; false if the caller has done `per_day` today already.
    fn take(&self, caller: &CallerId, per_day: u32, now: DateTime<Utc>) -> bool {
        let today = now.date_naive();
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (day, count) = used.entry(caller.clone()).or_insert((today, 0));
        if *day != today {
            (*day, *count) = (today, 0);
        }
        let left = *count < per_day;
        *count += u32::from(left);
        left
    }

    /// Takes back a write that was not done.
    fn give_back(&self, caller: &CallerId) {
        if let Some((_, count)) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(caller) {
            *count = count.saturating_sub(1);
        }
    }
}

/// A call that is counted, also when it is dropped half-way; one that wrote nothing is taken back.
#[derive(Debug)]
pub(super) struct CountedWrite {
    budget: Arc<WriteBudget>,
    caller: CallerId,
    hubspot: HubSpot,
    /// The writes of earlier tools of the same call.
    before: usize,
}

impl Drop for CountedWrite {
    fn drop(&mut self) {
        let writes = self.hubspot.writes();
        // What is not known may have been done.
        if writes.iter().skip(self.before).all(|write| write.facts().outcome == Outcome::NotDone) {
            self.budget.give_back(&self.caller);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_so_many_writes_a_day() {
        let (budget, [one, other]) = (WriteBudget::default(), ["one", "other"].map(|name| CallerId(name.into())));
        let at = |text: &str| text.parse().unwrap();
        let evening = at("2026-11-22T23:59:59Z");
        let taken: Vec<_> = (0..3).map(|_| budget.take(&one, 2, evening)).collect();
        assert_eq!(taken, [true, true, false]);
        assert!(budget.take(&other, 2, evening));
        budget.give_back(&one);
        assert!(budget.take(&one, 2, evening) && !budget.take(&one, 2, evening));
        assert!(budget.take(&one, 2, at("2026-11-23T00:00:00Z")), "a new day");
    }
}
