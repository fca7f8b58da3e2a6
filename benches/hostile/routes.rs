//! The worst body for each route, on a server of its own: `/mcp` in a session, `/messages`, and the routes that read none.

use reqwest::Method;
use serde_json::{Value, json};

use crate::cost::Cost;
use crate::server::{HOSTILE, Server};
use crate::{Error, Row, bodies, client, cost};

/// The longest head that the server takes is 16 KiB.
const HEAD_BYTES: usize = 15 * 1024;
const REVISION: &str = "2025-11-25";

pub(crate) async fn run() -> Result<Vec<Row>, Error> {
    let client = client::client()?;
    let (mut rows, long) = (vec![], "x".repeat(HEAD_BYTES));
    for (method, path) in [
        (Method::POST, "/mcp"),
        (Method::POST, "/messages"),
        (Method::GET, "/sse"),
        (Method::GET, "/mcp"),
        (Method::DELETE, "/mcp"),
        (Method::GET, "/metrics"),
        (Method::GET, "/healthz"),
        (Method::GET, "/readyz"),
    ] {
        let server = Server::start(&[]).await?;
        let route = Route::open(&client, &server, path).await?;
        let headers =
            [("x-long", long.as_str()), ("mcp-session-id", &route.session), ("mcp-protocol-version", REVISION)];
        let mut worst = (Cost::default(), "");
        for body in bodies::all() {
            let asking = client::ask(&client, &server, (method.clone(), &route.path), &headers, body.text);
            let (_, cost) = cost::of(server.pid(), asking).await;
            if cost.memory >= worst.0.memory {
                worst = (cost, body.kind);
            }
        }
        rows.push(Row {
            what: format!("{method} `{path}`, worst body: {} ({})", worst.1, cost::TARGET),
            measured: worst.0.text(),
            missed: worst.0.misses(),
        });
    }
    Ok(rows)
}

/// A route in a session where it has one.
struct Route {
    path: String,
    session: String,
    /// The stream of HTTP+SSE, which ends the session when it is dropped.
    _stream: Option<reqwest::Response>,
}

impl Route {
    async fn open(client: &reqwest::Client, server: &Server, path: &str) -> Result<Route, Error> {
        if path == "/messages" {
            let mut stream = client.get(server.url("/sse")).bearer_auth(HOSTILE).send().await?;
            let first = stream.chunk().await?.ok_or("the stream has no endpoint")?;
            let text = String::from_utf8_lossy(&first).into_owned();
            let endpoint = text.lines().find_map(|line| line.strip_prefix("data: ")).ok_or("no endpoint is named")?;
            return Ok(Route { path: endpoint.to_owned(), session: String::new(), _stream: Some(stream) });
        }
        let session = session(client, server).await?;
        Ok(Route { path: path.to_owned(), session, _stream: None })
    }
}

/// Opens a session; what the first request of any kind brings in is then not the cost of the others.
async fn session(client: &reqwest::Client, server: &Server) -> Result<String, Error> {
    let params: Value = json!({
        "protocolVersion": REVISION, "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"},
    });
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params});
    let request = client.post(server.url("/mcp")).bearer_auth(HOSTILE).json(&hello);
    let answer = request.header("accept", "application/json, text/event-stream").send().await?;
    let session = answer.headers().get("mcp-session-id").ok_or("no session was opened")?.to_str()?.to_owned();
    answer.bytes().await?;
    Ok(session)
}
