//! The matters beside the one at hand: those that wait, that were left, and that a person is asked to see to.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{event::Failure, known_value::KnownValues, shown_starts::ShownTimes, topic::Topic};
use crate::{
    graph::{Edge, NodeId},
    instructions::DeadEnd,
};

/// The thing that the run waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    /// Arguments or the result of a tool.
    Fill,
    /// The customer's answer to something that is said.
    Speak,
    /// The last tool of a topic has answered; the customer's reaction is awaited.
    Finish,
    /// The customer's answer after the topic is closed; the conversation may be over.
    Close,
    /// An intent.
    Choose,
    /// The decision to go on with the newest suspended topic.
    Offer,
    /// The decision to leave the current topic for this one, for which the customer came with these words. Values stated
    /// since that step belong to it.
    Switch {
        to: Topic,
        was: Box<Phase>,
        #[serde(default)]
        words: Option<String>,
        #[serde(default)]
        since: u32,
    },
    /// The customer's answer after they are told that nothing fits.
    #[serde(rename = "lost")]
    DeadEnd { why: DeadEnd },
}

/// A topic that is suspended while another is handled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SuspendedTopic {
    pub(super) at: NodeId,
    pub(super) phase: Phase,
    #[serde(rename = "matter")]
    pub(super) topic: Option<Topic>,
    pub(super) nested: Vec<NodeId>,
    pub(super) known: KnownValues,
    pub(super) tries: u32,
    pub(super) failed: Option<Failure>,
    #[serde(default)]
    pub(super) words: Option<String>,
    #[serde(default)]
    pub(super) entered: Vec<NodeId>,
    #[serde(default)]
    pub(super) shown: Option<ShownTimes>,
    /// Nobody has said that it is to go on afterwards.
    #[serde(default)]
    pub(super) unasked: bool,
}

impl SuspendedTopic {
    pub(super) fn started_by(&self, edge: &Edge) -> bool {
        self.topic.as_ref().is_some_and(|topic| topic.started_by(edge))
    }
}

/// A matter that a person is asked to see to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) words: Option<String>,
    /// The values that were stated for it, in one line.
    pub(super) values: String,
}

/// The message with which a topic began that was left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct LeftTopic {
    #[serde(rename = "matter")]
    pub(super) topic: Topic,
    pub(super) words: String,
}

/// A matter that was written into HubSpot, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct WrittenMatter {
    #[serde(rename = "matter")]
    pub(super) topic: Topic,
    /// The customer's words of it.
    pub(super) words: String,
    /// The id of the ticket or the task.
    pub(super) record: Option<Value>,
}

/// A wish about appointments that a colleague was told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct PassedOn {
    /// The task's id.
    pub(super) task: Value,
    /// The ids of the appointments.
    pub(super) appointments: Vec<Value>,
    /// The number of the customer's message by which they were told.
    #[serde(default)]
    pub(super) turn: u32,
}
