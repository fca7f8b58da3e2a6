//! The moments at which a replica talks with the account's ledger. Pure.

use std::time::Duration;

use tokio::time::Instant;

/// A replica that holds nothing and wants nothing is heard so often.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// One that has something to tell, or places in hand, so soon after the last time.
const TELL_AFTER: Duration = Duration::from_millis(500);
/// The first pause after an answer that brought nothing; it doubles up to the longest.
const SHORT_PAUSE: Duration = Duration::from_millis(50);
const SHORT_PAUSE_MAX: Duration = Duration::from_millis(800);
/// The longest while a caller waits who asks little.
const QUIET_PAUSE_MAX: Duration = Duration::from_millis(200);
/// The pause after a failure.
const FAILED_PAUSE: Duration = Duration::from_millis(500);

/// The state of one bucket.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pressure {
    /// Requests wait for places.
    pub(crate) is_wanted: bool,
    /// HubSpot refused a request, and others must hear of it.
    pub(crate) is_urgent: bool,
    /// There is something to tell: answers, or places in hand.
    pub(crate) is_untold: bool,
    /// One of those who wait asks little.
    pub(crate) is_quiet: bool,
    /// Answers in a row that brought nothing.
    pub(crate) short: u32,
    /// The moment at which a place becomes free, as far as it is known.
    pub(crate) next_free: Option<Instant>,
}

/// The outcome of the last exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    Never,
    Answered(Instant),
    Failed(Instant),
}

/// The moment of the next exchange.
pub(crate) fn next(last: Last, buckets: impl IntoIterator<Item = Pressure>, now: Instant) -> Instant {
    let at = match last {
        Last::Never => return now,
        Last::Failed(at) => return at + FAILED_PAUSE,
        Last::Answered(at) => at,
    };
    let due = buckets.into_iter().map(|bucket| of(bucket, at, now));
    due.fold(at + HEARTBEAT, Instant::min)
}

fn of(bucket: Pressure, at: Instant, now: Instant) -> Instant {
    if bucket.is_urgent || bucket.is_wanted && bucket.short == 0 {
        return now;
    }
    if bucket.is_wanted {
        return at + pause(bucket, at);
    }
    at + if bucket.is_untold { TELL_AFTER } else { HEARTBEAT }
}

/// The pause of a replica that waits: until a place becomes free, and longer the more often it got none.
fn pause(bucket: Pressure, at: Instant) -> Duration {
    let doubled = SHORT_PAUSE.saturating_mul(1 << bucket.short.saturating_sub(1).min(8));
    let until_free = bucket.next_free.map_or(Duration::ZERO, |free| free.saturating_duration_since(at));
    doubled.max(until_free).min(if bucket.is_quiet { QUIET_PAUSE_MAX } else { SHORT_PAUSE_MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledger_is_asked_when_it_helps() {
        let (ms, start) = (Duration::from_millis, Instant::now());
        let (last, now) = (Last::Answered(start), start + ms(100));
        let idle = Pressure::default();
        let wanted = Pressure { is_wanted: true, ..idle };
        let short = |short, free| Pressure { short, next_free: Some(start + ms(free)), ..wanted };
        for (what, bucket, expected) in [
            ("idle", idle, 2_000),
            ("in hand", Pressure { is_untold: true, ..idle }, 500),
            ("wanted", wanted, 100),
            ("refused", Pressure { is_urgent: true, ..short(9, 10) }, 100),
            ("short once", short(1, 10), 50),
            ("short often", short(4, 10), 400),
            ("short often, and quiet", Pressure { is_quiet: true, ..short(4, 10) }, 200),
            ("until a place is free", short(1, 300), 300),
            ("a 429 is heard within a second", short(9, 9_000), 800),
        ] {
            assert_eq!(next(last, [idle, bucket], now) - start, ms(expected), "{what}");
        }
        assert_eq!(next(Last::Never, [idle], now), now);
        assert_eq!(next(Last::Failed(now), [wanted], now), now + ms(500));
    }
}
