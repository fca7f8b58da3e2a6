//! Holds requests back until HubSpot's rate limits let them through: callers in turn, each up to its deadline.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use crate::caller_key::CallerKey;
use crate::error::Error;
use crate::metrics;
use crate::settings::Callers;
use crate::tier::{Bucket, Tier};
use crate::transport::attempt::HUBSPOT_WORK_MAX;
use crate::transport::daily_quota::PROBE_AFTER;
use crate::transport::fair_queue::{FairQueue, QueueEntry};
use crate::transport::window::Window;

/// One queue per bucket, shared by all clones of a client.
#[derive(Debug)]
pub(crate) struct Limiter {
    queues: [Mutex<LimiterQueue>; Bucket::ALL.len()],
    stopped_for_today: Mutex<Option<StopForToday>>,
    daily: Mutex<Option<DailyQuota>>,
}

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

/// The places of one bucket, and the requests that wait for them.
#[derive(Debug)]
struct LimiterQueue {
    window: Window,
    order: FairQueue,
    /// Tells each waiting request that it has a place.
    granted: HashMap<QueueEntry, oneshot::Sender<()>>,
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
    caller: CallerKey,
    sent_at: Instant,
    used: bool,
    answered: bool,
    /// The place in a second bucket, for requests that count in two.
    special: Option<Box<Permit>>,
}

impl Limiter {
    pub(crate) fn new(tier: Tier, callers: Callers) -> Limiter {
        let queue = |bucket| {
            let window = Window::new(tier.limit(bucket));
            Mutex::new(LimiterQueue { window, order: FairQueue::new(callers), granted: HashMap::new() })
        };
        Limiter { queues: Bucket::ALL.map(queue), stopped_for_today: Mutex::new(None), daily: Mutex::new(None) }
    }

    /// Waits for the caller's turn and a place. Fails at once when the place would come after the deadline. Dropping the
    /// future leaves the queue and takes nothing. HubSpot's guide does not say whether a request to the associations API
    /// also counts as a request of the app; it takes a place in both.
    pub(crate) async fn admit(
        self: &Arc<Self>,
        bucket: Bucket,
        caller: &CallerKey,
        deadline: Instant,
    ) -> Result<Permit, Error> {
        let special = match bucket {
            Bucket::General => None,
            Bucket::Search => return self.place(bucket, caller, deadline, None).await,
            Bucket::Associations => Some(Box::new(self.place(bucket, caller, deadline, None).await?)),
        };
        self.place(Bucket::General, caller, deadline, special).await
    }

    async fn place(
        self: &Arc<Self>,
        bucket: Bucket,
        caller: &CallerKey,
        deadline: Instant,
        special: Option<Box<Permit>>,
    ) -> Result<Permit, Error> {
        let mut waiting = self.join(bucket, caller, deadline)?;
        loop {
            let retry_at = match waiting.look(deadline)? {
                PermitCheck::Granted => break,
                PermitCheck::Wait(until) => until,
            };
            tokio::select! { biased; _ = &mut waiting.told => {}, () = sleep_until(retry_at) => {} }
        }
        waiting.taken = true;
        drop(waiting);
        let (limiter, caller, sent_at) = (self.clone(), caller.clone(), Instant::now());
        Ok(Permit { limiter, bucket, caller, sent_at, used: false, answered: false, special })
    }

    fn join<'a>(&'a self, bucket: Bucket, caller: &'a CallerKey, deadline: Instant) -> Result<Waiting<'a>, Error> {
        let now = Instant::now();
        self.check_today(now)?;
        let mut queue = self.queue(bucket);
        let opening = queue.opening(caller, None, now);
        if opening > now && opening >= deadline {
            return Err(queue.too_late(caller, None, now));
        }
        let Some(ticket) = queue.order.join(caller, now) else { return Err(queue.too_late(caller, None, now)) };
        let (sender, told) = oneshot::channel();
        queue.granted.insert(ticket, sender);
        drop(queue);
        Ok(Waiting { limiter: self, bucket, caller, ticket, told, taken: false })
    }

    /// Sends nothing of this bucket for a while, after HubSpot refused a request of it for its rate.
    pub(crate) fn close(&self, bucket: Bucket, pause: Duration) {
        self.queue(bucket).window.close(Instant::now() + pause.min(PROBE_AFTER));
    }

