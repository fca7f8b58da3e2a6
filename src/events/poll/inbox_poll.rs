//! One look at one inbox: what changed since the last one, read oldest first, and taken in like webhooks.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::clock::Clock;
use domain::id::ThreadId;
use hubspot_client::{CallerKey, Error as HubSpotError, HubSpot, Message, MessageKind, Thread};
use tokio::time::Instant;
use tracing::warn;

use super::position::{self, RecentReads, SKEW_MAX};
use crate::events::event::{EventKind, From, HubSpotEvent};
use crate::events::intake::{Intake, IntakeOutcome, Unavailable};
use crate::store::events::Source;
use crate::store::leases::Lease;
use crate::store::{Error as StoreError, Store};

/// The longest time of a look; what it has not read, the next one does. Towards its end no further thread is begun.
pub const LOOK_MAX: Duration = Duration::from_secs(30);
const RESERVE: Duration = Duration::from_secs(10);

/// Pages of threads in one look, of 500 each.
const PAGES_MAX: usize = 4;

/// Rounds of pages by which the first look finds the newest thread of a day.
const ROUNDS_MAX: usize = 50;

/// Failures of one thread after which it is passed over, so that it does not keep all others waiting.
const FAILURES_OF_THREAD_MAX: u32 = 3;

/// The caller under which polling has its part of HubSpot's quota.
const CALLER: &str = "poll";

/// HubSpot's name of the kind of event that a polled message is.
const KIND: &str = "conversation.newMessage";

/// The reason why a look failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Failed {
    /// HubSpot refused a request or could not be reached.
    #[error(transparent)]
    HubSpot(#[from] HubSpotError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue to the store.
    #[error(transparent)]
    Intake(#[from] Unavailable),
    /// Another replica has taken over the inbox.
    #[error("another replica has taken over the inbox")]
    LeaseLost,
}

/// The result of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollResult {
    /// Messages of customers that were new.
    pub from_customers: usize,
    /// True if everything that changed was read.
    pub is_complete: bool,
}

/// What one look leaves for the next, in this process.
#[derive(Debug, Default)]
pub struct PollPosition {
    seen: RecentReads,
    /// The time up to which threads were read, of a look that could not read all of them.
    reached: Option<DateTime<Utc>>,
    /// The thread that failed last, and how often.
    failing: Option<(ThreadId, u32)>,
}

/// All that a look needs.
#[derive(Clone, Debug)]
pub struct InboxPoller {
    hubspot: HubSpot,
    store: Store,
    intake: Intake,
    clock: Clock,
    /// The autopilot of this process goes on with what is read.
    keeps: bool,
}

/// One look: the client with its deadline, and the time before which messages are known.
struct InboxPoll<'a> {
    of: &'a InboxPoller,
    hubspot: HubSpot,
    floor: DateTime<Utc>,
}

impl InboxPoller {
    /// Looks at this account's inboxes, and takes in what is new.
    pub fn new(hubspot: &HubSpot, store: Store, intake: Intake, clock: Clock) -> InboxPoller {
        InboxPoller { hubspot: hubspot.charged_to(CallerKey::yielding(CALLER)), store, intake, clock, keeps: false }
    }

    /// The same that keeps what it reads for the autopilot of this process.
    #[must_use]
    pub fn keeping(self) -> InboxPoller {
        InboxPoller { keeps: true, ..self }
    }

    /// The ids of the account's inboxes.
    pub async fn inboxes(&self) -> Result<Vec<String>, HubSpotError> {
        let inboxes = self.in_time().conversations().inboxes().await?;
        Ok(inboxes.iter().map(|inbox| inbox.id.clone()).collect())
    }

    fn in_time(&self) -> HubSpot {
        self.hubspot.for_call(Instant::now() + LOOK_MAX)
    }

    /// Looks at an inbox whose lease is held. The very first look only notes where polling begins: what is there is old.
    pub async fn look(&self, inbox: &str, position: &mut PollPosition, lease: &Lease) -> Result<PollResult, Failed> {
        let hubspot = self.in_time();
        let Some(poller) = self.store.poller(inbox).await? else {
            let began = self.begin(&hubspot, inbox).await?;
            self.store.begin_poller(inbox, began.timestamp_millis()).await?;
            return Ok(PollResult { from_customers: 0, is_complete: true });
        };
        let newest = instant(poller.newest_ms);
        let floor = position::since(newest).max(instant(poller.began_ms));
        let from = position.reached.map_or(floor, |reached| position::since(reached).max(floor));
        let look = InboxPoll { of: self, hubspot, floor };
        let (threads, is_last_page) = look.hubspot.conversations().changed_threads(inbox, from, PAGES_MAX).await?;
        position.seen.forget_before(from);
        let (from_customers, has_read_all) = look.read_all(&threads, position).await?;
        let is_complete = is_last_page && has_read_all;
        if is_complete {
            // Only now: of a thread that was not read, messages of any time may be missing.
            let reached = position.reached.take().unwrap_or(newest).max(newest);
            if reached > newest && !self.store.advance_poller(inbox, reached.timestamp_millis(), lease).await? {
                return Err(Failed::LeaseLost);
            }
        }
        Ok(PollResult { from_customers, is_complete })
    }

