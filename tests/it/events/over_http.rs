//! Webhooks as they come in production: HubSpot signs them for the public address, a proxy passes them on to the HTTP server,
//! and MCP clients of both eras hear of the conversation. And a flood of them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use domain::clock::Clock;
use frontdesk::app::events::{Events, Running};
use frontdesk::app::webhook::WebhookRoute;
use frontdesk::events::webhook::Webhook;
use frontdesk::mcp::Server;
use frontdesk::mcp::call_limits::CallLimits;
use frontdesk::store::{Location, Store};
use frontdesk::tool::Ctx;
use futures::{StreamExt, stream};
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::webhooks::{Subscription, WebhookApp};
use rmcp::model::{
    CallToolRequestParams, ClientConfig, ResourceUpdatedNotificationParam, ServerNotification, SubscribeRequestParams,
    SubscriptionFilter,
};
use rmcp::service::NotificationContext;
use rmcp::{ClientHandler, ClientServiceExt, RoleClient, ServiceExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::deliveries::APP;
use super::{PUBLIC, SECRET, TARGET, message, signature};
use crate::binary::{soon, transport};
use crate::elicitation::modern;
use crate::http::{ALL, TestServer};
use crate::inbox::{goes_on, sarah_writes};
use crate::world;

/// Ten thousand events; HubSpot has ten requests to an app under way, a proxy that was down lets more through.
const DELIVERIES: usize = 1_000;
const EVENTS_EACH: usize = 10;
const AT_ONCE: usize = 40;
/// Calls that must be answered before the last event is stored.
const CALLS_MIN: usize = 3;

/// A server that takes webhooks, and the account that sends them.
struct Place {
    sandbox: Sandbox,
    server: TestServer,
    store: Store,
    clock: Clock,
    _running: Running,
    _folder: TempDir,
}

impl Place {
    async fn open() -> Place {
        let (sandbox, hubspot, clock) = world::sandbox_and_client(Default::default(), Default::default());
        let folder = TempDir::new().unwrap();
        let store = Store::timed_by(Location::File(folder.path().join("desk.db")), clock);
        let ctx = Ctx { store: store.clone(), ..Ctx::new(hubspot, clock) };
        let mut events = Events::new(store.clone(), ctx.changes.clone(), clock);
        events.is_wanted = true;
        let webhook = Webhook::new(SECRET.into(), PUBLIC.parse().unwrap(), events.intake.clone(), clock);
        let server = Server::new(ctx, Default::default(), CallLimits::new(Duration::from_secs(30)));
        let server = TestServer::serving(server, |settings| {
            settings.auth_token = Some(ALL.into());
            settings.public_host = Some("desk.example.com".into());
            settings.signed_routes = vec![std::sync::Arc::new(WebhookRoute(webhook))];
        })
        .await;
        Place { sandbox, server, store, clock, _running: events.start(), _folder: folder }
    }

    /// Lets HubSpot send its events through a proxy that leads to the server.
    fn subscribe(&self) {
        let (client, server) = (self.server.client.clone(), self.server.url(""));
        let proxy = Router::new().fallback(async move |request: axum::extract::Request| {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            let to = format!("{server}{}", head.uri.path());
            let passed = head.headers.iter().filter(|(name, _)| name.as_str().starts_with("x-hubspot"));
            let request = passed.fold(client.post(to).body(body), |to, (name, value)| to.header(name, value));
            request.send().await.map_or(http::StatusCode::BAD_GATEWAY, |answer| answer.status())
        });
        let app = WebhookApp::new(APP, SECRET, TARGET).with(Subscription::to("conversation.newMessage"));
        self.sandbox.add_webhook_app(app.in_process(proxy)).unwrap();
    }
}

/// Hears of changed resources.
#[derive(Clone)]
struct Listening(mpsc::UnboundedSender<String>);

impl ClientHandler for Listening {
    fn on_resource_updated(
        &self,
        updated: ResourceUpdatedNotificationParam,
        _: NotificationContext<RoleClient>,
    ) -> impl Future<Output = ()> + Send + '_ {
        // Whoever listens no longer needs to hear it.
        let _heard = self.0.send(updated.uri);
        async {}
    }

    fn get_info(&self) -> ClientConfig {
        ClientConfig::default()
    }
}

