//! A minimal HTTP client, so that the measurements are of the server.
//!
//! One connection, HTTP/1.1, JSON or server-sent events; nothing is pooled or repeated.

use std::io;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::Error;
use crate::load::{Call, Client, check_answer};

/// A longer answer is an error of the server.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
const MODERN: &str = "2026-07-28";
const LEGACY: &str = "2025-11-25";

/// One connection that is kept open; clients of 2025-11-25 keep a session too.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
    session: Option<String>,
}

struct Answer {
    status: u16,
    session: Option<String>,
    body: Vec<u8>,
}

impl Connection {
    pub(crate) async fn modern(address: &str) -> Result<Connection, Error> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream: BufReader::new(stream), host: address.to_owned(), session: None })
    }

    /// Opens a session; the inner `Err` is the status of a server that accepts no more of them.
    pub(crate) async fn legacy(address: &str) -> Result<Result<Connection, u16>, Error> {
        let mut connection = Connection::modern(address).await?;
        let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}});
        let answer = connection.post(&hello.to_string(), "").await?;
        let Some(session) = answer.session else { return Ok(Err(answer.status)) };
        connection.session = Some(session);
        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        match connection.post(&ready.to_string(), "").await?.status {
            202 => Ok(Ok(connection)),
            status => Ok(Err(status)),
        }
    }

    async fn post(&mut self, body: &str, headers: &str) -> Result<Answer, Error> {
        let Connection { host, session, .. } = self;
        let session = session.as_ref().map(|id| format!("mcp-session-id: {id}\r\nmcp-protocol-version: {LEGACY}\r\n"));
        let request = format!(
            "POST /mcp HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\naccept: application/json, \
             text/event-stream\r\ncontent-length: {}\r\n{}{headers}\r\n{body}",
            body.len(),
            session.unwrap_or_default(),
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.answer().await
    }

    /// Gets a page beside MCP, such as `/metrics`.
    pub(crate) async fn get(&mut self, path: &str) -> Result<String, Error> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.host);
        self.stream.write_all(request.as_bytes()).await?;
        Ok(String::from_utf8(self.answer().await?.body)?)
    }

    async fn answer(&mut self) -> Result<Answer, Error> {
        let status = self.line().await?.split(' ').nth(1).unwrap_or_default().parse()?;
        let (mut length, mut chunked, mut session) = (0, false, None);
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse()?,
                "transfer-encoding" => chunked = value == "chunked",
                "mcp-session-id" => session = Some(value.to_owned()),
                _ => {}
            }
        }
        let body = if chunked { self.chunks().await? } else { self.exactly(length).await? };
        Ok(Answer { status, session, body })
    }

    async fn chunks(&mut self) -> Result<Vec<u8>, Error> {
        let mut body = vec![];
        loop {
            let length = usize::from_str_radix(&self.line().await?, 16)?;
            body.extend(self.exactly(length).await?);
            self.line().await?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    async fn exactly(&mut self, length: usize) -> Result<Vec<u8>, Error> {
        if length > BODY_BYTES_MAX {
            return Err(format!("an answer of {length} bytes").into());
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok(body)
    }

    async fn line(&mut self) -> Result<String, Error> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }
}

impl Client for Connection {
    async fn call(&mut self, id: usize, call: &Call) -> Result<(), Error> {
        let mut params = json!({"name": call.tool, "arguments": call.arguments});
        let mut headers = String::new();
        if self.session.is_none() {
            params["_meta"] = client_metadata();
            let tool = call.tool;
            headers = format!("mcp-protocol-version: {MODERN}\r\nmcp-method: tools/call\r\nmcp-name: {tool}\r\n");
        }
        let request = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params});
        let answer = self.post(&request.to_string(), &headers).await?;
        check_answer(id, call, message(&answer)?)
    }
}

fn client_metadata() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

/// The last message of the answer, which is JSON or a stream of events.
fn message(answer: &Answer) -> Result<&[u8], Error> {
    if answer.status != 200 {
        let said = String::from_utf8_lossy(&answer.body);
        return Err(format!("status {}: {said}", answer.status).into());
    }
    let mut events = answer.body.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"data:"));
    Ok(match answer.body.first() {
        Some(b'{') => &answer.body,
        _ => events.rfind(|data| !data.trim_ascii().is_empty()).unwrap_or_default(),
    })
}
