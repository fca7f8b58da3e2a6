//! Following a graph: a pure function from where a walk stands and what has happened to where it stands then and what
//! to do next.
//!
//! The server owns the walk and the model only answers, so any client follows the script. A step reads no clock, calls
//! nothing and takes its chance from a seed: the same events give the same walk.
//!
//! Where the original engines differ from each other or from what scripts mean, this is what holds:
//! - Limits count: a node is entered no more often than its `limit` says.
//! - An edge without an intent is never a global intent. An intent with `pred` may be asked for at any time once the
//!   node it leaves has been passed; before that it would begin in the middle of a matter.
//! - Asked for something else half-way, the walk asks whether to come back, and comes back.
//! - A failed tool does not complete its node. What only a tool can know, such as a contact's id, is taken from nobody
//!   else, so a customer who is not found reaches no ticket.
//! - Everything ends: nodes passed in one step, failures of one tool, matters that wait, steps of one walk.

pub mod ask;
mod asks;
mod chance;
pub mod event;
mod intents;
mod reaction;
pub mod state;
pub mod toolbox;
mod travel;

use serde_json::Value;

use self::{
    ask::Ask,
    event::{Event, Failure, Switch},
    reaction::Reaction,
    state::{Known, Lost, Phase, Source, State},
    toolbox::{ToolSpec, Toolbox, Trust},
    travel::{Keep, Walker},
};
use super::{
    graph::{Edge, Graph, Intent, Node, NodeId},
    problem::quote,
    resource::Action,
};

/// So many steps one walk takes: forty times the longest known conversation.
const STEPS_MAX: u32 = 1_000;
/// A value of the customer is no longer than this, as JSON.
const VALUE_LENGTH_MAX: usize = 10_000;

/// What a walk follows, and with which tools.
#[derive(Clone, Copy, Debug)]
pub struct Script<'a> {
    pub graph: &'a Graph,
    pub tools: &'a Toolbox,
}

/// A step that was not taken; the walk stands where it stood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("{} is not one of the intents that can be chosen here: expected {}", quote(.given), list(.offered))]
    UnknownIntent { given: String, offered: Vec<String> },
    #[error("no tool of this taskgraph has an argument {}: expected {}", quote(.given), list(.expected))]
    UnknownSlot { given: String, expected: Vec<String> },
    #[error("`{argument}` comes from `{tool}` alone: call it and send its answer as `tool_result`")]
    OnlyTool { argument: String, tool: String },
    #[error("the value of `{argument}` must not exceed {VALUE_LENGTH_MAX} bytes")]
    TooLong { argument: String },
    #[error("no tool was asked for here, so there is no `tool_result` to send")]
    NoToolAsked,
    #[error("nothing can be skipped here")]
    NothingToSkip,
    #[error("nothing is to be switched here: send `switch` when it is asked for, or together with an `intent`")]
    NothingToSwitch,
    #[error("this session has reached its {STEPS_MAX} steps: start another")]
    TooManySteps,
    #[error("the taskgraph has changed since this session began: start another")]
    GraphChanged,
    #[error("this session was kept by another version of the server (`{version}`): start another")]
    OtherVersion { version: u32 },
}

fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quote(name)).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Begins a walk: the greeting, or whatever the start asks for.
pub fn start(script: &Script<'_>, seed: u64) -> (State, Vec<Ask>) {
    let state = State::new(script.graph, seed);
    let mut walker = Walker { script, state, before: vec![] };
    walker.go_to(&script.graph.start().id);
    walker.finish()
}

/// Takes one step. The last ask is what to do next; those before it are to be said on the way.
pub fn step(state: &State, event: &Event, script: &Script<'_>) -> Result<(State, Vec<Ask>), Refused> {
    state.check(script.graph)?;
    if state.steps >= STEPS_MAX {
        return Err(Refused::TooManySteps);
    }
    let mut walker = Walker { script, state: state.clone(), before: vec![] };
    walker.state.steps += 1;
    walker.learn(event)?;
    let spoken = event.user_text.as_ref().is_some_and(|text| !text.trim().is_empty());
    walker.state.turn += u32::from(spoken);
    if let Some(result) = &event.tool_result {
        walker.take_result(result)?;
    }
    if event.skip {
        walker.skip()?;
    }
    match (&event.intent, event.switch) {
        (Some(intent), switch) => walker.take_intent(intent, switch)?,
        (None, Some(switch)) => walker.take_switch(switch)?,
        (None, None) if spoken => walker.listen(),
        (None, None) => {}
    }
    walker.settle();
    Ok(walker.finish())
}

/// What is asked where the walk stands, without moving it.
pub fn asked(state: &State, script: &Script<'_>) -> Result<Ask, Refused> {
    state.check(script.graph)?;
    Ok(asks::of(state, script))
}

/// The intents that can be sent at this point, also while something else is asked.
pub fn offered(state: &State, script: &Script<'_>) -> Vec<String> {
    let state = match &state.phase {
        Phase::Switch { was, .. } => &State { phase: *was.clone(), ..state.clone() },
        _ => state,
    };
    intents::offers(state, script.graph).into_iter().map(|offer| offer.name).collect()
}

