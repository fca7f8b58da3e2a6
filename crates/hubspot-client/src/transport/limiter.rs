//! Holds requests back until HubSpot's rate limits let them through, in their order and up to each one's deadline.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::error::Error;
use crate::metrics;
use crate::tier::{Bucket, Tier};
use crate::transport::attempt::HUBSPOT_WORK_MAX;
use crate::transport::daily_quota::PROBE_AFTER;
use crate::transport::window::{Full, Window};

/// One queue per bucket, shared by all clones of a client.
#[derive(Debug)]
pub(crate) struct Limiter {
    queues: [Queue; Bucket::ALL.len()],
    stopped_for_today: Mutex<Option<StopForToday>>,
}

#[derive(Debug)]
struct Queue {
    /// The queue itself: tokio's lock is granted in the order of asking. It is held while waiting for a place.
    order: tokio::sync::Mutex<()>,
    waiting: AtomicUsize,
    window: Mutex<Window>,
    changed: Notify,
}

/// A used up daily limit.
#[derive(Clone, Debug)]
struct StopForToday {
    until: Instant,
    resets_at: Option<String>,
    reset: Instant,
}

/// A place in the quota for one request. Dropping it after the request was sent says that the answer came or that nobody
/// waits for it any more.
#[derive(Debug)]
pub(crate) struct Permit {
    limiter: Arc<Limiter>,
    bucket: Bucket,
    sent_at: Instant,
    used: bool,
    answered: bool,
    /// The place in a second bucket, for requests that count in two.
    special: Option<Box<Permit>>,
}

impl Limiter {
    pub(crate) fn new(tier: Tier) -> Limiter {
        let queue = |bucket| Queue {
            order: tokio::sync::Mutex::new(()),
            waiting: AtomicUsize::new(0),
            window: Mutex::new(Window::new(tier.limit(bucket))),
            changed: Notify::new(),
        };
        Limiter { queues: Bucket::ALL.map(queue), stopped_for_today: Mutex::new(None) }
    }

    /// Waits in the queue for a place. Fails at once when the place would come after the deadline. Dropping the future
    /// leaves the queue and takes nothing. HubSpot's guide does not say whether a request to the associations API also
    /// counts as a request of the app; it takes a place in both.
    pub(crate) async fn admit(self: &Arc<Self>, bucket: Bucket, deadline: Instant) -> Result<Permit, Error> {
        let special = match bucket {
            Bucket::General => None,
            Bucket::Search => return self.place(bucket, deadline, None).await,
            Bucket::Associations => Some(Box::new(self.place(bucket, deadline, None).await?)),
        };
        self.place(Bucket::General, deadline, special).await
    }

    async fn place(
        self: &Arc<Self>,
        bucket: Bucket,
        deadline: Instant,
        special: Option<Box<Permit>>,
    ) -> Result<Permit, Error> {
        let queue = &self.queues[bucket as usize];
        let ahead = Waiting::join(&queue.waiting);
        self.refuse_if_hopeless(queue, ahead.position, deadline)?;
        let Ok(_order) = timeout_at(deadline, queue.order.lock()).await else {
            return Err(too_late(queue, 0));
        };
        loop {
            self.refuse_if_hopeless(queue, 0, deadline)?;
            let now = Instant::now();
            let full = match queue.window().take(now) {
                Ok(()) => break,
                Err(full) => full,
            };
            let until = match full {
                Full::Until(until) => until.min(deadline),
                Full::UntilResponse => deadline,
            };
            tokio::select! { biased; () = queue.changed.notified() => {}, () = sleep_until(until) => {} }
            if Instant::now() >= deadline {
                return Err(too_late(queue, 0));
            }
        }
        Ok(Permit { limiter: self.clone(), bucket, sent_at: Instant::now(), used: false, answered: false, special })
    }

    /// Sends nothing of this bucket for a while, after HubSpot refused a request of it for its rate.
    pub(crate) fn close(&self, bucket: Bucket, pause: Duration) {
        self.queues[bucket as usize].window().close(Instant::now() + pause.min(PROBE_AFTER));
    }

