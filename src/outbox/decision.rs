//! The decisions about a message that may have been sent before: it is there, it may still come, or it is sent; and what its
//! end is after a try. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::store::outbox::{OutboxReply, ReplyEnd, ReplyState};
use domain::unix_ms::millis;

/// The time after which a message whose end nobody knows does not arrive any more.
pub const LATE_MAX: Duration = Duration::from_secs(2 * 60);
/// The time within which equal words are the message of which nobody knows the end, where HubSpot takes one for its id. Later
/// they are said again: under the first id HubSpot would drop them.
const SAME_ID_MAX: Duration = Duration::from_secs(10 * 60);
/// The largest difference between HubSpot's clock and the store's. What is older than this before a message was noted is
/// another one.
const CLOCK_DIFFERENCE_MS: i64 = 60 * 1_000;

/// A message that HubSpot has, with the words of the one that is looked for, and that is not known as another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrivedMessage {
    /// HubSpot's id.
    pub id: String,
    /// The time at which it was written, in unix milliseconds, where it counts.
    pub at_ms: Option<i64>,
}

/// The time within which the same words are the same message, once it has surely been sent. It is counted from when that
/// became known: whoever has waited for it repeats the call only then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// Its name tells that it is the same.
    Always,
    /// Equal words soon after are a repeated call.
    Within(Duration),
    /// Each call is a message of its own.
    Never,
}

/// The way in which a message is sent again of which nobody knows the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resend {
    /// At once and under its name: HubSpot takes one for its id, and answers with it again.
    ById,
    /// As another one, once the first does not arrive any more.
    WhenLapsed,
    /// Not at all: somebody else decides.
    Never,
}

/// The rules of a message, and what is known beside the notes.
#[derive(Clone, Copy, Debug)]
pub struct SendRules<'a> {
    /// The time within which it is the same message.
    pub repeats: Repeats,
    /// The way in which it is sent again.
    pub resend: Resend,
    /// The keys of messages that this call has seen another one send: what that one has sent is this one's.
    pub watched: &'a BTreeSet<String>,
}

/// The next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutboxDecision {
    /// HubSpot has it.
    Found {
        /// The key of its note.
        key: String,
        /// HubSpot's id.
        message: String,
        /// The time at which it was written, as a look has found it.
        at_ms: Option<i64>,
        /// The note says so already.
        is_noted: bool,
    },
    /// It may still arrive: nothing is sent.
    Wait {
        /// The key of its note.
        key: String,
        /// Until it cannot arrive any more.
        left: Duration,
        /// Its sender may be at work: it has noted no end yet.
        is_under_way: bool,
    },
    /// It is sent again under its name.
    Again {
        /// The key of its note.
        key: String,
    },
    /// It is not there and does not come any more, if it ever was sent.
    Send {
        /// The keys of notes of which nothing came.
        lapsed: Vec<String>,
    },
    /// It is not there and does not come any more, and it is not sent again.
    Undecided,
}

/// The outcome of one try to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TryOutcome {
    /// HubSpot has it, under this id.
    Taken(String),
    /// HubSpot may have it.
    Unclear,
    /// HubSpot has surely not taken this try.
    Refused,
}

/// The step after a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterTry {
    /// The end is known, as far as it can be.
    Note(ReplyEnd),
    /// An earlier try may have arrived all the same: it is looked for.
    Look,
}

/// Decides by the notes of equal messages and what a look has found.
pub fn decide(notes: &[OutboxReply], arrived: &[ArrivedMessage], rules: SendRules<'_>, now_ms: i64) -> OutboxDecision {
    let is_repeated = |note: &&OutboxReply| match rules.repeats {
        _ if rules.watched.contains(&note.key) => true,
        Repeats::Always => true,
        Repeats::Within(time) => now_ms - known_since_ms(note) < millis(time),
        Repeats::Never => false,
    };
    let sent = notes.iter().filter(|note| note.message.is_some()).filter(is_repeated);
    if let Some(note) = sent.max_by_key(|note| note.begun_ms) {
        let message = note.message.clone().unwrap_or_default();
        return OutboxDecision::Found { key: note.key.clone(), message, at_ms: None, is_noted: true };
    }
    let mut open: Vec<_> = notes.iter().filter(|note| is_open(note)).collect();
    open.sort_by_key(|note| note.begun_ms);
    if let Some((note, found)) = open.iter().find_map(|note| Some((note, result_of(note, arrived)?))) {
        let (key, message) = (note.key.clone(), found.id.clone());
        return OutboxDecision::Found { key, message, at_ms: found.at_ms, is_noted: false };
    }
    match rules.resend {
        Resend::ById => again(&open, rules.repeats, now_ms),
        Resend::WhenLapsed | Resend::Never => awaited(&open, rules.resend, now_ms),
    }
}

