//! Proxies that the operator has named are believed when they say who their client is, and nobody else is.

use std::net::IpAddr;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::address_range::AddressRange;
use frontdesk::mcp::http::{Settings, VisitorRoutes};
use futures::FutureExt;
use futures::future::BoxFuture;
use http::header::HeaderName;
use http::request::Parts;
use reqwest::StatusCode;
use tokio_util::sync::CancellationToken;

use crate::http::{ALL, TestServer};

/// More than an address may be refused before it is slowed down.
const GUESSES: usize = 22;

/// A page that tells visitors by which address they are known.
#[derive(Debug)]
struct Mirror(Option<HeaderName>);

impl VisitorRoutes for Mirror {
    fn takes(&self, _: &str) -> bool {
        true
    }

    fn address_header(&self) -> Option<&HeaderName> {
        self.0.as_ref()
    }

    fn body_bytes_max(&self, _: &Parts) -> usize {
        1_000
    }

    fn respond(&self, _: Parts, _: Bytes, address: IpAddr) -> BoxFuture<'_, Response> {
        async move { address.to_string().into_response() }.boxed()
    }

    fn run(self: Arc<Self>, stop: CancellationToken) -> BoxFuture<'static, ()> {
        async move { stop.cancelled().await }.boxed()
    }
}

fn behind(proxies: &[&str], header: Option<&'static str>) -> impl FnOnce(&mut Settings) {
    let proxies: Vec<AddressRange> = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
    move |settings| {
        settings.auth_token = Some(ALL.into());
        settings.trusted_proxies = proxies;
        settings.visitor_routes = vec![Arc::new(Mirror(header.map(HeaderName::from_static)))];
    }
}

async fn known_as(server: &TestServer, header: &str, value: &str) -> String {
    server.client.get(server.url("/chat")).header(header, value).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_visitor_is_known_by_the_address_that_a_named_proxy_tells() {
    const FOR: &str = "x-forwarded-for";
    for (proxies, setting, header, value, known) in [
        // The test is the proxy.
        (&["127.0.0.1"][..], None, FOR, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (&["127.0.0.0/8", "203.0.113.0/24"], None, FOR, "198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (&["127.0.0.1"], Some("x-real-ip"), "x-real-ip", "203.0.113.9", "203.0.113.9"),
        (&["127.0.0.1"], Some("x-real-ip"), FOR, "203.0.113.9", "127.0.0.1"),
        // The proxy is elsewhere, so the header is forged, whatever the page's settings say.
        (&["10.0.0.1"], None, FOR, "203.0.113.9", "127.0.0.1"),
        (&["10.0.0.1"], Some(FOR), FOR, "203.0.113.9", "127.0.0.1"),
        // No proxy is named: the header of the page's settings counts, as it did before proxies could be named.
        (&[], None, FOR, "203.0.113.9", "127.0.0.1"),
        (&[], Some(FOR), FOR, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
    ] {
        let server = TestServer::open(behind(proxies, setting)).await;
        let found = known_as(&server, header, value).await;
        assert_eq!(found, known, "{proxies:?} {setting:?} {header}: {value}");
    }
}

async fn guess(server: &TestServer, from: &str) -> StatusCode {
    let request = server.client.post(server.url("/mcp")).bearer_auth("wrong").header("x-forwarded-for", from);
    request.send().await.unwrap().status()
}

/// Whoever guesses tokens is slowed down, and not everybody behind the same proxy.
#[tokio::test]
async fn guesses_count_for_the_client_of_a_named_proxy() {
    let server = TestServer::open(behind(&["127.0.0.1"], None)).await;
    let mut answers = vec![];
    for _ in 0..GUESSES {
        answers.push(guess(&server, "203.0.113.9").await);
    }
    assert_eq!(answers[0], StatusCode::UNAUTHORIZED);
    assert_eq!(answers[GUESSES - 1], StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(guess(&server, "203.0.113.10").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_forges_the_header_gets_no_further_guesses() {
    for proxies in [&[][..], &["10.0.0.1"]] {
        let server = TestServer::open(behind(proxies, None)).await;
        let mut last = StatusCode::OK;
        for number in 0..GUESSES {
            last = guess(&server, &format!("203.0.113.{number}")).await;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "{proxies:?}");
    }
}
