//! The queue from HubSpot's events to the store. What arrives together is stored in one transaction, so that thousands of
//! events in a second cost few of them; who sent it is answered after the commit.

use std::sync::Arc;
use std::time::Duration;

use domain::clock::Clock;
use domain::id::ThreadId;
use metrics::counter;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::event::{EventKind, From, HubSpotEvent};
use super::event_key;
use super::own_account::OwnAccount;
use crate::change_feed::ChangeFeed;
use crate::conversations::resource;
use crate::log_throttle::LogThrottle;
use crate::store::conversations::Debounce;
use crate::store::erasure::Erasure;
use crate::store::events::{EVENTS_KEPT, RecordedEvent, Source};
use crate::store::intake::{Arrival, ArrivalOutcome as Stored, IntakeEffect};
use crate::store::{Error, Store};

/// Deliveries that wait to be stored; further ones are refused, and HubSpot repeats them. HubSpot has ten under way.
const WAITING_MAX: usize = 512;

/// The longest that a delivery waits for the store: HubSpot waits for five seconds.
const DELIVERY_MAX: Duration = Duration::from_secs(2);

/// Events after which a transaction takes no further delivery.
const EVENTS_AT_ONCE: usize = 2_000;

/// The age, in milliseconds, from which an event is dropped: the row that detects its repeat may be gone by then.
const AGE_MAX_MS: i64 = EVENTS_KEPT.as_millis() as i64 - DAY_MS;
/// An event that claims to be further in the future counts as of now: it would stay the newest.
const AHEAD_MAX_MS: i64 = DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The outcome of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntakeOutcome {
    /// It was stored.
    New,
    /// It was stored before.
    Repeated,
    /// It belongs to what was erased.
    Erased,
    /// It is so old that a repeat could not be told.
    Old,
    /// It is of another account.
    Foreign,
}

/// Events that could not be stored. Nothing of them was; they may come again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// Too many wait already.
    #[error("too many events wait to be stored")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(Error),
    /// This server is stopping.
    #[error("the server is stopping")]
    Stopping,
    /// HubSpot has not told yet which account the token belongs to.
    #[error("it is not known yet whose events are taken")]
    AccountUnknown,
}

/// The way in. Clones share the queue.
#[derive(Clone, Debug)]
pub struct Intake {
    queue: mpsc::Sender<Waiting>,
    account: OwnAccount,
    unknown: Arc<LogThrottle<()>>,
    clock: Clock,
}

/// Events that wait to be stored, and who waits for the outcomes.
#[derive(Debug)]
struct Waiting {
    arrivals: Vec<Arrival>,
    told: oneshot::Sender<Result<Vec<Stored>, Unavailable>>,
}

/// The end of the queue.
#[derive(Debug)]
pub struct IntakeWorker {
    queue: mpsc::Receiver<Waiting>,
    store: Store,
    changes: ChangeFeed,
    stored: Arc<Notify>,
    debounce: Debounce,
}

impl Intake {
    /// A queue into this store. `stored` is notified whenever something new is in it.
    pub fn new(store: Store, changes: ChangeFeed, stored: Arc<Notify>, clock: Clock) -> (Intake, IntakeWorker) {
        let (sender, queue) = mpsc::channel(WAITING_MAX);
        let intake = Intake { queue: sender, account: OwnAccount::default(), unknown: Arc::default(), clock };
        (intake, IntakeWorker { queue, store, changes, stored, debounce: Debounce::default() })
    }

    /// Takes no delivery until [`Intake::set_portal`] says whose events are taken.
    pub fn expect_portal(&self) {
        self.account.expect();
    }

    /// Takes only events of this account from now on.
    pub fn set_portal(&self, portal: u64) {
        self.account.set(portal);
    }

    /// Stores the events of a webhook's delivery within the time that its sender waits; what is stored after it is a repeat
    /// when it comes again.
    ///
    /// # Errors
    /// [`Unavailable`]: the sender has to repeat them.
    pub async fn take_delivery(&self, events: Vec<HubSpotEvent>) -> Result<(), Unavailable> {
        let is_unclear = events.iter().any(|event| event.portal.is_some());
        let taken = timeout(DELIVERY_MAX, async {
            if is_unclear {
                self.account.known().await;
            }
            self.take_in(events, Source::Webhook).await.map(drop)
        });
        let late =
            || if is_unclear && self.account.is_awaited() { Unavailable::AccountUnknown } else { Unavailable::Busy };
        taken.await.unwrap_or_else(|_| Err(late()))
    }

    /// Stores these events, each once, and returns their outcomes in their order.
    ///
    /// # Errors
    /// [`Unavailable`], and nothing was stored.
    pub async fn take_in(&self, events: Vec<HubSpotEvent>, source: Source) -> Result<Vec<IntakeOutcome>, Unavailable> {
        let now_ms = self.clock.now().timestamp_millis();
        let ignored: Vec<_> = events.iter().map(|event| self.ignored(event, now_ms)).collect();
        let kept = events.into_iter().zip(&ignored).filter(|(_, ignored)| ignored.is_none());
        let arrivals: Vec<_> = kept.map(|(event, _)| arrival(event, source, now_ms)).collect();
        let stored = if arrivals.is_empty() { vec![] } else { self.store(arrivals).await? };
        let mut stored = stored.into_iter().map(IntakeOutcome::from);
        let outcomes: Vec<_> = ignored.into_iter().filter_map(|ignored| ignored.or_else(|| stored.next())).collect();
        for outcome in &outcomes {
            counter!("hubspot_events_total", "source" => source.name(), "outcome" => outcome.name()).increment(1);
        }
        Ok(outcomes)
    }

