//! Changes at one replica are told to the subscribers of another.

use std::time::Duration;

use domain::id::ThreadId;
use frontdesk::change_feed::Change;
use frontdesk::conversations::resource;
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

use super::House;
use crate::databases::on_shared;
use crate::raw_client::RawClient;

/// The longest until a subscriber at another replica is told.
const TOLD_MAX: Duration = Duration::from_secs(2);

#[tokio::test(start_paused = true)]
async fn a_step_of_a_session_is_told_at_the_other_replica() {
    on_shared(async |location| {
        let house = House::at(location);
        let (mut one, mut other) = (RawClient::open(house.replica()).await, RawClient::open(house.replica()).await);
        one.call(1, "taskgraph_start", json!({})).await;
        let begun = one.answer(1).await["result"]["structuredContent"].clone();
        let uri = format!("taskgraph-session://{}", begun["session"].as_str().unwrap());
        other.request(2, "resources/subscribe", json!({ "uri": uri })).await;
        assert_eq!(other.answer(2).await["result"], json!({}));
        sleep(Duration::from_secs(3)).await;
        let stepped = Instant::now();
        one.call(3, "taskgraph_step", json!({"session": begun["session"], "user_text": "Hello!"})).await;
        one.answer(3).await;
        let updated = timeout(TOLD_MAX, other.notification("notifications/resources/updated")).await.unwrap();
        assert_eq!(updated["params"]["uri"], uri);
        assert!(stepped.elapsed() <= TOLD_MAX, "{:?}", stepped.elapsed());
        // And the next step is taken there.
        other.call(4, "taskgraph_step", json!({"session": begun["session"]})).await;
        assert_eq!(other.answer(4).await["result"]["structuredContent"]["turn"], 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_change_is_told_once_and_not_back() {
    on_shared(async |location| {
        let house = House::at(location);
        let feeds = [house.replica().change_feed(), house.replica().change_feed()];
        sleep(Duration::from_secs(3)).await;
        let thread: ThreadId = "7".parse().unwrap();
        let watched = Change::Resource(resource::uri(&thread));
        let ears = feeds.each_ref().map(|feed| feed.subscribe([watched.clone()]).unwrap());
        resource::announce(&feeds[0], &thread);
        for ear in &ears {
            assert_eq!(timeout(TOLD_MAX, ear.next()).await, Ok(watched.clone()));
        }
        for ear in &ears {
            assert!(timeout(Duration::from_secs(5), ear.next()).await.is_err(), "once is enough");
        }
    })
    .await;
}