    /// The time of the newest change that is there already, by HubSpot's clock: ours may be wrong by hours, and then messages
    /// to come would be taken for old, or old ones for new.
    async fn begin(&self, hubspot: &HubSpot, inbox: &str) -> Result<DateTime<Utc>, HubSpotError> {
        let now = self.clock.now();
        let mut began = now - SKEW_MAX;
        for _ in 0..ROUNDS_MAX {
            let (threads, is_complete) = hubspot.conversations().changed_threads(inbox, began, PAGES_MAX).await?;
            let newest = threads.iter().filter_map(|thread| position::believable(thread, now)).max();
            began = newest.unwrap_or(began).max(began);
            if is_complete {
                break;
            }
        }
        Ok(began)
    }
}

impl InboxPoll<'_> {
    /// Reads these threads, oldest change first, as far as the time allows. Returns the number of customers' new messages, and
    /// whether all were read.
    async fn read_all(&self, threads: &[Thread], position: &mut PollPosition) -> Result<(usize, bool), Failed> {
        let mut from_customers = 0;
        for thread in threads {
            if self.hubspot.time_left() < RESERVE {
                return Ok((from_customers, false));
            }
            match self.read(thread, &mut position.seen).await {
                Ok(new) => from_customers += new,
                Err(error) if position.passes_over(&thread.id, &error) => {
                    warn!(thread = %thread.id, "A conversation is passed over, because it cannot be read: {error}.");
                }
                Err(error) => return Err(error),
            }
            if let Some(latest_at) = position::believable(thread, self.of.clock.now()) {
                position.reached = position.reached.max(Some(latest_at));
            }
        }
        Ok((from_customers, true))
    }

    /// Reads a thread if it has changed, and takes in its messages. Returns the number of customers' new ones.
    async fn read(&self, thread: &Thread, seen: &mut RecentReads) -> Result<usize, Failed> {
        let now = self.of.clock.now();
        let Some(latest_at) = thread.latest_at.filter(|latest_at| *latest_at > self.floor) else { return Ok(0) };
        if !seen.needs_reading(&thread.id, latest_at, now) {
            return Ok(0);
        }
        // Before its own message this process has read the others. One that came at the same time is found when the thread
        // is read once more.
        let conversations = self.hubspot.conversations();
        if self.of.keeps && conversations.is_own(&thread.id, latest_at) && !seen.knows(&thread.id, latest_at) {
            seen.note(&thread.id, latest_at, now);
            return Ok(0);
        }
        let page = match conversations.messages(&thread.id).await {
            // It was deleted meanwhile.
            Err(HubSpotError::NotFound) => return Ok(0),
            page => page?,
        };
        let at = |message: &Message| message.created_at.unwrap_or(latest_at);
        let new = page.messages.iter().filter(|message| at(message) > self.floor);
        let events: Vec<_> = new.map(|message| event(thread, message, at(message))).collect();
        if self.of.keeps {
            conversations.keep_read(thread, &page.messages);
        }
        let outcomes = self.of.intake.take_in(events.clone(), Source::Poll).await?;
        seen.note(&thread.id, latest_at, now);
        let new = events.iter().zip(outcomes).filter(|(_, outcome)| *outcome == IntakeOutcome::New);
        Ok(new.filter(|(event, _)| is_of_customer(event)).count())
    }
}

impl PollPosition {
    /// True if a thread has failed too often for a reason of its own.
    fn passes_over(&mut self, thread: &ThreadId, error: &Failed) -> bool {
        let Failed::HubSpot(error) = error else { return false };
        let is_its_own = matches!(
            error,
            HubSpotError::Failed { .. }
                | HubSpotError::Unreadable { .. }
                | HubSpotError::Rejected { .. }
                | HubSpotError::TooLong
        );
        let failures = match &self.failing {
            Some((failing, failures)) if failing == thread => failures + u32::from(is_its_own),
            _ => u32::from(is_its_own),
        };
        self.failing = Some((thread.clone(), failures));
        failures >= FAILURES_OF_THREAD_MAX
    }
}

fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

fn event(thread: &Thread, message: &Message, at: DateTime<Utc>) -> HubSpotEvent {
    let is_of_customer = message.kind == MessageKind::Message && message.is_incoming;
    HubSpotEvent {
        name: KIND.to_owned(),
        kind: EventKind::NewMessage {
            thread: thread.id.to_string(),
            message: message.id.clone(),
            contact: thread.contact_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            from: if is_of_customer { From::Anybody } else { From::TheDesk },
        },
        occurred_ms: Some(at.timestamp_millis()),
        portal: None,
        detail: String::new(),
    }
}

fn is_of_customer(event: &HubSpotEvent) -> bool {
    matches!(event.kind, EventKind::NewMessage { from: From::Anybody, .. })
}
