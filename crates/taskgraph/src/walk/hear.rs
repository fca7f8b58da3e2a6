//! What a walk makes of what it is told: slots, results, intents.

use serde_json::Value;

use super::{
    ask::Ask,
    asks,
    event::{Event, Failure, Switch},
    intents,
    matter::Matter,
    reaction::{self, Reaction},
    refused::Refused,
    state::{CONTACT, Known, Phase, Source, State},
    toolbox::{self, Trust},
    travel::{Keep, Walker},
};
use crate::{
    graph::{Edge, Intent},
    resource::Action,
    words::{self, Lost},
};

impl Walker<'_> {
    pub(super) fn finish(mut self) -> (State, Vec<Ask>) {
        let last = asks::of(&self.state, self.script);
        self.before.push(last);
        (self.state, self.before)
    }

    /// A call by the server that left no result was cut short: what may have been done is not done again.
    pub(super) fn end_call(&mut self, event: &Event) {
        let called = self.state.calling_until_ms.take();
        if let (Some(_), None, Action::Tool(tool)) = (called, &event.tool_result, &self.node().action) {
            let repeatable = self.script.tools.tools.get(*tool).is_some_and(|spec| spec.repeatable);
            let message = "the server was interrupted while it called the tool";
            let code = if repeatable { "TIMEOUT_ERROR" } else { "OUTCOME_UNKNOWN_ERROR" };
            self.fail(tool, Failure::of(code, message));
        }
    }

    /// Takes in what the customer has said.
    pub(super) fn learn(&mut self, event: &Event) -> Result<(), Refused> {
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
    pub(super) fn take_result(&mut self, result: &Value) -> Result<(), Refused> {
        if self.state.phase != Phase::Fill {
            return Err(Refused::NoToolAsked);
        }
        let missing = asks::missing(&self.state, self.script, self.node());
        if !missing.is_empty() {
            let missing = missing.into_iter().map(|missing| missing.name).collect();
            return Err(Refused::ArgumentsFirst { missing });
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
        if toolbox::handed_by(tool).any(|handed| handed.argument == CONTACT) {
            self.state.forget_found();
        }
        for handed in toolbox::handed_by(tool) {
            if let Some(value) = handed.value(result) {
                let known = Known { value: value.clone(), source: Source::Tool };
                self.state.known.insert(handed.argument.to_owned(), known);
            }
        }
        (self.state.tries, self.state.failed) = (0, None);
        self.state.done.insert(self.state.at.clone());
        self.advance();
    }

    fn fail(&mut self, tool: &str, failure: Failure) {
        if tool == words::IDENTIFIER {
            self.state.forget_found(); // Whoever this is, it is not the customer of before.
        }
        self.state.tries += 1;
        let repeatable = self.script.tools.tools.get(tool).is_none_or(|spec| spec.repeatable);
        match reaction::to(&failure, self.state.tries, repeatable) {
            Reaction::AskAgain(arguments) => self.state.known.retain(|name, _| !arguments.contains(&name.as_str())),
            Reaction::AskAll => self.forget_said(),
            Reaction::TryAgain => {}
            Reaction::GiveUp => self.state.phase = Phase::Lost { why: Lost::Failed },
        }
        self.state.failed = Some(failure);
    }

    /// What the customer said for the tool at hand.
    fn forget_said(&mut self) {
        let Some(spec) = self.script.spec(self.node()) else { return };
        let said = |name: &str, known: &Known| known.source != Source::Tool && spec.has(name);
        self.state.known.retain(|name, known| !said(name, known));
    }

    pub(super) fn skip(&mut self) -> Result<(), Refused> {
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
    pub(super) fn listen(&mut self) {
        match self.state.phase {
            Phase::Speak => self.advance(),
            Phase::Finish | Phase::Close | Phase::Lost { .. } => self.state.phase = Phase::Choose,
            Phase::Fill | Phase::Choose | Phase::Switch { .. } => {}
        }
    }

    pub(super) fn take_intent(&mut self, name: &str, switch: Option<Switch>) -> Result<(), Refused> {
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
            None if self.is_exhausted(name) => self.refuse_more(),
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
        let matter = self.state.matter.as_ref().map(Matter::intent);
        self.is_unfinished() && matter == Some(&Intent::key_of(name))
    }

    /// The intent exists, but where it leads to has been entered as often as it may.
    fn is_exhausted(&self, name: &str) -> bool {
        let key = Intent::key_of(name);
        let mut edges =
            self.script.graph.global_edges().filter(|edge| edge.intent.as_ref().is_some_and(|i| i.key == key));
        !self.is_at_hand(name) && edges.any(|edge| self.state.done.contains(&edge.from))
    }

    /// What is asked for has been done as often as it may. What is under way is asked on, and what failed may be mended.
    fn refuse_more(&mut self) {
        let failed = self.state.phase == Phase::Lost { why: Lost::Failed };
        if failed || self.is_unfinished() {
            self.before.push(asks::lost(&self.state, self.script, &Lost::Limit));
        } else {
            self.state.phase = Phase::Lost { why: Lost::Limit };
        }
    }

    fn take_no_intent(&mut self) {
        let goes_on = match self.state.phase {
            Phase::Fill => true,
            Phase::Choose | Phase::Speak => self.advance_wordless(),
            Phase::Finish => return self.state.phase = Phase::Close,
            _ => false,
        };
        if !goes_on {
            self.state.phase = Phase::Lost { why: Lost::NoIntent };
        }
    }

    fn choose(&mut self, edge: &Edge, switch: Option<Switch>) {
        let graph = self.script.graph;
        let waits = self.state.waits(edge);
        let local = intents::local(&self.state, graph).iter().any(|other| std::ptr::eq(*other, edge));
        match switch {
            _ if local && !waits => self.begin_here(edge),
            _ if !waits && !intents::may_enter(&self.state, graph, edge) => self.state.phase = Phase::Speak, // More of the same.
            Some(Switch::Stay) => {}
            _ if self.is_unfinished() && self.state.is_about(edge) => {}
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
        if let Some(to) = Matter::of(edge) {
            let was = Box::new(self.state.phase.clone());
            self.state.phase = Phase::Switch { to, was };
        }
    }

    pub(super) fn take_switch(&mut self, switch: Switch) -> Result<(), Refused> {
        let Phase::Switch { to, was } = self.state.phase.clone() else { return Err(Refused::NothingToSwitch) };
        self.state.phase = *was;
        let keep = match switch {
            Switch::Stay => return Ok(()),
            Switch::ComeBack => Keep::ForLater,
            Switch::Leave => Keep::Drop,
        };
        let offers = self.offers();
        match offers.iter().map(|offer| offer.edge).find(|edge| to.began_by(edge)) {
            Some(edge) => self.jump(edge, keep),
            None => self.refuse_more(),
        }
        Ok(())
    }
}

/// A result without what the tool must hand on is no success, whatever the model calls it.
fn incomplete(tool: &str, result: &Value) -> Option<Failure> {
    let mut must = toolbox::handed_by(tool).filter(|handed| handed.trust == Trust::ToolMust);
    let lacking = must.find(|handed| handed.value(result).is_none())?;
    let message = format!("the result has no `{}`: send what `{tool}` answered, unchanged", lacking.field);
    Some(Failure::of("UNREADABLE_RESULT_ERROR", &message))
}
