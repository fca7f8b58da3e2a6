//! Limits of calls: concurrency, a deadline, and isolation of panics.
//!
//! rmcp has none of them: a handler that panics leaves its client waiting forever (rust-sdk#106).

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use metrics::gauge;
use rmcp::ErrorData;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::caller_quotas::{CallerQuotas, Limit, QuotaPermit};
use super::quota_key::QuotaKey;
use crate::tool::ToolError;
use crate::tool::caller::Caller;
use domain::code::Code;

/// Calls that run at once; further ones queue for a permit in the order they came.
pub const CALLS_RUNNING_MAX: usize = 4_096;

/// Calls that queue for a permit; further ones fail at once.
const CALLS_QUEUED_MAX: usize = 16_384;

/// Calls that wait for a person's answer at once; each costs a little memory and no permit.
const QUESTIONS: Limit = Limit { in_all: 1_024, of_one: 128 };

/// Questions whose clients lost their connections and may come back, at once.
const QUESTIONS_ABSENT: Limit = Limit { in_all: 1_024, of_one: 64 };

/// Seconds after which an overloaded server is asked again.
const BUSY_SECONDS: u64 = 5;

/// Time for aborted calls to notice it at their next wait; a call that never waits gets no more than this.
const ABORT_MAX: Duration = Duration::from_secs(1);

/// Admits calls and counts those that run. Clones share their permits.
#[derive(Clone, Debug)]
pub struct CallLimits {
    permits: Arc<Semaphore>,
    /// Permits of each caller, so that no caller fills the server alone.
    per_caller: Arc<PerCaller>,
    questions: CallerQuotas,
    questions_absent: CallerQuotas,
    running: watch::Sender<usize>,
    call_deadline: Duration,
    /// Cancelled when the shutdown waits no longer for running calls.
    aborting: CancellationToken,
}

#[derive(Debug, Default)]
struct PerCaller {
    /// For callers without a limit of their own; `None` for no limit.
    running_max: Option<usize>,
    /// One entry for each caller with a limit, and that limit; the operator lists them, so their number is bounded.
    permits: Mutex<HashMap<Arc<str>, OwnPermits>>,
}

#[derive(Debug)]
struct OwnPermits {
    running_max: usize,
    permits: Arc<Semaphore>,
}

impl PerCaller {
    /// The permits of the caller. A limit that changed counts for the calls that come, and those that run count too.
    fn permits_of(&self, caller: &Caller) -> Option<Arc<Semaphore>> {
        let running_max = caller.limits.calls_at_once.or(self.running_max)?;
        let mut permits = self.permits.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || OwnPermits { running_max, permits: Arc::new(Semaphore::new(running_max)) };
        let known = permits.entry(caller.id.0.clone()).or_insert_with(fresh);
        known.change(running_max);
        Some(known.permits.clone())
    }
}

impl OwnPermits {
    fn change(&mut self, running_max: usize) {
        self.permits.add_permits(running_max.saturating_sub(self.running_max));
        let fewer = self.running_max.saturating_sub(running_max);
        let held = fewer - self.permits.forget_permits(fewer);
        if held > 0 {
            let permits = self.permits.clone();
            // In its turn before the calls that come; it waits for calls that run.
            tokio::spawn(
                async move { permits.acquire_many_owned(held as u32).await.map(OwnedSemaphorePermit::forget) },
            );
        }
        self.running_max = running_max;
    }
}

