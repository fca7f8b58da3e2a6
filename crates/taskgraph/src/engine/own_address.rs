//! The address and the name with which somebody has just become a customer. Others that they name are corrections of theirs,
//! and neither somebody else to look up nor a second contact.

use serde_json::{Map, Value};

use super::{
    event::Event,
    intents::{self, Found},
    known_value::{KnownValue, Source},
    navigation::{Correction, Navigator},
    state::CONTACT,
    toolbox::{ADD_TOOL, NAME, PROPERTIES, UPDATE_TOOL},
};
use crate::{graph::Edge, rules::IDENTIFY_TOOL};
use domain::nearest::Wanted;

/// The parts of a name, and the values that tools have given for them.
const NAMES: [(&str, &str); 2] = [("firstname", "cus_fname"), ("lastname", "cus_lname")];

/// Further data of a new customer, by which nobody is recognised.
const DATA: &[&str] = &["phone", "company", "jobtitle", "address", "city", "zip", "state", "country", "website"];

impl<'a> Navigator<'a> {
    /// The correction that an event brings, as far as the values are those of the customer who was added.
    pub(super) fn own_correction(&self, event: &Event) -> Option<Correction> {
        if event.tool_result.is_some() || !self.corrects_added(event) {
            return None;
        }
        let correct = self.way_to_correct()?;
        let Some(name) = &event.intent else { return Some(Correction::Alone) };
        let tool = |edge: &Edge| self.context.own_tool(self.context.node(&edge.to));
        match intents::find(&self.offers(), &self.state, self.context.graph, name) {
            Found::Edge(edge) if [Some(ADD_TOOL), Some(UPDATE_TOOL)].contains(&tool(edge)) => Some(Correction::Alone),
            Found::Edge(edge) if self.leads_straight(edge, &correct.from) => Some(Correction::Before),
            Found::Nothing => {
                let (_, step) = self.named_ahead(name)?;
                step.started_by(correct).then_some(Correction::Alone)
            }
            _ => None,
        }
    }

    /// Returns `true` if the event has other data of the customer who was added in this conversation, and is not about
    /// somebody else: their name is like the one before, or the mailbox has the same name.
    fn corrects_added(&self, event: &Event) -> bool {
        let said = self.said_of_them(event);
        let text = |name: &str| said.get(name).and_then(Value::as_str).map(plain);
        let known = |name: &str| {
            self.state.known.get(name).and_then(|known| known.value.as_str()).map(plain).unwrap_or_default()
        };
        let Some(added) = self.state.added_as.as_ref().and_then(Value::as_str).map(plain) else { return false };
        let whole = NAMES.map(|(_, part)| known(part)).join(" ");
        let names: Vec<(String, String)> = NAMES
            .iter()
            .filter_map(|(part, of_tool)| Some((text(part)?, known(of_tool))))
            .chain(text(NAME).map(|name| (name, whole.trim().to_owned())))
            .collect();
        // Colleagues add one contact after another: there only the address of the one with this name is corrected.
        let of_customers = self.context.has_tool(IDENTIFY_TOOL);
        let other_address = text("email").is_some_and(|email| email != added);
        let other_name = of_customers && names.iter().any(|(said, known)| said != known);
        let alike = |(said, known): &(String, String)| said == known || (of_customers && is_like(said, known));
        let same_mailbox = || of_customers && text("email").is_some_and(|email| mailbox(&email) == mailbox(&added));
        let theirs = names.iter().all(alike) || same_mailbox();
        // With an intent: by itself a phone number may be how they are reached in the matter at hand.
        let data = || of_customers && DATA.iter().any(|name| said.contains_key(*name));
        let other_data = event.intent.is_some() && data();
        (other_address || other_name || other_data) && theirs && self.state.known.contains_key(CONTACT)
    }

    /// The values of an event by argument, those of an object of properties too.
    fn said_of_them(&self, event: &Event) -> Map<String, Value> {
        let mut said = Map::new();
        for (given, value) in &event.slots {
            match value.as_object().filter(|_| self.context.argument(given) == PROPERTIES) {
                Some(fields) => said.extend(fields.clone()),
                None => said.extend([(self.context.argument(given), value.clone())]),
            }
        }
        said
    }

    /// The intent of the graph that corrects the data of a customer.
    fn way_to_correct(&self) -> Option<&'a Edge> {
        let graph = self.context.graph;
        let corrects = |edge: &&Edge| self.context.own_tool(self.context.node(&edge.to)) == Some(UPDATE_TOOL);
        graph.edges().iter().find(|edge| corrects(edge) && intents::is_served(self.context, edge))
    }

    /// Corrects the address now. A matter that is under way goes on afterwards.
    pub(super) fn correct_own_address(&mut self, event: &Event) {
        let Some(edge) = self.way_to_correct() else { return };
        if self.context.own_tool(self.node()) == Some(ADD_TOOL) && self.is_unfinished() {
            self.drop_topic(self.state.steps);
        } else if self.is_unfinished() && self.state.at != edge.from {
            self.state.suspend_topic();
            let address = self.said_of_them(event).remove("email");
            if let (Some(frame), Some(address)) = (self.state.stack.last_mut(), address) {
                frame.known.remove(PROPERTIES);
                let known = KnownValue::of(address, Source::Said(self.state.steps));
                frame.known.insert("email".to_owned(), known);
            }
        }
        self.state.nested.clear();
        self.follow(edge);
    }

    /// Keeps the address under which the customer is known after this call.
    pub(super) fn note_address(&mut self, tool: &str, sent: &Map<String, Value>, result: &Value) {
        let address = sent.get(PROPERTIES).and_then(|properties| properties.get("email")).filter(|one| one.is_string());
        match (tool, address) {
            (ADD_TOOL, address) => {
                self.state.added_as = address.filter(|_| result["created"] == true).cloned();
                self.state.added = result["contact"].get("contact_id").filter(|_| result["created"] == true).cloned();
                self.state.identified_by = address.cloned().or(self.state.identified_by.take());
            }
            (UPDATE_TOOL, Some(address)) if self.context.has_tool(IDENTIFY_TOOL) => {
                self.state.added_as = self.state.added_as.as_ref().map(|_| address.clone());
                self.state.identified_by = Some(address.clone());
                self.state.known.insert("email".to_owned(), KnownValue::of(address.clone(), Source::Tool));
            }
            (IDENTIFY_TOOL, _) if sent.get("email") != self.state.added_as.as_ref() => self.state.added_as = None,
            _ => {}
        }
    }
}

/// The likeness from which two names are spellings of one (Jaro-Winkler).
const LIKENESS_MIN: f64 = 0.85;

fn is_like(said: &str, known: &str) -> bool {
    said == known || Wanted::new(said).likeness(known) >= LIKENESS_MIN
}

/// The part of an address before the sign.
fn mailbox(address: &str) -> &str {
    address.split('@').next().unwrap_or_default()
}

fn plain(text: &str) -> String {
    text.trim().to_lowercase()
}
