//! What came of a rehearsal: each message with what would have been said beside what people said, and counts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::records::excerpt::TextPart;

/// The longest part of a text in the table, and its lines.
const TEXT_CHARACTERS_MAX: usize = 600;
/// The outcome of a conversation that could not be looked at to its end.
const FAILED: &str = "failed";
/// The column at which texts begin.
const INDENT: &str = "             ";

/// A message of a customer that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RehearsedMessage {
    /// The conversation.
    pub conversation_id: String,
    /// The inbox, by its id; empty for a conversation that could not be read.
    pub inbox: String,
    /// When the customer wrote (RFC 3339); empty for a conversation that could not be read.
    pub at: String,
    /// What they wrote.
    pub customer: String,
    /// What they were told by others, and by whom: `person`, `bot` or `autopilot`.
    pub people: Vec<SaidByOthers>,
    /// `answered`, `handed_over`, `silent`, `ignored`, or `failed` for a conversation of which the rest could not be looked at.
    pub outcome: &'static str,
    /// The reason.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub reason: &'static str,
    /// The failure, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub problem: String,
    /// What the autopilot would have said; empty for nothing.
    pub autopilot: String,
    /// It would have had no good answer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unserved: bool,
    /// The tokens that it cost now.
    pub tokens: u64,
}

impl RehearsedMessage {
    /// The row of a conversation that could not be looked at to its end, for this reason.
    pub fn failed(conversation_id: &str, problem: &str) -> RehearsedMessage {
        let (conversation_id, problem) = (conversation_id.to_owned(), problem.to_owned());
        RehearsedMessage { conversation_id, outcome: FAILED, problem, ..RehearsedMessage::default() }
    }
}

/// Words of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SaidByOthers {
    /// `person`, `bot` or `autopilot`.
    pub by: &'static str,
    /// The words.
    pub text: String,
}

/// The messages with one outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RehearsedCount {
    /// The outcome.
    pub outcome: &'static str,
    /// The reason.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub reason: &'static str,
    /// The messages.
    pub messages: usize,
}

/// A whole rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RehearsalReport {
    /// The conversations that were looked at.
    pub conversations: usize,
    /// There were more than were asked for.
    pub has_more: bool,
    /// The outcomes, the most frequent first.
    pub counts: Vec<RehearsedCount>,
    /// The tokens of all.
    pub tokens: u64,
    /// The messages, by conversation.
    pub messages: Vec<RehearsedMessage>,
}

impl RehearsalReport {
    /// Counts what was collected.
    #[must_use]
    pub fn counted(mut self) -> RehearsalReport {
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for message in &self.messages {
            *counts.entry((message.outcome, message.reason)).or_default() += 1;
        }
        let count = |((outcome, reason), messages)| RehearsedCount { outcome, reason, messages };
        self.counts = counts.into_iter().map(count).collect();
        self.counts.sort_by_key(|count| std::cmp::Reverse(count.messages));
        self.tokens = self.messages.iter().map(|message| message.tokens).sum();
        self
    }

    /// The report for people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for message in &self.messages {
            block(&mut text, message);
        }
        let failed = self.messages.iter().filter(|message| message.outcome == FAILED).count();
        let more = if self.has_more { " (there are more: raise --limit)" } else { "" };
        let _infallible = writeln!(
            text,
            "{} messages in {} closed conversations{more}; nothing was sent. Tokens: {}.\n",
            self.messages.len() - failed,
            self.conversations,
            self.tokens
        );
        let _infallible = writeln!(text, "{:<12}  {:<20}  {:>8}", "outcome", "reason", "messages");
        for count in &self.counts {
            let _infallible = writeln!(text, "{:<12}  {:<20}  {:>8}", count.outcome, count.reason, count.messages);
        }
        text
    }
}

fn block(text: &mut String, message: &RehearsedMessage) {
    if message.outcome == FAILED {
        let _infallible =
            writeln!(text, "conversation {}\n  failed     {}\n", message.conversation_id, message.problem);
        return;
    }
    let _infallible =
        writeln!(text, "{}  conversation {}  inbox {}", message.at, message.conversation_id, message.inbox);
    row(text, "customer", &message.customer);
    for said in &message.people {
        row(text, said.by, &said.text);
    }
    if message.people.is_empty() {
        row(text, "people", "(nothing)");
    }
    let reason = if message.reason.is_empty() { String::new() } else { format!(" ({})", message.reason) };
    let said = if message.autopilot.is_empty() { String::new() } else { format!("\n{}", message.autopilot) };
    row(text, "would be", &format!("{}{reason}{said}", message.outcome));
    text.push('\n');
}

fn row(text: &mut String, by: &str, words: &str) {
    let part = TextPart::first(TEXT_CHARACTERS_MAX).of(words.trim());
    let cut = if part.next.is_some() { " […]" } else { "" };
    let words = format!("{}{cut}", part.text).replace('\n', &format!("\n{INDENT}"));
    let _infallible = writeln!(text, "  {by:<9}  {words}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(outcome: &'static str, reason: &'static str) -> RehearsedMessage {
        RehearsedMessage {
            conversation_id: "9000000001".into(),
            inbox: "481939".into(),
            at: "2026-11-20T10:03:00Z".into(),
            customer: "Where is it?\nHello?".into(),
            people: vec![SaidByOthers { by: "person", text: "On its way.".into() }],
            outcome,
            reason,
            autopilot: "I will look.".into(),
            tokens: 5,
            ..RehearsedMessage::default()
        }
    }

    #[test]
    fn people_read_both_sides_and_counts() {
        let failed = RehearsedMessage::failed("9000000002", "HubSpot failed with status `503`");
        let messages = vec![message("answered", ""), failed, message("handed_over", "asked"), message("answered", "")];
        let report = RehearsalReport { conversations: 2, messages, ..RehearsalReport::default() }.counted();
        let text = report.text();
        assert!(
            text.starts_with(
                "2026-11-20T10:03:00Z  conversation 9000000001  inbox 481939\n  customer   Where is it?\n             Hello?\n  \
                 person     On its way.\n  would be   answered\n             I will look.\n"
            ),
            "{text}"
        );
        assert!(text.contains("3 messages in 2 closed conversations; nothing was sent. Tokens: 15."), "{text}");
        assert!(text.contains("conversation 9000000002\n  failed     HubSpot failed with status `503`\n"), "{text}");
        let lines: Vec<Vec<&str>> = text.lines().rev().take(3).map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines, [vec!["handed_over", "asked", "1"], vec!["failed", "1"], vec!["answered", "2"]]);
    }
}