/// The newest of these open messages is sent again, unless equal words are another message by now.
fn again(open: &[&OutboxReply], repeats: Repeats, now_ms: i64) -> OutboxDecision {
    let is_same = |note: &&&OutboxReply| repeats == Repeats::Always || age_ms(note, now_ms) < millis(SAME_ID_MAX);
    match open.iter().rfind(is_same) {
        Some(note) => OutboxDecision::Again { key: note.key.clone() },
        // The notes stay: their names must not be given a second time.
        None => OutboxDecision::Send { lapsed: vec![] },
    }
}

/// The newest of these open messages is waited for.
fn awaited(open: &[&OutboxReply], resend: Resend, now_ms: i64) -> OutboxDecision {
    let last = open.iter().max_by_key(|note| known_since_ms(note));
    let left_ms = last.map_or(0, |note| millis(LATE_MAX) - age_ms(note, now_ms));
    match last {
        Some(note) if left_ms > 0 => OutboxDecision::Wait {
            key: note.key.clone(),
            left: Duration::from_millis(left_ms.unsigned_abs()),
            is_under_way: note.state == ReplyState::New,
        },
        Some(_) if resend == Resend::Never => OutboxDecision::Undecided,
        _ => OutboxDecision::Send { lapsed: open.iter().map(|note| note.key.clone()).collect() },
    }
}

/// The message that this note has left, among those that a look has found.
pub fn result_of<'a>(note: &OutboxReply, arrived: &'a [ArrivedMessage]) -> Option<&'a ArrivedMessage> {
    let is_since = |at_ms: i64| at_ms + CLOCK_DIFFERENCE_MS >= note.begun_ms;
    arrived.iter().find(|message| message.at_ms.is_none_or(is_since))
}

/// The end of a message after a try. Only a refusal of the very first one tells that HubSpot has nothing.
pub fn after_try(outcome: TryOutcome, is_first: bool) -> AfterTry {
    match outcome {
        TryOutcome::Taken(message) => AfterTry::Note(ReplyEnd::Sent { message }),
        TryOutcome::Unclear => AfterTry::Note(ReplyEnd::Unclear),
        TryOutcome::Refused if is_first => AfterTry::Note(ReplyEnd::NotSent),
        TryOutcome::Refused => AfterTry::Look,
    }
}

/// The name of the next message behind this beginning: above all numbers that were given, since the note of a message that
/// was refused is gone. `skipped` more are passed over.
pub fn next_name(beginning: &str, notes: &[OutboxReply], skipped: u64) -> String {
    let number = |note: &OutboxReply| note.key.strip_prefix(beginning)?.strip_prefix('/')?.parse::<u64>().ok();
    let next = notes.iter().filter_map(number).max().map_or(0, |highest| highest.saturating_add(1));
    format!("{beginning}/{}", next.saturating_add(skipped))
}

/// True for a note whose end nobody knows.
pub fn is_open(note: &OutboxReply) -> bool {
    matches!(note.state, ReplyState::New | ReplyState::Unclear) && note.message.is_none()
}

/// The time since which what is known of a message is known: that of its outcome, or of its begin.
fn known_since_ms(note: &OutboxReply) -> i64 {
    note.ended_ms.unwrap_or(note.begun_ms)
}

fn age_ms(note: &OutboxReply, now_ms: i64) -> i64 {
    now_ms - known_since_ms(note)
}

#[cfg(test)]
mod tests;
