//! Requests that are refused before they are read: they are counted, said once in a while, and slowed down for those who
//! guess.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics::counter;
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use crate::mcp::caller_quotas::{CallerQuotas, Limit, QuotaPermit};
use crate::mcp::quota_key::{QuotaKey, owner};

/// Refused requests of one address within a [`WINDOW`]; of more, each is answered after a [`DELAY`].
const GUESSES_MAX: usize = 20;
const WINDOW: Duration = Duration::from_secs(60);

/// The delay of the answer to a guess.
pub(super) const DELAY: Duration = Duration::from_secs(1);

/// Answers that are delayed at once; the connections of further ones are closed at once.
const DELAYED: Limit = Limit { in_all: 1_024, of_one: 10 };

/// Addresses that are remembered; the one that began first makes way for another.
const ADDRESSES_MAX: usize = 4_096;

/// The reason for the refusal of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reason {
    Token,
    Host,
    Origin,
    CrossSite,
    Malformed,
    Signature,
    Body,
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Reason::Token => "token",
            Reason::Host => "host",
            Reason::Origin => "origin",
            Reason::CrossSite => "cross_site",
            Reason::Malformed => "malformed",
            Reason::Signature => "signature",
            Reason::Body => "body",
        }
    }

    /// The kind of request, as the log says it.
    fn described(self) -> &'static str {
        match self {
            Reason::Token => "requests without a good token",
            Reason::Host => "requests with a foreign `Host`",
            Reason::Origin => "requests with a foreign `Origin`",
            Reason::CrossSite => "requests that a page of another site made",
            Reason::Malformed => "requests whose head is malformed",
            Reason::Signature => "webhooks without a good signature",
            Reason::Body => "webhooks whose bodies were too slow, too long or too many at once",
        }
    }
}

/// The way to answer a refused request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    AtOnce,
    /// After [`DELAY`]; the address is to send no more for this time.
    Slowly(Duration),
}

/// The refused requests.
#[derive(Debug)]
pub(super) struct Refusals {
    counted: Arc<Mutex<Counted>>,
    delayed: CallerQuotas,
}

impl Default for Refusals {
    fn default() -> Refusals {
        Refusals { counted: Arc::default(), delayed: CallerQuotas::new(DELAYED) }
    }
}

#[derive(Debug, Default)]
struct Counted {
    of_address: HashMap<IpAddr, Window>,
    unsaid: HashMap<Reason, Window>,
    last: HashMap<Reason, IpAddr>,
}

/// A number since a time.
#[derive(Clone, Copy, Debug)]
struct Window {
    since: Instant,
    count: usize,
}

impl Refusals {
    /// Counts one refused request of this address.
    pub(super) fn count(&self, reason: Reason, address: IpAddr) -> Pace {
        counter!("mcp_http_refused_total", "reason" => reason.name()).increment(1);
        let (now, address) = (Instant::now(), owner(address));
        let mut counted = self.counted();
        counted.last.insert(reason, address);
        match counted.take_unsaid(reason, now) {
            Some(refused) => say(reason, refused, address),
            None => {
                if let Some(at) = counted.report_from(reason) {
                    tokio::spawn(report(self.counted.clone(), reason, at));
                }
            }
        }
        counted.count(address, now)
    }

