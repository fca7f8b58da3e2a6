//! One visitor: a stream that stays open, and messages beside it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::Error;

/// The longest wait for one answer.
const ANSWER_MAX: Duration = Duration::from_secs(300);
/// The most tries of one request, and the unit of the pauses between them.
const TRIES_MAX: u32 = 20;
const PAUSE: Duration = Duration::from_millis(250);

/// A visitor with a conversation.
pub(crate) struct Visitor {
    address: String,
    session: String,
    stream: Incoming,
    text: String,
    /// The number of the last message that was read.
    last: u64,
}

impl Visitor {
    /// Begins a conversation, and reads its greeting.
    pub(crate) async fn begin(address: &str) -> Result<Visitor, Error> {
        let started = post(address, "start", None, &json!({})).await?;
        let session = started["session"].as_str().ok_or("no conversation")?.to_owned();
        let stream = stream(address, &session, 0).await?;
        let text = String::new();
        let mut visitor = Visitor { address: address.to_owned(), session, stream, text, last: 0 };
        visitor.next().await?;
        Ok(visitor)
    }

    /// Says these things one after the other; the waits for their answers.
    pub(crate) async fn talk(&mut self, said: &[&str]) -> Result<Vec<Duration>, Error> {
        let mut waits = vec![];
        for (at, words) in said.iter().enumerate() {
            let began = Instant::now();
            let id = format!("m{at}");
            let sent = post(&self.address, "send", Some(&self.session), &json!({"id": id, "text": words})).await?;
            let (own, answer) = (self.next().await?, self.next().await?);
            if own["number"] != sent["number"] || own["id"] != json!(id) || answer["from"] != "desk" {
                return Err(format!("after {sent} came {own} and {answer}").into());
            }
            waits.push(began.elapsed());
        }
        Ok(waits)
    }

    /// The next message of the stream. Each has the number after the one before.
    async fn next(&mut self) -> Result<Value, Error> {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let data = event
                    .contains("event: message")
                    .then(|| event.lines().find_map(|line| line.strip_prefix("data: ")));
                let message: Option<Value> = data.flatten().map(serde_json::from_str).transpose()?;
                self.text = rest.to_owned();
                let Some(message) = message else { continue };
                self.last += 1;
                if message["number"] != self.last {
                    return Err(format!("message {} was lost or repeated: {message}", self.last).into());
                }
                return Ok(message);
            }
            let Some(Ok(frame)) = timeout(ANSWER_MAX, self.stream.frame()).await? else {
                // As the page does: it reads on from where the stream broke.
                self.text.clear();
                self.stream = stream(&self.address, &self.session, self.last).await?;
                continue;
            };
            let part = frame.into_data().unwrap_or_default();
            self.text += std::str::from_utf8(&part)?;
        }
    }
}

/// Posts, again where the connection broke, as the page does: the same id is the same message.
async fn post(address: &str, path: &str, session: Option<&str>, body: &Value) -> Result<Value, Error> {
    let response = again(async || {
        let request = request("POST", address, path, session).header("content-type", "application/json");
        let response = connect(address).await?.send_request(request.body(Full::from(body.to_string()))?).await?;
        let status = response.status();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    });
    let (status, answer) = response.await?;
    if !status.is_success() {
        return Err(format!("{path}: {status} {}", String::from_utf8_lossy(&answer)).into());
    }
    Ok(serde_json::from_slice(&answer)?)
}

/// Opens the stream after a message.
async fn stream(address: &str, session: &str, last: u64) -> Result<Incoming, Error> {
    let response = again(async || {
        let request = request("GET", address, "events", Some(session)).header("accept", "text/event-stream");
        let request = request.header("last-event-id", last.to_string()).body(Full::default())?;
        Ok(connect(address).await?.send_request(request).await?)
    });
    Ok(response.await?.into_body())
}

async fn again<T>(step: impl AsyncFn() -> Result<T, Error>) -> Result<T, Error> {
    let mut tries = 1;
    loop {
        match step().await {
            Err(_broken) if tries < TRIES_MAX => sleep(PAUSE * tries).await,
            ended => return ended,
        }
        tries += 1;
    }
}

fn request(method: &str, address: &str, path: &str, session: Option<&str>) -> http::request::Builder {
    let request = http::Request::builder().method(method).uri(format!("/chat/api/{path}")).header("host", address);
    match session {
        Some(session) => request.header("authorization", format!("Bearer {session}")),
        None => request,
    }
}

async fn connect(address: &str) -> Result<SendRequest<Full<Bytes>>, Error> {
    let stream = TcpStream::connect(address).await?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the response.
    tokio::spawn(connection);
    Ok(sender)
}
