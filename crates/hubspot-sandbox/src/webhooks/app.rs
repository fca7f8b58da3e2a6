//! An app that HubSpot tells of changes.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Deserialize;

use super::delivery_faults::DeliveryFaults;
use super::subscription::Subscription;
use super::transport::WebhookTransport;

/// Requests to one app at once, HubSpot's default.
const CONCURRENT_DEFAULT: usize = 10;

/// An app with its target, its secret and its subscriptions.
#[derive(Clone, Debug)]
pub struct WebhookApp {
    /// Id that events name.
    pub app_id: u64,
    /// Key of the signatures.
    pub client_secret: SecretString,
    /// URL that events are posted to, and that is signed.
    pub target_url: String,
    /// Changes that the app is told of.
    pub subscriptions: Vec<Subscription>,
    /// An older signature that is sent in addition to that of version 3.
    pub older_signature: OlderSignature,
    /// Requests at once, 1 to 10.
    pub max_concurrent_requests: usize,
    /// Divisor of the pauses before retries, for those who do not want to wait for a day.
    pub retry_speed: u32,
    /// Events that go wrong.
    pub mischief: DeliveryFaults,
    /// Way to the app. `None`: over a socket to this machine.
    pub transport: Option<Arc<dyn WebhookTransport>>,
}

/// The signature that a request has besides that of version 3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OlderSignature {
    /// That of version 1 with events of the CRM, and none with others.
    #[default]
    V1,
    /// That of version 2 with all events.
    V2,
    /// That of version 1 with events of the CRM, which have no other then: some apps see it so.
    V1Alone,
}

impl WebhookApp {
    /// Creates an app without subscriptions that is reached over a socket.
    pub fn new(app_id: u64, client_secret: &str, target_url: &str) -> WebhookApp {
        WebhookApp {
            app_id,
            client_secret: client_secret.into(),
            target_url: target_url.to_owned(),
            subscriptions: Vec::new(),
            older_signature: OlderSignature::default(),
            max_concurrent_requests: CONCURRENT_DEFAULT,
            retry_speed: 1,
            mischief: DeliveryFaults::default(),
            transport: None,
        }
    }

    /// Adds a subscription.
    pub fn with(mut self, subscription: Subscription) -> WebhookApp {
        self.subscriptions.push(subscription);
        self
    }

    /// Lets the app be a router of this process.
    pub fn in_process(self, router: axum::Router) -> WebhookApp {
        WebhookApp { transport: Some(Arc::new(router)), ..self }
    }
}
