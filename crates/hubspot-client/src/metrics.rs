//! The cost of calls, counted per call and, as metrics, for the whole process.
//!
//! The names of the metrics are interface. They cost nothing until the program installs a recorder that exports them.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics::{counter, gauge, histogram};

use crate::writes::written::{WriteFacts, Written};

/// The requests and the waiting time of one call so far. A request that several calls share counts once for each of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Requests to HubSpot, without their repeats.
    pub requests: u32,
    /// Requests that were sent, with their repeats.
    pub attempts: u32,
    /// Time spent waiting for the quota, for other callers in a batch, and between attempts.
    pub waited: Duration,
}

/// The sums of one call, which are added up while it runs. Clones are the same sums.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallStats {
    sums: Arc<Sums>,
    /// The write for which requests are sent.
    write: Option<Written>,
}

#[derive(Debug, Default)]
struct Sums {
    requests: AtomicU32,
    attempts: AtomicU32,
    waited_us: AtomicU64,
    /// The writes of the call that nobody has taken yet. A tool makes one or two.
    writes: Mutex<Vec<Written>>,
}

impl CallStats {
    /// A number that is the same for all clones.
    pub(crate) fn identity(&self) -> usize {
        Arc::as_ptr(&self.sums) as usize
    }

    pub(crate) fn count_attempt(&self, first: bool) {
        self.sums.requests.fetch_add(u32::from(first), Ordering::Relaxed);
        self.sums.attempts.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add_wait(&self, wait: Duration) {
        self.sums.waited_us.fetch_add(wait.as_micros() as u64, Ordering::Relaxed);
    }

    /// A handle on this call for the requests of a write that begins. [`CallStats::take_writes`] gives it to the call.
    pub(crate) fn begin_write(&self, facts: WriteFacts) -> (CallStats, Written) {
        let written = Written::begin(facts);
        self.writes().push(written.clone());
        (CallStats { sums: self.sums.clone(), write: Some(written.clone()) }, written)
    }

    /// The write for which requests are sent.
    pub(crate) fn write(&self) -> Option<&Written> {
        self.write.as_ref()
    }

    /// The writes that have begun and were not taken yet.
    pub(crate) fn begun_writes(&self) -> Vec<Written> {
        self.writes().clone()
    }

    /// The writes that have begun since the last time.
    pub(crate) fn take_writes(&self) -> Vec<Written> {
        std::mem::take(&mut *self.writes())
    }

    fn writes(&self) -> MutexGuard<'_, Vec<Written>> {
        self.sums.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn usage(&self) -> Usage {
        Usage {
            requests: self.sums.requests.load(Ordering::Relaxed),
            attempts: self.sums.attempts.load(Ordering::Relaxed),
            waited: Duration::from_micros(self.sums.waited_us.load(Ordering::Relaxed)),
        }
    }
}

/// Counts an attempt that ended. `status` is HubSpot's, or 0 if no answer came.
pub(crate) fn attempt_ended(family: &'static str, status: u16, took: Duration) {
    counter!("hubspot_requests_total", "family" => family, "status" => status.to_string()).increment(1);
    histogram!("hubspot_request_seconds", "family" => family).record(took);
}

/// Counts a repeat by the kind of the failure before it.
pub(crate) fn repeated(family: &'static str, reason: &'static str) {
    counter!("hubspot_retries_total", "family" => family, "reason" => reason).increment(1);
}

/// Records a wait for the quota (by bucket) or for a batch (by family).
pub(crate) fn waited(reason: &'static str, wait: Duration) {
    histogram!("hubspot_wait_seconds", "reason" => reason).record(wait);
}

/// Records the number of callers that share a batch.
pub(crate) fn batch_sent(family: &'static str, size: usize) {
    histogram!("hubspot_batch_size", "family" => family).record(size as f64);
}

/// Counts a look into a cache.
pub(crate) fn cache_lookup(cache: &'static str, hit: bool) {
    let result = if hit { "hit" } else { "miss" };
    counter!("hubspot_cache_total", "cache" => cache, "result" => result).increment(1);
}

/// Records the requests that are left in a bucket, or for the day.
pub(crate) fn quota_left(bucket: &'static str, left: usize) {
    gauge!("hubspot_quota_left", "bucket" => bucket).set(left as f64);
}

/// Counts a write whose answer was lost, by the result of its look-ups.
pub(crate) fn lost_answer(family: &'static str, found: &'static str) {
    counter!("hubspot_lost_answers_total", "family" => family, "found" => found).increment(1);
}

/// Counts a write that ended after its caller had stopped waiting.
pub(crate) fn finished_without_caller(family: &'static str) {
    counter!("hubspot_writes_unheard_total", "family" => family).increment(1);
}

/// Counts places of a quota that replicas share: given to this one.
pub(crate) fn places_leased(bucket: &'static str, places: usize) {
    counter!("hubspot_shared_quota_places_total", "bucket" => bucket, "fate" => "leased").increment(places as u64);
}

/// Counts those that were given back unused.
pub(crate) fn places_lapsed(bucket: &'static str, places: usize) {
    counter!("hubspot_shared_quota_places_total", "bucket" => bucket, "fate" => "lapsed").increment(places as u64);
}

/// Records the replicas that share the quota.
pub(crate) fn replicas(replicas: usize) {
    gauge!("hubspot_shared_quota_replicas").set(replicas as f64);
}

/// Counts a talk with the ledger of the quota that failed.
pub(crate) fn ledger_failed() {
    counter!("hubspot_shared_quota_failures_total").increment(1);
}
