//! Requests that are refused before they are read: they are counted, said once in a while, and slowed down for those who
//! guess.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics::counter;
use tokio::time::Instant;
use tracing::warn;

/// Refused requests of one address within a [`WINDOW`]; of more, each is answered after a [`DELAY`].
const GUESSES_MAX: usize = 20;
const WINDOW: Duration = Duration::from_secs(60);

/// The delay of the answer to a guess.
pub(super) const DELAY: Duration = Duration::from_secs(1);

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
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Reason::Token => "token",
            Reason::Host => "host",
            Reason::Origin => "origin",
            Reason::CrossSite => "cross_site",
            Reason::Malformed => "malformed",
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
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    of_address: HashMap<IpAddr, Window>,
    unsaid: HashMap<Reason, Window>,
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
        let now = Instant::now();
        let mut counted = self.counted();
        if let Some(refused) = counted.take_unsaid(reason, now) {
            let name = reason.name();
            warn!(reason = name, %address, refused, "Refused requests for their {name}; the last came from {address}.");
        }
        counted.count(address, now)
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
