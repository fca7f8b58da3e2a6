//! The writes that a caller may still do today.
//!
//! Each process counts its own, and the store those of all replicas. Replicas whose store cannot be used refuse such
//! writes; a process alone goes on with its own count.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use tokio::runtime::Handle;

use super::caller::CallerId;
use crate::store::write_counts::CountedDay;
use crate::store::{Error, Store};
use hubspot_client::{HubSpot, Outcome};

/// The writes of each caller with a limit, of the present day (UTC). The operator lists such callers, so their number is
/// bounded.
#[derive(Debug, Default)]
pub struct WriteBudget(Mutex<HashMap<CallerId, (NaiveDate, u32)>>);

/// The budget that a call draws on.
#[derive(Clone, Debug)]
pub(super) struct WriteAccount {
    pub(super) budget: Arc<WriteBudget>,
    pub(super) store: Store,
    pub(super) hubspot: HubSpot,
    pub(super) caller: CallerId,
}

impl WriteAccount {
    /// Counts a call until it ends, and then only if it wrote; `None` if the caller has done `per_day` today already.
    ///
    /// # Errors
    /// [`Error`] if replicas use the store, and it cannot count now.
    pub(super) async fn take(self, per_day: u32, now: DateTime<Utc>) -> Result<Option<CountedWrite>, Error> {
        let before = self.hubspot.writes().len();
        if !self.budget.take(&self.caller, per_day, now) {
            return Ok(None);
        }
        // From here on, dropping it takes the count back.
        let mut counted = CountedWrite { account: self, before, day: None };
        let location = counted.account.store.location();
        if !location.is_shared() {
            return Ok(Some(counted));
        }
        match counted.account.store.count_write(&counted.account.caller.0, per_day).await {
            Ok(None) => Ok(None),
            Ok(day) => {
                counted.day = day;
                Ok(Some(counted))
            }
            Err(error) if location.is_for_replicas() => Err(error),
            Err(_) => Ok(Some(counted)),
        }
    }
}

impl WriteBudget {
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
    account: WriteAccount,
    /// The writes of earlier tools of the same call.
    before: usize,
    /// The day on which the store has counted it, until it is settled.
    day: Option<CountedDay>,
}

impl CountedWrite {
    /// Ends the count of a call that has ended.
    pub(super) async fn end(mut self) {
        if let Some(day) = self.day.take().filter(|_| self.wrote_nothing()) {
            uncount(&self.account, day).await;
        }
    }

    fn wrote_nothing(&self) -> bool {
        // What is not known may have been done.
        let writes = self.account.hubspot.writes();
        writes.iter().skip(self.before).all(|write| write.facts().outcome == Outcome::NotDone)
    }
}

impl Drop for CountedWrite {
    fn drop(&mut self) {
        if !self.wrote_nothing() {
            return;
        }
        self.account.budget.give_back(&self.account.caller);
        // A count that is not taken back, as at the end of the process, lets the caller write less and never more.
        if let (Some(day), Ok(runtime)) = (self.day, Handle::try_current()) {
            let account = self.account.clone();
            runtime.spawn(async move { uncount(&account, day).await });
        }
    }
}

async fn uncount(account: &WriteAccount, day: CountedDay) {
    // As above: what fails here is counted too much.
    let _ = account.store.uncount_write(&account.caller.0, day).await;
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
