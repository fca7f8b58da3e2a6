//! The route of webhooks on the HTTP server: what it checks, in which order, and what it answers.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::body::Bytes;
use domain::clock::Clock;
use frontdesk::app::events::{Events, Running};
use frontdesk::app::webhook::WebhookRoute;
use frontdesk::change_feed::ChangeFeed;
use frontdesk::events::delivery::EVENTS_MAX;
use frontdesk::events::webhook::Webhook;
use frontdesk::mcp::http::access::{Access, ROUTES};
use frontdesk::mcp::http::{Error, HttpServer, Settings};
use frontdesk::store::{Location, Store};
use futures::future::join_all;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{PUBLIC, SECRET, TARGET, message, signature};
use crate::generated::check_section;
use crate::http::{ALL, TestServer};

/// A server that takes webhooks, and whose other routes need a token.
struct Taking {
    server: TestServer,
    store: Store,
    _running: Running,
}

impl Taking {
    async fn open() -> Taking {
        Taking::with(Store::at(Location::Memory)).await
    }

    async fn with(store: Store) -> Taking {
        let events = Events::new(store.clone(), ChangeFeed::default(), Clock::System);
        let webhook = Webhook::new(SECRET.into(), PUBLIC.parse().unwrap(), events.intake.clone(), Clock::System);
        let server = TestServer::open(|settings| {
            settings.auth_token = Some(ALL.into());
            settings.public_host = Some("desk.example.com".into());
            settings.signed_routes = vec![Arc::new(WebhookRoute(webhook))];
        })
        .await;
        Taking { server, store, _running: events.start() }
    }

    fn request(&self, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        self.server.client.post(self.server.url("/webhooks/hubspot")).body(body)
    }

    /// Sends a body that is signed for now, and for this address.
    async fn send(&self, body: Vec<u8>, url: &str) -> Response {
        let timestamp = Clock::System.now().timestamp_millis().to_string();
        let signature = signature(url, &body, &timestamp);
        let request = self.request(body).header("x-hubspot-signature-v3", signature);
        request.header("x-hubspot-request-timestamp", timestamp).send().await.unwrap()
    }

    async fn stored(&self) -> usize {
        self.store.events_after(0, 1_000).await.unwrap().len()
    }
}

