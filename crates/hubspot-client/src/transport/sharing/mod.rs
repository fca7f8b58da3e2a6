//! The part of the limiter that shares the account's quota with other replicas: one task that talks with the ledger.

pub(crate) mod cadence;
pub(crate) mod leases;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};
use tracing::{info, warn};
use uuid::Uuid;

use crate::metrics;
use crate::shared_quota::SharedQuota;
use crate::shared_quota::report::{BucketReport, DailyReport, DailyStop, QuotaGrant, QuotaReport, Wants};
use crate::tier::Bucket;
use crate::transport::quota_state::{DailyQuota, QuotaState};
use cadence::Last;
use leases::Leases;

/// The longest wait for the ledger.
const EXCHANGE_MAX: Duration = Duration::from_secs(3);
/// Bits of a replica's random number, which is part of JSON.
const REPLICA_BITS: u32 = 52;

/// The account's quota as one replica shares it.
#[derive(Debug)]
pub(crate) struct Sharing {
    talk: Arc<Talk>,
    /// The task that talks with the ledger, from the first request on.
    driver: OnceLock<Driver>,
}

/// The state of the talk with the ledger.
#[derive(Debug)]
struct Talk {
    state: Weak<QuotaState>,
    quota: Arc<dyn SharedQuota>,
    replica: i64,
    wake: Notify,
    /// Held while the ledger is asked: reports arrive in their order.
    exchanging: tokio::sync::Mutex<u64>,
    news: Mutex<News>,
}

/// News for the ledger beside the places.
#[derive(Debug)]
struct News {
    last: Last,
    is_failing: bool,
    daily: Option<(DailyQuota, Instant)>,
    stop: Option<(DailyStop, Instant)>,
}

impl News {
    /// The outcome of the last exchange, and if there is a stop to tell of.
    fn brief(&self) -> (Last, bool) {
        (self.last, self.stop.is_some())
    }
}

/// A task that ends with its owner.
#[derive(Debug)]
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Sharing {
    pub(crate) fn new(state: &Arc<QuotaState>, quota: Arc<dyn SharedQuota>) -> Sharing {
        let news = News { last: Last::Never, is_failing: false, daily: None, stop: None };
        let talk = Talk {
            state: Arc::downgrade(state),
            quota,
            replica: (Uuid::new_v4().as_u128() & ((1 << REPLICA_BITS) - 1)) as i64,
            wake: Notify::new(),
            exchanging: tokio::sync::Mutex::new(0),
            news: Mutex::new(news),
        };
        Sharing { talk: Arc::new(talk), driver: OnceLock::new() }
    }

    /// Begins to talk with the ledger, if that has not begun.
    pub(crate) fn begin(&self) {
        self.driver.get_or_init(|| Driver(tokio::spawn(run(self.talk.clone()))));
    }

    /// Has the task look if the ledger is to be asked.
    pub(crate) fn wake(&self) {
        self.talk.wake.notify_one();
    }

    /// Tells the ledger of HubSpot's daily limit with the next report.
    pub(crate) fn note_daily(&self, quota: Option<DailyQuota>) {
        self.talk.news().daily = quota.map(|quota| (quota, Instant::now()));
    }

    /// Tells the ledger that HubSpot refused a request for the daily limit.
    pub(crate) fn note_stop(&self, pause: Duration, reset: Duration, resets_at: Option<String>) {
        let stop = DailyStop { pause_ms: pause.as_millis() as i64, reset_ms: reset.as_millis() as i64, resets_at };
        self.talk.news().stop = Some((stop, Instant::now()));
        self.wake();
    }

    /// Gives all places back and says that the replica ends.
    pub(crate) async fn leave(&self) {
        if self.driver.get().is_some() {
            self.talk.exchange(Leaving::Yes).await;
        }
    }
}

/// Says if the replica ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaving {
    Yes,
    No,
}

async fn run(talk: Arc<Talk>) {
    while let Some(at) = talk.next() {
        tokio::select! {
            biased;
            () = talk.wake.notified(), if at > Instant::now() => {}
            () = sleep_until(at) => talk.exchange(Leaving::No).await,
        }
    }
}

