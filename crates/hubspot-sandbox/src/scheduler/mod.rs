//! The scheduler: meeting links, calendars, free slots, booking.

mod book;
pub(super) mod calendar;
mod event;
mod info;
pub(super) mod link;
mod listing;
mod offer;
mod request;
pub(super) mod slots;

use std::collections::BTreeMap;

use axum::Router;

use super::Sandbox;
use super::access::Scopes;
use super::router::{GET, POST, answers, needs};
use calendar::{Calendar, Interval};
use link::MeetingLink;

/// What the scheduler remembers.
#[derive(Clone, Debug, Default)]
pub(super) struct Scheduler {
    pub(super) links: Vec<MeetingLink>,
    /// By user id
    pub(super) calendars: BTreeMap<u64, Calendar>,
    /// Events made so far, for ids that repeat in every run
    pub(super) events: u64,
}

impl Scheduler {
    pub(super) fn link(&self, slug: &str) -> Option<&MeetingLink> {
        self.links.iter().find(|link| link.slug == slug)
    }

    /// The id that the next event will have, such as Google's calendar gives: 26 characters of base 32.
    pub(super) fn next_event_id(&self) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
        let mut seed = u128::from(self.events + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        let digits = (0..26).map(|_| {
            let digit = char::from(ALPHABET[(seed >> 120) as usize % 32]);
            seed = seed.rotate_left(5).wrapping_add(0x0005_DEEC_E66D);
            digit
        });
        digits.collect()
    }

    /// Puts the next event into a calendar, where there is one.
    pub(super) fn hold(&mut self, user_ids: &[u64], slot: Interval) {
        self.events += 1;
        for user_id in user_ids {
            if let Some(calendar) = self.calendars.get_mut(user_id) {
                calendar.busy.push(slot);
            }
        }
    }
}

/// Any one of these lets a token book; HubSpot lists some thirty.
const MAY_BOOK: &[&str] =
    &["crm.objects.contacts.write", "crm.objects.companies.write", "crm.objects.deals.write", "tickets"];

pub(super) fn routes() -> Router<Sandbox> {
    let read = needs(Scopes::OneOf(&["scheduler.meetings.meeting-link.read"]));
    let write = needs(Scopes::OneOf(MAY_BOOK));
    Router::new()
        .route("/meeting-links", answers(GET, read, listing::list))
        .route("/meeting-links/book", answers(POST, write, book::book))
        .route("/meeting-links/book/{slug}", answers(GET, read, info::booking_info))
        .route("/meeting-links/book/availability-page/{slug}", answers(GET, read, info::availability_page))
        .route("/calendar", answers(POST, write, event::create))
}
