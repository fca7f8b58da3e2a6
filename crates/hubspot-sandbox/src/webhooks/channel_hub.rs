//! The webhooks of custom channels: each change goes to its channel's address in a request of its own, signed with the
//! secret of the app, and again if the app does not answer as it should. HubSpot promises no order.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::app::OlderSignature;
use super::channel_event;
use super::delivery_faults::DeliveryFaults;
use super::delivery_log::{DeliveryLog, DeliveryOutcome, WebhookDelivery};
use super::error::WebhookError;
use super::loopback::Loopback;
use super::request::Signer;
use super::retry;
use super::transport::WebhookTransport;
use super::worker::Now;
use crate::clock::instant;
use crate::model::custom_channels::change::ChannelChange;
use crate::model::portal::Portal;
use crate::seeded_random::SeededRandom;

/// Time in which an app must answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// Events on their way, most of which wait for a retry; further ones are lost.
const UNDER_WAY_MAX: usize = 10_000;
/// Requests at once.
const CONCURRENT_MAX: usize = 10;

/// The way of the webhooks of all custom channels.
#[derive(Clone, Debug)]
pub struct ChannelWebhooks {
    /// Divisor of the pauses before retries, for those who do not want to wait for a day.
    pub retry_speed: u32,
    /// Events that go wrong.
    pub mischief: DeliveryFaults,
    /// Way to the channels' addresses. `None`: over a socket to this machine.
    pub transport: Option<Arc<dyn WebhookTransport>>,
}

impl Default for ChannelWebhooks {
    fn default() -> ChannelWebhooks {
        ChannelWebhooks { retry_speed: 1, mischief: DeliveryFaults::default(), transport: None }
    }
}

impl ChannelWebhooks {
    /// Lets every address be a router of this process.
    pub fn in_process(router: axum::Router) -> ChannelWebhooks {
        ChannelWebhooks { transport: Some(Arc::new(router)), ..ChannelWebhooks::default() }
    }

    pub(crate) fn check(&self) -> Result<(), WebhookError> {
        self.mischief.check()
    }
}

/// The custom channels of an account, and what is on its way to their apps.
pub(crate) struct ChannelHub {
    pub(crate) settings: ChannelWebhooks,
    log: DeliveryLog,
    events_made: u64,
    /// Events that found no room.
    lost: u64,
    in_flight: Arc<Semaphore>,
    chance: Option<SeededRandom>,
    sending: JoinSet<()>,
    now: Now,
}

impl std::fmt::Debug for ChannelHub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChannelHub").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What one event needs on its way.
struct EventSender {
    signer: Signer,
    transport: Arc<dyn WebhookTransport>,
    retry_speed: u32,
    log: DeliveryLog,
    in_flight: Arc<Semaphore>,
    now: Now,
}

impl ChannelHub {
    pub(crate) fn new(now: Now) -> ChannelHub {
        ChannelHub {
            settings: ChannelWebhooks::default(),
            log: DeliveryLog::default(),
            events_made: 0,
            lost: 0,
            in_flight: Arc::new(Semaphore::new(CONCURRENT_MAX)),
            chance: None,
            sending: JoinSet::new(),
            now,
        }
    }

    /// Lets events go this way from now on.
    pub(crate) fn set(&mut self, settings: ChannelWebhooks) {
        self.chance = Some(SeededRandom::new(settings.mischief.seed));
        self.settings = settings;
    }

    /// Returns the requests so far, oldest first, and the number of events that were lost before them.
    pub(crate) fn deliveries(&self) -> (Vec<WebhookDelivery>, u64) {
        (self.log.all(), self.lost)
    }

    /// Sends what changed since the last time.
    pub(crate) fn publish(&mut self, portal: &mut Portal) {
        while self.sending.try_join_next().is_some() {}
        for change in portal.channel_journal.take() {
            self.events_made += 1;
            let Some(event) = channel_event::of(portal, &change, self.events_made) else { continue };
            if let Err(reason) = self.send(portal, &change, &event) {
                self.note_unsent(portal, &event, reason);
            }
        }
    }

    fn send(&mut self, portal: &Portal, change: &ChannelChange, event: &Value) -> Result<(), String> {
        let Some(channel) = portal.custom_channels.live(change.channel_id) else { return Ok(()) };
        let runtime = Handle::try_current().map_err(|_| WebhookError::NoRuntime.to_string())?;
        let app = portal.apps.by_id(channel.app_id).ok_or_else(|| "the app is unknown".to_owned())?;
        let transport = match &self.settings.transport {
            Some(transport) => Arc::clone(transport),
            None => Arc::new(Loopback::at(&channel.webhook_url).map_err(|error| error.to_string())?),
        };
        let signer = Signer {
            secret: app.client_secret.clone().into(),
            url: channel.webhook_url.clone(),
            uri: channel.webhook_url.parse().map_err(|_| "the address cannot be read".to_owned())?,
            older: OlderSignature::V1,
        };
        let body = Bytes::from(event.to_string());
        let chance = self.chance.get_or_insert_with(|| SeededRandom::new(0));
        for (number, after) in self.settings.mischief.plan(chance).into_iter().enumerate() {
            if self.sending.len() >= UNDER_WAY_MAX {
                self.lost += 1;
                continue;
            }
            let sender = EventSender {
                signer: signer.clone(),
                transport: Arc::clone(&transport),
                retry_speed: self.settings.retry_speed,
                log: self.log.clone(),
                in_flight: Arc::clone(&self.in_flight),
                now: Arc::clone(&self.now),
            };
            let seed = self.settings.mischief.seed ^ (self.events_made << 1) ^ number as u64;
            self.sending.spawn_on(sender.run(body.clone(), after, SeededRandom::new(seed)), &runtime);
        }
        Ok(())
    }

    /// Logs an event that had no way out.
    fn note_unsent(&mut self, portal: &Portal, event: &Value, reason: String) {
        let (at, body) = (portal.clock.now(), Bytes::from(event.to_string()));
        self.log.add(WebhookDelivery { at, attempt: 0, body, outcome: DeliveryOutcome::Unreachable(reason) });
    }
}

impl EventSender {
    /// Sends one event until it arrives, its retries are used up, or the account ends.
    async fn run(self, body: Bytes, after: Duration, mut chance: SeededRandom) {
        sleep(after).await;
        for attempt in 0..=retry::RETRIES_MAX {
            if let Some(pause) = retry::pause(attempt, self.retry_speed, &mut chance) {
                sleep(pause).await;
            }
            let Ok(_turn) = self.in_flight.acquire().await else { return };
            match self.attempt(&body, attempt).await {
                Some(outcome) if !outcome.is_success() => {}
                _ => return,
            }
        }
    }

    async fn attempt(&self, body: &Bytes, attempt: u32) -> Option<DeliveryOutcome> {
        let now_ms = (self.now)()?;
        let request = self.signer.request(body.clone(), false, now_ms);
        let outcome = match timeout(DEADLINE, self.transport.send(request)).await {
            Ok(Ok(status)) => DeliveryOutcome::Answered(status.as_u16()),
            Ok(Err(reason)) => DeliveryOutcome::Unreachable(reason),
            Err(_) => DeliveryOutcome::TimedOut,
        };
        self.log.add(WebhookDelivery { at: instant(now_ms), attempt, body: body.clone(), outcome: outcome.clone() });
        Some(outcome)
    }
}
