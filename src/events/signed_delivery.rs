//! The rules of every delivery that HubSpot signs: it is checked before anything of it is read, counted by its outcome, and
//! stored. The app's events and the custom channel's differ in their addresses and bodies.

use std::fmt::Debug;

use domain::clock::Clock;
use http::{HeaderMap, Method};
use metrics::counter;
use secrecy::SecretString;
use tracing::warn;

use super::event::HubSpotEvent;
use super::intake::{Intake, Unavailable};
use super::signature::{self, Signed, Unsigned};
use crate::log_throttle::LogThrottle;

/// The longest body: at most a hundred events of less than a kilobyte each, or a message as plain and as rich text.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The outcome of a delivery whose signature is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// What there is to keep of it is stored.
    Taken,
    /// The body has no events. It will not have when it comes again, either.
    Unreadable,
    /// It cannot be stored now; HubSpot repeats it.
    Unavailable(Unavailable),
}

/// The names of a webhook in metrics and logs.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryNames {
    /// Counts the refused ones, by reason.
    pub refused: &'static str,
    /// Counts those with a right signature, by outcome.
    pub taken: &'static str,
    /// Counts events that cannot be read, beside others that can.
    pub unreadable: &'static str,
    /// The delivery in a sentence.
    pub delivery: &'static str,
}

/// The checks of one webhook.
#[derive(Debug)]
pub struct DeliveryChecks {
    secret: SecretString,
    clock: Clock,
    /// Version 3 of the signature alone is taken.
    only_newest: bool,
    names: DeliveryNames,
    refused: LogThrottle<Unsigned>,
}

/// The events of a body, and how many entries are none.
#[derive(Debug, Default)]
pub struct ReadDelivery {
    /// The events to store.
    pub events: Vec<HubSpotEvent>,
    /// Entries that cannot be read.
    pub unreadable: usize,
}

/// A webhook of HubSpot's.
pub trait SignedDeliveries: Debug + Send + Sync {
    /// The form of a body, for whoever has sent another one.
    fn expected() -> String;

    /// The path of its route, as it is shown.
    fn path(&self) -> &'static str;

    /// True for a path that it takes.
    fn takes(&self, path: &str) -> bool {
        path == self.path()
    }

    /// The checks.
    fn checks(&self) -> &DeliveryChecks;

    /// The address for which HubSpot signs; `None` while there is none, and nothing is taken.
    fn address(&self) -> Option<String>;

    /// The address as a log may have it.
    fn shown(&self, address: &str) -> String {
        address.to_owned()
    }

    /// The store's queue.
    fn intake(&self) -> &Intake;

    /// Reads a body; `None` for one that has no events.
    fn read(&self, body: &[u8]) -> Option<ReadDelivery>;

    /// Checks the headers alone, before the body is read.
    ///
    /// # Errors
    /// The reason why it is not taken, whatever the body is.
    fn verify_head(&self, headers: &HeaderMap) -> Result<(), Unsigned> {
        let address = self.address().ok_or(Unsigned::Mismatch)?;
        let (checks, now_ms) = (self.checks(), self.checks().now_ms());
        let checked = match checks.only_newest {
            true => signature::verify_newest_head(headers, now_ms),
            false => signature::verify_head(headers, now_ms),
        };
        checked.inspect_err(|reason| checks.note(*reason, || self.shown(&address)))
    }

    /// Checks that HubSpot has sent this, and lately. Nothing of the body is read for it but its bytes.
    ///
    /// # Errors
    /// The reason why it is not taken.
    fn verify(&self, method: &Method, query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Result<(), Unsigned> {
        let address = self.address().ok_or(Unsigned::Mismatch)?;
        let url = query.map_or_else(|| address.clone(), |query| format!("{address}?{query}"));
        let (checks, signed) = (self.checks(), Signed { method: method.as_str(), url: &url, body });
        let verified = match checks.only_newest {
            true => signature::verify_newest(&checks.secret, headers, signed, checks.now_ms()),
            false => signature::verify(&checks.secret, headers, signed, checks.now_ms()),
        };
        verified.inspect_err(|reason| checks.note(*reason, || self.shown(&address)))
    }

    /// Stores what there is to keep of a delivery that was verified.
    fn take(&self, body: &[u8]) -> impl Future<Output = DeliveryOutcome> + Send {
        async move {
            let outcome = stored(self, body).await;
            let name = match &outcome {
                DeliveryOutcome::Taken => "taken",
                DeliveryOutcome::Unreadable => "unreadable",
                DeliveryOutcome::Unavailable(_) => "unavailable",
            };
            counter!(self.checks().names.taken, "outcome" => name).increment(1);
            outcome
        }
    }
}

async fn stored<W: SignedDeliveries + ?Sized>(webhook: &W, body: &[u8]) -> DeliveryOutcome {
    let Some(delivery) = webhook.read(body) else { return DeliveryOutcome::Unreadable };
    if delivery.unreadable > 0 {
        counter!(webhook.checks().names.unreadable).increment(delivery.unreadable as u64);
    }
    let stored = webhook.intake().take_delivery(delivery.events).await;
    stored.map_or_else(DeliveryOutcome::Unavailable, |()| DeliveryOutcome::Taken)
}

impl DeliveryChecks {
    /// The checks of deliveries that are signed with this secret, by any of HubSpot's signatures or by the newest alone.
    pub fn new(secret: SecretString, clock: Clock, only_newest: bool, names: DeliveryNames) -> DeliveryChecks {
        DeliveryChecks { secret, clock, only_newest, names, refused: LogThrottle::default() }
    }

    fn now_ms(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }

    fn note(&self, reason: Unsigned, url: impl Fn() -> String) {
        counter!(self.names.refused, "reason" => reason.name()).increment(1);
        if self.refused.may_say(reason) {
            let (url, delivery) = (url(), self.names.delivery);
            warn!(reason = reason.name(), url, "Refused {delivery}: {reason}. It is checked for `{url}`.");
        }
    }
}
