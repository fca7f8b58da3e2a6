//! Connections: the time a client may take, and graceful shutdown.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::connections::{ConnectionLimits, ConnectionPermit, Connections};
use super::peer::WithPeer;
use super::trusted_proxies::TrustedProxies;

/// Longest time for a request's head to arrive, and for a connection to be idle.
const HEAD_MAX: Duration = Duration::from_secs(10);

/// Longest wait for a client that does not read a response; then its connection is closed.
const UNREAD_MAX: Duration = Duration::from_secs(60);

/// Header lines and bytes of a head; more is answered with 431. A head is kept before anybody knows who sends it.
const HEADERS_MAX: usize = 100;
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Pause after the system could not accept a connection, for example for lack of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// Time between two log lines about it.
const SAID_EVERY: Duration = Duration::from_secs(10);

/// Serves connections until `stop`, then accepts no new ones and waits for the running requests of the others.
pub(super) async fn serve(
    listener: TcpListener,
    app: Router,
    limits: ConnectionLimits,
    proxies: TrustedProxies,
    stop: CancellationToken,
) {
    let open = Arc::new(Connections::new(limits));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    while let Some((stream, address, seat)) = next(&listener, &open, &stop).await {
        let _ = stream.set_nodelay(true);
        let io = TokioIo::new(Box::pin(with_write_timeout(stream)));
        let service = TowerToHyperService::new(app.clone());
        let service = WithPeer::new(service, seat.clone(), address, proxies.clone());
        let connection = graceful.watch(builder().serve_connection(io, service));
        connections.spawn(async move {
            tokio::select! {
                // A broken connection concerns only its client.
                _ = connection => {}
                () = seat.ended() => {}
            }
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    graceful.shutdown().await;
}

fn with_write_timeout(stream: TcpStream) -> TimeoutStream<TcpStream> {
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

/// The next connection, its address and its place; `None` after `stop`.
async fn next(
    listener: &TcpListener,
    open: &Arc<Connections>,
    stop: &CancellationToken,
) -> Option<(TcpStream, IpAddr, Arc<ConnectionPermit>)> {
    let accepting = async {
        let mut said: Option<Instant> = None;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return (stream, peer.ip(), Arc::new(open.open(peer.ip()))),
                Err(error) => {
                    if said.is_none_or(|said| said.elapsed() >= SAID_EVERY) {
                        said = Some(Instant::now());
                        warn!(%error, "Could not accept a connection.");
                    }
                    open.make_way();
                    sleep(PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        next = accepting => Some(next),
    }
}