/// Why a call has no result of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Aborted {
    #[error("an internal error ended it")]
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
    /// Creates limits under which a call ends at the latest after `call_deadline`, its time in the queue included.
    pub fn new(call_deadline: Duration) -> CallLimits {
        CallLimits {
            permits: Arc::new(Semaphore::new(CALLS_RUNNING_MAX)),
            per_caller: Arc::default(),
            questions: CallerQuotas::new(QUESTIONS),
            questions_absent: CallerQuotas::new(QUESTIONS_ABSENT),
            running: watch::Sender::new(0),
            call_deadline,
            aborting: CancellationToken::new(),
        }
    }

    /// Returns these limits for one client, whose shutdown does not abort the calls of others.
    pub(super) fn for_client(self) -> CallLimits {
        CallLimits { aborting: CancellationToken::new(), ..self }
    }

    /// Adds a limit of `running_max` calls at once for each caller that has none of its own.
    #[must_use]
    pub fn per_caller(self, running_max: usize) -> CallLimits {
        CallLimits {
            per_caller: Arc::new(PerCaller { running_max: Some(running_max), ..PerCaller::default() }),
            ..self
        }
    }

    /// The deadline of a call that starts now.
    pub fn deadline(&self) -> Instant {
        Instant::now() + self.call_deadline
    }

    /// Runs one call: waits for its permits, ends it by `deadline`, and turns a panic into an error.
    pub(super) async fn run<T>(
        &self,
        deadline: Instant,
        caller: &Caller,
        call: BoxFuture<'_, T>,
    ) -> Result<T, Aborted> {
        let counted = RunningCall::new(&self.running);
        if counted.number > CALLS_RUNNING_MAX + CALLS_QUEUED_MAX {
            return Err(Aborted::Overloaded);
        }
        let running = async {
            let permits = async { (self.caller_permit(caller).await, self.permits.acquire().await) };
            let _permits =
                timeout_at(deadline, permits).await.map_err(|_| Aborted::QueueTimeout(self.call_deadline))?;
            let caught = timeout_at(deadline, AssertUnwindSafe(call).catch_unwind()).await;
            caught.map_err(|_| Aborted::DeadlineExceeded(self.call_deadline))?.map_err(|_| Aborted::Panicked)
        };
        tokio::select! {
            biased;
            ended = running => ended,
            () = self.aborting.cancelled() => Err(Aborted::ShuttingDown),
        }
    }

    async fn caller_permit(&self, caller: &Caller) -> Option<OwnedSemaphorePermit> {
        let permits = self.per_caller.permits_of(caller)?;
        permits.acquire_owned().await.ok()
    }

    /// A place to wait for a person's answer; `None` if too many calls wait already.
    pub(super) fn question(&self, quota_key: &QuotaKey) -> Option<QuotaPermit> {
        self.questions.take(&quota_key.0, 1).ok()
    }

    /// A place to wait for a client to come back to its question; `None` if too many wait already.
    pub(super) fn absent_question(&self, quota_key: &QuotaKey) -> Option<QuotaPermit> {
        self.questions_absent.take(&quota_key.0, 1).ok()
    }

    /// Counts a call beside its runs, until this is dropped: a shutdown waits for it as well.
    pub(super) fn counted(&self) -> impl Drop + Send + '_ {
        RunningCall::new(&self.running)
    }

    /// Resolves when no call runs or queues.
    pub async fn idle(&self) {
        let mut running = self.running.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = running.wait_for(|calls| *calls == 0).await;
    }

    /// Waits for the running calls; aborts those that have not ended by `until` and answers them with an error.
    pub(super) async fn drain(&self, until: Instant) {
        if timeout_at(until, self.idle()).await.is_err() {
            warn!("Some calls were still running at the end and were aborted.");
            self.aborting.cancel();
            let _ = timeout(ABORT_MAX, self.idle()).await;
        }
    }
}

impl From<Aborted> for ToolError {
    fn from(aborted: Aborted) -> ToolError {
        let (code, hint) = match aborted {
            Aborted::Panicked => (Code::Internal, "tell the operator; the log has the place"),
            Aborted::DeadlineExceeded(_) => (
                Code::Timeout,
                "HubSpot is slow or its quota is used up; if the call writes, check whether it was done before you repeat it",
            ),
            Aborted::ShuttingDown => {
                (Code::Timeout, "if the call writes, check whether it was done before you repeat it")
            }
            Aborted::QueueTimeout(_) | Aborted::Overloaded => {
                (Code::Busy, "nothing was done; call again after `retry_after_seconds`")
            }
        };
        let error = ToolError::new(code, format!("the call was not answered: {aborted}"), hint);
        if code == Code::Busy { error.with("retry_after_seconds", BUSY_SECONDS) } else { error }
    }
}

impl From<Aborted> for ErrorData {
    fn from(aborted: Aborted) -> ErrorData {
        ErrorData::internal_error(format!("the request was not answered: {aborted}"), None)
    }
}

