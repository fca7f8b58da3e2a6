//! The free times of the last look-up, as they are stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Free times, as the tool that finds them has shown them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ShownTimes {
    /// The step in which they were shown. What the customer said before is a wish, not an agreement.
    pub(super) step: u32,
    /// The values by which the day and the zone were asked for, and as they were understood.
    pub(super) asked: BTreeMap<String, Vec<Value>>,
    /// The starts, such as `2026-12-01T13:00:00-05:00`.
    pub(super) starts: Vec<String>,
    /// The lengths in minutes of which the customer can choose one.
    #[serde(default)]
    pub(super) durations: Vec<u64>,
    /// The time that was asked for is not free.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_taken: bool,
    /// The names of what the booking requires and nobody has answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) form_fields: Vec<String>,
    /// The ids of the consents that it requires.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) consents: Vec<String>,
    /// The most guests of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) guests_max: Option<u64>,
}
