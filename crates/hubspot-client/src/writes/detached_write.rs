//! Writes that run to their end even if their caller stops waiting.

use std::time::Duration;

use tokio::time::timeout_at;

use crate::error::{Error, Write};
use crate::metrics;
use crate::transport::call_scope::CallScope;
use crate::transport::waiters::Waiter;

/// Time of the caller that the write itself may not use, so that the caller hears of its end before its own deadline.
const GRACE: Duration = Duration::from_millis(50);

/// Runs the write that `start` makes in a task of its own, and waits for it until the caller's deadline. For a caller that
/// stops waiting before its end the outcome is unknown; the write is finished and counted all the same.
pub(crate) async fn run_to_completion<T, F>(
    scope: &CallScope,
    family: &'static str,
    write: Write,
    start: impl FnOnce(CallScope) -> F,
) -> Result<T, Error>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    let caller = scope.waiter();
    let cancelled = caller.cancelled.child_token();
    let (deadline, _cancel) = (caller.deadline, cancelled.clone().drop_guard());
    let running =
        start(scope.for_waiter(&Waiter { deadline: caller.deadline - GRACE, cancelled: cancelled.clone(), ..caller }));
    let task = scope.transport().writes.spawn(async move {
        let result = running.await;
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
