//! A client that sends and reads raw JSON lines, for input that a well-behaved client never sends.

use std::collections::VecDeque;

use frontdesk::mcp::{Server, stdio};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) struct RawClient {
    input: WriteHalf<DuplexStream>,
    output: BufReader<ReadHalf<DuplexStream>>,
    kept: VecDeque<Value>,
    pub(crate) serving: JoinHandle<Result<(), stdio::Error>>,
    pub(crate) stop: CancellationToken,
}

impl RawClient {
    /// Connects and opens a session of 2025-11-25.
    pub(crate) async fn open(server: Server) -> RawClient {
        let mut raw = RawClient::connect(server);
        let hello =
            json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}});
        raw.request(0, "initialize", hello).await;
        raw.answer(0).await;
        raw.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string()).await;
        raw
    }

    /// Connects without sending anything.
    pub(crate) fn connect(server: Server) -> RawClient {
        let (near, far) = tokio::io::duplex(1 << 16);
        let (read, write) = tokio::io::split(far);
        let stop = CancellationToken::new();
        let serving = tokio::spawn(stdio::serve_on(server, read, write, stop.clone()));
        let (output, input) = tokio::io::split(near);
        RawClient { input, output: BufReader::new(output), kept: VecDeque::new(), serving, stop }
    }

    pub(crate) async fn send(&mut self, line: &str) {
        self.bytes(format!("{line}\n").as_bytes()).await;
    }

    pub(crate) async fn bytes(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).await.unwrap();
    }

    pub(crate) async fn request(&mut self, id: i64, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()).await;
    }

    pub(crate) async fn call(&mut self, id: i64, tool: &str, arguments: Value) {
        self.request(id, "tools/call", json!({"name": tool, "arguments": arguments})).await;
    }

    /// Reads the next message of any kind.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line).await.unwrap();
        (read > 0).then(|| serde_json::from_str(&line).unwrap())
    }

    /// Reads the answer to `id`; other messages are kept for later calls.
    pub(crate) async fn answer(&mut self, id: i64) -> Value {
        self.find(|message| message["id"] == id).await
    }

    pub(crate) async fn notification(&mut self, method: &str) -> Value {
        self.find(|message| message["method"] == method).await
    }

    /// Reads the first message that is wanted; others are kept for later calls.
    pub(crate) async fn find(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&wanted) {
            return self.kept.remove(at).unwrap();
        }
        loop {
            let message = self.next().await.expect("the server left");
            if wanted(&message) {
                return message;
            }
            self.kept.push_back(message);
        }
    }

    /// Closes the input and returns the remaining messages.
    pub(crate) async fn leave(mut self) -> Vec<Value> {
        self.input.shutdown().await.unwrap();
        let mut last = Vec::from(std::mem::take(&mut self.kept));
        while let Some(message) = self.next().await {
            last.push(message);
        }
        self.serving.await.unwrap().unwrap();
        last
    }
}
