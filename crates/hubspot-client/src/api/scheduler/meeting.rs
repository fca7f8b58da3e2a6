//! The meeting that a booking left on its contact: the only trace of a booking whose answer was lost.

use chrono::{DateTime, Utc};

use super::booking::{Booking, NewBooking};
use crate::HubSpot;
use crate::api::meetings::Meeting;
use crate::error::Error;
use crate::writes::recovery;
use domain::id::RecordId;
use domain::interval::Interval;

/// The contact's meeting at that time, if one was made since `sent_at`.
pub(super) async fn find(
    view: &HubSpot,
    booking: &NewBooking,
    sent_at: DateTime<Utc>,
) -> Result<Option<Booking>, Error> {
    let end_ms = booking.start_ms.saturating_add(booking.duration_ms);
    let Some(wanted) = Interval::new(booking.start_ms, end_ms) else { return Ok(None) };
    let Some(contact) = view.contacts().by_email(&booking.email, &[]).await? else { return Ok(None) };
    let (records, _) = view.meetings().records_of(&contact.id).await?;
    let since = records.iter().filter(|record| recovery::is_since(record, sent_at));
    let found = since.filter_map(Meeting::of).find(|meeting| meeting.occupies(wanted));
    Ok(found.and_then(|meeting| booked(meeting, wanted, booking, contact.id)))
}

fn booked(meeting: Meeting, wanted: Interval, booking: &NewBooking, contact_id: RecordId) -> Option<Booking> {
    Some(Booking {
        start: meeting.start,
        end: DateTime::from_timestamp_millis(wanted.end_ms())?,
        zone: Some(booking.zone.name().to_owned()),
        subject: meeting.title,
        location: meeting.location,
        contact_id: Some(contact_id),
        calendar_event_id: None,
        conference_url: meeting.url,
    })
}
