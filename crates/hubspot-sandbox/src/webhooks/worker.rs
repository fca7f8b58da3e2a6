//! The worker of an app: it collects events into batches and sends them, at most ten at once, each until it arrives or
//! its retries are used up.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::batches::{Batch, Queued, Waiting};
use super::delivery_faults::DeliveryFaults;
use super::delivery_log::{DeliveryLog, DeliveryOutcome, WebhookDelivery};
use super::request::Signer;
use super::retry;
use super::transport::WebhookTransport;
use crate::clock::{Ms, instant};
use crate::seeded_random::SeededRandom;

/// Time in which an app must answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// Events that wait for their batch.
const WAITING_MAX: usize = 10_000;
/// Batches on their way, most of which wait for a retry.
const BATCHES_MAX: usize = 1_000;

/// Reads the account's clock; `None` once the account has ended.
pub(crate) type Now = Arc<dyn Fn() -> Option<Ms> + Send + Sync>;

/// All that a worker knows of its app.
pub(super) struct Worker {
    pub(super) signer: Signer,
    pub(super) transport: Arc<dyn WebhookTransport>,
    pub(super) mischief: DeliveryFaults,
    pub(super) retry_speed: u32,
    pub(super) max_concurrent_requests: usize,
    pub(super) log: DeliveryLog,
    pub(super) now: Now,
}

impl Worker {
    /// Sends events until there are no more to come.
    pub(super) async fn run(self, mut events: mpsc::Receiver<Queued>) {
        let (mut waiting, mut chance) = (Waiting::default(), SeededRandom::new(self.mischief.seed));
        let in_flight = Arc::new(Semaphore::new(self.max_concurrent_requests));
        let room = Arc::new(Semaphore::new(BATCHES_MAX));
        let mut sending = JoinSet::new();
        let mut numbers = 0..;
        let worker = Arc::new(self);
        loop {
            tokio::select! {
                event = events.recv(), if waiting.len() < WAITING_MAX => match event {
                    Some(event) => worker.plan(event, &mut waiting, &mut chance),
                    None => return,
                },
                () = until(waiting.due()) => {
                    for batch in waiting.take(Instant::now()) {
                        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
                        let seed = worker.mischief.seed ^ numbers.next().unwrap_or_default();
                        let sender = BatchSender { worker: Arc::clone(&worker), in_flight: Arc::clone(&in_flight) };
                        sending.spawn(sender.send(batch, SeededRandom::new(seed), place));
                    }
                }
                Some(_) = sending.join_next() => {}
            }
        }
    }

    /// Lets an event wait for the times at which it is sent.
    fn plan(&self, event: Queued, waiting: &mut Waiting, chance: &mut SeededRandom) {
        let now = Instant::now();
        self.mischief.plan(chance).into_iter().for_each(|after| waiting.push(now + after, event.clone()));
    }

    async fn attempt(&self, batch: &Batch, attempt: u32) -> Option<DeliveryOutcome> {
        let now_ms = (self.now)()?;
        let body = Bytes::from(batch.body(attempt).to_string());
        let request = self.signer.request(body.clone(), batch.of_crm, now_ms);
        let outcome = match timeout(DEADLINE, self.transport.send(request)).await {
            Ok(Ok(status)) => DeliveryOutcome::Answered(status.as_u16()),
            Ok(Err(reason)) => DeliveryOutcome::Unreachable(reason),
            Err(_) => DeliveryOutcome::TimedOut,
        };
        self.log.add(WebhookDelivery { at: instant(now_ms), attempt, body, outcome: outcome.clone() });
        Some(outcome)
    }
}

/// Sends one batch, in its turn with the others.
struct BatchSender {
    worker: Arc<Worker>,
    in_flight: Arc<Semaphore>,
}

impl BatchSender {
    /// Sends a batch until it arrives, its retries are used up, or the account ends.
    async fn send(self, batch: Batch, mut chance: SeededRandom, _place: OwnedSemaphorePermit) {
        for attempt in 0..=retry::RETRIES_MAX {
            if let Some(pause) = retry::pause(attempt, self.worker.retry_speed, &mut chance) {
                sleep(pause).await;
            }
            let Ok(_turn) = self.in_flight.acquire().await else { return };
            match self.worker.attempt(&batch, attempt).await {
                Some(outcome) if !outcome.is_success() => {}
                _ => return,
            }
        }
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}
