//! Tools that are asked again: the customer, the day or the zone has changed after they were called.

use serde_json::Value;

use super::{
    known_value::Caller,
    navigation::Navigator,
    shown_times,
    state::Phase,
    toolbox::{self, TIMES_TOOL},
};
use crate::{
    graph::{Edge, NodeId},
    resource::Behavior,
    rules::IDENTIFY_TOOL,
};

impl Navigator<'_> {
    /// Returns `true` if the values change the customer or the day for whom or which this tool of the current topic was
    /// called.
    pub(super) fn changes_what_was_asked(&self, tool: &str, values: &[(String, &Value)]) -> bool {
        let passed = self.state.entered.iter().any(|id| self.context.own_tool(self.context.node(id)) == Some(tool));
        let here = self.context.own_tool(self.node()) == Some(tool) && self.state.phase == Phase::Fill;
        if !passed || here {
            return false;
        }
        let value = |name: &str| values.iter().find(|(given, _)| given == name).map(|(_, value)| *value);
        if tool == TIMES_TOOL {
            let Some(shown) = &self.state.shown else { return false };
            let known = |name: &str| self.state.known.get(name).map(|known| &known.value);
            let day = value(shown_times::DAY).or_else(|| known(shown_times::DAY)).unwrap_or(&Value::Null);
            let is_new = |name: &String, value: &Value| {
                let other = |asked: &Vec<Value>| !asked.is_empty() && !asked.contains(value);
                let page = toolbox::PAGE_ARGUMENTS.contains(&name.as_str());
                (page || shown.asked.get(name).is_some_and(other)) && !value.is_null()
            };
            let one_of_shown = value(shown_times::START).is_some_and(|time| shown_times::shows(shown, day, time));
            return !one_of_shown && values.iter().any(|(name, value)| is_new(name, value));
        }
        self.names_somebody_else(values)
    }

    /// Returns `true` if the values have an address that is not that of the customer, and no new one of theirs either.
    pub(super) fn names_somebody_else(&self, values: &[(String, &Value)]) -> bool {
        if self.corrects_somebody() || self.correction.is_some() {
            return false;
        }
        let email = values.iter().find(|(given, _)| given == "email").and_then(|(_, value)| value.as_str());
        let email = email.map(str::to_lowercase);
        let known = self.state.known.get("email").map(|known| &known.value);
        let same = |other: &Value| other.as_str().map(str::to_lowercase) == email;
        email.is_some()
            && self.state.identified_by.is_some()
            && ![known, self.state.identified_by.as_ref()].into_iter().flatten().any(same)
    }

    /// Returns `true` if the data of a contact are corrected here or in the next step.
    pub(super) fn corrects_somebody(&self) -> bool {
        let corrects = |id: &NodeId| self.context.own_tool(self.context.node(id)) == Some(toolbox::UPDATE_TOOL);
        corrects(&self.state.at) || self.context.graph.edges_from(&self.state.at).any(|edge| corrects(&edge.to))
    }

    /// Returns `true` if nothing was found for the customer and they are asked for another address that it may be under.
    pub(super) fn looks_elsewhere(&self) -> bool {
        let says = self.state.phase == Phase::Speak && self.node().behavior == Behavior::Say;
        let mut ways = self.context.graph.all_edges().filter(|edge| edge.to == self.state.at);
        says && self.context.has_tool(IDENTIFY_TOOL) && ways.any(Edge::is_by_result)
    }

    /// Looks for the record of a colleague. The customer stays who they are: what they say is logged on them, and the next matter
    /// is theirs.
    pub(super) fn look_elsewhere(&mut self, caller: Caller) {
        self.state.forget_tool_values();
        self.state.caller.get_or_insert(caller);
        self.state.logged = true;
        self.go_back_to(IDENTIFY_TOOL);
    }

    /// Goes back to a tool of the current topic, because the customer or the day has changed.
    pub(super) fn ask_tool_again(&mut self, tool: &str) {
        if tool == IDENTIFY_TOOL {
            self.state.caller = None;
            self.state.forget_address();
            self.state.forget_tool_values();
            self.state.handed_off = None;
            self.state.forget_tasks();
            self.state.logged = false;
        }
        self.go_back_to(tool);
    }

    fn go_back_to(&mut self, tool: &str) {
        let calls = |id: &NodeId| self.context.own_tool(self.context.node(id)) == Some(tool);
        let Some(position) = self.state.entered.iter().rposition(calls) else { return };
        for later in self.state.entered.split_off(position + 1) {
            self.state.take_back_visit(&later);
        }
        let at = self.state.entered[position].clone();
        self.state.shown = None;
        self.state.done.remove(&at);
        self.state.at = at;
        self.state.phase = Phase::Fill;
        (self.state.tries, self.state.failed) = (0, None);
    }
}
