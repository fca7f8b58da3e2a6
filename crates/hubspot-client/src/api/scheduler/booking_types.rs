//! A booking before and after it is made.

use chrono::{DateTime, Utc};

use domain::email::Email;
use domain::id::{RecordId, UserId};
use domain::time_zone::zone::Zone;

/// A booking to make. HubSpot requires both names. It writes them and the answers to the contact with this address, and
/// creates that contact if there is none.
#[derive(Clone, PartialEq, Eq)]
pub struct NewBooking {
    /// The meeting link.
    pub slug: String,
    /// The first name of the person who books.
    pub first_name: String,
    /// Last name of the person who books; may be empty.
    pub last_name: String,
    /// The e-mail address.
    pub email: Email,
    /// The start in Unix milliseconds.
    pub start_ms: i64,
    /// The length in milliseconds: one of the link's own durations.
    pub duration_ms: i64,
    /// The time zone of the invitation.
    pub zone: Zone,
    /// The answers to the form's questions.
    pub form_answers: Vec<FormAnswer>,
    /// The answers to the questions for consent.
    pub consents: Vec<ConsentAnswer>,
    /// For round robin links: the users who are likely free.
    pub likely_user_ids: Vec<UserId>,
    /// Further people to invite.
    pub guests: Vec<Email>,
}

/// The answer to a question of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormAnswer {
    /// The name of the form field.
    pub name: String,
    /// The answer; one of the field's options if it has some.
    pub value: String,
}

/// The answer to a question for consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentAnswer {
    /// HubSpot's id of the communication type.
    pub communication_type_id: String,
    /// True if the person agreed.
    pub consented: bool,
}

/// A booking that HubSpot confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    /// The instant of the start.
    pub start: DateTime<Utc>,
    /// The instant of the end.
    pub end: DateTime<Utc>,
    /// The time zone of the invitation.
    pub zone: Option<String>,
    /// The subject of the meeting.
    pub subject: Option<String>,
    /// Place of the meeting: an address, a phone number or a link.
    pub location: Option<String>,
    /// The contact for whom it was booked.
    pub contact_id: Option<RecordId>,
    /// The id in the calendar; `None` for a booking that was found again after its answer was lost.
    pub calendar_event_id: Option<String>,
    /// The address of the video conference.
    pub conference_url: Option<String>,
}

/// Without names and address, which are personal and must not reach a log.
impl std::fmt::Debug for NewBooking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewBooking").field("slug", &self.slug).field("start_ms", &self.start_ms).finish_non_exhaustive()
    }
}
