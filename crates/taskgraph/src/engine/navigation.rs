//! Movement in the graph: entering and leaving nodes, suspending and resuming topics.

use super::{
    action::Action,
    context::RunContext,
    intents::{self, may_enter},
    next_action, rng,
    state::{Phase, State, Visit},
    toolbox::{self, Trust},
    topic::Topic,
};
use crate::{
    graph::{Edge, Graph, Node, NodeId},
    instructions::DeadEnd,
    resource::Behavior,
};

/// The most nodes that are passed silently in one step; more are an endless cycle.
const MOVES_MAX: usize = 64;
/// The most nested graphs that can be open.
const NESTED_MAX: usize = 16;

/// A step in progress: the state that it changes and the actions that it has collected.
pub(super) struct Navigator<'a> {
    pub(super) context: &'a RunContext<'a>,
    pub(super) state: State,
    /// The actions to take before the last one.
    pub(super) preceding: Vec<Action>,
}

/// The result of entering a node.
enum Entered {
    /// The run waits for the model, the customer or a tool.
    Waits,
    /// The node was passed silently.
    PassedThrough,
}

/// The continuation after a completed node.
enum Next {
    Choice,
    To(NodeId),
    OutOfNested(NodeId),
    End,
}

impl<'a> Navigator<'a> {
    pub(super) fn new(context: &'a RunContext<'a>, state: State) -> Navigator<'a> {
        Navigator { context, state, preceding: vec![] }
    }

    fn graph(&self) -> &'a Graph {
        self.context.graph
    }

    pub(super) fn node(&self) -> &'a Node {
        self.context.node(&self.state.at)
    }

    /// Enters the node and advances until the run waits.
    pub(super) fn go_to(&mut self, id: &NodeId) {
        if let Entered::PassedThrough = self.enter(id) {
            self.advance();
        }
    }

    /// Advances from the current node, which is completed.
    pub(super) fn advance(&mut self) {
        for _ in 0..MOVES_MAX {
            match self.next() {
                Next::Choice => return self.state.phase = Phase::Choose,
                Next::End => return self.end(),
                Next::OutOfNested(component) => {
                    self.state.nested.pop();
                    self.state.done.insert(component.clone());
                    self.state.at = component;
                }
                Next::To(next) => {
                    if let Entered::Waits = self.enter(&next) {
                        return;
                    }
                }
            }
        }
        self.state.phase = Phase::DeadEnd { why: DeadEnd::Cycle };
    }

    fn next(&mut self) -> Next {
        let graph = self.graph();
        let fits = |edge: &&Edge| may_enter(&self.state, graph, edge);
        let (choices, wordless): (Vec<&Edge>, Vec<&Edge>) =
            graph.edges_from(&self.state.at).filter(fits).partition(|edge| edge.intent.is_some());
        if !choices.is_empty() {
            return Next::Choice;
        }
        self.draw(&wordless).or_else(|| self.state.nested.last().cloned().map(Next::OutOfNested)).unwrap_or(Next::End)
    }

    /// Draws one of the edges without an intent by weight.
    fn draw(&mut self, wordless: &[&Edge]) -> Option<Next> {
        let weights: Vec<f64> = wordless.iter().map(|edge| edge.weight).collect();
        match wordless {
            [] => None,
            [only] => Some(Next::To(only.to.clone())),
            several => {
                let drawn = rng::choose(self.state.seed, self.state.draws, &weights);
                self.state.draws += 1;
                Some(Next::To(several[drawn].to.clone()))
            }
        }
    }

    /// Follows an edge without an intent from a node that also has edges with one.
    pub(super) fn advance_wordless(&mut self) -> bool {
        let graph = self.graph();
        let ways = graph.edges_from(&self.state.at).filter(|edge| edge.intent.is_none());
        let wordless: Vec<&Edge> = ways.filter(|edge| may_enter(&self.state, graph, edge)).collect();
        match self.draw(&wordless) {
            Some(Next::To(next)) => {
                self.go_to(&next);
                true
            }
            _ => false,
        }
    }

    fn enter(&mut self, id: &NodeId) -> Entered {
        let node = self.context.node(id);
        if let Some(why) = self.missing_tool_output(node) {
            return self.wait(Phase::DeadEnd { why });
        }
        *self.state.visits.entry(id.clone()).or_default() += 1;
        self.state.at = id.clone();
        (self.state.tries, self.state.failed) = (0, None);
        let skipped = node.can_skip && self.outputs_are_known(node);
        self.state.record_visit(Visit { node: id.clone(), skipped });
        match &node.behavior {
            _ if skipped => self.pass(id),
            Behavior::Tool(_) | Behavior::AddedTool(_) | Behavior::Foreign(_) => {
                self.state.done.remove(id); // Done before is not done now.
                self.wait(Phase::Fill)
            }
            Behavior::Nested => self.enter_nested(node),
            _ if node.is_silent() => self.pass(id),
            _ => {
                self.state.done.insert(id.clone());
                self.wait(Phase::Speak)
            }
        }
    }

    fn wait(&mut self, phase: Phase) -> Entered {
        self.state.phase = phase;
        Entered::Waits
    }

    fn pass(&mut self, id: &NodeId) -> Entered {
        self.state.done.insert(id.clone());
        Entered::PassedThrough
    }

    /// Enters the first node of a nested graph. The node that contains the graph is completed when the graph ends.
    fn enter_nested(&mut self, node: &Node) -> Entered {
        let graph = self.graph();
        let inner =
            graph.nested_start(node).filter(|inner| inner.limit.is_none_or(|max| self.state.visited(&inner.id) < max));
        match inner {
            Some(inner) if self.state.nested.len() < NESTED_MAX => {
                self.state.nested.push(node.id.clone());
                self.enter(&inner.id)
            }
            _ => self.pass(&node.id),
        }
    }

    /// Returns the dead end for a tool that needs an argument which only another tool of this graph provides.
    fn missing_tool_output(&self, node: &Node) -> Option<DeadEnd> {
        let open = next_action::missing(&self.state, self.context, node);
        let given = |argument: String| self.context.sole_provider(&argument).map(|tool| (argument, tool.to_owned()));
        let (argument, tool) = open.into_iter().find_map(|missing| given(missing.name))?;
        Some(if toolbox::identifies(&argument) { DeadEnd::NotIdentified } else { DeadEnd::Needs { argument, tool } })
    }

    /// Returns `true` if everything which the node's tool would find is known.
    fn outputs_are_known(&self, node: &Node) -> bool {
        let Behavior::Tool(tool) = &node.behavior else { return false };
        let mut needed = toolbox::outputs_of(tool).filter(|binding| binding.trust == Trust::ToolRequired).peekable();
        needed.peek().is_some() && needed.all(|binding| self.state.known.contains_key(binding.argument))
    }

    /// Ends the current topic: the result of its last tool is reported, and the suspended topic is resumed.
    fn end(&mut self) {
        let tool_answered = self.state.phase == Phase::Fill;
        self.state.phase = if tool_answered { Phase::Finish } else { Phase::Choose };
        self.state.forget_topic();
        self.resume_suspended();
    }

    /// Resumes the suspended topic in the same step in which a digression ends: when it was only something to say, or
    /// when it is impossible.
    pub(super) fn resume_after_digression(&mut self) {
        let spoken = matches!(self.node().behavior, Behavior::Say | Behavior::Answer | Behavior::Unknown);
        let over = match self.state.phase {
            Phase::Speak => spoken && !self.is_unfinished(),
            Phase::DeadEnd { ref why } => {
                matches!(why, DeadEnd::NotIdentified | DeadEnd::Needs { .. } | DeadEnd::Cycle)
            }
            _ => false,
        };
        if over {
            self.resume_suspended();
        }
    }

    /// Resumes the newest suspended topic, after the current action.
    fn resume_suspended(&mut self) {
        let Some(frame) = self.state.stack.pop() else { return };
        if self.state.phase != Phase::Choose {
            self.preceding.push(next_action::current(&self.state, self.context));
        }
        self.state.resume(frame);
    }

    /// Begins the topic of a global intent, or resumes it if it is suspended.
    pub(super) fn switch_topic(&mut self, edge: &Edge, keep: CurrentTopic) {
        let waiting = self.state.take_suspended(edge);
        if keep == CurrentTopic::Suspend {
            self.state.suspend_topic();
        }
        if let Some(frame) = waiting {
            return self.state.resume(frame);
        }
        self.forget_topic_unless_ended();
        self.state.nested.clear();
        self.follow(edge);
    }

    /// Forgets the values of the current topic, unless it has ended: values stated since then may belong to the next
    /// topic.
    pub(super) fn forget_topic_unless_ended(&mut self) {
        let ended = matches!(self.state.phase, Phase::Choose | Phase::Finish | Phase::Close) && !self.is_unfinished();
        if !ended {
            self.state.forget_topic();
        }
    }

    /// Follows an edge with an intent.
    pub(super) fn follow(&mut self, edge: &Edge) {
        if edge.global || edge.from == self.graph().start().id {
            self.state.topic = Topic::of(edge);
        }
        self.go_to(&edge.to);
    }

    /// Returns `true` if the current topic is not finished.
    pub(super) fn is_unfinished(&self) -> bool {
        let onward = || {
            let mut ways = self.graph().edges_from(&self.state.at);
            ways.any(|edge| may_enter(&self.state, self.graph(), edge)) || !self.state.nested.is_empty()
        };
        match &self.state.phase {
            Phase::Fill => true,
            Phase::Speak | Phase::Choose => self.state.at != self.graph().start().id && onward(),
            Phase::Finish | Phase::Close | Phase::DeadEnd { .. } | Phase::Switch { .. } => false,
        }
    }

    pub(super) fn offers(&self) -> Vec<intents::Offer<'a>> {
        intents::offers(&self.state, self.graph())
    }
}

/// The treatment of the current topic when another begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CurrentTopic {
    Suspend,
    Drop,
}
