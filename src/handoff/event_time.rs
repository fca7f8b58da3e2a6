//! The times of a session's events, in their order. Pure.
//!
//! A message has HubSpot's time, and what a look sees without one has the time of the look, by the clock of this machine. The
//! two clocks differ, and one look sees several things at once: so the times are brought into the order of the events.

use super::state::{SessionEvent, SessionEventKind};

/// Gives these events, which follow one of the time `newest_ms`, times in their order; returns the time of the last one. What
/// was seen by a look is no later than the message that follows it, and nothing is earlier than what came before.
pub fn in_order(events: &mut [SessionEvent], newest_ms: i64) -> i64 {
    let mut next_ms = i64::MAX;
    for event in events.iter_mut().rev() {
        if event.kind != SessionEventKind::Message {
            event.at_ms = event.at_ms.min(next_ms);
        }
        next_ms = event.at_ms;
    }
    events.iter_mut().fold(newest_ms, |before_ms, event| {
        event.at_ms = event.at_ms.max(before_ms);
        event.at_ms
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use SessionEventKind::{Closed, Message, Taken};

    #[test]
    fn no_event_is_earlier_than_the_one_before() {
        for (newest_ms, seen, expected) in [
            (0, vec![(Taken, 25), (Message, 24)], vec![24, 24]),
            (0, vec![(Message, 20), (Taken, 25), (Message, 22), (Message, 23)], vec![20, 22, 22, 23]),
            (0, vec![(Message, 20), (Closed, 25)], vec![20, 25]),
            (0, vec![(Message, 24), (Message, 23)], vec![24, 24]),
            (0, vec![], vec![]),
            (30, vec![(Taken, 25), (Message, 24), (Closed, 31)], vec![30, 30, 31]),
            (24, vec![(Taken, 25), (Message, 24)], vec![24, 24]),
            (20, vec![(Message, 24)], vec![24]),
        ] {
            let event = |(kind, at_ms): &(SessionEventKind, i64)| SessionEvent {
                key: String::new(),
                kind: *kind,
                message: None,
                person: None,
                at_ms: *at_ms,
            };
            let mut events: Vec<_> = seen.iter().map(event).collect();
            let newest = in_order(&mut events, newest_ms);
            let times: Vec<_> = events.iter().map(|one| one.at_ms).collect();
            assert_eq!((times, newest), (expected.clone(), *expected.last().unwrap_or(&newest_ms)), "{seen:?}");
        }
    }
}
