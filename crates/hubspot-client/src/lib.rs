//! A HubSpot client for many concurrent callers: it batches, keeps the account's quota, and never does a write twice.

mod api;
mod batching;
mod client;
mod error;
#[cfg(test)]
mod fake;
mod metrics;
mod object;
mod record;
mod redact;
mod settings;
mod tier;
mod transport;
mod versions;
mod writes;

pub use api::account::{Account, Details, TokenInfo};
pub use api::activities::{Activities, Activity, ActivityKind};
pub use api::associations::Associations;
pub use api::communications::{Communication, Communications};
pub use api::contacts::Contacts;
pub use api::meetings::{Meeting, Meetings};
pub use api::owners::{Owner, Owners, Team};
pub use api::pipelines::{Pipeline, Pipelines, Stage};
pub use api::properties::{Properties, Property, PropertyOption};
pub use api::records::{Filter, Records, SEARCH_PAGE_MAX, Search, SearchPage};
pub use api::scheduler::Scheduler;
pub use api::scheduler::availability::{
    AvailabilityPage, BookingInfo, BusyUser, Consent, ConsentChoice, FormField, LinkSettings, Span,
};
pub use api::scheduler::booking_lock::BookingLock;
pub use api::scheduler::booking_types::{Booking, ConsentAnswer, FormAnswer, NewBooking};
pub use api::scheduler::links::{LinkKind, MeetingLink};
pub use api::tickets::{NewTicket, Tickets};
pub use client::HubSpot;
pub use error::{Error, Problem, Write};
pub use metrics::Usage;
pub use object::Object;
pub use record::{Created, Record};
pub use settings::Settings;
pub use tier::{Bucket, Tier, UnknownTier};
pub use versions::{Api, BadVersion, Versions};
