//! Moving through the graph: entering a node, going on from it, leaving a matter and coming back.

use super::{
    ask::Ask,
    asks, chance,
    intents::{self, may_enter},
    matter::Matter,
    script::Script,
    state::{Passed, Phase, State},
    toolbox::{self, Trust},
};
use crate::{
    graph::{Edge, Graph, Node, NodeId},
    resource::Action,
    words::Lost,
};

/// So many nodes are passed without a word in one step: more is a circle.
const MOVES_MAX: usize = 64;
/// So many nested graphs can be open.
const NESTED_MAX: usize = 16;

/// A walk being moved.
pub(super) struct Walker<'a> {
    pub(super) script: &'a Script<'a>,
    pub(super) state: State,
    /// What is to be said before the last ask.
    pub(super) before: Vec<Ask>,
}

/// How a node that was entered leaves the walk.
enum Entered {
    /// It waits for somebody.
    Waits,
    /// It is passed without a word.
    Passed,
}

/// Where a conversation goes on when the node at hand is done.
enum Way {
    Choice,
    To(NodeId),
    OutOfNested(NodeId),
    End,
}

impl<'a> Walker<'a> {
    fn graph(&self) -> &'a Graph {
        self.script.graph
    }

    pub(super) fn node(&self) -> &'a Node {
        self.script.node(&self.state.at)
    }

    /// Enters the node and goes on until somebody is waited for.
    pub(super) fn go_to(&mut self, id: &NodeId) {
        if let Entered::Passed = self.enter(id) {
            self.advance();
        }
    }

    /// Goes on from the node at hand, which is done.
    pub(super) fn advance(&mut self) {
        for _ in 0..MOVES_MAX {
            match self.way() {
                Way::Choice => return self.state.phase = Phase::Choose,
                Way::End => return self.end(),
                Way::OutOfNested(component) => {
                    self.state.nested.pop();
                    self.state.done.insert(component.clone());
                    self.state.at = component;
                }
                Way::To(next) => {
                    if let Entered::Waits = self.enter(&next) {
                        return;
                    }
                }
            }
        }
        self.state.phase = Phase::Lost { why: Lost::Circle };
    }

    fn way(&mut self) -> Way {
        let graph = self.graph();
        let fits = |edge: &&Edge| may_enter(&self.state, graph, edge);
        let (choices, wordless): (Vec<&Edge>, Vec<&Edge>) =
            graph.edges_from(&self.state.at).filter(fits).partition(|edge| edge.intent.is_some());
        if !choices.is_empty() {
            return Way::Choice;
        }
        self.draw(&wordless).or_else(|| self.state.nested.last().cloned().map(Way::OutOfNested)).unwrap_or(Way::End)
    }

    /// One of the ways without an intent, by weight.
    fn draw(&mut self, wordless: &[&Edge]) -> Option<Way> {
        let weights: Vec<f64> = wordless.iter().map(|edge| edge.weight).collect();
        match wordless {
            [] => None,
            [only] => Some(Way::To(only.to.clone())),
            several => {
                let drawn = chance::choose(self.state.seed, self.state.draws, &weights);
                self.state.draws += 1;
                Some(Way::To(several[drawn].to.clone()))
            }
        }
    }

    /// Takes a way without an intent from a node that also has ways with one.
    pub(super) fn advance_wordless(&mut self) -> bool {
        let graph = self.graph();
        let ways = graph.edges_from(&self.state.at).filter(|edge| edge.intent.is_none());
        let wordless: Vec<&Edge> = ways.filter(|edge| may_enter(&self.state, graph, edge)).collect();
        match self.draw(&wordless) {
            Some(Way::To(next)) => {
                self.go_to(&next);
                true
            }
            _ => false,
        }
    }

    fn enter(&mut self, id: &NodeId) -> Entered {
        let node = self.script.node(id);
        if let Some(why) = self.lacks_what_only_tools_give(node) {
            return self.wait(Phase::Lost { why });
        }
        *self.state.visits.entry(id.clone()).or_default() += 1;
        self.state.at = id.clone();
        (self.state.tries, self.state.failed) = (0, None);
        let skipped = node.can_skip && self.is_known_already(node);
        self.state.remember(Passed { node: id.clone(), skipped });
        match &node.action {
            _ if skipped => self.pass(id),
            Action::Tool(_) | Action::Foreign(_) => {
                self.state.done.remove(id); // Done before is not done now.
                self.wait(Phase::Fill)
            }
            Action::Nested => self.enter_nested(node),
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
        Entered::Passed
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
    fn lacks_what_only_tools_give(&self, node: &Node) -> Option<Lost> {
        let open = asks::missing(&self.state, self.script, node);
        let given = |argument: String| self.script.giver(&argument).map(|tool| (argument, tool.to_owned()));
        let (argument, tool) = open.into_iter().find_map(|missing| given(missing.name))?;
        Some(if toolbox::identifies(&argument) { Lost::NotIdentified } else { Lost::Needs { argument, tool } })
    }

    /// All that the node's tool would find is known.
    fn is_known_already(&self, node: &Node) -> bool {
        let Action::Tool(tool) = &node.action else { return false };
        let mut needed = toolbox::handed_by(tool).filter(|handed| handed.trust == Trust::ToolMust).peekable();
        needed.peek().is_some() && needed.all(|handed| self.state.known.contains_key(handed.argument))
    }

    /// The matter at hand is over: the result of its last tool is told, and the one before is taken up again.
    fn end(&mut self) {
        let told = self.state.phase == Phase::Fill;
        self.state.phase = if told { Phase::Finish } else { Phase::Choose };
        self.state.forget_matter();
        self.come_back();
    }

    /// What was asked on the side is said at once together with the way back to the matter that waits for it, and so is
    /// that it cannot be.
    pub(super) fn settle(&mut self) {
        let spoken = matches!(self.node().action, Action::Say | Action::Answer | Action::Unknown);
        let over = match self.state.phase {
            Phase::Speak => spoken && !self.is_unfinished(),
            Phase::Lost { ref why } => matches!(why, Lost::NotIdentified | Lost::Needs { .. } | Lost::Circle),
            _ => false,
        };
        if over {
            self.come_back();
        }
    }

    /// Takes up the matter that waits, after what is to be said now.
    fn come_back(&mut self) {
        let Some(frame) = self.state.stack.pop() else { return };
        if self.state.phase != Phase::Choose {
            self.before.push(asks::of(&self.state, self.script));
        }
        self.state.resume(frame);
    }

    /// Begins the matter behind an intent that may be asked for at any time, or takes it up again where it waits.
    pub(super) fn jump(&mut self, edge: &Edge, keep: Keep) {
        let waiting = self.state.take_waiting(edge);
        if keep == Keep::ForLater {
            self.state.set_aside();
        }
        if let Some(frame) = waiting {
            return self.state.resume(frame);
        }
        self.forget_what_is_over();
        self.state.nested.clear();
        self.take(edge);
    }

    /// What was said of the matter before. What the customer has said since it ended may belong to the next one.
    pub(super) fn forget_what_is_over(&mut self) {
        let ended = matches!(self.state.phase, Phase::Choose | Phase::Finish | Phase::Close) && !self.is_unfinished();
        if !ended {
            self.state.forget_matter();
        }
    }

    /// Follows an edge with an intent.
    pub(super) fn take(&mut self, edge: &Edge) {
        if edge.global || edge.from == self.graph().start().id {
            self.state.matter = Matter::of(edge);
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
            Phase::Finish | Phase::Close | Phase::Lost { .. } | Phase::Switch { .. } => false,
        }
    }

    pub(super) fn offers(&self) -> Vec<intents::Offer<'a>> {
        intents::offers(&self.state, self.graph())
    }
}

/// What becomes of the matter at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    ForLater,
    Drop,
}
