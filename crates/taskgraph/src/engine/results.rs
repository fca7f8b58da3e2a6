//! The effects of what a tool answered: values that become known, visits that count, values that are asked for again.

use serde_json::{Map, Value};

use super::{
    arguments,
    error::StepError,
    event::Failure,
    failure_response::{self, FailureResponse},
    handoff,
    known_value::{KnownValue, Source},
    log_due, missing,
    navigation::Navigator,
    shown_times,
    state::{CONTACT, Phase},
    toolbox::{self, AcceptedFrom, OutputBinding, REACH},
    waiting::LeftTopic,
    words,
};
use crate::{instructions::DeadEnd, rules::IDENTIFY_TOOL};
use domain::code::Code;

/// The tool that opens a ticket.
const TICKET_TOOL: &str = "create_ticket";

impl Navigator<'_> {
    /// Handles the result of the current node's tool.
    pub(super) fn record_result(&mut self, result: &Value) -> Result<(), StepError> {
        if !self.state.changes.is_empty() {
            self.record_change(result);
            return Ok(());
        }
        if self.state.phase != Phase::Fill {
            return Err(StepError::NoToolAsked);
        }
        let missing = missing::missing(&self.state, self.context, self.node());
        if !missing.is_empty() {
            let missing = missing.into_iter().map(|missing| missing.name).collect();
            return Err(StepError::ArgumentsFirst { missing });
        }
        if let Some(sent) = handoff::look_up(&self.state, self.context, self.node()) {
            self.record_look_up(&sent, result);
            return Ok(());
        }
        if log_due::is_due(&self.state, self.context, self.node()) {
            self.state.logged = true; // Whether or not it could be: they are not held.
            self.pass_known_lookup();
            return Ok(());
        }
        let tool = arguments::own_tool(&self.state, self.context, self.node());
        let by_customer = self.context.has_tool(IDENTIFY_TOOL);
        let failure = Failure::read(result).or_else(|| taken(tool, result).filter(|_| by_customer));
        let failure = failure.or_else(|| nobody(tool, result).filter(|_| self.corrects_somebody()));
        match failure.or_else(|| incomplete(tool, result)) {
            Some(failure) => self.fail(tool, failure),
            None => self.succeed(tool, result),
        }
        Ok(())
    }

    /// Takes who it is that asks for a person. Somebody whom nobody knows is passed on all the same.
    fn record_look_up(&mut self, sent: &Map<String, Value>, result: &Value) {
        self.state.looked_up = true;
        if let Some(failure) = Failure::read(result).or_else(|| incomplete(IDENTIFY_TOOL, result)) {
            let address = sent.get("email").filter(|_| failure.code == Code::UserNotFound.as_str());
            return self.keep_unknown_address(address.cloned());
        }
        self.state.logged |= sent.contains_key("chat");
        self.state.identified_by = result.get("contact_email").cloned();
        for binding in toolbox::outputs_of(IDENTIFY_TOOL) {
            if let Some(value) = binding.value(result) {
                let known = KnownValue::of(value.clone(), Source::Tool);
                self.state.known.insert(binding.argument.to_owned(), known);
            }
        }
        self.state.recall();
    }

    fn succeed(&mut self, tool: &str, result: &Value) {
        let sent = arguments::arguments(&self.state, self.context, self.node());
        if toolbox::finds_customer(tool) {
            self.state.forget_tool_values();
            self.state.identified_by = sent.get("email").or_else(|| sent.get("phone")).cloned();
            self.settle_search(tool, &sent, result);
        }
        if sent.contains_key("chat") {
            self.state.logged = true;
            self.state.logged_as = sent.get("email").cloned();
        }
        self.note_address(tool, &sent, result);
        if let Some(request) = toolbox::request_argument(tool).and_then(|name| sent.get(name)?.as_str()) {
            self.state.note_told(request);
        }
        self.note_written(tool, &sent, result);
        self.note_task(tool, &sent, result);
        self.note_passed_on(tool, result);
        if self.passes_on_the_next(tool) {
            return;
        }
        if toolbox::request_argument(tool).is_some()
            && let (Some(topic), Some(words)) = (self.state.topic.clone(), self.state.words.clone())
        {
            self.state.told = Some(LeftTopic { topic, words });
        }
        if self.acts(tool) {
            self.state.commit();
            self.consume(tool, &sent);
        }
        if tool == toolbox::TICKETS_TOOL {
            self.take_tickets(&sent, result);
        }
        if self.reads_next(tool, &sent) {
            return;
        }
        if let (TICKET_TOOL, Some(tickets), Some(id)) = (tool, &mut self.state.tickets, result.get(toolbox::TICKET)) {
            tickets.push(id.clone());
        }
        if result["contacts"].as_array().is_some_and(Vec::is_empty) {
            self.state.forget_earlier_hit(self.context, tool);
        }
        let doubtful = self.doubtful_hit(tool, &sent, result);
        let mut asked = shown_times::Asked::new();
        shown_times::add_asked(&mut asked, &self.state);
        for binding in toolbox::outputs_of(tool).filter(|_| doubtful.is_none()) {
            if let Some(value) = binding.value(result).filter(|_| !self.is_chosen(binding.argument)) {
                let known = KnownValue::of(value.clone(), self.source_after(tool, binding));
                self.state.known.insert(binding.argument.to_owned(), known);
            }
        }
        self.link_told_tasks(tool);
        self.state.recall();
        self.state.choices = doubtful.map_or_else(|| toolbox::choices(tool, result), |one| vec![one]);
        if tool == toolbox::MEETINGS_TOOL {
            self.state.appointments = toolbox::appointments(result);
            self.find_named_ahead();
        }
        if toolbox::request_argument(tool).is_some() {
            self.state.known.remove(toolbox::APPOINTMENT);
            // The same task is meant by what is told later.
            let spec = self.context.spec_of(tool);
            let task = result.get(toolbox::TASK).filter(|_| spec.is_some_and(|spec| spec.has(toolbox::TASK)));
            let task = task.map(|id| (toolbox::TASK.to_owned(), id.clone()));
            self.state.handed_off = Some(sent.into_iter().chain(task).collect());
        }
        if tool == toolbox::TIMES_TOOL {
            // The next question is for another page, not for this one again.
            self.state.known.retain(|name, _| !toolbox::PAGE_ARGUMENTS.contains(&name.as_str()));
            shown_times::add_asked(&mut asked, &self.state);
            self.state.shown = Some(shown_times::of(&self.state, asked, result));
        }
        (self.state.tries, self.state.failed) = (0, None);
        self.state.done.insert(self.state.at.clone());
        self.advance_after(result);
    }

    /// Takes the tickets that were found. One that the customer has named is theirs only if it is among them.
    fn take_tickets(&mut self, sent: &Map<String, Value>, result: &Value) {
        let listed = result["tickets"].as_array().into_iter().flatten();
        let ids: Vec<Value> = listed.map(|ticket| ticket["ticket_id"].clone()).filter(Value::is_string).collect();
        let said =
            self.state.known.remove(toolbox::TICKET).filter(|known| known.source != Source::Tool && !known.stale);
        let complete = result["next_cursor"].is_null() && sent.contains_key("contact") && !sent.contains_key("status");
        if let Some(said) = said {
            if ids.contains(&said.value) {
                self.state.known.insert(toolbox::TICKET.to_owned(), said);
            } else if complete {
                let found = ids.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                self.state
                    .ignore(toolbox::TICKET, &StepError::NotFound { argument: toolbox::TICKET.to_owned(), found });
            }
        }
        if sent.contains_key("contact") {
            self.state.tickets = complete.then_some(ids);
        }
    }

    /// Returns `true` if the customer has named whom they want to meet, or which of the links, or the new value of what is
    /// corrected.
    fn is_chosen(&self, argument: &str) -> bool {
        let corrected = argument == "email" && self.corrects_somebody();
        let chosen = corrected || toolbox::CHOSEN_ARGUMENTS.contains(&argument);
        let known = self.state.known.get(argument).filter(|known| chosen && !known.stale);
        known.is_some_and(|known| known.source != Source::Tool && !known.refused)
    }

    /// The source of a value that a tool has answered. A day or a ticket that the customer has named stays theirs, also
    /// when they turn out to be somebody else.
    fn source_after(&self, tool: &str, binding: &OutputBinding) -> Source {
        let known = self.state.known.get(binding.argument).filter(|known| !known.stale).map(|known| known.source);
        let of_times = tool == toolbox::TIMES_TOOL && binding.accepted == AcceptedFrom::Anyone;
        let stays = of_times || (tool == toolbox::TICKETS_TOOL && binding.argument == toolbox::TICKET);
        known.filter(|_| stays).unwrap_or(Source::Tool)
    }

    /// Returns `true` if a success of the tool is what the customer came for, so that the intent counts as used.
    pub(super) fn acts(&self, tool: &str) -> bool {
        let repeatable = self.context.tools.tools.get(tool).is_some_and(|spec| spec.repeatable);
        !repeatable && tool != IDENTIFY_TOOL
    }

    /// Forgets the values of a call that has done something: a second ticket has an issue of its own.
    fn consume(&mut self, tool: &str, sent: &Map<String, Value>) {
        let node = self.node();
        let Some(spec) = arguments::spec(&self.state, self.context, node) else { return };
        let parts: Vec<&str> = spec.names().flat_map(|name| toolbox::parts_of(tool, name)).copied().collect();
        let stays = |name: &str| {
            toolbox::CUSTOMER_ARGUMENTS.contains(&name)
                || toolbox::sole_providers(name).next().is_some() && name != "slug"
        };
        let told = toolbox::request_argument(tool).and_then(|name| toolbox::same_request(tool, name));
        let of_person = |name: &str| told.is_some() && (told == Some(name) || name == REACH);
        let used = |name: &str| spec.has(name) || of_person(name) || (parts.contains(&name) && name != "email");
        // Properties of another record were not sent.
        let kept = |name: &str| name == toolbox::PROPERTIES && !sent.contains_key(name);
        self.state
            .known
            .retain(|name, _| !used(name) || kept(name) || (stays(name) && !parts.contains(&name.as_str())));
        (self.state.words, self.state.answer, self.state.wanted) = (None, None, None);
        self.state.unheard = None;
        if tool == toolbox::BOOKING_TOOL {
            self.state.shown = None;
        }
    }

    pub(super) fn fail(&mut self, tool: &str, failure: Failure) {
        self.state.forget_earlier_hit(self.context, tool);
        if tool == IDENTIFY_TOOL {
            self.state.forget_tool_values(); // The values belong to the customer who was identified before.
            self.state.identified_by = None;
            self.state.choices = toolbox::choices(tool, &failure.details.clone().into());
        }
        if toolbox::request_argument(tool).is_some() && failure.code == Code::UserNotFound.as_str() {
            let mut sent = arguments::arguments(&self.state, self.context, self.node());
            self.keep_unknown_address(sent.remove("contact"));
        }
        if let Some(argument) = stranger(&failure) {
            self.refuse(|name| name == argument);
        }
        if self.forgets_named_task(tool, &failure) {
            return;
        }
        if handoff::is_left_to_task(self.context, self.node(), tool, &failure) {
            (self.state.by_task, self.state.tries, self.state.failed) = (true, 0, None);
            return;
        }
        self.state.tries += 1;
        let repeatable = self.context.tools.tools.get(tool).is_none_or(|spec| spec.repeatable);
        match failure_response::decide(&failure, self.state.tries, repeatable) {
            FailureResponse::AskAgain(_) if tool == toolbox::SEARCH_TOOL => self.refuse_search(),
            FailureResponse::AskAgain(arguments) => self.refuse_arguments(arguments),
            FailureResponse::AskAll => self.refuse_sent(&failure),
            FailureResponse::TryAgain => {}
            FailureResponse::GiveUp => {
                let in_doubt = !repeatable && !failure_response::nothing_was_done(&failure);
                if in_doubt {
                    self.state.commit();
                } else {
                    self.state.take_back_visits();
                }
                self.state.phase = Phase::DeadEnd { why: DeadEnd::Failed };
            }
        }
        self.state.failed = Some(failure);
    }

    /// An address that nobody has recognises nobody, but it reaches whoever asks for a person.
    fn keep_unknown_address(&mut self, address: Option<Value>) {
        let is_address = |sent: &Value| sent.as_str().is_some_and(|text| words::address(text).is_some());
        if let Some(address) = address.filter(|sent| is_address(sent) && !self.state.known.contains_key(CONTACT)) {
            let known = KnownValue::of(address, Source::Said(self.state.steps));
            self.state.known.insert("email".to_owned(), KnownValue { refused: true, ..known });
        }
    }

    /// Marks those of these arguments that the tool at hand takes, and the addresses.
    fn refuse_arguments(&mut self, arguments: &[&str]) {
        let spec = arguments::spec(&self.state, self.context, self.node());
        let taken = |name: &str| toolbox::ADDRESSES.contains(&name) || spec.as_ref().is_some_and(|spec| spec.has(name));
        self.refuse(|name| arguments.contains(&name) && taken(name));
    }

    /// Marks values that a tool did not accept. They are kept for other tools: an unknown address is that of a new
    /// contact.
    fn refuse(&mut self, refused: impl Fn(&str) -> bool) {
        for (name, known) in &mut self.state.known {
            known.refused |= refused(name);
        }
    }

    /// Refuses the values that the failure names, or else all that the customer stated and the tool was sent. What was said
    /// for later tools stays.
    fn refuse_sent(&mut self, failure: &Failure) {
        let Some(spec) = arguments::spec(&self.state, self.context, self.node()) else { return };
        let tool = arguments::own_tool(&self.state, self.context, self.node());
        let sent = arguments::arguments(&self.state, self.context, self.node());
        let whole = |name: &str| spec.has(name) && sent.contains_key(name);
        let part = |name: &str| {
            let of = |argument: &&str| toolbox::parts_of(tool, argument).contains(&name);
            spec.names()
                .find(of)
                .is_some_and(|argument| sent.get(argument).is_some_and(|object| !object[name].is_null()))
        };
        let mut named = failure.named();
        if named.is_empty() && failure.code == Code::Conflict.as_str() && toolbox::composes(tool) {
            named.push("email".to_owned()); // Only of an address is there one.
        }
        let names_one = named.iter().any(|name| whole(name) || part(name));
        let is_meant = |name: &str, value: &Value| {
            let inside =
                || value.as_object().is_some_and(|fields| named.iter().any(|named| fields.contains_key(named)));
            !names_one || named.iter().any(|named| named == name) || inside()
        };
        for (name, known) in &mut self.state.known {
            let faulty = known.source != Source::Tool && (whole(name) || part(name)) && is_meant(name, &known.value);
            known.refused |= faulty;
            known.faulty |= faulty && names_one;
        }
        let words = spec.names().find(|name| toolbox::words_for(tool, name) == Some(toolbox::Words::Matter));
        if words.is_some_and(|name| is_meant(name, &Value::Null)) {
            (self.state.words, self.state.answer) = (None, None);
        }
    }

    /// The tool of a dead end is called again with what the customer has added. The node counts as entered again.
    pub(super) fn try_failed_tool_again(&mut self) {
        self.state.phase = Phase::Fill;
        if !self.state.entered.contains(&self.state.at) {
            let at = self.state.at.clone();
            *self.state.visits.entry(at.clone()).or_default() += 1;
            self.state.entered.push(at);
        }
    }
}

