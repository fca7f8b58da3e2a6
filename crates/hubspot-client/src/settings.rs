//! The settings of the client.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use crate::shared_quota::SharedQuota;
use crate::tier::Tier;
use crate::versions::Versions;
use domain::time_zone::rules::ZoneRules;

/// The settings of a client. The default is a cautious one for a free account.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The version of each family of HubSpot's API.
    pub versions: Versions,
    /// The rate limits of the account.
    pub tier: Tier,
    /// The longest time of a call with its waits for the quota, attempts, pauses and look-ups. Default: 30 seconds.
    pub call_deadline: Duration,
    /// The longest time of one attempt; after it the answer counts as lost. Default: 10 seconds.
    pub attempt_timeout: Duration,
    /// The time to live of cached pipelines. Contacts and free times are never cached. Default: 5 minutes.
    pub pipelines_ttl: Duration,
    /// The time to live of cached properties. Default: 10 minutes.
    pub properties_ttl: Duration,
    /// The time to live of cached owners. Default: 5 minutes.
    pub owners_ttl: Duration,
    /// The time to live of cached meeting links and their settings. Default: 5 minutes.
    pub meeting_links_ttl: Duration,
    /// The property that makes the creation of a ticket unrepeatable. Default: none.
    pub ticket_keys: TicketKeys,
    /// Nothing is written: each write is checked and remembered for its caller, and nothing is sent. Default: false.
    pub dry_run: bool,
    /// The clocks of time zones, for the midnight at which daily limits are reset. Default: those inside the binary.
    pub zone_rules: ZoneRules,
    /// The callers among which the account's quota is divided. Default: one.
    pub callers: Callers,
    /// The account's quota, where several processes share it. Default: none, the whole quota is this client's.
    pub shared_quota: Option<Arc<dyn SharedQuota>>,
    /// The seed of the jitter of pauses. `None`: a random one.
    pub seed: Option<u64>,
}

/// The callers of a client, by their keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Callers {
    /// One, to whom the whole quota belongs. Others are served in turn all the same, and a fifth of each window is kept for
    /// them once they have asked.
    #[default]
    One,
    /// Several, of whom each may ask at any time: a fifth of each window is kept for them from the start.
    Several,
}

/// The ticket property into which each creation writes a key of its own. HubSpot refuses a second ticket with the same
/// key, so a creation whose answer was lost can be sent again, however late HubSpot carries out the first one.
///
/// The property counts only if the account's definitions show that its values are unique and writable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TicketKeys {
    /// HubSpot's own `hs_external_object_ids`.
    Auto,
    /// None: a creation whose answer was lost is looked up by its text.
    #[default]
    Off,
    /// The property of this internal name.
    Property(String),
}

impl FromStr for TicketKeys {
    type Err = String;

    /// Reads `auto`, `off` or the internal name of a property.
    fn from_str(text: &str) -> Result<TicketKeys, String> {
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        match text {
            "auto" => Ok(TicketKeys::Auto),
            "off" => Ok(TicketKeys::Off),
            name if !name.is_empty() && name.bytes().all(is_name) => Ok(TicketKeys::Property(name.to_owned())),
            _ => {
                Err("it must be `auto`, `off` or the internal name of a ticket property, such as `request_key`".into())
            }
        }
    }
}

impl Settings {
    /// Sets one time to live for everything that is cached.
    pub fn with_cache_ttl(self, age: Duration) -> Settings {
        Settings { pipelines_ttl: age, properties_ttl: age, owners_ttl: age, meeting_links_ttl: age, ..self }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            versions: Versions::default(),
            tier: Tier::default(),
            call_deadline: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(10),
            pipelines_ttl: Duration::from_secs(5 * 60),
            properties_ttl: Duration::from_secs(10 * 60),
            owners_ttl: Duration::from_secs(5 * 60),
            meeting_links_ttl: Duration::from_secs(5 * 60),
            ticket_keys: TicketKeys::Off,
            dry_run: false,
            zone_rules: ZoneRules::embedded(),
            callers: Callers::One,
            shared_quota: None,
            seed: None,
        }
    }
}
