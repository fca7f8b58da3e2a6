//! Events that wait to be sent, and the batches they are sent in.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::event::Event;

/// Events of one request.
const BATCH_MAX: usize = 100;
/// Time in which events are collected into one request.
pub(super) const COLLECT: Duration = Duration::from_millis(100);

/// An event on its way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Queued {
    pub(super) event: Event,
    /// The event is of the CRM, and not of conversations.
    pub(super) of_crm: bool,
}

/// Events of one kind, which go into one request.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Batch {
    pub(super) events: Vec<Event>,
    pub(super) of_crm: bool,
}

/// Events by the time from which they can be sent.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    events: BTreeMap<(Instant, u64), Queued>,
    /// Number of events so far, which keeps those of one time in their order.
    number: u64,
}

impl Waiting {
    pub(super) fn push(&mut self, from: Instant, queued: Queued) {
        self.number += 1;
        self.events.insert((from, self.number), queued);
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// Returns the time of the next batch.
    pub(super) fn due(&self) -> Option<Instant> {
        self.events.first_key_value().map(|((from, _), _)| *from + COLLECT)
    }

    /// Takes the events that can be sent now, in batches.
    pub(super) fn take(&mut self, now: Instant) -> Vec<Batch> {
        let later = self.events.split_off(&(now, u64::MAX));
        let ready = std::mem::replace(&mut self.events, later);
        let (crm, rest): (Vec<Queued>, Vec<Queued>) = ready.into_values().partition(|queued| queued.of_crm);
        [(crm, true), (rest, false)].into_iter().flat_map(|(queued, of_crm)| split(queued, of_crm)).collect()
    }
}

fn split(queued: Vec<Queued>, of_crm: bool) -> Vec<Batch> {
    let events: Vec<Event> = queued.into_iter().map(|queued| queued.event).collect();
    events.chunks(BATCH_MAX).map(|events| Batch { events: events.to_vec(), of_crm }).collect()
}

impl Batch {
    /// Returns the events as they are sent, with the number of the attempt.
    pub(super) fn body(&self, attempt: u32) -> Value {
        let numbered = self.events.iter().map(|event| {
            let mut event = event.clone();
            event.insert("attemptNumber".into(), attempt.into());
            Value::Object(event)
        });
        numbered.collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn queued(number: u64, of_crm: bool) -> Queued {
        let event: Map<String, Value> = [("eventId".to_owned(), json!(number))].into_iter().collect();
        Queued { event, of_crm }
    }

    #[tokio::test(start_paused = true)]
    async fn events_go_into_batches_of_a_hundred_by_their_kind() {
        let (mut waiting, now) = (Waiting::default(), Instant::now());
        (0..250).for_each(|number| waiting.push(now, queued(number, number % 5 == 0)));
        let batches = waiting.take(now);
        let sizes: Vec<_> = batches.iter().map(|batch| (batch.of_crm, batch.events.len())).collect();
        assert_eq!(sizes, [(true, 50), (false, 100), (false, 100)]);
        let order: Vec<_> = batches[1].events.iter().map(|event| event["eventId"].as_u64()).collect();
        assert!(order.is_sorted());
        assert_eq!((waiting.len(), waiting.due()), (0, None));
    }

    #[tokio::test(start_paused = true)]
    async fn an_event_waits_for_its_time() {
        let (mut waiting, now) = (Waiting::default(), Instant::now());
        waiting.push(now + Duration::from_secs(5), queued(1, false));
        waiting.push(now, queued(2, false));
        assert_eq!(waiting.due(), Some(now + COLLECT));
        assert_eq!(waiting.take(now + COLLECT)[0].events.len(), 1);
        assert_eq!(waiting.due(), Some(now + Duration::from_secs(5) + COLLECT));
    }

    #[test]
    fn the_attempt_is_in_every_event() {
        let batch = Batch { events: vec![queued(1, true).event, queued(2, true).event], of_crm: true };
        assert_eq!(batch.body(3), json!([{"eventId": 1, "attemptNumber": 3}, {"eventId": 2, "attemptNumber": 3}]));
    }
}
