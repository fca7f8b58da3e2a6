//! Moving through the graph: entering a node, going on from it, leaving a matter and coming back.

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

/// So many nodes are passed without a word in one step: more is a circle.
const MOVES_MAX: usize = 64;
/// So many nested graphs can be open.
const NESTED_MAX: usize = 16;

/// A walk being moved.
pub(super) struct Navigator<'a> {
    pub(super) context: &'a RunContext<'a>,
    pub(super) state: State,
    /// What is to be said before the last ask.
    pub(super) preceding: Vec<Action>,
}

/// How a node that was entered leaves the walk.
enum Entered {
    /// It waits for somebody.
    Waits,
    /// It is passed without a word.
    Visit,
}

/// Where a conversation goes on when the node at hand is done.
enum Next {
    Choice,
    To(NodeId),
    OutOfNested(NodeId),
    End,
}

impl<'a> Navigator<'a> {
    fn graph(&self) -> &'a Graph {
        self.context.graph
    }

    pub(super) fn node(&self) -> &'a Node {
        self.context.node(&self.state.at)
    }

    /// Enters the node and goes on until somebody is waited for.
    pub(super) fn go_to(&mut self, id: &NodeId) {
        if let Entered::Visit = self.enter(id) {
            self.advance();
        }
    }

    /// Goes on from the node at hand, which is done.
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
        self.state.phase = Phase::DeadEnd { why: DeadEnd::Circle };
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

    /// One of the ways without an intent, by weight.
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

    /// Takes a way without an intent from a node that also has ways with one.
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
            Behavior::Tool(_) | Behavior::Foreign(_) => {
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
        Entered::Visit
    }

    /// The inner start is entered like any node; the nested-graph node is done when the inner graph ends.
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

    /// A tool that would run without what an earlier tool of this graph must find first. Nobody may say it instead.
    fn missing_tool_output(&self, node: &Node) -> Option<DeadEnd> {
        let open = next_action::missing(&self.state, self.context, node);
        let given = |argument: String| self.context.sole_provider(&argument).map(|tool| (argument, tool.to_owned()));
        let (argument, tool) = open.into_iter().find_map(|missing| given(missing.name))?;
        Some(if toolbox::identifies(&argument) { DeadEnd::NotIdentified } else { DeadEnd::Needs { argument, tool } })
    }

    /// All that the node's tool would find is known.
    fn outputs_are_known(&self, node: &Node) -> bool {
        let Behavior::Tool(tool) = &node.behavior else { return false };
        let mut needed = toolbox::outputs_of(tool).filter(|handed| handed.trust == Trust::ToolRequired).peekable();
        needed.peek().is_some() && needed.all(|handed| self.state.known.contains_key(handed.argument))
    }

    /// The matter at hand is over: the result of its last tool is told, and the one before is taken up again.
    fn end(&mut self) {
        let told = self.state.phase == Phase::Fill;
        self.state.phase = if told { Phase::Finish } else { Phase::Choose };
        self.state.forget_topic();
        self.resume_suspended();
    }

    /// What was asked on the side is said at once together with the way back to the matter that waits for it, and so is
    /// that it cannot be.
    pub(super) fn settle(&mut self) {
        let spoken = matches!(self.node().behavior, Behavior::Say | Behavior::Answer | Behavior::Unknown);
        let over = match self.state.phase {
            Phase::Speak => spoken && !self.is_unfinished(),
            Phase::DeadEnd { ref why } => {
                matches!(why, DeadEnd::NotIdentified | DeadEnd::Needs { .. } | DeadEnd::Circle)
            }
            _ => false,
        };
        if over {
            self.resume_suspended();
        }
    }

    /// Takes up the matter that waits, after what is to be said now.
    fn resume_suspended(&mut self) {
        let Some(frame) = self.state.stack.pop() else { return };
        if self.state.phase != Phase::Choose {
            self.preceding.push(next_action::current(&self.state, self.context));
        }
        self.state.resume(frame);
    }

    /// Begins the matter behind an intent that may be asked for at any time, or takes it up again where it waits.
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

    /// What was said of the matter before. What the customer has said since it ended may belong to the next one.
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

    /// There is more to do in the matter at hand.
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

/// What becomes of the matter at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CurrentTopic {
    Suspend,
    Drop,
}
