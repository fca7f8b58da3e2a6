//! What a meeting link offers, read fresh from HubSpot: availability is never kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use super::busy;
use crate::tool::ToolError;
use domain::code::Code;
use domain::id::UserId;
use domain::interval::Interval;
use hubspot_client::{self, AvailabilityPage, HubSpot, LinkSettings, Span};

/// Pages that are read for one question at most; HubSpot pages availability by month.
const PAGES_MAX: u32 = 6;
const MINUTE_MS: i64 = 60_000;

/// The free and the busy times behind a meeting link, around a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    pub slug: String,
    pub settings: Arc<LinkSettings>,
    /// Nobody's calendar is connected: HubSpot would say yes to a booking and book nothing.
    pub offline: bool,
    people: BTreeMap<Option<UserId>, Vec<Interval>>,
    /// By length in minutes.
    free: BTreeMap<u32, Vec<Interval>>,
}

/// Whose offer is read, and around which day.
#[derive(Clone, Copy, Debug)]
pub struct AvailabilityQuery<'a> {
    pub slug: &'a str,
    pub zone: Tz,
    /// In `zone`.
    pub today: NaiveDate,
    pub day: NaiveDate,
}

/// Reads the month of the day, and the months after it until `enough`; `None` when there is no such link.
pub async fn read(
    hubspot: &HubSpot,
    question: AvailabilityQuery<'_>,
    enough: impl Fn(&Availability) -> bool,
) -> Result<Option<Availability>, hubspot_client::Error> {
    let scheduler = hubspot.scheduler();
    let first = months_between(question.today, question.day);
    let (mut offer, mut more) = match first {
        0 => {
            let Some(info) = scheduler.booking_info(question.slug, question.zone).await? else { return Ok(None) };
            let mut offer = Availability::new(question.slug, info.settings);
            let more = offer.add(info.availability);
            offer.offline |= info.offline;
            (offer, more)
        }
        _ => {
            let settings = scheduler.link_settings(question.slug, question.zone).await?;
            let Some(settings) = settings else { return Ok(None) };
            let mut offer = Availability::new(question.slug, settings);
            let more = offer.add(scheduler.availability_page(question.slug, question.zone, first).await?);
            (offer, more)
        }
    };
    for month_offset in first + 1..first + PAGES_MAX {
        if !more || offer.offline || enough(&offer) {
            break;
        }
        more = offer.add(scheduler.availability_page(question.slug, question.zone, month_offset).await?);
    }
    Ok(Some(offer))
}

/// HubSpot counts months by the calendar, from the present one.
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

    /// The lengths in minutes, shortest first.
    pub fn durations(&self) -> Vec<u32> {
        self.free.keys().copied().collect()
    }

    /// Free times of that length in the order of their starts; they overlap.
    pub fn free(&self, duration_minutes: u32) -> &[Interval] {
        self.free.get(&duration_minutes).map_or(&[], Vec::as_slice)
    }

    pub fn busy(&self) -> Vec<Interval> {
        busy::of_link(self.settings.kind, self.people.values().cloned())
    }

    /// The length that was asked for, if the link offers it; the shortest where none was.
    pub fn duration(&self, asked_minutes: Option<u32>) -> Result<u32, ToolError> {
        let durations = self.durations();
        match asked_minutes {
            Some(asked) if durations.contains(&asked) => Ok(asked),
            None if !durations.is_empty() => Ok(durations[0]),
            _ => Err(not_offered(&durations)),
        }
    }

    /// Adds a page and says whether there may be more.
    fn add(&mut self, page: AvailabilityPage) -> bool {
        self.offline |= page.all_offline();
        for (duration_ms, slots) in page.free {
            let minutes = u32::try_from(duration_ms / MINUTE_MS).unwrap_or(u32::MAX);
            let kept = self.free.entry(minutes).or_default();
            kept.extend(slots.into_iter().filter_map(interval));
            kept.sort_unstable();
            kept.dedup();
        }
        // Whoever has no calendar holds nobody up and cannot be told from somebody who is always free.
        for user in page.busy.into_iter().filter(|user| !user.offline) {
            self.people.entry(user.user_id).or_default().extend(user.spans.into_iter().filter_map(interval));
        }
        page.has_more
    }
}

fn not_offered(durations: &[u32]) -> ToolError {
    let offered = durations.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let message = match durations.is_empty() {
        true => "`duration`: this meeting link offers no length at all".to_owned(),
        false => format!("`duration`: this meeting link offers {offered} minutes"),
    };
    ToolError::new(Code::DurationNotOffered, message, "send one of `durations`").with("durations", durations)
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
