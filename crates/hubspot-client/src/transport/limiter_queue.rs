//! The places of one bucket and the requests that wait for them, under one lock.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::caller_key::CallerKey;
use crate::error::Error;
use crate::settings::Callers;
use crate::shared_quota::report::{BucketGrant, BucketReport};
use crate::tier::Limit;
use crate::transport::fair_queue::{FairQueue, QueueEntry};
use crate::transport::room::Room;
use crate::transport::sharing::cadence::Pressure;
use crate::transport::sharing::leases::Leases;
use crate::transport::window::Window;

/// The places of one bucket, and the requests that wait for them.
#[derive(Debug)]
pub(crate) struct LimiterQueue {
    pub(crate) window: Window,
    pub(crate) order: FairQueue,
    /// Tells each waiting request that it has a place.
    pub(crate) granted: HashMap<QueueEntry, oneshot::Sender<()>>,
    /// The places of the account's quota that this process was given; `None` where the whole quota is its own.
    pub(crate) leases: Option<Leases>,
}

impl LimiterQueue {
    pub(crate) fn new(limit: Limit, callers: Callers, is_shared: bool) -> LimiterQueue {
        let mut order = FairQueue::new(callers);
        // Nobody counts what has no limit.
        let leases = (is_shared && !limit.span.is_zero()).then(|| Leases::new(limit));
        if leases.is_some() {
            order.share_among(1);
        }
        LimiterQueue { window: Window::new(limit), order, granted: HashMap::new(), leases }
    }

    /// Gives free places to the requests whose turn it is.
    pub(crate) fn grant(&mut self, now: Instant) {
        if let Some(leases) = &self.leases {
            self.window.set_limit(leases.limit(now));
        }
        self.window.forget(now);
        while !self.window.is_closed(now)
            && let Some(ticket) = self.order.next(self.room(now), self.window.limit(), now)
            && self.window.take(now).is_ok()
        {
            self.leases.iter_mut().for_each(|leases| leases.take(now));
            if let Some(told) = self.granted.remove(&ticket) {
                let _ = told.send(()); // A request that left at this moment gives its place back itself.
            }
        }
    }

    /// The places that may be taken now: those of the window, or those of them that were given to this process.
    fn room(&self, now: Instant) -> Room {
        match &self.leases {
            Some(leases) if self.window.left() > 0 && !leases.is_cut_off(now) => leases.room(now),
            _ => Room::Window(self.window.left()),
        }
    }

    /// Takes back a place of the caller, which HubSpot may count from `held_from` on; `None` if nothing was sent.
    pub(crate) fn give_back(&mut self, caller: &CallerKey, held_from: Option<Instant>, now: Instant) {
        self.order.give_back(caller, held_from);
        self.leases.iter_mut().for_each(|leases| leases.give_back(held_from, now));
        match held_from {
            Some(at) => self.window.on_response(at),
            None => self.window.refund(),
        }
    }

    /// The earliest instant at which a waiting request of the caller, or a new one, can be sent.
    pub(crate) fn opening(&mut self, caller: &CallerKey, ticket: Option<QueueEntry>, now: Instant) -> Instant {
        let limit = self.window.limit();
        let ahead = self.order.ahead_of(caller, ticket);
        let opening = match &self.leases {
            Some(leases) if !leases.is_cut_off(now) => leases.opening(ahead, now).max(self.window.open_from(now)),
            _ => self.window.opening(self.order.kept_from(caller, limit, now) + ahead, now),
        };
        self.order.paced_until(caller, limit, now).map_or(opening, |at| at.max(opening))
    }

    pub(crate) fn too_late(&mut self, caller: &CallerKey, ticket: Option<QueueEntry>, now: Instant) -> Error {
        let wait = self.opening(caller, ticket, now).duration_since(now);
        Error::RateLimited { retry_after: wait.max(Duration::from_secs(1)) }
    }

    /// HubSpot refused a request for its rate: nothing is sent before `until`.
    pub(crate) fn close(&mut self, until: Instant) {
        self.window.close(until);
        self.leases.iter_mut().for_each(|leases| leases.close(until));
    }

    /// Applies the headers of an answer to a request that was sent at `sent_at`.
    pub(crate) fn correct(&mut self, max: usize, left: usize, sent_at: Instant, now: Instant) {
        match &mut self.leases {
            // The ledger knows the requests of other replicas, which are in the headers too.
            Some(leases) => {
                leases.observe(max, max.saturating_sub(left), sent_at);
                if leases.is_cut_off(now) && left < leases.limit(now).max {
                    self.window.close(now + CUT_OFF_PAUSE);
                }
            }
            None => self.window.correct(max, left, sent_at, now),
        }
    }

    /// The state that decides when the account's ledger is asked.
    pub(crate) fn pressure(&self, now: Instant) -> Pressure {
        let wants = self.order.wants(self.window.limit(), now);
        self.leases.as_ref().map_or(Pressure::default(), |leases| leases.pressure(wants, now))
    }

    /// All that the ledger has to know of this bucket.
    pub(crate) fn report(&mut self, now: Instant) -> BucketReport {
        let wants = self.order.wants(self.window.limit(), now);
        let (in_flight, left) = (self.window.in_flight(), self.window.left());
        let report = |leases: &mut Leases| leases.report(in_flight, left, wants, now);
        self.leases.as_mut().map_or(BucketReport::default(), report)
    }

    /// Takes the ledger's answer to a report that was made at `asked`. Returns the places that were given back unused.
    pub(crate) fn accept(
        &mut self,
        told: &BucketReport,
        grant: &BucketGrant,
        replicas: usize,
        asked: Instant,
        now: Instant,
    ) -> usize {
        let Some(leases) = &mut self.leases else { return 0 };
        leases.accept(told, grant, replicas, asked);
        self.order.share_among(leases.replicas());
        let lapsed = leases.take_lapsed();
        if let Some(pause) = grant.closed_for {
            self.window.close(now + pause);
        }
        self.grant(now);
        lapsed
    }

    /// The ledger could not be reached.
    pub(crate) fn fail(&mut self, now: Instant) {
        self.leases.iter_mut().for_each(|leases| leases.fail(now));
        self.grant(now);
    }
}

/// The pause of a replica that cannot reach the ledger while HubSpot says that others have used most of the window.
const CUT_OFF_PAUSE: Duration = Duration::from_secs(1);
