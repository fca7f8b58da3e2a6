//! Log lines that are said once in a while, however often their reason comes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The pause between two lines of one reason.
const PAUSE: Duration = Duration::from_secs(60);

/// The reasons that are remembered. Of more, those are forgotten that may be said again; a flood of others is not said.
const REASONS_MAX: usize = 1_000;

/// Remembers when each reason was said.
#[derive(Debug)]
pub struct LogThrottle<R>(Mutex<HashMap<R, Instant>>);

impl<R> Default for LogThrottle<R> {
    fn default() -> LogThrottle<R> {
        LogThrottle(Mutex::default())
    }
}

impl<R: Eq + Hash> LogThrottle<R> {
    /// True if a line may be said now. It then counts as said.
    pub fn may_say(&self, reason: R) -> bool {
        let now = Instant::now();
        // Consistent after every statement, so a poisoned lock does not matter.
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |last: &Instant| now.duration_since(*last) >= PAUSE;
        if said.len() >= REASONS_MAX {
            said.retain(|_, last| !is_over(last));
        }
        let may = said.get(&reason).map_or(said.len() < REASONS_MAX, is_over);
        if may {
            said.insert(reason, now);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_reason_is_said_once_a_minute() {
        let lines = LogThrottle::default();
        assert!(lines.may_say("stale") && !lines.may_say("stale") && lines.may_say("missing"));
        tokio::time::advance(PAUSE).await;
        assert!(lines.may_say("stale"));
    }

    #[tokio::test(start_paused = true)]
    async fn no_flood_of_reasons_takes_memory() {
        let lines = LogThrottle::default();
        let said = |number: usize| lines.may_say(number);
        assert_eq!((0..2 * REASONS_MAX).filter(|number| said(*number)).count(), REASONS_MAX);
        tokio::time::advance(PAUSE).await;
        assert!(said(2 * REASONS_MAX) && !said(2 * REASONS_MAX));
        assert_eq!(lines.0.lock().unwrap().len(), 1);
    }
}
