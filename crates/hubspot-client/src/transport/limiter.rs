//! Holds requests back until HubSpot's limits let them through: in order, up to each one's deadline.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::error::Error;
use crate::metrics;
use crate::tier::{Bucket, Tier};
use crate::transport::daily_quota::PROBE_AFTER;
use crate::transport::window::{Full, Window};
use crate::writes::recovery::WORK_MAX;

/// One line per bucket; all clones of a client stand in the same lines.
#[derive(Debug)]
pub(crate) struct Limiter {
    lines: [Line; Bucket::ALL.len()],
    stopped_for_today: Mutex<Option<StopForToday>>,
}

#[derive(Debug)]
struct Line {
    /// The queue: tokio's lock is handed on in the order of asking. It is held while waiting for a place.
    turn: tokio::sync::Mutex<()>,
    waiting: AtomicUsize,
    window: Mutex<Window>,
    changed: Notify,
}

#[derive(Clone, Debug)]
struct StopForToday {
    until: Instant,
    resets_at: Option<String>,
    reset: Instant,
}

/// Leave to send one request. Dropping it after the departure says that the answer has come or is given up.
#[derive(Debug)]
pub(crate) struct Permit {
    limiter: Arc<Limiter>,
    bucket: Bucket,
    left_at: Instant,
    used: bool,
    answered: bool,
    /// The place in a bucket beside the general one.
    special: Option<Box<Permit>>,
}

impl Limiter {
    pub(crate) fn new(tier: Tier) -> Limiter {
        let line = |bucket| Line {
            turn: tokio::sync::Mutex::new(()),
            waiting: AtomicUsize::new(0),
            window: Mutex::new(Window::new(tier.limit(bucket))),
            changed: Notify::new(),
        };
        Limiter { lines: Bucket::ALL.map(line), stopped_for_today: Mutex::new(None) }
    }

    /// Waits in line for a place. Fails at once when the place would come after the deadline. Dropping the future
    /// leaves the line and takes nothing. HubSpot's guide does not say whether a request to the associations API also
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
        let line = &self.lines[bucket as usize];
        let ahead = Waiting::join(&line.waiting);
        self.refuse_in_vain(line, ahead.position, deadline)?;
        let Ok(_turn) = timeout_at(deadline, line.turn.lock()).await else {
            return Err(too_late(line, 0));
        };
        loop {
            self.refuse_in_vain(line, 0, deadline)?;
            let now = Instant::now();
            let full = match line.window().take(now) {
                Ok(()) => break,
                Err(full) => full,
            };
            let until = match full {
                Full::Until(until) => until.min(deadline),
                Full::UntilAnAnswer => deadline,
            };
            tokio::select! { biased; () = line.changed.notified() => {}, () = sleep_until(until) => {} }
            if Instant::now() >= deadline {
                return Err(too_late(line, 0));
            }
        }
        Ok(Permit { limiter: self.clone(), bucket, left_at: Instant::now(), used: false, answered: false, special })
    }

    /// HubSpot refused a request of this bucket for its rate; after a while somebody finds out whether it still would.
    pub(crate) fn close(&self, bucket: Bucket, pause: Duration) {
        self.lines[bucket as usize].window().close(Instant::now() + pause.min(PROBE_AFTER));
    }

    /// HubSpot refused for the daily limit: `pause` until somebody may try again, `reset` until the limit starts anew.
    pub(crate) fn stop_for_today(&self, pause: Duration, reset: Duration, resets_at: Option<String>) {
        let now = Instant::now();
        *self.today() = Some(StopForToday { until: now + pause, resets_at, reset: now + reset });
    }

    /// How long a request that asked now would wait.
    pub(crate) fn wait(&self, bucket: Bucket) -> Duration {
        let line = &self.lines[bucket as usize];
        line.wait(line.waiting.load(Ordering::Relaxed))
    }

    fn refuse_in_vain(&self, line: &Line, ahead: usize, deadline: Instant) -> Result<(), Error> {
        let now = Instant::now();
        let mut today = self.today();
        *today = today.take().filter(|stop| stop.until > now);
        if let Some(stop) = today.as_ref() {
            let retry_after = stop.reset.duration_since(now);
            return Err(Error::DailyLimit { resets_at: stop.resets_at.clone(), retry_after });
        }
        let opening = line.window().opening(ahead, now);
        if opening > now && opening >= deadline { Err(too_late(line, ahead)) } else { Ok(()) }
    }

    fn today(&self) -> MutexGuard<'_, Option<StopForToday>> {
        self.stopped_for_today.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, ahead: usize) -> Duration {
        let now = Instant::now();
        self.window().opening(ahead, now).duration_since(now)
    }
}

fn too_late(line: &Line, ahead: usize) -> Error {
    Error::RateLimited { retry_after: line.wait(ahead).max(Duration::from_secs(1)) }
}

impl Permit {
    /// The request leaves now. A permit that is dropped before this is as if it had never been.
    pub(crate) fn depart(&mut self) {
        self.left_at = Instant::now();
        self.used = true;
        if let Some(special) = &mut self.special {
            special.depart();
        }
    }

    pub(crate) fn left_at(&self) -> Instant {
        self.left_at
    }

