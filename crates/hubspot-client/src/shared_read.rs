//! A read that serves a whole flight: one answer comes back, and everybody aboard takes their part of it.

use futures::future::BoxFuture;

use super::HubSpot;
use super::error::Error;
use super::fault::Fault;
use super::limiter::Permit;
use super::line::{self, Passenger, Route};
use super::tier::Bucket;
use super::trip::Trip;

pub(super) trait SharedRead: Send + Sync + 'static {
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
        trip: &Trip,
        asked: &[&Self::Input],
    ) -> impl Future<Output = Result<Self::Found, Fault>> + Send;

    /// The part of one of them.
    fn part(found: &Self::Found, asked: &Self::Input) -> Result<Self::Output, Error>;
}

impl<R: SharedRead> Route for R {
    type Input = R::Input;
    type Output = R::Output;

    fn name(&self) -> &'static str {
        SharedRead::name(self)
    }

    fn bucket(&self) -> Bucket {
        SharedRead::bucket(self)
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

    fn fly(&self, hub: HubSpot, permit: Permit, aboard: Vec<Passenger<R>>) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let (mut groups, mut permit) = (vec![aboard], Some(permit));
            while let Some(group) = groups.pop() {
                groups.extend(read_for(self, &hub, permit.take(), group).await.into_iter().flatten());
            }
        })
    }
}

/// Reads for a group and answers it; or, where HubSpot refused the whole for what one of them asks, gives its halves.
async fn read_for<R: SharedRead>(
    route: &R,
    hub: &HubSpot,
    permit: Option<Permit>,
    group: Vec<Passenger<R>>,
) -> Option<[Vec<Passenger<R>>; 2]> {
    let trip = line::trip(&group);
    let asked: Vec<_> = group.iter().map(|passenger| &passenger.input).collect();
    let came = route.read(hub, permit, &trip, &asked).await;
    if group.len() > 1 && came.as_ref().is_err_and(line::is_about_inputs) {
        return Some(line::halves(group));
    }
    for passenger in group {
        let found = came.as_ref().map_err(|fault| fault.error.clone());
        let part = found.and_then(|found| R::part(found, &passenger.input));
        passenger.answer(part);
    }
    None
}
