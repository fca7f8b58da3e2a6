//! Protocol features beside tool calls: pages, change notifications, progress, cancellation and caching.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use frontdesk::change_feed::{Change, ChangeFeed};
use frontdesk::mcp::Server;
use rmcp::model::{CacheScope, ErrorCode, PaginatedRequestParams, ServerNotification, SubscriptionFilter};
use rmcp::service::{RunningService, ServiceError};
use rmcp::{ClientServiceExt, RoleClient};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::elicitation::modern;
use crate::misbehaving_tools;
use crate::raw_client::RawClient;
use crate::world::{self, World};

const GRAPH: &str = "taskgraph://hubspot";

async fn modern_client(server: Server) -> RunningService<RoleClient, ()> {
    ().serve_with_lifecycle(world::serve(server), modern()).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_invented_cursor_is_refused_by_every_list() {
    let client = World::new().await.client;
    let cursor = || Some(PaginatedRequestParams::default().with_cursor(Some("nonsense".to_owned())));
    let refused = [
        client.list_tools(cursor()).await.err(),
        client.list_prompts(cursor()).await.err(),
        client.list_resources(cursor()).await.err(),
        client.list_resource_templates(cursor()).await.err(),
    ];
    for error in refused {
        assert!(matches!(error, Some(ServiceError::McpError(error)) if error.code == ErrorCode::INVALID_PARAMS));
    }
}

#[tokio::test(start_paused = true)]
async fn an_older_client_is_notified_of_changes() {
    let server = World::server();
    let changes = server.change_feed();
    let mut raw = RawClient::open(server).await;
    raw.request(1, "resources/subscribe", json!({"uri": GRAPH})).await;
    assert_eq!(raw.answer(1).await["result"], json!({}));
    raw.request(2, "resources/subscribe", json!({"uri": "taskgraph://no-such-graph"})).await;
    assert_eq!(raw.answer(2).await["error"]["code"], -32002);
    let document = {
        raw.request(4, "resources/list", json!({})).await;
        let listed = raw.answer(4).await["result"]["resources"].as_array().unwrap().clone();
        listed.iter().find(|one| one["uri"].as_str().unwrap().starts_with("doc://")).unwrap()["uri"].clone()
    };
    for (id, uri) in [(5, json!("taskgraph://hubspot/node/2")), (6, document)] {
        raw.request(id, "resources/subscribe", json!({"uri": uri})).await;
        assert_eq!(raw.answer(id).await["result"], json!({}), "what can be read can be watched: {uri}");
    }
    for change in [Change::Tools, Change::Prompts, Change::Resources, Change::Resource(GRAPH.into())] {
        changes.publish(&change);
    }
    for list in ["tools", "prompts", "resources"] {
        raw.notification(&format!("notifications/{list}/list_changed")).await;
    }
    let updated = raw.notification("notifications/resources/updated").await;
    assert_eq!(updated["params"]["uri"], GRAPH);
    raw.request(3, "resources/unsubscribe", json!({"uri": GRAPH})).await;
    assert_eq!(raw.answer(3).await["result"], json!({}));
    changes.publish(&Change::Resource(GRAPH.into()));
    changes.publish(&Change::Tools);
    raw.notification("notifications/tools/list_changed").await;
    assert!(raw.leave().await.is_empty(), "who unsubscribed is not told");
    // The session is closed, and with it its subscription.
    assert!((0..8_192).map(|_| changes.subscribe([])).collect::<Option<Vec<_>>>().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_subscription_receives_only_requested_notifications() {
    let server = World::server();
    let changes: ChangeFeed = server.change_feed();
    let client = modern_client(server).await;
    let filter = SubscriptionFilter::builder()
        .prompts_list_changed()
        .resource_subscriptions([GRAPH, "taskgraph://no-such-graph"])
        .build();
    let mut subscription = client.listen(filter).await.unwrap();
    assert_eq!(subscription.acknowledged().resource_subscriptions.as_deref(), Some(&[GRAPH.to_owned()][..]));
    tokio::time::sleep(Duration::from_millis(1)).await;
    for change in [Change::Tools, Change::Prompts, Change::Resource(GRAPH.into())] {
        changes.publish(&change);
    }
    let first = subscription.next().await.unwrap();
    assert!(matches!(first, Some(ServerNotification::PromptListChangedNotification(_))), "{first:?}");
    let second = subscription.next().await.unwrap();
    assert!(matches!(second, Some(ServerNotification::ResourceUpdatedNotification(_))), "{second:?}");
    subscription.cancel().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn progress_grows_and_precedes_the_answer() {
    let mut raw = RawClient::open(World::server().with_tools(misbehaving_tools::all())).await;
    let params = json!({"name": "reports", "arguments": {"steps": 5}, "_meta": {"progressToken": "mine"}});
    raw.request(1, "tools/call", params).await;
    let mut seen = vec![];
    loop {
        let message = raw.next().await.unwrap();
        if message["id"] == 1 {
            break;
        }
        assert_eq!(
            (&message["method"], &message["params"]["progressToken"]),
            (&json!("notifications/progress"), &json!("mine"))
        );
        seen.push(message["params"]["progress"].as_f64().unwrap());
    }
    assert_eq!(seen, [1.0, 2.0, 3.0, 4.0, 5.0]);
    raw.call(2, "reports", json!({"steps": 3})).await;
    assert_eq!(raw.next().await.unwrap()["id"], 2, "who asked for no progress gets none");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_stops_and_is_not_answered() {
    let seconds = 29;
    let mut raw = RawClient::open(World::server().with_tools(misbehaving_tools::all())).await;
    let start = Instant::now();
    raw.call(1, "sleeps", json!({"seconds": seconds})).await;
    misbehaving_tools::wait_until_asleep(seconds).await;
    let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
    raw.send(&cancel.to_string()).await;
    raw.request(2, "ping", json!({})).await;
    assert_eq!(raw.next().await.unwrap()["id"], 2);
    misbehaving_tools::wait_until_awake(seconds).await;
    assert!(start.elapsed() < Duration::from_secs(1));
    assert!(raw.leave().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn lists_say_how_long_and_by_whom_they_may_be_cached() {
    let client = modern_client(World::server()).await;
    let tools = client.list_tools(None).await.unwrap();
    assert_eq!((tools.ttl_ms, tools.cache_scope), (Some(3_600_000), Some(CacheScope::Public)));
    let prompts = client.list_prompts(None).await.unwrap();
    assert_eq!(prompts.cache_scope, Some(CacheScope::Public));
    let read = client.read_resource(rmcp::model::ReadResourceRequestParams::new(GRAPH)).await.unwrap();
    assert_eq!((read.ttl_ms, read.cache_scope), (Some(300_000), Some(CacheScope::Private)));
}

#[tokio::test(start_paused = true)]
async fn the_server_introduces_itself() {
    let mut raw = RawClient::open(World::server()).await;
    let hello = |version: &str| json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}});
    for (id, (asked, answered)) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ]
    .into_iter()
    .enumerate()
    {
        raw.request(id as i64, "initialize", hello(asked)).await;
        let answer = raw.answer(id as i64).await;
        assert_eq!(answer["result"]["protocolVersion"], answered, "{asked}");
        assert_introduced(&answer["result"]);
    }
}

fn assert_introduced(result: &Value) {
    let instructions = result["instructions"].as_str().unwrap();
    assert!((200..2_048).contains(&instructions.len()), "{} bytes", instructions.len());
    let icon = result["serverInfo"]["icons"][0]["src"].as_str().unwrap();
    let image = icon.strip_prefix("data:image/svg+xml;base64,").unwrap_or_else(|| panic!("{icon}"));
    assert!(STANDARD.decode(image).unwrap().starts_with(b"<svg") && icon.len() < 1_000, "{icon}");
    assert_eq!(result["capabilities"]["resources"], json!({"subscribe": true, "listChanged": true}));
    for capability in ["tools", "prompts"] {
        assert_eq!(result["capabilities"][capability], json!({"listChanged": true}));
    }
    assert_eq!(result["capabilities"]["completions"], json!({}));
    assert!(result["capabilities"].get("logging").is_none(), "deprecated, so not declared");
}
