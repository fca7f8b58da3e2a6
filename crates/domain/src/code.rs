//! The error codes of tools. Clients match on them, so codes are added and never renamed.

use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal),* $(,)?) => {
        /// The reason why a call failed, for programs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $doc])* $name,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            /// Returns the code as it is sent, such as `USER_NOT_FOUND_ERROR`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Code::$name => $text,)*
                }
            }

            /// Returns the meaning of the code in one sentence.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Code::$name => concat!($($doc),*).trim_ascii(),)*
                }
            }
        }
    };
}

codes! {
    /// No contact has this e-mail address: the person is not a customer yet.
    UserNotFound = "USER_NOT_FOUND_ERROR",
    /// No contact has this id.
    ContactNotFound = "CONTACT_NOT_FOUND_ERROR",
    /// No ticket has this id.
    TicketNotFound = "TICKET_NOT_FOUND_ERROR",
    /// The account has no such property; the answer names the nearest.
    PropertyNotFound = "PROPERTY_NOT_FOUND_ERROR",
    /// Several records or names fit what was given; the answer lists them.
    Ambiguous = "AMBIGUOUS_ERROR",
    /// The record was changed by somebody else since it was read; the answer says when.
    Changed = "CHANGED_ERROR",
    /// A text would be replaced by a much shorter one; the answer shows what would be lost.
    TextLost = "TEXT_LOST_ERROR",
    /// The record was archived: it can be read and not changed.
    Archived = "ARCHIVED_ERROR",
    /// No conversation has this id, or it was deleted.
    ConversationNotFound = "CONVERSATION_NOT_FOUND_ERROR",
    /// The channel of the conversation takes no messages from here; the message says why.
    ChannelClosed = "CHANNEL_CLOSED_ERROR",
    /// A person has this conversation: nothing was sent or begun.
    HandedOver = "HANDED_OVER_ERROR",
    /// This hand-off has expired or never was.
    HandoffNotFound = "HANDOFF_NOT_FOUND_ERROR",
    /// This hand-off has ended: nothing was sent.
    HandoffEnded = "HANDOFF_ENDED_ERROR",
    /// There is no HubSpot user in whose name messages are sent; the operator has to set one.
    SenderMissing = "SENDER_MISSING_ERROR",
    /// The operator has not opened replies to the customers of this account; nothing was sent.
    RepliesNotAllowed = "REPLIES_NOT_ALLOWED_ERROR",
    /// The files are too large; the message says how large they may be.
    FileTooLarge = "FILE_TOO_LARGE_ERROR",
    /// The contact has no owner, or no owner has this id.
    OwnerNotFound = "OWNER_NOT_FOUND_ERROR",
    /// The pipeline has no such stage, or the account no such pipeline; the message lists the valid ones.
    StageNotFound = "STAGE_NOT_FOUND_ERROR",
    /// The representative has no meeting link, or none with this slug.
    MeetingLinkUnfound = "MEETING_LINK_UNFOUND_ERROR",
    /// The representative is not free then; the answer lists the nearest free times.
    Unavailable = "UNAVAILABLE_ERROR",
    /// The time was free and was taken before it could be booked; the answer lists the nearest that are free now.
    SlotTaken = "SLOT_TAKEN_ERROR",
    /// The meeting link does not offer this duration; the answer lists those it offers.
    DurationNotOffered = "DURATION_NOT_OFFERED_ERROR",
    /// The meeting link asks for answers or agreements that are missing; the answer names them with their options.
    FormFieldsRequired = "FORM_FIELDS_REQUIRED_ERROR",
    /// The meeting link takes no guests, or not so many.
    GuestsNotAllowed = "GUESTS_NOT_ALLOWED_ERROR",
    /// HubSpot books no meeting for this e-mail address: it looks like a test or spam address.
    EmailRefused = "EMAIL_REFUSED_ERROR",
    /// The date or time cannot be read in exactly one way; the message says what to send.
    DateNotUnderstood = "DATE_NOT_UNDERSTOOD_ERROR",
    /// The representative's calendar is not connected to HubSpot: nothing was booked, a person has to help.
    CalendarOffline = "CALENDAR_OFFLINE_ERROR",
    /// This is not the name of one time zone; the message names the zones that may be meant, if any.
    TimeZoneUnknown = "TIME_ZONE_UNKNOWN_ERROR",
    /// An argument is missing, unknown or malformed; the message names it.
    InvalidInput = "INVALID_INPUT_ERROR",
    /// HubSpot does not accept the token, or there is none.
    Unauthorized = "UNAUTHORIZED_ERROR",
    /// The token lacks a scope; the message names it where HubSpot does.
    MissingScope = "MISSING_SCOPE_ERROR",
    /// What the call names does not exist in HubSpot.
    NotFound = "NOT_FOUND_ERROR",
    /// HubSpot already has such a record.
    Conflict = "CONFLICT_ERROR",
    /// HubSpot refused the values; the message says which and why.
    Rejected = "REJECTED_ERROR",
    /// HubSpot's rate limit is used up; the message says when to try again.
    RateLimited = "RATE_LIMITED_ERROR",
    /// HubSpot failed or is being migrated; nothing can be done here but try later.
    HubSpotFailed = "HUBSPOT_FAILED_ERROR",
    /// HubSpot could not be reached.
    Unreachable = "HUBSPOT_UNREACHABLE_ERROR",
    /// HubSpot's answer could not be read.
    Unreadable = "HUBSPOT_UNREADABLE_ERROR",
    /// The call took longer than its deadline and was given up.
    Timeout = "TIMEOUT_ERROR",
    /// It is not known whether HubSpot did what was asked; the message says how to check.
    OutcomeUnknown = "OUTCOME_UNKNOWN_ERROR",
    /// A person has to answer first and this client cannot ask them; the hint says what to send instead.
    AnswerNeeded = "ANSWER_NEEDED_ERROR",
    /// The person was asked and said no: nothing was done.
    Declined = "DECLINED_ERROR",
    /// The person closed the question without an answer: nothing was done.
    Dismissed = "DISMISSED_ERROR",
    /// No taskgraph has this name; the message lists them.
    TaskgraphNotFound = "TASKGRAPH_NOT_FOUND_ERROR",
    /// This session of a taskgraph has ended or never was.
    SessionNotFound = "SESSION_NOT_FOUND_ERROR",
    /// The taskgraph does not allow this step here; the message says what it expects.
    StepRefused = "STEP_REFUSED_ERROR",
    /// The server's own store failed; HubSpot was not asked.
    StoreFailed = "STORE_FAILED_ERROR",
    /// The company's documents cannot be read now; the server's log says why.
    DocumentsUnreadable = "DOCUMENTS_UNREADABLE_ERROR",
    /// The result is larger than is sent; the hint says how to ask for less.
    ResultTooLarge = "RESULT_TOO_LARGE_ERROR",
    /// This tool is closed here: to the caller by their token, or to everybody by the operator.
    Forbidden = "FORBIDDEN_ERROR",
    /// The caller's token may write only so many times a day; the message says how many.
    WriteLimit = "WRITE_LIMIT_ERROR",
    /// This `idempotency_key` was sent before, with another tool or other arguments: nothing was done.
    IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED_ERROR",
    /// This server has too many calls at once, or this session a call under way: nothing was done, try again later.
    Busy = "BUSY_ERROR",
    /// The audit trail cannot be written, so nothing that could change HubSpot is done; the operator has to help.
    AuditUnavailable = "AUDIT_UNAVAILABLE_ERROR",
    /// A look-up that the company declares has no answer now; the message says why.
    LookupFailed = "LOOKUP_FAILED_ERROR",
    /// A fault of this server; it is logged.
    Internal = "INTERNAL_ERROR",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_upper_case_ends_in_error_and_has_a_meaning() {
        for code in Code::ALL {
            let text = code.as_str();
            assert!(text.ends_with("_ERROR") && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{text}");
            assert!(code.meaning().ends_with('.'), "{text}");
        }
    }
}
