//! The engine's reaction to the failure of a tool.

use super::{event::Failure, toolbox};
use domain::code::Code;

/// The number of failures after which the engine gives up on a tool.
pub(super) const TRIES_MAX: u32 = 3;

/// The reaction to a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailureResponse {
    /// Ask the customer for these arguments again.
    AskAgain(&'static [&'static str]),
    /// Ask the customer again for all arguments that they stated for this tool.
    AskAll,
    /// True if the call may succeed when it is repeated later.
    TryAgain,
    /// No answer of the customer can help.
    GiveUp,
}

/// The reactions to error codes; [`Code`] documents their meanings.
const TABLE: &[(Code, FailureResponse)] = &[
    (Code::UserNotFound, FailureResponse::AskAgain(&["email", "phone"])),
    (Code::TicketNotFound, FailureResponse::AskAgain(&["ticket_id"])),
    (Code::StageNotFound, FailureResponse::AskAgain(&["stage", "pipeline"])),
    (Code::TextLost, FailureResponse::AskAgain(&["content"])),
    (Code::Changed, FailureResponse::AskAgain(&["if_updated_at"])),
    (Code::Unavailable, FailureResponse::AskAgain(&["meeting_start_time"])),
    (Code::SlotTaken, FailureResponse::AskAgain(&["meeting_start_time"])),
    (Code::DurationNotOffered, FailureResponse::AskAgain(&["duration"])),
    (Code::GuestsNotAllowed, FailureResponse::AskAgain(&["guest_emails"])),
    (Code::EmailRefused, FailureResponse::AskAgain(&["cus_email"])),
    (Code::DateNotUnderstood, FailureResponse::AskAgain(&["meeting_date", "meeting_start_time", "due"])),
    (Code::TimeZoneUnknown, FailureResponse::AskAgain(&["time_zone"])),
    (Code::InvalidInput, FailureResponse::AskAll),
    (Code::Rejected, FailureResponse::AskAll),
    (Code::Conflict, FailureResponse::AskAll),
    (Code::PropertyNotFound, FailureResponse::AskAll),
    (Code::Ambiguous, FailureResponse::AskAll),
    // Nothing was done, and the arguments are not wrong.
    (Code::FormFieldsRequired, FailureResponse::TryAgain),
    (Code::AnswerNeeded, FailureResponse::TryAgain),
    (Code::RateLimited, FailureResponse::TryAgain),
    (Code::Busy, FailureResponse::TryAgain),
    (Code::IdempotencyKeyReused, FailureResponse::TryAgain),
    (Code::ContactNotFound, FailureResponse::GiveUp),
    (Code::ConversationNotFound, FailureResponse::GiveUp),
    (Code::ChannelClosed, FailureResponse::GiveUp),
    (Code::HandedOver, FailureResponse::GiveUp),
    (Code::HandoffNotFound, FailureResponse::GiveUp),
    (Code::HandoffEnded, FailureResponse::GiveUp),
    (Code::SenderMissing, FailureResponse::GiveUp),
    (Code::RepliesNotAllowed, FailureResponse::GiveUp),
    (Code::FileTooLarge, FailureResponse::GiveUp),
    (Code::OwnerNotFound, FailureResponse::GiveUp),
    (Code::MeetingLinkUnfound, FailureResponse::GiveUp),
    (Code::CalendarOffline, FailureResponse::GiveUp),
    (Code::Archived, FailureResponse::GiveUp),
    (Code::NotFound, FailureResponse::GiveUp),
    (Code::Unauthorized, FailureResponse::GiveUp),
    (Code::MissingScope, FailureResponse::GiveUp),
    (Code::Forbidden, FailureResponse::GiveUp),
    (Code::Declined, FailureResponse::GiveUp),
    (Code::WriteLimit, FailureResponse::GiveUp),
    (Code::AuditUnavailable, FailureResponse::GiveUp),
    (Code::LookupFailed, FailureResponse::GiveUp),
    (Code::Dismissed, FailureResponse::GiveUp),
    (Code::OutcomeUnknown, FailureResponse::GiveUp),
];

/// Decides on a reaction. `tries` includes this failure; `repeatable` means that the tool is idempotent.
pub(super) fn decide(failure: &Failure, tries: u32, repeatable: bool) -> FailureResponse {
    if tries >= TRIES_MAX {
        return FailureResponse::GiveUp;
    }
    let known = TABLE.iter().find(|(code, _)| code.as_str() == failure.code).map(|(_, reaction)| *reaction);
    // For other codes, such as a timeout, it is unknown if the call was carried out. A second ticket is worse than
    // none.
    known.unwrap_or(if repeatable { FailureResponse::TryAgain } else { FailureResponse::GiveUp })
}

/// Returns `true` if the code says that the tool has done nothing.
pub(super) fn nothing_was_done(failure: &Failure) -> bool {
    let known = TABLE.iter().any(|(code, _)| code.as_str() == failure.code);
    known && failure.code != Code::OutcomeUnknown.as_str()
}

/// Returns `true` if the failure is about the value of this argument and nothing was done.
pub(super) fn blames(failure: &Failure, argument: &str) -> bool {
    let by_code = TABLE.iter().any(|(code, reaction)| {
        code.as_str() == failure.code
            && matches!(reaction, FailureResponse::AskAgain(names) if names.contains(&argument))
    });
    let is_unknown_colleague = failure.code == Code::OwnerNotFound.as_str() && argument == toolbox::OWNER;
    let is_named = failure.named().iter().any(|name| name == argument);
    nothing_was_done(failure) && (by_code || is_unknown_colleague || is_named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reactions_follow_the_code_the_number_of_failures_and_idempotency() {
        let cases = [
            ("USER_NOT_FOUND_ERROR", 1, true, FailureResponse::AskAgain(&["email", "phone"])),
            ("USER_NOT_FOUND_ERROR", TRIES_MAX, true, FailureResponse::GiveUp),
            ("SLOT_TAKEN_ERROR", 1, false, FailureResponse::AskAgain(&["meeting_start_time"])),
            ("BUSY_ERROR", 1, false, FailureResponse::TryAgain),
            ("RATE_LIMITED_ERROR", 1, false, FailureResponse::TryAgain),
            ("TIMEOUT_ERROR", 1, true, FailureResponse::TryAgain),
            ("TIMEOUT_ERROR", 1, false, FailureResponse::GiveUp),
            ("OUTCOME_UNKNOWN_ERROR", 1, true, FailureResponse::GiveUp),
            ("SOMEBODY_ELSES_ERROR", 2, true, FailureResponse::TryAgain),
        ];
        for (code, tries, repeatable, wanted) in cases {
            assert_eq!(decide(&Failure::of(code, ""), tries, repeatable), wanted, "{code}");
        }
    }

    /// Codes that are treated like unknown ones: the outcome is unknown, or no tool of a node returns them.
    const AS_UNKNOWN: &[Code] = &[
        Code::HubSpotFailed,
        Code::Unreachable,
        Code::Unreadable,
        Code::Timeout,
        Code::StoreFailed,
        Code::DocumentsUnreadable,
        Code::ResultTooLarge,
        Code::Internal,
        Code::TaskgraphNotFound,
        Code::SessionNotFound,
        Code::StepRefused,
    ];

    #[test]
    fn every_code_is_in_exactly_one_table() {
        for code in Code::ALL {
            let known = TABLE.iter().filter(|(listed, _)| listed == code).count();
            let unknown = AS_UNKNOWN.iter().filter(|listed| *listed == code).count();
            assert_eq!(known + unknown, 1, "{code}");
        }
    }
}
