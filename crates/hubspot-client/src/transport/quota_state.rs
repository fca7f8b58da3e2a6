//! The state of the limiter: a queue for each bucket, and the daily limit.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::Error;
use crate::settings::Callers;
use crate::tier::{Bucket, Tier};
use crate::transport::limiter_queue::LimiterQueue;

/// The requests of one day, as HubSpot's last answer told them. All apps of an account share them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyQuota {
    /// Requests of a day.
    pub limit: usize,
    /// Those that are left.
    pub left: usize,
}

impl DailyQuota {
    /// The share that is used, from 0 to 1.
    pub fn used(&self) -> f64 {
        1.0 - self.left.min(self.limit) as f64 / self.limit.max(1) as f64
    }
}

/// A used up daily limit.
#[derive(Clone, Debug)]
struct StopForToday {
    until: Instant,
    resets_at: Option<String>,
    reset: Instant,
}

/// The queues of all buckets, and the daily limit.
#[derive(Debug)]
pub(crate) struct QuotaState {
    queues: [Mutex<LimiterQueue>; Bucket::ALL.len()],
    stopped_for_today: Mutex<Option<StopForToday>>,
    daily: Mutex<Option<DailyQuota>>,
}

impl QuotaState {
    pub(crate) fn new(tier: Tier, callers: Callers, is_shared: bool) -> QuotaState {
        let queue = |bucket| Mutex::new(LimiterQueue::new(tier.limit(bucket), callers, is_shared));
        QuotaState { queues: Bucket::ALL.map(queue), stopped_for_today: Mutex::new(None), daily: Mutex::new(None) }
    }

    pub(crate) fn queue(&self, bucket: Bucket) -> MutexGuard<'_, LimiterQueue> {
        self.queues[bucket as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The daily limit; `None` until HubSpot has told of it, and for tokens that have none.
    pub(crate) fn daily_quota(&self) -> Option<DailyQuota> {
        *self.daily.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_daily_quota(&self, quota: Option<DailyQuota>) {
        *self.daily.lock().unwrap_or_else(PoisonError::into_inner) = quota;
    }

    /// Sends nothing at all for `pause`; `reset` is the time until the limit starts anew.
    pub(crate) fn stop_for_today(&self, pause: Duration, reset: Duration, resets_at: Option<String>) {
        let now = Instant::now();
        *self.today() = Some(StopForToday { until: now + pause, resets_at, reset: now + reset });
    }

    /// Fails while the daily limit is used up.
    pub(crate) fn check_today(&self, now: Instant) -> Result<(), Error> {
        let mut today = self.today();
        *today = today.take().filter(|stop| stop.until > now);
        let Some(stop) = today.as_ref() else { return Ok(()) };
        let retry_after = stop.reset.duration_since(now);
        Err(Error::DailyLimit { resets_at: stop.resets_at.clone(), retry_after })
    }

    fn today(&self) -> MutexGuard<'_, Option<StopForToday>> {
        self.stopped_for_today.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
