//! The values of an event: the arguments for which they are taken, and those that are not.

use serde_json::Value;

use super::{
    error::StepError,
    event::Event,
    known_value::{KnownValue, Source},
    limits::VALUE_LENGTH_MAX,
    navigation::Navigator,
    shown_times,
    state::Phase,
    toolbox,
};
use crate::instructions::DeadEnd;

impl Navigator<'_> {
    /// Stores the values that the customer has stated. Those that cannot be taken are ignored, unless the event has
    /// nothing else.
    pub(super) fn record_slots(&mut self, event: &Event) -> Result<(), StepError> {
        let mut refused = None;
        let mut taken = vec![];
        for (given, value) in &event.slots {
            let name = self.searched_by(self.context.argument(given));
            match self.check_slot(&name, value) {
                Ok(()) => taken.push((name, value)),
                Err(error) => {
                    self.ignore(given, &error.shortened(refused.is_some()));
                    refused.get_or_insert(error);
                }
            }
        }
        let alone = Event { slots: event.slots.clone(), ..Event::default() } == *event;
        if let Some(error) = refused.filter(|_| taken.is_empty() && alone) {
            return Err(error);
        }
        let names: Vec<&str> = taken.iter().map(|(name, _)| name.as_str()).collect();
        let again = toolbox::ASKED_AGAIN.iter().find(|(tool, arguments)| {
            arguments.iter().any(|argument| names.contains(argument)) && self.changes_what_was_asked(tool, &taken)
        });
        let more = !taken.is_empty();
        let another = again.is_none() && self.names_somebody_else(&taken);
        // A time goes with the day for which it was named.
        let other_day = names.contains(&shown_times::DAY) && !names.contains(&shown_times::START);
        if other_day && self.state.shown.is_some() {
            self.state.known.remove(shown_times::START);
        }
        for (name, value) in taken {
            self.record_slot(name, value);
        }
        if more && self.state.phase == (Phase::DeadEnd { why: DeadEnd::Failed }) {
            self.try_failed_tool_again();
        }
        match again {
            Some((tool, _)) if event.tool_result.is_none() => self.ask_tool_again(tool),
            _ if another => self.forget_customer(),
            _ => {}
        }
        Ok(())
    }

    /// The argument for which a value is taken. Where contacts are only found by searching, whoever names one searches
    /// for it.
    fn searched_by(&self, name: String) -> String {
        let only_searched = self.context.sole_provider(&name) == Some(toolbox::SEARCH_TOOL);
        let searched = toolbox::identifies(&name) && only_searched && self.state.choices.is_empty();
        if searched { toolbox::QUERY.to_owned() } else { name }
    }

    /// The next matter is that of somebody else, who has to be looked up first.
    fn forget_customer(&mut self) {
        self.state.forget_tool_values();
        self.state.identified_by = None;
        self.state.logged = false;
    }

    fn check_slot(&self, name: &str, value: &Value) -> Result<(), StepError> {
        let chosen = toolbox::identifies(name) && self.state.choices.iter().any(|choice| is_same_id(choice, value));
        let chosen =
            chosen || (toolbox::CHOSEN_ARGUMENTS.contains(&name) && self.context.has_tool(toolbox::TIMES_TOOL));
        let chosen = chosen && value.to_string().len() <= VALUE_LENGTH_MAX;
        if chosen || self.is_appointment(name, value) || (value.is_null() && self.state.known.contains_key(name)) {
            return Ok(());
        }
        self.context.check_slot(name, value)
    }

    /// Returns `true` if the value is the id of one of the appointments that were found.
    fn is_appointment(&self, name: &str, value: &Value) -> bool {
        let found = &self.state.appointments;
        name == toolbox::APPOINTMENT && found.iter().any(|found| is_same_id(&found[toolbox::APPOINTMENT], value))
    }

    fn record_slot(&mut self, name: String, value: &Value) {
        if value.is_null() {
            self.state.known.remove(&name);
            return;
        }
        if toolbox::identifies(&name) && self.context.sole_provider(&name).is_some() {
            // One of the contacts that were found is everywhere the customer.
            let chosen = self.state.choices.iter().find(|choice| is_same_id(choice, value));
            let value = chosen.cloned().unwrap_or_else(|| value.clone());
            for argument in ["cus_cid", "contact"] {
                self.state.known.insert(argument.to_owned(), KnownValue::of(value.clone(), Source::Tool));
            }
            self.state.choices.clear();
            self.state.recall();
            return self.pass_known_lookup();
        }
        if toolbox::PAGE_ARGUMENTS.contains(&name.as_str()) {
            self.state.known.retain(|other, _| !toolbox::PAGE_ARGUMENTS.contains(&other.as_str()));
        }
        let source = Source::Said(self.state.steps);
        let value = shown_times::take_whole_start(&mut self.state, &name, value).unwrap_or_else(|| value.clone());
        self.state.known.insert(name, KnownValue::of(value, source));
        self.state.recall();
    }
}

/// Returns `true` if both are the same id, which clients write as a text or as a number.
fn is_same_id(id: &Value, other: &Value) -> bool {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned());
    plain(id) == plain(other)
}
