//! Counts what owners hold of something limited: so much in all, and so much for each of them, so that none takes all.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

/// The most that is held at once, in whatever unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) in_all: usize,
    pub(super) of_one: usize,
}

/// Something limited that owners hold parts of. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct CallerQuotas(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limit: Limit,
    held: Mutex<OwnerUse>,
}

/// An owner that holds nothing has no entry, so there are never more entries than `in_all`.
#[derive(Debug, Default)]
struct OwnerUse {
    in_all: usize,
    of_owner: HashMap<Arc<str>, usize>,
    /// Those who wait for a share, in the order in which they came.
    waiting: VecDeque<Waiter>,
    tickets: u64,
}

/// One who waits for a share.
#[derive(Debug)]
struct Waiter {
    ticket: u64,
    owner: Arc<str>,
    amount: usize,
    given: oneshot::Sender<QuotaPermit>,
}

/// The limit that does not allow more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuotaExceeded {
    OfOwner,
    InAll,
}

impl CallerQuotas {
    /// Nothing is held yet.
    pub(super) fn new(limit: Limit) -> CallerQuotas {
        CallerQuotas(Arc::new(Inner { limit, held: Mutex::default() }))
    }

    /// Takes this much until the share is dropped, or nothing.
    pub(super) fn take(&self, owner: &Arc<str>, amount: usize) -> Result<QuotaPermit, QuotaExceeded> {
        let mut share = QuotaPermit { shares: self.clone(), owner: owner.clone(), amount: 0 };
        share.grow(amount)?;
        Ok(share)
    }

    /// True if the owner could take this much now.
    pub(super) fn have_room(&self, owner: &Arc<str>, amount: usize) -> bool {
        self.held().full(self.0.limit, owner, amount).is_none()
    }

    /// Waits until `deadline` for this much, or for as much as one owner may hold if that is less. Who came first is served
    /// first; an owner that holds too much keeps nobody else waiting.
    pub(super) async fn take_by(
        &self,
        deadline: Instant,
        owner: &Arc<str>,
        amount: usize,
    ) -> Result<QuotaPermit, QuotaExceeded> {
        let amount = amount.min(self.0.limit.of_one);
        let (given, mut taken) = oneshot::channel();
        let ticket = self.held().join(owner, amount, given);
        let _place = WaiterSlot { shares: self, ticket };
        self.grant();
        match timeout_at(deadline, &mut taken).await {
            Ok(Ok(share)) => Ok(share),
            _ => Err(self.held().full(self.0.limit, owner, amount).unwrap_or(QuotaExceeded::InAll)),
        }
    }

    /// Gives those who wait what there is for them.
    fn grant(&self) {
        let served = self.held().serve(self.0.limit);
        for waiter in served {
            let share = QuotaPermit { shares: self.clone(), owner: waiter.owner, amount: waiter.amount };
            // Who waits no longer gives it back with this.
            let _ = waiter.given.send(share);
        }
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn held(&self) -> MutexGuard<'_, OwnerUse> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OwnerUse {
    fn join(&mut self, owner: &Arc<str>, amount: usize, given: oneshot::Sender<QuotaPermit>) -> u64 {
        self.tickets += 1;
        self.waiting.push_back(Waiter { ticket: self.tickets, owner: owner.clone(), amount, given });
        self.tickets
    }

    /// The limit that does not allow the owner more.
    fn full(&self, limit: Limit, owner: &Arc<str>, more: usize) -> Option<QuotaExceeded> {
        let own = self.of_owner.get(owner).copied().unwrap_or_default();
        match more {
            _ if more > limit.of_one.saturating_sub(own) => Some(QuotaExceeded::OfOwner),
            _ if more > limit.in_all.saturating_sub(self.in_all) => Some(QuotaExceeded::InAll),
            _ => None,
        }
    }

    fn add(&mut self, owner: &Arc<str>, more: usize) {
        if more > 0 {
            self.in_all += more;
            *self.of_owner.entry(owner.clone()).or_default() += more;
        }
    }

    fn subtract(&mut self, owner: &Arc<str>, less: usize) {
        self.in_all -= less;
        let left = self.of_owner.get(owner).copied().unwrap_or_default().saturating_sub(less);
        match left {
            0 => drop(self.of_owner.remove(owner)),
            left => drop(self.of_owner.insert(owner.clone(), left)),
        }
    }

    /// Takes out those whose share there is now, and counts it as theirs. Behind one for whom there is too little in all,
    /// nobody is served, or one who needs much would wait for ever.
    fn serve(&mut self, limit: Limit) -> Vec<Waiter> {
        let (mut served, mut too_much, mut next) = (vec![], HashSet::new(), 0);
        while let Some(waiter) = self.waiting.get(next) {
            let full = if too_much.contains(&waiter.owner) {
                Some(QuotaExceeded::OfOwner)
            } else {
                self.full(limit, &waiter.owner, waiter.amount)
            };
            match full {
                Some(QuotaExceeded::InAll) => break,
                Some(QuotaExceeded::OfOwner) => {
                    too_much.insert(waiter.owner.clone());
                    next += 1;
                }
                None => {
                    let Some(waiter) = self.waiting.remove(next) else { break };
                    self.add(&waiter.owner, waiter.amount);
                    served.push(waiter);
                }
            }
        }
        served
    }
}

/// The place of one who waits. Without it, those behind may be served.
struct WaiterSlot<'a> {
    shares: &'a CallerQuotas,
    ticket: u64,
}

