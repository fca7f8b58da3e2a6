//! Holds requests back until HubSpot's rate limits let them through: callers in turn, each up to its deadline.

use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use http::HeaderMap;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use crate::caller_key::CallerKey;
use crate::error::Error;
use crate::metrics;
use crate::settings::Callers;
use crate::shared_quota::SharedQuota;
use crate::tier::{Bucket, Tier};
use crate::transport::attempt::HUBSPOT_WORK_MAX;
use crate::transport::daily_quota::PROBE_AFTER;
use crate::transport::fair_queue::QueueEntry;
use crate::transport::limiter_queue::LimiterQueue;
use crate::transport::quota_state::{DailyQuota, QuotaState};
use crate::transport::sharing::Sharing;

/// The pause before another look where places come from the account's ledger and nobody knows when.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// One queue per bucket, shared by all clones of a client.
#[derive(Debug)]
pub(crate) struct Limiter {
    state: Arc<QuotaState>,
    /// The account's quota, where several replicas share it.
    sharing: Option<Sharing>,
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
    pub(crate) fn new(tier: Tier, callers: Callers, shared: Option<Arc<dyn SharedQuota>>) -> Limiter {
        // Where nothing is limited, nothing is shared.
        let shared = shared.filter(|_| tier != Tier::Unlimited);
        let state = Arc::new(QuotaState::new(tier, callers, shared.is_some()));
        let sharing = shared.map(|quota| Sharing::new(&state, quota));
        Limiter { state, sharing }
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
        if bucket == Bucket::Search {
            return self.place(bucket, caller, deadline).await;
        }
        // The general place first: callers who share a request take turns by the places that they hold of its own bucket, and
        // one that held such a place while it waited for a general one would give its turn up for that, again and again.
        let mut general = self.place(Bucket::General, caller, deadline).await?;
        let special = match bucket {
            Bucket::Associations => Some(Box::new(self.place(bucket, caller, deadline).await?)),
            _ => None,
        };
        general.special = special;
        Ok(general)
    }

    async fn place(self: &Arc<Self>, bucket: Bucket, caller: &CallerKey, deadline: Instant) -> Result<Permit, Error> {
        let mut waiting = self.join(bucket, caller, deadline)?;
        self.sharing.iter().for_each(Sharing::begin);
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
        Ok(Permit { limiter, bucket, caller, sent_at, used: false, answered: false, special: None })
    }

    fn join<'a>(&'a self, bucket: Bucket, caller: &'a CallerKey, deadline: Instant) -> Result<Waiting<'a>, Error> {
        let now = Instant::now();
        self.state.check_today(now)?;
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
        self.queue(bucket).close(Instant::now() + pause.min(PROBE_AFTER));
        self.tell();
    }

    /// Sends nothing at all, after HubSpot refused a request for the daily limit: `pause` is the time until the next try,
    /// `reset` the time until the limit starts anew.
    pub(crate) fn stop_for_today(&self, pause: Duration, reset: Duration, resets_at: Option<String>) {
        if let Some(sharing) = &self.sharing {
            sharing.note_stop(pause, reset, resets_at.clone());
        }
        self.state.stop_for_today(pause, reset, resets_at);
    }

    /// The daily limit; `None` until HubSpot has told of it, and for tokens that have none.
    pub(crate) fn daily_quota(&self) -> Option<DailyQuota> {
        self.state.daily_quota()
    }

    /// Gives the places that are held back to the other replicas, at the end of the process.
    pub(crate) async fn leave(&self) {
        if let Some(sharing) = &self.sharing {
            sharing.leave().await;
        }
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

    /// The account's ledger has to hear of something.
    fn tell(&self) {
        self.sharing.iter().for_each(Sharing::wake);
    }

    pub(crate) fn queue(&self, bucket: Bucket) -> MutexGuard<'_, LimiterQueue> {
        self.state.queue(bucket)
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
        self.limiter.state.check_today(now)?;
        if self.limiter.sharing.is_some() {
            self.limiter.tell();
            let at = if until > now { until } else { now + LOOK_AGAIN };
            return Ok(PermitCheck::Wait(at.min(deadline)));
        }
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
                let now = Instant::now();
                queue.give_back(self.caller, None, now);
                queue.grant(now);
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

    /// False if the place was given so long ago that others may have it: then another one is needed.
    pub(crate) fn may_be_sent(&self) -> bool {
        let queue = self.limiter.queue(self.bucket);
        let is_good = queue.leases.as_ref().is_none_or(|leases| leases.may_send(Instant::now()));
        drop(queue);
        is_good && self.special.as_ref().is_none_or(|special| special.may_be_sent())
    }

    /// The bucket in which the request counts.
    pub(crate) fn bucket(&self) -> Bucket {
        self.special.as_ref().map_or(self.bucket, |special| special.bucket)
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
            self.limiter.state.set_daily_quota(quota);
            self.limiter.sharing.iter().for_each(|sharing| sharing.note_daily(quota));
        }
        let (max, left) = (number("x-hubspot-ratelimit-max"), number("x-hubspot-ratelimit-remaining"));
        let interval = number("x-hubspot-ratelimit-interval-milliseconds").unwrap_or(10_000);
        if let (Some(max), Some(left), true) = (max, left, interval == 10_000 && self.bucket != Bucket::Search) {
            let mut queue = self.limiter.queue(self.bucket);
            queue.correct(max, left, self.sent_at, Instant::now());
            // With a ledger the window counts the requests of this replica alone.
            let known = if queue.leases.is_some() { left } else { queue.window.left() };
            metrics::quota_left(self.bucket.name(), known);
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
        queue.give_back(&self.caller, held_from, now);
        queue.grant(now);
        drop(queue);
        self.limiter.tell();
    }
}

#[cfg(test)]
mod sharing_tests;
#[cfg(test)]
mod tests;
