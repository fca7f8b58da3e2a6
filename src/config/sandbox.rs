//! Settings of `frontdesk sandbox`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

/// The common settings that `frontdesk sandbox` uses; the others are the MCP server's.
pub(super) const USES: [&str; 3] = ["tier", "log", "log_format"];

/// Settings of `frontdesk sandbox`.
#[derive(Args, Clone, Debug)]
pub struct SandboxSettings {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8700")]
    pub bind: SocketAddr,
    /// Start with the account of this JSON file, as `/__sandbox/state` gives it, in place of the seed company; where
    /// --data names a file that is there, that account goes on.
    #[arg(long, value_name = "FILE")]
    pub seed: Option<PathBuf>,
    /// Keep the account in this file, so that it survives a restart.
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// Add so many plausible contacts, and a ticket for every fifth, for load tests.
    #[arg(long, value_name = "CONTACTS", default_value_t = 0)]
    pub records: u64,
    /// The secret that requests to `/__sandbox` must have, in the header `x-admin-token`; without it, `/__sandbox` serves
    /// this machine only. Needed to listen on other addresses than this machine's.
    #[arg(long, env = "FRONTDESK_ADMIN_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub admin_token: Option<SecretString>,
    /// The milliseconds for which search lags behind changes, as HubSpot's does.
    #[arg(long, value_name = "MS", default_value_t = 500)]
    pub search_lag: u64,
    /// The milliseconds by which every answer is delayed.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub delay: u64,
}
