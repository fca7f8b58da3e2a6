//! Movement in the graph: entering and leaving nodes, suspending and resuming topics.

use serde_json::Value;

use super::{
    action::Action,
    context::RunContext,
    handoff,
    intents::{self, may_enter},
    known_value::KnownValue,
    limits::VALUE_LENGTH_MAX,
    log_due, missing, next_action, rng,
    state::{Phase, State, Visit},
    ticket_meant,
    toolbox::{self, AcceptedFrom, DUE, TICKET, TIMES_TOOL},
    topic::Topic,
    waiting::SuspendedTopic,
    way_ahead, words,
};
use crate::{
    graph::{Edge, Graph, Node, NodeId},
    instructions::{self, DeadEnd},
    resource::Behavior,
    rules::IDENTIFY_TOOL,
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
    /// The event corrects the address of a customer who has become one in this conversation.
    pub(super) correction: Option<Correction>,
    /// The message of the event goes on with what colleagues were told, and is no other matter.
    pub(super) is_told: bool,
    /// The event names another address than that for which a matter was written.
    pub(super) doubts: bool,
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
        Navigator { context, state, preceding: vec![], correction: None, is_told: false, doubts: false }
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

    /// Advances from the current node, whose tool has given this result. An edge that the result fits goes first.
    pub(super) fn advance_after(&mut self, result: &Value) {
        let graph = self.graph();
        let fitting =
            graph.edges_from(&self.state.at).find(|edge| edge.fits(result) && may_enter(&self.state, graph, edge));
        match fitting {
            Some(edge) => self.go_to(&edge.to),
            None => self.advance(),
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
        let fits = |edge: &&Edge| !edge.is_by_result() && may_enter(&self.state, graph, edge);
        let (choices, wordless): (Vec<&Edge>, Vec<&Edge>) =
            graph.edges_from(&self.state.at).filter(fits).partition(|edge| edge.intent.is_some());
        if let Some(way) = way_ahead::take(&mut self.state, self.context, &choices) {
            return Next::To(way.to.clone());
        }
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
        let ways = graph.edges_from(&self.state.at).filter(|edge| edge.intent.is_none() && !edge.is_by_result());
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
            self.state.stuck_at = Some(id.clone());
            return self.wait(Phase::DeadEnd { why });
        }
        *self.state.visits.entry(id.clone()).or_default() += 1;
        self.state.entered.push(id.clone());
        self.state.at = id.clone();
        (self.state.tries, self.state.failed) = (0, None);
        let skipped = node.can_skip && self.is_passable(node);
        self.state.record_visit(Visit { node: id.clone(), skipped, left: false });
        match &node.behavior {
            _ if skipped => self.pass(id),
            Behavior::Tool(_) | Behavior::AddedTool(_) | Behavior::Foreign(_) => {
                self.state.length_asked &= self.context.own_tool(node) != Some(TIMES_TOOL);
                self.state.done.remove(id); // Done before is not done now.
                self.wait(Phase::Fill)
            }
            Behavior::Nested => self.enter_nested(node),
            Behavior::HandOff if self.context.hands_off() => {
                (self.state.reach_asked, self.state.looked_up, self.state.by_task) = (false, false, false);
                self.state.done.remove(id);
                self.wait(Phase::Fill)
            }
            _ if node.is_silent() => self.pass(id),
            behavior => {
                if *behavior == Behavior::Answer {
                    self.state.commit();
                }
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
        let open = missing::missing(&self.state, self.context, node);
        let chosen = |argument: &str| toolbox::identifies(argument) && !self.state.choices.is_empty();
        let given = |argument: String| {
            let tool = self.context.sole_provider(&argument).filter(|_| !chosen(&argument))?;
            Some((argument, tool.to_owned()))
        };
        let (argument, tool) = open.into_iter().find_map(|missing| given(missing.name))?;
        Some(if toolbox::identifies(&argument) { DeadEnd::NotIdentified } else { DeadEnd::Needs { argument, tool } })
    }

    /// Returns `true` if a call of the node's tool would bring nothing new. A look-up also logs what the customer said.
    fn is_passable(&self, node: &Node) -> bool {
        let by_address =
            || toolbox::ADDRESSES.iter().any(|name| self.state.known.get(*name).is_some_and(|known| !known.refused));
        let logs = self.context.own_tool(node) == Some(IDENTIFY_TOOL)
            && !self.state.logged
            && !self.state.said.is_empty()
            && (by_address() || log_due::is_open(&self.state, self.context, toolbox::ADDRESSES));
        !logs && self.outputs_are_known(node)
    }

    /// Returns `true` if everything which the node's tool would find is known.
    fn outputs_are_known(&self, node: &Node) -> bool {
        let Behavior::Tool(tool) = &node.behavior else { return false };
        let mut needed =
            toolbox::outputs_of(tool).filter(|binding| binding.accepted == AcceptedFrom::ToolRequired).peekable();
        needed.peek().is_some() && needed.all(|binding| self.state.known.contains_key(binding.argument))
    }

    /// Ends the current topic: the result of its last tool is reported, and the suspended topic is resumed.
    fn end(&mut self) {
        let tool_answered = self.state.phase == Phase::Fill;
        self.state.phase = if tool_answered { Phase::Finish } else { Phase::Choose };
        self.state.commit();
        self.state.age_topic(self.state.steps);
        (self.state.words, self.state.shown) = (None, None);
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
        if over && !self.state.stack.is_empty() {
            if self.state.phase != Phase::Speak {
                self.state.take_back_visits();
            }
            self.resume_suspended();
        }
    }

    /// Resumes the newest suspended topic, after the current action. Returns `false` if there is none.
    pub(super) fn resume_suspended(&mut self) -> bool {
        let Some(unasked) = self.state.stack.last().map(|frame| frame.unasked) else { return false };
        match self.state.phase {
            Phase::Choose => {}
            Phase::Finish => {
                let changes = next_action::changes_of_request(&self.state);
                let changes = Some(changes).filter(|text| !text.is_empty() && self.context.is_hand_off(self.node()));
                self.preceding.extend(changes.map(next_action::say));
                self.preceding.push(next_action::say(instructions::FINISH_AND_GO_ON.to_owned()));
            }
            _ => self.preceding.push(next_action::current(&self.state, self.context)),
        }
        match unasked {
            true => self.state.phase = Phase::Offer,
            false => self.go_on_with_suspended(),
        }
        true
    }

    /// Resumes the newest suspended topic, which the customer wants.
    pub(super) fn go_on_with_suspended(&mut self) {
        if let Some(frame) = self.state.stack.pop() {
            self.resume(frame);
        }
    }

    /// Resumes a suspended topic. A look-up that was done meanwhile is not done again.
    fn resume(&mut self, frame: SuspendedTopic) {
        let step = self.state.steps;
        self.state.part_from_person(self.context, step);
        self.state.resume(frame);
        self.pass_known_lookup();
    }

    /// Passes a look-up whose results have become known another way.
    pub(super) fn pass_known_lookup(&mut self) {
        let node = self.node();
        if self.state.phase == Phase::Fill && node.can_skip && self.is_passable(node) {
            self.state.done.insert(node.id.clone());
            self.state.phase = Phase::Choose;
            self.advance();
        }
    }

    /// Leaves the current topic for good. Its intent counts as used only if it has done something, and what was said of
    /// it before `step` is kept for the case that the customer comes back to it.
    pub(super) fn drop_topic(&mut self, step: u32) {
        let over = !self.is_unfinished() && !matches!(self.state.phase, Phase::DeadEnd { .. });
        if over {
            self.state.commit();
        } else {
            self.state.take_back_visits();
            self.state.keep_words();
            self.state.part_from_person(self.context, step);
        }
        self.state.age_topic(step);
        self.return_to_start();
        self.state.phase = Phase::Choose;
    }

    /// Waits at the start, in no topic.
    pub(super) fn return_to_start(&mut self) {
        self.state.at = self.graph().start().id.clone();
        self.state.nested.clear();
        self.state.entered.clear();
        (self.state.topic, self.state.words, self.state.shown) = (None, None, None);
        (self.state.answer, self.state.ahead) = (None, None);
        (self.state.tries, self.state.failed) = (0, None);
    }

    /// Begins the topic of a global intent, or resumes it if it is suspended.
    pub(super) fn switch_topic(&mut self, edge: &Edge, keep: CurrentTopic) {
        self.switch_topic_since(edge, keep, self.state.steps);
    }

    /// Values that were stated since this step belong to the new topic.
    pub(super) fn switch_topic_since(&mut self, edge: &Edge, keep: CurrentTopic, step: u32) {
        // A person is asked for anew, also by who has been passed on before.
        let anew = self.graph().leads_to_person(edge);
        let ticket = self.ticket_of_request(keep);
        let due = self.state.known.get(DUE).filter(|due| !due.stale).cloned();
        if anew {
            self.state.wanted = handoff::wanted(&self.state, self.context, self.is_unfinished());
        }
        let due = due.filter(|_| anew && self.state.wanted.is_some());
        let waiting = if anew { None } else { self.state.take_suspended(edge) };
        if keep == CurrentTopic::Suspend {
            self.state.suspend_topic();
            self.state.leave_person_waiting(self.context, step);
            self.state.age_topic(step);
        } else {
            self.drop_topic_unless_ended_since(step);
        }
        if let Some(frame) = waiting {
            return self.resume(frame);
        }
        if anew {
            self.state.leave_records(|_| false);
            self.state.known.extend(ticket.map(|ticket| (TICKET.to_owned(), ticket)));
            self.state.known.extend(due.map(|due| (DUE.to_owned(), due)));
        }
        self.state.nested.clear();
        self.follow(edge);
    }

    /// The ticket of a request for a person, while its matter is open: not if it is done or left for good.
    fn ticket_of_request(&self, keep: CurrentTopic) -> Option<KnownValue> {
        let goes_on = self.is_unfinished() && keep == CurrentTopic::Suspend;
        let has_failed = self.state.phase == Phase::DeadEnd { why: DeadEnd::Failed };
        ticket_meant::at_hand(&self.state, self.context).filter(|_| goes_on || has_failed)
    }

    /// Suspends the current topic without a question. It goes on afterwards if the other one serves it, and is offered
    /// otherwise.
    pub(super) fn interrupt(&mut self, edge: &Edge) {
        let serves = !self.leads_to_person(edge);
        let before = self.state.stack.len();
        self.switch_topic(edge, CurrentTopic::Suspend);
        if let Some(frame) = self.state.stack.get_mut(before) {
            frame.unasked = !serves;
        }
    }

    /// Returns `true` if a person is reached by this edge, by its target or by a tool there.
    pub(super) fn leads_to_person(&self, edge: &Edge) -> bool {
        self.context.graph.leads_to_person(edge) || self.context.is_hand_off(self.context.node(&edge.to))
    }

    /// Drops the current topic, unless it has ended: values stated since then may belong to the next topic.
    pub(super) fn drop_topic_unless_ended(&mut self) {
        self.drop_topic_unless_ended_since(self.state.steps);
    }

    fn drop_topic_unless_ended_since(&mut self, step: u32) {
        let waits = matches!(self.state.phase, Phase::Choose | Phase::Offer | Phase::Finish | Phase::Close);
        let ended = waits && !self.is_unfinished();
        let at_start = self.state.at == self.graph().start().id && self.state.phase == Phase::Speak;
        if !ended && !at_start {
            self.drop_topic(step);
        }
    }

    /// Follows an edge with an intent.
    pub(super) fn follow(&mut self, edge: &Edge) {
        let topic = Topic::of(edge);
        let start = &self.graph().start().id;
        let continues = edge.from == self.state.at && edge.from != *start;
        if continues {
            self.state.words = self.added(self.state.words.clone(), self.state.unheard.clone());
            self.state.unheard = None;
            self.state.topic = topic.filter(|_| edge.global).or(self.state.topic.take());
        } else {
            self.state.return_to_caller();
            let graph = self.graph();
            if !graph.leads_to_person(edge) {
                self.state.wanted = None;
                let people = || graph.all_edges().filter(|edge| edge.intent.is_some() && graph.leads_to_person(edge));
                self.state.leave_records(|topic| people().any(|edge| topic.started_by(edge)));
            }
            self.state.answer = None;
            let before = self.state.take_left_words(topic.as_ref());
            self.state.words = self.added(before, self.state.unheard.clone());
            (self.state.unheard, self.state.shown, self.state.ahead) = (None, None, None);
            self.state.remaining.clear();
            self.state.entered.clear();
            self.state.topic = topic;
        }
        self.go_to(&edge.to);
    }

    /// Returns `true` if the current topic is not finished.
    pub(super) fn is_unfinished(&self) -> bool {
        let onward = || {
            let mut ways = self.graph().edges_from(&self.state.at);
            ways.any(|edge| !edge.is_by_result() && may_enter(&self.state, self.graph(), edge))
                || !self.state.nested.is_empty()
        };
        match &self.state.phase {
            Phase::Fill => true,
            // After a tool that failed for good there is nothing to go on with.
            Phase::Choose if self.state.failed.is_some() => false,
            Phase::Speak | Phase::Choose => self.state.at != self.graph().start().id && onward(),
            Phase::Offer | Phase::Finish | Phase::Close | Phase::DeadEnd { .. } | Phase::Switch { .. } => false,
        }
    }

    /// Adds what the customer says of how a topic goes on, or when they come back to it, to what they came with: "no, it
    /// is a new problem" alone would tell nothing of the problem.
    pub(super) fn added(&self, before: Option<String>, text: Option<String>) -> Option<String> {
        let tells = |words: &String| words::tell_something(words, &self.state, self.graph());
        match (before, text) {
            (Some(before), Some(text)) if tells(&before) && tells(&text) => {
                let both = format!("{before}\n{text}");
                match words::say_all_of(&text, &before) {
                    true => Some(text),
                    false => Some(if both.len() > VALUE_LENGTH_MAX { before } else { both }),
                }
            }
            (before, Some(text)) if tells(&text) => Some(text).or(before),
            (before, text) => before.or(text),
        }
    }

    pub(super) fn offers(&self) -> Vec<intents::Offer<'a>> {
        intents::offers(&self.state, self.context)
    }
}

/// A correction of the address with which a customer has become one, and the intent that came with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Correction {
    /// The intent begins a matter that goes on afterwards.
    Before,
    /// The intent, if there is one, is the correction itself.
    Alone,
}

/// The treatment of the current topic when another begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CurrentTopic {
    Suspend,
    Drop,
}
