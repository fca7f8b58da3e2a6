//! The memory of one conversation between two messages: ids, times, counts and the graph's session. Texts stay in HubSpot,
//! and are read anew for every turn.

use serde::{Deserialize, Serialize};

use super::leads::memory::LeadMemory;

/// The version of what is stored. A newer program reads older ones; fields are added, and none changes its meaning.
pub const VERSION: u32 = 1;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The memory of one conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConversationMemory {
    /// The version of these fields.
    pub version: u32,
    /// The newest message of the customer that was dealt with, by HubSpot's id.
    pub handled: Option<String>,
    /// HubSpot's time of it, in unix milliseconds.
    pub handled_ms: i64,
    /// The hand-over that is under way.
    pub handing: Option<Handing>,
    /// The summary of the last hand-over, while it is not known whether colleagues have it.
    pub unread: Option<UnreadSummary>,
    /// The end of the last hand-over, in unix milliseconds: from then on a person has the conversation.
    pub handed_over_ms: Option<i64>,
    /// The time at which an operator gave the conversation back.
    pub given_back_ms: Option<i64>,
    /// The session of the taskgraph, which goes on after a restart.
    pub session: Option<String>,
    /// The sender with whom the session was begun, by HubSpot's id of actors.
    pub session_of: Option<String>,
    /// The code of the language that the customer was last understood to write.
    pub language: Option<String>,
    /// The day of the counts, in days since 1970 (UTC).
    pub day: i64,
    /// The turns of that day.
    pub turns: u32,
    /// The tokens of that day.
    pub tokens: u64,
    /// The outcome of the last message.
    pub outcome: Option<String>,
    /// The reason of that outcome.
    pub reason: Option<String>,
    /// The tools that have written for this customer, oldest first.
    pub written: Vec<String>,
    /// What the conversation has shown for its contact.
    pub leads: LeadMemory,
}

/// A hand-over that is under way. Each step is noted before the next one, so that a restart goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handing {
    /// The reason, by its name.
    pub reason: String,
    /// The customer's message that began it.
    pub trigger: String,
    /// The steps that are done.
    pub step: u8,
    /// It is not known whether the customer was told.
    #[serde(default)]
    pub untold: bool,
    /// It is not known whether colleagues have the summary.
    #[serde(default)]
    pub unread: bool,
}

/// A summary for colleagues of which nobody knows whether they have it, where nothing else tells them of the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadSummary {
    /// The reason of the hand-over, by its name.
    pub reason: String,
    /// The customer's message that began it.
    pub trigger: String,
    /// It is not known whether the customer was told.
    pub untold: bool,
}

/// The most tools that are remembered as having written.
const WRITTEN_MAX: usize = 20;

impl ConversationMemory {
    /// The counts of today: those of an earlier day are forgotten.
    pub fn of_today(mut self, now_ms: i64) -> ConversationMemory {
        let today = now_ms.div_euclid(DAY_MS);
        if self.day != today {
            (self.day, self.turns, self.tokens) = (today, 0, 0);
        }
        self.version = VERSION;
        self
    }

    /// Notes a message as dealt with.
    pub fn note_handled(&mut self, message: &str, at_ms: i64) {
        self.handled = Some(message.to_owned());
        self.handled_ms = self.handled_ms.max(at_ms);
    }

    /// Notes the outcome of the last message.
    pub fn note_outcome(&mut self, outcome: &str, reason: &str) {
        self.outcome = Some(outcome.to_owned());
        self.reason = (!reason.is_empty()).then(|| reason.to_owned());
    }

    /// Notes the tools of a turn that have written.
    pub fn note_written<'a>(&mut self, tools: impl IntoIterator<Item = &'a str>) {
        self.written.extend(tools.into_iter().map(str::to_owned));
        self.written.drain(..self.written.len().saturating_sub(WRITTEN_MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_of_one_day_and_old_memories_are_read() {
        let memory = ConversationMemory { day: 20_000, turns: 3, tokens: 99, ..ConversationMemory::default() };
        let same = memory.clone().of_today(20_000 * DAY_MS + 5);
        assert_eq!((same.turns, same.tokens), (3, 99));
        let next = memory.of_today(20_001 * DAY_MS);
        assert_eq!((next.day, next.turns, next.tokens), (20_001, 0, 0));
        let old: ConversationMemory = serde_json::from_str(r#"{"handled":"a","from_the_future":1}"#).unwrap();
        assert_eq!(old.handled.as_deref(), Some("a"));
    }
}
