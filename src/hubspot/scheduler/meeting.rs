//! The meeting that a booking left on its contact: the only trace of a booking whose answer was lost.

use chrono::{DateTime, Utc};
use futures::future::join_all;

use super::super::HubSpot;
use super::super::error::Error;
use super::super::lost;
use super::super::object::Object;
use super::super::read_by_id::Wanted;
use super::super::record::Record;
use super::booking::{Booking, NewBooking};

/// Of a contact's meetings the newest so many are looked at.
const LOOKED_AT_MAX: usize = 100;
const START: &str = "hs_meeting_start_time";
const END: &str = "hs_meeting_end_time";
const TITLE: &str = "hs_meeting_title";
const LOCATION: &str = "hs_meeting_location";
const CONFERENCE: &str = "hs_meeting_external_url";

/// The contact's meeting at that start, if one was made since `sent_at`.
pub(super) async fn find(
    view: &HubSpot,
    booking: &NewBooking,
    sent_at: DateTime<Utc>,
) -> Result<Option<Booking>, Error> {
    let Some(contact) = view.contacts().by_email(&booking.email, &[]).await? else { return Ok(None) };
    let mut ids = view.associations().of(Object::Contacts, &contact.id, Object::Meetings).await?;
    ids.sort_by_key(|id| std::cmp::Reverse(id.as_str().parse::<u64>().unwrap_or(0)));
    ids.truncate(LOOKED_AT_MAX);
    let properties = [START, END, TITLE, LOCATION, CONFERENCE].map(str::to_owned).to_vec();
    let line = view.engine.by_id(Object::Meetings);
    let reads = ids.into_iter().map(|id| line.ask(view, Wanted { id, properties: properties.clone() }));
    for read in join_all(reads).await {
        let Some(meeting) = read?.filter(|meeting| lost::is_since(meeting, sent_at)) else { continue };
        if let Some(found) = booked(&meeting, booking, &contact) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn booked(meeting: &Record, booking: &NewBooking, contact: &Record) -> Option<Booking> {
    let start = instant(meeting.get(START)?)?;
    let end = DateTime::from_timestamp_millis(booking.start_ms + booking.duration_ms)?;
    let same_end = meeting.get(END).and_then(instant).is_none_or(|kept| kept == end);
    let text = |name: &str| meeting.get(name).map(str::to_owned);
    (start.timestamp_millis() == booking.start_ms && same_end).then(|| Booking {
        start,
        end,
        zone: Some(booking.zone.name().to_owned()),
        subject: text(TITLE),
        location: text(LOCATION),
        contact_id: Some(contact.id.clone()),
        calendar_event_id: None,
        conference_url: text(CONFERENCE),
    })
}

/// ISO 8601 or unix milliseconds.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    text.parse().ok().or_else(|| DateTime::from_timestamp_millis(text.parse().ok()?))
}
