//! The tasks that take HubSpot's events in, tell of them, and keep the store small.

use std::sync::Arc;
use std::time::Duration;

use domain::clock::Clock;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::change_feed::ChangeFeed;
use crate::events::intake::{Intake, IntakeWorker};
use crate::events::{feed, upkeep};
use crate::store::{Location, Store};

/// The time that the last events may take at the end.
const DRAIN_MAX: Duration = Duration::from_secs(5);

/// The way in for HubSpot's events, before and while it is served.
#[derive(Debug)]
pub struct Events {
    /// Takes events in.
    pub intake: Intake,
    /// True if some may come, by this replica or another one.
    pub is_wanted: bool,
    worker: IntakeWorker,
    store: Store,
    changes: ChangeFeed,
    stored: Arc<Notify>,
}

/// The tasks that run while the server serves.
#[derive(Debug)]
pub struct Running {
    storing: JoinHandle<()>,
    others: JoinSet<()>,
    stop: CancellationToken,
}

impl Events {
    /// A way into this store. Nothing runs yet.
    pub fn new(store: Store, changes: ChangeFeed, clock: Clock) -> Events {
        let stored = Arc::<Notify>::default();
        let (intake, worker) = Intake::new(store.clone(), changes.clone(), stored.clone(), clock);
        let is_wanted = matches!(store.location(), Location::Postgres(_));
        Events { intake, is_wanted, worker, store, changes, stored }
    }

    /// Stores events and tells of them from now on; nothing is done where none may come.
    pub fn start(self) -> Running {
        let (mut others, stop) = (JoinSet::new(), CancellationToken::new());
        if self.is_wanted {
            others.spawn(feed::run(self.store.clone(), self.changes, self.stored));
            others.spawn(upkeep::run(self.store));
        }
        Running { storing: tokio::spawn(self.worker.run(stop.clone())), others, stop }
    }
}

impl Running {
    /// Runs this beside the others, until the end.
    pub fn beside(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.others.spawn(task);
    }

    /// Ends the tasks, after the last events are stored.
    pub async fn end(mut self) {
        self.others.shutdown().await;
        self.stop.cancel();
        if timeout(DRAIN_MAX, &mut self.storing).await.is_err() {
            warn!("The last events of HubSpot's were not stored in time; it repeats them.");
            self.storing.abort();
        }
    }
}
