//! Tells whether anybody listens to what a request will be answered.

use std::time::Duration;

use rmcp::model::Extensions;
use tokio::sync::watch;
use tokio::time::sleep;

/// The listeners of one request. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Presence(watch::Sender<()>);

impl Presence {
    /// Nobody listens yet.
    pub(super) fn new() -> Presence {
        Presence(watch::Sender::new(()))
    }

    /// A listener, until what is returned is dropped.
    pub(super) fn listener(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }

    /// Resolves when nobody has come back for this time to the request with these extensions. Never for a request whose
    /// channel ends with its client.
    pub(super) async fn left(extensions: &Extensions, patience: Duration) {
        let Some(Presence(listeners)) = extensions.get::<Presence>() else { return std::future::pending().await };
        loop {
            listeners.closed().await;
            sleep(patience).await;
            if listeners.is_closed() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn a_listener_has_left_when_it_does_not_come_back_in_time() {
        let (presence, start) = (Presence::new(), Instant::now());
        let mut extensions = Extensions::new();
        extensions.insert(presence.clone());
        let first = presence.listener();
        let listening = async {
            sleep(PATIENCE).await;
            drop(first);
            sleep(PATIENCE / 2).await;
            let _back = presence.listener();
            sleep(PATIENCE).await;
        };
        let left = async {
            Presence::left(&extensions, PATIENCE).await;
            start.elapsed()
        };
        let (elapsed, ()) = tokio::join!(left, listening);
        assert!((PATIENCE * 3..PATIENCE * 4).contains(&elapsed), "{elapsed:?}");
    }
}
