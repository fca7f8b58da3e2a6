//! The one clock: calendar time that moves with tokio's.
//!
//! Everything that needs "now" is handed a [`Clock`]. In tests it starts at a chosen instant and moves when tokio's
//! stopped clock moves, so a booking a week ahead and a back-off of thirty seconds are tested in no time.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// Calendar time, anchored once and carried forward by tokio's monotonic clock.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    anchor_utc: DateTime<Utc>,
    anchor: Instant,
}

impl Clock {
    /// The machine's time.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    pub fn system() -> Clock {
        Clock::starting_at(Utc::now())
    }

    /// A clock that reads `now` at this moment.
    pub fn starting_at(now: DateTime<Utc>) -> Clock {
        Clock { anchor_utc: now, anchor: Instant::now() }
    }

    pub fn now(&self) -> DateTime<Utc> {
        let elapsed = TimeDelta::from_std(self.anchor.elapsed()).unwrap_or(TimeDelta::MAX);
        self.anchor_utc.checked_add_signed(elapsed).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}