#[expect(deprecated, reason = "older clients subscribe so")]
#[tokio::test]
async fn clients_of_both_eras_hear_of_what_hubspot_tells() {
    let place = Place::open().await;
    let thread = sarah_writes(&place.sandbox, "Where is my robot?").thread_id;
    let uri = format!("conversation://{thread}");
    let address = place.server.address.to_string();
    let (told, mut heard) = mpsc::unbounded_channel();
    let older = soon(Listening(told).serve(transport(&address, Some(ALL)))).await.unwrap();
    soon(older.subscribe(SubscribeRequestParams::new(uri.clone()))).await.unwrap();
    let newer = soon(().serve_with_lifecycle(transport(&address, Some(ALL)), modern())).await.unwrap();
    let filter = SubscriptionFilter::builder().resource_subscriptions([uri.clone()]).build();
    let mut subscription = soon(newer.listen(filter)).await.unwrap();
    let read = async |arguments: Value| {
        let arguments = arguments.as_object().cloned().unwrap();
        let answer = soon(older.call_tool(CallToolRequestParams::new("read_conversation").with_arguments(arguments)));
        answer.await.unwrap().structured_content.unwrap()
    };
    let page = read(json!({"conversation_id": thread.to_string()})).await;
    let last = page["messages"].as_array().unwrap().last().unwrap()["message_id"].clone();
    place.subscribe();
    let waiting = read(json!({"conversation_id": thread.to_string(), "after": last, "wait_seconds": 20}));
    let writes = async {
        tokio::task::yield_now().await;
        goes_on(&place.sandbox, thread, "It is the blue one");
    };
    let (page, ()) = futures::join!(waiting, writes);
    assert_eq!(page["messages"][0]["customer_text"], "It is the blue one", "a long poll ends: {page}");
    assert_eq!(soon(heard.recv()).await.as_deref(), Some(uri.as_str()));
    let Some(ServerNotification::ResourceUpdatedNotification(updated)) = soon(subscription.next()).await.unwrap()
    else {
        panic!("another notification")
    };
    assert_eq!(updated.params.uri, uri);
}

/// The same through the whole server: HTTP, signatures, limits and the store.
#[tokio::test]
async fn ten_thousand_events_over_http_lose_none_and_calls_are_answered() {
    let place = Place::open().await;
    let now_ms = place.clock.now().timestamp_millis();
    let client = soon(().serve(transport(&place.server.address.to_string(), Some(ALL)))).await.unwrap();
    let (stored, repeated) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let deliveries = stream::iter(0..DELIVERIES).for_each_concurrent(AT_ONCE, |number| {
        let events = (0..EVENTS_EACH).map(|event| message(number as u64, &format!("{number}-{event}"), now_ms));
        let body = json!(events.collect::<Vec<_>>()).to_string();
        let (place, stored, repeated) = (&place, &stored, &repeated);
        async move {
            loop {
                let timestamp = place.clock.now().timestamp_millis().to_string();
                let request = place.server.client.post(place.server.url("/webhooks/hubspot")).body(body.clone());
                let request = request.header("x-hubspot-signature-v3", signature(TARGET, body.as_bytes(), &timestamp));
                let answer = soon(request.header("x-hubspot-request-timestamp", timestamp).send()).await.unwrap();
                match answer.status().as_u16() {
                    200 => break,
                    // HubSpot repeats what is refused.
                    503 => drop(repeated.fetch_add(1, Ordering::Relaxed)),
                    other => panic!("{other}"),
                }
            }
            stored.fetch_add(1, Ordering::Relaxed);
        }
    });
    let calls = async {
        let mut answered = 0;
        while stored.load(Ordering::Relaxed) < DELIVERIES {
            let arguments = json!({"email": "sarah@gmail.com"}).as_object().cloned().unwrap();
            let call = CallToolRequestParams::new("find_contact_by_email").with_arguments(arguments);
            let answer = soon(client.call_tool(call)).await.unwrap();
            assert_ne!(answer.is_error, Some(true), "{answer:?}");
            answered += usize::from(stored.load(Ordering::Relaxed) < DELIVERIES);
        }
        answered
    };
    let ((), answered) = futures::join!(deliveries, calls);
    println!("{answered} calls meanwhile; {} deliveries were repeated", repeated.load(Ordering::Relaxed));
    let (mut keys, mut last) = (BTreeSet::new(), 0);
    loop {
        let rows = place.store.events_after(last, 3_000).await.unwrap();
        let Some(newest) = rows.last() else { break };
        last = newest.number;
        for row in rows {
            assert!(keys.insert((row.thread, row.message)), "each once");
        }
    }
    assert_eq!(keys.len(), DELIVERIES * EVENTS_EACH);
    assert!(answered >= CALLS_MIN, "{answered} calls were answered meanwhile");
}
