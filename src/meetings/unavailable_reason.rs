//! The reasons for which a day has no free start, or a time is not free. Decisions without I/O.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::slot_search;
use domain::interval::Interval;
use domain::time_zone::zone::Zone;
use hubspot_client::LinkSettings;

const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// The longest time beside an appointment that is taken for the pause which a link keeps there, in milliseconds. HubSpot
/// does not tell it.
const BUFFER_MAX_MS: i64 = 2 * 60 * 60 * 1000;

/// A day of a link, and what is taken and free on it.
#[derive(Clone, Copy, Debug)]
pub struct LinkDay<'a> {
    /// The settings of the link.
    pub settings: &'a LinkSettings,
    /// The date in the customer's zone.
    pub date: NaiveDate,
    /// The whole day.
    pub day: Interval,
    /// The customer's zone.
    pub zone: Zone,
    /// The present time.
    pub now: DateTime<Utc>,
    /// The taken times.
    pub busy: &'a [Interval],
    /// The free slots of the wanted length, in order.
    pub free: &'a [Interval],
}

impl LinkDay<'_> {
    /// The reason why nothing is free on the day, or in `part` of it.
    pub fn none_free(&self, part: Option<Interval>) -> String {
        if let Some(reason) = self.beyond(self.day.start_ms()) {
            return reason;
        }
        let weekday = self.date.weekday();
        let open_on = &self.settings.open_on;
        let has_free = !slot_search::starting_in(self.free, self.day).is_empty();
        match part {
            Some(_) if has_free => {
                "nothing is free in this part of the day; other parts of it have free starts".to_owned()
            }
            _ if !open_on.is_empty() && !open_on.contains(&weekday) => {
                format!("outside the representative's hours: there are none on a {}", self.date.format("%A"))
            }
            _ if self.busy.iter().any(|busy| busy.overlaps(self.day)) => {
                "every start of the day is taken, past or too soon".to_owned()
            }
            _ => "no start is left on this day: the rest of it is outside the representative's hours, or too soon"
                .to_owned(),
        }
    }

    /// The reason why a meeting cannot be held at this time, which is not a free start.
    pub fn not_free(&self, wanted: Interval) -> String {
        if let Some(reason) = self.beyond(wanted.start_ms()) {
            return reason;
        }
        match () {
            () if self.busy.iter().any(|busy| busy.overlaps(wanted)) => "taken".to_owned(),
            () if self.is_among_starts(wanted) => {
                "the link offers no start at this minute, or it is too near another appointment".to_owned()
            }
            () => "outside the representative's hours, or too soon".to_owned(),
        }
    }

    /// True if the time lies in the hours of which free starts are left: in a free slot, or between two of them that only an
    /// appointment can keep apart. The customer's day may span the evening of one working day and the morning of the next.
    fn is_among_starts(&self, wanted: Interval) -> bool {
        let start = wanted.start_ms();
        let of_day = slot_search::starting_in(self.free, self.day);
        if of_day.iter().any(|free| (free.start_ms()..free.end_ms()).contains(&start)) {
            return true;
        }
        let next = of_day.partition_point(|free| free.start_ms() <= start);
        let Some((before, after)) = next.checked_sub(1).and_then(|before| of_day.get(before).zip(of_day.get(next)))
        else {
            return false;
        };
        let Some(gap) = Interval::new(before.end_ms(), after.start_ms()) else { return false };
        let taken = self.busy.iter().filter(|busy| busy.overlaps(gap));
        let taken: i64 = taken.map(|busy| busy.end_ms().min(gap.end_ms()) - busy.start_ms().max(gap.start_ms())).sum();
        let length = wanted.end_ms() - start;
        let allowed = if taken > 0 { 2 * (length + BUFFER_MAX_MS) } else { length };
        gap.end_ms() - gap.start_ms() - taken <= allowed
    }

    /// The end of what can be booked, for a time behind it.
    fn beyond(&self, start_ms: i64) -> Option<String> {
        let weeks =
            self.settings.weeks_advertised.map(|weeks| self.now.timestamp_millis() + i64::from(weeks) * WEEK_MS);
        let end_ms = weeks.into_iter().chain(self.settings.ends_ms).min()?;
        let last = DateTime::from_timestamp_millis(end_ms)?.with_timezone(&self.zone).date_naive();
        (start_ms >= end_ms).then(|| format!("bookable until {last}"))
    }
}

