//! The sandbox's own clock: the machine's until somebody sets, freezes or moves it; from then on it runs with tokio's.
//!
//! Limits and faults use tokio's clock directly, so freezing this one stops calendar time only.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use tokio::time::Instant;

/// Milliseconds since 1970, as HubSpot counts.
pub(super) type Ms = i64;

/// HubSpot's calendar: years outside 1970..=9999 have no place in it.
pub(super) const LAST_MS: Ms = 253_402_300_799_999;

#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    base_ms: Ms,
    running_since: Option<Instant>,
    /// Whether anybody moved it: then it shows another time than the machine's clock.
    is_moved: bool,
}

impl Clock {
    /// Starts at `now`, or at the machine's time.
    pub(super) fn new(now: Option<DateTime<Utc>>) -> Clock {
        let base_ms = now.map_or_else(machines_ms, |now| now.timestamp_millis());
        Clock { base_ms: within(base_ms), running_since: Some(Instant::now()), is_moved: now.is_some() }
    }

    /// The machine is asked each time: tokio's clock stands still while a laptop sleeps.
    pub(super) fn now_ms(&self) -> Ms {
        if self.is_the_machines() {
            return within(machines_ms());
        }
        let elapsed = self.running_since.map_or(0, |since| since.elapsed().as_millis() as Ms);
        within(self.base_ms.saturating_add(elapsed))
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        instant(self.now_ms())
    }

    pub(super) fn is_frozen(&self) -> bool {
        self.running_since.is_none()
    }

    /// Whether it shows the machine's time, as it does until somebody freezes, sets or advances it.
    pub(super) fn is_the_machines(&self) -> bool {
        !self.is_moved
    }

    pub(super) fn freeze(&mut self) {
        self.base_ms = self.now_ms();
        self.running_since = None;
        self.is_moved = true;
    }

    pub(super) fn run(&mut self) {
        self.base_ms = self.now_ms();
        self.running_since = Some(Instant::now());
    }

    /// Jumps to `now`; a frozen clock stays frozen there.
    pub(super) fn set(&mut self, now: DateTime<Utc>) {
        self.base_ms = within(now.timestamp_millis());
        self.running_since = self.running_since.map(|_| Instant::now());
        self.is_moved = true;
    }

    pub(super) fn advance(&mut self, by: TimeDelta) {
        self.base_ms = within(self.now_ms().saturating_add(by.num_milliseconds()));
        self.running_since = self.running_since.map(|_| Instant::now());
        self.is_moved = true;
    }
}

#[expect(clippy::disallowed_methods, reason = "the sandbox shares no clock with the rest: this is its one place")]
fn machines_ms() -> Ms {
    Utc::now().timestamp_millis()
}

fn within(ms: Ms) -> Ms {
    ms.clamp(0, LAST_MS)
}

/// `2026-11-22T15:00:00.000Z`, the form of every date-time in HubSpot's answers.
pub(super) fn stamp(ms: Ms) -> String {
    instant(ms).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The scheduler writes no fraction: `2026-12-01T18:00:00Z`.
pub(super) fn stamp_seconds(ms: Ms) -> String {
    instant(ms).to_rfc3339_opts(SecondsFormat::Secs, true)
}

pub(super) fn instant(ms: Ms) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(within(ms)).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn it_runs_with_tokio_until_frozen() {
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

    /// As after a night's sleep, of which tokio's clock tells nothing.
    #[tokio::test(start_paused = true)]
    async fn it_is_the_machines_until_somebody_moves_it() {
        let mut clock = Clock::new(None);
        let start = clock.now();
        tokio::time::advance(Duration::from_secs(3_600)).await;
        assert!(clock.is_the_machines() && clock.now() - start < TimeDelta::minutes(30));
        clock.advance(TimeDelta::hours(2));
        tokio::time::advance(Duration::from_secs(3_600)).await;
        assert!(clock.now() - start >= TimeDelta::hours(3));
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_set_and_advanced_and_never_leaves_the_calendar() {
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
