//! The decision about a message that may have been sent before: it is there, it may still come, or it is sent. Pure.

use std::time::Duration;

use crate::store::outbox::{OutboxReply, ReplyState};

/// The time after which a message whose end nobody knows does not arrive any more.
pub const LATE_MAX: Duration = Duration::from_secs(2 * 60);
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

/// The time within which the same words are the same message, once it has surely been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// Its name tells that it is the same.
    Always,
    /// Equal words soon after are a repeated call.
    Within(Duration),
    /// Each call is a message of its own.
    Never,
}

impl Repeats {
    /// Decision for a call that has seen another one send equal words at this moment: what that one has sent is this one's.
    #[must_use]
    pub fn of_one_under_way(self) -> Repeats {
        match self {
            Repeats::Always => Repeats::Always,
            Repeats::Within(time) => Repeats::Within(time.max(LATE_MAX)),
            Repeats::Never => Repeats::Within(LATE_MAX),
        }
    }
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
        /// Until it cannot arrive any more.
        left: Duration,
        /// Its sender may be at work: it has noted no end yet.
        is_under_way: bool,
    },
    /// It is not there and does not come any more, if it ever was sent.
    Send {
        /// The keys of notes of which nothing came.
        lapsed: Vec<String>,
    },
}

/// Decides by the notes of equal messages and what a look has found.
pub fn decide(notes: &[OutboxReply], arrived: &[ArrivedMessage], repeats: Repeats, now_ms: i64) -> OutboxDecision {
    let is_repeated = |note: &&OutboxReply| match repeats {
        Repeats::Always => true,
        Repeats::Within(time) => now_ms - note.begun_ms < millis(time),
        Repeats::Never => false,
    };
    let sent = notes.iter().filter(|note| note.message.is_some()).filter(is_repeated);
    if let Some(note) = sent.max_by_key(|note| note.begun_ms) {
        let message = note.message.clone().unwrap_or_default();
        return OutboxDecision::Found { key: note.key.clone(), message, at_ms: None, is_noted: true };
    }
    let mut open: Vec<_> = notes.iter().filter(|note| is_open(note)).collect();
    open.sort_by_key(|note| note.begun_ms);
    let result_of = |note: &OutboxReply| {
        let is_since = |at_ms: i64| at_ms + CLOCK_DIFFERENCE_MS >= note.begun_ms;
        arrived.iter().find(|message| message.at_ms.is_none_or(is_since))
    };
    if let Some((note, found)) = open.iter().find_map(|note| Some((note, result_of(note)?))) {
        let (key, message) = (note.key.clone(), found.id.clone());
        return OutboxDecision::Found { key, message, at_ms: found.at_ms, is_noted: false };
    }
    let left = |note: &OutboxReply| millis(LATE_MAX) - (now_ms - note.begun_ms);
    match open.last() {
        Some(note) if left(note) > 0 => OutboxDecision::Wait {
            left: Duration::from_millis(left(note).unsigned_abs()),
            is_under_way: note.state == ReplyState::New,
        },
        _ => OutboxDecision::Send { lapsed: open.iter().map(|note| note.key.clone()).collect() },
    }
}

/// True for a note whose end nobody knows.
pub fn is_open(note: &OutboxReply) -> bool {
    matches!(note.state, ReplyState::New | ReplyState::Unclear) && note.message.is_none()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::outbox::ReplyKind;
    use Repeats::{Always, Never, Within};

    const NOW: i64 = 1_000_000;

    fn note(key: &str, state: ReplyState, age_ms: i64) -> OutboxReply {
        OutboxReply {
            key: key.to_owned(),
            kind: ReplyKind::Message,
            digest: String::new(),
            message: (state == ReplyState::Sent).then(|| format!("m-{key}")),
            state,
            begun_ms: NOW - age_ms,
        }
    }

    fn arrived(id: &str, age_ms: i64) -> ArrivedMessage {
        ArrivedMessage { id: id.to_owned(), at_ms: Some(NOW - age_ms) }
    }

    fn said(decision: OutboxDecision) -> String {
        match decision {
            OutboxDecision::Found { key, message, is_noted: true, .. } => format!("{key} was sent as {message}"),
            OutboxDecision::Found { key, message, is_noted: false, .. } => format!("{key} arrived as {message}"),
            OutboxDecision::Wait { left, is_under_way: true } => format!("wait {}, under way", left.as_secs()),
            OutboxDecision::Wait { left, is_under_way: false } => format!("wait {}", left.as_secs()),
            OutboxDecision::Send { lapsed } => format!("send {}", lapsed.join("+")),
        }
    }

    #[test]
    fn what_may_have_been_sent_is_found_or_waited_for_and_else_sent() {
        use ReplyState::{New, Sent, Unclear};
        let half_minute = Within(Duration::from_secs(30));
        let ago = |seconds: i64| seconds * 1_000;
        for (notes, seen, repeats, expected) in [
            (vec![], vec![], Never, "send "),
            (vec![], vec![arrived("m", 0)], Never, "send "),
            // Sent before.
            (vec![note("a", Sent, ago(9))], vec![], Never, "send "),
            (vec![note("a", Sent, ago(9))], vec![], half_minute, "a was sent as m-a"),
            (vec![note("a", Sent, ago(30))], vec![], half_minute, "send "),
            (vec![note("a", Sent, ago(900))], vec![], Always, "a was sent as m-a"),
            (vec![note("a", Sent, ago(20)), note("b", Sent, ago(9))], vec![], half_minute, "b was sent as m-b"),
            // Nobody knows its end.
            (vec![note("a", New, ago(1))], vec![], Never, "wait 119, under way"),
            (vec![note("a", Unclear, ago(1))], vec![], Always, "wait 119"),
            (vec![note("a", Unclear, ago(60))], vec![arrived("m", ago(58))], Never, "a arrived as m"),
            (vec![note("a", New, ago(119))], vec![], Never, "wait 1, under way"),
            (vec![note("a", New, ago(120))], vec![], Never, "send a"),
            (vec![note("a", Unclear, ago(300))], vec![arrived("m", ago(290))], Never, "a arrived as m"),
            // Older than the note by more than the clocks differ: somebody else's.
            (vec![note("a", Unclear, ago(30))], vec![arrived("m", ago(91))], Never, "wait 90"),
            (vec![note("a", Unclear, ago(30))], vec![arrived("m", ago(90))], Never, "a arrived as m"),
            // Several.
            (vec![note("a", Unclear, ago(300)), note("b", New, ago(5))], vec![], Never, "wait 115, under way"),
            (vec![note("a", Unclear, ago(300)), note("b", New, ago(200))], vec![], Never, "send a+b"),
            (
                vec![note("b", Unclear, ago(9)), note("a", Unclear, ago(50))],
                vec![arrived("m", 0)],
                Never,
                "a arrived as m",
            ),
            (vec![note("a", Sent, ago(90)), note("b", Unclear, ago(9))], vec![], half_minute, "wait 111"),
        ] {
            assert_eq!(said(decide(&notes, &seen, repeats, NOW)), expected, "{notes:?} {seen:?} {repeats:?}");
        }
    }

    #[test]
    fn without_a_time_its_place_tells_that_it_is_later() {
        let seen = [ArrivedMessage { id: "m".into(), at_ms: None }];
        let decided = decide(&[note("a", ReplyState::Unclear, 5_000)], &seen, Always, NOW);
        assert_eq!(said(decided), "a arrived as m");
    }
}
