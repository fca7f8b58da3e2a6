//! The worst body for the route of HubSpot's webhooks: from whoever finds it, and signed as HubSpot signs it.

use domain::clock::Clock;
use frontdesk::events::signature::{self, Signed};
use frontdesk::events::signed_delivery::BODY_BYTES_MAX;
use frontdesk::events::webhook::PATH;
use reqwest::Method;
use serde_json::{Value, json};

use crate::bodies::{self, Body};
use crate::cost::Cost;
use crate::server::{CLIENT_SECRET, PUBLIC_URL, Server};
use crate::{Error, Row, client, cost};

pub(crate) async fn run() -> Result<Vec<Row>, Error> {
    let client = client::client()?;
    let mut rows = vec![];
    for (who, sign) in [("unsigned", unsigned as Sign), ("signed", signed as Sign)] {
        let server = Server::start_with_webhooks().await?;
        let mut worst = (Cost::default(), "");
        for body in bodies::all().into_iter().chain([events()]) {
            let headers = sign(&body.text)?;
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let asking = client::ask(&client, &server, (Method::POST, PATH), &headers, body.text);
            let (_, cost) = cost::of(server.pid(), asking).await;
            if cost.memory >= worst.0.memory {
                worst = (cost, body.kind);
            }
        }
        rows.push(Row {
            what: format!("POST `{PATH}`, {who}, worst body: {} ({})", worst.1, cost::TARGET),
            measured: worst.0.text(),
            missed: worst.0.misses(),
        });
    }
    Ok(rows)
}

type Headers = Vec<(&'static str, String)>;
type Sign = fn(&str) -> Result<Headers, Error>;

fn unsigned(_: &str) -> Result<Headers, Error> {
    Ok(vec![])
}

fn signed(body: &str) -> Result<Headers, Error> {
    let timestamp = Clock::System.now().timestamp_millis().to_string();
    let url = format!("{PUBLIC_URL}{PATH}");
    let signed = Signed { method: "POST", url: &url, body: body.as_bytes() };
    let signature = signature::v3(&CLIENT_SECRET.into(), signed, &timestamp);
    Ok(vec![("x-hubspot-signature-v3", signature), ("x-hubspot-request-timestamp", timestamp)])
}

/// As many events of new messages as a body carries.
fn events() -> Body {
    let event = |at: usize| {
        json!({
            "eventId": at, "subscriptionId": 1, "portalId": 1, "appId": 1, "occurredAt": 1_796_000_000_000_u64,
            "subscriptionType": "conversation.newMessage", "attemptNumber": 0, "objectId": at, "messageType": "MESSAGE",
            "messageId": format!("{at:032x}"), "changeFlag": "NEW_MESSAGE",
        })
    };
    let count = BODY_BYTES_MAX / event(1_000_000).to_string().len();
    Body { kind: "events", text: (0..count).map(event).collect::<Value>().to_string() }
}
