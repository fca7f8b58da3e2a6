//! The places of one bucket that this replica was given from the account's quota, and what it has to tell of them.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::shared_quota::bucket_ledger::SENDS_FOR;
use crate::shared_quota::division;
use crate::shared_quota::report::{Answered, BucketGrant, BucketReport, Observed, Wants, static_limit};
use crate::tier::Limit;
use crate::transport::room::Room;
use crate::transport::sharing::cadence::Pressure;

/// Places are used so long after the replica asked for them: by then it hears of a refusal that another one met.
pub(crate) const GOOD_FOR: Duration = Duration::from_secs(1);
/// A replica that cannot reach the ledger waits so long for the places that others were given: until these keep its static
/// part free, and for the length of the longest window after that.
pub(crate) const CUT_OFF_WAIT: Duration = Duration::from_secs(20);
/// And so long after the first failure: a process that slept is not cut off.
const FAILING_MIN: Duration = Duration::from_secs(5);
/// The most places that are asked for before anybody wants them.
const STOCK_MAX: usize = 8;
/// With so many in hand, none are asked for: those who wait may not take them now.
const IN_HAND_MAX: usize = 2 * STOCK_MAX;
/// Windows up to this length have too few places to keep any in stock.
const STOCKED_SPAN_MIN: Duration = Duration::from_secs(1);

/// The places of one bucket.
#[derive(Debug)]
pub(crate) struct Leases {
    /// The limit by the settings.
    configured: Limit,
    /// The account's limit, as the ledger knows it.
    max: usize,
    replicas: usize,
    open: usize,
    reserved: usize,
    /// The moment at which the last report that arrived was made.
    heard: Option<Instant>,
    failing_since: Option<Instant>,
    /// Places that were taken in the last second.
    taken: VecDeque<Instant>,
    /// Places of answers that are not told yet.
    answered: Vec<Instant>,
    observed: Option<(usize, usize, Instant)>,
    closed_until: Option<Instant>,
    next_free: Option<Instant>,
    /// Reports in a row that brought nothing of what was wanted.
    short: u32,
    /// Places that were given back unused and not counted in the metrics yet.
    lapsed: usize,
}

impl Leases {
    pub(crate) fn new(configured: Limit) -> Leases {
        Leases {
            configured,
            max: configured.max,
            replicas: 1,
            open: 0,
            reserved: 0,
            heard: None,
            failing_since: None,
            taken: VecDeque::new(),
            answered: vec![],
            observed: None,
            closed_until: None,
            next_free: None,
            short: 0,
            lapsed: 0,
        }
    }

    /// True while the replica cannot reach the ledger and works on its static part.
    pub(crate) fn is_cut_off(&self, now: Instant) -> bool {
        self.failing_since.is_some() && self.cut_off_at(now) <= now
    }

    /// The limit that holds for this replica now.
    pub(crate) fn limit(&self, now: Instant) -> Limit {
        let limit = Limit { max: self.max, ..self.configured };
        if self.is_cut_off(now) { static_limit(limit, self.replicas) } else { limit }
    }

    pub(crate) fn replicas(&self) -> usize {
        self.replicas
    }

    /// The places that may be taken now.
    pub(crate) fn room(&self, now: Instant) -> Room {
        // Reserved places are for quiet callers: those from whom not the whole part is kept.
        let floor = division::kept(self.max).saturating_sub(1);
        match self.heard.is_some_and(|heard| now < heard + GOOD_FOR) {
            true => Room::Leased { open: self.open, reserved: self.reserved, floor },
            false => Room::Leased { open: 0, reserved: 0, floor: 0 },
        }
    }

    /// True if what was taken may be sent still.
    pub(crate) fn may_send(&self, now: Instant) -> bool {
        self.is_cut_off(now) || self.heard.is_some_and(|heard| now < heard + SENDS_FOR)
    }

    pub(crate) fn take(&mut self, now: Instant) {
        if !self.is_cut_off(now) {
            let from = if self.open > 0 { &mut self.open } else { &mut self.reserved };
            *from = from.saturating_sub(1);
        }
        self.forget(now);
        self.taken.push_back(now);
    }

    /// A place is free again: after the answer of `held_from`, or unused.
    pub(crate) fn give_back(&mut self, held_from: Option<Instant>, now: Instant) {
        match held_from {
            Some(at) => self.answered.push(at),
            None if !self.is_cut_off(now) => self.open += 1,
            None => {}
        }
    }

    pub(crate) fn observe(&mut self, max: usize, used: usize, sent_at: Instant) {
        self.observed = Some((max, used, sent_at));
    }

    pub(crate) fn close(&mut self, until: Instant) {
        self.closed_until = self.closed_until.max(Some(until));
    }

