//! The decision to send a request again, and after which pause. Pure: it neither waits nor sends.

use std::time::Duration;

use crate::transport::attempt::{FailureKind, Policy};

/// Idempotency of a request (RFC 9110, section 9.2.2): says if HubSpot may be sent the same request twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Idempotency {
    /// Reads, and changes that have the same effect however often they are sent.
    Idempotent,
    /// Creates, bookings and messages. After a lost answer they are looked up before anything else is sent.
    NotIdempotent,
}

/// The decision about a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryStep {
    Stop,
    Wait(Pause),
}

/// A pause of `floor` and a random part of `spread`, so that many callers do not come back at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pause {
    pub(crate) floor: Duration,
    pub(crate) spread: Duration,
    /// The idempotency adds load to a HubSpot that is failing, so it is taken from the retry budget.
    pub(crate) charged: bool,
}

/// The most attempts at a request at which HubSpot fails.
const FAILED_ATTEMPTS_MAX: u32 = 4;
/// The most attempts at a request that HubSpot puts off. The call's deadline usually ends it sooner.
const PUT_OFF_ATTEMPTS_MAX: u32 = 8;
/// The largest spread. It doubles with each attempt until it reaches this.
const SPREAD_MAX: Duration = Duration::from_secs(8);

/// Decides by the kind of the failure, the number of the attempt (from 1) and the request's idempotency.
pub(crate) fn next(kind: FailureKind, attempt: u32, idempotency: Idempotency) -> RetryStep {
    let seconds = Duration::from_secs;
    match kind {
        FailureKind::Throttled { policy: Policy::Daily, .. } | FailureKind::Refused => RetryStep::Stop,
        // HubSpot sends no Retry-After with a 429 today; should it begin to, it is obeyed.
        FailureKind::Throttled { retry_after: Some(pause), .. } => put_off(attempt, pause, seconds(1)),
        FailureKind::Throttled { policy: Policy::TenSecondly, .. } => put_off(attempt, seconds(1), seconds(2)),
        FailureKind::Throttled { policy: Policy::Secondly, .. } => put_off(attempt, seconds(1), seconds(1)),
        FailureKind::TokenRenewed => put_off(attempt, Duration::ZERO, Duration::ZERO),
        FailureKind::Locked => put_off(attempt, seconds(2), seconds(1)),
        FailureKind::Migrating { retry_after } => put_off(attempt, retry_after.unwrap_or(seconds(10)), seconds(1)),
        FailureKind::NotSent => failed(attempt, Duration::ZERO, Duration::from_millis(500)),
        FailureKind::Failed { .. }
        | FailureKind::ConnectionLost
        | FailureKind::NoResponse
        | FailureKind::Unreadable { .. }
            if idempotency == Idempotency::NotIdempotent =>
        {
            RetryStep::Stop
        }
        // A gateway that gave up asks for a few seconds; a plain 500 may pass at once.
        FailureKind::Failed { status: 502..=599 } => failed(attempt, seconds(1), seconds(1)),
        FailureKind::Failed { .. }
        | FailureKind::ConnectionLost
        | FailureKind::NoResponse
        | FailureKind::Unreadable { .. } => failed(attempt, Duration::ZERO, Duration::from_millis(500)),
    }
}

fn put_off(attempt: u32, floor: Duration, spread: Duration) -> RetryStep {
    again(attempt, PUT_OFF_ATTEMPTS_MAX, Pause { floor, spread, charged: false })
}

fn failed(attempt: u32, floor: Duration, spread: Duration) -> RetryStep {
    again(attempt, FAILED_ATTEMPTS_MAX, Pause { floor, spread, charged: true })
}

fn again(attempt: u32, attempts_max: u32, pause: Pause) -> RetryStep {
    if attempt >= attempts_max {
        return RetryStep::Stop;
    }
    let spread = pause.spread.saturating_mul(1 << (attempt - 1).min(8)).min(SPREAD_MAX);
    RetryStep::Wait(Pause { spread, ..pause })
}

