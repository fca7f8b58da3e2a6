//! The number of repeats that the whole process may add to a HubSpot that is failing.
//!
//! Without it every call repeats three times during an outage, and four times the load keeps HubSpot down. It is a token
//! bucket that fills with requests and with time.

use tokio::time::Instant;

/// The size of the bucket: repeats that are possible at once after a quiet time.
const SAVED_MAX: f64 = 50.0;
/// Repeats that each request adds. In a long outage one request in ten is repeated.
const PER_REQUEST: f64 = 0.1;
/// Repeats that each second adds, so that an idle server regains them.
const PER_SECOND: f64 = 0.5;

/// Token bucket of repeats: each success adds a part of one, each repeat takes one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryBudget {
    saved: f64,
    seen: Instant,
}

impl RetryBudget {
    pub(crate) fn new(now: Instant) -> RetryBudget {
        RetryBudget { saved: SAVED_MAX, seen: now }
    }

    /// Counts a request that is sent for the first time.
    pub(crate) fn earn(&mut self) {
        self.saved = (self.saved + PER_REQUEST).min(SAVED_MAX);
    }

    /// Takes one repeat out of the bucket; false if there is none.
    pub(crate) fn spend(&mut self, now: Instant) -> bool {
        let passed = now.duration_since(self.seen).as_secs_f64();
        self.saved = (self.saved + passed * PER_SECOND).min(SAVED_MAX);
        self.seen = now;
        let allowed = self.saved >= 1.0;
        if allowed {
            self.saved -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_not_amplified() {
        let now = Instant::now();
        let mut budget = RetryBudget::new(now);
        let mut repeats = 0;
        for _ in 0..10_000 {
            budget.earn();
            repeats += u32::from(budget.spend(now));
        }
        assert!((1000..=1060).contains(&repeats), "{repeats}");
        assert!(!budget.spend(now));
        assert!(budget.spend(now + Duration::from_secs(4)));
    }
}