/// Treats the answer that somebody has the phone number or mailbox already as a failure: families and companies share
/// numbers, so it does not say that the customer is that contact.
fn taken(tool: &str, result: &Value) -> Option<Failure> {
    let shared = result[toolbox::MATCHED_BY].as_str().filter(|by| tool == toolbox::ADD_TOOL && *by != "email")?;
    let what = if shared == "phone" { "phone number" } else { "mailbox" };
    let mut failure = Failure::of("AMBIGUOUS_ERROR", &format!("a contact has this {what} already"));
    failure.hint = "ask whether that is them: if so send its `email`, else `allow_same_phone`: `true`".to_owned();
    failure.details.insert(toolbox::MATCHED_BY.to_owned(), shared.into());
    Some(failure)
}

/// Treats a search that finds nobody as a failure where the one who was to be found is changed afterwards.
fn nobody(tool: &str, result: &Value) -> Option<Failure> {
    let none = tool == toolbox::SEARCH_TOOL && result["contacts"].as_array().is_some_and(Vec::is_empty);
    let mut failure = Failure::of(Code::UserNotFound.as_str(), "nobody was found");
    failure.hint = "ask for another spelling, address or number".to_owned();
    none.then_some(failure)
}

/// The value of a failed call that belongs to somebody who may not be the customer: it recognises nobody.
fn stranger(failure: &Failure) -> Option<&'static str> {
    let shared = failure.details.get(toolbox::MATCHED_BY)?.as_str()?;
    Some(if shared == "phone" { "phone" } else { "email" })
}

/// Treats a result without a field that the tool always provides as a failure, even if the model reports a success.
fn incomplete(tool: &str, result: &Value) -> Option<Failure> {
    let mut required = toolbox::outputs_of(tool).filter(|binding| binding.accepted == AcceptedFrom::ToolRequired);
    let missing = required.find(|binding| binding.value(result).is_none())?;
    let message = format!("the result has no `{}`: send what `{tool}` answered, unchanged", missing.field);
    Some(Failure::of("UNREADABLE_RESULT_ERROR", &message))
}
