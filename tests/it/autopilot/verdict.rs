//! Judges a run of the autopilot by HubSpot's own messages. It reads JSON and knows no type of the server, so that an error in
//! the server cannot hide itself.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

/// The time within which a reply may cross a person's: it was on its way.
const RACE_MS: i64 = 3_000;
const HOUR_MS: i64 = 3_600_000;
/// The most replies into one conversation within an hour, with the word that a person goes on.
const REPLIES_OF_HOUR_MAX: usize = 9;
/// The words of the summary with which a conversation goes to a person.
const SUMMARY: &str = "Handed over by the autopilot.";
const BOT_ON: &str = "/bot on";

/// A conversation as HubSpot has it when all is over.
pub(super) struct Thread {
    /// Its id.
    pub(super) id: u64,
    /// No person writes in it: no reply may be sent.
    pub(super) is_robots: bool,
    /// Its messages.
    pub(super) messages: Vec<Value>,
}

/// A message in the words of this judge.
struct Event<'a> {
    at_ms: i64,
    text: &'a str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Customer,
    /// This server tells the customer.
    Reply,
    /// This server tells colleagues.
    Note,
    /// A person tells the customer.
    Person,
    /// The conversation was assigned to a person, by whomever.
    Assigned,
    Unassigned,
    /// It was closed, or given back by a comment.
    GivenBack,
    Other,
}

/// The faults of a run; none if everything holds.
pub(super) fn faults(threads: &[Thread]) -> Vec<String> {
    let twice = said_twice(threads);
    twice.into_iter().chain(threads.iter().flat_map(of_thread)).collect()
}

/// The marks of customers' messages, such as `[c7-m2]`, in a text.
fn marks(text: &str) -> Vec<&str> {
    text.match_indices("[c").filter_map(|(at, _)| Some(&text[at..at + text[at..].find(']')? + 1])).collect()
}

/// No message of a customer is answered twice, or in another conversation.
fn said_twice(threads: &[Thread]) -> Vec<String> {
    let mut answers: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    let mut asked: BTreeMap<&str, u64> = BTreeMap::new();
    for thread in threads {
        for message in &thread.messages {
            let event = event(message);
            for mark in marks(event.text) {
                match event.kind {
                    Kind::Reply => answers.entry(mark).or_default().push(thread.id),
                    Kind::Customer => drop(asked.insert(mark, thread.id)),
                    _ => {}
                }
            }
        }
    }
    let wrong = answers.into_iter().filter(|(mark, places)| places.len() != 1 || asked.get(mark) != places.first());
    wrong.map(|(mark, places)| format!("{mark} of {:?} is answered in {places:?}", asked.get(mark))).collect()
}

fn of_thread(thread: &Thread) -> Vec<String> {
    let mut events: Vec<_> = thread.messages.iter().map(event).collect();
    events.sort_by_key(|event| event.at_ms);
    let mut faults = vec![];
    for (place, one) in events.iter().enumerate() {
        let wrong = match one.kind {
            Kind::Reply if thread.is_robots => Some("a robot gets a reply"),
            Kind::Reply if is_persons(&events, one.at_ms - RACE_MS) => Some("a reply while a person is at it"),
            Kind::Reply if is_second(&events, place) => Some("a second reply to one burst"),
            Kind::Reply if is_too_many(&events, one.at_ms) => Some("more replies than the cap"),
            Kind::Customer if !thread.is_robots && !is_dealt_with(&events, place) => Some("nobody deals with it"),
            _ => None,
        };
        faults.extend(wrong.map(|wrong| format!("{}: {wrong}: {}", thread.id, one.text)));
    }
    faults
}

