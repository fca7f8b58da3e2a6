//! The context of a run: a graph and the tools that it can call.

use std::{borrow::Cow, collections::BTreeSet};

use serde_json::Value;

use super::{
    argument_names,
    error::StepError,
    limits::VALUE_LENGTH_MAX,
    toolbox::{self, LIVE_TOOL, REACH, TASK_TOOL, ToolSpec, Toolbox},
};
use crate::{
    graph::{Graph, Node, NodeId},
    resource::{Behavior, HTTP_TOOL},
    rules::IDENTIFY_TOOL,
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

    /// Returns the name of the node's tool if it is one of this server's. A hand-off has none of its own: the tool that it
    /// calls follows from what is known.
    pub(super) fn own_tool<'n>(&self, node: &'n Node) -> Option<&'n str> {
        match &node.behavior {
            Behavior::Tool(tool) => Some(tool),
            Behavior::AddedTool(tool) => self.tools.tools.contains_key(tool).then_some(tool),
            Behavior::Foreign(tool) => self.is_lookup(node, tool).then_some(tool),
            _ => None,
        }
    }

    /// Returns `true` for a node `custom/http-tool` whose name is that of a look-up of this server. Tools of other servers
    /// can have any name, also one of ours.
    fn is_lookup(&self, node: &Node, tool: &str) -> bool {
        node.resource.id.ends_with(HTTP_TOOL) && self.tools.lookups.contains(tool)
    }

    /// Lists the open tools that bring a conversation to a person, the one that does so at once first.
    pub(super) fn person_tools(&self) -> impl Iterator<Item = &'static str> {
        [LIVE_TOOL, TASK_TOOL].into_iter().filter(|tool| self.tools.is_open(tool))
    }

    /// Returns `true` if whoever talks is no customer but somebody who looks customers up: each topic is about another person.
    pub(super) fn is_of_others(&self) -> bool {
        self.has_tool(toolbox::SEARCH_TOOL) && !self.has_tool(IDENTIFY_TOOL)
    }

    /// Returns `true` if the server has a tool that hands a conversation to a person.
    pub(super) fn hands_off(&self) -> bool {
        self.person_tools().next().is_some()
    }

    /// Returns `true` if the node brings the conversation to a person by a tool of this server.
    pub(super) fn is_hand_off(&self, node: &Node) -> bool {
        match &node.behavior {
            Behavior::HandOff => self.hands_off(),
            _ => self.own_tool(node).is_some_and(|tool| [LIVE_TOOL, TASK_TOOL].contains(&tool)),
        }
    }

    /// Describes a tool of this server.
    pub(super) fn spec_of(&self, tool: &str) -> Option<Cow<'a, ToolSpec>> {
        self.tools.tools.get(tool).map(Cow::Borrowed)
    }

    /// Describes the node's tool, except a hand-off's. A tool of another server is described by the node's slots.
    pub(super) fn spec(&self, node: &Node) -> Option<Cow<'a, ToolSpec>> {
        match &node.behavior {
            Behavior::Tool(tool) => self.spec_of(tool),
            Behavior::AddedTool(tool) => self.spec_of(tool),
            Behavior::Foreign(tool) if self.is_lookup(node, tool) => self.spec_of(tool),
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

    /// The tools of the graph, and those that ask a person: their way is open in every graph.
    fn specs(&self) -> impl Iterator<Item = Cow<'a, ToolSpec>> {
        let person = self.person_tools().filter_map(|tool| self.spec_of(tool));
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
        all.extend(self.hands_off().then(|| REACH.to_owned()));
        all.extend(self.has_tool(IDENTIFY_TOOL).then(|| toolbox::CORRECTION.to_owned()));
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
        found.or_else(other).or_else(|| argument_names::meant(name, &all)).unwrap_or_else(|| name.to_owned())
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
        let hands_off = self.graph.nodes().iter().any(|node| node.behavior == Behavior::HandOff);
        let person = self.person_tools().filter(|_| hands_off).filter_map(|tool| self.spec_of(tool));
        let mut specs = self.graph.nodes().iter().filter_map(|node| self.spec(node)).chain(person);
        specs.any(|spec| DAY_ARGUMENTS.iter().any(|name| spec.has(name)))
    }

    /// Returns `true` if a node of the graph calls this tool.
    pub(super) fn has_tool(&self, tool: &str) -> bool {
        self.graph.nodes().iter().any(|node| self.own_tool(node) == Some(tool))
    }
}
