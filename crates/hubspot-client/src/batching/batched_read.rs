//! Batches of reads: one answer serves a whole batch, and every caller takes its part of it.

use futures::future::BoxFuture;

use crate::batching::batcher::{self, BatchKind, QueuedWaiter};
use crate::error::Error;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::limiter::Permit;
use crate::transport::waiters::Waiters;

/// A read that can serve several callers at once.
pub(crate) trait BatchedRead: Send + Sync + 'static {
    type Input: Send + Sync + 'static;
    type Output: Send + 'static;
    /// The answer for the whole batch.
    type Found: Send + Sync;

    /// The most callers that share one read.
    const MAX_BATCH: usize;

    /// The label in metrics.
    fn name(&self) -> &'static str;

    fn bucket(&self) -> Bucket {
        Bucket::General
    }

    /// Reads everything that the inputs ask for. `permit` is a place in the quota for the first request.
    fn read(
        &self,
        scope: &CallScope,
        permit: Option<Permit>,
        waiters: &Waiters,
        inputs: &[&Self::Input],
    ) -> impl Future<Output = Result<Self::Found, AttemptError>> + Send;

    /// The part of the answer that belongs to one input.
    fn part(found: &Self::Found, input: &Self::Input) -> Result<Self::Output, Error>;
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

    fn max_batch(&self) -> usize {
        R::MAX_BATCH
    }

    fn run(&self, scope: CallScope, permit: Permit, batch: Vec<QueuedWaiter<R>>) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let (mut groups, mut permit) = (vec![batch], Some(permit));
            while let Some(group) = groups.pop() {
                groups.extend(read_group(self, &scope, permit.take(), group).await.into_iter().flatten());
            }
        })
    }
}

/// Reads for a group and answers it, or returns its halves if HubSpot refused the whole for one of its inputs.
async fn read_group<R: BatchedRead>(
    kind: &R,
    scope: &CallScope,
    permit: Option<Permit>,
    group: Vec<QueuedWaiter<R>>,
) -> Option<[Vec<QueuedWaiter<R>>; 2]> {
    let waiters = batcher::waiters_of(&group);
    let inputs: Vec<_> = group.iter().map(|queued| &queued.input).collect();
    let result = kind.read(scope, permit, &waiters, &inputs).await;
    if group.len() > 1 && result.as_ref().is_err_and(batcher::is_about_inputs) {
        return Some(batcher::halves(group));
    }
    for queued in group {
        let part = match &result {
            Ok(found) => R::part(found, &queued.input).map_err(AttemptError::refused),
            Err(error) => Err(error.clone()),
        };
        queued.answer(part);
    }
    None
}
