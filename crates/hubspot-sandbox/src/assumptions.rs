//! Assumptions on behaviours where HubSpot's documentation, its specification and its users disagree or are silent.
//!
//! Each assumption is decided here and nowhere else, so that one measurement against a real account changes one line.
//! The default is the most probable behaviour. A test that must hold either way can change it.

use serde::{Deserialize, Serialize};

/// Message of the 400 for a search body over 3,000 characters. HubSpot's own is not known.
pub(crate) const SEARCH_BODY_TOO_LONG: &str = "The request body must not be longer than 3000 characters.";

/// Message of the 400 for paging beyond 10,000 results. HubSpot's own is not known.
pub(crate) const SEARCH_WINDOW_EXCEEDED: &str = "Paging beyond 10000 results is not supported; narrow the search.";

/// Characters of an e-mail that its message shows; the rest is original content. HubSpot's own number is not known.
pub(crate) const EMAIL_TEXT_MAX: usize = 20_000;

/// Threads, messages or other entries of a conversations list without `limit`. HubSpot's own number is not known.
pub(crate) const CONVERSATIONS_PAGE_DEFAULT: usize = 100;

/// Seconds for which the address of a file is signed without `expirationSeconds`. HubSpot's own number is not known.
pub(crate) const SIGNED_URL_SECONDS: i64 = 3_600;

/// The undocumented behaviours of HubSpot, each with the one that the sandbox shows.
///
/// As JSON (`PATCH /__sandbox/settings`): `{"choices": {"slot_taken": "conflict"}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Assumptions {
    /// Error of a create whose inline association names a record that does not exist. Nothing is created either way.
    pub missing_association_target: MissingTarget,
    /// Error of a booking at a time that was taken a moment ago.
    pub slot_taken: SlotTaken,
    /// The search filter `email EQ x` also finds a contact whose secondary address is `x`. HubSpot's staff said no in
    /// 2020; a later thread of its forum says yes.
    pub email_filter_finds_secondary: bool,
    /// A contact needs one of `email`, `firstname`, `lastname`. One guide requires it, another only recommends it.
    pub contact_needs_a_name: bool,
    /// A ticket needs a subject. The guide requires it; HubSpot's own example leaves it out.
    pub ticket_needs_a_subject: bool,
    /// `CUSTOM_CHANNEL_CONVERSATION` is a channel type of communications. It is undocumented, but integrations use it.
    pub custom_channel_conversation: bool,
    /// A batch upsert by e-mail address finds a contact by its secondary address, as a batch read does.
    pub upsert_meets_secondary_email: bool,
    /// A booking accepts `startTime` as ISO 8601 besides milliseconds. The specification says ISO 8601; the guide and
    /// every known client say milliseconds.
    pub booking_reads_iso_start: bool,
    /// A booking requires `formFields`, `legalConsentResponses` and `likelyAvailableUserIds`, as the specification
    /// says. Existing clients leave them out and succeed.
    pub booking_demands_empty_lists: bool,
    /// The cursor of owners may be percent-encoded twice. HubSpot's own generated clients encode the encoded cursor
    /// again.
    pub owners_cursor_encoded_twice: bool,
    /// A batch response with errors has the status 207 at the `2026-09` paths, too, as it has at all others.
    pub newest_batches_are_partial: bool,
    /// A token may list meeting links of other users than its own by `organizerUserId`.
    pub colleagues_links_are_listed: bool,
    /// Error of a value of a unique property that another record has.
    pub taken_value: TakenValue,
    /// A write of a communication or note ignores properties that are read-only or unknown, as their guides say. Other
    /// object types return an error.
    pub activities_leave_out_unwritable: bool,
    /// A list of threads with `associatedContactId` needs `threadStatus`, and one without it may not have it. The
    /// specification says the former; both are documented only together.
    pub contact_and_status_filter_together: bool,
    /// `latestMessageTimestampAfter` includes its own time. The name says no, the specification says "minimum".
    pub latest_message_after_is_inclusive: bool,
    /// Messages are listed newest first unless `sort` says otherwise. The guide says that results are ascending; its
    /// own example, and a reader of a real account, have them the other way round.
    pub messages_newest_first: bool,
    /// `latestMessageTimestamp` moves with every message, also with comments and those that record a change. The
    /// guide's example of a closed thread shows that it does not.
    pub all_messages_are_latest: bool,
    /// A message from the visitor opens a closed thread again.
    pub incoming_message_reopens: bool,
    /// An agent who replies in HubSpot's own screens to a thread of nobody's is assigned to it, as seen in a real
    /// account.
    pub replying_agent_is_assigned: bool,
    /// The webhook of an assignment names the assignee by actor id (`A-2620022`), and not by user id. HubSpot's pages
    /// have both.
    pub assignment_event_has_actor_id: bool,
    /// Fate of a chat message to a visitor who left the chat.
    pub reply_to_departed: ReplyToDeparted,
    /// A new thread in the help desk makes a ticket, as HubSpot's knowledge base says.
    pub help_desk_makes_tickets: bool,
    /// A token of any app may use a custom channel's accounts and messages. HubSpot's guide knows the OAuth tokens of its
    /// app alone; the specification names private apps beside them.
    pub any_token_uses_custom_channels: bool,
    /// Two accounts of a custom channel cannot have one delivery identifier.
    pub channel_accounts_are_unique: bool,
    /// Milliseconds after which a new custom channel is listed, and found by its id. An integration asks for a minute.
    pub custom_channel_lag_ms: u64,
    /// A sender whose e-mail address or phone number nobody has becomes a contact.
    pub channel_senders_become_contacts: bool,
}

impl Default for Assumptions {
    fn default() -> Assumptions {
        Assumptions {
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
            taken_value: TakenValue::Listed,
            activities_leave_out_unwritable: false,
            contact_and_status_filter_together: true,
            latest_message_after_is_inclusive: true,
            messages_newest_first: false,
            all_messages_are_latest: false,
            incoming_message_reopens: true,
            replying_agent_is_assigned: true,
            assignment_event_has_actor_id: true,
            reply_to_departed: ReplyToDeparted::Sent,
            help_desk_makes_tickets: true,
            any_token_uses_custom_channels: true,
            channel_accounts_are_unique: true,
            custom_channel_lag_ms: 0,
            channel_senders_become_contacts: true,
        }
    }
}

/// The error of a create with an inline association to a record that does not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingTarget {
    /// 400 `one or more associations are not valid`, as integrations report it
    #[default]
    BadRequest,
    /// 404 `OBJECT_NOT_FOUND` with the id
    NotFound,
}

/// The error of a value of a unique property that another record has. The status is 400.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakenValue {
    /// The list of refused values, with the code `CONFLICTING_UNIQUE_VALUE`.
    #[default]
    Listed,
    /// A text alone: `Cannot set PropertyValueCoordinates{…} on 1. 2 already has that value.`.
    Text,
}

/// The error of a booking whose slot was taken a moment ago.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotTaken {
    /// 400 `MEETING_START_TIME_NOT_VALID`, as measured for every other start outside the availability
    #[default]
    StartTimeNotValid,
    /// 409 `MEETING_TIME_NOT_AVAILABLE`, as some clients expect
    Conflict,
}

/// The fate of a chat message to a visitor who left the chat. The status of the response is 201 either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyToDeparted {
    /// `SENT`: the visitor sees it when they come back.
    #[default]
    Sent,
    /// `FAILED` with its failure details.
    Failed,
}
