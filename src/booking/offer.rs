//! What a meeting link offers, read fresh from HubSpot: availability is never kept.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use crate::crm::interval::{Interval, merged};
use crate::hubspot::{self, AvailabilityPage, HubSpot, Span};

/// Months that are read ahead at most; HubSpot pages availability by month.
const MONTHS_MAX: u32 = 12;
const MINUTE_MS: i64 = 60_000;

/// The free and the busy times behind a meeting link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub slug: String,
    /// Everybody's busy times, merged, in order.
    pub busy: Vec<Interval>,
    /// By length in minutes.
    free: BTreeMap<u32, Vec<Interval>>,
}

impl Offer {
    /// The lengths in minutes, shortest first.
    pub fn durations(&self) -> Vec<u32> {
        self.free.keys().copied().collect()
    }

    pub fn free(&self, duration_minutes: u32) -> &[Interval] {
        self.free.get(&duration_minutes).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, page: AvailabilityPage) {
        for (duration_ms, slots) in page.free {
            let minutes = u32::try_from(duration_ms / MINUTE_MS).unwrap_or(u32::MAX);
            self.free.entry(minutes).or_default().extend(slots.into_iter().filter_map(interval));
        }
        let busy = page.busy.into_iter().flat_map(|user| user.spans).filter_map(interval);
        self.busy = merged(std::mem::take(&mut self.busy).into_iter().chain(busy).collect());
    }
}

/// Reads month after month until `until_ms` is covered or HubSpot has no more; `None` when there is no such link.
pub async fn read(hubspot: &HubSpot, slug: &str, zone: Tz, until_ms: i64) -> Result<Option<Offer>, hubspot::Error> {
    let Some(info) = hubspot.scheduler().booking_info(slug, zone).await? else { return Ok(None) };
    let free = info.durations_ms.iter().filter_map(|ms| Some((u32::try_from(ms / MINUTE_MS).ok()?, vec![]))).collect();
    let mut offer = Offer { slug: slug.to_owned(), busy: vec![], free };
    let mut more = info.availability.has_more;
    let mut covered_ms = covered(&info.availability);
    offer.add(info.availability);
    for month_offset in 1..MONTHS_MAX {
        if !more || covered_ms >= until_ms {
            break;
        }
        let page = hubspot.scheduler().availability_page(slug, zone, month_offset).await?;
        (more, covered_ms) = (page.has_more, covered(&page).max(covered_ms));
        offer.add(page);
    }
    Ok(Some(offer))
}

/// How far a page reaches: to its last free slot.
fn covered(page: &AvailabilityPage) -> i64 {
    page.free.values().flatten().map(|slot| slot.start_ms).max().unwrap_or(i64::MIN)
}

fn interval(span: Span) -> Option<Interval> {
    Interval::new(span.start_ms, span.end_ms)
}
