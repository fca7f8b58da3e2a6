//! The scheduler: meeting links, when their people are free, and bookings.

use std::sync::Arc;

use chrono_tz::Tz;

use crate::HubSpot;
use crate::error::Error;
use crate::tier::Bucket;
use crate::transport::request::{ApiRequest, encoded};
use crate::versions::Api;

mod availability;
mod booking;
mod booking_lock;
mod links;
mod meeting;

pub use availability::{
    AvailabilityPage, BookingInfo, BusyUser, Consent, ConsentChoice, FormField, LinkSettings, Span,
};
pub use booking::{Booking, ConsentAnswer, FormAnswer, NewBooking};
pub use booking_lock::BookingLock;
pub(crate) use booking_lock::BookingLocks;
pub use links::{LinkKind, MeetingLink};

const FAMILY: &str = "scheduler";

#[derive(Debug)]
pub struct Scheduler<'a>(pub(crate) &'a HubSpot);

impl Scheduler<'_> {
    /// A link's settings and the first page of its free times; `None` for an unknown slug. Never from memory.
    pub async fn booking_info(&self, slug: &str, zone: Tz) -> Result<Option<BookingInfo>, Error> {
        let info = self.fresh_info(slug, zone).await?;
        if let Some(info) = &info {
            self.0.engine.link_settings.put(slug.to_owned(), info.settings.clone()).await;
        }
        Ok(info)
    }

    /// A link's settings, from memory if they were read a short while ago; `None` for an unknown slug.
    pub async fn link_settings(&self, slug: &str, zone: Tz) -> Result<Option<Arc<LinkSettings>>, Error> {
        let load = async || {
            let info = self.fresh_info(slug, zone).await?;
            info.map(|info| info.settings).ok_or(Error::MeetingLinkMissing)
        };
        match self.0.engine.link_settings.get(self.0, slug.to_owned(), load).await {
            Ok(settings) => Ok(Some(settings)),
            Err(Error::MeetingLinkMissing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn fresh_info(&self, slug: &str, zone: Tz) -> Result<Option<BookingInfo>, Error> {
        let ask = ApiRequest::get(FAMILY, self.path(&format!("/book/{}", encoded(slug)))).with("timezone", zone.name());
        match self.0.engine.same_reads.get(self.0, Bucket::General, ask).await {
            Ok(answer) => Ok(Some(BookingInfo::read(&answer))),
            Err(Error::NotFound) => {
                // A link that was kept in memory may be gone.
                self.0.engine.meeting_links.forget(&None).await;
                self.0.engine.link_settings.forget(&slug.to_owned()).await;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// A link's free times in a month: 0 is the present one in `zone`.
    pub async fn availability_page(&self, slug: &str, zone: Tz, month_offset: u32) -> Result<AvailabilityPage, Error> {
        let ask = ApiRequest::get(FAMILY, self.path(&format!("/book/availability-page/{}", encoded(slug))))
            .with("timezone", zone.name())
            .with("monthOffset", &month_offset.to_string());
        match self.0.engine.same_reads.get(self.0, Bucket::General, ask).await {
            Ok(answer) => Ok(AvailabilityPage::read(&answer)),
            Err(Error::NotFound) => {
                self.0.engine.link_settings.forget(&slug.to_owned()).await;
                Err(Error::MeetingLinkMissing)
            }
            Err(error) => Err(error),
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("{}/meeting-links{rest}", self.0.root(Api::Scheduler))
    }
}
