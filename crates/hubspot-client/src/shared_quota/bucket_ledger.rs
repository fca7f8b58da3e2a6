//! One window of HubSpot's in the ledger: who holds places of it, and when the others are free again.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::unix_ms::millis;
use serde::{Deserialize, Serialize};

use super::division::{self, Supply};
use super::report::{Answered, BucketGrant, BucketReport, Observed, STATIC_PARTS, Wants};
use crate::tier::PLAUSIBLE_LIMITS;
use crate::transport::attempt::HUBSPOT_WORK_MAX;
use crate::transport::daily_quota::PROBE_AFTER;

/// The time after its last report for which a replica may send with the places that it holds.
pub(crate) const SENDS_FOR: Duration = Duration::from_secs(3);
/// Headers of answers to requests that were sent longer ago tell nothing.
const OBSERVED_MAX_MS: i64 = 5_000;
/// Moments are kept in steps of this length, rounded up: fewer rows of the ledger.
const STEP_MS: i64 = 50;
/// The longest time for which a window is closed.
const CLOSED_MAX_MS: i64 = PROBE_AFTER.as_millis() as i64;
/// Wants that are older than this are not waited for.
const WANTED_FOR_MS: i64 = 2_000;
/// The holder of places that no replica asked for: another program with the same token.
const OTHERS: u32 = 0;

/// The places of one window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BucketLedger {
    /// The limit that HubSpot's headers named; zero if none did.
    #[serde(default)]
    observed_max: usize,
    #[serde(default)]
    closed_until_ms: i64,
    /// The places of each replica that are in hand or in flight.
    #[serde(default)]
    out: BTreeMap<u32, Out>,
    /// Places that become free: when, how many, and who used them.
    #[serde(default)]
    freeing: Vec<(i64, usize, u32)>,
}

/// The places that a replica has not accounted for, and what it lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Out {
    places: usize,
    /// The moment at which they are free even if the replica is never heard again.
    until_ms: i64,
    #[serde(default)]
    interactive: usize,
    #[serde(default)]
    background: usize,
    #[serde(default)]
    told_ms: i64,
}

/// The replicas as a window meets them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Company {
    /// The replica that asks.
    pub(crate) slot: u32,
    pub(crate) replicas: usize,
    /// Replicas that were not heard lately and may work on their static part.
    pub(crate) silent: usize,
}

impl BucketLedger {
    /// Takes in the state of a replica, and decides what it is given.
    pub(crate) fn exchange(&mut self, company: Company, report: &BucketReport, now_ms: i64) -> BucketGrant {
        let span_ms = millis(report.span);
        self.forget(now_ms, span_ms);
        self.settle(company.slot, report, now_ms);
        self.correct(report.observed, report.span, now_ms);
        if self.closed_until_ms > now_ms + CLOSED_MAX_MS {
            // The clock was set back.
            self.closed_until_ms = 0;
        }
        if let Some(pause) = report.closed_for {
            self.closed_until_ms = self.closed_until_ms.max(now_ms + millis(pause).min(CLOSED_MAX_MS));
        }
        let max = if self.observed_max > 0 { self.observed_max } else { report.max };
        let closed_for = self.closed_until_ms - now_ms;
        let supply = self.supply(company, max, now_ms);
        let closed = (1..=CLOSED_MAX_MS).contains(&closed_for);
        let granted = if closed { division::Granted::default() } else { division::divide(supply, report.wants) };
        self.give(company.slot, granted.open + granted.reserved, report.wants, now_ms);
        BucketGrant {
            max,
            open: granted.open,
            reserved: granted.reserved,
            next_free: self.next_free(now_ms),
            closed_for: closed.then(|| duration(closed_for)),
        }
    }

    /// Forgets a replica that ended. Requests that it left without an answer are nobody's until they are free.
    pub(crate) fn leave(&mut self, slot: u32) {
        if let Some(out) = self.out.remove(&slot).filter(|out| out.places > 0) {
            self.hold(out.until_ms, out.places, OTHERS);
        }
    }

    /// The places that somebody holds.
    fn held(&self, now_ms: i64) -> usize {
        let out: usize = self.out.values().map(|out| out.places).sum();
        out + self.freeing.iter().filter(|(free_ms, ..)| *free_ms > now_ms).map(|(_, places, _)| places).sum::<usize>()
    }

