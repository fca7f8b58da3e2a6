//! The accepted answers that were used already. A person agrees to one change, not to every change of the same words
//! within the life of a request state.
//!
//! Each process remembers its own, and the store those of all replicas. Replicas whose store cannot be used accept no
//! answer meanwhile; a process alone goes on with what it remembers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::request_state::{ANSWER_MINUTES_MAX, Nonce};
use crate::store::single_use::{SingleUse, UseOutcome};
use crate::store::{Error, Store};
use crate::tool::caller::CallerId;

/// Answers of one caller that are remembered; further ones are refused until the oldest expire. Ten in a second, all the
/// time: no person answers so many, and a website's people hardly.
const ANSWERS_MAX: usize = 10_000;

/// The time for which an answer is remembered: that of its state.
const LIFE: Duration = Duration::from_secs(60 * ANSWER_MINUTES_MAX as u64);

/// The used answers of each caller, until their states expire. The operator names the callers, so their number is bounded.
#[derive(Debug, Default)]
pub(super) struct UsedAnswers(Mutex<HashMap<Arc<str>, Used>>);

/// The end of each answer's state.
type Used = HashMap<Nonce, DateTime<Utc>>;

/// The use of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// It was not used before, and is now.
    First,
    /// It was used before.
    Again,
    /// The caller has used too many answers for one more to be remembered.
    TooMany,
}

impl UsedAnswers {
    /// Uses an answer, once for all replicas of the store.
    ///
    /// # Errors
    /// [`Error`] if replicas use the store and it failed; the answer was not accepted.
    pub(super) async fn accept(
        &self,
        store: &Store,
        caller: &CallerId,
        nonce: Nonce,
        now: DateTime<Utc>,
    ) -> Result<Use, Error> {
        let own = self.take(caller, nonce, now);
        if own != Use::First || !store.location().is_shared() {
            return Ok(own);
        }
        let used = SingleUse {
            owner: format!("answer/{}", caller.0),
            value: nonce.0.to_string(),
            by: String::new(),
            life: LIFE,
            repeat: Duration::ZERO,
            of_owner_max: ANSWERS_MAX as i64,
        };
        match store.use_once(used).await {
            Ok(UseOutcome::First | UseOutcome::Repeat) => Ok(Use::First),
            Ok(UseOutcome::Again) => Ok(Use::Again),
            Ok(UseOutcome::TooMany) => Ok(Use::TooMany),
            Err(error) if store.location().is_for_replicas() => {
                // Nobody has used it: the same call may come again.
                self.forget(caller, &nonce);
                Err(error)
            }
            Err(_) => Ok(own),
        }
    }

    /// Uses it in this process. Its state expires at the latest [`ANSWER_MINUTES_MAX`] minutes after `now`.
    fn take(&self, caller: &CallerId, nonce: Nonce, now: DateTime<Utc>) -> Use {
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used = callers.entry(caller.0.clone()).or_default();
        if used.len() >= ANSWERS_MAX {
            used.retain(|_, until| *until > now);
        }
        if used.contains_key(&nonce) {
            return Use::Again;
        }
        if used.len() >= ANSWERS_MAX {
            return Use::TooMany;
        }
        used.insert(nonce, now + TimeDelta::minutes(ANSWER_MINUTES_MAX));
        Use::First
    }

    fn forget(&self, caller: &CallerId, nonce: &Nonce) {
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        callers.get_mut(&caller.0).and_then(|used| used.remove(nonce));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_used_once_and_a_caller_fills_only_its_own_memory() {
        let (used, now) = (UsedAnswers::default(), DateTime::UNIX_EPOCH);
        let [sarah, john] = ["sarah", "john"].map(|name| CallerId(name.into()));
        let take = |caller, number: usize, now| used.take(caller, Nonce(number as u128), now);
        assert_eq!(
            (take(&sarah, 0, now), take(&sarah, 0, now), take(&john, 0, now)),
            (Use::First, Use::Again, Use::First)
        );
        (1..ANSWERS_MAX).for_each(|number| assert_eq!(take(&sarah, number, now), Use::First));
        assert_eq!((take(&sarah, ANSWERS_MAX, now), take(&john, ANSWERS_MAX, now)), (Use::TooMany, Use::First));
        let later = now + TimeDelta::minutes(ANSWER_MINUTES_MAX);
        assert_eq!(take(&sarah, ANSWERS_MAX, later), Use::First, "the states of the others have expired");
    }
}
