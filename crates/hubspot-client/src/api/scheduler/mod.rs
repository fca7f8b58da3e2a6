//! The scheduler: meeting links, the free times of their people, and bookings.

use std::sync::Arc;

use crate::api::contacts::ContactsState;
use crate::api::meetings::MeetingsState;
use crate::api::scheduler::availability::{AvailabilityPage, BookingInfo, LinkSettings};
use crate::api::scheduler::booking_lock::{BookingLock, BookingLocks};
use crate::api::scheduler::booking_types::{Booking, NewBooking};
use crate::api::scheduler::links::{LinkCache, MeetingLink};
use crate::batching::cache::Cache;
use crate::batching::single_flight::SingleFlight;
use crate::error::Error;
use crate::record::Created;
use crate::settings::Settings;
use crate::tier::Bucket;
use crate::transport::call_scope::CallScope;
use crate::transport::request::{ApiRequest, encoded};
use domain::email::Email;
use domain::id::UserId;
use domain::time_zone::zone::Zone;

pub(crate) mod availability;
mod booking;
pub(crate) mod booking_lock;
pub(crate) mod booking_types;
pub(crate) mod links;
mod meeting_lookup;
mod path;

/// The scheduler of the account.
#[derive(Debug)]
pub struct Scheduler<'a> {
    pub(crate) state: &'a SchedulerState,
    pub(crate) scope: &'a CallScope,
}

/// The caches of links and their settings, and the locks of bookings.
pub(crate) struct SchedulerState {
    contacts: Arc<ContactsState>,
    meetings: Arc<MeetingsState>,
    reads: SingleFlight,
    links: LinkCache,
    /// Settings of meeting links, by slug.
    link_settings: Cache<String, Arc<LinkSettings>>,
    booking_locks: BookingLocks,
}

impl SchedulerState {
    pub(crate) fn new(settings: &Settings, contacts: Arc<ContactsState>, meetings: Arc<MeetingsState>) -> Self {
        SchedulerState {
            contacts,
            meetings,
            reads: SingleFlight::default(),
            links: Cache::new("meeting_links", settings.meeting_links_ttl),
            link_settings: Cache::new("link_settings", settings.meeting_links_ttl),
            booking_locks: BookingLocks::default(),
        }
    }
}

opaque_debug!(SchedulerState);

impl Scheduler<'_> {
    /// Returns every link that the user organises or is a member of: their default link first, then personal ones. From the
    /// cache if the links are in it.
    pub async fn links(&self, user: &UserId) -> Result<Arc<Vec<MeetingLink>>, Error> {
        links::of_user(&self.state.links, self.scope, user).await
    }

    /// Returns the link with this slug, from the cache if the links are in it; `None` if the token does not see it.
    pub async fn link(&self, slug: &str) -> Result<Option<MeetingLink>, Error> {
        Ok(self.all_links().await?.iter().find(|link| link.slug == slug).cloned())
    }

    /// Returns every link of the account, from the cache if they are in it.
    pub(crate) async fn all_links(&self) -> Result<Arc<Vec<MeetingLink>>, Error> {
        links::cached(&self.state.links, self.scope, None).await
    }

    /// Reads a link's settings and the first page of its free times, never from the cache; `None` for an unknown slug.
    pub async fn booking_info(&self, slug: &str, zone: Zone) -> Result<Option<BookingInfo>, Error> {
        let info = self.read_info(slug, zone).await?;
        if let Some(info) = &info {
            self.state.link_settings.insert(slug.to_owned(), info.settings.clone());
        }
        Ok(info)
    }

    /// Returns a link's settings, from the cache if they are in it; `None` for an unknown slug.
    pub async fn link_settings(&self, slug: &str, zone: Zone) -> Result<Option<Arc<LinkSettings>>, Error> {
        let load = async || {
            let info = self.read_info(slug, zone).await?;
            info.map(|info| info.settings).ok_or(Error::MeetingLinkMissing)
        };
        match self.state.link_settings.get(self.scope.deadline(), slug.to_owned(), load).await {
            Ok(settings) => Ok(Some(settings)),
            Err(Error::MeetingLinkMissing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns a link's settings if they are in the cache.
    pub fn known_settings(&self, slug: &str) -> Option<Arc<LinkSettings>> {
        self.state.link_settings.stored(&slug.to_owned())
    }

    /// Reads a link's free times in one month, `month_offset` months after the present one in `zone`. Fails with
    /// [`Error::MeetingLinkMissing`] for an unknown slug.
    pub async fn availability_page(
        &self,
        slug: &str,
        zone: Zone,
        month_offset: u32,
    ) -> Result<AvailabilityPage, Error> {
        let path = path::of(self.scope, &format!("/book/availability-page/{}", encoded(slug)));
        let request = ApiRequest::get(path::FAMILY, path)
            .with("timezone", zone.name())
            .with("monthOffset", &month_offset.to_string());
        match self.state.reads.send(self.scope, Bucket::General, request).await {
            Ok(answer) => Ok(AvailabilityPage::read(&answer)),
            Err(error) if error.error == Error::NotFound => {
                self.forget_link(slug);
                Err(Error::MeetingLinkMissing)
            }
            Err(error) => Err(error.error),
        }
    }

    /// Waits until no other call books this start for this address, and keeps others from it until the lock is dropped.
    pub async fn lock_booking(&self, email: &Email, start_ms: i64) -> BookingLock {
        self.state.booking_locks.lock(email, start_ms).await
    }

    /// Books a meeting. The lock is held until HubSpot has answered, even if the caller stops waiting.
    ///
    /// HubSpot confirms a booking for a calendar that is not connected and books nothing: that is
    /// [`Error::CalendarOffline`] here. A booking whose answer was lost is looked up among the contact's meetings; it is
    /// [`Error::OutcomeUnknown`] if the look-ups do not tell. The refusals of a form, its slot, duration, guests or address
    /// have errors of their own.
    pub async fn book(&self, booking: &NewBooking, lock: BookingLock) -> Result<Created<Booking>, Error> {
        let (contacts, meetings) = (self.state.contacts.clone(), self.state.meetings.clone());
        booking::book(self.scope, contacts, meetings, booking.clone(), lock).await
    }

    async fn read_info(&self, slug: &str, zone: Zone) -> Result<Option<BookingInfo>, Error> {
        let path = path::of(self.scope, &format!("/book/{}", encoded(slug)));
        let request = ApiRequest::get(path::FAMILY, path).with("timezone", zone.name());
        match self.state.reads.send(self.scope, Bucket::General, request).await {
            Ok(answer) => Ok(Some(BookingInfo::read(&answer))),
            Err(error) if error.error == Error::NotFound => {
                self.forget_link(slug);
                Ok(None)
            }
            Err(error) => Err(error.error),
        }
    }

    /// Forgets a link that HubSpot no longer has, in the account's list and in those of its organisers.
    fn forget_link(&self, slug: &str) {
        self.state.links.remove_where(|links| links.iter().any(|link| link.slug == slug));
        self.state.link_settings.remove(&slug.to_owned());
    }
}
