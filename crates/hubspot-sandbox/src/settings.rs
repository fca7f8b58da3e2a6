//! The settings of an embedded account.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::assumptions::Assumptions;
use crate::rules::limits::Tier;

/// The behaviour of a new [`Sandbox`](crate::Sandbox). The default has no rate limits and no delays.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Calendar time at the start. `None`: the time of the machine.
    pub now: Option<DateTime<Utc>>,
    /// Subscription whose rate limits hold. `None`: no limits.
    pub tier: Option<Tier>,
    /// Milliseconds until search finds a change. HubSpot's search is eventually consistent, too.
    pub search_lag_ms: u64,
    /// Milliseconds added to every response.
    pub delay_ms: u64,
    /// Secret that requests to the admin plane must have. `None`: it serves this machine only.
    pub admin_token: Option<SecretString>,
    /// Decisions on behaviours that HubSpot does not document.
    pub assumptions: Assumptions,
}