/// True if a person had the conversation at this time.
fn is_persons(events: &[Event<'_>], at_ms: i64) -> bool {
    let mut by = false;
    for event in events.iter().filter(|event| event.at_ms <= at_ms) {
        by = match event.kind {
            Kind::Person | Kind::Assigned => true,
            Kind::GivenBack => false,
            _ => by,
        };
    }
    by
}

/// True if a reply follows another one, and the customer has written nothing between. The word that a person goes on, and that
/// an answer takes a moment, repeat no mark.
fn is_second(events: &[Event<'_>], place: usize) -> bool {
    if marks(events[place].text).is_empty() {
        return false;
    }
    let before = events[..place].iter().rev().find(|event| matches!(event.kind, Kind::Reply | Kind::Customer));
    before.is_some_and(|before| before.kind == Kind::Reply && !marks(before.text).is_empty())
}

fn is_too_many(events: &[Event<'_>], at_ms: i64) -> bool {
    let in_hour = |event: &&Event<'_>| event.kind == Kind::Reply && (at_ms - HOUR_MS..=at_ms).contains(&event.at_ms);
    events.iter().filter(in_hour).count() > REPLIES_OF_HOUR_MAX
}

/// True for a message that is answered, proposed a reply to, handed over, or a person's.
fn is_dealt_with(events: &[Event<'_>], place: usize) -> bool {
    let (asked, marks) = (&events[place], marks(events[place].text));
    let names_it = |event: &Event<'_>| marks.iter().any(|mark| event.text.contains(mark));
    let by_us = |event: &Event<'_>| match event.kind {
        Kind::Reply => names_it(event),
        Kind::Note => names_it(event) || (event.text.contains(SUMMARY) && event.at_ms >= asked.at_ms),
        Kind::Person | Kind::Assigned | Kind::GivenBack => event.at_ms >= asked.at_ms,
        _ => false,
    };
    is_persons(events, asked.at_ms) || is_handed_over(events, asked.at_ms) || events.iter().any(by_us)
}

/// True if the conversation was handed over before and has not come back.
fn is_handed_over(events: &[Event<'_>], at_ms: i64) -> bool {
    let mut handed = false;
    for event in events.iter().filter(|event| event.at_ms <= at_ms) {
        handed = match event.kind {
            Kind::Note if event.text.contains(SUMMARY) => true,
            Kind::GivenBack => false,
            _ => handed,
        };
    }
    handed
}

fn event(message: &Value) -> Event<'_> {
    let at: DateTime<Utc> = message["createdAt"].as_str().and_then(|at| at.parse().ok()).unwrap_or_default();
    let text = message["text"].as_str().unwrap_or_default();
    let is_app = message["client"]["clientType"] == "INTEGRATION";
    let kind = match message["type"].as_str().unwrap_or_default() {
        "MESSAGE" if message["direction"] == "INCOMING" => Kind::Customer,
        "MESSAGE" if is_app => Kind::Reply,
        "MESSAGE" => Kind::Person,
        "COMMENT" if is_app => Kind::Note,
        "COMMENT" if text == BOT_ON => Kind::GivenBack,
        "ASSIGNMENT" if message["assignedTo"].as_str().is_some_and(|to| to.starts_with("A-")) => Kind::Assigned,
        "ASSIGNMENT" => Kind::Unassigned,
        "THREAD_STATUS_CHANGE" if message["newStatus"] == "CLOSED" => Kind::GivenBack,
        _ => Kind::Other,
    };
    Event { at_ms: at.timestamp_millis(), text, kind }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(second: u32, kind: &str, text: &str) -> Value {
        let at = format!("2026-11-22T15:00:{second:02}.000Z");
        match kind {
            "customer" => json!({"createdAt": at, "type": "MESSAGE", "direction": "INCOMING", "text": text}),
            "reply" => {
                json!({"createdAt": at, "type": "MESSAGE", "direction": "OUTGOING", "text": text, "client": {"clientType": "INTEGRATION"}})
            }
            "person" => {
                json!({"createdAt": at, "type": "MESSAGE", "direction": "OUTGOING", "text": text, "client": {"clientType": "HUBSPOT"}})
            }
            "note" => {
                json!({"createdAt": at, "type": "COMMENT", "text": text, "client": {"clientType": "INTEGRATION"}})
            }
            "comment" => json!({"createdAt": at, "type": "COMMENT", "text": text, "client": {"clientType": "HUBSPOT"}}),
            "assigned" => json!({"createdAt": at, "type": "ASSIGNMENT", "assignedTo": text}),
            _ => json!({"createdAt": at, "type": "THREAD_STATUS_CHANGE", "newStatus": "CLOSED"}),
        }
    }

    /// The number of faults in a conversation of so many seconds, kinds and texts.
    fn count(is_robots: bool, all: &[(u32, &str, &str)]) -> usize {
        let messages = all.iter().map(|(second, kind, text)| message(*second, kind, text)).collect();
        faults(&[Thread { id: 7, is_robots, messages }]).len()
    }

    #[test]
    fn planted_faults_are_found() {
        let asked = (0, "customer", "[c1-m1] hello");
        let reply = (5, "reply", "You said: [c1-m1] hello");
        for (name, all, expected) in [
            ("answered", vec![asked, reply], 0),
            ("proposed", vec![asked, (5, "note", "Proposed reply: [c1-m1]")], 0),
            (
                "handed over",
                vec![asked, (5, "reply", "A person goes on."), (6, "note", "Handed over by the autopilot. Why")],
                0,
            ),
            ("a person's", vec![(0, "assigned", "A-7"), (1, "customer", "[c1-m1] hello")], 0),
            ("a double", vec![asked, reply, (6, "reply", "You said: [c1-m1] hello")], 2),
            ("ignored", vec![asked], 1),
            ("talked over", vec![asked, (1, "person", "I am here"), (9, "reply", "You said: [c1-m1] hello")], 1),
            ("crossed", vec![asked, (3, "person", "I am here"), reply], 0),
            (
                "given back",
                vec![(0, "person", "Hi"), (9, "closed", ""), (10, "customer", "[c1-m1]"), (15, "reply", "[c1-m1]")],
                0,
            ),
            (
                "given back by a comment",
                vec![
                    (0, "person", "Hi"),
                    (9, "comment", "/bot on"),
                    (10, "customer", "[c1-m1]"),
                    (15, "reply", "[c1-m1]"),
                ],
                0,
            ),
            ("another's words", vec![asked, (5, "reply", "You said: [c9-m9]")], 2),
        ] {
            assert_eq!(count(false, &all), expected, "{name}");
        }
        assert_eq!(count(true, &[asked, reply]), 1, "a robot");
        let burst: Vec<_> =
            (0..10).flat_map(|at| [(2 * at, "customer", "[c1-m1]"), (2 * at + 1, "reply", "ok")]).collect();
        assert!(count(false, &burst) >= 1, "the cap");
    }
}