impl Walker<'_> {
    fn finish(mut self) -> (State, Vec<Ask>) {
        let last = asks::of(&self.state, self.script);
        self.before.push(last);
        (self.state, self.before)
    }

    /// Takes in what the customer has said.
    fn learn(&mut self, event: &Event) -> Result<(), Refused> {
        for (name, value) in &event.slots {
            self.script.may_be_said(name, value)?;
            if value.is_null() {
                self.state.known.remove(name);
            } else {
                let source = Source::Said(self.state.steps);
                self.state.known.insert(name.clone(), Known { value: value.clone(), source });
            }
        }
        let more_for_the_tool = !event.slots.is_empty() && self.state.phase == Phase::Lost { why: Lost::Failed };
        if more_for_the_tool {
            self.state.phase = Phase::Fill;
        }
        Ok(())
    }

    /// The tool has answered: its node is done, or what failed is asked for again.
    fn take_result(&mut self, result: &Value) -> Result<(), Refused> {
        if self.state.phase != Phase::Fill {
            return Err(Refused::NoToolAsked);
        }
        let tool = match &self.node().action {
            Action::Tool(tool) => *tool,
            _ => "",
        };
        match Failure::read(result).or_else(|| incomplete(tool, result)) {
            Some(failure) => self.fail(tool, failure),
            None => self.succeed(tool, result),
        }
        Ok(())
    }

    fn succeed(&mut self, tool: &str, result: &Value) {
        if tool == super::words::IDENTIFIER {
            self.state.forget_found();
        }
        for handed in toolbox::handed_by(tool) {
            if let Some(value) = result.get(handed.field).filter(|value| is_something(value)) {
                self.state
                    .known
                    .insert(handed.argument.to_owned(), Known { value: value.clone(), source: Source::Tool });
            }
        }
        (self.state.tries, self.state.failed) = (0, None);
        self.state.done.insert(self.state.at.clone());
        self.advance();
    }

    fn fail(&mut self, tool: &str, failure: Failure) {
        if tool == super::words::IDENTIFIER {
            self.state.forget_found(); // Whoever this is, it is not the customer of before.
        }
        self.state.tries += 1;
        let repeatable = self.script.tools.tools.get(tool).is_none_or(|spec| spec.repeatable);
        match reaction::to(&failure, self.state.tries, repeatable) {
            Reaction::AskAgain(arguments) => self.state.known.retain(|name, _| !arguments.contains(&name.as_str())),
            Reaction::AskAll => self.forget_said_for(tool),
            Reaction::TryAgain => {}
            Reaction::GiveUp => self.state.phase = Phase::Lost { why: Lost::Failed },
        }
        self.state.failed = Some(failure);
    }

    fn forget_said_for(&mut self, tool: &str) {
        let spec = self.script.tools.tools.get(tool);
        let said = |name: &str, known: &Known| known.source != Source::Tool && spec.is_some_and(|spec| spec.has(name));
        self.state.known.retain(|name, known| !said(name, known));
    }

    fn skip(&mut self) -> Result<(), Refused> {
        if !self.node().can_skip || !matches!(self.state.phase, Phase::Fill | Phase::Speak) {
            return Err(Refused::NothingToSkip);
        }
        if let Some(last) = self.state.path.last_mut() {
            last.skipped = true;
        }
        self.state.done.insert(self.state.at.clone());
        self.state.phase = Phase::Choose;
        self.advance();
        Ok(())
    }

    /// The customer has spoken and the model has not said what they want.
    fn listen(&mut self) {
        match self.state.phase {
            Phase::Speak => self.advance(),
            Phase::Finish | Phase::Lost { .. } => self.state.phase = Phase::Choose,
            Phase::Fill | Phase::Choose | Phase::Switch { .. } => {}
        }
    }

    fn take_intent(&mut self, name: &str, switch: Option<Switch>) -> Result<(), Refused> {
        if let Phase::Switch { was, .. } = self.state.phase.clone() {
            self.state.phase = *was;
        }
        if Intent::read(name).is_none() || Intent::key_of(name) == "others" {
            self.take_no_intent();
            return Ok(());
        }
        let offers = self.offers();
        match intents::find(&offers, name) {
            Some(edge) => self.choose(edge, switch),
            None if self.is_exhausted(name) => self.state.phase = Phase::Lost { why: Lost::Limit },
            None if self.is_at_hand(name) => {}
            None => {
                let offered = offers.into_iter().map(|offer| offer.name).collect();
                return Err(Refused::UnknownIntent { given: name.to_owned(), offered });
            }
        }
        Ok(())
    }

    /// The matter at hand is asked for again while it is under way.
    fn is_at_hand(&self, name: &str) -> bool {
        self.is_unfinished() && self.state.intent.as_deref() == Some(&Intent::key_of(name))
    }

    /// The intent exists, but where it leads to has been entered as often as it may.
    fn is_exhausted(&self, name: &str) -> bool {
        let key = Intent::key_of(name);
        let mut edges =
            self.script.graph.global_edges().filter(|edge| edge.intent.as_ref().is_some_and(|i| i.key == key));
        !self.is_at_hand(name) && edges.any(|edge| self.state.done.contains(&edge.from))
    }

    fn take_no_intent(&mut self) {
        let goes_on = match self.state.phase {
            Phase::Fill => true,
            Phase::Choose | Phase::Speak => self.advance_wordless(),
            _ => false,
        };
        if !goes_on {
            self.state.phase = Phase::Lost { why: Lost::NoIntent };
        }
    }

    fn choose(&mut self, edge: &Edge, switch: Option<Switch>) {
        let graph = self.script.graph;
        let local = intents::local(&self.state, graph).iter().any(|other| std::ptr::eq(*other, edge));
        let same = edge.intent.as_ref().map(|intent| &intent.key) == self.state.intent.as_ref();
        match switch {
            _ if !intents::may_enter(&self.state, graph, edge) => self.state.phase = Phase::Speak, // More of the same.
            _ if local => self.begin_here(edge),
            Some(Switch::Stay) => {}
            _ if self.is_unfinished() && same => {}
            None if self.is_unfinished() => self.ask_to_switch(edge),
            Some(Switch::ComeBack) if self.is_unfinished() => self.jump(edge, Keep::ForLater),
            _ => self.jump(edge, Keep::Drop),
        }
    }

    /// At the start every intent begins a matter; elsewhere a local one goes on with it.
    fn begin_here(&mut self, edge: &Edge) {
        if edge.from == self.script.graph.start().id {
            self.forget_what_is_over();
        }
        self.take(edge);
    }

    fn ask_to_switch(&mut self, edge: &Edge) {
        let was = Box::new(self.state.phase.clone());
        let to = edge.intent.as_ref().map(|intent| intent.key.clone()).unwrap_or_default();
        self.state.phase = Phase::Switch { to, was };
    }

    fn take_switch(&mut self, switch: Switch) -> Result<(), Refused> {
        let Phase::Switch { to, was } = self.state.phase.clone() else { return Err(Refused::NothingToSwitch) };
        self.state.phase = *was;
        let keep = match switch {
            Switch::Stay => return Ok(()),
            Switch::ComeBack => Keep::ForLater,
            Switch::Leave => Keep::Drop,
        };
        let offers = self.offers();
        let edge = offers.iter().map(|offer| offer.edge).find(|edge| edge.intent.as_ref().is_some_and(|i| i.key == to));
        match edge {
            Some(edge) => self.jump(edge, keep),
            None => self.state.phase = Phase::Lost { why: Lost::Limit },
        }
        Ok(())
    }
}

