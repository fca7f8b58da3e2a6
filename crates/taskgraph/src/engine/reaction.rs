//! The engine's reaction to the failure of a tool.

use super::event::Failure;
use domain::code::Code;

/// The number of failures after which the engine gives up on a tool.
pub(super) const TRIES_MAX: u32 = 3;

/// The reaction to a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reaction {
    /// Ask the customer for these arguments again.
    AskAgain(&'static [&'static str]),
    /// Ask the customer again for all arguments that they stated for this tool.
    AskAll,
    /// The same call may succeed later.
    TryAgain,
    /// No answer of the customer can help.
    GiveUp,
}

/// The reactions to error codes; [`Code`] documents their meanings.
const TABLE: &[(Code, Reaction)] = &[
    (Code::UserNotFound, Reaction::AskAgain(&["email", "phone"])),
    (Code::TicketNotFound, Reaction::AskAgain(&["ticket_id"])),
    (Code::StageNotFound, Reaction::AskAgain(&["stage", "pipeline"])),
    (Code::TextLost, Reaction::AskAgain(&["content"])),
    (Code::Changed, Reaction::AskAgain(&["if_updated_at"])),
    (Code::Unavailable, Reaction::AskAgain(&["meeting_start_time"])),
    (Code::SlotTaken, Reaction::AskAgain(&["meeting_start_time"])),
    (Code::DurationNotOffered, Reaction::AskAgain(&["duration"])),
    (Code::GuestsNotAllowed, Reaction::AskAgain(&["guest_emails"])),
    (Code::EmailRefused, Reaction::AskAgain(&["cus_email"])),
    (Code::DateNotUnderstood, Reaction::AskAgain(&["meeting_date", "meeting_start_time", "due"])),
    (Code::TimeZoneUnknown, Reaction::AskAgain(&["time_zone"])),
    (Code::InvalidInput, Reaction::AskAll),
    (Code::Rejected, Reaction::AskAll),
    (Code::Conflict, Reaction::AskAll),
    (Code::PropertyNotFound, Reaction::AskAll),
    (Code::Ambiguous, Reaction::AskAll),
    // Nothing was done, and the arguments are not wrong.
    (Code::FormFieldsRequired, Reaction::TryAgain),
    (Code::AnswerNeeded, Reaction::TryAgain),
    (Code::RateLimited, Reaction::TryAgain),
    (Code::Busy, Reaction::TryAgain),
    (Code::ContactNotFound, Reaction::GiveUp),
    (Code::ConversationNotFound, Reaction::GiveUp),
    (Code::ChannelClosed, Reaction::GiveUp),
    (Code::HandedOver, Reaction::GiveUp),
    (Code::HandoffNotFound, Reaction::GiveUp),
    (Code::HandoffEnded, Reaction::GiveUp),
    (Code::SenderMissing, Reaction::GiveUp),
    (Code::RepliesNotAllowed, Reaction::GiveUp),
    (Code::FileTooLarge, Reaction::GiveUp),
    (Code::OwnerNotFound, Reaction::GiveUp),
    (Code::MeetingLinkUnfound, Reaction::GiveUp),
    (Code::CalendarOffline, Reaction::GiveUp),
    (Code::Archived, Reaction::GiveUp),
    (Code::NotFound, Reaction::GiveUp),
    (Code::Unauthorized, Reaction::GiveUp),
    (Code::MissingScope, Reaction::GiveUp),
    (Code::Forbidden, Reaction::GiveUp),
    (Code::Declined, Reaction::GiveUp),
    (Code::WriteLimit, Reaction::GiveUp),
    (Code::AuditUnavailable, Reaction::GiveUp),
    (Code::Dismissed, Reaction::GiveUp),
    (Code::OutcomeUnknown, Reaction::GiveUp),
];

/// Decides on a reaction. `tries` includes this failure; `repeatable` means that the tool is idempotent.
pub(super) fn decide(failure: &Failure, tries: u32, repeatable: bool) -> Reaction {
    if tries >= TRIES_MAX {
        return Reaction::GiveUp;
    }
    let known = TABLE.iter().find(|(code, _)| code.as_str() == failure.code).map(|(_, reaction)| *reaction);
    // For other codes, such as a timeout, it is unknown if the call was carried out. A second ticket is worse than
    // none.
    known.unwrap_or(if repeatable { Reaction::TryAgain } else { Reaction::GiveUp })
}

/// Returns `true` if the code says that the tool has done nothing.
pub(super) fn nothing_was_done(failure: &Failure) -> bool {
    let known = TABLE.iter().any(|(code, _)| code.as_str() == failure.code);
    known && failure.code != Code::OutcomeUnknown.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reactions_follow_the_code_the_number_of_failures_and_idempotency() {
        let cases = [
            ("USER_NOT_FOUND_ERROR", 1, true, Reaction::AskAgain(&["email", "phone"])),
            ("USER_NOT_FOUND_ERROR", TRIES_MAX, true, Reaction::GiveUp),
            ("SLOT_TAKEN_ERROR", 1, false, Reaction::AskAgain(&["meeting_start_time"])),
            ("BUSY_ERROR", 1, false, Reaction::TryAgain),
            ("RATE_LIMITED_ERROR", 1, false, Reaction::TryAgain),
            ("TIMEOUT_ERROR", 1, true, Reaction::TryAgain),
            ("TIMEOUT_ERROR", 1, false, Reaction::GiveUp),
            ("OUTCOME_UNKNOWN_ERROR", 1, true, Reaction::GiveUp),
            ("SOMEBODY_ELSES_ERROR", 2, true, Reaction::TryAgain),
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
