//! Clients are told of what is stored, whichever replica stored it.

use std::time::Duration;

use domain::clock::Clock;
use frontdesk::change_feed::Change;
use frontdesk::events::delivery;
use frontdesk::mcp::http::{SignedOutcome, SignedRoute};
use frontdesk::store::events::Source;
use frontdesk::store::{Location, Store};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use super::desk::Desk;
use super::message;
use crate::databases::on_shared;
use crate::world::NOW;

/// HubSpot's time of the tests' events.
fn now_ms() -> i64 {
    NOW.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis()
}

async fn take_in(desk: &Desk, events: &[Value]) {
    let delivery = delivery::read(json!(events).to_string().as_bytes()).unwrap();
    desk.intake.take_in(delivery.events, Source::Webhook).await.unwrap();
}

fn changed(thread: u64) -> Change {
    Change::Resource(format!("conversation://{thread}"))
}

#[tokio::test(start_paused = true)]
async fn every_replica_tells_within_two_seconds() {
    on_shared(async |location: Location| {
        let clock = Clock::starting_at(NOW.parse().unwrap());
        // A row of before is nothing new.
        let before = Desk::start(location.clone(), clock);
        take_in(&before, &[message(7, "before", now_ms())]).await;
        before.stop().await;
        let replicas = [Desk::start(location.clone(), clock), Desk::start(location.clone(), clock)];
        tokio::time::sleep(Duration::from_secs(3)).await;
        let ears = replicas.each_ref().map(|replica| replica.changes.subscribe([changed(7), changed(8)]).unwrap());
        let begun = Instant::now();
        take_in(&replicas[0], &[message(7, "a", now_ms()), message(7, "b", now_ms()), message(9, "c", now_ms())]).await;
        for ear in &ears {
            assert_eq!(timeout(Duration::from_secs(2), ear.next()).await, Ok(changed(7)));
        }
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        take_in(&replicas[1], &[message(7, "a", now_ms())]).await;
        for ear in &ears {
            assert!(timeout(Duration::from_secs(5), ear.next()).await.is_err(), "a repeat is nothing new");
        }
        take_in(&replicas[1], &[message(8, "d", now_ms())]).await;
        for ear in &ears {
            assert_eq!(timeout(Duration::from_secs(2), ear.next()).await, Ok(changed(8)));
        }
        for replica in replicas {
            replica.stop().await;
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn events_of_other_accounts_and_of_long_ago_are_not_stored() {
    let desk = Desk::start(Location::Memory, Clock::starting_at(NOW.parse().unwrap()));
    desk.intake.set_portal(44_237_313);
    let mut foreign = message(7, "foreign", now_ms());
    foreign["portalId"] = json!(1);
    let old = message(7, "old", now_ms() - 6 * 24 * 3_600_000 - 1);
    let mut nameless = message(7, "x", now_ms());
    nameless["subscriptionType"] = json!("conversation.explosion");
    take_in(&desk, &[foreign, old, nameless, message(7, "new", now_ms())]).await;
    let rows = desk.store.events_after(0, 10).await.unwrap();
    let kinds: Vec<_> = rows.iter().map(|row| (row.kind.as_str(), row.message.as_str())).collect();
    assert_eq!(kinds, [("conversation.explosion", ""), ("conversation.newMessage", "new")]);
    desk.stop().await;
}

/// Before HubSpot has told whose the token is, nobody can tell whose events these are: they are put off, and HubSpot repeats
/// them.
#[tokio::test(start_paused = true)]
async fn until_the_account_is_known_no_delivery_is_taken() {
    let desk = Desk::start(Location::Memory, Clock::starting_at(NOW.parse().unwrap()));
    desk.intake.expect_portal();
    let mut foreign = message(7, "foreign", now_ms());
    foreign["portalId"] = json!(1);
    let body = || json!([foreign, message(7, "own", now_ms())]).to_string();
    let begun = Instant::now();
    let refused = desk.route.take(body().into()).await;
    assert_eq!(refused, SignedOutcome::NotNow("it is not known yet whose events are taken".to_owned()));
    assert!(begun.elapsed() < Duration::from_secs(5), "HubSpot waits for so long");
    assert_eq!(desk.store.events_after(0, 10).await.unwrap(), []);
    // What comes while HubSpot is asked waits for its answer.
    let told = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        desk.intake.set_portal(44_237_313);
    };
    let (taken, ()) = tokio::join!(desk.route.take(body().into()), told);
    assert_eq!(taken, SignedOutcome::Done);
    let rows = desk.store.events_after(0, 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.message.as_str()).collect::<Vec<_>>(), ["own"]);
    desk.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_be_written_refuses_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.db");
    std::fs::create_dir(&file).unwrap();
    let clock = Clock::starting_at(NOW.parse().unwrap());
    let desk = Desk::start(Location::File(file.clone()), clock);
    let delivery = || delivery::read(json!([message(7, "a", now_ms())]).to_string().as_bytes()).unwrap();
    assert!(desk.intake.take_in(delivery().events, Source::Webhook).await.is_err());
    std::fs::remove_dir(&file).unwrap();
    assert!(desk.intake.take_in(delivery().events, Source::Webhook).await.is_ok(), "it is opened when it can be");
    assert_eq!(Store::at(Location::File(file)).events_after(0, 10).await.unwrap().len(), 1);
    desk.stop().await;
}
