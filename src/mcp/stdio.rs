//! MCP over standard input and output: one client, one message a line.
//!
//! rmcp's own transport drops lines that it cannot parse without a response, and gives running calls five seconds at the
//! end of the input. This one answers invalid lines, and waits for the calls.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use rmcp::model::{ErrorCode, JsonRpcMessage, ProtocolVersion, ServerResult};
use rmcp::transport::{Transport, stdio_pipes};
use rmcp::{RoleServer, ServiceExt};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::codec::FramedRead;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::batch;
use super::call_limits::CallLimits;
use super::first_flush::FirstFlush;
use super::handshake::Handshake;
use super::jsonrpc::{self, Incoming, InvalidMessage, Outgoing, Parsed};
use super::line_codec::{DecodedLine, LINE_BYTES_MAX, LineDecoder, request_id};
use super::message_limit;
use super::pending_errors::PendingErrors;
use super::reply::ClientMessage;
use super::request_ids::{Admission, RequestIds, in_use};
use super::server::Server;

/// Longest time for running calls to end once the client has left or the process is stopping.
pub const DRAIN_MAX: Duration = Duration::from_secs(10);

/// Time that calls read just before the end of input get to start.
const SETTLE: Duration = Duration::from_millis(5);

/// Messages that wait to be written; a client that does not read delays its own calls.
const OUTGOING_MAX: usize = 64;

/// Serves one client over this process's standard streams until it leaves or `stop` is cancelled. `answered` is cancelled
/// after the first answer.
pub async fn serve(server: Server, stop: CancellationToken, answered: CancellationToken) -> Result<(), Error> {
    let (input, output) = stdio_pipes();
    serve_on(server, input, FirstFlush { output, written: answered }, stop).await
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
    /// The input could not be read to its end.
    #[error("the input could not be read: {0}")]
    Input(std::io::Error),
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
    let broken = transport.broken.clone();
    let served = match server.serve(transport).await {
        Ok(session) => session.waiting().await.map(drop).map_err(Error::Session),
        // Leaving before a session was opened is no error.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        Err(error) => Err(Error::Handshake(error.to_string())),
    };
    let broken = broken.lock().unwrap_or_else(PoisonError::into_inner).take();
    broken.map_or(served, |error| Err(Error::Input(error)))
}

/// rmcp's transport over lines.
struct LineTransport<R> {
    lines: FramedRead<R, LineDecoder>,
    /// Why the input could not be read to its end.
    broken: Arc<Mutex<Option<std::io::Error>>>,
    /// Messages of a batch that were not handed on yet.
    batch: VecDeque<Parsed>,
    handshake: Handshake,
    ids: RequestIds,
    /// The revision that `initialize` agreed on.
    version: Option<ProtocolVersion>,
    pending_errors: PendingErrors,
    outgoing: Option<mpsc::Sender<ClientMessage>>,
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
            broken: Arc::default(),
            batch: VecDeque::new(),
            handshake: Handshake::default(),
            ids: RequestIds::default(),
            version: None,
            pending_errors: PendingErrors::default(),
            outgoing: Some(outgoing),
            writer: Some(tokio::spawn(write(queue, output))),
            limits: server.shared.limits.clone(),
            stop,
            closing: server.shared.closing.clone(),
            draining_until: None,
        }
    }

    async fn next_message(&mut self) -> Option<Parsed> {
        while self.batch.is_empty() {
            let line = self.next_line().await?;
            self.batch.extend(parse(&line, self.version.as_ref()));
        }
        self.batch.pop_front()
    }

    async fn next_line(&mut self) -> Option<DecodedLine> {
        let line = tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            line = self.lines.next() => line,
        };
        line?.inspect_err(|error| error!(%error, "The input could not be read.")).map_err(|error| self.fail(error)).ok()
    }

    fn fail(&self, error: std::io::Error) {
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// True if rmcp is to see the message. The answer to a request that cannot be served is kept to be sent.
    fn admits(&mut self, message: &mut Incoming) -> bool {
        if !self.handshake.admits(message) {
            return false;
        }
        match self.ids.admit(message) {
            Admission::Serve => true,
            Admission::Ignore => false,
            Admission::InUse(id) => {
                self.pending_errors.push(in_use(id).into());
                false
            }
        }
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

    fn send(&mut self, mut message: Outgoing) -> impl Future<Output = Result<(), std::io::Error>> + Send + 'static {
        if let JsonRpcMessage::Response(response) = &message
            && let ServerResult::InitializeResult(opened) = &response.result
        {
            self.version = Some(opened.protocol_version.clone());
        }
        let outgoing = self.outgoing.clone();
        let restored = self.ids.restore(&mut message);
        async move {
            let closed = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
            let outgoing = outgoing.ok_or_else(closed)?;
            if restored { outgoing.send(message.into()).await.map_err(|_| closed()) } else { Ok(()) }
        }
    }

    async fn receive(&mut self) -> Option<Incoming> {
        while self.draining_until.is_none() {
            self.pending_errors.flush(self.outgoing.as_ref()).await;
            let Some(parsed) = self.next_message().await else { break };
            match parsed {
                Parsed::Message(mut message) => {
                    if self.admits(&mut message) {
                        return Some(*message);
                    }
                }
                Parsed::Ignored => {}
                Parsed::Invalid(invalid) => self.pending_errors.extend(invalid.into_replies()),
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
async fn write(mut queue: mpsc::Receiver<ClientMessage>, mut output: impl AsyncWrite + Unpin) {
    while let Some(message) = queue.recv().await {
        let Ok(mut line) = serde_json::to_vec(&message) else { continue };
        line.push(b'\n');
        if output.write_all(&line).await.is_err() || (queue.is_empty() && output.flush().await.is_err()) {
            return;
        }
    }
}

/// The messages of a line: one, or those of a batch in the revision that has batches. Each of them is answered by itself.
fn parse(line: &DecodedLine, version: Option<&ProtocolVersion>) -> Vec<Parsed> {
    let parsed = match line {
        DecodedLine::Complete(text) if let Err(refused) = message_limit::cost(text) => {
            vec![Parsed::Invalid(refused.answer(text))]
        }
        DecodedLine::Complete(text) if version.is_some_and(batch::is_served) => batch::parse(text),
        DecodedLine::Complete(text) => vec![jsonrpc::parse(text)],
        DecodedLine::TooLong(beginning) => {
            let problem = format!("the message is longer than {LINE_BYTES_MAX} bytes");
            vec![Parsed::Invalid(InvalidMessage::new(request_id(beginning), ErrorCode::INVALID_REQUEST, problem))]
        }
    };
    if parsed.iter().any(|parsed| matches!(parsed, Parsed::Invalid(_))) {
        warn!("A line held something that is not a message; it was answered with an error.");
    }
    parsed
}