async fn code(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let body: Value = response.json().await.unwrap();
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

fn now_ms() -> i64 {
    Clock::System.now().timestamp_millis()
}

#[tokio::test]
async fn a_signed_delivery_is_stored_once_and_an_unsigned_one_is_not_read() {
    let desk = Taking::open().await;
    let body = json!([message(7, "a", now_ms())]).to_string().into_bytes();
    for _ in 0..2 {
        let taken = desk.send(body.clone(), TARGET).await;
        assert_eq!(taken.status(), StatusCode::OK);
        assert_eq!(taken.json::<Value>().await.unwrap(), json!({"status": "taken"}));
    }
    assert_eq!(desk.stored().await, 1);
    let unsigned = || (StatusCode::UNAUTHORIZED, "UNSIGNED".to_owned());
    assert_eq!(code(desk.request("[no JSON").send().await.unwrap()).await, unsigned());
    assert_eq!(code(desk.send(body.clone(), "http://127.0.0.1/webhooks/hubspot").await).await, unsigned());
    let with_token = desk.request(body).bearer_auth(ALL).send().await.unwrap();
    assert_eq!(code(with_token).await, unsigned(), "a token is no signature");
    let unreadable = (StatusCode::BAD_REQUEST, "UNREADABLE".to_owned());
    assert_eq!(code(desk.send(b"[no JSON".to_vec(), TARGET).await).await, unreadable);
    assert_eq!(desk.stored().await, 1);
}

/// Refused deliveries so far, by reason.
fn refused(metrics: &str, reason: &str) -> u64 {
    let line = format!("hubspot_webhooks_refused_total{{reason=\"{reason}\"}} ");
    let counted = metrics.lines().find_map(|shown| shown.strip_prefix(&line));
    counted.map_or(0, |count| count.parse().unwrap())
}

/// Whoever looks at the metrics sees what was refused, and why. Other tests count into them too.
#[tokio::test]
async fn refused_deliveries_are_counted_by_their_reason() {
    let metrics = frontdesk::telemetry::metrics().unwrap();
    let desk = Taking::open().await;
    let before = metrics.render();
    let body = json!([message(7, "a", now_ms())]).to_string().into_bytes();
    desk.request(body.clone()).send().await.unwrap();
    desk.send(body.clone(), "http://127.0.0.1/webhooks/hubspot").await;
    let old = (now_ms() - 301_000).to_string();
    let request = desk.request(body.clone()).header("x-hubspot-signature-v3", signature(TARGET, &body, &old));
    request.header("x-hubspot-request-timestamp", old).send().await.unwrap();
    let counted = metrics.render();
    for reason in ["missing", "mismatch", "stale"] {
        let (before, after) = (refused(&before, reason), refused(&counted, reason));
        assert!(after > before, "{reason}: {before}, {after}");
    }
    assert_eq!(desk.stored().await, 0);
}

#[tokio::test]
async fn the_query_is_signed_too() {
    let desk = Taking::open().await;
    let body = json!([message(7, "a", now_ms())]).to_string().into_bytes();
    let timestamp = now_ms().to_string();
    for (query, status) in
        [("?desk=1%402", StatusCode::OK), ("?desk=2", StatusCode::UNAUTHORIZED), ("", StatusCode::UNAUTHORIZED)]
    {
        let signature = signature(&format!("{TARGET}?desk=1@2"), &body, &timestamp);
        let url = desk.server.url(&format!("/webhooks/hubspot{query}"));
        let request = desk.server.client.post(url).body(body.clone()).header("x-hubspot-signature-v3", signature);
        let sent = request.header("x-hubspot-request-timestamp", &timestamp).send().await.unwrap();
        assert_eq!(sent.status(), status, "{query}");
    }
}

#[tokio::test]
async fn bodies_methods_and_encodings_are_checked_before_the_signature() {
    let desk = Taking::open().await;
    let large = vec![b' '; 1024 * 1024 + 1];
    let refused = desk.send(large, TARGET).await;
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["code"], "TOO_LARGE");
    let hint = refused["hint"].as_str().unwrap();
    assert!(hint.contains("webhooks") && !hint.contains("--body-max"), "{hint}");
    let many: Vec<_> = (0..=EVENTS_MAX).map(|at| message(at as u64, "a", now_ms())).collect();
    let refused = desk.send(json!(many).to_string().into_bytes(), TARGET).await;
    assert_eq!(code(refused).await, (StatusCode::BAD_REQUEST, "UNREADABLE".to_owned()), "HubSpot sends a hundred");
    assert_eq!(desk.stored().await, 0);
    let full = [b"[".to_vec(), vec![b' '; 1024 * 1024 - 2], b"]".to_vec()].concat();
    assert_eq!(desk.send(full, TARGET).await.status(), StatusCode::OK);
    let got = desk.server.client.get(desk.server.url("/webhooks/hubspot")).send().await.unwrap();
    assert_eq!((got.status(), &got.headers()["allow"]), (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().unwrap()));
    let packed = desk.request("x").header("content-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

/// HubSpot comes from anywhere, by any name that a proxy gives us; a web page gets nothing from it.
#[tokio::test]
async fn any_host_may_be_named_and_no_page_may_read_the_answer() {
    let desk = Taking::open().await;
    let body = Bytes::from(json!([message(7, "a", now_ms())]).to_string());
    let timestamp = now_ms().to_string();
    for host in ["desk.example.com", "inner.local:8080", "localhost"] {
        let request = desk.request(body.clone()).header("host", host).header("origin", "http://localhost:3000");
        let request = request.header("x-hubspot-signature-v3", signature(TARGET, &body, &timestamp));
        let taken = request.header("x-hubspot-request-timestamp", &timestamp).send().await.unwrap();
        assert_eq!(taken.status(), StatusCode::OK, "{host}");
        assert!(!taken.headers().contains_key("access-control-allow-origin"), "{host}");
    }
    let preflight = desk.server.client.request(reqwest::Method::OPTIONS, desk.server.url("/webhooks/hubspot"));
    let preflight = preflight.header("origin", "http://localhost:3000").send().await.unwrap();
    assert_eq!(preflight.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_public_host_leads_to_what_is_open_to_anyone_alone() {
    let desk = Taking::open().await;
    let ask = async |path: &str| {
        let asked = desk.server.client.get(desk.server.url(path)).header("host", "desk.example.com").bearer_auth(ALL);
        asked.send().await.unwrap().status()
    };
    assert_eq!([ask("/healthz").await, ask("/readyz").await], [StatusCode::OK; 2]);
    assert_eq!([ask("/mcp").await, ask("/sse").await, ask("/metrics").await], [StatusCode::FORBIDDEN; 3]);
}

#[tokio::test]
async fn whoever_guesses_signatures_is_slowed_down_and_hubspot_is_not() {
    let desk = Taking::open().await;
    let mut statuses = vec![];
    for _ in 0..22 {
        statuses.push(desk.request("[]").send().await.unwrap().status());
    }
    assert_eq!(statuses[..20], [StatusCode::UNAUTHORIZED; 20]);
    assert_eq!(statuses[20..], [StatusCode::TOO_MANY_REQUESTS; 2]);
    let body = json!([message(7, "a", now_ms())]).to_string().into_bytes();
    assert_eq!(desk.send(body, TARGET).await.status(), StatusCode::OK, "from the same address");
}

#[tokio::test]
async fn a_store_that_cannot_be_written_gives_503() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Taking::with(Store::at(Location::File(folder.path().to_owned()))).await;
    let body = json!([message(7, "a", now_ms())]).to_string().into_bytes();
    assert_eq!(code(desk.send(body, TARGET).await).await, (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE".to_owned()));
}

#[tokio::test]
async fn without_a_secret_there_are_no_webhooks() {
    let server = TestServer::open(|_| {}).await;
    let sent = server.client.post(server.url("/webhooks/hubspot")).body("[]").send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::NOT_FOUND);
}

/// A tunnel to this machine brings everybody along.
#[tokio::test]
async fn an_address_from_outside_needs_a_token() {
    let settings =
        Settings { public_host: Some("desk.example.com".into()), ..Settings::new("127.0.0.1:0".parse().unwrap()) };
    let refused = HttpServer::open(settings).await.unwrap_err();
    assert!(matches!(&refused, Error::UnguardedOutside(host) if host == "desk.example.com"), "{refused}");
}

#[test]
fn the_documentation_lists_the_routes_with_their_access() {
    let mut table = String::from("| route | methods | who | what it is |\n|---|---|---|---|\n");
    for rule in ROUTES {
        let path = if rule.below { format!("`{0}`, `{0}/…`", rule.path) } else { format!("`{}`", rule.path) };
        table += &format!("| {path} | {} | {} | {} |\n", rule.methods, rule.access.name(), rule.purpose);
    }
    check_section("docs/operations.md", "routes", &table);
    for access in Access::ALL {
        assert!(ROUTES.iter().any(|rule| rule.access == access), "{access:?}");
    }
}

/// An unsigned body that never ends, as far as it was sent.
async fn hold_back(desk: &Taking) -> TcpStream {
    const LENGTH: usize = 64 * 1024;
    let address = desk.server.url("").trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut connection = TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /webhooks/hubspot HTTP/1.1\r\nHost: {address}\r\nContent-Length: {LENGTH}\r\nX-HubSpot-Signature-v3: \
         unknown\r\nX-HubSpot-Request-Timestamp: {}\r\n\r\n",
        now_ms()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(&[b' '; LENGTH - 1]).await.unwrap();
    connection
}

/// Bodies that are held back fill what their own address may have, and no more: HubSpot is heard from another one.
#[tokio::test]
async fn one_address_does_not_keep_the_deliveries_of_another_out() {
    let desk = Taking::open().await;
    let held = join_all((0..440).map(|_| hold_back(&desk))).await;
    let elsewhere = reqwest::Client::builder().local_address(Some(Ipv4Addr::new(127, 0, 0, 9).into())).build().unwrap();
    for number in 0..3 {
        let body = json!([message(7, &format!("held {number}"), now_ms())]).to_string().into_bytes();
        let timestamp = now_ms().to_string();
        let signature = signature(TARGET, &body, &timestamp);
        let request = elsewhere.post(desk.server.url("/webhooks/hubspot")).header("x-hubspot-signature-v3", signature);
        let sent = request.header("x-hubspot-request-timestamp", timestamp).body(body).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::OK);
    }
    drop(held);
}