/// A result without what the tool must hand on is no success, whatever the model calls it.
fn incomplete(tool: &str, result: &Value) -> Option<Failure> {
    let mut must = toolbox::handed_by(tool).filter(|handed| handed.trust == Trust::ToolMust);
    let lacking = must.find(|handed| !result.get(handed.field).is_some_and(is_something))?;
    let message = format!("the result has no `{}`: send what `{tool}` answered, unchanged", lacking.field);
    Some(Failure::of("UNREADABLE_RESULT_ERROR", &message))
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Number(_) => true,
        _ => false,
    }
}

impl<'a> Script<'a> {
    /// The node with this id. Ids of a walk are checked when its state is read.
    pub(super) fn node(&self, id: &NodeId) -> &'a Node {
        self.graph.node(id).unwrap_or_else(|| self.graph.start())
    }

    /// What is known of the node's tool, if it is one of ours.
    fn spec(&self, node: &Node) -> Option<&'a ToolSpec> {
        match &node.action {
            Action::Tool(tool) => self.tools.tools.get(*tool),
            _ => None,
        }
    }

    /// Some tool of this graph finds this argument, and only tools may say it.
    fn only_tool_gives(&self, argument: &str) -> bool {
        self.giver(argument).is_some()
    }

    fn giver(&self, argument: &str) -> Option<&'static str> {
        let in_graph = |tool: &str| {
            self.graph.nodes().iter().any(|node| matches!(node.action, Action::Tool(name) if name == tool))
        };
        toolbox::givers(argument).find(|tool| in_graph(tool))
    }

    fn may_be_said(&self, name: &str, value: &Value) -> Result<(), Refused> {
        if let Some(tool) = self.giver(name) {
            return Err(Refused::OnlyTool { argument: name.to_owned(), tool: tool.to_owned() });
        }
        let mut expected: Vec<String> = self.arguments().into_iter().collect();
        if !expected.iter().any(|argument| argument == name) {
            expected.retain(|argument| !self.only_tool_gives(argument));
            return Err(Refused::UnknownSlot { given: name.to_owned(), expected });
        }
        if value.to_string().len() > VALUE_LENGTH_MAX {
            return Err(Refused::TooLong { argument: name.to_owned() });
        }
        Ok(())
    }

    /// Every argument of every tool of the graph.
    fn arguments(&self) -> std::collections::BTreeSet<String> {
        let specs = self.graph.nodes().iter().filter_map(|node| self.spec(node));
        specs.filter_map(ToolSpec::properties).flat_map(|properties| properties.keys().cloned()).collect()
    }
}

#[cfg(test)]
mod tests;
