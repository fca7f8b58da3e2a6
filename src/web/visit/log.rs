//! The messages of one conversation, numbered, and bounded: each screen reads on from where it stopped. Pure.

use std::collections::VecDeque;
use std::sync::Arc;

use super::event::{ConversationEvent, From, Happening, VisitEvent, VisitMessage};

/// The messages that are kept; older ones are forgotten.
const EVENTS_MAX: usize = 200;
/// The bytes of their texts. The newest message is kept whatever its length.
const BYTES_MAX: usize = 96 * 1024;

/// The messages so far.
#[derive(Debug, Default)]
pub struct Log {
    events: VecDeque<Arc<VisitEvent>>,
    bytes: usize,
    newest: u64,
}

impl Log {
    /// Adds a message.
    pub fn add(&mut self, from: From, said: VisitMessage, at: String) -> Arc<VisitEvent> {
        self.newest += 1;
        self.bytes += said.bytes();
        let event = Arc::new(VisitEvent { number: self.newest, at, from, said });
        self.events.push_back(event.clone());
        while self.events.len() > 1 && (self.events.len() > EVENTS_MAX || self.bytes > BYTES_MAX) {
            let oldest = self.events.pop_front();
            self.bytes -= oldest.map_or(0, |event| event.said.bytes());
        }
        event
    }

    /// Takes in what happened; what programs are told of it.
    pub fn take_in(&mut self, happening: &Happening) -> ConversationEvent {
        match happening {
            Happening::Message(from, said, at) => ConversationEvent::Message(self.add(*from, said.clone(), at.clone())),
            Happening::Other(told) => told.clone(),
        }
    }

    /// The messages as they were kept.
    pub fn of(events: Vec<Arc<VisitEvent>>) -> Log {
        let newest = events.last().map_or(0, |event| event.number);
        let bytes = events.iter().map(|event| event.said.bytes()).sum();
        Log { events: events.into(), bytes, newest }
    }

    /// The messages that are kept, oldest first.
    pub fn events(&self) -> Vec<Arc<VisitEvent>> {
        self.events.iter().cloned().collect()
    }

    /// The messages after a number, oldest first, at most so many.
    pub fn after(&self, number: u64, events_max: usize) -> Vec<Arc<VisitEvent>> {
        // They are numbered without a gap, so the place follows from the number.
        let oldest = self.newest - self.events.len() as u64;
        let known = usize::try_from(number.saturating_sub(oldest)).unwrap_or(usize::MAX);
        self.events.iter().skip(known).take(events_max).cloned().collect()
    }

    /// The number of a message of the visitor with this id, if it is among the kept ones.
    pub fn number_of(&self, id: &str) -> Option<u64> {
        let with_id = self.events.iter().rev().find(|event| event.said.id.as_deref() == Some(id));
        with_id.map(|event| event.number)
    }

    /// The bytes of the texts that are kept.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The number of the newest message; 0 before the first.
    pub fn newest(&self) -> u64 {
        self.newest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(texts: &[&str]) -> Log {
        let mut log = Log::default();
        texts.iter().for_each(|text| drop(log.add(From::Desk, VisitMessage::text(*text), String::new())));
        log
    }

    fn numbers(log: &Log, after: u64, max: usize) -> Vec<u64> {
        log.after(after, max).iter().map(|event| event.number).collect()
    }

    #[test]
    fn each_screen_reads_on_from_where_it_stopped() {
        let log = log(&["a", "b", "c"]);
        for (after, max, expected) in
            [(0, 9, &[1, 2, 3][..]), (1, 9, &[2, 3]), (0, 2, &[1, 2]), (3, 9, &[]), (99, 9, &[]), (u64::MAX, 9, &[])]
        {
            assert_eq!(numbers(&log, after, max), expected, "{after} {max}");
        }
        assert_eq!(log.newest(), 3);
        assert!(numbers(&Log::default(), 0, 9).is_empty());
    }

    #[test]
    fn old_messages_are_forgotten_by_number_and_by_length() {
        let many = log(&["x"; EVENTS_MAX + 5]);
        assert_eq!(numbers(&many, 0, 2), [6, 7]);
        assert_eq!(numbers(&many, 3, 1), [6], "what is forgotten is not waited for");
        let long = "y".repeat(BYTES_MAX);
        assert_eq!(numbers(&log(&["a", "b", &long]), 0, 9), [3]);
        assert_eq!(numbers(&log(&[&long, "a"]), 0, 9), [2]);
    }

    #[test]
    fn a_repeat_is_known_by_its_id() {
        let mut log = Log::default();
        log.add(From::Visitor, VisitMessage { id: Some("m1".into()), ..VisitMessage::text("hi") }, String::new());
        log.add(From::Desk, VisitMessage::text("hello"), String::new());
        assert_eq!((log.number_of("m1"), log.number_of("m2")), (Some(1), None));
    }
}
