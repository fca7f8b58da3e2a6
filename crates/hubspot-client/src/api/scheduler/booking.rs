//! Bookings: the one write of the scheduler, and the many ways in which it is refused.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{BookingLock, FAMILY, Scheduler, meeting};
use crate::HubSpot;
use crate::error::{Error, Write};
use crate::metrics;
use crate::record::{self, Created};
use crate::redact;
use crate::tier::Bucket;
use crate::transport::attempt::{AttemptError, Kind, Refusal};
use crate::transport::request::ApiRequest;
use crate::transport::waiters::{Waiter, Waiters};
use crate::writes::recovery::{self, Lookup};
use domain::email::Email;
use domain::id::{RecordId, UserId};

#[derive(Clone, PartialEq, Eq)]
pub struct NewBooking {
    pub slug: String,
    /// HubSpot wants both names, and writes them and the answers to the contact with this address, which it makes where
    /// there is none.
    pub first_name: String,
    pub last_name: String,
    pub email: Email,
    pub start_ms: i64,
    /// One of the link's own durations.
    pub duration_ms: i64,
    pub zone: Tz,
    pub form_answers: Vec<FormAnswer>,
    pub consents: Vec<ConsentAnswer>,
    /// For round robin links: who is likely free.
    pub likely_user_ids: Vec<UserId>,
    pub guests: Vec<Email>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormAnswer {
    pub name: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentAnswer {
    pub communication_type_id: String,
    pub consented: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    /// The zone HubSpot names in its invitation.
    pub zone: Option<String>,
    pub subject: Option<String>,
    pub location: Option<String>,
    pub contact_id: Option<RecordId>,
    /// `None` for a booking that was found again after its answer was lost.
    pub calendar_event_id: Option<String>,
    pub conference_url: Option<String>,
}

impl Scheduler<'_> {
    /// Books a meeting. HubSpot says yes for a calendar that is not connected and books nothing: that is
    /// [`Error::CalendarOffline`] here. A booking whose answer was lost is looked up among the contact's meetings. The turn
    /// ends with the answer, also for a caller who has gone before it.
    pub async fn book(&self, booking: &NewBooking, turn: BookingLock) -> Result<Created<Booking>, Error> {
        let ask = ApiRequest::create(FAMILY, self.path("/book"), &input(booking)).with("timezone", booking.zone.name());
        let booking = booking.clone();
        let carry = |view, caller| async move {
            let _turn = turn;
            send(&view, ask, caller, &booking).await
        };
        self.0.run_to_completion(FAMILY, Write::Booking, carry).await
    }
}

const UNKNOWN: Error = Error::OutcomeUnknown { write: Write::Booking };

/// Sends the booking, looks it up if its answer is lost, and sends it once more if it did not happen.
async fn send(
    view: &HubSpot,
    ask: ApiRequest,
    caller: Waiter,
    booking: &NewBooking,
) -> Result<Created<Booking>, Error> {
    let trip = Waiters::alone(caller.clone());
    let sent_at = view.transport().clock.now();
    for last in [false, true] {
        let came = view.transport().send(Bucket::General, &ask, &trip).await.and_then(|answer| read(&answer));
        let fault = match came {
            Ok(value) => return Ok(Created { value, recovered: false }),
            // The second one may be refused because the first one was carried out after all.
            Err(fault) if !fault.maybe_done() => match refused(&fault) {
                Error::SlotTaken if last => {
                    return found_or(Error::SlotTaken, meeting::find(view, booking, sent_at)).await;
                }
                error => return Err(error),
            },
            Err(fault) => fault,
        };
        if caller.gone.is_cancelled() {
            metrics::ended_unheard(FAMILY);
            return Err(UNKNOWN);
        }
        let find = || meeting::find(view, booking, sent_at);
        let looked = recovery::look_up(&fault, caller.deadline, find).await;
        metrics::recovered(FAMILY, looked.name());
        match looked {
            Lookup::Done(value) => return Ok(Created { value, recovered: true }),
            Lookup::NotDone if last && fault.kind != Kind::NoResponse => return Err(fault.error),
            Lookup::NotDone if !last => {}
            _ => return Err(UNKNOWN),
        }
    }
    Err(UNKNOWN)
}

async fn found_or(
    error: Error,
    find: impl Future<Output = Result<Option<Booking>, Error>>,
) -> Result<Created<Booking>, Error> {
    match find.await {
        Ok(Some(value)) => Ok(Created { value, recovered: true }),
        _ => Err(error),
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
        return Err(AttemptError::new(Kind::Refused, Error::CalendarOffline));
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

/// HubSpot writes instants as ISO 8601 or as unix milliseconds.
fn instant(value: &Value) -> Option<DateTime<Utc>> {
    let from_ms = |ms: i64| DateTime::from_timestamp_millis(ms);
    match value {
        Value::String(text) => text.parse().ok().or_else(|| from_ms(text.parse().ok()?)),
        other => from_ms(other.as_i64()?),
    }
}

fn refused(fault: &AttemptError) -> Error {
    let refusal = fault.refusal.as_ref();
    let named = |name: &str| {
        [&refusal.sub_category, &refusal.category, &refusal.message].iter().any(|text| text.contains(name))
    };
    match refusal.status {
        404 if fault.error == Error::NotFound => Error::MeetingLinkMissing,
        409 => Error::SlotTaken,
        400 | 422 if named("INVALID_EMAIL_GUESTS") => Error::GuestsRefused,
        400 | 422 if named("INVALID_EMAIL") => Error::EmailRefused,
        400 | 422 if named("MEETING_DURATION_NOT_VALID") => Error::DurationNotOffered,
        400 | 422 if refusal.message.contains("required form field") => {
            Error::FormFieldsMissing { fields: missing_fields(refusal) }
        }
        // How HubSpot says that a slot was just taken is not documented; it is one of this family.
        400 | 422 if named("MeetingsBookingSchedulingError.") => Error::SlotTaken,
        _ => fault.error.clone(),
    }
}

/// `required form field X does not have a corresponding value`
fn missing_fields(refusal: &Refusal) -> Vec<String> {
    let after = refusal.message.split("required form field ").skip(1);
    after.filter_map(|rest| redact::name(rest.split_whitespace().next()?.trim_matches(['\'', '"', '`']))).collect()
}

/// Names and address are personal and must not reach a log by way of `{:?}`.
impl std::fmt::Debug for NewBooking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewBooking").field("slug", &self.slug).field("start_ms", &self.start_ms).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, sub_category: &str, message: &str) -> Error {
        let mut fault = AttemptError::new(Kind::Refused, Error::Rejected { problems: vec![] });
        let (sub_category, message) = (sub_category.to_owned(), message.to_owned());
        *fault.refusal = Refusal { status, category: "VALIDATION_ERROR".into(), sub_category, message };
        refused(&fault)
    }

    #[test]
    fn refusals_of_bookings_are_told_apart() {
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
    fn an_offline_calendar_is_no_booking() {
        for answer in [json!({"isOffline": true}), json!({"isOffline": false, "calendarEventId": ""})] {
            assert_eq!(read(&answer).unwrap_err().error, Error::CalendarOffline);
        }
    }
}
