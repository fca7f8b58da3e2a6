//! What a walk follows: a graph, and the tools that there are.

use std::{borrow::Cow, collections::BTreeSet};

use serde_json::Value;

use super::{
    error::StepError,
    toolbox::{self, ToolSpec, Toolbox},
};
use crate::{
    graph::{Graph, Node, NodeId},
    resource::Behavior,
};

/// A value of the customer is no longer than this, as JSON.
pub(super) const VALUE_LENGTH_MAX: usize = 10_000;

/// What a walk follows, and with which tools.
#[derive(Clone, Copy, Debug)]
pub struct RunContext<'a> {
    pub graph: &'a Graph,
    pub tools: &'a Toolbox,
}

impl<'a> RunContext<'a> {
    /// The node with this id. Ids of a walk are checked when its state is read.
    pub(super) fn node(&self, id: &NodeId) -> &'a Node {
        self.graph.node(id).unwrap_or_else(|| self.graph.start())
    }

    /// What is known of the node's tool. Of a tool that is not ours it is what the node's slots say.
    pub(super) fn spec(&self, node: &Node) -> Option<Cow<'a, ToolSpec>> {
        match &node.behavior {
            Behavior::Tool(tool) => self.tools.tools.get(*tool).map(Cow::Borrowed),
            Behavior::Foreign(_) => Some(Cow::Owned(ToolSpec::of_slots(&node.slots))),
            _ => None,
        }
    }

    /// The tool of this graph that alone may say what this argument is.
    pub(super) fn sole_provider(&self, argument: &str) -> Option<&'static str> {
        let in_graph = |tool: &str| {
            self.graph.nodes().iter().any(|node| matches!(node.behavior, Behavior::Tool(name) if name == tool))
        };
        toolbox::sole_providers(argument).find(|tool| in_graph(tool))
    }

    pub(super) fn may_be_said(&self, name: &str, value: &Value) -> Result<(), StepError> {
        if let Some(tool) = self.sole_provider(name) {
            return Err(StepError::OnlyTool { argument: name.to_owned(), tool: tool.to_owned() });
        }
        let mut expected: Vec<String> = self.arguments().into_iter().collect();
        if !expected.iter().any(|argument| argument == name) {
            expected.retain(|argument| self.sole_provider(argument).is_none());
            return Err(StepError::UnknownSlot { given: name.to_owned(), expected });
        }
        if value.to_string().len() > VALUE_LENGTH_MAX {
            return Err(StepError::TooLong { argument: name.to_owned() });
        }
        Ok(())
    }

    /// Every argument of every tool of the graph.
    fn arguments(&self) -> BTreeSet<String> {
        let specs = self.graph.nodes().iter().filter_map(|node| self.spec(node));
        specs.flat_map(|spec| spec.names().map(str::to_owned).collect::<Vec<_>>()).collect()
    }
}
