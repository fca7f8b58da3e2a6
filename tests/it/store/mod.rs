//! The store, on each of its databases: see `databases`.

mod chats;
mod conversations;
mod erasure;
mod events;
mod handoffs;
mod leases;
mod migrations;
mod outbox;
mod pollers;
mod quota;
mod retention;
mod sessions;
mod single_use;

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::clock::Clock;
use frontdesk::store::events::{RecordedEvent, Source};
use frontdesk::store::intake::{Arrival, ArrivalOutcome, IntakeEffect};
use frontdesk::store::{Location, Store};

/// The time at which the tests' clocks begin.
pub(crate) const NOW_MS: i64 = 1_796_000_000_000;

/// A store on a clock that tests move with tokio's.
fn timed(location: Location) -> Store {
    let now = DateTime::<Utc>::from_timestamp_millis(NOW_MS).unwrap();
    Store::timed_by(location, Clock::starting_at(now))
}

/// A visitor's message, `second` seconds after [`NOW_MS`].
fn message(thread: &str, id: &str, second: i64) -> Arrival {
    let event = RecordedEvent {
        key: format!("message/{thread}/{id}"),
        kind: "conversation.newMessage".into(),
        source: Source::Webhook,
        thread: thread.into(),
        message: id.into(),
        contact: String::new(),
        occurred_ms: NOW_MS + second * 1_000,
    };
    Arrival { event, effect: IntakeEffect::Due }
}

async fn take_in(store: &Store, arrivals: &[Arrival]) -> Vec<ArrivalOutcome> {
    store.take_in(arrivals.to_vec(), Default::default()).await.unwrap()
}

async fn pass(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}
