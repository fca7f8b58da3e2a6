//! The values of an event: the arguments for which they are taken, and those that are not.

use serde_json::Value;

use super::{
    arguments,
    error::StepError,
    event::Event,
    handoff,
    intents::{self, Found},
    known_value::{KnownValue, Source},
    limits::VALUE_LENGTH_MAX,
    missing,
    navigation::Navigator,
    shown_times,
    state::{CONTACT, Phase},
    toolbox::{self, OWNER, REACH, SEARCH_TOOL, TIMES_TOOL, plain_id},
};
use crate::{graph::Node, instructions::DeadEnd, rules::IDENTIFY_TOOL};

/// The arguments with the one whom the customer wants to meet, and with the link.
const WHOM: &str = "owner_id";
const LINK: &str = "slug";
/// The most values that are named where one of them was to be sent.
const FOUND_MAX: usize = 5;

impl Navigator<'_> {
    /// Stores the values that the customer has stated. Those that cannot be taken are ignored, unless the event has
    /// nothing else.
    pub(super) fn record_slots(&mut self, event: &Event) -> Result<(), StepError> {
        let mut refused = None;
        let mut taken = vec![];
        let event = &Event {
            slots: shown_times::with_hours(&self.state, &event.slots, |name| self.context.argument(name)),
            ..event.clone()
        };
        let sent = event.slots.keys().map(|given| self.whom_to_meet(self.context.argument(given), event));
        let sent: Vec<String> = sent.collect();
        let answer = self.search_answer(&sent);
        for ((given, value), name) in event.slots.iter().zip(sent) {
            let name = if answer == Some(name.as_str()) { toolbox::QUERY.to_owned() } else { self.searched_by(name) };
            match self.check_slot(&name, value) {
                Ok(()) => taken.push((name, value)),
                Err(error) => {
                    self.state.ignore(given, &error.shortened(refused.is_some()));
                    refused.get_or_insert(error);
                }
            }
        }
        let alone = Event { slots: event.slots.clone(), ..Event::default() } == *event;
        if let Some(error) = refused.filter(|_| taken.is_empty() && alone) {
            return Err(error);
        }
        let names: Vec<String> = taken.iter().map(|(name, _)| name.clone()).collect();
        let has = |name: &str| names.iter().any(|given| given == name);
        let again = toolbox::ASKED_AGAIN.iter().find(|(tool, arguments)| {
            arguments.iter().any(|argument| has(argument)) && self.changes_what_was_asked(tool, &taken)
        });
        let more = !taken.is_empty();
        let another = again.is_none() && self.names_somebody_else(&taken);
        let elsewhere = again.is_some_and(|(tool, _)| *tool == IDENTIFY_TOOL) && self.looks_elsewhere();
        let elsewhere = elsewhere && self.says_correction(event) == Some(false);
        let caller = elsewhere.then(|| self.state.caller_now());
        // A time goes with the day for which it was named.
        let other_day = has(shown_times::DAY) && !has(shown_times::START);
        if other_day && self.state.shown.is_some() {
            self.state.known.remove(shown_times::START);
        }
        let other_owner = |(name, value): &(String, &Value)| {
            name == WHOM && self.state.known.get(WHOM).is_some_and(|known| known.value != **value)
        };
        let another_owner = taken.iter().any(other_owner);
        if another_owner && !has(LINK) {
            self.state.known.remove(LINK); // It is that of the one before.
        }
        if another_owner || has(LINK) {
            // A length that nobody has said is that of the link before.
            let length = self.state.known.get(shown_times::LENGTH);
            if length.is_some_and(|length| length.source == Source::Tool) {
                self.state.known.remove(shown_times::LENGTH);
            }
        }
        taken.sort_by_key(|(_, value)| value.is_object()); // A value by itself goes before one in an object.
        for (name, value) in taken {
            self.record_slot(name, value);
        }
        let email = self.state.known.get("email").filter(|known| !known.refused).map(|known| &known.value);
        let logged_before = email.is_some() && email == self.state.logged_as.as_ref();
        if more && self.state.phase == (Phase::DeadEnd { why: DeadEnd::Failed }) && self.may_help(&names) {
            self.try_failed_tool_again();
            self.pass_known_lookup();
        }
        self.is_told = self.change_told_tasks(event);
        self.add_reach(event);
        match again {
            Some((tool, _)) if event.tool_result.is_none() => {
                shown_times::keep_hour(&mut self.state, tool, &names);
                match caller {
                    Some(caller) => self.look_elsewhere(caller),
                    None => self.ask_tool_again(tool),
                }
            }
            _ if another => self.forget_customer(event),
            _ => self.settle_doubt(event),
        }
        self.state.logged |= logged_before;
        Ok(())
    }

    /// The argument for which a colleague is named: where times are shown, it is the one whom the customer wants to meet.
    fn whom_to_meet(&self, name: String, event: &Event) -> String {
        let is_meant = name == OWNER && self.context.has_tool(TIMES_TOOL) && self.is_for_meeting(event);
        if is_meant { WHOM.to_owned() } else { name }
    }

    /// Returns `true` if the intent of the event begins a matter in which free times are shown, or the matter at hand does.
    fn is_for_meeting(&self, event: &Event) -> bool {
        let shows = |node: &&Node| self.context.own_tool(node) == Some(TIMES_TOOL);
        let Some(times) = self.context.graph.nodes().iter().find(shows) else { return false };
        let found =
            event.intent.as_ref().map(|name| intents::find(&self.offers(), &self.state, self.context.graph, name));
        let edge = match found {
            Some(Found::Edge(edge)) => Some(edge),
            _ => self.context.graph.all_edges().find(|edge| self.state.is_about(edge)),
        };
        edge.is_some_and(|edge| self.leads_straight(edge, &times.id))
    }

    /// Returns `true` if the tool that has failed takes one of these values, or finds one of them itself.
    fn may_help(&self, names: &[String]) -> bool {
        let Some(spec) = arguments::spec(&self.state, self.context, self.node()) else { return false };
        let tool = arguments::own_tool(&self.state, self.context, self.node());
        let parts = |name: &str| spec.names().any(|argument| toolbox::parts_of(tool, argument).contains(&name));
        let finds = |name: &str| toolbox::outputs_of(tool).any(|binding| binding.argument == name);
        names
            .iter()
            .any(|name| spec.has(name) || parts(name) || finds(name) || toolbox::ADDRESSES.contains(&name.as_str()))
    }

    /// The argument for which a value is taken. Where contacts are only found by searching, whoever names one searches
    /// for it.
    fn searched_by(&self, name: String) -> String {
        let searched = toolbox::identifies(&name) && self.context.is_of_others() && self.state.choices.is_empty();
        if searched { toolbox::QUERY.to_owned() } else { name }
    }

    /// The one of the arguments that answers the question whom to search for: the surest, where that is an address or a
    /// number.
    fn search_answer(&self, sent: &[String]) -> Option<&'static str> {
        let surest = ["query", "contact", "cus_cid", toolbox::NAME, "email", "phone"];
        let first = surest.into_iter().find(|one| sent.iter().any(|sent| sent == one));
        let asked = self.state.phase == Phase::Fill
            && self.context.own_tool(self.node()) == Some(SEARCH_TOOL)
            && missing::missing(&self.state, self.context, self.node()).iter().any(|one| one.name == toolbox::QUERY);
        first.filter(|first| asked && ["email", "phone"].contains(first))
    }

    /// Passes on how the customer is reached, where a colleague was asked before they said it. What else they say beside it
    /// goes on with what was asked for.
    fn add_reach(&mut self, event: &Event) {
        let says_reach = event.slots.keys().any(|name| self.context.argument(name) == REACH);
        let goes_on = event.intent.is_some() || event.switch.is_some() || self.is_unfinished();
        let is_told = !self.state.tasks.is_empty();
        if !says_reach || goes_on || is_told || !handoff::is_reached_otherwise(&self.state) {
            return;
        }
        if !self.context.is_hand_off(self.node()) {
            self.return_to_start();
            self.state.at = self.context.graph.person_edge(|_| true).to.clone();
        }
        self.state.phase = Phase::Fill;
    }

    /// The next matter is that of somebody else, who has to be looked up first.
    fn forget_customer(&mut self, event: &Event) {
        self.state.caller = None;
        self.state.forget_address();
        self.state.forget_tool_values();
        self.state.identified_by = None;
        self.state.logged = false;
        self.state.handed_off = None;
        self.state.forget_tasks();
        self.write_again_for(event);
    }

    fn check_slot(&self, name: &str, value: &Value) -> Result<(), StepError> {
        let known = self.state.known.get(name);
        let is_none = value.is_null() && (known.is_some() || name == toolbox::TICKET);
        if is_none || self.is_found(name, value) {
            return Ok(());
        }
        if self.names_ahead(name, value) {
            return Ok(());
        }
        if let Some(found) = self.to_choose(name) {
            return Err(StepError::NotFound { argument: name.to_owned(), found });
        }
        if name == toolbox::TICKET && value.is_array() {
            return Err(StepError::OneAtATime { argument: name.to_owned() });
        }
        let chosen = toolbox::CHOSEN_ARGUMENTS.contains(&name) && self.context.has_tool(toolbox::TIMES_TOOL);
        if chosen && value.to_string().len() <= VALUE_LENGTH_MAX {
            return Ok(());
        }
        let mut checked = self.context.check_slot(name, value);
        if let Err(StepError::UnknownSlot { expected, .. }) = &mut checked
            && !self.state.choices.is_empty()
        {
            expected.insert(0, "contact_id".to_owned());
        }
        checked
    }

    /// Returns `true` if the value is one of those that were found for the customer to choose from, or the customer's own.
    fn is_found(&self, name: &str, value: &Value) -> bool {
        let own = || self.state.known.get(name).is_some_and(|known| is_same_id(&known.value, value));
        let among = |found: &[Value]| found.iter().any(|one| is_same_id(one, value));
        match name {
            toolbox::APPOINTMENT => !toolbox::named_appointments(&self.state.appointments, value).is_empty(),
            toolbox::TICKET => self.state.tickets.as_deref().is_some_and(among),
            _ => toolbox::identifies(name) && (among(&self.state.choices) || own()),
        }
    }

    /// Returns `true` if the customer says which appointment is meant before any were looked up.
    fn names_ahead(&self, name: &str, value: &Value) -> bool {
        let unknown = self.state.appointments.is_empty() && self.context.has_tool(toolbox::MEETINGS_TOOL);
        name == toolbox::APPOINTMENT && unknown && value.to_string().len() <= VALUE_LENGTH_MAX
    }

    /// The ids of the appointments that were found.
    fn appointments(&self) -> Vec<Value> {
        self.state.appointments.iter().map(|one| one[toolbox::APPOINTMENT].clone()).collect()
    }

    /// The values of which this argument is one, where there are some to choose from.
    fn to_choose(&self, name: &str) -> Option<Vec<String>> {
        let found = match name {
            toolbox::APPOINTMENT if self.context.has_tool(toolbox::MEETINGS_TOOL) => self.appointments(),
            _ if toolbox::identifies(name) && !self.state.choices.is_empty() => self.state.choices.clone(),
            toolbox::TICKET => self.state.tickets.clone()?,
            _ => return None,
        };
        Some(found.iter().take(FOUND_MAX).map(plain_id).collect())
    }

    fn record_slot(&mut self, name: String, value: &Value) {
        if name == toolbox::CORRECTION {
            return; // It says something of the address.
        }
        if value.is_null() {
            self.state.known.remove(&name);
            return;
        }
        if toolbox::identifies(&name) && self.context.sole_provider(&name).is_some() {
            // One of the contacts that were found is everywhere the customer.
            let Some(value) = self.state.choices.iter().find(|choice| is_same_id(choice, value)).cloned() else {
                return; // The customer's own, which is known.
            };
            for argument in ["cus_cid", "contact"] {
                self.state.known.insert(argument.to_owned(), KnownValue::of(value.clone(), Source::Tool));
            }
            self.state.choices.clear();
            self.state.recall();
            if self.state.phase == Phase::Finish {
                self.state.phase = Phase::Choose;
            }
            return self.pass_known_lookup();
        }
        if name == toolbox::APPOINTMENT {
            let named = toolbox::named_appointments(&self.state.appointments, value);
            // Before they are looked up it is kept as it was said.
            let named = if named.is_empty() { value.clone() } else { named.into() };
            self.state.known.insert(name, KnownValue::of(named, Source::Said(self.state.steps)));
            self.state.remaining.clear();
            return;
        }
        if toolbox::PAGE_ARGUMENTS.contains(&name.as_str()) {
            self.state.known.retain(|other, _| !toolbox::PAGE_ARGUMENTS.contains(&other.as_str()));
        }
        if self.state.known.get(&name).is_some_and(|known| known.refused) {
            self.state.failed = None; // It was about the value before.
        }
        let source = Source::Said(self.state.steps);
        let value = shown_times::take_whole_start(&mut self.state, &name, value).unwrap_or_else(|| value.clone());
        let value = read_object(&name, value);
        self.take_data(&name, &value);
        self.state.known.insert(name, KnownValue::of(value, source));
        self.state.recall();
    }

    /// Takes the data of an unknown customer, sent as one object, as if each had been sent by itself: by some of them they
    /// are recognised.
    fn take_data(&mut self, name: &str, value: &Value) {
        let fields = value.as_object().filter(|_| name == toolbox::PROPERTIES && self.is_unknown());
        for (part, value) in fields.into_iter().flatten() {
            let taken = toolbox::CUSTOMER_ARGUMENTS.contains(&part.as_str())
                && !self.state.known.contains_key(part)
                && self.context.check_slot(part, value).is_ok();
            if taken {
                let known = KnownValue::of(value.clone(), Source::Said(self.state.steps));
                self.state.known.insert(part.clone(), known);
            }
        }
    }

    /// Returns `true` if the customer is to be recognised and is not.
    fn is_unknown(&self) -> bool {
        self.context.has_tool(IDENTIFY_TOOL) && !self.state.known.contains_key(CONTACT)
    }
}

/// Reads properties that were sent as the text of a JSON object.
fn read_object(name: &str, value: Value) -> Value {
    let text = value.as_str().filter(|text| name == toolbox::PROPERTIES && text.trim_start().starts_with('{'));
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(value)
}

/// Returns `true` if both are the same id.
fn is_same_id(id: &Value, other: &Value) -> bool {
    plain_id(id) == plain_id(other)
}