    /// Sends nothing at all, after HubSpot refused a request for the daily limit: `pause` is the time until the next try,
    /// `reset` the time until the limit starts anew.
    pub(crate) fn stop_for_today(&self, pause: Duration, reset: Duration, resets_at: Option<String>) {
        let now = Instant::now();
        *self.today() = Some(StopForToday { until: now + pause, resets_at, reset: now + reset });
    }

    /// The daily limit; `None` until HubSpot has told of it, and for tokens that have none.
    pub(crate) fn daily_quota(&self) -> Option<DailyQuota> {
        *self.daily.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time that a request of this caller would have to wait if it asked now.
    pub(crate) fn wait(&self, bucket: Bucket, caller: &CallerKey) -> Duration {
        let now = Instant::now();
        self.queue(bucket).opening(caller, None, now).duration_since(now)
    }

    /// The caller that pays for a request which these share.
    pub(crate) fn payer<'a>(&self, bucket: Bucket, callers: impl Iterator<Item = &'a CallerKey>) -> CallerKey {
        let queue = self.queue(bucket);
        queue.order.payer(callers, queue.window.limit(), Instant::now())
    }

    fn check_today(&self, now: Instant) -> Result<(), Error> {
        let mut today = self.today();
        *today = today.take().filter(|stop| stop.until > now);
        let Some(stop) = today.as_ref() else { return Ok(()) };
        let retry_after = stop.reset.duration_since(now);
        Err(Error::DailyLimit { resets_at: stop.resets_at.clone(), retry_after })
    }

    fn today(&self) -> MutexGuard<'_, Option<StopForToday>> {
        self.stopped_for_today.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self, bucket: Bucket) -> MutexGuard<'_, LimiterQueue> {
        self.queues[bucket as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LimiterQueue {
    /// Gives free places to the requests whose turn it is.
    fn grant(&mut self, now: Instant) {
        self.window.forget(now);
        while !self.window.is_closed(now)
            && let Some(ticket) = self.order.next(self.window.left(), self.window.limit(), now)
            && self.window.take(now).is_ok()
        {
            if let Some(told) = self.granted.remove(&ticket) {
                let _ = told.send(()); // A request that left at this moment gives its place back itself.
            }
        }
    }

    /// Takes back a place of the caller, which HubSpot may count from `held_from` on; `None` if nothing was sent.
    fn give_back(&mut self, caller: &CallerKey, held_from: Option<Instant>) {
        self.order.give_back(caller, held_from);
        match held_from {
            Some(at) => self.window.on_response(at),
            None => self.window.refund(),
        }
    }

    /// The earliest instant at which a waiting request of the caller, or a new one, can be sent.
    fn opening(&mut self, caller: &CallerKey, ticket: Option<QueueEntry>, now: Instant) -> Instant {
        let limit = self.window.limit();
        let kept = self.order.kept_from(caller, limit, now);
        let opening = self.window.opening(kept + self.order.ahead_of(caller, ticket), now);
        self.order.paced_until(caller, limit, now).map_or(opening, |at| at.max(opening))
    }

    fn too_late(&mut self, caller: &CallerKey, ticket: Option<QueueEntry>, now: Instant) -> Error {
        let wait = self.opening(caller, ticket, now).duration_since(now);
        Error::RateLimited { retry_after: wait.max(Duration::from_secs(1)) }
    }
}

/// The state of a waiting request.
enum PermitCheck {
    /// The request has a place in the quota.
    Granted,
    /// It has none before this instant, unless another request gives one back.
    Wait(Instant),
}

/// A request in the queue. Dropping it leaves the queue, and gives a place back that it was given meanwhile.
struct Waiting<'a> {
    limiter: &'a Limiter,
    bucket: Bucket,
    caller: &'a CallerKey,
    ticket: QueueEntry,
    told: oneshot::Receiver<()>,
    taken: bool,
}

