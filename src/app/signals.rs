//! The signals of the system that the server obeys.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// A token that is cancelled by SIGTERM, SIGINT or Ctrl-C.
pub fn asked_to_stop() -> CancellationToken {
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        signalled().await;
        asked.cancel();
    });
    stop
}

/// Asks the server to read its tokens again whenever the process gets a SIGHUP.
#[cfg(unix)]
pub(super) fn reload_on_hangup(reload: Arc<Notify>) {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::hangup()) {
        Ok(mut hangup) => drop(tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                reload.notify_one();
            }
        })),
        Err(error) => warn!("SIGHUP will not read the tokens again: {error}."),
    }
}

/// Other systems have no such signal: a restart reads the tokens again.
#[cfg(not(unix))]
pub(super) fn reload_on_hangup(_: Arc<Notify>) {}

#[cfg(unix)]
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn signalled() {
    let _ = tokio::signal::ctrl_c().await;
}
