//! Tells whether anybody listens to what a request will be answered.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

/// The listeners of one request. Clones share them. A request has none of these if its channel ends with its client.
#[derive(Clone, Debug)]
pub(super) struct ResponseListeners {
    listeners: watch::Sender<()>,
    came: Arc<Notify>,
}

impl ResponseListeners {
    /// Nobody listens yet.
    pub(super) fn new() -> ResponseListeners {
        ResponseListeners { listeners: watch::Sender::new(()), came: Arc::default() }
    }

    /// A listener, until what is returned is dropped.
    pub(super) fn listener(&self) -> watch::Receiver<()> {
        let listener = self.listeners.subscribe();
        self.came.notify_waiters();
        listener
    }

    /// Resolves when nobody listens.
    pub(super) async fn gone(&self) {
        self.listeners.closed().await;
    }

    /// Resolves when somebody listens.
    pub(super) async fn back(&self) {
        // Made before the look, so that nobody comes unseen between the two.
        let came = self.came.notified();
        if self.listeners.is_closed() {
            came.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn listeners_leave_and_come_back() {
        let (presence, start) = (ResponseListeners::new(), Instant::now());
        let first = presence.listener();
        let listening = async {
            sleep(SECOND).await;
            drop(first);
            sleep(SECOND).await;
            drop(presence.listener());
        };
        let seen = async {
            presence.back().await;
            let there = start.elapsed();
            presence.gone().await;
            let gone = start.elapsed();
            presence.back().await;
            (there, gone, start.elapsed())
        };
        let (seen, ()) = tokio::join!(seen, listening);
        assert_eq!(seen, (Duration::ZERO, SECOND, 2 * SECOND));
    }
}
