//! Connections: how many, how long a client may take to say what it wants, and how they end.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// Connections at once; more wait in the system's queue.
const CONNECTIONS_MAX: usize = 10_000;

/// How long a client may take to send a request's head; an idle connection is closed after it too.
const HEAD_MAX: Duration = Duration::from_secs(30);

/// How long an answer may wait for a client that does not read; then the connection is closed.
const UNREAD_MAX: Duration = Duration::from_secs(60);

/// A head's lines and bytes; more is answered with 431.
const HEADERS_MAX: usize = 100;
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// The machine has no room for another connection, such as no file descriptor: it is not asked again at once.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves connections until `stop`, then takes no new ones and waits for what the others are in the middle of.
pub(super) async fn serve(listener: TcpListener, app: Router, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let endings = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    while let Some((stream, place)) = next(&listener, &places, &stop).await {
        let _ = stream.set_nodelay(true);
        let io = TokioIo::new(Box::pin(impatient(stream)));
        let connection = builder().serve_connection(io, TowerToHyperService::new(app.clone()));
        let connection = endings.watch(connection);
        connections.spawn(async move {
            // A client that breaks off or sends no HTTP harms only itself.
            let _ = connection.await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    endings.shutdown().await;
}

fn impatient(stream: TcpStream) -> TimeoutStream<TcpStream> {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(UNREAD_MAX));
    stream
}

fn builder() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_MAX)
        .max_headers(HEADERS_MAX)
        .max_header_size(HEAD_BYTES_MAX);
    builder
}

/// The next connection and its place; `None` when no more are taken.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let accepting = async {
        let place = places.clone().acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, _)) => return Some((stream, place)),
                Err(error) => {
                    warn!(%error, "Could not take a connection.");
                    sleep(PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        next = accepting => next,
    }
}
