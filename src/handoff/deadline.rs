//! The time by which somebody should have taken a conversation. Pure.

use chrono::{DateTime, TimeDelta, Utc};

use crate::hours::calendar::{Hours, Opening};

/// The time after these minutes, counted from the next opening where nobody answers now.
pub fn of(hours: &Hours, now: DateTime<Utc>, minutes: u64) -> DateTime<Utc> {
    let from = match hours.answering(now) {
        Opening::Open { .. } | Opening::Closed { opens_at: None, .. } => now,
        Opening::Closed { opens_at: Some(opens), .. } => opens.to_utc(),
    };
    let minutes = TimeDelta::try_minutes(i64::try_from(minutes).unwrap_or(i64::MAX)).unwrap_or(TimeDelta::MAX);
    from.checked_add_signed(minutes).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use domain::time_zone::rules::ZoneRules;

    use super::*;
    use crate::hours::setting;

    #[test]
    fn minutes_count_while_people_answer() {
        let office = "zone = \"UTC\"\n[days]\nmonday = [\"09:00-17:00\"]\ntuesday = [\"09:00-17:00\"]";
        let office = setting::read(office, ZoneRules::embedded()).unwrap();
        for (hours, now, expected) in [
            (&Hours::default(), "2026-12-07T03:00:00Z", "2026-12-07T03:10:00Z"),
            (&office, "2026-12-07T10:00:00Z", "2026-12-07T10:10:00Z"),
            (&office, "2026-12-07T20:00:00Z", "2026-12-08T09:10:00Z"),
        ] {
            let deadline = of(hours, now.parse().unwrap(), 10);
            assert_eq!(deadline, expected.parse::<DateTime<Utc>>().unwrap(), "{now}");
        }
    }
}
