//! The availability of a meeting link, read fresh from HubSpot: it is never cached.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::busy;
use domain::id::UserId;
use domain::interval::Interval;
use domain::time_zone::zone::Zone;
use hubspot_client::{self, AvailabilityPage, HubSpot, LinkSettings, Span};

/// The most pages that are read for one query; HubSpot pages availability by month.
const PAGES_MAX: u32 = 6;
const MINUTE_MS: i64 = 60_000;

/// The free and busy times of a meeting link around a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    /// The link's slug.
    pub slug: String,
    /// The link's durations, form and consents.
    pub settings: Arc<LinkSettings>,
    /// No calendar is connected: HubSpot would accept a booking and book nothing.
    pub offline: bool,
    people: BTreeMap<Option<UserId>, Vec<Interval>>,
    /// Free times by duration in minutes.
    free: BTreeMap<u32, Vec<Interval>>,
}

/// The link whose availability is read, and the day.
#[derive(Clone, Copy, Debug)]
pub struct AvailabilityQuery<'a> {
    /// The link's slug.
    pub slug: &'a str,
    /// The customer's time zone.
    pub zone: Zone,
    /// The present day in `zone`.
    pub today: NaiveDate,
    /// The wanted day in `zone`.
    pub day: NaiveDate,
}

/// Reads the month of the day, and the following months until `enough`; `None` if there is no such link.
pub async fn read(
    hubspot: &HubSpot,
    query: AvailabilityQuery<'_>,
    enough: impl Fn(&Availability) -> bool,
) -> Result<Option<Availability>, hubspot_client::Error> {
    let scheduler = hubspot.scheduler();
    let first = months_between(query.today, query.day);
    let (mut availability, mut more) = match first {
        0 => {
            let Some(info) = scheduler.booking_info(query.slug, query.zone).await? else { return Ok(None) };
            let mut availability = Availability::new(query.slug, info.settings);
            let more = availability.add(info.availability);
            availability.offline |= info.offline;
            (availability, more)
        }
        _ => {
            let settings = scheduler.link_settings(query.slug, query.zone).await?;
            let Some(settings) = settings else { return Ok(None) };
            let mut availability = Availability::new(query.slug, settings);
            let more = availability.add(scheduler.availability_page(query.slug, query.zone, first).await?);
            (availability, more)
        }
    };
    for month_offset in first + 1..first + PAGES_MAX {
        if !more || availability.offline || enough(&availability) {
            break;
        }
        more = availability.add(scheduler.availability_page(query.slug, query.zone, month_offset).await?);
    }
    Ok(Some(availability))
}

/// The offset of the day's month: HubSpot counts calendar months from the present one.
fn months_between(today: NaiveDate, day: NaiveDate) -> u32 {
    let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
    u32::try_from(months(day) - months(today)).unwrap_or(0)
}

impl Availability {
    fn new(slug: &str, settings: Arc<LinkSettings>) -> Availability {
        let minutes = settings.durations_ms.iter().filter_map(|ms| u32::try_from(ms / MINUTE_MS).ok());
        let free = minutes.map(|minutes| (minutes, vec![])).collect();
        Availability { slug: slug.to_owned(), settings, offline: false, people: BTreeMap::new(), free }
    }

    /// The durations in minutes, shortest first.
    pub fn durations(&self) -> Vec<u32> {
        self.free.keys().copied().collect()
    }

    /// The free times of that duration in the order of their starts; they overlap.
    pub fn free(&self, duration_minutes: u32) -> &[Interval] {
        self.free.get(&duration_minutes).map_or(&[], Vec::as_slice)
    }

    /// Intervals that cannot be booked, merged and in order.
    pub fn busy(&self) -> Vec<Interval> {
        busy::of_link(self.settings.kind, self.people.values().cloned())
    }

    /// The requested duration in minutes, if the link offers it; by default the shortest.
    pub fn duration(&self, asked_minutes: Option<u32>) -> Result<u32, DurationNotOffered> {
        let durations = self.durations();
        match asked_minutes {
            Some(asked) if durations.contains(&asked) => Ok(asked),
            None if !durations.is_empty() => Ok(durations[0]),
            _ => Err(DurationNotOffered(durations)),
        }
    }

    /// Adds a page and returns true if there may be more.
    fn add(&mut self, page: AvailabilityPage) -> bool {
        self.offline |= page.all_offline();
        for (duration_ms, slots) in page.free {
            let minutes = u32::try_from(duration_ms / MINUTE_MS).unwrap_or(u32::MAX);
            let kept = self.free.entry(minutes).or_default();
            kept.extend(slots.into_iter().filter_map(interval));
            kept.sort_unstable();
            kept.dedup();
        }
        // A user without a connected calendar does not restrict the link.
        for user in page.busy.into_iter().filter(|user| !user.offline) {
            self.people.entry(user.user_id).or_default().extend(user.spans.into_iter().filter_map(interval));
        }
        page.has_more
    }
}

/// The link does not availability the duration; it offers these, in minutes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`duration`: this meeting link offers {}", offered(.0))]
pub struct DurationNotOffered(pub Vec<u32>);

fn offered(durations: &[u32]) -> String {
    match durations {
        [] => "no length at all".to_owned(),
        _ => format!("{} minutes", durations.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")),
    }
}

fn interval(span: Span) -> Option<Interval> {
    Interval::new(span.start_ms, span.end_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_by_the_calendar() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let table = [
            ("2026-11-22", "2026-11-30", 0),
            ("2026-11-30", "2026-12-01", 1),
            ("2026-12-31", "2027-01-01", 1),
            ("2026-11-22", "2027-11-01", 12),
            ("2026-11-22", "2026-10-01", 0),
        ];
        for (today, wanted, months) in table {
            assert_eq!(months_between(day(today), day(wanted)), months, "{today} {wanted}");
        }
    }
}
