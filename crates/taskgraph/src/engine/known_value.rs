//! The value of an argument as it became known.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The known values, by argument.
pub(super) type KnownValues = BTreeMap<String, KnownValue>;

/// The known value of an argument.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct KnownValue {
    pub(super) value: Value,
    pub(super) source: Source,
    /// The value was stated for a topic that was left or has ended: it is taken only where nothing newer is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) stale: bool,
    /// A tool did not accept the value, so the customer is asked again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) refused: bool,
    /// The tool named this value itself as wrong: it is not sent to it again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) faulty: bool,
}

/// The values of the customer who asks, while a matter is about a record of somebody else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Caller {
    pub(super) known: KnownValues,
    pub(super) identified_by: Option<Value>,
}

impl KnownValue {
    pub(super) fn of(value: Value, source: Source) -> KnownValue {
        KnownValue { value, source, stale: false, refused: false, faulty: false }
    }
}

/// The more recent is the greater one; a tool's result is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Source {
    /// The customer, in the step with this number.
    Said(u32),
    /// The result of a tool.
    Tool,
}
