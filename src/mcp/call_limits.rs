//! What stands between a client and what it asks for: a deadline, a place in the line, and a net for panics.
//!
//! rmcp has none of them: a handler that panics leaves its client waiting for ever (reference: rust-sdk#106).

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use metrics::gauge;
use rmcp::ErrorData;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::tool::ToolError;
use crate::tool::call_context::CallerId;
use domain::code::Code;

/// Calls that run at once; the others wait in line, first come first served.
pub const CALLS_RUNNING_MAX: usize = 4_096;

/// Calls in the line behind them; whoever comes later is turned away at once.
const CALLS_QUEUED_MAX: usize = 16_384;

/// Calls that wait for a person at once; each costs a little memory and no permit.
const ELICITATIONS_MAX: usize = 1_024;

/// What is given up ends at its next wait; a call that never waits gets no longer than this.
const ABORT_MAX: Duration = Duration::from_secs(1);

/// Admits calls and knows how many are under way.
#[derive(Clone, Debug)]
pub struct CallLimits {
    permits: Arc<Semaphore>,
    /// One line for each caller, where one caller may not fill the server alone.
    own: Option<Arc<PerCaller>>,
    elicitations: Arc<Semaphore>,
    running: watch::Sender<usize>,
    call_deadline: Duration,
    /// Cancelled when the end waits no longer for what still runs.
    shutting_down: CancellationToken,
}

#[derive(Debug)]
struct PerCaller {
    at_once_max: usize,
    /// As many as there are callers with names, which the operator lists.
    lines: Mutex<HashMap<Arc<str>, Arc<Semaphore>>>,
}

/// Why a call has no answer of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Aborted {
    #[error("it failed in a way it should not")]
    Panicked,
    #[error("it took longer than {} s and was given up", .0.as_secs())]
    DeadlineExceeded(Duration),
    #[error("it waited {} s for other calls to end, and had not begun", .0.as_secs())]
    QueueTimeout(Duration),
    #[error("the server ends and waited for it no longer")]
    ShuttingDown,
    #[error("the server has too many calls at once")]
    Overloaded,
}

impl CallLimits {
    pub fn new(call_deadline: Duration) -> CallLimits {
        CallLimits {
            permits: Arc::new(Semaphore::new(CALLS_RUNNING_MAX)),
            own: None,
            elicitations: Arc::new(Semaphore::new(ELICITATIONS_MAX)),
            running: watch::Sender::new(0),
            call_deadline,
            shutting_down: CancellationToken::new(),
        }
    }

    /// The same for one client, at whose end the calls of others go on.
    pub(super) fn for_client(self) -> CallLimits {
        CallLimits { shutting_down: CancellationToken::new(), ..self }
    }

    /// The same, with at most this many calls of one caller at once.
    #[must_use]
    pub fn per_caller(self, at_once_max: usize) -> CallLimits {
        CallLimits { own: Some(Arc::new(PerCaller { at_once_max, lines: Mutex::default() })), ..self }
    }

    /// When a call that starts now must have ended.
    pub fn deadline(&self) -> Instant {
        Instant::now() + self.call_deadline
    }

    /// Runs one call: it waits for a place, ends by `deadline` and cannot take the server down.
    pub(super) async fn run<T>(
        &self,
        deadline: Instant,
        caller: &CallerId,
        call: impl Future<Output = T>,
    ) -> Result<T, Aborted> {
        let counted = RunningCall::new(&self.running);
        if counted.number > CALLS_RUNNING_MAX + CALLS_QUEUED_MAX {
            return Err(Aborted::Overloaded);
        }
        let running = async {
            let places = async { (self.caller_permit(caller).await, self.permits.acquire().await) };
            let _places = timeout_at(deadline, places).await.map_err(|_| Aborted::QueueTimeout(self.call_deadline))?;
            let caught = timeout_at(deadline, AssertUnwindSafe(call).catch_unwind()).await;
            caught.map_err(|_| Aborted::DeadlineExceeded(self.call_deadline))?.map_err(|_| Aborted::Panicked)
        };
        tokio::select! {
            biased;
            ended = running => ended,
            () = self.shutting_down.cancelled() => Err(Aborted::ShuttingDown),
        }
    }

    async fn caller_permit(&self, caller: &CallerId) -> Option<OwnedSemaphorePermit> {
        let own = self.own.as_ref()?;
        let line = {
            let mut lines = own.lines.lock().unwrap_or_else(PoisonError::into_inner);
            let line = lines.entry(caller.0.clone());
            line.or_insert_with(|| Arc::new(Semaphore::new(own.at_once_max))).clone()
        };
        line.acquire_owned().await.ok()
    }

    /// A place among the calls that wait for a person; `None` when there are too many.
    pub(super) fn elicitation_permit(&self) -> Option<OwnedSemaphorePermit> {
        self.elicitations.clone().try_acquire_owned().ok()
    }

