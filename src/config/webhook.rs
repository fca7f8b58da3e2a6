//! The settings of HubSpot's webhooks, for the commands that take or send them.

use std::path::PathBuf;

use clap::Args;

use crate::events::public_url::PublicUrl;

/// The variable that may hold the client secret of HubSpot's app.
pub const CLIENT_SECRET_VARIABLE: &str = "HUBSPOT_CLIENT_SECRET";

/// The address and the secret of webhooks.
#[derive(Args, Clone, Debug)]
pub struct WebhookSettings {
    /// The address under which this server is reached from outside, such as `https://desk.example.com`. HubSpot's events
    /// come to `/webhooks/hubspot` below it, with the app's client secret from `HUBSPOT_CLIENT_SECRET`; other routes need a
    /// bearer token.
    #[arg(long, env = "FRONTDESK_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,
    /// A file with that client secret in place of the variable, readable by you alone.
    #[arg(long, env = "HUBSPOT_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub client_secret_file: Option<PathBuf>,
}
