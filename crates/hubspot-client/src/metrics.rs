//! What calls cost: counted per tool call, and for the whole process as metrics.
//!
//! The names of the metrics are interface. Whoever exports them installs a recorder; without one they cost nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use metrics::{counter, gauge, histogram};

/// What one view of the client has used so far. A request shared with other calls counts once for each of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Questions put to HubSpot, however often they had to be sent.
    pub requests: u32,
    /// Requests sent, repeats included.
    pub attempts: u32,
    /// Time spent waiting for the quota, for company in a batch, and between attempts.
    pub waited: Duration,
}

/// Where a call's costs are added up while it runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallStats(Arc<Sums>);

#[derive(Debug, Default)]
struct Sums {
    requests: AtomicU32,
    attempts: AtomicU32,
    waited_us: AtomicU64,
}

impl CallStats {
    /// The same for all clones of one account.
    pub(crate) fn identity(&self) -> usize {
        Arc::as_ptr(&self.0) as usize
    }

    pub(crate) fn attempt(&self, first: bool) {
        self.0.requests.fetch_add(u32::from(first), Ordering::Relaxed);
        self.0.attempts.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn waited(&self, wait: Duration) {
        self.0.waited_us.fetch_add(wait.as_micros() as u64, Ordering::Relaxed);
    }

    pub(crate) fn usage(&self) -> Usage {
        Usage {
            requests: self.0.requests.load(Ordering::Relaxed),
            attempts: self.0.attempts.load(Ordering::Relaxed),
            waited: Duration::from_micros(self.0.waited_us.load(Ordering::Relaxed)),
        }
    }
}

/// One attempt ended. `status` is HubSpot's, or 0 when no answer came.
pub(crate) fn attempt_ended(family: &'static str, status: u16, took: Duration) {
    counter!("hubspot_requests_total", "family" => family, "status" => status.to_string()).increment(1);
    histogram!("hubspot_request_seconds", "family" => family).record(took);
}

pub(crate) fn repeated(family: &'static str, reason: &'static str) {
    counter!("hubspot_retries_total", "family" => family, "reason" => reason).increment(1);
}

pub(crate) fn waited(reason: &'static str, wait: Duration) {
    histogram!("hubspot_wait_seconds", "reason" => reason).record(wait);
}

pub(crate) fn batch_sent(family: &'static str, size: usize) {
    histogram!("hubspot_batch_size", "family" => family).record(size as f64);
}

pub(crate) fn cache_asked(cache: &'static str, hit: bool) {
    let result = if hit { "hit" } else { "miss" };
    counter!("hubspot_cache_total", "cache" => cache, "result" => result).increment(1);
}

pub(crate) fn quota_left(bucket: &'static str, left: usize) {
    gauge!("hubspot_quota_left", "bucket" => bucket).set(left as f64);
}

/// A write whose answer was lost: what its look-up found.
pub(crate) fn recovered(family: &'static str, found: &'static str) {
    counter!("hubspot_lost_answers_total", "family" => family, "found" => found).increment(1);
}

/// A write that ended after its caller had gone.
pub(crate) fn ended_unheard(family: &'static str) {
    counter!("hubspot_writes_unheard_total", "family" => family).increment(1);
}
