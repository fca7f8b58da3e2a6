//! A delivery of HubSpot's, from its headers to its answer: checked, read, stored. Nothing else happens in its request.

use domain::clock::Clock;
use http::{HeaderMap, Method};
use metrics::counter;
use secrecy::SecretString;
use tracing::warn;

use super::delivery;
use super::intake::{Intake, Unavailable};
use super::log_throttle::LogThrottle;
use super::public_url::PublicUrl;
use super::signature::{self, Signed, Unsigned};

/// The path of HubSpot's webhooks.
pub const PATH: &str = "/webhooks/hubspot";

/// The longest body. HubSpot sends at most a hundred events, of less than a kilobyte each.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// What takes HubSpot's deliveries.
#[derive(Debug)]
pub struct Webhook {
    secret: SecretString,
    url: PublicUrl,
    intake: Intake,
    clock: Clock,
    refused: LogThrottle<Unsigned>,
}

/// The answer to a delivery whose signature is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookOutcome {
    /// All of its events are stored.
    Taken,
    /// The body is no list of events. It will not be one when it comes again, either.
    NoDelivery,
    /// It cannot be stored now; HubSpot repeats it.
    Unavailable(Unavailable),
}

impl Webhook {
    /// Takes deliveries that were signed with this secret for the path below this address.
    pub fn new(secret: SecretString, url: PublicUrl, intake: Intake, clock: Clock) -> Webhook {
        Webhook { secret, url, intake, clock, refused: LogThrottle::default() }
    }

    /// The address that HubSpot must have as its target.
    pub fn target(&self) -> String {
        self.url.at(PATH)
    }

    /// Checks the headers alone, before the body is read.
    ///
    /// # Errors
    /// The reason why it is not taken, whatever the body is.
    pub fn verify_head(&self, headers: &HeaderMap) -> Result<(), Unsigned> {
        let now_ms = self.clock.now().timestamp_millis();
        signature::verify_head(headers, now_ms).inspect_err(|reason| self.note(*reason))
    }

    /// Checks that HubSpot has sent this, and lately. Nothing of the body is read for it but its bytes.
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
        let url = query.map_or_else(|| self.target(), |query| format!("{}?{query}", self.target()));
        let now_ms = self.clock.now().timestamp_millis();
        let signed = Signed { method: method.as_str(), url: &url, body };
        signature::verify(&self.secret, headers, signed, now_ms).inspect_err(|reason| self.note(*reason))
    }

    fn note(&self, reason: Unsigned) {
        counter!("hubspot_webhooks_refused_total", "reason" => reason.name()).increment(1);
        if self.refused.may_say(reason) {
            let url = self.target();
            warn!(reason = reason.name(), url, "Refused a webhook: {reason}. It is checked for `{url}`.");
        }
    }

    /// Stores the events of a delivery that was verified.
    pub async fn take(&self, body: &[u8]) -> WebhookOutcome {
        let answer = self.store(body).await;
        let outcome = match &answer {
            WebhookOutcome::Taken => "taken",
            WebhookOutcome::NoDelivery => "unreadable",
            WebhookOutcome::Unavailable(_) => "unavailable",
        };
        counter!("hubspot_webhooks_total", "outcome" => outcome).increment(1);
        answer
    }

    async fn store(&self, body: &[u8]) -> WebhookOutcome {
        let Ok(delivery) = delivery::read(body) else { return WebhookOutcome::NoDelivery };
        if delivery.unreadable > 0 {
            counter!("hubspot_events_unreadable_total").increment(delivery.unreadable as u64);
        }
        self.intake
            .take_delivery(delivery.events)
            .await
            .map_or_else(WebhookOutcome::Unavailable, |()| WebhookOutcome::Taken)
    }
}
