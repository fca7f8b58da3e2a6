//! A read that serves a whole flight: one answer comes back, and everybody aboard takes their part of it.

use futures::future::BoxFuture;

use crate::HubSpot;
use crate::batching::batcher::{self, BatchKind, QueuedWaiter};
use crate::error::Error;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::limiter::Permit;
use crate::transport::waiters::Waiters;

pub(crate) trait BatchedRead: Send + Sync + 'static {
    type Input: Send + Sync + 'static;
    type Output: Send + 'static;
    /// What was found for all.
    type Found: Send + Sync;

    /// The most who share one read.
    const SEATS: usize;

    fn name(&self) -> &'static str;

    fn bucket(&self) -> Bucket {
        Bucket::General
    }

    /// Reads what all of them ask for. `permit` is a place in the quota that was waited for already.
    fn read(
        &self,
        hub: &HubSpot,
        permit: Option<Permit>,
        trip: &Waiters,
        asked: &[&Self::Input],
    ) -> impl Future<Output = Result<Self::Found, AttemptError>> + Send;

    /// The part of one of them.
    fn part(found: &Self::Found, asked: &Self::Input) -> Result<Self::Output, Error>;
}

impl<R: BatchedRead> BatchKind for R {
    type Input = R::Input;
    type Output = R::Output;

    fn name(&self) -> &'static str {
        BatchedRead::name(self)
    }

    fn bucket(&self) -> Bucket {
        BatchedRead::bucket(self)
    }

    fn seats(&self) -> usize {
        R::SEATS
    }

    fn is_write(&self) -> bool {
        false
    }

    fn given_up(&self) -> Error {
        Error::Timeout
    }

    fn fly(&self, hub: HubSpot, permit: Permit, aboard: Vec<QueuedWaiter<R>>) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let (mut groups, mut permit) = (vec![aboard], Some(permit));
            while let Some(group) = groups.pop() {
                groups.extend(read_for(self, &hub, permit.take(), group).await.into_iter().flatten());
            }
        })
    }
}

/// Reads for a group and answers it; or, where HubSpot refused the whole for what one of them asks, gives its halves.
async fn read_for<R: BatchedRead>(
    route: &R,
    hub: &HubSpot,
    permit: Option<Permit>,
    group: Vec<QueuedWaiter<R>>,
) -> Option<[Vec<QueuedWaiter<R>>; 2]> {
    let trip = batcher::waiters(&group);
    let asked: Vec<_> = group.iter().map(|passenger| &passenger.input).collect();
    let came = route.read(hub, permit, &trip, &asked).await;
    if group.len() > 1 && came.as_ref().is_err_and(batcher::is_about_inputs) {
        return Some(batcher::halves(group));
    }
    for passenger in group {
        let found = came.as_ref().map_err(|fault| fault.error.clone());
        let part = found.and_then(|found| R::part(found, &passenger.input));
        passenger.answer(part);
    }
    None
}
