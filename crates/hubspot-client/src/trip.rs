//! On whose behalf a request travels: their deadlines, their accounts, and whether they still want it.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::accounting::Tally;

/// One caller of the client. Clones are the same caller.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) deadline: Instant,
    pub(super) tally: Tally,
    /// Cancelled when the caller stopped waiting.
    pub(super) gone: CancellationToken,
}

/// The callers that share one request. At least one.
#[derive(Clone, Debug)]
pub(super) struct Trip {
    callers: Vec<Caller>,
    /// Each account once, though a call may have put several questions.
    tallies: Vec<Tally>,
}

impl Trip {
    pub(super) fn alone(caller: Caller) -> Trip {
        Trip { tallies: vec![caller.tally.clone()], callers: vec![caller] }
    }

    pub(super) fn shared(callers: Vec<Caller>) -> Trip {
        let mut tallies: Vec<Tally> = callers.iter().map(|caller| caller.tally.clone()).collect();
        tallies.sort_by_key(Tally::identity);
        tallies.dedup_by_key(|tally| tally.identity());
        Trip { callers, tallies }
    }

    /// The latest deadline: as long as somebody waits, the request is worth sending.
    pub(super) fn deadline(&self) -> Instant {
        self.callers.iter().map(|caller| caller.deadline).max().unwrap_or_else(Instant::now)
    }

    pub(super) fn time_left(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    /// Whether nobody waits for it any more.
    pub(super) fn is_abandoned(&self) -> bool {
        self.callers.iter().all(|caller| caller.gone.is_cancelled())
    }

    pub(super) fn attempt(&self, first: bool) {
        self.tallies.iter().for_each(|tally| tally.attempt(first));
    }

    pub(super) fn waited(&self, wait: Duration) {
        self.tallies.iter().for_each(|tally| tally.waited(wait));
    }
}