    /// Resolves when no call is under way.
    pub async fn idle(&self) {
        let mut running = self.running.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = running.wait_for(|calls| *calls == 0).await;
    }

    /// Waits for the calls under way; those that have not ended by `until` are given up, and answered with that.
    pub(super) async fn drain(&self, until: Instant) {
        if timeout_at(until, self.idle()).await.is_err() {
            warn!("Some calls were still running at the end and were given up.");
            self.shutting_down.cancel();
            let _ = timeout(ABORT_MAX, self.idle()).await;
        }
    }
}

impl From<Aborted> for ToolError {
    fn from(broken: Aborted) -> ToolError {
        let (code, hint) = match broken {
            Aborted::Panicked => (Code::Internal, "tell the operator; the log has the place"),
            Aborted::DeadlineExceeded(_) => (
                Code::Timeout,
                "HubSpot is slow or its quota is used up; if the call writes, check whether it was done before you repeat it",
            ),
            Aborted::ShuttingDown => {
                (Code::Timeout, "if the call writes, check whether it was done before you repeat it")
            }
            Aborted::QueueTimeout(_) | Aborted::Overloaded => {
                (Code::Busy, "nothing was done; call again in a few seconds")
            }
        };
        ToolError::new(code, format!("the call was not answered: {broken}"), hint)
    }
}

impl From<Aborted> for ErrorData {
    fn from(broken: Aborted) -> ErrorData {
        ErrorData::internal_error(format!("the request was not answered: {broken}"), None)
    }
}

/// Counts a call for as long as it lives, also when it is dropped half-way.
struct RunningCall<'a> {
    running: &'a watch::Sender<usize>,
    /// How many there are with this one.
    number: usize,
}

impl<'a> RunningCall<'a> {
    fn new(running: &'a watch::Sender<usize>) -> RunningCall<'a> {
        let mut number = 0;
        running.send_modify(|calls| {
            *calls += 1;
            number = *calls;
        });
        gauge!("mcp_calls_under_way").increment(1);
        RunningCall { running, number }
    }
}

impl Drop for RunningCall<'_> {
    fn drop(&mut self) {
        self.running.send_modify(|calls| *calls -= 1);
        gauge!("mcp_calls_under_way").decrement(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOO_LATE: Aborted = Aborted::DeadlineExceeded(Duration::from_secs(30));

    fn guard() -> CallLimits {
        CallLimits::new(Duration::from_secs(30))
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_becomes_an_error_and_the_next_call_runs() {
        let (guard, caller) = (guard(), CallerId::default());
        let panicking = async { panic!("by intent") };
        assert_eq!(guard.run::<()>(guard.deadline(), &caller, panicking).await, Err(Aborted::Panicked));
        assert_eq!(guard.run(guard.deadline(), &caller, async { 7 }).await, Ok(7));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_without_end_is_given_up_at_the_deadline() {
        let guard = guard();
        let start = Instant::now();
        let result = guard.run(guard.deadline(), &CallerId::default(), std::future::pending::<()>()).await;
        assert_eq!((result, start.elapsed().as_secs()), (Err(TOO_LATE), 30));
        guard.idle().await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_still_runs_at_the_end_is_given_up() {
        let guard = guard();
        let (start, caller) = (Instant::now(), CallerId::default());
        let running = guard.run(guard.deadline(), &caller, std::future::pending::<()>());
        let (ended, ()) = tokio::join!(running, guard.drain(start + Duration::from_secs(10)));
        assert_eq!((ended, start.elapsed().as_secs()), (Err(Aborted::ShuttingDown), 10));
    }

    #[tokio::test(start_paused = true)]
    async fn one_caller_waits_in_its_own_line() {
        let guard = guard().per_caller(1);
        let [first, second] = ["first", "second"].map(|name| CallerId(name.into()));
        let stuck = guard.run(guard.deadline(), &first, std::future::pending::<()>());
        let behind = guard.run(guard.deadline(), &first, async {});
        let beside = guard.run(guard.deadline(), &second, async {});
        let ended = tokio::join!(stuck, behind, async { beside.await.map(|()| Instant::now()) });
        assert_eq!((ended.0, ended.1), (Err(TOO_LATE), Err(Aborted::QueueTimeout(Duration::from_secs(30)))));
        assert_eq!(ended.2.map(|at| at + Duration::from_secs(30)), Ok(Instant::now()), "it did not wait at all");
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_when_the_line_is_full_is_turned_away_at_once() {
        let guard = guard();
        let waiting: Vec<_> =
            (0..CALLS_RUNNING_MAX + CALLS_QUEUED_MAX).map(|_| RunningCall::new(&guard.running)).collect();
        assert_eq!(guard.run(guard.deadline(), &CallerId::default(), async {}).await, Err(Aborted::Overloaded));
        drop(waiting);
        assert_eq!(guard.run(guard.deadline(), &CallerId::default(), async {}).await, Ok(()));
    }
}
