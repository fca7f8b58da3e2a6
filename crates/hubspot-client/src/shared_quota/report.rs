//! The two messages between a replica and the account's ledger: its state, and the places that it is given.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::tier::{Bucket, Limit};

/// The state of one replica: all that it holds and wants, so that a message which is lost leaves nothing behind.
#[derive(Clone, Debug, Default)]
pub struct QuotaReport {
    /// A random number for each process.
    pub(crate) replica: i64,
    /// Names the address at which the process listens; zero for a process without one.
    pub(crate) address: i64,
    /// Grows with every report; one that comes late is ignored.
    pub(crate) number: u64,
    /// The replica ends: it holds nothing and wants nothing any more.
    pub(crate) leaves: bool,
    pub(crate) buckets: [BucketReport; Bucket::ALL.len()],
    /// The daily limit, from HubSpot's newest answer.
    pub(crate) daily: Option<DailyReport>,
    /// HubSpot refused a request of this replica for the daily limit.
    pub(crate) stop: Option<DailyStop>,
}

impl QuotaReport {
    /// The same of a process that listens at the address with this number: of one that had fallen silent there before, it is
    /// known that it has ended. Zero names none.
    #[must_use]
    pub fn at_address(self, address: i64) -> QuotaReport {
        QuotaReport { address, ..self }
    }
}

/// The places of one bucket.
#[derive(Clone, Debug, Default)]
pub(crate) struct BucketReport {
    /// The limit by the replica's settings; HubSpot's headers correct it.
    pub(crate) max: usize,
    pub(crate) span: Duration,
    /// Places that it was given and has not used.
    pub(crate) in_hand: usize,
    /// Places of requests without an answer so far.
    pub(crate) in_flight: usize,
    /// Places whose answers came since the last report that arrived.
    pub(crate) answered: Vec<Answered>,
    pub(crate) wants: Wants,
    pub(crate) observed: Option<Observed>,
    /// HubSpot refused a request for its rate; nothing is sent for so long.
    pub(crate) closed_for: Option<Duration>,
}

/// Places that HubSpot may count until this moment at the latest, in milliseconds before the report; below zero for requests
/// without an answer on which HubSpot may still be working.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) age_ms: i64,
    pub(crate) places: usize,
}

/// The requests that wait for a place, by what they may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wants {
    /// Of quiet callers: any place, those of the kept part as well.
    pub(crate) quiet: usize,
    /// Of busy callers: any place outside the kept part.
    pub(crate) busy: usize,
    /// Of callers in the background: what nobody else waits for.
    pub(crate) background: usize,
    /// The places of the kept part that stay for callers who hold fewer than the calmest of the quiet ones here.
    pub(crate) floor: usize,
}

impl Wants {
    pub(crate) fn interactive(self) -> usize {
        self.quiet + self.busy
    }

    pub(crate) fn all(self) -> usize {
        self.interactive() + self.background
    }
}

/// The rate limit headers of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Observed {
    pub(crate) max: usize,
    pub(crate) used: usize,
    /// Milliseconds between the moment at which the request was sent and the report.
    pub(crate) age_ms: i64,
}

/// The daily limit as an answer of HubSpot's told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DailyReport {
    pub(crate) limit: usize,
    pub(crate) left: usize,
    /// Milliseconds between the answer and the report.
    pub(crate) age_ms: i64,
}

/// A used up daily limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DailyStop {
    /// The time until the next try, in milliseconds.
    pub(crate) pause_ms: i64,
    /// The time until the limit starts anew, in milliseconds.
    pub(crate) reset_ms: i64,
    pub(crate) resets_at: Option<String>,
}

/// The answer to a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuotaGrant {
    /// The replicas that share the account, this one included.
    pub(crate) replicas: usize,
    pub(crate) buckets: [BucketGrant; Bucket::ALL.len()],
    /// The daily limit: requests of a day, and those that are left.
    pub(crate) daily: Option<(usize, usize)>,
    pub(crate) stop: Option<DailyStop>,
}

/// The places of one bucket that are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BucketGrant {
    /// The account's limit as it is known; zero where the ledger did not decide.
    pub(crate) max: usize,
    /// Places for anybody.
    pub(crate) open: usize,
    /// Places of the kept part, for quiet callers.
    pub(crate) reserved: usize,
    /// The time until a place becomes free, as far as it is known.
    pub(crate) next_free: Option<Duration>,
    /// Nothing is sent for so long: HubSpot refused a request of some replica for its rate.
    pub(crate) closed_for: Option<Duration>,
}

/// The places that a replica which cannot reach the ledger may use: an eighth of the limit, or its even part where more than
/// eight replicas are known. Where that is less than one, one place in a longer time.
pub(crate) fn static_limit(limit: Limit, replicas: usize) -> Limit {
    let parts = replicas.max(STATIC_PARTS);
    match limit.max / parts {
        0 => Limit { max: 1, span: limit.span * u32::try_from(parts.div_ceil(limit.max.max(1))).unwrap_or(u32::MAX) },
        max => Limit { max, ..limit },
    }
}

/// A replica on its own uses one part of this many.
pub(crate) const STATIC_PARTS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_static_parts_of_all_replicas_are_at_most_the_limit() {
        for max in [1, 5, 100, 110, 190, 250] {
            let limit = Limit { max, span: Duration::from_secs(10) };
            for replicas in 1..=12 {
                let own = static_limit(limit, replicas);
                let rate = own.max as f64 / own.span.as_secs_f64() * replicas as f64;
                assert!(own.max >= 1 && rate <= max as f64 / 10.0, "{max} {replicas}: {own:?}");
            }
        }
    }
}