impl Drop for WaiterSlot<'_> {
    fn drop(&mut self) {
        let mut held = self.shares.held();
        let Ok(place) = held.waiting.binary_search_by_key(&self.ticket, |waiter| waiter.ticket) else { return };
        held.waiting.remove(place);
        drop(held);
        self.shares.grant();
    }
}

/// What one owner holds, given back when it is dropped.
#[derive(Debug)]
pub(super) struct QuotaPermit {
    shares: CallerQuotas,
    owner: Arc<str>,
    amount: usize,
}

impl QuotaPermit {
    /// What is held.
    pub(super) fn amount(&self) -> usize {
        self.amount
    }

    /// Takes this much more, or nothing.
    pub(super) fn grow(&mut self, more: usize) -> Result<(), QuotaExceeded> {
        let mut held = self.shares.held();
        if let Some(full) = held.full(self.shares.0.limit, &self.owner, more) {
            return Err(full);
        }
        held.add(&self.owner, more);
        drop(held);
        self.amount += more;
        Ok(())
    }

    /// Gives back what is held beyond this much.
    pub(super) fn shrink(&mut self, amount: usize) {
        let less = self.amount.saturating_sub(amount);
        if less == 0 {
            return;
        }
        self.shares.held().subtract(&self.owner, less);
        self.amount -= less;
        self.shares.grant();
    }
}

impl Drop for QuotaPermit {
    fn drop(&mut self) {
        self.shrink(0);
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
        let shares = CallerQuotas::new(Limit { in_all: 10, of_one: 6 });
        let mut own = shares.take(&one, 4).unwrap();
        assert_eq!(own.grow(3), Err(QuotaExceeded::OfOwner));
        assert_eq!(own.grow(2), Ok(()));
        assert_eq!(shares.take(&one, 1).map(drop), Err(QuotaExceeded::OfOwner));
        let other = shares.take(&two, 4).unwrap();
        assert_eq!(shares.take(&three, 1).map(drop), Err(QuotaExceeded::InAll));
        drop(own);
        assert_eq!(shares.take(&three, 6).map(drop), Ok(()));
        drop(other);
        assert!(shares.held().of_owner.is_empty() && shares.held().in_all == 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_came_first_is_served_first() {
        let [one, two, three] = names();
        let shares = CallerQuotas::new(Limit { in_all: 10, of_one: 6 });
        let (own, other) = (shares.take(&one, 6).unwrap(), shares.take(&two, 4).unwrap());
        let (later, served) = (Instant::now() + Duration::from_secs(9), Mutex::new(vec![]));
        let wait = async |name: &str, owner: &Arc<str>, amount: usize, deadline: Instant| {
            let taken = shares.take_by(deadline, owner, amount).await;
            served.lock().unwrap().push((name.to_owned(), taken.is_ok()));
            taken.map(std::mem::forget)
        };
        let soon = Instant::now() + Duration::from_secs(1);
        let giving = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            drop(other);
            tokio::time::sleep(Duration::from_secs(2)).await;
            drop(own);
        };
        let _ = tokio::join!(
            wait("gave up", &three, 5, soon),
            wait("too much of its own", &one, 1, later),
            wait("much", &three, 4, later),
            wait("little", &two, 1, later),
            giving
        );
        let order: Vec<_> = served.lock().unwrap().clone();
        let order: Vec<_> = order.iter().map(|(name, taken)| (name.as_str(), *taken)).collect();
        assert_eq!(order, [("gave up", false), ("much", true), ("too much of its own", true), ("little", true)]);
        assert!(shares.held().waiting.is_empty());
    }

    #[test]
    fn a_part_can_be_given_back() {
        let [one, two, _] = names();
        let shares = CallerQuotas::new(Limit { in_all: 10, of_one: 8 });
        let mut own = shares.take(&one, 8).unwrap();
        own.shrink(2);
        own.shrink(5);
        assert_eq!((own.amount(), shares.take(&two, 8).map(drop)), (2, Ok(())));
        drop(own);
        assert_eq!(shares.held().in_all, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_gets_what_is_given_back() {
        let [one, two, _] = names();
        let shares = CallerQuotas::new(Limit { in_all: 10, of_one: 6 });
        let (own, _other) = (shares.take(&one, 6).unwrap(), shares.take(&two, 1).unwrap());
        let soon = Instant::now() + Duration::from_secs(2);
        assert_eq!(shares.take_by(soon, &one, 1).await.map(drop), Err(QuotaExceeded::OfOwner));
        assert_eq!(Instant::now(), soon);
        let waiting = shares.take_by(soon + Duration::from_secs(2), &one, 100);
        let giving = async { drop(own) };
        let (taken, ()) = tokio::join!(waiting, giving);
        assert_eq!(taken.map(|share| share.amount), Ok(6), "as much as one may hold");
    }
}
