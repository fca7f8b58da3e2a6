//! Counts what owners hold of something limited: so much in all, and so much for each of them, so that none takes all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// The most that is held at once, in whatever unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) in_all: usize,
    pub(super) of_one: usize,
}

/// Something limited that owners hold parts of. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Shares(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limit: Limit,
    held: Mutex<Held>,
    /// Wakes those who wait when something is given back.
    given_back: Notify,
}

/// An owner that holds nothing has no entry, so there are never more entries than `in_all`.
#[derive(Debug, Default)]
struct Held {
    in_all: usize,
    of_owner: HashMap<Arc<str>, usize>,
}

/// The limit that does not allow more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    OfOwner,
    InAll,
}

impl Shares {
    /// Nothing is held yet.
    pub(super) fn new(limit: Limit) -> Shares {
        Shares(Arc::new(Inner { limit, held: Mutex::default(), given_back: Notify::new() }))
    }

    /// Takes this much until the share is dropped, or nothing.
    pub(super) fn take(&self, owner: &Arc<str>, amount: usize) -> Result<Share, Full> {
        let mut share = Share { shares: self.clone(), owner: owner.clone(), amount: 0 };
        share.grow(amount)?;
        Ok(share)
    }

    /// Waits until `deadline` for this much, or for as much as one owner may hold if that is less.
    pub(super) async fn take_by(&self, deadline: Instant, owner: &Arc<str>, amount: usize) -> Result<Share, Full> {
        let amount = amount.min(self.0.limit.of_one);
        loop {
            // Registered before the look, so that nothing given back in between is missed.
            let mut given_back = std::pin::pin!(self.0.given_back.notified());
            given_back.as_mut().enable();
            let full = match self.take(owner, amount) {
                Ok(share) => return Ok(share),
                Err(full) => full,
            };
            timeout_at(deadline, given_back).await.map_err(|_| full)?;
        }
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one owner holds, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    shares: Shares,
    owner: Arc<str>,
    amount: usize,
}

impl Share {
    /// What is held.
    pub(super) fn amount(&self) -> usize {
        self.amount
    }

    /// Takes this much more, or nothing.
    pub(super) fn grow(&mut self, more: usize) -> Result<(), Full> {
        let limit = self.shares.0.limit;
        let mut held = self.shares.held();
        let own = held.of_owner.get(&self.owner).copied().unwrap_or_default();
        if more > limit.of_one.saturating_sub(own) {
            return Err(Full::OfOwner);
        }
        if more > limit.in_all.saturating_sub(held.in_all) {
            return Err(Full::InAll);
        }
        if more > 0 {
            held.in_all += more;
            held.of_owner.insert(self.owner.clone(), own + more);
        }
        drop(held);
        self.amount += more;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if self.amount == 0 {
            return;
        }
        let mut held = self.shares.held();
        held.in_all -= self.amount;
        let left = held.of_owner.get(&self.owner).copied().unwrap_or_default().saturating_sub(self.amount);
        match left {
            0 => drop(held.of_owner.remove(&self.owner)),
            left => drop(held.of_owner.insert(self.owner.clone(), left)),
        }
        drop(held);
        self.shares.0.given_back.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn names() -> [Arc<str>; 3] {
        ["one", "two", "three"].map(Arc::from)
    }

    #[test]
    fn no_owner_takes_all() {
        let [one, two, three] = names();
        let shares = Shares::new(Limit { in_all: 10, of_one: 6 });
        let mut own = shares.take(&one, 4).unwrap();
        assert_eq!(own.grow(3), Err(Full::OfOwner));
        assert_eq!(own.grow(2), Ok(()));
        assert_eq!(shares.take(&one, 1).map(drop), Err(Full::OfOwner));
        let other = shares.take(&two, 4).unwrap();
        assert_eq!(shares.take(&three, 1).map(drop), Err(Full::InAll));
        drop(own);
        assert_eq!(shares.take(&three, 6).map(drop), Ok(()));
        drop(other);
        assert!(shares.held().of_owner.is_empty() && shares.held().in_all == 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_gets_what_is_given_back() {
        let [one, two, _] = names();
        let shares = Shares::new(Limit { in_all: 10, of_one: 6 });
        let (own, _other) = (shares.take(&one, 6).unwrap(), shares.take(&two, 1).unwrap());
        let soon = Instant::now() + Duration::from_secs(2);
        assert_eq!(shares.take_by(soon, &one, 1).await.map(drop), Err(Full::OfOwner));
        assert_eq!(Instant::now(), soon);
        let waiting = shares.take_by(soon + Duration::from_secs(2), &one, 100);
        let giving = async { drop(own) };
        let (taken, ()) = tokio::join!(waiting, giving);
        assert_eq!(taken.map(|share| share.amount), Ok(6), "as much as one may hold");
    }
}