impl Waiting<'_> {
    /// Gives free places to whoever is next, and looks whether this request has one.
    fn look(&mut self, deadline: Instant) -> Result<PermitCheck, Error> {
        let now = Instant::now();
        let mut queue = self.limiter.queue(self.bucket);
        queue.grant(now);
        if !queue.granted.contains_key(&self.ticket) {
            return Ok(PermitCheck::Granted);
        }
        let opening = queue.opening(self.caller, Some(self.ticket), now);
        if now >= deadline || (opening > now && opening >= deadline) {
            return Err(queue.too_late(self.caller, Some(self.ticket), now));
        }
        // A caller that is quiet for long enough while it waits may take a place that is kept.
        let quiet_from = queue.order.quiet_from(self.caller, queue.window.limit(), now);
        let until = quiet_from.map_or(opening, |at| at.min(opening)).min(deadline);
        drop(queue);
        self.limiter.check_today(now)?;
        Ok(PermitCheck::Wait(until))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.taken {
            return;
        }
        let mut queue = self.limiter.queue(self.bucket);
        match queue.granted.remove(&self.ticket) {
            Some(_) => queue.order.leave(self.caller, self.ticket),
            None => {
                queue.give_back(self.caller, None);
                queue.grant(Instant::now());
            }
        }
    }
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
            let quota = number("x-hubspot-ratelimit-daily").map(|limit| DailyQuota { limit, left });
            *self.limiter.daily.lock().unwrap_or_else(PoisonError::into_inner) = quota;
        }
        let (max, left) = (number("x-hubspot-ratelimit-max"), number("x-hubspot-ratelimit-remaining"));
        let interval = number("x-hubspot-ratelimit-interval-milliseconds").unwrap_or(10_000);
        if let (Some(max), Some(left), true) = (max, left, interval == 10_000 && self.bucket != Bucket::Search) {
            let window = &mut self.limiter.queue(self.bucket).window;
            window.correct(max, left, self.sent_at, Instant::now());
            metrics::quota_left(self.bucket.name(), window.left());
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let (mut queue, now) = (self.limiter.queue(self.bucket), Instant::now());
        let held_from = match self.used {
            true if self.answered => Some(now),
            // Nobody waits for the answer any more, and HubSpot may still count the request.
            true => Some(now.max(self.sent_at + HUBSPOT_WORK_MAX)),
            false => None,
        };
        queue.give_back(&self.caller, held_from);
        queue.grant(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limiter() -> Arc<Limiter> {
        Arc::new(Limiter::new(Tier::Free, Callers::One))
    }

    /// A request that is answered at once.
    fn passed(mut permit: Permit) {
        permit.mark_sent();
        permit.mark_answered();
    }

    async fn used_up(limiter: &Arc<Limiter>, bucket: Bucket, times: usize) {
        for _ in 0..times {
            passed(limiter.admit(bucket, &CallerKey::default(), Instant::now() + SECOND).await.unwrap());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn requests_are_admitted_in_order() {
        let (limiter, start) = (limiter(), Instant::now());
        let calls = (0..8).map(|_| async {
            passed(limiter.admit(Bucket::Search, &CallerKey::default(), start + 30 * SECOND).await.unwrap());
            start.elapsed().as_secs()
        });
        assert_eq!(futures::future::join_all(calls).await, [0, 0, 0, 0, 0, 1, 1, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_would_wait_past_its_deadline_fails_at_once() {
        let (limiter, start) = (limiter(), Instant::now());
        used_up(&limiter, Bucket::General, 100).await;
        let refused = limiter.admit(Bucket::General, &CallerKey::default(), start + 5 * SECOND).await.unwrap_err();
        assert_eq!(refused, Error::RateLimited { retry_after: 10 * SECOND });
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert!(limiter.admit(Bucket::General, &CallerKey::default(), start + 11 * SECOND).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_request_frees_its_place_in_the_queue() {
        let (limiter, start) = (limiter(), Instant::now());
        used_up(&limiter, Bucket::Search, 5).await;
        let caller = CallerKey::default();
        let impatient = limiter.admit(Bucket::Search, &caller, start + 30 * SECOND);
        assert!(tokio::time::timeout_at(start + SECOND / 2, impatient).await.is_err());
        assert_eq!(limiter.queue(Bucket::Search).granted.len(), 0);
        used_up(&limiter, Bucket::General, 1).await;
        assert!(limiter.admit(Bucket::Search, &CallerKey::default(), start + 2 * SECOND).await.is_ok());
    }

    /// A place that was given to a request that leaves at that moment goes to the next one.
    #[tokio::test(start_paused = true)]
    async fn a_place_given_to_a_request_that_left_is_given_on() {
        let (limiter, start) = (limiter(), Instant::now());
        used_up(&limiter, Bucket::Search, 5).await;
        let (first, second) = (CallerKey::new("first"), CallerKey::new("second"));
        let mut leaving = Box::pin(limiter.admit(Bucket::Search, &first, start + 30 * SECOND));
        assert!(futures::FutureExt::now_or_never(leaving.as_mut()).is_none());
        tokio::time::advance(2 * SECOND).await;
        assert!(limiter.admit(Bucket::Search, &second, start + 30 * SECOND).await.is_ok(), "this grants both");
        drop(leaving);
        assert_eq!(limiter.queue(Bucket::Search).window.left(), 5);
    }

    /// A caller in a loop does not push the requests of others past their deadline.
    #[tokio::test(start_paused = true)]
    async fn a_caller_is_refused_only_for_its_own_requests() {
        let (limiter, start) = (limiter(), Instant::now());
        let [busy, calm] = ["busy", "calm"].map(CallerKey::new);
        let flood = async {
            let all = (0..160).map(|_| limiter.admit(Bucket::Search, &busy, start + 30 * SECOND));
            let ended = futures::future::join_all(all.map(async |permit| permit.await.map(passed).is_ok())).await;
            ended.into_iter().filter(|admitted| *admitted).count()
        };
        let honest = async {
            tokio::time::sleep(SECOND / 2).await;
            let asked = Instant::now();
            passed(limiter.admit(Bucket::Search, &calm, asked + 3 * SECOND).await.unwrap());
            asked.elapsed()
        };
        let (flooded, waited) = futures::future::join(flood, honest).await;
        assert!(waited <= SECOND, "{waited:?}");
        assert!((110..160).contains(&flooded), "{flooded} of 160 found a place within 30 s");
    }

    #[tokio::test(start_paused = true)]
    async fn searches_have_a_limit_of_their_own_and_associations_count_twice() {
        let (limiter, start) = (limiter(), Instant::now());
        used_up(&limiter, Bucket::General, 60).await;
        used_up(&limiter, Bucket::Associations, 40).await;
        used_up(&limiter, Bucket::Search, 5).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert!(limiter.admit(Bucket::Associations, &CallerKey::default(), start + SECOND).await.is_err());
        assert_eq!(limiter.queue(Bucket::Associations).window.left(), 60, "its place there was given back");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_admits_the_requests_that_wait_for_it() {
        let (limiter, start) = (limiter(), Instant::now());
        let mut permits = vec![];
        for _ in 0..5 {
            let mut permit = limiter.admit(Bucket::Search, &CallerKey::default(), start + SECOND).await.unwrap();
            permit.mark_sent();
            permit.mark_answered();
            permits.push(permit);
        }
        let answers = async {
            tokio::time::sleep(2 * SECOND).await;
            permits.clear();
        };
        let (permit, ()) =
            futures::future::join(limiter.admit(Bucket::Search, &CallerKey::default(), start + 30 * SECOND), answers)
                .await;
        assert_eq!((permit.is_ok(), start.elapsed()), (true, 3 * SECOND));
    }

    #[tokio::test(start_paused = true)]
    async fn headers_correct_what_is_left() {
        let limiter = limiter();
        let mut permit = limiter.admit(Bucket::General, &CallerKey::default(), Instant::now() + SECOND).await.unwrap();
        permit.mark_sent();
        permit.mark_answered();
        let mut headers = HeaderMap::new();
        headers.insert("x-hubspot-ratelimit-max", 190.into());
        headers.insert("x-hubspot-ratelimit-remaining", 5.into());
        permit.read_quota_headers(&headers);
        drop(permit);
        assert_eq!(limiter.queue(Bucket::General).window.left(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn the_daily_limit_stops_everything_until_the_next_try() {
        let limiter = limiter();
        limiter.stop_for_today(60 * SECOND, 3600 * SECOND, Some("2026-11-23T00:00:00-05:00".into()));
        let refused =
            limiter.admit(Bucket::Search, &CallerKey::default(), Instant::now() + 30 * SECOND).await.unwrap_err();
        assert_eq!(refused.code().as_str(), "RATE_LIMITED_ERROR");
        assert_eq!(refused.details()["retry_after_seconds"], 3600);
        tokio::time::advance(60 * SECOND).await;
        assert!(limiter.admit(Bucket::Search, &CallerKey::default(), Instant::now() + 30 * SECOND).await.is_ok());
    }
}
