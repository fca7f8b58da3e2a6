//! What a tool's failure means for the walk.

use super::event::Failure;
use domain::code::Code;

/// So often a tool may fail before the walk gives up on it.
pub(super) const TRIES_MAX: u32 = 3;

/// What to do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reaction {
    /// Action the customer again for these arguments.
    AskAgain(&'static [&'static str]),
    /// Action again for all that the customer said for this tool.
    AskAll,
    /// The same call may succeed later.
    TryAgain,
    /// Nothing the customer can say helps.
    GiveUp,
}

/// Codes with a reaction of their own. What a code means stands in `crm::code`.
const TABLE: &[(Code, Reaction)] = &[
    (Code::UserNotFound, Reaction::AskAgain(&["email"])),
    (Code::TicketNotFound, Reaction::AskAgain(&["ticket_id"])),
    (Code::StageNotFound, Reaction::AskAgain(&["stage", "pipeline"])),
    (Code::Changed, Reaction::AskAgain(&["if_updated_at"])),
    (Code::Unavailable, Reaction::AskAgain(&["meeting_start_time"])),
    (Code::SlotTaken, Reaction::AskAgain(&["meeting_start_time"])),
    (Code::DurationNotOffered, Reaction::AskAgain(&["duration"])),
    (Code::GuestsNotAllowed, Reaction::AskAgain(&["guest_emails"])),
    (Code::EmailRefused, Reaction::AskAgain(&["cus_email"])),
    (Code::DateNotUnderstood, Reaction::AskAgain(&["meeting_date", "meeting_start_time"])),
    (Code::TimeZoneUnknown, Reaction::AskAgain(&["time_zone"])),
    (Code::InvalidInput, Reaction::AskAll),
    (Code::Rejected, Reaction::AskAll),
    (Code::Conflict, Reaction::AskAll),
    (Code::PropertyNotFound, Reaction::AskAll),
    (Code::Ambiguous, Reaction::AskAll),
    // Nothing was done, and nothing that has been said is wrong.
    (Code::FormFieldsRequired, Reaction::TryAgain),
    (Code::AnswerNeeded, Reaction::TryAgain),
    (Code::RateLimited, Reaction::TryAgain),
    (Code::Busy, Reaction::TryAgain),
    (Code::ContactNotFound, Reaction::GiveUp),
    (Code::OwnerNotFound, Reaction::GiveUp),
    (Code::MeetingLinkUnfound, Reaction::GiveUp),
    (Code::CalendarOffline, Reaction::GiveUp),
    (Code::Archived, Reaction::GiveUp),
    (Code::NotFound, Reaction::GiveUp),
    (Code::Unauthorized, Reaction::GiveUp),
    (Code::MissingScope, Reaction::GiveUp),
    (Code::Forbidden, Reaction::GiveUp),
    (Code::Declined, Reaction::GiveUp),
    (Code::Dismissed, Reaction::GiveUp),
    (Code::OutcomeUnknown, Reaction::GiveUp),
];

/// Decides. `tries` counts this failure; `repeatable` says that calling again is harmless whatever has happened.
pub(super) fn to(failure: &Failure, tries: u32, repeatable: bool) -> Reaction {
    if tries >= TRIES_MAX {
        return Reaction::GiveUp;
    }
    let known = TABLE.iter().find(|(code, _)| code.as_str() == failure.code).map(|(_, reaction)| *reaction);
    // Of what is left, a timeout say, nobody knows whether it was done: a second ticket would be worse than none.
    known.unwrap_or(if repeatable { Reaction::TryAgain } else { Reaction::GiveUp })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decides() {
        let cases = [
            ("USER_NOT_FOUND_ERROR", 1, true, Reaction::AskAgain(&["email"])),
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
            assert_eq!(to(&Failure::of(code, ""), tries, repeatable), wanted, "{code}");
        }
    }

    /// Codes that mean the same as one nobody knows: it is not known whether anything was done, or no node's tool has it.
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
    fn every_code_is_thought_of() {
        for code in Code::ALL {
            let told = TABLE.iter().filter(|(known, _)| known == code).count();
            let unknown = AS_UNKNOWN.iter().filter(|known| *known == code).count();
            assert_eq!(told + unknown, 1, "{code}");
        }
    }
}
