//! Fails at once while a model is known to be of no use, so that a visitor is answered by another brain without a wait, and
//! the endpoint is left in peace.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::warn;

use super::failure::{Failure, Meaning};
use super::retry::WAIT_MAX;
use crate::chat::brain::BrainError;

/// The pause after a refusal that only the operator can lift.
const PERMANENT: Duration = Duration::from_secs(300);
/// The pause after several failures in a row.
const FAILING: Duration = Duration::from_secs(30);
/// The failures in a row that begin it.
const FAILURES_MAX: u32 = 3;

/// The state that all conversations with one model share.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<BreakerState>);

#[derive(Debug, Default)]
struct BreakerState {
    failures: u32,
    open: Option<(Instant, BrainError)>,
}

impl Breaker {
    /// The error with which a call fails at once.
    pub(super) fn refused(&self, now: Instant) -> Option<BrainError> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.open.as_ref().filter(|(until, _)| now < *until).map(|(_, why)| why.clone())
    }

    /// Takes in that the endpoint works.
    pub(super) fn worked(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = BreakerState::default();
    }

    /// Takes in that a call failed for good.
    pub(super) fn failed(&self, failure: &Failure, now: Instant) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(pause) = pause(failure, state.failures) else {
            // An endpoint that refuses one request works for others.
            state.failures = 0;
            return;
        };
        state.failures = state.failures.saturating_add(1);
        if pause > Duration::ZERO {
            let why = failure.clone().into_error();
            warn!(seconds = pause.as_secs(), %why, "The model is not asked for a while.");
            state.open = Some((now + pause, why));
        }
    }
}

/// The pause that a failure begins after so many others in a row; `None` if it says nothing of other requests.
fn pause(failure: &Failure, before: u32) -> Option<Duration> {
    let repeated = || Some(if before + 1 >= FAILURES_MAX { FAILING } else { Duration::ZERO });
    match failure {
        Failure::Broken(_) | Failure::TimedOut(_) => repeated(),
        Failure::NotJson => None,
        Failure::OtherApi => Some(PERMANENT),
        Failure::Refused(error) => match (error.meaning(), error.retry_after) {
            (Meaning::Permanent, _) => Some(PERMANENT),
            (Meaning::Passing, Some(asked)) if asked > WAIT_MAX => Some(asked.min(PERMANENT)),
            (Meaning::Passing, _) => repeated(),
            (Meaning::TooLong | Meaning::Filtered | Meaning::BrokenCall | Meaning::Invalid, _) => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use serde_json::json;

    use super::super::failure::ApiError;
    use super::*;

    fn refused(status: u16, retry_after: Option<&'static str>) -> Failure {
        let headers: HeaderMap =
            retry_after.map(|wait| (http::header::RETRY_AFTER, wait.parse().unwrap())).into_iter().collect();
        Failure::Refused(ApiError::read(status, &headers, &json!({})).unwrap())
    }

    /// The seconds for which a breaker refuses after these failures.
    fn open_after(failures: &[Failure]) -> u64 {
        let (breaker, now) = (Breaker::default(), Instant::now());
        failures.iter().for_each(|failure| breaker.failed(failure, now));
        (0..=400).find(|seconds| breaker.refused(now + Duration::from_secs(*seconds)).is_none()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_at_once_or_after_several_failures() {
        let broken = || Failure::Broken("x".to_owned());
        assert_eq!(open_after(&[refused(401, None)]), 300);
        assert_eq!(open_after(&[broken(), refused(503, None)]), 0);
        assert_eq!(open_after(&[broken(), refused(503, None), Failure::TimedOut(FAILING)]), 30);
        assert_eq!(open_after(&[broken(), broken(), refused(400, None), broken()]), 0);
        assert_eq!(open_after(&[refused(429, Some("90"))]), 90);
        assert_eq!(open_after(&[refused(429, Some("9000"))]), 300);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_closes_it_and_one_more_failure_opens_it_again() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        (0..3).for_each(|_| breaker.failed(&Failure::Broken("x".to_owned()), now));
        assert!(breaker.refused(now).is_some());
        let later = now + FAILING;
        assert_eq!(breaker.refused(later), None);
        breaker.failed(&Failure::Broken("x".to_owned()), later);
        assert!(breaker.refused(later).is_some());
        breaker.worked();
        assert_eq!(breaker.refused(later), None);
    }
}
