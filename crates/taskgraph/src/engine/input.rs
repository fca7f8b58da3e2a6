//! The handling of an event: slots, results, intents, decisions.

use serde_json::Value;

use super::{
    action::Action,
    error::StepError,
    event::{Event, Failure, Switch},
    intents,
    navigation::{CurrentTopic, Navigator},
    next_action,
    reaction::{self, Reaction},
    state::{CONTACT, KnownValue, Phase, Source, State},
    toolbox::{self, Trust},
    topic::Topic,
};
use crate::{
    graph::{Edge, Intent},
    instructions::{self, DeadEnd},
};

impl Navigator<'_> {
    pub(super) fn finish(mut self) -> (State, Vec<Action>) {
        let last = next_action::current(&self.state, self.context);
        self.preceding.push(last);
        (self.state, self.preceding)
    }

    /// Handles a call by the server that was interrupted before its result was stored. It fails, with an unknown
    /// outcome unless the tool is idempotent.
    pub(super) fn close_interrupted_call(&mut self, event: &Event) {
        let called = self.state.calling_until_ms.take();
        let tool = self.context.own_tool(self.node());
        if let (Some(_), None, Some(tool)) = (called, &event.tool_result, tool) {
            let repeatable = self.context.tools.tools.get(tool).is_some_and(|spec| spec.repeatable);
            let message = "the server was interrupted while it called the tool";
            let code = if repeatable { "TIMEOUT_ERROR" } else { "OUTCOME_UNKNOWN_ERROR" };
            self.fail(tool, Failure::of(code, message));
        }
    }

    /// Stores the values that the customer has stated.
    pub(super) fn record_slots(&mut self, event: &Event) -> Result<(), StepError> {
        for (name, value) in &event.slots {
            self.context.check_slot(name, value)?;
            if value.is_null() {
                self.state.known.remove(name);
            } else {
                let source = Source::Said(self.state.steps);
                self.state.known.insert(name.clone(), KnownValue { value: value.clone(), source });
            }
        }
        let more_for_the_tool = !event.slots.is_empty() && self.state.phase == Phase::DeadEnd { why: DeadEnd::Failed };
        if more_for_the_tool {
            self.state.phase = Phase::Fill;
        }
        Ok(())
    }

    /// Handles the result of the current node's tool.
    pub(super) fn record_result(&mut self, result: &Value) -> Result<(), StepError> {
        if self.state.phase != Phase::Fill {
            return Err(StepError::NoToolAsked);
        }
        let missing = next_action::missing(&self.state, self.context, self.node());
        if !missing.is_empty() {
            let missing = missing.into_iter().map(|missing| missing.name).collect();
            return Err(StepError::ArgumentsFirst { missing });
        }
        let tool = self.context.own_tool(self.node()).unwrap_or_default();
        match Failure::read(result).or_else(|| incomplete(tool, result)) {
            Some(failure) => self.fail(tool, failure),
            None => self.succeed(tool, result),
        }
        Ok(())
    }

    fn succeed(&mut self, tool: &str, result: &Value) {
        if toolbox::outputs_of(tool).any(|binding| binding.argument == CONTACT) {
            self.state.forget_tool_values();
        }
        for binding in toolbox::outputs_of(tool) {
            if let Some(value) = binding.value(result) {
                let known = KnownValue { value: value.clone(), source: Source::Tool };
                self.state.known.insert(binding.argument.to_owned(), known);
            }
        }
        (self.state.tries, self.state.failed) = (0, None);
        self.state.done.insert(self.state.at.clone());
        self.advance();
    }

    fn fail(&mut self, tool: &str, failure: Failure) {
        if tool == instructions::IDENTIFY_TOOL {
            self.state.forget_tool_values(); // The values belong to the customer who was identified before.
        }
        self.state.tries += 1;
        let repeatable = self.context.tools.tools.get(tool).is_none_or(|spec| spec.repeatable);
        match reaction::decide(&failure, self.state.tries, repeatable) {
            Reaction::AskAgain(arguments) => self.state.known.retain(|name, _| !arguments.contains(&name.as_str())),
            Reaction::AskAll => self.forget_said(),
            Reaction::TryAgain => {}
            Reaction::GiveUp => self.state.phase = Phase::DeadEnd { why: DeadEnd::Failed },
        }
        self.state.failed = Some(failure);
    }

    /// Forgets the arguments that the customer stated for the current tool.
    fn forget_said(&mut self) {
        let Some(spec) = self.context.spec(self.node()) else { return };
        let said = |name: &str, known: &KnownValue| known.source != Source::Tool && spec.has(name);
        self.state.known.retain(|name, known| !said(name, known));
    }

    pub(super) fn skip_node(&mut self) -> Result<(), StepError> {
        if !self.node().can_skip || !matches!(self.state.phase, Phase::Fill | Phase::Speak) {
            return Err(StepError::NothingToSkip);
        }
        if let Some(last) = self.state.path.last_mut() {
            last.skipped = true;
        }
        self.state.done.insert(self.state.at.clone());
        self.state.phase = Phase::Choose;
        self.advance();
        Ok(())
    }

    /// Handles a message of the customer without an intent.
    pub(super) fn handle_text(&mut self) {
        match self.state.phase {
            Phase::Speak => self.advance(),
            Phase::Finish | Phase::Close | Phase::DeadEnd { .. } => self.state.phase = Phase::Choose,
            Phase::Fill | Phase::Choose | Phase::Switch { .. } => {}
        }
    }

    pub(super) fn handle_intent(&mut self, name: &str, switch: Option<Switch>) -> Result<(), StepError> {
        if let Phase::Switch { was, .. } = self.state.phase.clone() {
            self.state.phase = *was;
        }
        if Intent::read(name).is_none() || Intent::key_of(name) == "others" {
            self.handle_no_intent();
            return Ok(());
        }
        let offers = self.offers();
        match intents::find(&offers, name) {
            Some(edge) => self.select_edge(edge, switch),
            None if self.is_over_limit(name) => self.report_limit(),
            None if self.is_current_topic(name) => {}
            None => {
                let offered = offers.into_iter().map(|offer| offer.name).collect();
                return Err(StepError::UnknownIntent { given: name.to_owned(), offered });
            }
        }
        Ok(())
    }

    /// Returns `true` if the intent is that of the current topic, which is not finished.
    fn is_current_topic(&self, name: &str) -> bool {
        let topic = self.state.topic.as_ref().map(Topic::intent);
        self.is_unfinished() && topic == Some(&Intent::key_of(name))
    }

    /// Returns `true` if the intent exists, but the node that it leads to has reached its limit.
    fn is_over_limit(&self, name: &str) -> bool {
        let key = Intent::key_of(name);
        let mut edges =
            self.context.graph.global_edges().filter(|edge| edge.intent.as_ref().is_some_and(|i| i.key == key));
        !self.is_current_topic(name) && edges.any(|edge| self.state.done.contains(&edge.from))
    }

    /// Reports that the limit is reached. An unfinished topic continues, and a failed tool can still be retried.
    fn report_limit(&mut self) {
        let failed = self.state.phase == Phase::DeadEnd { why: DeadEnd::Failed };
        if failed || self.is_unfinished() {
            self.preceding.push(next_action::dead_end(&self.state, self.context, &DeadEnd::Limit));
        } else {
            self.state.phase = Phase::DeadEnd { why: DeadEnd::Limit };
        }
    }

    fn handle_no_intent(&mut self) {
        let goes_on = match self.state.phase {
            Phase::Fill => true,
            Phase::Choose | Phase::Speak => self.advance_wordless(),
            Phase::Finish => return self.state.phase = Phase::Close,
            _ => false,
        };
        if !goes_on {
            self.state.phase = Phase::DeadEnd { why: DeadEnd::NoIntent };
        }
    }

    fn select_edge(&mut self, edge: &Edge, switch: Option<Switch>) {
        let graph = self.context.graph;
        let waits = self.state.is_suspended(edge);
        let local = intents::local(&self.state, graph).iter().any(|other| std::ptr::eq(*other, edge));
        match switch {
            _ if local && !waits => self.follow_local(edge),
            _ if !waits && !intents::may_enter(&self.state, graph, edge) => self.state.phase = Phase::Speak, // A follow-up question.
            Some(Switch::Stay) => {}
            _ if self.is_unfinished() && self.state.is_about(edge) => {}
            None if self.is_unfinished() => self.ask_to_switch(edge),
            Some(Switch::ComeBack) if self.is_unfinished() => self.switch_topic(edge, CurrentTopic::Suspend),
            _ => self.switch_topic(edge, CurrentTopic::Drop),
        }
    }

    /// Follows an edge of the current node. At the start it begins a topic; elsewhere it continues the current one.
    fn follow_local(&mut self, edge: &Edge) {
        if edge.from == self.context.graph.start().id {
            self.forget_topic_unless_ended();
        }
        self.follow(edge);
    }

    fn ask_to_switch(&mut self, edge: &Edge) {
        if let Some(to) = Topic::of(edge) {
            let was = Box::new(self.state.phase.clone());
            self.state.phase = Phase::Switch { to, was };
        }
    }

    pub(super) fn handle_switch(&mut self, switch: Switch) -> Result<(), StepError> {
        let Phase::Switch { to, was } = self.state.phase.clone() else { return Err(StepError::NothingToSwitch) };
        self.state.phase = *was;
        let keep = match switch {
            Switch::Stay => return Ok(()),
            Switch::ComeBack => CurrentTopic::Suspend,
            Switch::Leave => CurrentTopic::Drop,
        };
        let offers = self.offers();
        match offers.iter().map(|offer| offer.edge).find(|edge| to.started_by(edge)) {
            Some(edge) => self.switch_topic(edge, keep),
            None => self.report_limit(),
        }
        Ok(())
    }
}

/// Treats a result without a field that the tool always provides as a failure, even if the model reports a success.
fn incomplete(tool: &str, result: &Value) -> Option<Failure> {
    let mut required = toolbox::outputs_of(tool).filter(|binding| binding.trust == Trust::ToolRequired);
    let missing = required.find(|binding| binding.value(result).is_none())?;
    let message = format!("the result has no `{}`: send what `{tool}` answered, unchanged", missing.field);
    Some(Failure::of("UNREADABLE_RESULT_ERROR", &message))
}
