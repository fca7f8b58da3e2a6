//! The source of calendar time: the machine's clock, or a clock that a test controls.
//!
//! Code that needs the current time takes a [`Clock`]. A test's clock starts at a chosen instant and advances with
//! tokio's paused clock, so a booking a week ahead and a back-off of thirty seconds are tested without waiting.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// A source of calendar time.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine's wall clock, read on every call. The monotonic clock would stop while a laptop sleeps and would
    /// miss corrections.
    System,
    /// A clock that advances with tokio's clock from a fixed point.
    Anchored {
        /// The time that the clock shows at `anchor`.
        start: DateTime<Utc>,
        /// The instant of tokio's clock that corresponds to `start`.
        anchor: Instant,
    },
}

impl Clock {
    /// Creates a clock that shows `now` at this moment and advances with tokio's clock.
    pub fn starting_at(now: DateTime<Utc>) -> Clock {
        Clock::Anchored { start: now, anchor: Instant::now() }
    }

    /// Returns the current time.
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the machine's clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Clock::System => Utc::now(),
            Clock::Anchored { start, anchor } => {
                let elapsed = TimeDelta::from_std(anchor.elapsed()).unwrap_or(TimeDelta::MAX);
                start.checked_add_signed(elapsed).unwrap_or(DateTime::<Utc>::MAX_UTC)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A laptop that wakes up has tokio's clock hours behind the wall clock.
    #[tokio::test(start_paused = true)]
    async fn only_an_anchored_clock_follows_tokios() {
        let start = Clock::System.now();
        let anchored = Clock::starting_at(start);
        tokio::time::advance(Duration::from_secs(3_600)).await;
        assert!(Clock::System.now() - start < TimeDelta::minutes(30));
        assert_eq!(anchored.now() - start, TimeDelta::hours(1));
    }
}
