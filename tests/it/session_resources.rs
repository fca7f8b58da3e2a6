//! Subscribers of a taskgraph session are notified of its steps.

use std::time::Duration;

use rmcp::ClientServiceExt;
use rmcp::model::{CallToolRequestParams, ServerNotification, SubscriptionFilter};
use serde_json::{Value, json};

use crate::elicitation::modern;
use crate::raw_client::RawClient;
use crate::world::{self, World};

fn uri(begun: &Value) -> String {
    format!("taskgraph-session://{}", begun["session"].as_str().unwrap())
}

#[tokio::test(start_paused = true)]
async fn an_older_client_is_notified_of_the_steps_of_a_session() {
    let mut raw = RawClient::open(World::server()).await;
    raw.call(1, "taskgraph_start", json!({})).await;
    let begun = raw.answer(1).await["result"]["structuredContent"].clone();
    raw.request(2, "resources/subscribe", json!({"uri": uri(&begun)})).await;
    assert_eq!(raw.answer(2).await["result"], json!({}));
    raw.call(3, "taskgraph_step", json!({"session": begun["session"], "user_text": "Hello!"})).await;
    let updated = raw.notification("notifications/resources/updated").await;
    assert_eq!(updated["params"]["uri"], uri(&begun));
}

#[tokio::test(start_paused = true)]
async fn a_newer_client_is_notified_of_the_steps_of_a_session() {
    let client = ().serve_with_lifecycle(world::serve(World::server()), modern()).await.unwrap();
    let call = async |tool: &'static str, arguments: Value| {
        let arguments = arguments.as_object().unwrap().clone();
        world::read(client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await.unwrap())
    };
    let begun = call("taskgraph_start", json!({})).await.unwrap();
    let filter = SubscriptionFilter::builder().resource_subscriptions([uri(&begun)]).build();
    let mut subscription = client.listen(filter).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1)).await;
    call("taskgraph_step", json!({"session": begun["session"], "user_text": "Hello!"})).await.unwrap();
    let heard = subscription.next().await.unwrap();
    let Some(ServerNotification::ResourceUpdatedNotification(updated)) = heard else { panic!("{heard:?}") };
    assert_eq!(updated.params.uri, uri(&begun));
}

#[tokio::test(start_paused = true)]
async fn a_node_of_a_taskgraph_can_be_subscribed_to() {
    let mut raw = RawClient::open(World::server()).await;
    raw.request(1, "resources/subscribe", json!({"uri": "taskgraph://hubspot/node/4"})).await;
    assert_eq!(raw.answer(1).await["result"], json!({}));
    raw.request(2, "resources/subscribe", json!({"uri": "taskgraph://hubspot/node/99"})).await;
    assert_eq!(raw.answer(2).await["error"]["code"], -32002);
}