    /// HubSpot's answer came, or it is certain that nothing reached HubSpot.
    pub(crate) fn answered(&mut self) {
        self.answered = true;
        if let Some(special) = &mut self.special {
            special.answered();
        }
    }

    /// Takes HubSpot's word for what is left. Search answers carry no such headers.
    pub(crate) fn learn(&self, headers: &HeaderMap) {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<usize>().ok();
        if let Some(left) = number("x-hubspot-ratelimit-daily-remaining") {
            metrics::quota_left("daily", left);
        }
        let (max, left) = (number("x-hubspot-ratelimit-max"), number("x-hubspot-ratelimit-remaining"));
        let interval = number("x-hubspot-ratelimit-interval-milliseconds").unwrap_or(10_000);
        if let (Some(max), Some(left), true) = (max, left, interval == 10_000 && self.bucket != Bucket::Search) {
            let mut window = self.limiter.lines[self.bucket as usize].window();
            window.correct(max, left, self.left_at, Instant::now());
            metrics::quota_left(self.bucket.name(), window.left());
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let (line, now) = (&self.limiter.lines[self.bucket as usize], Instant::now());
        match self.used {
            true if self.answered => line.window().land(now),
            // Nobody waits for it any more, and HubSpot may yet count it.
            true => line.window().land(now.max(self.left_at + WORK_MAX)),
            false => line.window().refund(),
        }
        line.changed.notify_one();
    }
}

/// A place in the line, counted as long as it is held.
struct Waiting<'a> {
    line: &'a AtomicUsize,
    position: usize,
}

impl Waiting<'_> {
    fn join(line: &AtomicUsize) -> Waiting<'_> {
        Waiting { line, position: line.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.line.fetch_sub(1, Ordering::Relaxed);
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
        permit.depart();
        permit.answered();
    }

    async fn used_up(limiter: &Arc<Limiter>, bucket: Bucket, times: usize) {
        for _ in 0..times {
            passed(limiter.admit(bucket, Instant::now() + SECOND).await.unwrap());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_are_served_in_order() {
        let (limiter, start) = (limiter(), Instant::now());
        let calls = (0..8).map(|_| async {
            passed(limiter.admit(Bucket::Search, start + 30 * SECOND).await.unwrap());
            start.elapsed().as_secs()
        });
        assert_eq!(futures::future::join_all(calls).await, [0, 0, 0, 0, 0, 1, 1, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_would_wait_in_vain_is_told_at_once_for_how_long() {
        let (limiter, start) = (limiter(), Instant::now());
        used_up(&limiter, Bucket::General, 100).await;
        let refused = limiter.admit(Bucket::General, start + 5 * SECOND).await.unwrap_err();
        assert_eq!(refused, Error::RateLimited { retry_after: 10 * SECOND });
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert!(limiter.admit(Bucket::General, start + 11 * SECOND).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_frees_the_place_in_line() {
        let (limiter, start) = (limiter(), Instant::now());
        used_up(&limiter, Bucket::Search, 5).await;
        let impatient = limiter.admit(Bucket::Search, start + 30 * SECOND);
        assert!(timeout_at(start + SECOND / 2, impatient).await.is_err());
        assert_eq!(limiter.lines[Bucket::Search as usize].waiting.load(Ordering::Relaxed), 0);
        used_up(&limiter, Bucket::General, 1).await;
        assert!(limiter.admit(Bucket::Search, start + 2 * SECOND).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn searches_do_not_wait_for_the_rest_and_associations_count_twice() {
        let (limiter, start) = (limiter(), Instant::now());
        used_up(&limiter, Bucket::General, 60).await;
        used_up(&limiter, Bucket::Associations, 40).await;
        used_up(&limiter, Bucket::Search, 5).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert!(limiter.admit(Bucket::Associations, start + SECOND).await.is_err());
        assert_eq!(limiter.lines[Bucket::Associations as usize].window().left(), 60, "its place there was given back");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_comes_frees_those_who_wait_for_it() {
        let (limiter, start) = (limiter(), Instant::now());
        let mut permits = vec![];
        for _ in 0..5 {
            let mut permit = limiter.admit(Bucket::Search, start + SECOND).await.unwrap();
            permit.depart();
            permit.answered();
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
        permit.depart();
        permit.answered();
        let mut headers = HeaderMap::new();
        headers.insert("x-hubspot-ratelimit-max", 190.into());
        headers.insert("x-hubspot-ratelimit-remaining", 5.into());
        permit.learn(&headers);
        drop(permit);
        assert_eq!(limiter.lines[0].window().left(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn the_daily_limit_stops_everything_until_somebody_may_try() {
        let limiter = limiter();
        limiter.stop_for_today(60 * SECOND, 3600 * SECOND, Some("2026-11-23T00:00:00-05:00".into()));
        let refused = limiter.admit(Bucket::Search, Instant::now() + 30 * SECOND).await.unwrap_err();
        assert_eq!(refused.code().as_str(), "RATE_LIMITED_ERROR");
        assert_eq!(refused.details()["retry_after_seconds"], 3600);
        tokio::time::advance(60 * SECOND).await;
        assert!(limiter.admit(Bucket::Search, Instant::now() + 30 * SECOND).await.is_ok());
    }
}
