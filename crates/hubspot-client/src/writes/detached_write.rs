//! Writes that run to their end even if their caller stops waiting.

use std::time::Duration;

use tokio::time::timeout_at;

use crate::error::Error;
use crate::metrics;
use crate::transport::call_scope::CallScope;
use crate::transport::waiters::Waiter;
use crate::writes::kind::WriteKind;
use crate::writes::written::{Success, WriteFacts};

/// Time of the caller that the write itself may not use, so that the caller hears of its end before its own deadline.
const GRACE: Duration = Duration::from_millis(50);

/// A write before it begins, as the audit trail and the metrics name it.
pub(crate) struct Begun<T> {
    /// The label in metrics and logs.
    pub(crate) family: &'static str,
    /// Named in [`Error::OutcomeUnknown`].
    pub(crate) write: WriteKind,
    pub(crate) facts: WriteFacts,
    /// The records that a result names.
    pub(crate) success: fn(&'static str, &T) -> Success,
}

/// Runs the write that `start` makes in a task of its own, and waits for it until the caller's deadline. For a caller that
/// stops waiting before its end the outcome is unknown; the write is finished and counted all the same.
pub(crate) async fn run_to_completion<T, F>(
    scope: &CallScope,
    begun: Begun<T>,
    start: impl FnOnce(CallScope) -> F,
) -> Result<T, Error>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    let Begun { family, write, facts, success } = begun;
    let object = facts.object;
    let (stats, written) = scope.stats().begin_write(facts);
    let caller = Waiter { stats, ..scope.waiter() };
    let cancelled = caller.cancelled.child_token();
    let (deadline, _cancel) = (caller.deadline, cancelled.clone().drop_guard());
    let running =
        start(scope.for_waiter(&Waiter { deadline: caller.deadline - GRACE, cancelled: cancelled.clone(), ..caller }));
    let task = scope.transport().writes.spawn(async move {
        let result = running.await;
        written.end(result.as_ref().map(|value| success(object, value)));
        if result.is_ok() && cancelled.is_cancelled() {
            metrics::finished_without_caller(family);
            tracing::info!(family, "A write was carried out after its caller had stopped waiting.");
        }
        result
    });
    match timeout_at(deadline, task).await {
        Ok(Ok(result)) => result,
        _ => Err(Error::OutcomeUnknown { write, refusal: None }),
    }
}
