//! What a tool's failure means for the walk.

use super::event::Failure;

/// So often a tool may fail before the walk gives up on it.
pub(super) const TRIES_MAX: u32 = 3;

/// What to do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reaction {
    /// Ask the customer again for these arguments.
    AskAgain(&'static [&'static str]),
    /// Ask again for all that the customer said for this tool.
    AskAll,
    /// The same call may succeed later.
    TryAgain,
    /// Nothing the customer can say helps.
    GiveUp,
}

/// Codes with a reaction of their own. They are the codes of `crm::code`, as other servers' tools may send any.
const TABLE: &[(&str, Reaction)] = &[
    ("USER_NOT_FOUND_ERROR", Reaction::AskAgain(&["email"])),
    ("STAGE_NOT_FOUND_ERROR", Reaction::AskAgain(&["stage", "pipeline"])),
    ("UNAVAILABLE_ERROR", Reaction::AskAgain(&["meeting_start_time"])),
    ("DATE_NOT_UNDERSTOOD_ERROR", Reaction::AskAgain(&["meeting_date", "meeting_start_time"])),
    ("TIME_ZONE_UNKNOWN_ERROR", Reaction::AskAgain(&["time_zone"])),
    ("INVALID_INPUT_ERROR", Reaction::AskAll),
    ("REJECTED_ERROR", Reaction::AskAll),
    ("CONFLICT_ERROR", Reaction::AskAll),
    ("RATE_LIMITED_ERROR", Reaction::TryAgain),
    ("CONTACT_NOT_FOUND_ERROR", Reaction::GiveUp),
    ("OWNER_NOT_FOUND_ERROR", Reaction::GiveUp),
    ("MEETING_LINK_UNFOUND_ERROR", Reaction::GiveUp),
    ("UNAUTHORIZED_ERROR", Reaction::GiveUp),
    ("MISSING_SCOPE_ERROR", Reaction::GiveUp),
    ("NOT_FOUND_ERROR", Reaction::GiveUp),
    ("OUTCOME_UNKNOWN_ERROR", Reaction::GiveUp),
];

/// Decides. `tries` counts this failure; `repeatable` says that calling again is harmless whatever has happened.
pub(super) fn to(failure: &Failure, tries: u32, repeatable: bool) -> Reaction {
    if tries >= TRIES_MAX {
        return Reaction::GiveUp;
    }
    let known = TABLE.iter().find(|(code, _)| *code == failure.code).map(|(_, reaction)| *reaction);
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
}
