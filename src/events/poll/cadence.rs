//! When an inbox is looked at next. Pure: the loop around it waits.

use std::time::Duration;

/// The pauses while customers write, usually, and when nobody has written for long.
const LIVELY: Duration = Duration::from_secs(4);
const USUAL: Duration = Duration::from_secs(15);
const QUIET: Duration = Duration::from_secs(60);

/// The pause where webhooks tell what is new: a look finds what they lost.
const SAFETY: Duration = Duration::from_secs(90);

/// An inbox is lively for so long after a message, and quiet if there was none for so long.
const LIVELY_FOR: Duration = Duration::from_secs(10 * 60);
const QUIET_AFTER: Duration = Duration::from_secs(8 * 60 * 60);

/// Above this share of the account's daily limit, the pauses are doubled; from this share on, polling stops.
const SPARING_FROM: f64 = 0.6;
const STOPPED_FROM: f64 = 0.9;

/// While it is stopped, one look in this time finds out if the limit has begun anew.
pub const PROBE_EVERY: Duration = Duration::from_secs(15 * 60);

/// The share of the daily limit that looks may take in all. What is found is read beside it.
const SHARE_MAX: f64 = 0.25;
const SECONDS_OF_DAY: f64 = 24.0 * 60.0 * 60.0;

/// The longest pause after failures.
const FAILING_MAX: Duration = Duration::from_secs(5 * 60);

/// The reason for which inboxes are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Nothing else tells what is new.
    Alone,
    /// Webhooks tell it; looks find what they lost.
    BesideWebhooks,
}

/// All that decides about the next look at an inbox.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Situation {
    /// The time since a customer wrote into this inbox, or since polling began in this process.
    pub since_message: Duration,
    /// True if a customer has written since polling began in this process.
    pub had_message: bool,
    /// The used share of the daily limit, from 0 to 1; 0 where it is not known.
    pub used: f64,
    /// The daily limit, if it is known.
    pub limit: Option<usize>,
    /// The inboxes that are looked at.
    pub inboxes: usize,
    /// The reason for which it is looked at.
    pub duty: Duty,
    /// Looks at this inbox that failed, one after the other.
    pub failures: u32,
}

/// The pause until the next look.
pub fn pause(now: &Situation) -> Duration {
    if now.used >= STOPPED_FROM {
        return PROBE_EVERY;
    }
    let usual = match now.duty {
        Duty::Alone => pause_of(now.since_message, now.had_message),
        Duty::BesideWebhooks => SAFETY,
    };
    let sparing = if now.used > SPARING_FROM { usual * 2 } else { usual };
    backed_off(sparing.max(shared(now.limit, now.inboxes)), now.failures)
}

fn pause_of(since_message: Duration, had_message: bool) -> Duration {
    match since_message {
        _ if had_message && since_message < LIVELY_FOR => LIVELY,
        _ if since_message >= QUIET_AFTER => QUIET,
        _ => USUAL,
    }
}

/// The pause with which looks at all inboxes take their share of the daily limit.
fn shared(limit: Option<usize>, inboxes: usize) -> Duration {
    let Some(limit) = limit else { return Duration::ZERO };
    let looks_of_day = (limit as f64 * SHARE_MAX).max(1.0);
    Duration::from_secs_f64(inboxes as f64 * SECONDS_OF_DAY / looks_of_day)
}

fn backed_off(pause: Duration, failures: u32) -> Duration {
    match failures {
        0 => pause,
        _ => pause.saturating_mul(2_u32.saturating_pow(failures)).min(FAILING_MAX.max(pause)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const HOUR: Duration = Duration::from_secs(3_600);

    fn situation() -> Situation {
        Situation {
            since_message: MINUTE,
            had_message: true,
            used: 0.1,
            limit: Some(250_000),
            inboxes: 1,
            duty: Duty::Alone,
            failures: 0,
        }
    }

    #[test]
    fn an_inbox_is_looked_at_as_often_as_it_is_used() {
        let secs = Duration::from_secs;
        let table = [
            (situation(), secs(4)),
            (Situation { since_message: Duration::ZERO, ..situation() }, secs(4)),
            (Situation { since_message: 10 * MINUTE, ..situation() }, secs(15)),
            (Situation { had_message: false, ..situation() }, secs(15)),
            (Situation { since_message: 8 * HOUR, ..situation() }, secs(60)),
            (Situation { since_message: 8 * HOUR, had_message: false, ..situation() }, secs(60)),
            (Situation { duty: Duty::BesideWebhooks, ..situation() }, secs(90)),
            (Situation { duty: Duty::BesideWebhooks, since_message: 8 * HOUR, ..situation() }, secs(90)),
            (Situation { used: 0.6, ..situation() }, secs(4)),
            (Situation { used: 0.61, ..situation() }, secs(8)),
            (Situation { used: 0.61, duty: Duty::BesideWebhooks, ..situation() }, secs(180)),
            (Situation { used: 0.899, since_message: 9 * HOUR, ..situation() }, secs(120)),
            (Situation { used: 0.9, ..situation() }, secs(900)),
            (Situation { used: 1.0, duty: Duty::BesideWebhooks, failures: 3, ..situation() }, secs(900)),
            (Situation { limit: None, inboxes: 50, ..situation() }, secs(4)),
            (Situation { inboxes: 2, ..situation() }, secs(4)),
            (Situation { failures: 1, ..situation() }, secs(8)),
            (Situation { failures: 3, ..situation() }, secs(32)),
            (Situation { failures: 60, ..situation() }, secs(300)),
            (Situation { failures: 60, duty: Duty::BesideWebhooks, ..situation() }, secs(300)),
        ];
        for (now, expected) in table {
            assert_eq!(pause(&now), expected, "{now:?}");
        }
    }

    #[test]
    fn looks_at_many_inboxes_take_a_quarter_of_the_daily_limit_in_all() {
        for (limit, inboxes) in [(250_000, 10), (250_000, 100), (1_000_000, 100), (10, 1), (0, 3)] {
            let one = pause(&Situation { limit: Some(limit), inboxes, ..situation() });
            let looks_of_day = inboxes as f64 * SECONDS_OF_DAY / one.as_secs_f64();
            assert!(looks_of_day <= limit.max(4) as f64 * 0.25 + 1e-6, "{limit} {inboxes}: {looks_of_day}");
        }
    }
}
