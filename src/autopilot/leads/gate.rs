//! Whether a lead may still be written, as the conversation is directly before it. Pure.

use crate::autopilot::decide::Mode;
use crate::autopilot::reason::Silence;

/// The right to write about a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadGate {
    /// It may be written and told.
    Open,
    /// A person has the conversation: what is written already is told, and no more.
    Ended,
    /// The inbox is off: nothing is said or done in it.
    Shut,
}

/// Decides. `is_theirs` is false if HubSpot has another contact with the conversation than the one who showed the values.
/// `taken` is who has the conversation now, and `handed_over` is true if the autopilot itself gave it away: the assignment to a
/// colleague then is its own.
pub fn of(mode: Mode, is_theirs: bool, taken: Option<Silence>, handed_over: bool) -> LeadGate {
    match (mode, taken) {
        (Mode::Off, _) => LeadGate::Shut,
        _ if !is_theirs => LeadGate::Ended,
        (_, None) => LeadGate::Open,
        (_, Some(Silence::AssignedToPerson | Silence::HandedOver)) if handed_over => LeadGate::Open,
        (_, Some(_)) => LeadGate::Ended,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_is_written_while_nobody_else_has_the_conversation() {
        for (mode, taken, handed_over, expected) in [
            (Mode::Reply, None, false, LeadGate::Open),
            (Mode::Draft, None, false, LeadGate::Open),
            (Mode::Off, None, false, LeadGate::Shut),
            (Mode::Off, Some(Silence::PersonAtWork), false, LeadGate::Shut),
            (Mode::Reply, Some(Silence::PersonAtWork), false, LeadGate::Ended),
            (Mode::Reply, Some(Silence::AssignedToPerson), false, LeadGate::Ended),
            (Mode::Reply, Some(Silence::AssignedToPerson), true, LeadGate::Open),
            (Mode::Reply, Some(Silence::PersonAtWork), true, LeadGate::Ended),
            (Mode::Draft, Some(Silence::OtherAssistant), false, LeadGate::Ended),
        ] {
            assert_eq!(of(mode, true, taken, handed_over), expected, "{mode:?} {taken:?} {handed_over}");
        }
        assert_eq!(of(Mode::Reply, false, None, false), LeadGate::Ended);
        assert_eq!(of(Mode::Off, false, None, false), LeadGate::Shut);
    }
}
