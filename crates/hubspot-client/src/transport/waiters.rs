//! The callers that wait for a request: their deadlines, their statistics, and which of them still want it.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::caller_key::CallerKey;
use crate::metrics::CallStats;
use crate::writes::written::Written;

/// One caller that waits for a request. Clones are the same caller.
#[derive(Clone, Debug)]
pub(crate) struct Waiter {
    /// The caller whose part of the quota it uses.
    pub(crate) caller: CallerKey,
    pub(crate) deadline: Instant,
    pub(crate) stats: CallStats,
    /// Cancelled when the caller stopped waiting.
    pub(crate) cancelled: CancellationToken,
}

/// The callers that share one request. At least one.
#[derive(Clone, Debug)]
pub(crate) struct Waiters {
    waiters: Vec<Waiter>,
    /// The statistics of each call once, also if a call waits several times.
    stats: Vec<CallStats>,
}

impl Waiters {
    pub(crate) fn one(waiter: Waiter) -> Waiters {
        Waiters { stats: vec![waiter.stats.clone()], waiters: vec![waiter] }
    }

    pub(crate) fn all(waiters: Vec<Waiter>) -> Waiters {
        let mut stats: Vec<CallStats> = waiters.iter().map(|waiter| waiter.stats.clone()).collect();
        stats.sort_by_key(CallStats::identity);
        stats.dedup_by_key(|stats| stats.identity());
        Waiters { waiters, stats }
    }

    /// The keys of the callers, repeated ones included.
    pub(crate) fn callers(&self) -> impl Iterator<Item = &CallerKey> {
        self.waiters.iter().map(|waiter| &waiter.caller)
    }

    /// The latest deadline: a request is worth sending as long as one caller waits for it.
    pub(crate) fn deadline(&self) -> Instant {
        self.waiters.iter().map(|waiter| waiter.deadline).max().unwrap_or_else(Instant::now)
    }

    pub(crate) fn time_left(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    pub(crate) fn are_all_cancelled(&self) -> bool {
        self.waiters.iter().all(|waiter| waiter.cancelled.is_cancelled())
    }

    /// Counts one attempt, and a request if it is the first one.
    pub(crate) fn count_attempt(&self, first: bool) {
        self.stats.iter().for_each(|stats| stats.count_attempt(first));
    }

    /// The writes for which the request is sent.
    pub(crate) fn writes(&self) -> impl Iterator<Item = &Written> {
        self.waiters.iter().filter_map(|waiter| waiter.stats.write())
    }

    pub(crate) fn add_wait(&self, wait: Duration) {
        self.stats.iter().for_each(|stats| stats.add_wait(wait));
    }
}
