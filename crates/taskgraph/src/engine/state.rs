//! Where a walk stands: all of it, so that it survives a restart and any replica can go on with it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{error::StepError, event::Failure, toolbox::CUSTOMER_ARGUMENTS, topic::Topic};
use crate::{
    graph::{Edge, Graph, NodeId},
    instructions::DeadEnd,
};

/// So many matters can wait; the oldest is dropped.
const STACK_MAX: usize = 8;
/// What a customer is known by.
pub(super) const CONTACT: &str = "cus_cid";
/// Raised when an older program could misread the state. An older state is read as long as fields only join.
pub const STATE_VERSION: u32 = 1;
/// The newest nodes of the way are kept.
const PATH_LENGTH_MAX: usize = 200;

/// A conversation on its way through a graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub version: u32,
    /// The graph's name.
    pub graph: String,
    pub(super) seed: u64,
    pub(super) draws: u64,
    /// How often the customer has spoken.
    pub turn: u32,
    pub(super) steps: u32,
    pub(super) at: NodeId,
    pub(super) phase: Phase,
    /// The matter at hand.
    #[serde(rename = "matter")]
    pub(super) topic: Option<Topic>,
    /// Matters to come back to, the newest last.
    pub(super) stack: Vec<SuspendedTopic>,
    /// The nested-graph nodes that are being run, the innermost last.
    pub(super) nested: Vec<NodeId>,
    pub(super) visits: BTreeMap<NodeId, u32>,
    /// Nodes that have been completed: intents that leave them may be asked for at any time.
    pub(super) done: BTreeSet<NodeId>,
    pub(super) known: BTreeMap<String, KnownValue>,
    /// How often the tool at hand has failed, and how the last time.
    pub(super) tries: u32,
    pub(super) failed: Option<Failure>,
    pub(super) path: Vec<Visit>,
    /// The server is calling the tool at hand itself, and the call ends by then (Unix time). Kept before the call, so
    /// that one that was cut short is known.
    #[serde(default)]
    pub calling_until_ms: Option<i64>,
}

/// What the walk waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    /// A tool's arguments or its result.
    Fill,
    /// The customer, after something is said.
    Speak,
    /// The customer, after the result of a last step is told.
    Finish,
    /// The customer, who may have said goodbye.
    Close,
    /// An intent.
    Choose,
    /// Whether to leave the matter at hand for this one.
    Switch { to: Topic, was: Box<Phase> },
    /// The customer, after it is said that nothing fits.
    #[serde(rename = "lost")]
    DeadEnd { why: DeadEnd },
}

/// A matter that waits while another is dealt with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SuspendedTopic {
    pub(super) at: NodeId,
    pub(super) phase: Phase,
    #[serde(rename = "matter")]
    pub(super) topic: Option<Topic>,
    pub(super) nested: Vec<NodeId>,
    pub(super) known: BTreeMap<String, KnownValue>,
    pub(super) tries: u32,
    pub(super) failed: Option<Failure>,
}

/// An argument that is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct KnownValue {
    pub(super) value: Value,
    pub(super) source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Source {
    /// The customer said it, by way of the model, in this step.
    Said(u32),
    Tool,
}

/// A node on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Visit {
    pub(super) node: NodeId,
    pub(super) skipped: bool,
}

impl State {
    pub(super) fn new(graph: &Graph, seed: u64) -> State {
        State {
            version: STATE_VERSION,
            graph: graph.name().to_owned(),
            seed,
            draws: 0,
            turn: 0,
            steps: 0,
            at: graph.start().id.clone(),
            phase: Phase::Speak,
            topic: None,
            stack: vec![],
            nested: vec![],
            visits: BTreeMap::new(),
            done: BTreeSet::new(),
            known: BTreeMap::new(),
            tries: 0,
            failed: None,
            path: vec![],
            calling_until_ms: None,
        }
    }

