//! The most that one turn may cost.

use std::time::Duration;

use chrono::TimeDelta;

/// Decisions of a brain that follows rules: each is a step of a taskgraph or a call, and none costs tokens.
pub const DECISIONS_OF_RULES_MAX: usize = 40;

/// The time for which free times that were offered are booked without another look.
pub const OFFER_MAX: TimeDelta = TimeDelta::minutes(15);

/// The limits of one turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnLimits {
    /// Decisions of the brain; the last one must be a reply.
    pub decisions: usize,
    /// Calls of tools that reach HubSpot or the documents; the steps of a taskgraph do not count.
    pub tool_calls: usize,
    /// Calls of one tool with the same arguments.
    pub equal_calls: usize,
    /// Tokens of the turn.
    pub tokens: u64,
    /// Time from the message to the reply.
    pub time: Duration,
    /// Earlier messages that the brain is shown.
    pub window_messages: usize,
    /// Tokens of them.
    pub window_tokens: usize,
}

impl Default for TurnLimits {
    fn default() -> TurnLimits {
        TurnLimits {
            decisions: 6,
            tool_calls: 8,
            equal_calls: 2,
            tokens: 60_000,
            time: Duration::from_secs(120),
            window_messages: super::conversation::WINDOW_MESSAGES,
            window_tokens: super::conversation::WINDOW_TOKENS,
        }
    }
}
