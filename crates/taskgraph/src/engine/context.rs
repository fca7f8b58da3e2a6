//! The context of a run: a graph and the tools that it can call.

use std::{borrow::Cow, collections::BTreeSet};

use serde_json::Value;

use super::{
    error::StepError,
    limits::VALUE_LENGTH_MAX,
    toolbox::{self, HAND_OFF_TOOL, ToolSpec, Toolbox},
};
use crate::{
    graph::{Graph, Node, NodeId},
    resource::Behavior,
};

/// The arguments that are days.
pub const DAY_ARGUMENTS: &[&str] = &["meeting_date", "due"];

/// The graph that a run follows and the tools of this server.
#[derive(Clone, Copy, Debug)]
pub struct RunContext<'a> {
    /// The graph.
    pub graph: &'a Graph,
    /// The tools of this server.
    pub tools: &'a Toolbox,
}

impl<'a> RunContext<'a> {
    /// Returns the node with this id. The ids in a state are checked when it is read, so the node exists.
    pub(super) fn node(&self, id: &NodeId) -> &'a Node {
        self.graph.node(id).unwrap_or_else(|| self.graph.start())
    }

    /// Returns the name of the node's tool if it is one of this server's.
    pub(super) fn own_tool<'n>(&self, node: &'n Node) -> Option<&'n str> {
        match &node.behavior {
            Behavior::Tool(tool) => Some(tool),
            Behavior::AddedTool(tool) => self.tools.tools.contains_key(tool).then_some(tool),
            Behavior::HandOff => self.hands_off().then_some(HAND_OFF_TOOL),
            _ => None,
        }
    }

    /// Returns `true` if the server has the tool that hands a conversation to a person.
    pub(super) fn hands_off(&self) -> bool {
        self.tools.is_open(HAND_OFF_TOOL)
    }

    /// Describes the node's tool. A tool of another server is described by the node's slots.
    pub(super) fn spec(&self, node: &Node) -> Option<Cow<'a, ToolSpec>> {
        match &node.behavior {
            Behavior::Tool(tool) => self.tools.tools.get(*tool).map(Cow::Borrowed),
            Behavior::AddedTool(tool) => self.tools.tools.get(tool).map(Cow::Borrowed),
            Behavior::HandOff => self.tools.tools.get(HAND_OFF_TOOL).map(Cow::Borrowed),
            Behavior::Foreign(_) => Some(Cow::Owned(ToolSpec::of_slots(&node.slots))),
            _ => None,
        }
    }

    /// Returns the tool of this graph whose result is the only accepted source of this argument.
    pub(super) fn sole_provider(&self, argument: &str) -> Option<&'static str> {
        let in_graph = |tool: &str| {
            self.graph.nodes().iter().any(|node| matches!(node.behavior, Behavior::Tool(name) if name == tool))
        };
        toolbox::sole_providers(argument).find(|tool| in_graph(tool))
    }

    /// Checks that the customer may state a value for this argument.
    pub(super) fn check_slot(&self, name: &str, value: &Value) -> Result<(), StepError> {
        if let Some(tool) = self.sole_provider(name) {
            let (argument, tool) = (name.to_owned(), tool.to_owned());
            return Err(StepError::OnlyTool { argument, tool, by: self.found_by(name) });
        }
        let mut expected: Vec<String> = self.arguments().into_iter().collect();
        if !expected.iter().any(|argument| argument == name) {
            expected.retain(|argument| {
                self.sole_provider(argument).is_none()
                    && !toolbox::TECHNICAL_ARGUMENTS.contains(&argument.as_str())
                    && !toolbox::MORE_PARTS.contains(&argument.as_str())
            });
            return Err(StepError::UnknownSlot { given: name.to_owned(), expected });
        }
        if !self.is_taken(name, value) {
            return Err(StepError::OtherType { argument: name.to_owned() });
        }
        if value.to_string().len() > VALUE_LENGTH_MAX {
            return Err(StepError::TooLong { argument: name.to_owned() });
        }
        Ok(())
    }

    /// The tools of the graph, and the one that asks a person: its way is open in every graph.
    fn specs(&self) -> impl Iterator<Item = Cow<'a, ToolSpec>> {
        let person = self.tools.tools.get(HAND_OFF_TOOL).filter(|_| self.hands_off()).map(Cow::Borrowed);
        self.graph.nodes().iter().filter_map(|node| self.spec(node)).chain(person)
    }

    /// The arguments of all tools of the graph.
    fn arguments(&self) -> BTreeSet<String> {
        let specs = self.specs();
        let mut all: BTreeSet<String> =
            specs.flat_map(|spec| spec.names().map(str::to_owned).collect::<Vec<_>>()).collect();
        let composed = toolbox::COMPOSED_ARGUMENTS.iter().filter(|(tool, ..)| self.has_tool(tool));
        all.extend(composed.flat_map(|(.., parts)| parts.iter().map(|part| (*part).to_owned())));
        let takes_names = [toolbox::SEARCH_TOOL, toolbox::ADD_TOOL].into_iter().any(|tool| self.has_tool(tool));
        all.extend(takes_names.then(|| toolbox::NAME.to_owned()));
        all
    }

    /// Returns the argument that the customer means by this name: case and the marks between its words do not count, and a
    /// field of an answer means the argument that it fills.
    pub(super) fn argument(&self, name: &str) -> String {
        let wanted = toolbox::plain_name(name);
        let all = self.arguments();
        let found = all.iter().find(|argument| toolbox::plain_name(argument) == wanted).cloned();
        let chosen = |argument: &&&str| {
            all.contains(**argument) || (**argument == toolbox::APPOINTMENT && self.has_tool(toolbox::MEETINGS_TOOL))
        };
        let other = || toolbox::other_names(name).iter().find(chosen).map(|argument| (*argument).to_owned());
        found.or_else(other).unwrap_or_else(|| name.to_owned())
    }

    /// Returns `true` if a tool of the graph takes a value of this JSON type.
    fn is_taken(&self, argument: &str, value: &Value) -> bool {
        let mut specs = self.specs().filter(|spec| spec.has(argument));
        let first = specs.next();
        first.is_none_or(|first| first.takes(argument, value) || specs.any(|spec| spec.takes(argument, value)))
    }

    /// Lists the arguments from which the tools that alone provide this one find it.
    fn found_by(&self, argument: &str) -> Vec<String> {
        let tools = toolbox::sole_providers(argument).filter(|tool| self.has_tool(tool));
        let names = |tool: &'static str| {
            let one_of = toolbox::ONE_OF.iter().find(|(of, _)| *of == tool).map_or(&[][..], |(_, names)| names);
            let spec = self.tools.tools.get(tool);
            let required: Vec<String> =
                spec.map(|spec| spec.required().map(str::to_owned).collect()).unwrap_or_default();
            let one_of = one_of.iter().filter(|name| spec.is_some_and(|spec| spec.has(name)));
            required.into_iter().chain(one_of.map(|name| (*name).to_owned())).collect::<Vec<_>>()
        };
        let mut all: Vec<String> = tools.flat_map(names).collect();
        all.retain(|name| self.sole_provider(name).is_none() && name != "filters" && name != toolbox::PROPERTIES);
        all.sort();
        all.dedup();
        all
    }

    /// Returns `true` if a tool of the graph takes a day.
    pub fn asks_for_days(&self) -> bool {
        let mut specs = self.graph.nodes().iter().filter_map(|node| self.spec(node));
        specs.any(|spec| DAY_ARGUMENTS.iter().any(|name| spec.has(name)))
    }

    /// Returns `true` if a node of the graph calls this tool.
    pub(super) fn has_tool(&self, tool: &str) -> bool {
        self.graph.nodes().iter().any(|node| self.own_tool(node) == Some(tool))
    }
}
