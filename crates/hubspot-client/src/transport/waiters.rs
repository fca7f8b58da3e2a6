//! On whose behalf a request travels: their deadlines, their accounts, and whether they still want it.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::metrics::CallStats;

/// One caller of the client. Clones are the same caller.
#[derive(Clone, Debug)]
pub(crate) struct Waiter {
    pub(crate) deadline: Instant,
    pub(crate) stats: CallStats,
    /// Cancelled when the caller stopped waiting.
    pub(crate) gone: CancellationToken,
}

/// The callers that share one request. At least one.
#[derive(Clone, Debug)]
pub(crate) struct Waiters {
    callers: Vec<Waiter>,
    /// Each account once, though a call may have put several questions.
    tallies: Vec<CallStats>,
}

impl Waiters {
    pub(crate) fn alone(caller: Waiter) -> Waiters {
        Waiters { tallies: vec![caller.stats.clone()], callers: vec![caller] }
    }

    pub(crate) fn shared(callers: Vec<Waiter>) -> Waiters {
        let mut tallies: Vec<CallStats> = callers.iter().map(|caller| caller.stats.clone()).collect();
        tallies.sort_by_key(CallStats::identity);
        tallies.dedup_by_key(|stats| stats.identity());
        Waiters { callers, tallies }
    }

    /// The latest deadline: as long as somebody waits, the request is worth sending.
    pub(crate) fn deadline(&self) -> Instant {
        self.callers.iter().map(|caller| caller.deadline).max().unwrap_or_else(Instant::now)
    }

    pub(crate) fn time_left(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    /// Whether nobody waits for it any more.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.callers.iter().all(|caller| caller.gone.is_cancelled())
    }

    pub(crate) fn attempt(&self, first: bool) {
        self.tallies.iter().for_each(|stats| stats.attempt(first));
    }

    pub(crate) fn waited(&self, wait: Duration) {
        self.tallies.iter().for_each(|stats| stats.waited(wait));
    }
}
