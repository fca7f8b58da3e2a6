//! What can be set about the way HubSpot is called.

use std::time::Duration;

use crate::tier::Tier;
use crate::versions::Versions;

#[derive(Clone, Debug)]
pub struct Settings {
    pub versions: Versions,
    pub tier: Tier,
    /// The longest a call may take in all: waiting for the quota, attempts, pauses, look-ups.
    pub call_deadline: Duration,
    /// The longest one attempt may take before its answer counts as lost.
    pub attempt_timeout: Duration,
    /// How old an answer from memory may be, by kind. Contacts and availability are never kept.
    pub pipelines_ttl: Duration,
    pub properties_ttl: Duration,
    pub owners_ttl: Duration,
    pub meeting_links_ttl: Duration,
    /// Seeds the jitter of pauses. `None`: a different one each time.
    pub seed: Option<u64>,
}

impl Settings {
    /// With one age for everything that is remembered.
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
            seed: None,
        }
    }
}