    /// A state read from a store may be of a newer program or of a graph that has changed since.
    pub(super) fn check(&self, graph: &Graph) -> Result<(), StepError> {
        let stacked = self.stack.iter().flat_map(|frame| std::iter::once(&frame.at).chain(&frame.nested));
        let mut nodes = std::iter::once(&self.at).chain(&self.nested).chain(stacked);
        if self.version != STATE_VERSION {
            return Err(StepError::OtherVersion { version: self.version });
        }
        if self.graph != graph.name() || nodes.any(|id| graph.node(id).is_none()) {
            return Err(StepError::GraphChanged);
        }
        Ok(())
    }

    pub(super) fn visited(&self, id: &NodeId) -> u32 {
        self.visits.get(id).copied().unwrap_or(0)
    }

    /// The node the walk stands at.
    pub fn node(&self) -> &NodeId {
        &self.at
    }

    /// The node is done: nothing is open there.
    pub fn is_complete(&self) -> bool {
        self.done.contains(&self.at)
    }

    /// The nodes passed, newest last; skipped ones are not among them.
    pub fn path(&self) -> Vec<NodeId> {
        self.path.iter().filter(|passed| !passed.skipped).map(|passed| passed.node.clone()).collect()
    }

    pub(super) fn record_visit(&mut self, passed: Visit) {
        if self.path.len() >= PATH_LENGTH_MAX {
            self.path.remove(0);
        }
        self.path.push(passed);
    }

    /// Forgets what the customer has said of the matter at hand before this step. What they are known by is kept.
    pub(super) fn forget_topic(&mut self) {
        let now = self.steps;
        self.known.retain(|name, known| match known.source {
            Source::Said(step) => step == now || CUSTOMER_ARGUMENTS.contains(&name.as_str()),
            Source::Tool => true,
        });
    }

    /// Puts the matter at hand on the stack.
    pub(super) fn suspend_topic(&mut self) {
        if self.stack.len() >= STACK_MAX {
            self.stack.remove(0);
        }
        self.stack.push(SuspendedTopic {
            at: self.at.clone(),
            phase: self.phase.clone(),
            topic: self.topic.clone(),
            nested: self.nested.clone(),
            known: self.known.clone(),
            tries: self.tries,
            failed: self.failed.clone(),
        });
    }

    /// The matter at hand began by this edge.
    pub(super) fn is_about(&self, edge: &Edge) -> bool {
        self.topic.as_ref().is_some_and(|topic| topic.started_by(edge))
    }

    /// The matter that began by this edge waits to be taken up again.
    pub(super) fn is_suspended(&self, edge: &Edge) -> bool {
        self.stack.iter().any(|frame| frame.started_by(edge))
    }

    /// Takes the waiting matter that began by this edge from the stack, the newest if there are several.
    pub(super) fn take_suspended(&mut self, edge: &Edge) -> Option<SuspendedTopic> {
        let position = self.stack.iter().rposition(|frame| frame.started_by(edge))?;
        Some(self.stack.remove(position))
    }

    /// Takes up a matter again. What has been learnt meanwhile is added, unless it is of another customer.
    pub(super) fn resume(&mut self, frame: SuspendedTopic) {
        self.forget_topic();
        let learnt = std::mem::replace(&mut self.known, frame.known);
        let same = self.known.get(CONTACT).is_none_or(|known| learnt.get(CONTACT) == Some(known));
        if same {
            learnt.into_iter().for_each(|(name, known)| {
                self.known.entry(name).or_insert(known);
            });
        }
        self.at = frame.at;
        (self.phase, self.topic, self.nested) = (frame.phase, frame.topic, frame.nested);
        (self.tries, self.failed) = (frame.tries, frame.failed);
    }

    /// Forgets what tools found: another customer is being identified.
    pub(super) fn forget_tool_values(&mut self) {
        self.known.retain(|_, known| known.source != Source::Tool);
    }
}

impl SuspendedTopic {
    fn started_by(&self, edge: &Edge) -> bool {
        self.topic.as_ref().is_some_and(|topic| topic.started_by(edge))
    }
}