impl Talk {
    /// The moment of the next exchange; `None` when the limiter is gone.
    fn next(&self) -> Option<Instant> {
        let (state, now) = (self.state.upgrade()?, Instant::now());
        let (last, has_stop) = self.news().brief();
        let pressures = Bucket::ALL.map(|bucket| state.queue(bucket).pressure(now));
        let urgent = cadence::Pressure { is_urgent: has_stop, ..cadence::Pressure::default() };
        Some(cadence::next(last, pressures.into_iter().chain([urgent]), now))
    }

    /// Tells the ledger the state of this replica, and takes what it gives.
    async fn exchange(&self, leaving: Leaving) {
        let mut number = self.exchanging.lock().await; // Held while waiting: reports arrive in their order.
        *number += 1;
        // One moment for all: what is noted later is told with the next report.
        let asked = Instant::now();
        let Some(report) = self.report(*number, leaving, asked) else { return };
        let exchanged = timeout(EXCHANGE_MAX, self.quota.exchange(report.clone())).await;
        let exchanged = exchanged.unwrap_or_else(|_| Err("it did not answer in time".to_owned()));
        match exchanged {
            Ok(grant) if grant.replicas > 0 => self.accept(&report, grant, asked),
            Ok(_) => self.fail("more replicas share it than it can count"),
            Err(reason) => self.fail(&reason),
        }
    }

    fn report(&self, number: u64, leaving: Leaving, now: Instant) -> Option<QuotaReport> {
        let state = self.state.upgrade()?;
        let buckets = Bucket::ALL.map(|bucket| {
            let mut queue = state.queue(bucket);
            queue.leases.iter_mut().filter(|_| leaving == Leaving::Yes).for_each(Leases::surrender);
            let report = queue.report(now);
            if leaving == Leaving::Yes { BucketReport { wants: Wants::default(), ..report } } else { report }
        });
        let news = self.news();
        let daily = news.daily.map(|(quota, at)| DailyReport {
            limit: quota.limit,
            left: quota.left,
            age_ms: now.duration_since(at).as_millis() as i64,
        });
        let stop = news.stop.as_ref().map(|(stop, at)| after(stop, now.duration_since(*at)));
        let leaves = leaving == Leaving::Yes;
        Some(QuotaReport { replica: self.replica, address: 0, number, leaves, buckets, daily, stop })
    }

    fn accept(&self, report: &QuotaReport, grant: QuotaGrant, asked: Instant) {
        let (Some(state), now) = (self.state.upgrade(), Instant::now()) else { return };
        for bucket in Bucket::ALL {
            let (told, given) = (&report.buckets[bucket as usize], &grant.buckets[bucket as usize]);
            let lapsed = state.queue(bucket).accept(told, given, grant.replicas, asked, now);
            metrics::places_lapsed(bucket.name(), lapsed);
            metrics::places_leased(bucket.name(), given.open + given.reserved);
        }
        metrics::replicas(grant.replicas);
        if let Some((limit, left)) = grant.daily {
            state.set_daily_quota(Some(DailyQuota { limit, left }));
        }
        if let Some(stop) = &grant.stop {
            let length = |ms: i64| Duration::from_millis(u64::try_from(ms).unwrap_or(0));
            state.stop_for_today(length(stop.pause_ms), length(stop.reset_ms), stop.resets_at.clone());
        }
        let mut news = self.news();
        news.last = Last::Answered(now);
        news.daily = news.daily.filter(|(_, at)| *at >= asked);
        news.stop = news.stop.take().filter(|(_, at)| *at > asked);
        if std::mem::take(&mut news.is_failing) {
            info!("HubSpot's quota is shared with the other replicas again.");
        }
    }

    fn fail(&self, reason: &str) {
        let (Some(state), now) = (self.state.upgrade(), Instant::now()) else { return };
        Bucket::ALL.iter().for_each(|bucket| state.queue(*bucket).fail(now));
        metrics::ledger_failed();
        let mut news = self.news();
        news.last = Last::Failed(now);
        if !std::mem::replace(&mut news.is_failing, true) {
            warn!(
                reason,
                "The store does not say which part of HubSpot's quota is this replica's: requests wait for it, and go on \
                 with a small part of it later."
            );
        }
    }

    fn news(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stop that was told so long ago.
fn after(stop: &DailyStop, age: Duration) -> DailyStop {
    let left = |ms: i64| (ms - age.as_millis() as i64).max(0);
    DailyStop { pause_ms: left(stop.pause_ms), reset_ms: left(stop.reset_ms), resets_at: stop.resets_at.clone() }
}
