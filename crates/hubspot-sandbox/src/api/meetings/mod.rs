//! The scheduler API: meeting links, free slots, bookings, calendar events.

pub(crate) mod booking;
pub(crate) mod booking_info;
pub(crate) mod booking_request;
pub(crate) mod calendar_event;
pub(crate) mod link_list;

use axum::Router;

use super::endpoint::{GET, POST, endpoint, requires};
use crate::rules::access::Scopes;
use crate::sandbox::Sandbox;

/// Scopes of which one is enough to book. HubSpot lists some thirty.
const BOOKING_SCOPES: &[&str] =
    &["crm.objects.contacts.write", "crm.objects.companies.write", "crm.objects.deals.write", "tickets"];

pub(crate) fn routes() -> Router<Sandbox> {
    let read = requires(Scopes::OneOf(&["scheduler.meetings.meeting-link.read"]));
    let write = requires(Scopes::OneOf(BOOKING_SCOPES));
    Router::new()
        .route("/meeting-links", endpoint(GET, read, link_list::list))
        .route("/meeting-links/book", endpoint(POST, write, booking::book))
        .route("/meeting-links/book/{slug}", endpoint(GET, read, booking_info::booking_info))
        .route("/meeting-links/book/availability-page/{slug}", endpoint(GET, read, booking_info::availability_page))
        .route("/calendar", endpoint(POST, write, calendar_event::create))
}