impl Pause {
    /// The length for a random `chance` between 0 and 1.
    pub(crate) fn length(self, chance: f64) -> Duration {
        self.floor + self.spread.mul_f64(chance.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Idempotency::{Idempotent, NotIdempotent};

    fn throttled(policy: Policy, retry_after: Option<u64>) -> FailureKind {
        FailureKind::Throttled { policy, retry_after: retry_after.map(Duration::from_secs) }
    }

    /// Failure, attempt, idempotency, and floor and spread in milliseconds, or `None` to stop.
    #[test]
    fn decides_by_failure_attempt_and_idempotency() {
        let failed = |status| FailureKind::Failed { status };
        let cases = [
            (FailureKind::Refused, 1, Idempotent, None),
            (throttled(Policy::Daily, None), 1, Idempotent, None),
            (throttled(Policy::TenSecondly, None), 1, NotIdempotent, Some((1000, 2000))),
            (throttled(Policy::TenSecondly, None), 3, NotIdempotent, Some((1000, 8000))),
            (throttled(Policy::Secondly, None), 1, Idempotent, Some((1000, 1000))),
            (throttled(Policy::TenSecondly, Some(7)), 1, NotIdempotent, Some((7000, 1000))),
            (throttled(Policy::TenSecondly, None), PUT_OFF_ATTEMPTS_MAX, Idempotent, None),
            (FailureKind::TokenRenewed, 1, NotIdempotent, Some((0, 0))),
            (FailureKind::TokenRenewed, PUT_OFF_ATTEMPTS_MAX, Idempotent, None),
            (FailureKind::Locked, 1, NotIdempotent, Some((2000, 1000))),
            (
                FailureKind::Migrating { retry_after: Some(Duration::from_secs(86400)) },
                1,
                NotIdempotent,
                Some((86_400_000, 1000)),
            ),
            (FailureKind::NotSent, 1, NotIdempotent, Some((0, 500))),
            (failed(500), 1, Idempotent, Some((0, 500))),
            (failed(500), 3, Idempotent, Some((0, 2000))),
            (failed(503), 1, Idempotent, Some((1000, 1000))),
            (failed(503), FAILED_ATTEMPTS_MAX, Idempotent, None),
            (failed(500), 1, NotIdempotent, None),
            (FailureKind::ConnectionLost, 1, Idempotent, Some((0, 500))),
            (FailureKind::ConnectionLost, 1, NotIdempotent, None),
            (FailureKind::NoResponse, 1, NotIdempotent, None),
            (FailureKind::Unreadable { done: true }, 1, NotIdempotent, None),
        ];
        for (kind, attempt, idempotency, want) in cases {
            let got = match next(kind, attempt, idempotency) {
                RetryStep::Stop => None,
                RetryStep::Wait(pause) => Some((pause.floor.as_millis(), pause.spread.as_millis())),
            };
            assert_eq!(got, want, "{kind:?} {attempt} {idempotency:?}");
        }
    }

    #[test]
    fn only_repeats_at_a_failing_hubspot_are_charged() {
        let charged = |kind| match next(kind, 1, Idempotent) {
            RetryStep::Wait(pause) => pause.charged,
            RetryStep::Stop => false,
        };
        assert!(
            charged(FailureKind::Failed { status: 500 })
                && charged(FailureKind::NoResponse)
                && charged(FailureKind::NotSent)
        );
        assert!(!charged(throttled(Policy::TenSecondly, None)) && !charged(FailureKind::Locked));
    }

    #[test]
    fn a_pause_is_between_its_floor_and_its_end() {
        let pause = Pause { floor: Duration::from_secs(1), spread: Duration::from_secs(2), charged: false };
        let lengths = [-1.0, 0.0, 0.5, 1.0, 9.0].map(|chance| pause.length(chance).as_millis());
        assert_eq!(lengths, [1000, 1000, 2000, 3000, 3000]);
    }
}
