//! HubSpot's events in: webhooks and polling, on the store's databases and the embedded HubSpot.

mod deliveries;
pub(crate) mod desk;
mod feed;
mod flood;
mod no_texts;
mod over_http;
mod polling;
mod replay;
mod routes;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// The client secret of the tests' app.
pub(crate) const SECRET: &str = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";

/// The address of the desk from outside, and that to which HubSpot sends.
pub(crate) const PUBLIC: &str = "https://desk.example.com";
pub(crate) const TARGET: &str = "https://desk.example.com/webhooks/hubspot";

/// The signature of version 3, computed as HubSpot documents it.
pub(crate) fn signature(url: &str, body: &[u8], timestamp: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    [b"POST", url.as_bytes(), body, timestamp.as_bytes()].iter().for_each(|part| mac.update(part));
    STANDARD.encode(mac.finalize().into_bytes())
}

/// An event as HubSpot sends it.
pub(crate) fn message(thread: u64, id: &str, occurred_ms: i64) -> Value {
    json!({
        "eventId": 1, "subscriptionId": 2_371_671, "portalId": 44_237_313, "appId": 2_438_486, "occurredAt": occurred_ms,
        "subscriptionType": "conversation.newMessage", "attemptNumber": 0, "objectId": thread, "messageId": id,
        "messageType": "MESSAGE", "changeFlag": "NEW_MESSAGE"
    })
}