    async fn store(&self, arrivals: Vec<Arrival>) -> Result<Vec<Stored>, Unavailable> {
        let (told, answer) = oneshot::channel();
        self.queue.try_send(Waiting { arrivals, told }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Unavailable::Busy,
            mpsc::error::TrySendError::Closed(_) => Unavailable::Stopping,
        })?;
        answer.await.unwrap_or(Err(Unavailable::Stopping))
    }

    /// The reason why an event is not stored.
    fn ignored(&self, event: &HubSpotEvent, now_ms: i64) -> Option<IntakeOutcome> {
        if let EventKind::Unknown { .. } = event.kind {
            counter!("hubspot_event_kinds_unknown_total").increment(1);
            if self.unknown.may_say(()) {
                info!(
                    kind = event.name,
                    "HubSpot sent an event of the kind `{}`, which is not known here.", event.name
                );
            }
        }
        let is_old = event.occurred_ms.is_some_and(|occurred_ms| occurred_ms < now_ms - AGE_MAX_MS);
        match () {
            () if self.account.is_foreign(event.portal) => Some(IntakeOutcome::Foreign),
            // What is erased stays so, however late that is told.
            () if is_old && !is_erasure(&event.kind) => Some(IntakeOutcome::Old),
            () => None,
        }
    }
}

fn is_erasure(kind: &EventKind) -> bool {
    matches!(kind, EventKind::ConversationErased { .. } | EventKind::ContactErased { .. })
}

/// The row of an event. Ids of what is erased are not part of it.
fn arrival(event: HubSpotEvent, source: Source, now_ms: i64) -> Arrival {
    let occurred_ms = event.occurred_ms.filter(|occurred_ms| *occurred_ms < now_ms + AHEAD_MAX_MS).unwrap_or(now_ms);
    let key = event_key::of(&event, occurred_ms);
    let mut row = RecordedEvent {
        key,
        kind: event.name,
        source,
        thread: String::new(),
        message: String::new(),
        contact: String::new(),
        occurred_ms,
    };
    let effect = match event.kind {
        EventKind::NewMessage { thread, message, contact, from } => {
            (row.thread, row.message, row.contact) = (thread, message, contact);
            if from == From::Anybody { IntakeEffect::Due } else { IntakeEffect::None }
        }
        EventKind::Conversation { thread } => {
            row.thread = thread;
            IntakeEffect::None
        }
        EventKind::Contact { contact } => {
            row.contact = contact;
            IntakeEffect::None
        }
        EventKind::ConversationErased { thread } => IntakeEffect::Erases(Erasure::Conversation(thread)),
        EventKind::ContactErased { contact } => IntakeEffect::Erases(Erasure::Contact(contact)),
        EventKind::Other { .. } | EventKind::Unknown { .. } => IntakeEffect::None,
    };
    Arrival { event: row, effect }
}

impl std::convert::From<Stored> for IntakeOutcome {
    fn from(stored: Stored) -> IntakeOutcome {
        match stored {
            Stored::New => IntakeOutcome::New,
            Stored::Repeated => IntakeOutcome::Repeated,
            Stored::Erased => IntakeOutcome::Erased,
        }
    }
}

impl IntakeOutcome {
    /// The name in metrics.
    fn name(self) -> &'static str {
        match self {
            IntakeOutcome::New => "new",
            IntakeOutcome::Repeated => "repeated",
            IntakeOutcome::Erased => "erased",
            IntakeOutcome::Old => "old",
            IntakeOutcome::Foreign => "foreign",
        }
    }
}

impl IntakeWorker {
    /// Waits so long for customers who may still be writing.
    pub fn wait_for_customers(&mut self, debounce: Debounce) {
        self.debounce = debounce;
    }

    /// Stores what comes until `stop`, and then what still waits.
    pub async fn run(mut self, stop: CancellationToken) {
        let failures = LogThrottle::default();
        while let Some(first) = self.next(&stop).await {
            let mut events = first.arrivals.len();
            let mut group = vec![first];
            while events < EVENTS_AT_ONCE
                && let Ok(next) = self.queue.try_recv()
            {
                events += next.arrivals.len();
                group.push(next);
            }
            self.store(group, &failures).await;
        }
    }

    async fn next(&mut self, stop: &CancellationToken) -> Option<Waiting> {
        if !self.queue.is_closed() {
            tokio::select! {
                next = self.queue.recv() => return next,
                () = stop.cancelled() => self.queue.close(),
            }
        }
        self.queue.recv().await
    }

    async fn store(&self, group: Vec<Waiting>, failures: &LogThrottle<()>) {
        let arrivals: Vec<_> = group.iter().flat_map(|waiting| waiting.arrivals.iter().cloned()).collect();
        match self.store.take_in(arrivals, self.debounce).await {
            Ok(outcomes) => {
                self.stored.notify_one();
                let mut outcomes = outcomes.into_iter();
                for Waiting { arrivals, told } in group {
                    self.tell_of_erased(&arrivals);
                    // Who waits no longer needs no answer.
                    let _ = told.send(Ok(outcomes.by_ref().take(arrivals.len()).collect()));
                }
            }
            Err(error) => {
                if failures.may_say(()) {
                    warn!("HubSpot's events cannot be stored, and are refused for now: {error}.");
                }
                for Waiting { told, .. } in group {
                    let _ = told.send(Err(Unavailable::Store(error.clone())));
                }
            }
        }
    }

    /// Conversations that were erased are told of here: no row tells of them.
    fn tell_of_erased(&self, arrivals: &[Arrival]) {
        for arrival in arrivals {
            if let IntakeEffect::Erases(Erasure::Conversation(thread)) = &arrival.effect
                && let Ok(thread) = thread.parse::<ThreadId>()
            {
                resource::tell(&self.changes, &thread);
            }
        }
    }
}
