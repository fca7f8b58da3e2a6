//! Ten thousand events at once lose none, and calls are answered meanwhile.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::clock::Clock;
use frontdesk::mcp::http::{SignedOutcome, SignedRoute};
use frontdesk::store::Location;
use futures::{StreamExt, stream};
use http::request::Parts;
use serde_json::json;

use super::desk::Desk;
use super::{TARGET, message, signature};
use crate::databases::on_shared;
use crate::world::World;

const DELIVERIES: usize = 2_000;
const EVENTS_EACH: usize = 5;
/// HubSpot has ten requests to an app under way; a proxy that was down lets hundreds through at once.
const AT_ONCE: usize = 1_000;
/// Calls that must be answered before the last event is stored.
const CALLS_MIN: usize = 3;

fn head(body: &[u8], now_ms: i64) -> Parts {
    let timestamp = now_ms.to_string();
    let request = http::Request::post("/webhooks/hubspot")
        .header("x-hubspot-signature-v3", signature(TARGET, body, &timestamp))
        .header("x-hubspot-request-timestamp", timestamp);
    request.body(()).unwrap().into_parts().0
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_events_lose_none_and_calls_are_answered() {
    on_shared(async |location: Location| {
        let world = World::new().await;
        let clock = Clock::starting_at(world.sandbox.now());
        let desk = Desk::start(location, clock);
        let now_ms = clock.now().timestamp_millis();
        let (stored, refused) = (Arc::new(AtomicUsize::new(0)), AtomicUsize::new(0));
        let deliveries = stream::iter(0..DELIVERIES).for_each_concurrent(AT_ONCE, |number| {
            let events = (0..EVENTS_EACH).map(|event| message(number as u64, &format!("{number}-{event}"), now_ms));
            let body = json!(events.collect::<Vec<_>>()).to_string();
            let (desk, stored, refused) = (&desk, &stored, &refused);
            async move {
                assert_eq!(desk.route.verify(&head(body.as_bytes(), now_ms), body.as_bytes()), Ok(()));
                // HubSpot repeats what is refused.
                while desk.route.take(body.clone().into()).await != SignedOutcome::Done {
                    refused.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
                }
                stored.fetch_add(1, Ordering::Relaxed);
            }
        });
        let calls = async {
            let mut answered = 0;
            while stored.load(Ordering::Relaxed) < DELIVERIES {
                world.call("find_contact_by_email", json!({"email": "sarah@gmail.com"})).await.unwrap();
                answered += usize::from(stored.load(Ordering::Relaxed) < DELIVERIES);
            }
            answered
        };
        let ((), answered) = futures::join!(deliveries, calls);
        println!("{answered} calls meanwhile; {} deliveries had to be repeated", refused.load(Ordering::Relaxed));
        let mut keys = BTreeSet::new();
        let mut last = 0;
        loop {
            let rows = desk.store.events_after(last, 3_000).await.unwrap();
            let Some(newest) = rows.last() else { break };
            last = newest.number;
            for row in rows {
                assert!(keys.insert((row.thread, row.message)), "each once");
            }
        }
        assert_eq!(keys.len(), DELIVERIES * EVENTS_EACH);
        assert!(refused.load(Ordering::Relaxed) > 0, "the queue was full");
        assert!(answered >= CALLS_MIN, "{answered} calls were answered meanwhile");
        desk.stop().await;
    })
    .await;
}
