//! Settings of `frontdesk webhook-replay`.

use std::path::PathBuf;

use clap::Args;
use url::Url;

use super::webhook::WebhookSettings;

/// Settings of `frontdesk webhook-replay`.
#[derive(Args, Clone, Debug)]
pub struct WebhookReplaySettings {
    /// The file with the delivery: a JSON list of events as HubSpot sends them, or one event.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Where the server listens, such as `http://127.0.0.1:8000`; without it, --public-url. It is signed for --public-url in
    /// any case.
    #[arg(long, value_name = "URL")]
    pub to: Option<Url>,
    /// The address for which it is signed, and the secret.
    #[command(flatten)]
    pub webhook: WebhookSettings,
}
