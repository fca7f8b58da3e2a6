//! The daily limit in the ledger: HubSpot counts it itself, so the newest of its answers is the truth, and a refusal of one
//! replica holds for all.

use serde::{Deserialize, Serialize};

use super::report::{DailyReport, DailyStop};

/// The daily limit of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DailyLedger {
    #[serde(default)]
    limit: usize,
    #[serde(default)]
    left: usize,
    /// The moment of the answer that told of it; zero if none has.
    #[serde(default)]
    told_ms: i64,
    #[serde(default)]
    stopped_until_ms: i64,
    #[serde(default)]
    reset_ms: i64,
    #[serde(default)]
    resets_at: Option<String>,
}

impl DailyLedger {
    pub(crate) fn note(&mut self, report: Option<DailyReport>, now_ms: i64) {
        let Some(report) = report else { return };
        let told_ms = now_ms - report.age_ms;
        if told_ms >= self.told_ms || told_ms + CLOCK_STEP_MS < self.told_ms {
            (self.limit, self.left, self.told_ms) = (report.limit, report.left, told_ms);
        }
    }

    pub(crate) fn stop(&mut self, stop: Option<&DailyStop>, now_ms: i64) {
        let Some(stop) = stop else { return };
        let until_ms = now_ms + stop.pause_ms.clamp(0, PAUSE_MAX_MS);
        if until_ms >= self.stopped_until_ms || self.in_force(now_ms).is_none() {
            self.stopped_until_ms = until_ms;
            self.reset_ms = now_ms + stop.reset_ms;
            self.resets_at.clone_from(&stop.resets_at);
        }
    }

    pub(crate) fn quota(&self) -> Option<(usize, usize)> {
        (self.told_ms > 0).then_some((self.limit, self.left))
    }

    /// The stop that is in force, with its times from now on.
    pub(crate) fn in_force(&self, now_ms: i64) -> Option<DailyStop> {
        let pause_ms = self.stopped_until_ms - now_ms;
        let stop = || DailyStop { pause_ms, reset_ms: self.reset_ms - now_ms, resets_at: self.resets_at.clone() };
        (1..=PAUSE_MAX_MS).contains(&pause_ms).then(stop)
    }
}

/// A time that is so much later than another one is of a clock that was set back.
const CLOCK_STEP_MS: i64 = 60_000;
/// The longest time for which nothing is sent. Then one request finds out if the limit was raised.
const PAUSE_MAX_MS: i64 = 15 * 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_answer_counts() {
        let mut daily = DailyLedger::default();
        assert_eq!(daily.quota(), None);
        let report = |left, age_ms| Some(DailyReport { limit: 100, left, age_ms });
        daily.note(report(50, 100), 10_000);
        daily.note(report(60, 900), 10_000);
        assert_eq!(daily.quota(), Some((100, 50)), "the other one is older");
        daily.note(report(100, 0), 20_000);
        assert_eq!(daily.quota(), Some((100, 100)), "a new day has begun");
    }

    #[test]
    fn a_stop_ends_by_itself() {
        let mut daily = DailyLedger::default();
        let stop = DailyStop { pause_ms: 1_000, reset_ms: 5_000, resets_at: Some("midnight".into()) };
        daily.stop(Some(&stop), 10_000);
        daily.stop(Some(&DailyStop { pause_ms: 10, ..stop.clone() }), 10_000);
        let left = daily.in_force(10_400).unwrap();
        assert_eq!((left.pause_ms, left.reset_ms, left.resets_at), (600, 4_600, stop.resets_at));
        assert_eq!(daily.in_force(11_000), None);
    }
}
