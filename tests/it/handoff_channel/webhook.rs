//! The webhook of the channel on the HTTP server: its path, its signature, replays, and what is kept of a message.

use std::sync::Arc;

use domain::clock::Clock;
use frontdesk::app::events::{Events, Running};
use frontdesk::app::webhook::WebhookRoute;
use frontdesk::change_feed::ChangeFeed;
use frontdesk::handoff::channel_webhook::{ChannelWebhook, SharedChannel};
use frontdesk::store::events::StoredEvent;
use frontdesk::store::handoff_channel::HandoffChannel;
use frontdesk::store::{Location, Store};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::Sha256;

use super::{CLIENT_SECRET, SERVER, person_wrote, signature};
use crate::http::{ALL, TestServer};

const CHANNEL: &str = "2930401";
const END: &str = "0123456789abcdef0123456789abcdef";

/// A server that takes what people answer.
struct Taking {
    server: TestServer,
    store: Store,
    channel: SharedChannel,
    _running: Running,
}

fn row(channel: Option<&str>) -> HandoffChannel {
    let channel = channel.map(str::to_owned);
    HandoffChannel { portal: 44_237_313, app: 8_190_702, path_secret: END.into(), channel, begun_ms: Some(1) }
}

fn path() -> String {
    format!("/webhooks/handoff/{END}")
}

fn now_ms() -> i64 {
    Clock::System.now().timestamp_millis()
}

impl Taking {
    async fn open() -> Taking {
        let store = Store::at(Location::Memory);
        store.keep_handoff_channel(row(Some(CHANNEL))).await.unwrap();
        let events = Events::new(store.clone(), ChangeFeed::default(), Clock::System);
        let channel = SharedChannel::default();
        channel.read(&store).await;
        let (intake, server) = (events.intake.clone(), SERVER.parse().unwrap());
        let webhook = ChannelWebhook::new(CLIENT_SECRET.into(), server, channel.clone(), intake, Clock::System);
        let server = TestServer::open(|settings| {
            settings.auth_token = Some(ALL.into());
            settings.public_host = Some("desk.example.com".into());
            settings.signed_routes = vec![Arc::new(WebhookRoute(webhook))];
        })
        .await;
        Taking { server, store, channel, _running: events.start() }
    }

    fn request(&self, path: &str, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        self.server.client.post(self.server.url(path)).body(body)
    }

    /// Sends a body to the channel's path that was signed with this secret, for this address, at this time.
    async fn send_as(&self, secret: &str, url: &str, body: &[u8], sent_ms: i64) -> StatusCode {
        let timestamp = sent_ms.to_string();
        let request = self.request(&path(), body.to_vec());
        let request = request.header("x-hubspot-signature-v3", signature(secret, url, body, &timestamp));
        request.header("x-hubspot-request-timestamp", timestamp).send().await.unwrap().status()
    }

    async fn send(&self, body: &Value) -> StatusCode {
        self.send_as(CLIENT_SECRET, &format!("{SERVER}{}", path()), body.to_string().as_bytes(), now_ms()).await
    }

    async fn stored(&self) -> Vec<StoredEvent> {
        self.store.events_after(0, 1_000).await.unwrap()
    }
}

#[tokio::test]
async fn h6_a_persons_message_is_stored_once_by_its_ids() {
    let desk = Taking::open().await;
    let event = person_wrote(CHANNEL, "6065362089", "m1");
    assert_eq!(desk.send(&event).await, StatusCode::OK);
    let stored = desk.stored().await;
    let ids = |one: &StoredEvent| (one.thread.clone(), one.message.clone());
    assert_eq!(stored.iter().map(ids).collect::<Vec<_>>(), [("6065362089".into(), "m1".into())]);
    assert!(!format!("{stored:?}").contains("on our way"), "{stored:?}");
    let mut again = event.clone();
    again["eventId"] = json!("another");
    for body in [event.clone(), again, json!([event, person_wrote(CHANNEL, "6065362089", "m1")])] {
        assert_eq!(desk.send(&body).await, StatusCode::OK);
    }
    assert_eq!(desk.stored().await.len(), 1, "a replay is no second event");
    let two = json!([person_wrote(CHANNEL, "6065362089", "m2"), person_wrote(CHANNEL, "6065362090", "m3")]);
    assert_eq!(desk.send(&two).await, StatusCode::OK);
    assert_eq!(desk.stored().await.len(), 3);
}

/// The same message that the app's webhook tells of is the same event.
#[tokio::test]
async fn a_message_that_came_another_way_is_the_same_event() {
    let desk = Taking::open().await;
    let event = person_wrote(CHANNEL, "7", "m1");
    assert_eq!(desk.send(&event).await, StatusCode::OK);
    let told = crate::events::message(7, "m1", now_ms());
    let delivery = frontdesk::events::delivery::read(told.to_string().as_bytes()).unwrap();
    let key = frontdesk::events::event_key::of(&delivery.events[0], now_ms());
    assert_eq!(key, "message/7/m1");
    assert_eq!(desk.stored().await.len(), 1);
}

