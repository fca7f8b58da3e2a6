//! Requests that are refused before they are read: of browsers and proxies that could mean something else, and of those
//! who guess.

use std::time::Duration;

use frontdesk::telemetry;
use reqwest::StatusCode;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::http::{ALL, PATIENCE, TestServer, list};

/// Sends a head without a body, and returns the status and the body of the answer.
async fn send(server: &TestServer, line: &str, headers: &[&str]) -> (u16, String) {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = [&[line], headers, &["connection: close", "\r\n"]].concat().join("\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut said = String::new();
    let reading = async {
        let mut part = [0; 1_024];
        while let Ok(read @ 1..) = stream.read(&mut part).await {
            said += &String::from_utf8_lossy(&part[..read]);
            // Of a stream the beginning is enough.
            if said.contains("event: endpoint") {
                return;
            }
        }
    };
    timeout(PATIENCE, reading).await.expect("no answer");
    (said.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default(), said)
}

#[tokio::test]
async fn a_request_that_names_two_hosts_or_callers_is_malformed() {
    let server = TestServer::open(|settings| settings.auth_token = Some(ALL.into())).await;
    let bearer = format!("authorization: Bearer {ALL}");
    let local = "host: localhost";
    for (line, headers) in [
        ("GET /healthz HTTP/1.1", vec![local, "host: evil.example"]),
        ("GET /healthz HTTP/1.1", vec!["host: evil.example", local]),
        ("GET http://evil.example/healthz HTTP/1.1", vec![local]),
        ("GET http://localhost:1/healthz HTTP/1.1", vec![local]),
        ("GET http://me@localhost/healthz HTTP/1.1", vec![local]),
        ("GET /healthz HTTP/1.1", vec!["host: me@localhost"]),
        ("GET /healthz HTTP/1.1", vec![local, "origin: http://localhost", "origin: http://evil.example"]),
        ("GET /metrics HTTP/1.1", vec![local, &bearer, "authorization: Bearer other"]),
    ] {
        let (status, said) = send(&server, line, &headers).await;
        assert_eq!(status, 400, "{line} {headers:?}: {said}");
    }
    for line in ["GET /healthz HTTP/1.1", "GET http://localhost/healthz HTTP/1.1"] {
        assert_eq!(send(&server, line, &[local]).await.0, 200, "{line}");
    }
}

#[tokio::test]
async fn pages_of_other_sites_reach_no_route_of_an_open_server() {
    let server = TestServer::open(|settings| settings.metrics = Some(telemetry::metrics().unwrap())).await;
    for path in ["/sse", "/mcp", "/metrics", "/healthz", "/readyz", "/messages"] {
        for site in ["cross-site", "same-site"] {
            let fetch = format!("sec-fetch-site: {site}");
            let (status, said) = send(&server, &format!("GET {path} HTTP/1.1"), &["host: localhost", &fetch]).await;
            assert_eq!(status, 403, "{path} {site}: {said}");
        }
    }
    let local = ["host: localhost", "sec-fetch-site: same-site", "origin: http://localhost:6274"];
    assert_eq!(send(&server, "GET /sse HTTP/1.1", &local).await.0, 200, "a page on this machine");
    for site in ["sec-fetch-site: none", "sec-fetch-site: same-origin"] {
        assert_eq!(send(&server, "GET /healthz HTTP/1.1", &["host: localhost", site]).await.0, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_that_guesses_is_slowed_down_and_honest_callers_there_are_not() {
    let metrics = telemetry::metrics().unwrap();
    let server = TestServer::open(|settings| settings.auth_token = Some(ALL.into())).await;
    let guess = async || {
        let start = Instant::now();
        let refused = server.post("wrong-0123456789abcdef", None, &list()).await;
        (refused.status(), refused.headers().get("retry-after").is_some(), start.elapsed() >= Duration::from_secs(1))
    };
    for _ in 0..20 {
        assert_eq!(guess().await.0, StatusCode::UNAUTHORIZED);
    }
    for _ in 0..3 {
        assert_eq!(guess().await, (StatusCode::TOO_MANY_REQUESTS, true, true));
    }
    assert_eq!(server.post(ALL, None, &list()).await.status(), StatusCode::OK);
    let counted = metrics.render();
    assert!(counted.contains("mcp_http_refused_total{reason=\"token\"}"), "{counted}");
    assert!(!counted.contains("wrong-0123456789abcdef"));
}

#[tokio::test]
async fn readiness_tells_of_every_part() {
    let server = TestServer::open(|settings| settings.auth_token = Some(ALL.into())).await;
    let shown = server.client.get(server.url("/readyz")).send().await.unwrap();
    assert_eq!(shown.status(), StatusCode::OK);
    let shown: Value = shown.json().await.unwrap();
    assert_eq!((&shown["status"], &shown["hubspot"]), (&"ready".into(), &"not_checked_yet".into()), "{shown}");
    assert!(shown["store"].is_string() && shown["documents"].is_string(), "{shown}");
}