#[cfg(test)]
mod tests {
    use chrono::Weekday;
    use domain::time_zone::rules::ZoneRules;
    use hubspot_client::{Consent, LinkKind};

    use super::*;

    const DAY: &str = "2026-12-01";

    fn settings() -> LinkSettings {
        LinkSettings {
            kind: LinkKind::Personal,
            durations_ms: vec![],
            form_fields: vec![],
            consent: Consent::default(),
            guests_max: 0,
            location: None,
            open_on: vec![Weekday::Mon, Weekday::Tue],
            weeks_advertised: Some(2),
            ends_ms: None,
        }
    }

    fn hours(from: &str, to: &str) -> Interval {
        let at = |time: &str| format!("{DAY}T{time}:00Z").parse::<DateTime<Utc>>().unwrap().timestamp_millis();
        Interval::new(at(from), at(to)).unwrap()
    }

    fn of(settings: &LinkSettings, date: &str, free: &[Interval], busy: &[Interval], check: impl Fn(LinkDay<'_>)) {
        let date: NaiveDate = date.parse().unwrap();
        let start = date.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_millis();
        let day = Interval::new(start, start + 86_400_000).unwrap();
        let now = "2026-11-22T15:00:00Z".parse().unwrap();
        check(LinkDay { settings, date, day, zone: ZoneRules::embedded().utc(), now, busy, free });
    }

    #[test]
    fn a_day_without_a_free_start_has_a_reason() {
        let (settings, free) = (settings(), [hours("09:00", "09:30")]);
        of(&settings, "2026-12-07", &[], &[], |day| assert_eq!(day.none_free(None), "bookable until 2026-12-06"));
        of(&settings, "2026-11-28", &[], &[], |day| assert!(day.none_free(None).ends_with("on a Saturday")));
        of(&settings, DAY, &[], &[hours("08:00", "12:00")], |day| assert!(day.none_free(None).contains("taken")));
        of(&settings, DAY, &[], &[], |day| assert!(day.none_free(None).contains("no start is left")));
        let evening = Some(hours("17:00", "23:00"));
        of(&settings, DAY, &free, &[], |day| assert!(day.none_free(evening).contains("this part of the day")));
    }

    #[test]
    fn a_time_that_is_not_free_has_a_reason() {
        let (settings, free) = (settings(), [hours("09:00", "09:30"), hours("16:00", "16:30")]);
        let busy = [hours("14:00", "15:00")];
        of(&settings, DAY, &free, &busy, |day| {
            assert_eq!(day.not_free(hours("14:30", "15:00")), "taken");
            assert!(day.not_free(hours("09:07", "09:37")).contains("no start at this minute"));
            assert!(day.not_free(hours("20:00", "20:30")).contains("outside"));
        });
        let morning_and_evening = [hours("01:00", "01:30"), hours("18:00", "18:30"), hours("20:00", "20:30")];
        of(&settings, DAY, &morning_and_evening, &[hours("18:30", "20:00")], |day| {
            let outside = day.not_free(hours("16:00", "16:30"));
            assert!(outside.contains("outside"), "the night of the representative: {outside}");
            assert_eq!(day.not_free(hours("19:00", "19:30")), "taken");
        });
        let near = [hours("13:00", "13:30"), hours("15:30", "16:00")];
        of(&settings, DAY, &near, &busy, |day| {
            assert!(day.not_free(hours("13:30", "14:00")).contains("too near another appointment"));
        });
        let ended = LinkSettings { ends_ms: Some(hours("00:00", "00:30").start_ms()), ..settings };
        of(&ended, DAY, &free, &busy, |day| {
            assert!(day.not_free(hours("14:30", "15:00")).starts_with("bookable until"))
        });
    }
}