#[tokio::test]
async fn h6_bad_missing_old_and_future_signatures_have_no_effect() {
    let desk = Taking::open().await;
    let body = person_wrote(CHANNEL, "7", "m1").to_string().into_bytes();
    let url = format!("{SERVER}{}", path());
    for (name, secret, url, sent_ms) in [
        ("another secret", "another", url.as_str(), now_ms()),
        ("another address", CLIENT_SECRET, "https://desk.example.com/webhooks/hubspot", now_ms()),
        ("six minutes old", CLIENT_SECRET, &url, now_ms() - 360_000),
        ("six minutes ahead", CLIENT_SECRET, &url, now_ms() + 360_000),
    ] {
        assert_eq!(desk.send_as(secret, url, &body, sent_ms).await, StatusCode::UNAUTHORIZED, "{name}");
    }
    let timestamp = now_ms().to_string();
    let of_another = signature(CLIENT_SECRET, &url, b"{}", &timestamp);
    let changed = desk.request(&path(), body.clone()).header("x-hubspot-signature-v3", of_another);
    let changed = changed.header("x-hubspot-request-timestamp", &timestamp).send().await.unwrap();
    assert_eq!(changed.status(), StatusCode::UNAUTHORIZED, "another body was signed");
    let unsigned = desk.request(&path(), body.clone()).bearer_auth(ALL).send().await.unwrap();
    assert_eq!(unsigned.status(), StatusCode::UNAUTHORIZED, "a token is no signature");
    let no_time = desk.request(&path(), body.clone());
    let no_time = no_time.header("x-hubspot-signature-v3", signature(CLIENT_SECRET, &url, &body, &timestamp));
    assert_eq!(no_time.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(desk.stored().await, []);
    assert_eq!(desk.send_as(CLIENT_SECRET, &url, &body, now_ms() - 240_000).await, StatusCode::OK, "four minutes old");
}

/// Version 1 signs no time, so whoever has recorded it could send it again for ever.
#[tokio::test]
async fn an_older_signature_is_not_enough() {
    use sha2::Digest;
    let desk = Taking::open().await;
    let body = person_wrote(CHANNEL, "7", "m1").to_string();
    let digest = Sha256::digest(format!("{CLIENT_SECRET}{body}"));
    let v1: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let request = desk.request(&path(), body).header("x-hubspot-signature", v1);
    let refused = request.header("x-hubspot-signature-version", "v1").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(desk.stored().await, []);
}

#[tokio::test]
async fn an_unknown_path_is_not_found_whatever_is_signed() {
    let desk = Taking::open().await;
    let body = person_wrote(CHANNEL, "7", "m1").to_string();
    let other_end = END.replace('0', "1");
    for path in [
        "/webhooks/handoff",
        "/webhooks/handoff/",
        &format!("/webhooks/handoff/{other_end}"),
        &format!("/webhooks/handoff/{END}/x"),
    ] {
        let timestamp = now_ms().to_string();
        let signature = signature(CLIENT_SECRET, &format!("{SERVER}{path}"), body.as_bytes(), &timestamp);
        let request = desk.request(path, body.clone()).header("x-hubspot-signature-v3", signature);
        let answer = request.header("x-hubspot-request-timestamp", timestamp).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    desk.store.forget_handoff_channel().await.unwrap();
    desk.channel.read(&desk.store).await;
    assert_eq!(desk.send(&person_wrote(CHANNEL, "7", "m1")).await, StatusCode::NOT_FOUND, "once it is removed");
    assert_eq!(desk.stored().await, []);
}

#[tokio::test]
async fn h8_what_is_of_another_channel_or_account_or_no_message_is_not_stored() {
    let desk = Taking::open().await;
    let account = json!({
        "type": "CHANNEL_ACCOUNT_PURGED", "portalId": "44237313", "channelId": CHANNEL, "channelAccountId": "5"
    });
    let unknown = json!({"type": "CHANNEL_PAINTED", "channelId": CHANNEL});
    for event in [person_wrote("1", "7", "m1"), account, unknown] {
        assert_eq!(desk.send(&event).await, StatusCode::OK, "{event}");
    }
    assert_eq!(desk.stored().await, []);
    desk.store.keep_handoff_channel(row(None)).await.unwrap();
    desk.channel.read(&desk.store).await;
    assert_eq!(desk.send(&person_wrote("1", "7", "m1")).await, StatusCode::OK);
    assert_eq!(desk.stored().await.len(), 1, "until the channel's id is known, its address decides");
    let senseless = desk.send_as(CLIENT_SECRET, &format!("{SERVER}{}", path()), b"[no JSON", now_ms()).await;
    assert_eq!(senseless, StatusCode::BAD_REQUEST);
}
