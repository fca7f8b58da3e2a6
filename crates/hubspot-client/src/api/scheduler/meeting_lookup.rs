//! Finds the meeting that a booking left on its contact: the only trace of a booking whose answer was lost.

use chrono::{DateTime, Utc};

use crate::api::contacts::ContactsState;
use crate::api::meetings::{Meeting, MeetingsState};
use crate::api::scheduler::booking_types::{Booking, NewBooking};
use crate::error::Error;
use crate::transport::call_scope::CallScope;
use crate::writes::once::is_created_since;
use domain::id::RecordId;
use domain::interval::Interval;

/// Returns the contact's meeting at the booked time, if it was created since `sent_at`.
pub(super) async fn find(
    scope: &CallScope,
    contacts: &ContactsState,
    meetings: &MeetingsState,
    booking: &NewBooking,
    sent_at: DateTime<Utc>,
) -> Result<Option<Booking>, Error> {
    let end_ms = booking.start_ms.saturating_add(booking.duration_ms);
    let Some(wanted) = Interval::new(booking.start_ms, end_ms) else { return Ok(None) };
    let Some(contact) = contacts.by_email(scope, &booking.email, &[]).await? else { return Ok(None) };
    let (records, _) = meetings.records_of(scope, &contact.id).await?;
    let recent = records.iter().filter(|record| is_created_since(record, sent_at));
    let found = recent.filter_map(Meeting::of).find(|meeting| meeting.occupies(wanted));
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
