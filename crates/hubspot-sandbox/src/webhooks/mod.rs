//! Webhooks: apps that HubSpot tells of changes. Events are collected into batches, signed, sent, and sent again if the
//! app does not answer as it should.

mod app;
mod batches;
mod channel_event;
mod channel_hub;
mod delivery_faults;
mod delivery_log;
mod error;
mod event;
mod hub;
mod loopback;
mod request;
mod retry;
mod signature;
mod subscription;
mod transport;
mod worker;

pub use app::{OlderSignature, WebhookApp};
pub(crate) use channel_hub::ChannelHub;
pub use channel_hub::ChannelWebhooks;
pub use delivery_faults::DeliveryFaults;
pub use delivery_log::{DeliveryOutcome, WebhookDelivery};
pub use error::WebhookError;
pub(crate) use hub::{NewApp, Webhooks};
pub use subscription::Subscription;
pub use transport::WebhookTransport;
