//! The calendar time of an account. It follows the machine's clock until it is set, frozen or moved, and tokio's clock
//! from then on.
//!
//! Limits, delays and search lag use tokio's clock directly, so freezing this one stops the calendar time only.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use tokio::time::Instant;

/// Milliseconds since 1970 UTC, or a duration in milliseconds.
pub(crate) type Ms = i64;

/// End of HubSpot's calendar, which has the years from 1970 to 9999.
pub(crate) const LAST_MS: Ms = 253_402_300_799_999;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    base_ms: Ms,
    running_since: Option<Instant>,
    /// It was set, frozen or moved, so that it no longer follows the machine's clock.
    is_moved: bool,
}

impl Clock {
    /// Creates a clock that starts at `now`, or one that follows the machine's clock.
    pub(crate) fn new(now: Option<DateTime<Utc>>) -> Clock {
        let base_ms = now.map_or_else(system_ms, |now| now.timestamp_millis());
        Clock { base_ms: clamp_to_calendar(base_ms), running_since: Some(Instant::now()), is_moved: now.is_some() }
    }

    /// Returns the time. While it follows the machine's clock, that is read each time: tokio's stands still while a
    /// laptop sleeps.
    pub(crate) fn now_ms(&self) -> Ms {
        if self.follows_system_clock() {
            return clamp_to_calendar(system_ms());
        }
        let elapsed = self.running_since.map_or(0, |since| since.elapsed().as_millis() as Ms);
        clamp_to_calendar(self.base_ms.saturating_add(elapsed))
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        instant(self.now_ms())
    }

    pub(crate) fn is_frozen(&self) -> bool {
        self.running_since.is_none()
    }

    /// Says that the clock was neither set nor frozen nor moved.
    pub(crate) fn follows_system_clock(&self) -> bool {
        !self.is_moved
    }

    pub(crate) fn freeze(&mut self) {
        self.base_ms = self.now_ms();
        self.running_since = None;
        self.is_moved = true;
    }

    pub(crate) fn run(&mut self) {
        self.base_ms = self.now_ms();
        self.running_since = Some(Instant::now());
    }

    /// Sets the time. A frozen clock stays frozen.
    pub(crate) fn set(&mut self, now: DateTime<Utc>) {
        self.base_ms = clamp_to_calendar(now.timestamp_millis());
        self.running_since = self.running_since.map(|_| Instant::now());
        self.is_moved = true;
    }

    pub(crate) fn advance(&mut self, by: TimeDelta) {
        self.base_ms = clamp_to_calendar(self.now_ms().saturating_add(by.num_milliseconds()));
        self.running_since = self.running_since.map(|_| Instant::now());
        self.is_moved = true;
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the only place where the sandbox reads the machine's clock")]
fn system_ms() -> Ms {
    Utc::now().timestamp_millis()
}

fn clamp_to_calendar(ms: Ms) -> Ms {
    ms.clamp(0, LAST_MS)
}

/// Formats a date-time as most of HubSpot's responses do: `2026-11-22T15:00:00.000Z`.
pub(crate) fn stamp(ms: Ms) -> String {
    instant(ms).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Formats a date-time as the scheduler does, without a fraction: `2026-12-01T18:00:00Z`.
pub(crate) fn stamp_seconds(ms: Ms) -> String {
    instant(ms).to_rfc3339_opts(SecondsFormat::Secs, true)
}

pub(crate) fn instant(ms: Ms) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(clamp_to_calendar(ms)).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_follows_tokio_until_it_is_frozen() {
        let mut clock = Clock::new(Some(noon()));
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(clock.now(), noon() + TimeDelta::seconds(60));
        clock.freeze();
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(clock.now(), noon() + TimeDelta::seconds(60));
        assert!(clock.is_frozen());
        clock.run();
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(clock.now(), noon() + TimeDelta::seconds(61));
    }

    /// Tokio's clock is stopped here, as it is while a laptop sleeps.
    #[tokio::test(start_paused = true)]
    async fn the_clock_follows_the_machines_until_it_is_moved() {
        let mut clock = Clock::new(None);
        let start = clock.now();
        tokio::time::advance(Duration::from_secs(3_600)).await;
        assert!(clock.follows_system_clock() && clock.now() - start < TimeDelta::minutes(30));
        clock.advance(TimeDelta::hours(2));
        tokio::time::advance(Duration::from_secs(3_600)).await;
        assert!(clock.now() - start >= TimeDelta::hours(3));
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_is_set_and_advanced_and_stays_within_the_calendar() {
        let mut clock = Clock::new(Some(noon()));
        clock.advance(TimeDelta::hours(1));
        assert_eq!(clock.now(), noon() + TimeDelta::hours(1));
        clock.set(noon());
        assert_eq!(clock.now(), noon());
        clock.advance(TimeDelta::MAX);
        assert_eq!(stamp(clock.now_ms()), "9999-12-31T23:59:59.999Z");
        assert_eq!(stamp_seconds(1_796_148_000_000), "2026-12-01T18:00:00Z");
    }
}