    /// Sends nothing at all, after HubSpot refused a request for the daily limit: `pause` is the time until the next try,
    /// `reset` the time until the limit starts anew.
    pub(crate) fn stop_for_today(&self, pause: Duration, reset: Duration, resets_at: Option<String>) {
        let now = Instant::now();
        *self.today() = Some(StopForToday { until: now + pause, resets_at, reset: now + reset });
    }

    /// The time that a request would have to wait if it asked now.
    pub(crate) fn wait(&self, bucket: Bucket) -> Duration {
        let queue = &self.queues[bucket as usize];
        queue.wait(queue.waiting.load(Ordering::Relaxed))
    }

    fn refuse_if_hopeless(&self, queue: &Queue, ahead: usize, deadline: Instant) -> Result<(), Error> {
        let now = Instant::now();
        let mut today = self.today();
        *today = today.take().filter(|stop| stop.until > now);
        if let Some(stop) = today.as_ref() {
            let retry_after = stop.reset.duration_since(now);
            return Err(Error::DailyLimit { resets_at: stop.resets_at.clone(), retry_after });
        }
        let opening = queue.window().opening(ahead, now);
        if opening > now && opening >= deadline { Err(too_late(queue, ahead)) } else { Ok(()) }
    }

    fn today(&self) -> MutexGuard<'_, Option<StopForToday>> {
        self.stopped_for_today.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, ahead: usize) -> Duration {
        let now = Instant::now();
        self.window().opening(ahead, now).duration_since(now)
    }
}

fn too_late(queue: &Queue, ahead: usize) -> Error {
    Error::RateLimited { retry_after: queue.wait(ahead).max(Duration::from_secs(1)) }
}

impl Permit {
    /// The request is sent now. A permit that is dropped before this gives its place back.
    pub(crate) fn mark_sent(&mut self) {
        self.sent_at = Instant::now();
        self.used = true;
        if let Some(special) = &mut self.special {
            special.mark_sent();
        }
    }

    pub(crate) fn sent_at(&self) -> Instant {
        self.sent_at
    }

    /// HubSpot's answer came, or it is certain that nothing reached HubSpot.
    pub(crate) fn mark_answered(&mut self) {
        self.answered = true;
        if let Some(special) = &mut self.special {
            special.mark_answered();
        }
    }

    /// Corrects the window by HubSpot's rate limit headers. Answers of the search API carry none.
    pub(crate) fn read_quota_headers(&self, headers: &HeaderMap) {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<usize>().ok();
        if let Some(left) = number("x-hubspot-ratelimit-daily-remaining") {
            metrics::quota_left("daily", left);
        }
        let (max, left) = (number("x-hubspot-ratelimit-max"), number("x-hubspot-ratelimit-remaining"));
        let interval = number("x-hubspot-ratelimit-interval-milliseconds").unwrap_or(10_000);
        if let (Some(max), Some(left), true) = (max, left, interval == 10_000 && self.bucket != Bucket::Search) {
            let mut window = self.limiter.queues[self.bucket as usize].window();
            window.correct(max, left, self.sent_at, Instant::now());
            metrics::quota_left(self.bucket.name(), window.left());
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let (queue, now) = (&self.limiter.queues[self.bucket as usize], Instant::now());
        match self.used {
            true if self.answered => queue.window().on_response(now),
            // Nobody waits for the answer any more, and HubSpot may still count the request.
            true => queue.window().on_response(now.max(self.sent_at + HUBSPOT_WORK_MAX)),
            false => queue.window().refund(),
        }
        queue.changed.notify_one();
    }
}

/// A place in the queue, counted until it is dropped.
struct Waiting<'a> {
    queue: &'a AtomicUsize,
    position: usize,
}

