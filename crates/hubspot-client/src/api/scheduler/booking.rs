//! Bookings: the one write of the scheduler, and HubSpot's reasons for refusing it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::api::contacts::ContactsState;
use crate::api::meetings::MeetingsState;
use crate::api::scheduler::booking_lock::BookingLock;
use crate::api::scheduler::booking_types::{Booking, ConsentAnswer, NewBooking};
use crate::api::scheduler::{meeting_lookup, path};
use crate::error::Error;
use crate::object::Object;
use crate::record::{self, Created};
use crate::redact;
use crate::tier::Bucket;
use crate::transport::attempt::{AttemptError, Refusal};
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use crate::writes::kind::WriteKind;
use crate::writes::once::{OnceWrite, write_once};
use crate::writes::protocol::{SENDS_MAX, Uniqueness, WriteRules};
use crate::writes::written::{self, Action, WriteFacts, WrittenRecord};
use domain::email::Email;

/// Books a meeting and holds the lock until HubSpot has answered.
pub(super) async fn book(
    scope: &CallScope,
    contacts: Arc<ContactsState>,
    meetings: Arc<MeetingsState>,
    booking: NewBooking,
    lock: BookingLock,
) -> Result<Created<Booking>, Error> {
    write_once(scope, Book { contacts, meetings, booking, _lock: lock }).await
}

struct Book {
    contacts: Arc<ContactsState>,
    meetings: Arc<MeetingsState>,
    booking: NewBooking,
    _lock: BookingLock,
}

impl OnceWrite for Book {
    type Output = Booking;

    fn family(&self) -> &'static str {
        path::FAMILY
    }

    fn rules(&self) -> WriteRules {
        WriteRules { write: WriteKind::Booking, can_be_found: true, uniqueness: Uniqueness::None, sends_max: SENDS_MAX }
    }

    /// HubSpot writes the names and the answers to the contact.
    fn facts(&self) -> WriteFacts {
        let answers = self.booking.form_answers.iter().map(|answer| answer.name.clone());
        let names = ["firstname", "lastname"].map(str::to_owned).into_iter().chain(answers).collect();
        WriteFacts::begun(Action::Book, Object::Meetings.name(), names)
    }

    fn records(_: &'static str, booking: &Booking) -> Vec<WrittenRecord> {
        let event = booking
            .calendar_event_id
            .iter()
            .filter(|id| written::is_id(id))
            .map(|id| WrittenRecord::new("calendar_events", id));
        let contact = booking.contact_id.iter().map(|id| WrittenRecord::new(Object::Contacts.name(), id));
        event.chain(contact).collect()
    }

    fn request(&self, scope: &CallScope) -> ApiRequest {
        ApiRequest::create(path::FAMILY, path::of(scope, "/book"), &input(&self.booking))
            .with("timezone", self.booking.zone.name())
    }

    fn pretended(&self) -> Booking {
        let instant = |ms: i64| DateTime::from_timestamp_millis(ms).unwrap_or_default();
        Booking {
            start: instant(self.booking.start_ms),
            end: instant(self.booking.start_ms.saturating_add(self.booking.duration_ms)),
            zone: Some(self.booking.zone.name().to_owned()),
            subject: None,
            location: None,
            contact_id: None,
            calendar_event_id: None,
            conference_url: None,
        }
    }

    async fn send(&self, scope: &CallScope) -> Result<Booking, AttemptError> {
        scope.send(Bucket::General, &self.request(scope)).await.and_then(|answer| read(&answer))
    }

    async fn find(&self, scope: &CallScope, sent_at: DateTime<Utc>) -> Result<Option<Booking>, Error> {
        meeting_lookup::find(scope, &self.contacts, &self.meetings, &self.booking, sent_at).await
    }

    async fn refusal(&self, _: &CallScope, error: AttemptError) -> Error {
        refused(&error)
    }

    fn is_duplicate(&self, refusal: &Error) -> bool {
        *refusal == Error::SlotTaken
    }
}

fn input(booking: &NewBooking) -> Value {
    let answers: Vec<_> =
        booking.form_answers.iter().map(|answer| json!({"name": answer.name, "value": answer.value})).collect();
    let consent = |answer: &ConsentAnswer| json!({"communicationTypeId": answer.communication_type_id, "consented": answer.consented});
    let mut input = json!({
        "slug": booking.slug,
        "firstName": booking.first_name,
        "lastName": booking.last_name,
        "email": booking.email.as_str(),
        "startTime": booking.start_ms,
        "duration": booking.duration_ms,
        "timezone": booking.zone.name(),
        "locale": "en-us",
        "formFields": answers,
        "legalConsentResponses": booking.consents.iter().map(consent).collect::<Vec<_>>(),
        "likelyAvailableUserIds": booking.likely_user_ids,
    });
    // HubSpot refuses the field, even empty, on links that allow no guests.
    if !booking.guests.is_empty() {
        input["guestEmails"] = booking.guests.iter().map(Email::as_str).collect();
    }
    input
}

