//! The webhook of HubSpot's app: its address, and the events of its bodies.

use domain::clock::Clock;
use secrecy::SecretString;

use super::delivery::{self, EVENTS_MAX};
use super::intake::Intake;
use super::public_url::PublicUrl;
use super::signed_delivery::{DeliveryChecks, DeliveryNames, ReadDelivery, SignedDeliveries};

/// The path of HubSpot's webhooks.
pub const PATH: &str = "/webhooks/hubspot";

const NAMES: DeliveryNames = DeliveryNames {
    refused: "hubspot_webhooks_refused_total",
    taken: "hubspot_webhooks_total",
    unreadable: "hubspot_events_unreadable_total",
    delivery: "a webhook",
};

/// Takes the deliveries of HubSpot's app.
#[derive(Debug)]
pub struct Webhook {
    checks: DeliveryChecks,
    url: PublicUrl,
    intake: Intake,
}

impl Webhook {
    /// Takes deliveries that were signed with this secret for the path below this address.
    pub fn new(secret: SecretString, url: PublicUrl, intake: Intake, clock: Clock) -> Webhook {
        Webhook { checks: DeliveryChecks::new(secret, clock, false, NAMES), url, intake }
    }

    /// The address that HubSpot must have as its target.
    pub fn target(&self) -> String {
        self.url.at(PATH)
    }
}

impl SignedDeliveries for Webhook {
    fn expected() -> String {
        format!("the body must be a JSON list of up to {EVENTS_MAX} events")
    }

    fn path(&self) -> &'static str {
        PATH
    }

    fn checks(&self) -> &DeliveryChecks {
        &self.checks
    }

    fn address(&self) -> Option<String> {
        Some(self.target())
    }

    fn intake(&self) -> &Intake {
        &self.intake
    }

    fn read(&self, body: &[u8]) -> Option<ReadDelivery> {
        let delivery = delivery::read(body).ok()?;
        Some(ReadDelivery { events: delivery.events, unreadable: delivery.unreadable })
    }
}
