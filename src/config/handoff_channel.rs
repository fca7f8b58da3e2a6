//! Settings of `frontdesk handoff`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::events::public_url::PublicUrl;

/// The variable that may hold the developer key.
pub const DEVELOPER_KEY_VARIABLE: &str = "HUBSPOT_DEVELOPER_KEY";

#[derive(Clone, Debug, Subcommand)]
#[expect(missing_docs, reason = "clap would show a comment on the enum as help")]
pub enum HandoffCommand {
    /// Make the custom channel of HubSpot's through which conversations go to people, or find it, and connect it to
    /// inboxes or help desks. Run it again to mend what is half done.
    Setup(HandoffSetup),
    /// Archive the channel in HubSpot and forget it.
    Remove(DeveloperApp),
    /// Say how the channel stands, and what to do.
    Status(HandoffStatus),
}

/// The app of a developer account, and its key.
#[derive(Args, Clone, Debug)]
pub struct DeveloperApp {
    /// The id of HubSpot's app to which the channel belongs. Its developer key comes from `HUBSPOT_DEVELOPER_KEY`.
    #[arg(long, env = "HUBSPOT_APP_ID", value_name = "ID")]
    pub app_id: u64,
    /// A file with that key in place of the variable, readable by you alone.
    #[arg(long, env = "HUBSPOT_DEVELOPER_KEY_FILE", value_name = "FILE")]
    pub developer_key_file: Option<PathBuf>,
}

/// Settings of `frontdesk handoff setup`.
#[derive(Args, Clone, Debug)]
pub struct HandoffSetup {
    /// The app.
    #[command(flatten)]
    pub app: DeveloperApp,
    /// The address under which the server is reached from outside, such as `https://desk.example.com`. HubSpot sends what
    /// people answer to an unguessable path below `/webhooks/handoff`.
    #[arg(long, env = "FRONTDESK_PUBLIC_URL", value_name = "URL")]
    pub public_url: PublicUrl,
    /// An inbox or help desk to connect, by name or id; may be repeated, and the first one is used where none is named.
    /// Without it those of the last time, or the only help desk.
    #[arg(long, value_name = "NAME|ID")]
    pub inbox: Vec<String>,
}

/// Settings of `frontdesk handoff status`.
#[derive(Args, Clone, Debug)]
pub struct HandoffStatus {
    /// The id of HubSpot's app; without it and its developer key the channel itself is not looked at.
    #[arg(long, env = "HUBSPOT_APP_ID", value_name = "ID")]
    pub app_id: Option<u64>,
    /// A file with the developer key in place of `HUBSPOT_DEVELOPER_KEY`, readable by you alone.
    #[arg(long, env = "HUBSPOT_DEVELOPER_KEY_FILE", value_name = "FILE")]
    pub developer_key_file: Option<PathBuf>,
    /// The address under which the server is reached from outside; without it, the webhook is not tried.
    #[arg(long, env = "FRONTDESK_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,
}
