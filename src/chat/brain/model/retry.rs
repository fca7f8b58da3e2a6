//! The decision to send a request again, and after which pause. A model call changes nothing, so that repeating it costs
//! tokens at most. Pure: it neither waits nor sends.

use std::time::Duration;

use super::failure::{Failure, Meaning};

/// Repeats of one request; a visitor is waiting.
const RETRIES_MAX: u32 = 2;
/// The longest wait that a server is granted; one that asks for more is not asked again in this turn.
pub(super) const WAIT_MAX: Duration = Duration::from_secs(20);
/// The pause before the first repeat where the server names none. It doubles with each.
const PAUSE: Duration = Duration::from_millis(500);

/// The pause before the next attempt, or `None` to give up. `attempt` counts from 1; `chance` between 0 and 1 spreads the
/// pauses of many conversations.
pub(super) fn next(failure: &Failure, attempt: u32, chance: f64) -> Option<Duration> {
    if attempt > RETRIES_MAX || !may_pass(failure, attempt) {
        return None;
    }
    let asked = failure.refused().and_then(|error| error.retry_after);
    let pause = asked.unwrap_or_else(|| PAUSE.saturating_mul(1 << (attempt - 1)).mul_f64(1.0 + chance.clamp(0.0, 1.0)));
    (pause <= WAIT_MAX).then_some(pause)
}

fn may_pass(failure: &Failure, attempt: u32) -> bool {
    match failure {
        Failure::Broken(_) => true,
        // The visitor has waited long enough.
        Failure::TimedOut(_) | Failure::NotJson | Failure::OtherApi => false,
        Failure::Refused(error) if error.is_final => false,
        Failure::Refused(error) => match error.meaning() {
            Meaning::Passing => true,
            // Another try writes another call; a model that fails twice fails again.
            Meaning::BrokenCall => attempt == 1,
            Meaning::Permanent | Meaning::TooLong | Meaning::Filtered | Meaning::Invalid => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let broken = Failure::Broken("x".to_owned());
        let pauses = |chance| [1, 2, 3].map(|attempt| next(&broken, attempt, chance).map(|pause| pause.as_millis()));
        assert_eq!(pauses(0.0), [Some(500), Some(1000), None]);
        assert_eq!(pauses(9.0), [Some(1000), Some(2000), None]);
        assert_eq!(next(&Failure::TimedOut(Duration::from_secs(60)), 1, 0.0), None);
        assert_eq!(next(&Failure::NotJson, 1, 0.0), None);
    }
}
