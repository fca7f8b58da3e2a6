//! Embeds a HubSpot account in a test: no port, no network, a clock that stands still, and an answer that is lost on demand.
//!
//! `cargo run --example embed_sandbox`

#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use std::error::Error;

use axum::body::{Body, to_bytes};
use hubspot_sandbox::{Sandbox, Settings};
use serde_json::{Value, json};
use tower::ServiceExt;

const ANSWER_BYTES_MAX: usize = 1 << 20;

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::new(Settings::default());
    sandbox.freeze_clock();
    sandbox.set_clock("2026-12-01T14:00:00Z".parse()?);

    // The next ticket is made, but a gateway answers 502: a client that just tries again makes two.
    let fault = json!({"match": {"method": "POST", "path_contains": "/tickets"}, "effect": "lost_answer"});
    send(&sandbox, "POST", "/__sandbox/faults", fault).await?;

    let tickets = "/crm/objects/2026-09/tickets";
    let ticket = json!({"properties": {"subject": "The robot beeps.", "hs_pipeline": "0", "hs_pipeline_stage": "1"}});
    let (status, _) = send(&sandbox, "POST", tickets, ticket.clone()).await?;
    assert_eq!(status, 502, "the answer was lost");
    let (status, made) = send(&sandbox, "POST", tickets, ticket).await?;
    assert_eq!(status, 201, "{made}");
    let made_at = made["createdAt"].as_str().unwrap_or_default();
    assert!(made_at.starts_with("2026-12-01T14:00:00"), "the clock stands still, yet it was made at {made_at}");

    let search = json!({"filterGroups": [{"filters": [
        {"propertyName": "subject", "operator": "EQ", "value": "The robot beeps."}
    ]}]});
    let (_, found) = send(&sandbox, "POST", &format!("{tickets}/search"), search).await?;
    assert_eq!(found["total"], 2, "the client under test made the ticket twice");
    println!("{} tickets, {} requests", found["total"], sandbox.requests().len());
    Ok(())
}

/// Sends a request as any HubSpot client does, and answers the status and the JSON body.
async fn send(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> Result<(u16, Value), Box<dyn Error>> {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {}", sandbox.token()))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))?;
    let response = sandbox.router().oneshot(request).await?;
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), ANSWER_BYTES_MAX).await?;
    Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()))
}
