//! Sessions as resources, in both eras of the protocol (H4).

use std::time::Duration;

use rmcp::ClientServiceExt;
use rmcp::model::{ReadResourceRequestParams, ServerNotification, SubscriptionFilter};
use serde_json::{Value, json};

use super::MEI;
use super::desk::{House, note};
use crate::elicitation::modern;
use crate::raw_client::RawClient;
use crate::world;

#[tokio::test(start_paused = true)]
async fn h4_an_older_client_is_told_of_the_persons_words() {
    let house = House::new();
    let desk = house.open().await;
    let (session, id) = desk.start("Broken wheel").await;
    let uri = format!("handoff://{session}");
    let mut raw = RawClient::open(desk.server.clone()).await;
    raw.request(1, "resources/subscribe", json!({"uri": uri})).await;
    assert_eq!(raw.answer(1).await["result"], json!({}));
    note(&house.sandbox, &id, MEI, "@customer Hello").await;
    let updated = raw.notification("notifications/resources/updated").await;
    assert_eq!(updated["params"]["uri"], uri);
    let read = desk.client.read_resource(ReadResourceRequestParams::new(uri)).await.unwrap();
    let text: Value = serde_json::from_str(json!(read)["contents"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(text["events"][1]["colleague_text"], "Hello");
}

#[tokio::test(start_paused = true)]
async fn h4_a_newer_client_is_told_of_the_persons_words() {
    let house = House::new();
    let desk = house.open().await;
    let (session, id) = desk.start("Broken wheel").await;
    let uri = format!("handoff://{session}");
    let client = ().serve_with_lifecycle(world::serve(desk.server.clone()), modern()).await.unwrap();
    let filter = SubscriptionFilter::builder().resource_subscriptions([uri.clone()]).build();
    let mut subscription = client.listen(filter).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1)).await;
    note(&house.sandbox, &id, MEI, "@customer Hello").await;
    let heard = subscription.next().await.unwrap();
    let Some(ServerNotification::ResourceUpdatedNotification(updated)) = heard else { panic!("{heard:?}") };
    assert_eq!(updated.params.uri, uri);
}

#[tokio::test(start_paused = true)]
async fn sessions_that_are_none_cannot_be_read() {
    let house = House::new();
    let desk = house.open().await;
    for uri in
        ["handoff://0123456789abcdef0123456789abcdef", "handoff://x", "handoff://0123456789ABCDEF0123456789ABCDEF"]
    {
        assert!(desk.client.read_resource(ReadResourceRequestParams::new(uri)).await.is_err(), "{uri}");
    }
    let templates = desk.client.list_all_resource_templates().await.unwrap();
    assert!(templates.iter().any(|template| template.uri_template == "handoff://{session}"));
}
