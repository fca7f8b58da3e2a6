//! Limits the rate of each caller's requests by a token bucket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::tool::caller::Caller;

/// Largest burst after a quiet time, in seconds of the rate.
const BURST_SECONDS: f64 = 2.0;

/// One bucket for each caller. The operator lists the callers, so their number is bounded.
#[derive(Debug)]
pub(super) struct RateLimiter {
    per_second: Option<f64>,
    buckets: Mutex<HashMap<Arc<str>, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    seen: Instant,
}

/// The refusal of several requests.
#[derive(Debug, PartialEq)]
pub(super) struct TooMany {
    pub(super) wait: Duration,
    /// Requests that would have been served.
    pub(super) fit: usize,
    /// Requests that are served after a quiet time.
    pub(super) fit_ever: usize,
}

impl RateLimiter {
    /// Limits each caller without a limit of its own to this many requests a second; `None` for no limit.
    pub(super) fn new(per_second: Option<u32>) -> RateLimiter {
        RateLimiter { per_second: per_second.map(f64::from), buckets: Mutex::default() }
    }

    /// Counts one request, or returns the time to wait before the next.
    pub(super) fn count(&self, caller: &Caller) -> Result<(), Duration> {
        self.count_all(caller, 1).map_err(|refused| refused.wait)
    }

    /// Counts this many requests, all or none.
    pub(super) fn count_all(&self, caller: &Caller, requests: usize) -> Result<(), TooMany> {
        let own = caller.limits.calls_per_second.map(f64::from);
        let Some(per_second) = own.or(self.per_second) else { return Ok(()) };
        let now = Instant::now();
        let full = Bucket { left: per_second * BURST_SECONDS, seen: now };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.entry(caller.id.0.clone()).or_insert(full).take(requests, per_second, now)
    }
}

impl Bucket {
    fn take(&mut self, requests: usize, per_second: f64, now: Instant) -> Result<(), TooMany> {
        let earned = now.duration_since(self.seen).as_secs_f64() * per_second;
        self.left = (self.left + earned).min(per_second * BURST_SECONDS);
        self.seen = now;
        let wanted = requests as f64;
        if self.left < wanted {
            let wait = Duration::from_secs_f64((wanted - self.left) / per_second);
            return Err(TooMany { wait, fit: self.left as usize, fit_ever: (per_second * BURST_SECONDS) as usize });
        }
        self.left -= wanted;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::caller::{CallerId, CallerLimits};

    fn named(name: &str) -> Caller {
        Caller { id: CallerId(name.into()), ..Caller::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_of_its_own_counts_before_that_of_all() {
        let rates = RateLimiter::new(Some(10));
        let own = |calls_per_second| CallerLimits { calls_per_second, ..CallerLimits::default() };
        let [few, many] = [Some(1), Some(100)].map(own);
        let served = |name: &str, limits| {
            let caller = Caller { limits, ..named(name) };
            (0..300).filter(|_| rates.count(&caller).is_ok()).count()
        };
        assert_eq!([served("few", few), served("many", many), served("usual", own(None))], [2, 200, 20]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_gets_its_own_rate() {
        let rates = RateLimiter::new(Some(10));
        let [busy, other] = ["busy", "other"].map(named);
        let served = (0..100).filter(|_| rates.count(&busy).is_ok()).count();
        assert_eq!(served, 20, "a burst of two seconds");
        assert_eq!(rates.count(&busy), Err(Duration::from_millis(100)));
        assert_eq!(rates.count(&other), Ok(()));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!((0..100).filter(|_| rates.count(&busy).is_ok()).count(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_rate_there_is_no_limit() {
        let rates = RateLimiter::new(None);
        assert!((0..100_000).all(|_| rates.count(&Caller::default()).is_ok()));
    }
}
