//! The tools whose results are deeds.

/// The tools that write something a customer has asked for.
pub(super) const WRITES: &[&str] = &[
    "create_meeting",
    "create_ticket",
    "create_contact",
    "create_task",
    "handoff_start",
    "update_contact",
    "update_ticket",
];
