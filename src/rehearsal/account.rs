//! Requests to the embedded HubSpot as its owner makes them, past every client.

use bytes::Bytes;
use http_client::{HttpClient, InProcess};
use hubspot_sandbox::Sandbox;
use serde_json::Value;

/// The reason why a conversation could not be played at all, which says nothing of the desk.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RunError(pub String);

/// Sends a request to the account and returns its answer.
pub async fn ask(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> Result<Value, RunError> {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {}", sandbox.token()))
        .header("content-type", "application/json")
        .body(Bytes::from(body.to_string()))
        .map_err(|error| RunError(format!("{method} {path}: {error}")))?;
    let answer = InProcess(sandbox.router()).send(request).await;
    let answer = answer.map_err(|error| RunError(format!("{method} {path}: {error}")))?;
    if !answer.status().is_success() {
        let said: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let why = said["message"].as_str().unwrap_or_default();
        return Err(RunError(format!("HubSpot refuses {method} {path}: {} {why}", answer.status())));
    }
    Ok(serde_json::from_slice(answer.body()).unwrap_or_default())
}
