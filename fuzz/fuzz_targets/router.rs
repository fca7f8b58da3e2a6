//! The sandbox answers any requests without a panic, and errors with HubSpot's error body.
//!
//! An input is a list of requests, one per line: `METHOD path body`. They go to one sandbox in this order, so that a
//! request meets the changes of those before it. Run with `cargo +nightly fuzz run router`.

#![no_main]

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Uri};
use hubspot_sandbox::{Sandbox, Settings};
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use tower::ServiceExt;

/// The most requests of one input; further ones are ignored.
const REQUESTS_MAX: usize = 8;

fuzz_target!(|data: &[u8]| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime needs nothing special");
    runtime.block_on(async {
        let now = "2026-11-22T15:00:00Z".parse().ok();
        let sandbox = Sandbox::new(Settings { now, ..Settings::default() });
        let routes = sandbox.router();
        for line in data.split(|byte| *byte == b'\n').take(REQUESTS_MAX) {
            if let Some((method, uri, body)) = read(line) {
                ask(&routes, sandbox.token(), method, uri, body).await;
            }
        }
    });
});

fn read(line: &[u8]) -> Option<(Method, Uri, Vec<u8>)> {
    let mut parts = line.splitn(3, |byte| *byte == b' ');
    let method = Method::from_bytes(parts.next()?).ok()?;
    let uri: Uri = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    // Injected faults break answers by intent, and a huge fill only takes time.
    let is_meant_to_break = uri.path().starts_with("/__sandbox/faults") || uri.path().starts_with("/__sandbox/fill");
    (!is_meant_to_break).then(|| (method, uri, parts.next().unwrap_or_default().to_vec()))
}

async fn ask(routes: &Router, token: &str, method: Method, uri: Uri, body: Vec<u8>) {
    let is_head = method == Method::HEAD;
    let request = Request::builder().method(method).uri(uri).header("authorization", format!("Bearer {token}"));
    let Ok(request) = request.body(Body::from(body)) else { return };
    let Ok(response) = routes.clone().oneshot(request).await;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.expect("nothing was told to cut it").to_bytes();
    assert!(status < 500, "{status}: {}", String::from_utf8_lossy(&body));
    if status >= 400 && !is_head && !body.starts_with(b"<html>") {
        let body: serde_json::Value = serde_json::from_slice(&body).expect("an error body is JSON");
        assert!(body["message"].is_string() || body["error"].is_string(), "{body}");
    }
}
