//! The requests of the callers.

use std::time::Duration;

use serde_json::{Value, json};

use crate::Error;
use crate::server::{HOSTILE, Server};

/// A request without an answer by then is lost.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// The time for which the beginning of a stream is awaited.
const STREAM_READ: Duration = Duration::from_millis(500);

/// A client that keeps its connections.
pub(crate) fn client() -> Result<reqwest::Client, Error> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().timeout(ANSWER_MAX).build()?)
}

/// Posts a body to `/mcp` and reads the answer. The server may close before it has read all of a body that is too large,
/// so no status is an answer too.
pub(crate) async fn post(client: &reqwest::Client, server: &Server, token: &str, body: String) -> Option<u16> {
    let request = client.post(server.url("/mcp")).bearer_auth(token).body(body);
    let request =
        request.header("content-type", "application/json").header("accept", "application/json, text/event-stream");
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    let _ = answer.bytes().await;
    Some(status)
}

/// A request to another route. `None` if the connection was closed without an answer.
pub(crate) async fn ask(
    client: &reqwest::Client,
    server: &Server,
    (method, path): (reqwest::Method, &str),
    headers: &[(&str, &str)],
    body: String,
) -> Option<u16> {
    let request = client.request(method, server.url(path)).bearer_auth(HOSTILE).body(body);
    let request = request.header("content-type", "application/json");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let mut answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    // Of a stream only the beginning.
    let _ = tokio::time::timeout(STREAM_READ, answer.chunk()).await;
    Some(status)
}

/// Calls a tool as a client without a session does. The error says how the call was lost.
pub(crate) async fn call(
    client: &reqwest::Client,
    server: &Server,
    token: &str,
    tool: &str,
    arguments: &Value,
) -> Result<Value, Error> {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({"name": tool, "arguments": arguments, "_meta": meta});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let request = client.post(server.url("/mcp")).bearer_auth(token).json(&body);
    let request = request
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", tool);
    let answer = request.send().await?;
    let status = answer.status();
    let text = answer.text().await?;
    let json = text.lines().filter_map(|line| line.strip_prefix("data:")).next_back().unwrap_or(&text);
    let message: Value = serde_json::from_str(json).map_err(|error| format!("{status}: {error}"))?;
    match message.get("result") {
        Some(result) => Ok(result.clone()),
        None => Err(format!("{status}: {}", message["error"]).into()),
    }
}