impl Waiting<'_> {
    fn join(queue: &AtomicUsize) -> Waiting<'_> {
        Waiting { queue, position: queue.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.queue.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limiter() -> Arc<Limiter> {
        Arc::new(Limiter::new(Tier::Free))
    }

    /// A request that is answered at once.
    fn passed(mut permit: Permit) {
        permit.mark_sent();
        permit.mark_answered();
    }

    async fn used_up(limiter: &Arc<Limiter>, bucket: Bucket, times: usize) {
        for _ in 0..times {
            passed(limiter.admit(bucket, Instant::now() + SECOND).await.unwrap());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn requests_are_admitted_in_order() {
        let (limiter, start) = (limiter(), Instant::now());
        let calls = (0..8).map(|_| async {
            passed(limiter.admit(Bucket::Search, start + 30 * SECOND).await.unwrap());
            start.elapsed().as_secs()
        });
        assert_eq!(futures::future::join_all(calls).await, [0, 0, 0, 0, 0, 1, 1, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_would_wait_past_its_deadline_fails_at_once() {
        let (limiter, start) = (limiter(), Instant::now());
        used_up(&limiter, Bucket::General, 100).await;
        let refused = limiter.admit(Bucket::General, start + 5 * SECOND).await.unwrap_err();
        assert_eq!(refused, Error::RateLimited { retry_after: 10 * SECOND });
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert!(limiter.admit(Bucket::General, start + 11 * SECOND).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_request_frees_its_place_in_the_queue() {
        let (limiter, start) = (limiter(), Instant::now());
        used_up(&limiter, Bucket::Search, 5).await;
        let impatient = limiter.admit(Bucket::Search, start + 30 * SECOND);
        assert!(timeout_at(start + SECOND / 2, impatient).await.is_err());
        assert_eq!(limiter.queues[Bucket::Search as usize].waiting.load(Ordering::Relaxed), 0);
        used_up(&limiter, Bucket::General, 1).await;
        assert!(limiter.admit(Bucket::Search, start + 2 * SECOND).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn searches_have_a_limit_of_their_own_and_associations_count_twice() {
        let (limiter, start) = (limiter(), Instant::now());
        used_up(&limiter, Bucket::General, 60).await;
        used_up(&limiter, Bucket::Associations, 40).await;
        used_up(&limiter, Bucket::Search, 5).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert!(limiter.admit(Bucket::Associations, start + SECOND).await.is_err());
        assert_eq!(limiter.queues[Bucket::Associations as usize].window().left(), 60, "its place there was given back");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_admits_the_requests_that_wait_for_it() {
        let (limiter, start) = (limiter(), Instant::now());
        let mut permits = vec![];
        for _ in 0..5 {
            let mut permit = limiter.admit(Bucket::Search, start + SECOND).await.unwrap();
            permit.mark_sent();
            permit.mark_answered();
            permits.push(permit);
        }
        let answers = async {
            tokio::time::sleep(2 * SECOND).await;
            permits.clear();
        };
        let (permit, ()) = futures::future::join(limiter.admit(Bucket::Search, start + 30 * SECOND), answers).await;
        assert_eq!((permit.is_ok(), start.elapsed()), (true, 3 * SECOND));
    }

    #[tokio::test(start_paused = true)]
    async fn headers_correct_what_is_left() {
        let limiter = limiter();
        let mut permit = limiter.admit(Bucket::General, Instant::now() + SECOND).await.unwrap();
        permit.mark_sent();
        permit.mark_answered();
        let mut headers = HeaderMap::new();
        headers.insert("x-hubspot-ratelimit-max", 190.into());
        headers.insert("x-hubspot-ratelimit-remaining", 5.into());
        permit.read_quota_headers(&headers);
        drop(permit);
        assert_eq!(limiter.queues[0].window().left(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn the_daily_limit_stops_everything_until_the_next_try() {
        let limiter = limiter();
        limiter.stop_for_today(60 * SECOND, 3600 * SECOND, Some("2026-11-23T00:00:00-05:00".into()));
        let refused = limiter.admit(Bucket::Search, Instant::now() + 30 * SECOND).await.unwrap_err();
        assert_eq!(refused.code().as_str(), "RATE_LIMITED_ERROR");
        assert_eq!(refused.details()["retry_after_seconds"], 3600);
        tokio::time::advance(60 * SECOND).await;
        assert!(limiter.admit(Bucket::Search, Instant::now() + 30 * SECOND).await.is_ok());
    }
}
