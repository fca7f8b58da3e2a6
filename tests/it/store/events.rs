//! Events: each once, in the order in which they were stored.

use std::collections::BTreeSet;

use frontdesk::store::Store;
use frontdesk::store::events::Source;
use frontdesk::store::intake::ArrivalOutcome::{New, Repeated};
use futures::future::join_all;

use super::{message, take_in, timed};
use crate::databases::{on_each, on_shared};

#[tokio::test(start_paused = true)]
async fn an_event_is_stored_once_whichever_way_it_comes() {
    on_each(async |location| {
        let store = timed(location);
        let mut polled = message("7", "b", 2);
        polled.event.source = Source::Poll;
        let first = [message("7", "a", 1), message("7", "b", 2), message("7", "a", 1)];
        assert_eq!(take_in(&store, &first).await, [New, New, Repeated]);
        assert_eq!(take_in(&store, &[polled, message("7", "c", 3)]).await, [Repeated, New]);
        assert_eq!(take_in(&store, &[]).await, []);
        let stored = store.events_after(0, 10).await.unwrap();
        let messages: Vec<_> = stored.iter().map(|event| event.message.as_str()).collect();
        assert_eq!(messages, ["a", "b", "c"]);
        let last = stored.last().unwrap().number;
        assert_eq!(store.newest_event().await.unwrap(), last);
        assert_eq!(store.events_after(last, 10).await.unwrap(), []);
        assert_eq!(store.events_after(stored[0].number, 1).await.unwrap(), stored[1..2]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_thousand_events_are_stored_in_one_piece() {
    on_each(async |location| {
        let store = timed(location);
        let many: Vec<_> =
            (0..1_000).map(|number| message(&(number % 300).to_string(), &number.to_string(), number)).collect();
        assert!(take_in(&store, &many).await.iter().all(|outcome| *outcome == New));
        assert_eq!(store.events_after(0, 2_000).await.unwrap().len(), 1_000);
        assert!(take_in(&store, &many).await.iter().all(|outcome| *outcome == Repeated));
    })
    .await;
}

/// Replicas store the same and different events at once. A reader that goes on from the last number that it saw sees each
/// event once, and no reader sees a number that was passed before.
#[tokio::test(start_paused = true)]
async fn replicas_store_each_event_once_and_readers_miss_none() {
    on_shared(async |location| {
        let stores: Vec<_> = (0..4).map(|_| Store::at(location.clone())).collect();
        let reader = Store::at(location.clone());
        let writing = stores.iter().enumerate().map(async |(replica, store)| {
            for round in 0..20 {
                let own = message("1", &format!("{replica}-{round}"), 0);
                take_in(store, &[message("2", &round.to_string(), 0), own]).await;
            }
        });
        let reading = async {
            let (mut seen, mut last) = (vec![], 0);
            while seen.len() < 100 {
                for event in reader.events_after(last, 7).await.unwrap() {
                    assert!(event.number > last, "numbers grow");
                    last = event.number;
                    seen.push((event.thread, event.message));
                }
            }
            seen
        };
        let (_, seen) = futures::join!(join_all(writing), reading);
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 100);
        assert_eq!(reader.events_after(0, 1_000).await.unwrap().len(), 100);
    })
    .await;
}
