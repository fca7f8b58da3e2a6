//! Conversations as resources: read, and watched in both eras of the protocol.

use std::time::Duration;

use domain::clock::Clock;
use frontdesk::change_feed::Change;
use frontdesk::mcp::Server;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::tool::Ctx;
use frontdesk::tool::policy::ToolPolicy;
use hubspot_sandbox::Sandbox;
use rmcp::ClientServiceExt;
use rmcp::model::{ReadResourceRequestParams, ServerNotification, SubscriptionFilter};
use serde_json::{Value, json};

use super::sarah_writes;
use crate::elicitation::modern;
use crate::raw_client::RawClient;
use crate::world::{self, World};

/// A server with the feed by which events are told.
fn server() -> (Sandbox, Server, frontdesk::change_feed::ChangeFeed) {
    let (sandbox, hubspot, clock): (Sandbox, _, Clock) =
        world::sandbox_and_client(Default::default(), Default::default());
    let ctx = Ctx::new(hubspot, clock);
    let feed = ctx.changes.clone();
    (sandbox, Server::new(ctx, Default::default(), CallLimits::new(Duration::from_secs(30))), feed)
}

#[tokio::test(start_paused = true)]
async fn a_conversation_can_be_read_as_a_resource() {
    let world = World::new().await;
    let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
    let read = |uri: String| world.client.read_resource(ReadResourceRequestParams::new(uri));
    let found = json!(read(format!("conversation://{chat}")).await.unwrap());
    let text: Value = serde_json::from_str(found["contents"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(text["conversation"]["customer"], "Sarah Mark");
    assert!(text["messages"].as_array().unwrap().iter().any(|one| one["customer_text"] == "Where is it?"), "{text}");
    for unknown in ["conversation://1".to_owned(), "conversation://x".to_owned(), format!("conversation://0{chat}")] {
        assert!(read(unknown.clone()).await.is_err(), "{unknown}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_may_not_read_conversations_cannot_read_the_resource() {
    let policy = ToolPolicy::default().choose_toolsets(&["desk".to_owned()]).unwrap();
    let world = World::under(policy).await;
    let chat = sarah_writes(&world.sandbox, "Where is it?").thread_id;
    let uri = format!("conversation://{chat}");
    assert!(world.client.read_resource(ReadResourceRequestParams::new(uri)).await.is_err());
    let templates = world.client.list_all_resource_templates().await.unwrap();
    assert!(!templates.iter().any(|template| template.uri_template.starts_with("conversation:")));
    let tools = world.client.list_all_tools().await.unwrap();
    assert!(!tools.iter().any(|tool| tool.name.contains("conversation")));
}

#[tokio::test(start_paused = true)]
async fn an_older_client_is_told_of_a_change() {
    let (sandbox, server, feed) = server();
    let uri = format!("conversation://{}", sarah_writes(&sandbox, "Where is it?").thread_id);
    let mut raw = RawClient::open(server).await;
    raw.request(1, "resources/subscribe", json!({"uri": uri})).await;
    assert_eq!(raw.answer(1).await["result"], json!({}));
    feed.publish(&Change::Resource(uri.clone()));
    let updated = raw.notification("notifications/resources/updated").await;
    assert_eq!(updated["params"]["uri"], uri);
}

#[tokio::test(start_paused = true)]
async fn what_the_tools_do_is_told_at_once() {
    let (sandbox, server, _) = server();
    let thread = sarah_writes(&sandbox, "Where is it?").thread_id.to_string();
    let mut raw = RawClient::open(server).await;
    raw.request(1, "resources/subscribe", json!({"uri": format!("conversation://{thread}")})).await;
    raw.answer(1).await;
    let calls = [
        ("reply_conversation", json!({"conversation_id": thread, "text": "Soon."})),
        ("update_conversation", json!({"conversation_id": thread, "status": "closed"})),
    ];
    for (id, (tool, arguments)) in (2..).zip(calls) {
        raw.call(id, tool, arguments).await;
        let updated = raw.notification("notifications/resources/updated").await;
        assert_eq!(updated["params"]["uri"], format!("conversation://{thread}"), "{tool}");
        raw.answer(id).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_newer_client_is_told_of_a_change() {
    let (sandbox, server, feed) = server();
    let uri = format!("conversation://{}", sarah_writes(&sandbox, "Where is it?").thread_id);
    let client = ().serve_with_lifecycle(world::serve(server), modern()).await.unwrap();
    let filter = SubscriptionFilter::builder().resource_subscriptions([uri.clone()]).build();
    let mut subscription = client.listen(filter).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1)).await;
    feed.publish(&Change::Resource(uri.clone()));
    let heard = subscription.next().await.unwrap();
    let Some(ServerNotification::ResourceUpdatedNotification(updated)) = heard else { panic!("{heard:?}") };
    assert_eq!(updated.params.uri, uri);
}

/// An assignment, or our own reply, is told too: it is no reason to end a wait for a message.
#[tokio::test(start_paused = true)]
async fn a_wait_goes_on_when_what_was_told_is_no_message() {
    let (sandbox, server, feed) = server();
    let written = sarah_writes(&sandbox, "Where is it?");
    let id = written.thread_id.to_string();
    let mut raw = RawClient::open(server).await;
    raw.call(1, "read_conversation", json!({"conversation_id": id})).await;
    let read = raw.answer(1).await["result"]["structuredContent"].clone();
    let last = read["messages"].as_array().unwrap().last().unwrap()["message_id"].clone();
    let begun = tokio::time::Instant::now();
    raw.call(2, "read_conversation", json!({"conversation_id": id, "after": last, "wait_seconds": 4})).await;
    for _ in 0..30 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        feed.publish(&Change::Resource(format!("conversation://{id}")));
    }
    let answer = raw.answer(2).await["result"]["structuredContent"].clone();
    assert_eq!((answer["messages"].clone(), begun.elapsed().as_secs()), (json!([]), 4));
    let looks = sandbox.requests().into_iter().filter(|sent| sent.path.ends_with("/messages")).count();
    assert!(looks <= 8, "{looks} looks in four seconds");
}
