//! A delivery to the channel's webhook, from its headers to its answer: checked, read, stored once. Nothing else happens in
//! its request.
//!
//! What a person has written becomes a row of the events of HubSpot's, with the key of its message: the same as if the
//! app's webhook or a look had told of it, so that it is one event however it came. The row has ids; whoever wants the text
//! reads the message by its id. Whoever follows the conversation is told, as of every event.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::clock::Clock;
use http::{HeaderMap, Method};
use metrics::counter;
use secrecy::SecretString;
use tokio::time::sleep;
use tracing::warn;

use super::channel_address::{PathSecret, shown};
use super::channel_event::{self, ChannelEvent, ChannelEventKind};
use crate::events::event::{EventKind, From, HubSpotEvent};
use crate::events::intake::{Intake, Unavailable};
use crate::events::log_throttle::LogThrottle;
use crate::events::public_url::PublicUrl;
use crate::events::signature::{self, Signed, Unsigned};
use crate::store::Store;

/// The longest body: a message with its text as plain and as rich text.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The pause between two looks for a channel that was set up, changed or removed meanwhile.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// HubSpot's name of a person's message.
const MESSAGE_CREATED: &str = "OUTGOING_CHANNEL_MESSAGE_CREATED";

/// What takes the deliveries of the channel.
#[derive(Debug)]
pub struct ChannelWebhook {
    secret: SecretString,
    server: PublicUrl,
    channel: SharedChannel,
    intake: Intake,
    clock: Clock,
    refused: LogThrottle<Unsigned>,
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

/// The answer to a delivery whose signature is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelWebhookOutcome {
    /// What there is to keep of it is stored.
    Taken,
    /// The body is no event. It will not be one when it comes again, either.
    NoEvent,
    /// It cannot be stored now; HubSpot repeats it.
    Unavailable(Unavailable),
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
        let (refused, said) = (LogThrottle::default(), LogThrottle::default());
        ChannelWebhook { secret, server, channel, intake, clock, refused, said }
    }

    /// True for the path of the channel, and no other.
    pub fn is_path(&self, path: &str) -> bool {
        self.channel.get().is_some_and(|channel| channel.secret.is_path(path))
    }

    /// Checks the headers alone, before the body is read.
    ///
    /// # Errors
    /// The reason why it is not taken, whatever the body is.
    pub fn verify_head(&self, headers: &HeaderMap) -> Result<(), Unsigned> {
        let now_ms = self.clock.now().timestamp_millis();
        let Some(channel) = self.channel.get() else { return Err(Unsigned::Mismatch) };
        let checked = signature::verify_newest_head(headers, now_ms);
        checked.inspect_err(|reason| self.note(*reason, &channel.secret.address(&self.server)))
    }

    /// Checks that HubSpot has sent this to the channel, and lately. Nothing of the body is read for it but its bytes.
    ///
    /// # Errors
    /// The reason why it is not taken.
    pub fn verify(
        &self,
        method: &Method,
        query: Option<&str>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(), Unsigned> {
        let Some(channel) = self.channel.get() else { return Err(Unsigned::Mismatch) };
        let address = channel.secret.address(&self.server);
        let url = query.map_or_else(|| address.clone(), |query| format!("{address}?{query}"));
        let now_ms = self.clock.now().timestamp_millis();
        let signed = Signed { method: method.as_str(), url: &url, body };
        let verified = signature::verify_newest(&self.secret, headers, signed, now_ms);
        verified.inspect_err(|reason| self.note(*reason, &address))
    }

    fn note(&self, reason: Unsigned, address: &str) {
        counter!("handoff_webhooks_refused_total", "reason" => reason.name()).increment(1);
        if self.refused.may_say(reason) {
            let url = shown(address);
            warn!(
                reason = reason.name(),
                url, "Refused a delivery to the channel's webhook: {reason}. It is checked for `{url}`."
            );
        }
    }

    /// Stores what there is to keep of a delivery that was verified.
    pub async fn take(&self, body: &[u8]) -> ChannelWebhookOutcome {
        let answer = self.store(body).await;
        let outcome = match &answer {
            ChannelWebhookOutcome::Taken => "taken",
            ChannelWebhookOutcome::NoEvent => "unreadable",
            ChannelWebhookOutcome::Unavailable(_) => "unavailable",
        };
        counter!("handoff_webhooks_total", "outcome" => outcome).increment(1);
        answer
    }

    async fn store(&self, body: &[u8]) -> ChannelWebhookOutcome {
        let Ok(delivery) = channel_event::read(body) else { return ChannelWebhookOutcome::NoEvent };
        if delivery.unreadable > 0 {
            counter!("handoff_events_unreadable_total").increment(delivery.unreadable as u64);
        }
        let own = self.channel.get().and_then(|channel| channel.id);
        let events: Vec<_> = delivery.events.iter().filter(|event| is_ours(event, own.as_deref())).collect();
        events.iter().for_each(|event| self.tell_of_accounts(event));
        let rows: Vec<_> = events.into_iter().filter_map(row).collect();
        self.intake
            .take_delivery(rows)
            .await
            .map_or_else(ChannelWebhookOutcome::Unavailable, |()| ChannelWebhookOutcome::Taken)
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