    /// The place of an answer that is delayed; `None` if this address, or all, have too many.
    pub(super) fn delay(&self, address: IpAddr) -> Option<QuotaPermit> {
        self.delayed.take(&QuotaKey::at(address).0, 1).ok()
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reports at the end of the window what was refused in it.
async fn report(counted: Arc<Mutex<Counted>>, reason: Reason, at: Instant) {
    sleep_until(at).await;
    let mut counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((refused, last)) = counted.take_rest(reason, Instant::now()) {
        say(reason, refused, last);
    }
}

fn say(reason: Reason, refused: usize, address: IpAddr) {
    let (name, described) = (reason.name(), reason.described());
    warn!(reason = name, %address, refused, "Refused {described}; the last came from {address}.");
}

impl Counted {
    /// The number of refusals to report, at most once in a window.
    fn take_unsaid(&mut self, reason: Reason, now: Instant) -> Option<usize> {
        let Some(unsaid) = self.unsaid.get_mut(&reason) else {
            self.unsaid.insert(reason, Window { since: now, count: 0 });
            return Some(1);
        };
        unsaid.count += 1;
        if now.duration_since(unsaid.since) < WINDOW {
            return None;
        }
        let refused = unsaid.count;
        *unsaid = Window { since: now, count: 0 };
        Some(refused)
    }

    /// The time at which the refusals of a window are to be reported, at the first of them.
    fn report_from(&self, reason: Reason) -> Option<Instant> {
        self.unsaid.get(&reason).filter(|unsaid| unsaid.count == 1).map(|unsaid| unsaid.since + WINDOW)
    }

    /// The number of refusals of a window that is over, and the last address.
    fn take_rest(&mut self, reason: Reason, now: Instant) -> Option<(usize, IpAddr)> {
        let over = |unsaid: &&mut Window| unsaid.count > 0 && now.duration_since(unsaid.since) >= WINDOW;
        let unsaid = self.unsaid.get_mut(&reason).filter(over)?;
        let refused = unsaid.count;
        *unsaid = Window { since: now, count: 0 };
        Some((refused, *self.last.get(&reason)?))
    }

    fn count(&mut self, address: IpAddr, now: Instant) -> Pace {
        self.forget(now, address);
        let own = self.of_address.entry(address).or_insert(Window { since: now, count: 0 });
        own.count += 1;
        match own.count > GUESSES_MAX {
            true => Pace::Slowly((own.since + WINDOW).saturating_duration_since(now)),
            false => Pace::AtOnce,
        }
    }

    /// Forgets this address if its window is over, and another if there is no room for it.
    fn forget(&mut self, now: Instant, address: IpAddr) {
        if self.of_address.get(&address).is_some_and(|own| now.duration_since(own.since) >= WINDOW) {
            self.of_address.remove(&address);
        }
        if self.of_address.len() < ADDRESSES_MAX || self.of_address.contains_key(&address) {
            return;
        }
        let first = self.of_address.iter().min_by_key(|(_, own)| own.since).map(|(address, _)| *address);
        first.map(|first| self.of_address.remove(&first));
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn address(number: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from_bits(number))
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_guesses_is_slowed_down_until_its_minute_is_over() {
        let refusals = Refusals::default();
        for _ in 0..GUESSES_MAX {
            assert_eq!(refusals.count(Reason::Token, address(1)), Pace::AtOnce);
        }
        tokio::time::advance(WINDOW / 2).await;
        assert_eq!(refusals.count(Reason::Host, address(1)), Pace::Slowly(WINDOW / 2));
        assert_eq!(refusals.count(Reason::Token, address(2)), Pace::AtOnce);
        tokio::time::advance(WINDOW / 2).await;
        assert_eq!(refusals.count(Reason::Token, address(1)), Pace::AtOnce);
    }

    /// A burst is reported whole, also if nothing comes after it.
    #[tokio::test(start_paused = true)]
    async fn the_rest_of_a_burst_is_said_at_the_end_of_its_minute() {
        let refusals = Refusals::default();
        for number in 0..500 {
            refusals.count(Reason::Token, address(number));
        }
        let unsaid = || refusals.counted().unsaid[&Reason::Token].count;
        assert_eq!(unsaid(), 499);
        let rest = refusals.counted().take_rest(Reason::Token, Instant::now() + WINDOW / 2);
        assert_eq!(rest, None, "not before");
        tokio::time::sleep(WINDOW + Duration::from_millis(1)).await;
        assert_eq!(unsaid(), 0);
        refusals.count(Reason::Token, address(7));
        let rest = refusals.counted().take_rest(Reason::Token, Instant::now() + WINDOW);
        assert_eq!(rest, Some((1, address(7))), "at most one line a minute");
    }

    #[test]
    fn few_answers_of_one_address_are_delayed_at_once() {
        let refusals = Refusals::default();
        let six = |last: u16| IpAddr::V6([0x2001, 0xdb8, 0, 0, 0, 0, 0, last].into());
        let held: Vec<_> = (0..30).filter_map(|last| refusals.delay(six(last))).collect();
        assert_eq!(held.len(), 10, "one network has one share");
        assert!(refusals.delay(address(1)).is_some());
        drop(held);
        assert!(refusals.delay(six(1)).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn few_lines_are_said_and_few_addresses_remembered() {
        let refusals = Refusals::default();
        let said = |reason| refusals.counted().take_unsaid(reason, Instant::now());
        assert_eq!((said(Reason::Token), said(Reason::Token), said(Reason::Token)), (Some(1), None, None));
        assert_eq!(said(Reason::Origin), Some(1));
        tokio::time::advance(WINDOW).await;
        assert_eq!(said(Reason::Token), Some(3));
        for number in 0..2 * ADDRESSES_MAX as u32 {
            refusals.count(Reason::Token, address(number));
        }
        assert_eq!(refusals.counted().of_address.len(), ADDRESSES_MAX);
    }
}
