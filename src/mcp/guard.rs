//! What stands between a client and a tool: a deadline, a place in the line, and a net for panics.
//!
//! rmcp has none of them: a handler that panics leaves its client waiting for ever (reference: rust-sdk#106).

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, timeout_at};

use crate::crm::code::Code;
use crate::tool::ToolError;

/// Calls that run at once; the others wait in line, first come first served.
pub const CALLS_AT_ONCE_MAX: usize = 4_096;

/// Calls that wait for a person at once; each costs a little memory and no permit.
const ASKING_AT_ONCE_MAX: usize = 1_024;

/// Admits calls and knows how many are under way.
#[derive(Clone, Debug)]
pub struct Guard {
    permits: Arc<Semaphore>,
    asking: Arc<Semaphore>,
    under_way: watch::Sender<usize>,
    call_deadline: Duration,
}

impl Guard {
    pub fn new(call_deadline: Duration) -> Guard {
        Guard {
            permits: Arc::new(Semaphore::new(CALLS_AT_ONCE_MAX)),
            asking: Arc::new(Semaphore::new(ASKING_AT_ONCE_MAX)),
            under_way: watch::Sender::new(0),
            call_deadline,
        }
    }

    /// When a call that starts now must have ended.
    pub fn deadline(&self) -> Instant {
        Instant::now() + self.call_deadline
    }

    /// Runs one call: it waits for a place, ends by `deadline` and cannot take the server down.
    pub async fn run(
        &self,
        deadline: Instant,
        call: impl Future<Output = Result<Value, ToolError>>,
    ) -> Result<Value, ToolError> {
        let _counted = Counted::new(&self.under_way);
        let admitted = async {
            let _permit = self.permits.acquire().await;
            AssertUnwindSafe(call).catch_unwind().await.unwrap_or_else(|_| Err(panicked()))
        };
        timeout_at(deadline, admitted).await.unwrap_or_else(|_| Err(self.too_late()))
    }

    /// A place among the calls that wait for a person; `None` when there are too many.
    pub(super) fn ask(&self) -> Option<OwnedSemaphorePermit> {
        self.asking.clone().try_acquire_owned().ok()
    }

    /// Resolves when no call is under way.
    pub async fn idle(&self) {
        let mut under_way = self.under_way.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = under_way.wait_for(|calls| *calls == 0).await;
    }

    fn too_late(&self) -> ToolError {
        let seconds = self.call_deadline.as_secs();
        let hint = "HubSpot is slow or its quota is used up; if the call writes, check whether it was done before you repeat it";
        ToolError::new(Code::Timeout, format!("the call took longer than {seconds} s and was given up"), hint)
    }
}

fn panicked() -> ToolError {
    ToolError::new(Code::Internal, "the tool failed in a way it should not", "tell the operator; the log has the place")
}

/// Counts a call for as long as it lives, also when it is dropped half-way.
struct Counted<'a>(&'a watch::Sender<usize>);

impl<'a> Counted<'a> {
    fn new(under_way: &'a watch::Sender<usize>) -> Counted<'a> {
        under_way.send_modify(|calls| *calls += 1);
        Counted(under_way)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|calls| *calls -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_panic_becomes_an_error_and_the_next_call_runs() {
        let guard = Guard::new(Duration::from_secs(30));
        let error = guard.run(guard.deadline(), async { panic!("by intent") }).await.unwrap_err();
        assert_eq!(error.code, Code::Internal);
        assert_eq!(guard.run(guard.deadline(), async { Ok(Value::Null) }).await, Ok(Value::Null));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_without_end_is_given_up_at_the_deadline() {
        let guard = Guard::new(Duration::from_secs(30));
        let start = Instant::now();
        let error = guard.run(guard.deadline(), std::future::pending()).await.unwrap_err();
        assert_eq!((error.code, start.elapsed().as_secs()), (Code::Timeout, 30));
        guard.idle().await;
    }
}