/// Counts a call for as long as it lives, also when it is dropped half-way.
struct RunningCall<'a> {
    running: &'a watch::Sender<usize>,
    /// The number of calls, this one included.
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
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::tool::caller::{CallerId, CallerLimits};

    /// A token's own limit counts before that of all, and a new one from the next call on.
    #[tokio::test(start_paused = true)]
    async fn a_caller_may_have_a_limit_of_its_own() {
        let limits = limits().per_caller(1);
        let with = |calls_at_once| {
            let limits = CallerLimits { calls_at_once, ..CallerLimits::default() };
            Caller { limits, ..named("chat") }
        };
        for (calls_at_once, at_once) in [(Some(2), 2), (Some(3), 3), (None, 1)] {
            let caller = with(calls_at_once);
            let running = AtomicUsize::new(0);
            let call = || {
                limits.run(
                    limits.deadline(),
                    &caller,
                    async {
                        running.fetch_add(1, Ordering::Relaxed);
                        std::future::pending::<()>().await;
                    }
                    .boxed(),
                )
            };
            let all = futures::future::join_all((0..5).map(|_| call()));
            assert!(timeout(Duration::from_secs(1), all).await.is_err());
            assert_eq!(running.load(Ordering::Relaxed), at_once);
        }
    }

    /// A limit that changes while calls run does not give them a second set of places.
    #[tokio::test(start_paused = true)]
    async fn calls_that_run_count_for_a_limit_that_changed() {
        let limits = limits().per_caller(1);
        let with = |calls_at_once| {
            let limits = CallerLimits { calls_at_once: Some(calls_at_once), ..CallerLimits::default() };
            Caller { limits, ..named("chat") }
        };
        let taken = async |at_once| {
            let caller = with(at_once);
            timeout(Duration::from_secs(1), limits.caller_permit(&caller)).await.ok().flatten()
        };
        let mut held = vec![taken(3).await.unwrap(), taken(3).await.unwrap()];
        assert!(taken(2).await.is_none(), "two run");
        held.extend(taken(3).await);
        assert_eq!(held.len(), 3);
        assert!(taken(1).await.is_none());
        held.truncate(1);
        assert!(taken(1).await.is_none(), "one still runs");
        held.clear();
        let last = taken(1).await;
        assert!(last.is_some() && taken(1).await.is_none());
    }

    const DEADLINE_EXCEEDED: Aborted = Aborted::DeadlineExceeded(Duration::from_secs(30));

    fn pending() -> BoxFuture<'static, ()> {
        std::future::pending().boxed()
    }

    fn named(name: &str) -> Caller {
        Caller { id: CallerId(name.into()), ..Caller::default() }
    }

    fn limits() -> CallLimits {
        CallLimits::new(Duration::from_secs(30))
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_becomes_an_error_and_the_next_call_runs() {
        let (limits, caller) = (limits(), Caller::default());
        let panicking = async { panic!("by intent") };
        assert_eq!(limits.run::<()>(limits.deadline(), &caller, panicking.boxed()).await, Err(Aborted::Panicked));
        assert_eq!(limits.run(limits.deadline(), &caller, async { 7 }.boxed()).await, Ok(7));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_without_end_is_aborted_at_the_deadline() {
        let limits = limits();
        let start = Instant::now();
        let result = limits.run(limits.deadline(), &Caller::default(), pending()).await;
        assert_eq!((result, start.elapsed().as_secs()), (Err(DEADLINE_EXCEEDED), 30));
        limits.idle().await;
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_still_run_at_the_shutdown_are_aborted() {
        let limits = limits();
        let (start, caller) = (Instant::now(), Caller::default());
        let running = limits.run(limits.deadline(), &caller, pending());
        let (ended, ()) = tokio::join!(running, limits.drain(start + Duration::from_secs(10)));
        assert_eq!((ended, start.elapsed().as_secs()), (Err(Aborted::ShuttingDown), 10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_waits_only_for_its_own_calls() {
        let limits = limits().per_caller(1);
        let [first, second] = ["first", "second"].map(named);
        let endless = limits.run(limits.deadline(), &first, pending());
        let queued = limits.run(limits.deadline(), &first, async {}.boxed());
        let other = limits.run(limits.deadline(), &second, async {}.boxed());
        let ended = tokio::join!(endless, queued, async { other.await.map(|()| Instant::now()) });
        assert_eq!((ended.0, ended.1), (Err(DEADLINE_EXCEEDED), Err(Aborted::QueueTimeout(Duration::from_secs(30)))));
        assert_eq!(ended.2.map(|at| at + Duration::from_secs(30)), Ok(Instant::now()), "it did not wait at all");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_fails_at_once_when_the_queue_is_full() {
        let limits = limits();
        let waiting: Vec<_> =
            (0..CALLS_RUNNING_MAX + CALLS_QUEUED_MAX).map(|_| RunningCall::new(&limits.running)).collect();
        assert_eq!(limits.run(limits.deadline(), &Caller::default(), async {}.boxed()).await, Err(Aborted::Overloaded));
        let told = ToolError::from(Aborted::Overloaded).to_json();
        assert_eq!((&told["code"], &told["retry_after_seconds"]), (&"BUSY_ERROR".into(), &BUSY_SECONDS.into()));
        drop(waiting);
        assert_eq!(limits.run(limits.deadline(), &Caller::default(), async {}.boxed()).await, Ok(()));
    }
}
