//! MCP over standard input and output: one client, one message a line.
//!
//! rmcp's own transport drops lines that it cannot parse without a response, and gives running calls five seconds at the
//! end of the input. This one answers invalid lines whose request id can be read, and waits for the calls.

use std::collections::VecDeque;
use std::time::Duration;

use futures::StreamExt;
use rmcp::model::ErrorCode;
use rmcp::transport::{Transport, stdio_pipes};
use rmcp::{RoleServer, ServiceExt};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::codec::FramedRead;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::call_limits::CallLimits;
use super::first_write::FirstWrite;
use super::handshake::Handshake;
use super::jsonrpc::{self, Incoming, InvalidMessage, Outgoing, Parsed};
use super::line_codec::{LINE_BYTES_MAX, Line, LineDecoder, request_id};
use super::server::Server;

/// Longest time for running calls to end once the client has left or the process is stopping.
pub const DRAIN_MAX: Duration = Duration::from_secs(10);

/// Time in which a call that was read just before the end is counted as running.
const SETTLE: Duration = Duration::from_millis(5);

/// Messages that wait to be written; a client that does not read delays its own calls.
const OUTGOING_MAX: usize = 64;

/// Serves one client over this process's standard streams until it leaves or `stop` is cancelled. `answered` is cancelled
/// after the first answer.
pub async fn serve(server: Server, stop: CancellationToken, answered: CancellationToken) -> Result<(), Error> {
    let (input, output) = stdio_pipes();
    serve_on(server, input, FirstWrite { output, written: answered }, stop).await
}

/// The session could not be opened or ended with an error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// rmcp's reason why the client's first messages open no session.
    #[error("the client did not open a session: {0}")]
    Handshake(String),
    /// The session's task panicked or was aborted.
    #[error("the session ended badly: {0}")]
    Session(#[from] tokio::task::JoinError),
}

/// Serves one client over any pair of streams.
pub async fn serve_on(
    server: Server,
    input: impl AsyncRead + Send + Unpin + 'static,
    output: impl AsyncWrite + Send + Unpin + 'static,
    stop: CancellationToken,
) -> Result<(), Error> {
    let server = server.edit(|shared| {
        shared.closing = CancellationToken::new();
        shared.limits = shared.limits.clone().for_client();
    });
    let transport = LineTransport::new(input, output, &server, stop);
    match server.serve(transport).await {
        Ok(session) => session.waiting().await.map(drop).map_err(Error::Session),
        // Leaving before a session was opened is no error.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        Err(error) => Err(Error::Handshake(error.to_string())),
    }
}

/// rmcp's transport over lines.
struct LineTransport<R> {
    lines: FramedRead<R, LineDecoder>,
    handshake: Handshake,
    /// Errors still to be sent; kept here because `receive` may be dropped at any wait.
    pending_errors: VecDeque<Outgoing>,
    outgoing: Option<mpsc::Sender<Outgoing>>,
    writer: Option<JoinHandle<()>>,
    limits: CallLimits,
    stop: CancellationToken,
    /// Ends subscriptions and pending elicitations.
    closing: CancellationToken,
    /// The deadline of running calls; set once no more is read.
    draining_until: Option<Instant>,
}

impl<R: AsyncRead + Send + Unpin> LineTransport<R> {
    fn new(
        input: R,
        output: impl AsyncWrite + Send + Unpin + 'static,
        server: &Server,
        stop: CancellationToken,
    ) -> Self {
        let (outgoing, queue) = mpsc::channel(OUTGOING_MAX);
        LineTransport {
            lines: FramedRead::new(input, LineDecoder::default()),
            handshake: Handshake::default(),
            pending_errors: VecDeque::new(),
            outgoing: Some(outgoing),
            writer: Some(tokio::spawn(write(queue, output))),
            limits: server.shared.limits.clone(),
            stop,
            closing: server.shared.closing.clone(),
            draining_until: None,
        }
    }

    async fn next_line(&mut self) -> Option<Line> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            line = self.lines.next() => line.and_then(Result::ok),
        }
    }

    /// Sends the pending errors, or drops them if the output is closed.
    async fn flush_errors(&mut self) {
        while !self.pending_errors.is_empty()
            && let Some(outgoing) = &self.outgoing
            && let Ok(permit) = outgoing.reserve().await
            && let Some(error) = self.pending_errors.pop_front()
        {
            permit.send(error);
        }
        self.pending_errors.clear();
    }

    async fn drain(&mut self) {
        let until = *self.draining_until.get_or_insert_with(|| Instant::now() + DRAIN_MAX);
        sleep(SETTLE).await;
        self.closing.cancel();
        self.limits.drain(until).await;
    }
}

impl<R: AsyncRead + Send + Unpin> Transport<RoleServer> for LineTransport<R> {
    type Error = std::io::Error;

    fn send(&mut self, message: Outgoing) -> impl Future<Output = Result<(), std::io::Error>> + Send + 'static {
        let outgoing = self.outgoing.clone();
        async move {
            let closed = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
            outgoing.ok_or_else(closed)?.send(message).await.map_err(|_| closed())
        }
    }

    async fn receive(&mut self) -> Option<Incoming> {
        while self.draining_until.is_none() {
            self.flush_errors().await;
            let Some(line) = self.next_line().await else { break };
            match parse(&line) {
                Parsed::Message(message) if self.handshake.admits(&message) => return Some(*message),
                Parsed::Message(_) | Parsed::Ignored => {}
                Parsed::Invalid(invalid) => self.pending_errors = invalid.into_error_responses().collect(),
            }
        }
        self.drain().await;
        None
    }

    async fn close(&mut self) -> Result<(), std::io::Error> {
        self.outgoing = None;
        if let Some(writer) = self.writer.take() {
            let _ = timeout_at(Instant::now() + DRAIN_MAX, writer).await;
        }
        Ok(())
    }
}

/// Writes messages as lines, and flushes when the queue is empty.
async fn write(mut queue: mpsc::Receiver<Outgoing>, mut output: impl AsyncWrite + Unpin) {
    while let Some(message) = queue.recv().await {
        let Ok(mut line) = serde_json::to_vec(&message) else { continue };
        line.push(b'\n');
        if output.write_all(&line).await.is_err() || (queue.is_empty() && output.flush().await.is_err()) {
            return;
        }
    }
}

fn parse(line: &Line) -> Parsed {
    let parsed = match line {
        Line::Complete(text) => jsonrpc::parse(text),
        Line::TooLong(beginning) => {
            let problem = format!("the message is longer than {LINE_BYTES_MAX} bytes");
            Parsed::Invalid(InvalidMessage::new(request_id(beginning), ErrorCode::INVALID_REQUEST, problem))
        }
    };
    if let Parsed::Invalid(_) = parsed {
        warn!("Skipped a line that is not a message.");
    }
    parsed
}