fn read(answer: &Value) -> Result<Booking, AttemptError> {
    let text = |field: &str| answer[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let instant =
        |field: &str| instant(&answer[field]).ok_or_else(|| AttemptError::unreadable("its times are missing"));
    if answer["isOffline"] == true || answer["calendarEventId"] == "" {
        return Err(AttemptError::refused(Error::CalendarOffline));
    }
    Ok(Booking {
        start: instant("start")?,
        end: instant("end")?,
        zone: text("bookingTimezone"),
        subject: text("subject"),
        location: text("location"),
        contact_id: record::id(&answer["contactId"]),
        calendar_event_id: text("calendarEventId"),
        conference_url: text("webConferenceUrl"),
    })
}

/// Reads an instant, which HubSpot writes in ISO 8601 or in Unix milliseconds.
fn instant(value: &Value) -> Option<DateTime<Utc>> {
    let from_ms = |ms: i64| DateTime::from_timestamp_millis(ms);
    match value {
        Value::String(text) => text.parse().ok().or_else(|| from_ms(text.parse().ok()?)),
        other => from_ms(other.as_i64()?),
    }
}

/// The reason of a refusal, as far as HubSpot names it.
fn refused(error: &AttemptError) -> Error {
    let refusal = error.refusal.as_ref();
    let named = |name: &str| {
        [&refusal.sub_category, &refusal.category, &refusal.message].iter().any(|text| text.contains(name))
    };
    match refusal.status {
        404 if error.error == Error::NotFound => Error::MeetingLinkMissing,
        409 => Error::SlotTaken,
        400 | 422 if named("INVALID_EMAIL_GUESTS") => Error::GuestsRefused,
        400 | 422 if named("INVALID_EMAIL") => Error::EmailRefused,
        400 | 422 if named("MEETING_DURATION_NOT_VALID") => Error::DurationNotOffered,
        400 | 422 if refusal.message.contains("required form field") => {
            Error::FormFieldsMissing { fields: missing_fields(refusal) }
        }
        // HubSpot does not document its answer for a slot that was just taken; it is one of this family.
        400 | 422 if named("MeetingsBookingSchedulingError.") => Error::SlotTaken,
        _ => error.error.clone(),
    }
}

/// Reads the fields of `required form field X does not have a corresponding value`.
fn missing_fields(refusal: &Refusal) -> Vec<String> {
    let after = refusal.message.split("required form field ").skip(1);
    after.filter_map(|rest| redact::name(rest.split_whitespace().next()?.trim_matches(['\'', '"', '`']))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, sub_category: &str, message: &str) -> Error {
        let mut error = AttemptError::refused(Error::Rejected { problems: vec![] });
        let (sub_category, message) = (sub_category.to_owned(), message.to_owned());
        *error.refusal = Refusal { status, category: "VALIDATION_ERROR".into(), sub_category, message };
        refused(&error)
    }

    #[test]
    fn refusals_of_bookings_have_errors_of_their_own() {
        let scheduling = |name: &str| format!("MeetingsBookingSchedulingError.{name}");
        let cases = [
            (400, scheduling("MEETING_START_TIME_NOT_VALID"), "", Error::SlotTaken),
            (400, scheduling("SOMETHING_NEW"), "", Error::SlotTaken),
            (409, String::new(), "", Error::SlotTaken),
            (400, scheduling("MEETING_DURATION_NOT_VALID"), "", Error::DurationNotOffered),
            (400, "INVALID_EMAIL_GUESTS".into(), "", Error::GuestsRefused),
            (400, "INVALID_EMAIL".into(), "", Error::EmailRefused),
            (
                400,
                String::new(),
                "required form field company does not have a corresponding value",
                Error::FormFieldsMissing { fields: vec!["company".into()] },
            ),
            (400, String::new(), "else", Error::Rejected { problems: vec![] }),
        ];
        for (status, sub_category, message, want) in cases {
            assert_eq!(refusal(status, &sub_category, message), want, "{sub_category} {message}");
        }
    }

    #[test]
    fn a_confirmation_for_an_offline_calendar_is_no_booking() {
        for answer in [json!({"isOffline": true}), json!({"isOffline": false, "calendarEventId": ""})] {
            assert_eq!(read(&answer).unwrap_err().error, Error::CalendarOffline);
        }
    }
}
