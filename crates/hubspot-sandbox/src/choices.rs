//! What HubSpot does where its documents, its specification and its users disagree or are silent.
//!
//! Every such point is decided here and nowhere else, so that one measurement against a real account changes one line.
//! The default is what is most probably true; a test that must hold either way can switch it.

use serde::{Deserialize, Serialize};

/// The text of the 400 for a search body over 3,000 characters. HubSpot's own is not known.
pub(super) const SEARCH_BODY_TOO_LONG: &str = "The request body must not be longer than 3000 characters.";

/// The text of the 400 for paging beyond 10,000 results. HubSpot's own is not known.
pub(super) const SEARCH_WINDOW_EXCEEDED: &str = "Paging beyond 10000 results is not supported; narrow the search.";

/// The open points, each with the answer the sandbox gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Choices {
    /// A create whose inline association names a record that does not exist. Nothing is created either way.
    pub missing_association_target: MissingTarget,
    /// Booking a time that was free a moment ago.
    pub slot_taken: SlotTaken,
    /// Whether the search filter `email EQ x` also finds a contact whose secondary address is `x`. HubSpot's own staff
    /// said no in 2020; a later thread says yes.
    pub email_filter_finds_secondary: bool,
    /// Whether a contact needs one of `email`, `firstname`, `lastname`. One guide demands it, another only advises it.
    pub contact_needs_a_name: bool,
    /// Whether a ticket needs a subject. The guide says so; HubSpot's own example leaves it out.
    pub ticket_needs_a_subject: bool,
    /// Whether `CUSTOM_CHANNEL_CONVERSATION` is a channel type of communications: undocumented, used by integrations.
    pub custom_channel_conversation: bool,
    /// Whether a batch upsert by e-mail meets a contact by its secondary address, as batch read does.
    pub upsert_meets_secondary_email: bool,
    /// Whether booking accepts `startTime` as ISO text next to epoch milliseconds: the specification says ISO, the
    /// guide and every live use say milliseconds.
    pub booking_reads_iso_start: bool,
    /// Whether booking refuses a request without `formFields`, `legalConsentResponses` and `likelyAvailableUserIds`.
    /// The specification lists them as required; existing clients leave them out and succeed.
    pub booking_demands_empty_lists: bool,
    /// Whether an owners' cursor that was percent-encoded twice is understood. HubSpot's own generated clients encode
    /// the already encoded cursor again.
    pub owners_cursor_encoded_twice: bool,
    /// Whether a batch with errors in it is answered 207 at the `2026-09` paths too, as it is at all others.
    pub newest_batches_are_partial: bool,
    /// Whether a token may list the meeting links of others than its own user by `organizerUserId`.
    pub colleagues_links_are_listed: bool,
    /// Whether a write of a communication or note leaves out what cannot be written, as their guides say, where all
    /// others are refused: a property that is read-only or does not exist.
    pub activities_leave_out_unwritable: bool,
}

impl Default for Choices {
    fn default() -> Choices {
        Choices {
            missing_association_target: MissingTarget::BadRequest,
            slot_taken: SlotTaken::StartTimeNotValid,
            email_filter_finds_secondary: false,
            contact_needs_a_name: false,
            ticket_needs_a_subject: false,
            custom_channel_conversation: true,
            upsert_meets_secondary_email: true,
            booking_reads_iso_start: true,
            booking_demands_empty_lists: false,
            owners_cursor_encoded_twice: true,
            newest_batches_are_partial: true,
            colleagues_links_are_listed: true,
            activities_leave_out_unwritable: false,
        }
    }
}

/// The body a create with a bad inline association gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingTarget {
    /// 400 `one or more associations are not valid`, as integrations report it.
    #[default]
    BadRequest,
    /// 404 `OBJECT_NOT_FOUND`, naming the id.
    NotFound,
}

/// The body a booking gets when somebody else was faster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotTaken {
    /// 400 `MEETING_START_TIME_NOT_VALID`, measured for every other start outside the availability.
    #[default]
    StartTimeNotValid,
    /// 409 `MEETING_TIME_NOT_AVAILABLE`, which some clients guess.
    Conflict,
}