    fn held_by(&self, slot: u32, now_ms: i64) -> usize {
        let freeing = self.freeing.iter().filter(|(free_ms, _, holder)| *free_ms > now_ms && *holder == slot);
        self.out.get(&slot).map_or(0, |out| out.places) + freeing.map(|(_, places, _)| places).sum::<usize>()
    }

    fn supply(&self, company: Company, max: usize, now_ms: i64) -> Supply {
        let Company { slot, replicas, silent } = company;
        // More replicas that fall silent at once have ended: not all of the limit is kept for them.
        let kept_for_silent = (silent * (max / replicas.max(STATIC_PARTS)).max(1)).min(max / 2);
        let owed = |wants: fn(&Out) -> usize| {
            let others =
                self.out.iter().filter(|(holder, out)| **holder != slot && out.told_ms + WANTED_FOR_MS > now_ms);
            others.map(|(holder, out)| division::owed(max, replicas, self.held_by(*holder, now_ms), wants(out))).sum()
        };
        Supply {
            max,
            left: max.saturating_sub(self.held(now_ms) + kept_for_silent),
            replicas,
            own: self.held_by(slot, now_ms),
            owed_interactive: owed(|out| out.interactive),
            owed_background: owed(|out| out.background),
        }
    }

    fn settle(&mut self, slot: u32, report: &BucketReport, now_ms: i64) {
        for Answered { age_ms, places } in &report.answered {
            // One more, since both clocks drop parts of milliseconds.
            self.hold(now_ms + 1 - age_ms + millis(report.span), *places, slot);
        }
        let places = report.in_hand + report.in_flight;
        let until_ms = now_ms + millis(SENDS_FOR + HUBSPOT_WORK_MAX + report.span);
        self.out.insert(slot, Out { places, until_ms, interactive: 0, background: 0, told_ms: now_ms });
    }

    /// Requests that HubSpot counted and no replica answers for came from elsewhere, with the same token.
    fn correct(&mut self, observed: Option<Observed>, span: Duration, now_ms: i64) {
        let Some(Observed { max, used, age_ms }) = observed.filter(|seen| PLAUSIBLE_LIMITS.contains(&seen.max)) else {
            return;
        };
        self.observed_max = max;
        if age_ms > OBSERVED_MAX_MS {
            return;
        }
        let foreign = used.saturating_sub(self.held(now_ms - age_ms));
        if foreign > 0 {
            self.hold(now_ms + millis(span), foreign, OTHERS);
        }
    }

    fn hold(&mut self, free_ms: i64, places: usize, holder: u32) {
        let free_ms = (free_ms + STEP_MS - 1).div_euclid(STEP_MS) * STEP_MS;
        let same = self.freeing.iter_mut().find(|(at, _, by)| *at == free_ms && *by == holder);
        match same {
            Some((_, held, _)) => *held += places,
            None => self.freeing.push((free_ms, places, holder)),
        }
    }

    fn give(&mut self, slot: u32, places: usize, wants: Wants, now_ms: i64) {
        let out = self.out.entry(slot).or_default();
        out.places += places;
        out.told_ms = now_ms;
        out.interactive = wants.interactive().saturating_sub(places);
        out.background = wants.all().saturating_sub(places).min(wants.background);
    }

    fn next_free(&self, now_ms: i64) -> Option<Duration> {
        let next = self.freeing.iter().map(|(free_ms, ..)| *free_ms).filter(|free_ms| *free_ms > now_ms).min();
        next.map(|free_ms| duration(free_ms - now_ms))
    }

    /// Forgets places that are free, when no header can count them any more; and those of a clock that was set back.
    fn forget(&mut self, now_ms: i64, span_ms: i64) {
        let longest_ms = now_ms + millis(SENDS_FOR + HUBSPOT_WORK_MAX) + span_ms + STEP_MS;
        self.freeing.retain(|(free_ms, ..)| *free_ms + OBSERVED_MAX_MS > now_ms && *free_ms <= longest_ms);
        self.out.retain(|_, out| out.until_ms > now_ms && out.until_ms <= longest_ms);
    }
}

fn duration(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}
