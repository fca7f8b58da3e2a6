//! The tasks that take HubSpot's events in, ask for them, tell of them, and keep the store small.

use std::sync::Arc;
use std::time::Duration;

use domain::clock::Clock;
use hubspot_client::HubSpot;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::autopilot::pilot::Autopilot;
use crate::change_feed::ChangeFeed;
use crate::events::intake::{Intake, IntakeWorker};
use crate::events::poll::cadence::Duty;
use crate::events::poll::inbox_poll::InboxPoller;
use crate::events::poll::inboxes::Inboxes;
use crate::events::poll::poller::Poller;
use crate::events::{change_relay, feed, retention};
use crate::handoff::channel_webhook::SharedChannel;
use crate::handoff::watch::Watch;
use crate::store::{Location, Store};

/// The time that the last events may take at the end.
const DRAIN_MAX: Duration = Duration::from_secs(5);
/// And the last answers.
const ANSWERS_DRAIN_MAX: Duration = Duration::from_secs(25);

/// The way in for HubSpot's events, before and while it is served.
#[derive(Debug)]
pub struct Events {
    /// Takes events in.
    pub intake: Intake,
    /// True if some may come, by this replica or another one.
    pub is_wanted: bool,
    worker: IntakeWorker,
    poller: Option<Poller>,
    handoffs: Option<Watch>,
    autopilot: Option<Arc<Autopilot>>,
    channel: Option<SharedChannel>,
    store: Store,
    changes: ChangeFeed,
    stored: Arc<Notify>,
}

/// The tasks that run while the server serves.
#[derive(Debug)]
pub struct Running {
    storing: Ending,
    polling: Option<Ending>,
    watching: Option<Ending>,
    answering: Option<Ending>,
    others: JoinSet<()>,
}

/// A task that ends in order when it is asked to.
#[derive(Debug)]
struct Ending {
    task: JoinHandle<()>,
    stop: CancellationToken,
}

impl Events {
    /// A way into this store. Nothing runs yet.
    pub fn new(store: Store, changes: ChangeFeed, clock: Clock) -> Events {
        let stored = Arc::<Notify>::default();
        let (intake, worker) = Intake::new(store.clone(), changes.clone(), stored.clone(), clock);
        let is_wanted = matches!(store.location(), Location::Postgres(_));
        let (poller, handoffs, autopilot, channel) = (None, None, None, None);
        Events { intake, is_wanted, worker, poller, handoffs, autopilot, channel, store, changes, stored }
    }

    /// Polls these inboxes once the tasks run.
    pub fn poll(&mut self, hubspot: &HubSpot, inboxes: Inboxes, duty: Duty, clock: Clock) {
        let looker = InboxPoller::new(hubspot, self.store.clone(), self.intake.clone(), clock);
        self.poller = Some(Poller::new(hubspot, self.store.clone(), looker, inboxes, duty));
        self.is_wanted = true;
    }

    /// True if inboxes are polled.
    pub fn is_polled(&self) -> bool {
        self.poller.is_some()
    }

    /// Answers what customers write once the tasks run.
    pub fn answer(&mut self, autopilot: Arc<Autopilot>) {
        self.worker.wait_for_customers(autopilot.debounce());
        self.autopilot = Some(autopilot);
        self.is_wanted = true;
    }

    /// Looks at the conversations that people have taken over once the tasks run.
    pub fn watch_handoffs(&mut self, watch: Watch) {
        self.handoffs = Some(watch);
        self.is_wanted = true;
    }

    /// Looks at them at this interval, where they are looked at.
    pub fn look_at_handoffs_every(&mut self, interval: Duration) {
        self.handoffs = self.handoffs.take().map(|watch| watch.every(interval));
    }

    /// The channel to people, which is read anew while the tasks run.
    pub fn channel(&mut self) -> SharedChannel {
        self.channel.get_or_insert_default().clone()
    }

    /// Stores events and tells of them from now on; nothing is done where none may come.
    pub fn start(self) -> Running {
        let (mut others, changes) = (JoinSet::new(), self.changes);
        if self.is_wanted {
            others.spawn(feed::run(self.store.clone(), changes.clone(), self.stored));
            others.spawn(retention::run(self.store.clone()));
            if self.store.location().is_shared() {
                others.spawn(change_relay::run(self.store.clone(), changes));
            }
        } else {
            others.spawn(retention::run_while_open(self.store.clone()));
        }
        if let Some(channel) = self.channel {
            others.spawn(channel.follow(self.store));
        }
        let storing = Ending::of(|stop| self.worker.run(stop));
        let poller = match &self.autopilot {
            Some(_) => self.poller.map(Poller::keeping),
            None => self.poller,
        };
        let polling = poller.map(|poller| Ending::of(|stop| poller.run(stop)));
        let watching = self.handoffs.map(|watch| Ending::of(|stop| watch.run(stop)));
        let answering = self.autopilot.map(|autopilot| Ending::of(|stop| autopilot.run(stop)));
        Running { storing, polling, watching, answering, others }
    }
}

/// The right of other replicas to go on with what this one does under leases.
#[derive(Debug)]
pub struct Leases(Vec<CancellationToken>);

impl Leases {
    /// Ends what runs under leases, and gives these back as soon as each task has ended.
    pub fn hand_over(&self) {
        self.0.iter().for_each(CancellationToken::cancel);
    }
}

impl Running {
    /// The leases of these tasks. Events are taken in and told of until [`Running::end`].
    pub fn leases(&self) -> Leases {
        let tasks = [&self.polling, &self.watching, &self.answering];
        Leases(tasks.into_iter().flatten().map(|task| task.stop.clone()).collect())
    }

    /// Ends the tasks, after the last events are stored.
    pub async fn end(mut self) {
        if let Some(answering) = self.answering {
            answering.end_within(ANSWERS_DRAIN_MAX).await;
        }
        for task in [self.polling, self.watching].into_iter().flatten() {
            task.end().await;
        }
        self.others.shutdown().await;
        self.storing.end().await;
    }
}

impl Ending {
    fn of<F: Future<Output = ()> + Send + 'static>(task: impl FnOnce(CancellationToken) -> F) -> Ending {
        let stop = CancellationToken::new();
        Ending { task: tokio::spawn(task(stop.clone())), stop }
    }

    async fn end(self) {
        self.end_within(DRAIN_MAX).await;
    }

    async fn end_within(mut self, longest: Duration) {
        self.stop.cancel();
        if timeout(longest, &mut self.task).await.is_err() {
            warn!("The last events of HubSpot's were not dealt with in time; they come again.");
        }
    }
}

/// What was dropped in the middle goes no further.
impl Drop for Ending {
    fn drop(&mut self) {
        self.task.abort();
    }
}
