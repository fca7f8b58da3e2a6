//! The outcomes of messages, in metrics and in the store's counts.

use metrics::{counter, histogram};
use tracing::warn;

use super::reason::Ignored;
use crate::store::Store;
use crate::store::autopilot::counts::Count;

/// The outcome of a customer's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageOutcome {
    /// A reply was sent.
    Answered,
    /// A reply was proposed.
    Drafted,
    /// Somebody else answers.
    Silent,
    /// A person goes on.
    HandedOver,
}

impl MessageOutcome {
    /// The name in metrics and reports.
    pub fn name(self) -> &'static str {
        match self {
            MessageOutcome::Answered => "answered",
            MessageOutcome::Drafted => "drafted",
            MessageOutcome::Silent => "silent",
            MessageOutcome::HandedOver => "handed_over",
        }
    }
}

/// The end of values that a conversation has shown for its contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadEnd {
    /// They were written.
    Written,
    /// Colleagues were told what would be written.
    Told,
    /// The contact's own values stay.
    Kept,
    /// HubSpot did not take them.
    GivenUp,
}

/// The outcome under which leads are counted beside those of messages.
pub const LEAD: &str = "lead";

impl LeadEnd {
    /// The name in metrics and reports.
    pub fn name(self) -> &'static str {
        match self {
            LeadEnd::Written => "written",
            LeadEnd::Told => "told",
            LeadEnd::Kept => "kept",
            LeadEnd::GivenUp => "given_up",
        }
    }
}

/// Counts a lead. The reason is the one for which it was given up.
pub async fn lead(store: &Store, inbox: &str, end: LeadEnd, reason: &str) {
    counter!("autopilot_leads_total", "outcome" => end.name(), "reason" => reason.to_owned()).increment(1);
    let reason = if reason.is_empty() { end.name() } else { reason };
    let (inbox, outcome, reason) = (inbox.to_owned(), LEAD.to_owned(), reason.to_owned());
    keep(store, Count { inbox, outcome, reason, messages: 1, ..Count::default() }).await;
}

/// Counts an outcome. A count that cannot be kept is told in the log and stops nothing.
pub async fn count(store: &Store, inbox: &str, outcome: MessageOutcome, reason: &str, wait_ms: i64) {
    counter!("autopilot_messages_total", "outcome" => outcome.name(), "reason" => reason.to_owned()).increment(1);
    if matches!(outcome, MessageOutcome::Answered | MessageOutcome::Drafted) {
        histogram!("autopilot_answer_seconds", "outcome" => outcome.name()).record(wait_ms as f64 / 1_000.0);
    }
    let count = Count {
        inbox: inbox.to_owned(),
        outcome: outcome.name().to_owned(),
        reason: reason.to_owned(),
        messages: 1,
        wait_ms,
        ..Count::default()
    };
    keep(store, count).await;
}

/// Counts the tokens of a turn, also of one whose reply was not sent.
pub async fn tokens(store: &Store, inbox: &str, brain: &'static str, tokens: u64) {
    if tokens == 0 {
        return;
    }
    counter!("autopilot_tokens_total", "brain" => brain).increment(tokens);
    let tokens = i64::try_from(tokens).unwrap_or(i64::MAX);
    let (inbox, outcome) = (inbox.to_owned(), "turn".to_owned());
    keep(store, Count { inbox, outcome, reason: brain.to_owned(), tokens, ..Count::default() }).await;
}

/// Counts a message for which nothing was to be done.
pub fn ignored(why: Ignored) {
    counter!("autopilot_ignored_total", "reason" => why.name()).increment(1);
}

async fn keep(store: &Store, count: Count) {
    if let Err(error) = store.count_autopilot(count).await {
        warn!("What became of a message could not be counted: {error}.");
    }
}
