//! The places of connections.
//!
//! A new connection always gets a place: there are some for connections that have sent nothing that was admitted, and the
//! oldest of the address with the most of them makes way. So who opens many and sends nothing loses its own, and a client that
//! sends its request at once is served. With its first request that is admitted, a connection moves to a lasting place.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::mcp::caller_quotas::{CallerQuotas, Limit, QuotaExceeded, QuotaPermit};
use crate::mcp::quota_key::{QuotaKey, owner};

/// Connections of which nothing was admitted yet, and those that last.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConnectionLimits {
    new: Limit,
    lasting: Limit,
    /// Responses that last as long as their client likes.
    pub(super) streams: Limit,
}

impl ConnectionLimits {
    /// The limits for this many connections: a quarter of them for new ones. Most of the others may come from one address,
    /// because that of a proxy is the only one.
    pub(super) fn of(connections_max: usize) -> ConnectionLimits {
        let new = (connections_max / 4).max(2);
        let lasting = connections_max.saturating_sub(new).max(2);
        ConnectionLimits {
            new: Limit { in_all: new, of_one: (new / 2).max(1) },
            lasting: Limit { in_all: lasting, of_one: (lasting * 3 / 4).max(1) },
            streams: Limit { in_all: (lasting * 2 / 3).max(1), of_one: (lasting / 3).max(1) },
        }
    }
}

/// The open connections.
#[derive(Debug)]
pub(super) struct Connections {
    limit: Limit,
    new: Mutex<New>,
    lasting: CallerQuotas,
}

/// The new connections of each address, the oldest first.
#[derive(Debug, Default)]
struct New {
    next: u64,
    in_all: usize,
    of_address: HashMap<IpAddr, BTreeMap<u64, CancellationToken>>,
}

impl Connections {
    /// No connection is open yet.
    pub(super) fn new(limits: ConnectionLimits) -> Connections {
        Connections { limit: limits.new, new: Mutex::default(), lasting: CallerQuotas::new(limits.lasting) }
    }

    /// The place of a new connection. Another one may end for it.
    pub(super) fn open(self: &Arc<Self>, address: IpAddr) -> ConnectionPermit {
        let address = owner(address);
        let ended = CancellationToken::new();
        let number = self.new_ones().insert(address, ended.clone(), self.limit);
        ConnectionPermit { connections: self.clone(), address, number, ended, lasting: Mutex::default() }
    }

    /// Ends the oldest of the new connections, because the system has no room for another.
    pub(super) fn make_way(&self) {
        self.new_ones().end_one();
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn new_ones(&self) -> MutexGuard<'_, New> {
        self.new.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl New {
    fn insert(&mut self, address: IpAddr, ended: CancellationToken, limit: Limit) -> u64 {
        if self.of_address.get(&address).is_some_and(|own| own.len() >= limit.of_one) {
            self.end_oldest(address);
        } else if self.in_all >= limit.in_all {
            self.end_one();
        }
        self.next += 1;
        self.in_all += 1;
        self.of_address.entry(address).or_default().insert(self.next, ended);
        self.next
    }

    /// Ends the oldest of the address with the most.
    fn end_one(&mut self) {
        if let Some(most) = self.of_address.iter().max_by_key(|(_, own)| own.len()).map(|(address, _)| *address) {
            self.end_oldest(most);
        }
    }

    fn end_oldest(&mut self, address: IpAddr) {
        let oldest = self.of_address.get(&address).and_then(|own| own.keys().next().copied());
        if let Some(ended) = oldest.and_then(|number| self.remove(address, number)) {
            ended.cancel();
        }
    }

    fn remove(&mut self, address: IpAddr, number: u64) -> Option<CancellationToken> {
        let own = self.of_address.get_mut(&address)?;
        let removed = own.remove(&number)?;
        self.in_all -= 1;
        if own.is_empty() {
            self.of_address.remove(&address);
        }
        Some(removed)
    }
}

/// The place of one connection, given back when it is dropped.
#[derive(Debug)]
pub(super) struct ConnectionPermit {
    connections: Arc<Connections>,
    pub(super) address: IpAddr,
    number: u64,
    ended: CancellationToken,
    lasting: Mutex<Option<QuotaPermit>>,
}

impl ConnectionPermit {
    /// Resolves when the connection is to end, to make way for others.
    pub(super) async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Makes the place a lasting one, because a request was admitted.
    pub(super) fn keep(&self) -> Result<(), QuotaExceeded> {
        let mut lasting = self.lasting.lock().unwrap_or_else(PoisonError::into_inner);
        if lasting.is_none() {
            *lasting = Some(self.connections.lasting.take(&QuotaKey::at(self.address).0, 1)?);
            self.connections.new_ones().remove(self.address, self.number);
        }
        Ok(())
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.connections.new_ones().remove(self.address, self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections() -> Arc<Connections> {
        Arc::new(Connections::new(ConnectionLimits::of(32)))
    }

    fn addresses() -> [IpAddr; 3] {
        ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map(|address| address.parse().unwrap())
    }

    #[test]
    fn limits_follow_the_number_of_connections() {
        for (max, new, lasting, streams) in [
            (10_000, (2_500, 1_250), (7_500, 5_625), (5_000, 2_500)),
            (512, (128, 64), (384, 288), (256, 128)),
            (1, (2, 1), (2, 1), (1, 1)),
        ] {
            let limits = ConnectionLimits::of(max);
            let pair = |limit: Limit| (limit.in_all, limit.of_one);
            assert_eq!(
                (pair(limits.new), pair(limits.lasting), pair(limits.streams)),
                (new, lasting, streams),
                "{max}"
            );
        }
    }

    #[test]
    fn who_opens_many_connections_loses_its_own() {
        let (connections, [one, two, three]) = (connections(), addresses());
        let honest = connections.open(two);
        let many: Vec<_> = (0..10).map(|_| connections.open(one)).collect();
        let ended = |seats: &[ConnectionPermit]| seats.iter().map(|seat| seat.ended.is_cancelled()).collect::<Vec<_>>();
        assert_eq!(ended(&many), [[true; 6].as_slice(), &[false; 4]].concat(), "four of eight, the newest");
        let others: Vec<_> = (0..4).map(|_| connections.open(three)).collect();
        assert_eq!(ended(&many)[6..], [true, false, false, false], "eight in all: the address with the most");
        assert!(!honest.ended.is_cancelled() && ended(&others)[1..].iter().all(|ended| !ended));
        drop((honest, many, others));
        assert!(connections.new_ones().of_address.is_empty() && connections.new_ones().in_all == 0);
    }

    #[test]
    fn a_connection_that_was_admitted_stays() {
        let (connections, [one, two, _]) = (connections(), addresses());
        let kept: Vec<_> = (0..18)
            .map(|_| {
                let seat = connections.open(one);
                seat.keep().unwrap();
                seat
            })
            .collect();
        let further: Vec<_> = (0..20).map(|_| connections.open(one)).collect();
        assert!(kept.iter().all(|seat| !seat.ended.is_cancelled()));
        assert_eq!(
            further.last().map(ConnectionPermit::keep),
            Some(Err(QuotaExceeded::OfOwner)),
            "three quarters of 24"
        );
        assert_eq!(connections.open(two).keep(), Ok(()));
        drop(kept);
        assert_eq!(further.last().map(ConnectionPermit::keep), Some(Ok(())));
    }
}
