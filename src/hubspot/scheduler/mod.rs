//! The scheduler: meeting links, when their people are free, and bookings.

use chrono_tz::Tz;

use super::HubSpot;
use super::ask::{Ask, encoded};
use super::error::Error;
use super::versions::Api;

mod availability;
mod booking;
mod links;
mod meeting;

pub use availability::{AvailabilityPage, BookingInfo, BusyUser, Consent, ConsentChoice, FormField, Span};
pub use booking::{Booking, ConsentAnswer, FormAnswer, NewBooking};
pub use links::{LinkKind, MeetingLink};

const FAMILY: &str = "scheduler";

#[derive(Debug)]
pub struct Scheduler<'a>(pub(super) &'a HubSpot);

impl Scheduler<'_> {
    /// A link's settings and the first page of its free times; `None` for an unknown slug. Never from memory.
    pub async fn booking_info(&self, slug: &str, zone: Tz) -> Result<Option<BookingInfo>, Error> {
        let ask = Ask::get(FAMILY, self.path(&format!("/book/{}", encoded(slug)))).with("timezone", zone.name());
        match self.0.engine.same_reads.get(self.0, ask).await {
            Ok(answer) => Ok(Some(BookingInfo::read(&answer))),
            Err(Error::NotFound) => {
                // A link that was kept in memory may be gone.
                self.0.engine.meeting_links.forget(&None).await;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// A link's free times in a month: 0 is the present one in `zone`.
    pub async fn availability_page(&self, slug: &str, zone: Tz, month_offset: u32) -> Result<AvailabilityPage, Error> {
        let ask = Ask::get(FAMILY, self.path(&format!("/book/availability-page/{}", encoded(slug))))
            .with("timezone", zone.name())
            .with("monthOffset", &month_offset.to_string());
        match self.0.engine.same_reads.get(self.0, ask).await {
            Ok(answer) => Ok(AvailabilityPage::read(&answer)),
            Err(Error::NotFound) => Err(Error::MeetingLinkMissing),
            Err(error) => Err(error),
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("{}/meeting-links{rest}", self.0.root(Api::Scheduler))
    }
}
