//! HubSpot's webhooks as a route of the HTTP server.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use domain::known_secrets;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::request::Parts;
use secrecy::{ExposeSecret, SecretString};
use tracing::{info, warn};

use super::secret_file;
use crate::config::{self, CLIENT_SECRET_VARIABLE, WebhookSettings};
use crate::events::intake::Intake;
use crate::events::signed_delivery::{BODY_BYTES_MAX, DeliveryOutcome, SignedDeliveries};
use crate::events::webhook::Webhook;
use crate::handoff::channel_webhook::{ChannelWebhook, SharedChannel};
use crate::mcp::http::{SignedOutcome, SignedRoute};
use domain::clock::Clock;

/// A setting of webhooks that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file of the client secret cannot be read: its path and the reason.
    #[error("`--client-secret-file {0}`: {1}")]
    SecretFile(PathBuf, String),
}

/// The client secret, from its file or its variable; masked from now on.
///
/// # Errors
/// The file that cannot be read.
pub fn client_secret(
    settings: &WebhookSettings,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<SecretString>, Error> {
    let secret = match &settings.client_secret_file {
        Some(file) => Some(secret_file::read(file).map_err(|why| Error::SecretFile(file.clone(), why))?),
        None => config::secret(&[CLIENT_SECRET_VARIABLE], variable),
    };
    secret.iter().for_each(|secret| known_secrets::remember(secret.expose_secret()));
    Ok(secret)
}

/// The route, where both the address and the secret are set.
pub fn route(
    settings: &WebhookSettings,
    secret: Option<SecretString>,
    intake: &Intake,
) -> Option<Arc<dyn SignedRoute>> {
    match (secret, &settings.public_url) {
        (Some(secret), Some(url)) => {
            let webhook = Webhook::new(secret, url.clone(), intake.clone(), Clock::System);
            info!("HubSpot's webhooks are taken at `{}`, for which their signatures are checked.", webhook.target());
            Some(Arc::new(WebhookRoute(webhook)))
        }
        (Some(_), None) => {
            warn!("There is a client secret and no --public-url, so no webhooks are taken.");
            None
        }
        (None, Some(_)) => {
            warn!("There is a --public-url and no client secret ({CLIENT_SECRET_VARIABLE}), so no webhooks are taken.");
            None
        }
        (None, None) => None,
    }
}

/// The route of the channel to people, beside that of the app's events.
pub fn channel_route(
    settings: &WebhookSettings,
    secret: Option<SecretString>,
    intake: &Intake,
    channel: SharedChannel,
) -> Option<Arc<dyn SignedRoute>> {
    let (secret, url) = (secret?, settings.public_url.as_ref()?);
    let webhook = ChannelWebhook::new(secret, url.clone(), channel, intake.clone(), Clock::System);
    Some(Arc::new(WebhookRoute(webhook)))
}

/// A webhook as the HTTP server sees it.
#[derive(Debug)]
pub struct WebhookRoute<W = Webhook>(
    /// The webhook.
    pub W,
);

impl<W: SignedDeliveries> SignedRoute for WebhookRoute<W> {
    fn path(&self) -> &'static str {
        self.0.path()
    }

    fn takes(&self, path: &str) -> bool {
        self.0.takes(path)
    }

    fn body_bytes_max(&self) -> usize {
        BODY_BYTES_MAX
    }

    fn verify_head(&self, head: &Parts) -> Result<(), String> {
        self.0.verify_head(&head.headers).map_err(|reason| reason.to_string())
    }

    fn verify(&self, head: &Parts, body: &[u8]) -> Result<(), String> {
        let verified = self.0.verify(&head.method, head.uri.query(), &head.headers, body);
        verified.map_err(|reason| reason.to_string())
    }

    fn take(&self, body: Bytes) -> BoxFuture<'_, SignedOutcome> {
        async move {
            match self.0.take(&body).await {
                DeliveryOutcome::Taken => SignedOutcome::Done,
                DeliveryOutcome::Unreadable => SignedOutcome::Unprocessable(W::expected()),
                DeliveryOutcome::Unavailable(reason) => SignedOutcome::NotNow(reason.to_string()),
            }
        }
        .boxed()
    }
}
