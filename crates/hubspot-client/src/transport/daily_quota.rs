//! The reset of HubSpot's daily limit: midnight in the account's time zone (HubSpot, API usage guidelines).

use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeZone, Utc};
use domain::time_zone::zone::Zone;

/// The longest time for which nothing is sent. Then one request finds out if the limit was raised.
pub(crate) const PROBE_AFTER: Duration = Duration::from_secs(15 * 60);

/// The next midnight of the account, or `None` while its time zone is unknown.
pub(crate) fn resets_at(now: DateTime<Utc>, zone: Option<Zone>) -> Option<DateTime<Zone>> {
    let zone = zone?;
    let tomorrow = now.with_timezone(&zone).date_naive().succ_opt()?;
    // Where clocks jump over midnight the day starts an hour later.
    let starts = [0, 1].map(|hour| NaiveTime::from_hms_opt(hour, 0, 0));
    starts.into_iter().flatten().find_map(|time| zone.from_local_datetime(&tomorrow.and_time(time)).earliest())
}

#[cfg(test)]
mod tests {
    use domain::time_zone::rules::ZoneRules;

    use super::*;

    #[test]
    fn the_day_ends_at_the_midnight_of_the_account() {
        let cases = [
            ("2026-11-22T15:00:00Z", "America/New_York", "2026-11-23T00:00:00-05:00"),
            ("2026-11-22T15:00:00Z", "Asia/Tokyo", "2026-11-24T00:00:00+09:00"),
            ("2024-04-25T15:00:00Z", "Africa/Cairo", "2024-04-26T01:00:00+03:00"), // Cairo skips that midnight.
        ];
        for (now, zone, want) in cases {
            let zone = ZoneRules::embedded().zone(zone);
            assert_eq!(resets_at(now.parse().unwrap(), zone).unwrap().to_rfc3339(), want);
        }
        assert_eq!(resets_at("2026-11-22T15:00:00Z".parse().unwrap(), None), None);
    }
}
