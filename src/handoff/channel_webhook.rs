//! The webhook of the channel: its unguessable address, and what its events mean.
//!
//! What a person has written becomes a row of the events of HubSpot's, with the key of its message: the same as if the
//! app's webhook or a look had told of it, so that it is one event however it came. The row has ids; whoever wants the text
//! reads the message by its id. Whoever follows the conversation is told, as of every event.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::clock::Clock;
use metrics::counter;
use secrecy::SecretString;
use tokio::time::sleep;
use tracing::warn;

use super::channel_address::{PATH, PathSecret, shown};
use super::channel_event::{self, ChannelEvent, ChannelEventKind};
use crate::events::event::{EventKind, From, HubSpotEvent};
use crate::events::intake::Intake;
use crate::events::public_url::PublicUrl;
use crate::events::signed_delivery::{DeliveryChecks, DeliveryNames, ReadDelivery, SignedDeliveries};
use crate::log_throttle::LogThrottle;
use crate::store::Store;

/// The pause between two looks for a channel that was set up, changed or removed meanwhile.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// HubSpot's name of a person's message.
const MESSAGE_CREATED: &str = "OUTGOING_CHANNEL_MESSAGE_CREATED";

const NAMES: DeliveryNames = DeliveryNames {
    refused: "handoff_webhooks_refused_total",
    taken: "handoff_webhooks_total",
    unreadable: "handoff_events_unreadable_total",
    delivery: "a delivery to the channel's webhook",
};

/// Takes the deliveries of the channel.
#[derive(Debug)]
pub struct ChannelWebhook {
    checks: DeliveryChecks,
    server: PublicUrl,
    channel: SharedChannel,
    intake: Intake,
    said: LogThrottle<&'static str>,
}

/// The channel that is set up, for the route; read anew every few seconds.
#[derive(Clone, Debug, Default)]
pub struct SharedChannel(Arc<RwLock<Option<Channel>>>);

#[derive(Clone, Debug)]
struct Channel {
    secret: PathSecret,
    id: Option<String>,
}

impl SharedChannel {
    /// Reads the channel once.
    pub async fn read(&self, store: &Store) {
        match store.handoff_channel().await {
            Ok(row) => {
                let channel = row.and_then(|row| {
                    domain::known_secrets::remember(&row.path_secret);
                    Some(Channel { secret: PathSecret::read(&row.path_secret)?, id: row.channel })
                });
                // Consistent after every statement, so a poisoned lock does not matter.
                *self.0.write().unwrap_or_else(PoisonError::into_inner) = channel;
            }
            Err(error) => warn!("The channel to people cannot be read, so the one of before is used: {error}."),
        }
    }

    /// Reads the channel every few seconds, without end: it may be set up while the server runs, also by another replica.
    pub async fn follow(self, store: Store) {
        loop {
            self.read(&store).await;
            sleep(LOOK_EVERY).await;
        }
    }

    fn get(&self) -> Option<Channel> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ChannelWebhook {
    /// Takes deliveries that were signed with this secret for the channel's address below this one.
    pub fn new(
        secret: SecretString,
        server: PublicUrl,
        channel: SharedChannel,
        intake: Intake,
        clock: Clock,
    ) -> ChannelWebhook {
        let checks = DeliveryChecks::new(secret, clock, true, NAMES);
        ChannelWebhook { checks, server, channel, intake, said: LogThrottle::default() }
    }

    /// Says what the operator has to mend.
    fn tell_of_accounts(&self, event: &ChannelEvent) {
        if let ChannelEventKind::AccountPurged { account } = &event.kind
            && self.said.may_say("purged")
        {
            warn!("HubSpot removed the channel account {account}: `frontdesk handoff setup` connects it again.");
        }
    }
}

impl SignedDeliveries for ChannelWebhook {
    fn expected() -> String {
        "the body must be an event as JSON".to_owned()
    }

    fn path(&self) -> &'static str {
        PATH
    }

    /// The path of the channel, and no other.
    fn takes(&self, path: &str) -> bool {
        self.channel.get().is_some_and(|channel| channel.secret.is_path(path))
    }

    fn checks(&self) -> &DeliveryChecks {
        &self.checks
    }

    fn address(&self) -> Option<String> {
        Some(self.channel.get()?.secret.address(&self.server))
    }

    fn shown(&self, address: &str) -> String {
        shown(address)
    }

    fn intake(&self) -> &Intake {
        &self.intake
    }

    fn read(&self, body: &[u8]) -> Option<ReadDelivery> {
        let delivery = channel_event::read(body).ok()?;
        let own = self.channel.get().and_then(|channel| channel.id);
        let ours: Vec<_> = delivery.events.iter().filter(|event| is_ours(event, own.as_deref())).collect();
        ours.iter().for_each(|event| self.tell_of_accounts(event));
        Some(ReadDelivery { events: ours.into_iter().filter_map(row).collect(), unreadable: delivery.unreadable })
    }
}

/// True for an event of our channel, as far as it tells. Before the id of the channel is known the address alone decides.
fn is_ours(event: &ChannelEvent, own: Option<&str>) -> bool {
    let is_foreign = own.is_some() && event.channel.is_some() && event.channel.as_deref() != own;
    if is_foreign {
        counter!("handoff_events_foreign_total").increment(1);
    }
    !is_foreign
}

/// The row of an event that is kept: a person's message, without its text.
fn row(event: &ChannelEvent) -> Option<HubSpotEvent> {
    let ChannelEventKind::MessageCreated(message) = &event.kind else { return None };
    let kind = EventKind::NewMessage {
        thread: message.thread.clone(),
        message: message.id.clone(),
        contact: String::new(),
        // It goes to the customer, so it waits for no answer of ours.
        from: From::TheDesk,
    };
    Some(HubSpotEvent {
        name: MESSAGE_CREATED.to_owned(),
        kind,
        occurred_ms: event.occurred_ms,
        portal: event.portal,
        detail: String::new(),
    })
}
