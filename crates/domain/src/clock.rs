//! The one clock: calendar time, the machine's or a test's.
//!
//! Everything that needs "now" is handed a [`Clock`]. In tests it starts at a chosen instant and moves when tokio's
//! stopped clock moves, so a booking a week ahead and a back-off of thirty seconds are tested in no time.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// Where calendar time comes from.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine, asked each time: its monotonic clock stands still while a laptop sleeps, and sees no correction.
    System,
    /// It read `start` at `anchor`, and moves with tokio's clock.
    Anchored { start: DateTime<Utc>, anchor: Instant },
}

impl Clock {
    /// A clock that reads `now` at this moment.
    pub fn starting_at(now: DateTime<Utc>) -> Clock {
        Clock::Anchored { start: now, anchor: Instant::now() }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
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

    /// As after a night's sleep: tokio's clock tells nothing of the machine's.
    #[tokio::test(start_paused = true)]
    async fn the_machines_time_is_not_carried_forward() {
        let start = Clock::System.now();
        let carried = Clock::starting_at(start);
        tokio::time::advance(Duration::from_secs(3_600)).await;
        assert!(Clock::System.now() - start < TimeDelta::minutes(30));
        assert_eq!(carried.now() - start, TimeDelta::hours(1));
    }
}
