//! When a batch is sent again: ten times in twenty-four hours, at times that vary.

use std::time::Duration;

use crate::seeded_random::SeededRandom;

/// Requests after the first one.
pub(super) const RETRIES_MAX: u32 = 10;
/// Longest pause before each of them, in minutes. Together they are less than a day; HubSpot's own are not known.
const PAUSES_MINUTES: [u64; RETRIES_MAX as usize] = [1, 5, 15, 30, 60, 120, 180, 240, 300, 360];
const MS_PER_MINUTE: u64 = 60_000;

/// Returns the pause before a retry, or `None` after the last one. `retry` counts from 1; `speed` divides the pauses.
pub(super) fn pause(retry: u32, speed: u32, chance: &mut SeededRandom) -> Option<Duration> {
    let at = usize::try_from(retry.checked_sub(1)?).ok()?;
    let longest_ms = PAUSES_MINUTES.get(at)? * MS_PER_MINUTE / u64::from(speed.max(1));
    Some(Duration::from_millis(longest_ms / 2 + chance.below(longest_ms / 2 + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_retries_take_less_than_a_day_and_vary() {
        let all = |seed, speed| -> Vec<Duration> {
            let mut chance = SeededRandom::new(seed);
            (1..).map_while(|retry| pause(retry, speed, &mut chance)).collect()
        };
        for seed in 0..100 {
            let pauses = all(seed, 1);
            assert_eq!(pauses.len(), RETRIES_MAX as usize);
            assert!(pauses[0] >= Duration::from_secs(30) && pauses[9] >= Duration::from_secs(3 * 3_600));
            let total: Duration = pauses.iter().sum();
            assert!((Duration::from_secs(10 * 3_600)..Duration::from_secs(24 * 3_600)).contains(&total));
        }
        assert_ne!(all(1, 1), all(2, 1));
        assert!(all(1, 1_000).iter().sum::<Duration>() < Duration::from_secs(90));
        assert_eq!(pause(0, 1, &mut SeededRandom::new(1)), None);
    }
}
