//! MCP over standard input and output: one client, one line a message.
//!
//! rmcp's own transport drops what it cannot read without a word and gives running calls five seconds at the end of
//! the input. This one answers bad lines where it can tell which request they were, and waits for the calls.

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

use super::Server;
use super::call_limits::CallLimits;
use super::first_write::FirstWrite;
use super::handshake::Handshake;
use super::jsonrpc::{self, Incoming, InvalidMessage, Outgoing, Parsed};
use super::line_codec::{LINE_BYTES_MAX, Line, LineDecoder, readable_id};

/// How long running calls may take to end once the client has left or the process is asked to stop.
pub const DRAIN_MAX: Duration = Duration::from_secs(10);

/// A call that was read just before the end has this long to be counted as running.
const SETTLE: Duration = Duration::from_millis(5);

/// Answers that wait to be written; a client that does not read slows its own calls down.
const ANSWERS_WAITING_MAX: usize = 64;

/// Serves one client over this process's standard streams until it leaves or `stop` is cancelled. `answered` is cancelled
/// after the first answer.
pub async fn serve(server: Server, stop: CancellationToken, answered: CancellationToken) -> Result<(), Error> {
    let (input, output) = stdio_pipes();
    serve_on(server, input, FirstWrite { output, written: answered }, stop).await
}

/// The session could not be started or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the client did not open a session: {0}")]
    Opening(String),
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
    let server = Server { closing: CancellationToken::new(), limits: server.limits.for_client(), ..server };
    let transport = LineTransport::new(input, output, &server, stop);
    match server.serve(transport).await {
        Ok(session) => session.waiting().await.map(drop).map_err(Error::Session),
        // A client that leaves before it opened a session has done nothing wrong.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        Err(error) => Err(Error::Opening(error.to_string())),
    }
}

/// Messages as lines.
struct LineTransport<R> {
    lines: FramedRead<R, LineDecoder>,
    handshake: Handshake,
    /// Errors that are still to be answered; kept here because reading may be interrupted at any wait.
    pending_errors: VecDeque<Outgoing>,
    answers: Option<mpsc::Sender<Outgoing>>,
    writer: Option<JoinHandle<()>>,
    limits: CallLimits,
    stop: CancellationToken,
    /// Ends what only waits: for a person, or for changes to tell.
    closing: CancellationToken,
    /// Set once no more is read: when running calls must have ended.
    draining_until: Option<Instant>,
}

impl<R: AsyncRead + Send + Unpin> LineTransport<R> {
    fn new(
        input: R,
        output: impl AsyncWrite + Send + Unpin + 'static,
        server: &Server,
        stop: CancellationToken,
    ) -> Self {
        let (answers, waiting) = mpsc::channel(ANSWERS_WAITING_MAX);
        LineTransport {
            lines: FramedRead::new(input, LineDecoder::default()),
            handshake: Handshake::default(),
            pending_errors: VecDeque::new(),
            answers: Some(answers),
            writer: Some(tokio::spawn(write(waiting, output))),
            limits: server.limits.clone(),
            stop,
            closing: server.closing.clone(),
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

    /// What cannot be sent any more is pending_errors no longer.
    async fn flush_errors(&mut self) {
        while !self.pending_errors.is_empty()
            && let Some(answers) = &self.answers
            && let Ok(place) = answers.reserve().await
            && let Some(pending_errors) = self.pending_errors.pop_front()
        {
            place.send(pending_errors);
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
        let answers = self.answers.clone();
        async move {
            let closed = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
            answers.ok_or_else(closed)?.send(message).await.map_err(|_| closed())
        }
    }

    async fn receive(&mut self) -> Option<Incoming> {
        while self.draining_until.is_none() {
            self.flush_errors().await;
            let Some(line) = self.next_line().await else { break };
            match read(&line) {
                Parsed::Message(message) if self.handshake.admits(&message) => return Some(*message),
                Parsed::Message(_) | Parsed::Ignored => {}
                Parsed::Invalid(fault) => self.pending_errors = fault.into_error_responses().collect(),
            }
        }
        self.drain().await;
        None
    }

    async fn close(&mut self) -> Result<(), std::io::Error> {
        self.answers = None;
        if let Some(writer) = self.writer.take() {
            let _ = timeout_at(Instant::now() + DRAIN_MAX, writer).await;
        }
        Ok(())
    }
}

/// Writes what is there, and flushes when nothing more waits.
async fn write(mut waiting: mpsc::Receiver<Outgoing>, mut output: impl AsyncWrite + Unpin) {
    while let Some(message) = waiting.recv().await {
        let Ok(mut line) = serde_json::to_vec(&message) else { continue };
        line.push(b'\n');
        if output.write_all(&line).await.is_err() || (waiting.is_empty() && output.flush().await.is_err()) {
            return;
        }
    }
}

fn read(line: &Line) -> Parsed {
    let reading = match line {
        Line::Complete(text) => jsonrpc::parse(text),
        Line::TooLong(beginning) => {
            let problem = format!("the message is longer than {LINE_BYTES_MAX} bytes");
            Parsed::Invalid(InvalidMessage::new(readable_id(beginning), ErrorCode::INVALID_REQUEST, problem))
        }
    };
    if let Parsed::Invalid(_) = reading {
        warn!("Passed over a line that is not a message.");
    }
    reading
}
