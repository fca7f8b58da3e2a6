//! Whether to send a request again, and how long to wait first: a decision, not an action.

use std::time::Duration;

use crate::transport::attempt::{Kind, Policy};

/// Whether HubSpot may be given the same request twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Idempotency {
    /// Reads, and changes that end the same way however often they are made.
    Idempotent,
    /// Creates, bookings and messages: after a lost answer they are looked up, never sent again.
    NotIdempotent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Stop,
    Wait(Pause),
}

/// Waits `floor` and then a random part of `spread`, so that many callers do not come back at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pause {
    pub(crate) floor: Duration,
    pub(crate) spread: Duration,
    /// Whether the repeat adds load to a HubSpot that is failing, and so needs the retry budget.
    pub(crate) charged: bool,
}

/// Attempts at a request that HubSpot fails at.
const FAILED_ATTEMPTS_MAX: u32 = 4;
/// Attempts at a request that HubSpot puts off; the call's deadline usually ends it sooner.
const PUT_OFF_ATTEMPTS_MAX: u32 = 8;
/// The widest spread, reached after a few attempts.
const SPREAD_MAX: Duration = Duration::from_secs(8);

pub(crate) fn next(kind: Kind, attempt: u32, repeat: Idempotency) -> Next {
    let seconds = Duration::from_secs;
    match kind {
        Kind::Throttled { policy: Policy::Daily, .. } | Kind::Refused => Next::Stop,
        // HubSpot sends no Retry-After with a 429 today; should it begin to, it is obeyed.
        Kind::Throttled { retry_after: Some(pause), .. } => put_off(attempt, pause, seconds(1)),
        Kind::Throttled { policy: Policy::TenSecondly, .. } => put_off(attempt, seconds(1), seconds(2)),
        Kind::Throttled { policy: Policy::Secondly, .. } => put_off(attempt, seconds(1), seconds(1)),
        Kind::Locked => put_off(attempt, seconds(2), seconds(1)),
        Kind::Migrating { retry_after } => put_off(attempt, retry_after.unwrap_or(seconds(10)), seconds(1)),
        Kind::NotSent => failed(attempt, Duration::ZERO, Duration::from_millis(500)),
        Kind::Failed { .. } | Kind::ConnectionLost | Kind::NoResponse | Kind::Unreadable { .. }
            if repeat == Idempotency::NotIdempotent =>
        {
            Next::Stop
        }
        // A gateway that gave up asks for a few seconds; a plain 500 may pass at once.
        Kind::Failed { status: 502..=599 } => failed(attempt, seconds(1), seconds(1)),
        Kind::Failed { .. } | Kind::ConnectionLost | Kind::NoResponse | Kind::Unreadable { .. } => {
            failed(attempt, Duration::ZERO, Duration::from_millis(500))
        }
    }
}

fn put_off(attempt: u32, floor: Duration, spread: Duration) -> Next {
    again(attempt, PUT_OFF_ATTEMPTS_MAX, Pause { floor, spread, charged: false })
}

fn failed(attempt: u32, floor: Duration, spread: Duration) -> Next {
    again(attempt, FAILED_ATTEMPTS_MAX, Pause { floor, spread, charged: true })
}

fn again(attempt: u32, attempts_max: u32, pause: Pause) -> Next {
    if attempt >= attempts_max {
        return Next::Stop;
    }
    let spread = pause.spread.saturating_mul(1 << (attempt - 1).min(8)).min(SPREAD_MAX);
    Next::Wait(Pause { spread, ..pause })
}

impl Pause {
    /// `chance` is between 0 and 1.
    pub(crate) fn length(self, chance: f64) -> Duration {
        self.floor + self.spread.mul_f64(chance.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Idempotency::{Idempotent as Safe, NotIdempotent as Never};

    fn throttled(policy: Policy, retry_after: Option<u64>) -> Kind {
        Kind::Throttled { policy, retry_after: retry_after.map(Duration::from_secs) }
    }

    /// (fault, attempt, repeat, floor and spread in milliseconds, or `None` to stop)
    #[test]
    fn decides_by_kind_attempt_and_harm() {
        let failed = |status| Kind::Failed { status };
        let cases = [
            (Kind::Refused, 1, Safe, None),
            (throttled(Policy::Daily, None), 1, Safe, None),
            (throttled(Policy::TenSecondly, None), 1, Never, Some((1000, 2000))),
            (throttled(Policy::TenSecondly, None), 3, Never, Some((1000, 8000))),
            (throttled(Policy::Secondly, None), 1, Safe, Some((1000, 1000))),
            (throttled(Policy::TenSecondly, Some(7)), 1, Never, Some((7000, 1000))),
            (throttled(Policy::TenSecondly, None), PUT_OFF_ATTEMPTS_MAX, Safe, None),
            (Kind::Locked, 1, Never, Some((2000, 1000))),
            (Kind::Migrating { retry_after: Some(Duration::from_secs(86400)) }, 1, Never, Some((86_400_000, 1000))),
            (Kind::NotSent, 1, Never, Some((0, 500))),
            (failed(500), 1, Safe, Some((0, 500))),
            (failed(500), 3, Safe, Some((0, 2000))),
            (failed(503), 1, Safe, Some((1000, 1000))),
            (failed(503), FAILED_ATTEMPTS_MAX, Safe, None),
            (failed(500), 1, Never, None),
            (Kind::ConnectionLost, 1, Safe, Some((0, 500))),
            (Kind::ConnectionLost, 1, Never, None),
            (Kind::NoResponse, 1, Never, None),
            (Kind::Unreadable { done: true }, 1, Never, None),
        ];
        for (kind, attempt, repeat, want) in cases {
            let got = match next(kind, attempt, repeat) {
                Next::Stop => None,
                Next::Wait(pause) => Some((pause.floor.as_millis(), pause.spread.as_millis())),
            };
            assert_eq!(got, want, "{kind:?} {attempt} {repeat:?}");
        }
    }

    #[test]
    fn only_repeats_at_a_failing_hubspot_are_charged() {
        let charged = |kind| match next(kind, 1, Safe) {
            Next::Wait(pause) => pause.charged,
            Next::Stop => false,
        };
        assert!(charged(Kind::Failed { status: 500 }) && charged(Kind::NoResponse) && charged(Kind::NotSent));
        assert!(!charged(throttled(Policy::TenSecondly, None)) && !charged(Kind::Locked));
    }

    #[test]
    fn a_pause_is_between_its_floor_and_its_end() {
        let pause = Pause { floor: Duration::from_secs(1), spread: Duration::from_secs(2), charged: false };
        let lengths = [-1.0, 0.0, 0.5, 1.0, 9.0].map(|chance| pause.length(chance).as_millis());
        assert_eq!(lengths, [1000, 1000, 2000, 3000, 3000]);
    }
}
