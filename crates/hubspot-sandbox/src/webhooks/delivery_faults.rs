//! What HubSpot says of its webhooks in one sentence each, as settings: they may come twice, late, in another order, or
//! not at all.

use std::time::Duration;

use serde::Deserialize;

use super::error::WebhookError;
use crate::seeded_random::SeededRandom;

/// Longest time by which an event is late that others overtake, or that comes twice.
const LATE_MAX_MS: u64 = 30_000;
/// Longest delay of all events.
const DELAY_MAX_MS: u64 = 24 * 3_600_000;

/// Shares of events that go wrong, in percent and from a seed: the same events in every run.
///
/// As JSON: `{"seed": 7, "duplicates_percent": 10, "disorder_percent": 20, "loss_percent": 5, "delay_ms": 2000}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliveryFaults {
    /// Beginning of chance.
    pub seed: u64,
    /// Events that are sent twice, the second time up to 30 seconds later.
    pub duplicates_percent: u8,
    /// Events that are sent up to 30 seconds late, so that others overtake them.
    pub disorder_percent: u8,
    /// Events that are never sent.
    pub loss_percent: u8,
    /// Milliseconds until any event is sent, at most a day.
    pub delay_ms: u64,
}

impl DeliveryFaults {
    pub(super) fn check(self) -> Result<(), WebhookError> {
        let shares = [self.duplicates_percent, self.disorder_percent, self.loss_percent];
        shares.iter().find(|share| **share > 100).map_or(Ok(()), |share| Err(WebhookError::InvalidShare(*share)))
    }

    /// Returns after which times an event is sent: one time for most, none for a lost one, two for a duplicate.
    pub(super) fn plan(self, chance: &mut SeededRandom) -> Vec<Duration> {
        let (lost, late, twice) = (
            chance.percent(self.loss_percent),
            chance.percent(self.disorder_percent),
            chance.percent(self.duplicates_percent),
        );
        if lost {
            return Vec::new();
        }
        let delay = Duration::from_millis(self.delay_ms.min(DELAY_MAX_MS));
        let mut some_time = || Duration::from_millis(1 + chance.below(LATE_MAX_MS));
        let first = if late { delay + some_time() } else { delay };
        if twice { vec![first, first + some_time()] } else { vec![first] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plans(mischief: DeliveryFaults) -> Vec<Vec<Duration>> {
        let mut chance = SeededRandom::new(mischief.seed);
        (0..1_000).map(|_| mischief.plan(&mut chance)).collect()
    }

    fn share(plans: &[Vec<Duration>], holds: impl Fn(&[Duration]) -> bool) -> usize {
        plans.iter().filter(|plan| holds(plan)).count()
    }

    #[test]
    fn without_settings_every_event_is_sent_once_and_at_once() {
        assert!(plans(DeliveryFaults::default()).iter().all(|plan| *plan == [Duration::ZERO]));
    }

    #[test]
    fn shares_of_events_are_lost_late_and_doubled() {
        let settings = DeliveryFaults {
            loss_percent: 20,
            duplicates_percent: 30,
            disorder_percent: 10,
            ..DeliveryFaults::default()
        };
        let plans = plans(settings);
        assert!((150..250).contains(&share(&plans, <[_]>::is_empty)));
        assert!((180..300).contains(&share(&plans, |plan| plan.len() == 2)));
        assert!((50..120).contains(&share(&plans, |plan| plan.first().is_some_and(|first| !first.is_zero()))));
    }

    #[test]
    fn a_delay_holds_for_all_and_a_seed_repeats_itself() {
        let delayed = DeliveryFaults { delay_ms: 2_000, ..DeliveryFaults::default() };
        assert!(plans(delayed).iter().all(|plan| *plan == [Duration::from_secs(2)]));
        // Late and doubled events come after it, within their own bound.
        let mixed = DeliveryFaults { disorder_percent: 50, duplicates_percent: 50, ..delayed };
        let (first, late) = (Duration::from_secs(2), Duration::from_millis(LATE_MAX_MS));
        for plan in plans(mixed) {
            assert!(plan[0] >= first && plan[0] <= first + late, "{plan:?}");
            assert!(plan.get(1).is_none_or(|second| *second > plan[0] && *second <= plan[0] + late), "{plan:?}");
        }
        let longest = DeliveryFaults { delay_ms: u64::MAX, ..DeliveryFaults::default() };
        assert!(plans(longest).iter().all(|plan| *plan == [Duration::from_millis(DELAY_MAX_MS)]));
        let seeded = |seed| plans(DeliveryFaults { seed, disorder_percent: 50, ..DeliveryFaults::default() });
        assert_eq!(seeded(1), seeded(1));
        assert_ne!(seeded(1), seeded(2));
        assert!(DeliveryFaults { loss_percent: 101, ..DeliveryFaults::default() }.check().is_err());
    }
}