    /// The earliest moment at which a request with `ahead` others before it has a place, as far as it is known: a ledger that
    /// cannot be reached may come back at any moment.
    pub(crate) fn opening(&self, ahead: usize, now: Instant) -> Instant {
        let beyond = ahead.saturating_sub(self.open + self.reserved);
        let next = self.next_free.filter(|_| self.short > 0 && self.failing_since.is_none());
        let part = (self.max / self.replicas.max(1)).max(1);
        let windows = u32::try_from(beyond / part).unwrap_or(u32::MAX);
        next.map_or(now, |next| next.max(now)) + self.configured.span * windows
    }

    /// The state that decides when the ledger is asked.
    pub(crate) fn pressure(&self, wants: Wants, now: Instant) -> Pressure {
        let (stock, in_hand) = (self.stock(now), self.open + self.reserved);
        Pressure {
            is_wanted: in_hand < IN_HAND_MAX && (wants.all() > 0 || in_hand * 2 < stock),
            is_urgent: self.closed_until.is_some(),
            is_untold: in_hand + self.answered.len() > 0,
            is_quiet: wants.quiet > 0,
            short: self.short,
            next_free: self.next_free,
        }
    }

    /// Tells all that the ledger has to know. Places that nobody takes are given back by it.
    pub(crate) fn report(&mut self, in_flight: usize, left_alone: usize, wants: Wants, now: Instant) -> BucketReport {
        let is_good = self.heard.is_some_and(|heard| now < heard + GOOD_FOR);
        self.forget(now);
        if !is_good || self.taken.is_empty() && wants.all() == 0 {
            self.surrender();
        }
        let in_hand = self.open + self.reserved;
        let stock = self.stock(now).saturating_sub(in_hand + wants.all());
        let wants = if in_hand < IN_HAND_MAX { Wants { busy: wants.busy + stock, ..wants } } else { Wants::default() };
        let span = self.configured.span;
        self.answered.retain(|at| *at + span > now);
        // Requests that it sends without the ledger until the answer comes are held as well.
        let alone = if self.is_cut_off(now) { left_alone } else { 0 };
        BucketReport {
            max: self.configured.max,
            span,
            in_hand: in_hand + alone,
            in_flight,
            answered: self.answered.iter().map(|at| Answered { age_ms: age_ms(*at, now), places: 1 }).collect(),
            wants,
            observed: self.observed.take().map(|(max, used, at)| Observed { max, used, age_ms: age_ms(at, now) }),
            closed_for: self.closed_until.map(|until| until.saturating_duration_since(now)),
        }
    }

    /// Takes the answer to a report that was made at `asked`.
    pub(crate) fn accept(&mut self, told: &BucketReport, grant: &BucketGrant, replicas: usize, asked: Instant) {
        self.answered.drain(..told.answered.len().min(self.answered.len()));
        self.closed_until = self.closed_until.filter(|until| told.closed_for.is_none_or(|told| asked + told < *until));
        (self.heard, self.failing_since) = (Some(asked), None);
        (self.max, self.replicas) = (grant.max.max(1), replicas.max(1));
        self.open += grant.open;
        self.reserved += grant.reserved;
        self.next_free = grant.next_free.map(|wait| asked + wait);
        let is_short = told.wants.all() > 0 && grant.open + grant.reserved == 0;
        self.short = if is_short { self.short + 1 } else { 0 };
    }

    /// Gives back all that is in hand, with the next report.
    pub(crate) fn surrender(&mut self) {
        self.lapsed += self.open + self.reserved;
        (self.open, self.reserved) = (0, 0);
    }

    /// The places that were given back unused since the last time.
    pub(crate) fn take_lapsed(&mut self) -> usize {
        std::mem::take(&mut self.lapsed)
    }

    /// The ledger could not be reached.
    pub(crate) fn fail(&mut self, now: Instant) {
        self.failing_since.get_or_insert(now);
    }

    /// The moment from which a replica that cannot reach the ledger works on its static part.
    fn cut_off_at(&self, now: Instant) -> Instant {
        let failing = self.failing_since.unwrap_or(now);
        (failing + FAILING_MIN).max(self.heard.unwrap_or(failing) + CUT_OFF_WAIT)
    }

    /// The places that are worth having in hand: as many as were taken in the last second.
    fn stock(&self, now: Instant) -> usize {
        if self.configured.span <= STOCKED_SPAN_MIN || self.short > 0 {
            return 0;
        }
        self.taken.iter().filter(|at| **at + GOOD_FOR > now).count().min(STOCK_MAX)
    }

    fn forget(&mut self, now: Instant) {
        while self.taken.front().is_some_and(|at| *at + GOOD_FOR <= now) {
            self.taken.pop_front();
        }
    }
}

/// Milliseconds since then; below zero for a moment to come. Rounded so that nothing is counted for too short a time.
fn age_ms(at: Instant, now: Instant) -> i64 {
    match now.checked_duration_since(at) {
        Some(age) => i64::try_from(age.as_millis()).unwrap_or(i64::MAX),
        None => -i64::try_from((at - now).as_millis()).unwrap_or(i64::MAX) - 1,
    }
}
