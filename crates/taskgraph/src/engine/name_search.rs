//! The customer who has no address at hand: whoever names themselves where they are to be recognised is searched for.

use serde_json::{Map, Value};

use super::{
    event::Event,
    known_value::{KnownValue, Source},
    navigation::Navigator,
    search_key,
    state::Phase,
    toolbox::{ADDRESSES, NAMING, QUERY, SEARCH_TOOL},
};
use crate::{graph::Edge, rules::IDENTIFY_TOOL};

impl<'a> Navigator<'a> {
    /// Searches for a customer who is to be recognised and has said a name and no address. The topic at hand goes on
    /// afterwards. Returns `true` if the search has begun.
    pub(super) fn search_by_name(&mut self, event: &Event) -> bool {
        let Some(text) = self.name_to_search(event) else { return false };
        let Some(edge) = self.way_to_search() else { return false };
        let source = Source::Said(self.state.steps);
        self.state.known.insert(QUERY.to_owned(), KnownValue::of(text.clone().into(), source));
        self.state.searched = Some(text);
        self.interrupt(edge);
        true
    }

    /// The name by which the customer is searched for: one that this event has brought, or that was said before and is all
    /// that is known of them.
    fn name_to_search(&self, event: &Event) -> Option<String> {
        let identifies = self.context.own_tool(self.node()) == Some(IDENTIFY_TOOL) && self.state.phase == Phase::Fill;
        if !identifies || self.has_address() || event.switch.is_some() {
            return None;
        }
        let brought = event.slots.keys().any(|name| NAMING.contains(&self.context.argument(name).as_str()));
        let known = ADDRESSES.iter().any(|name| self.state.known.contains_key(*name));
        let query = self.state.known.get(QUERY).filter(|query| !query.refused && !query.stale);
        let query = query.filter(|query| query.source == Source::Said(self.state.steps) || !brought);
        let query = query.and_then(|query| query.value.as_str()).map(str::to_owned);
        let text = query.or_else(|| search_key::of(&self.state, 0, false).map(|key| key.text))?;
        let anew = self.state.searched.as_ref() != Some(&text);
        ((brought || !known) && anew).then_some(text)
    }

    /// Returns `true` if the customer can be recognised by an address.
    fn has_address(&self) -> bool {
        ADDRESSES.iter().any(|name| self.state.known.get(*name).is_some_and(|known| !known.refused))
    }

    /// The intent of the graph that searches for a customer.
    fn way_to_search(&self) -> Option<&'a Edge> {
        let offers = self.offers();
        let searches = |edge: &Edge| self.context.own_tool(self.context.node(&edge.to)) == Some(SEARCH_TOOL);
        offers.into_iter().map(|offer| offer.edge).find(|edge| searches(edge))
    }

    /// Returns the only hit of a search if another may have been meant: the customer is asked.
    pub(super) fn doubtful_hit(&self, tool: &str, sent: &Map<String, Value>, result: &Value) -> Option<Value> {
        let by_customer = self.context.has_tool(IDENTIFY_TOOL);
        let hits =
            result["contacts"].as_array().filter(|hits| tool == SEARCH_TOOL && by_customer && hits.len() == 1)?;
        let filters = sent.get("filters").and_then(Value::as_object).into_iter().flat_map(|filters| filters.values());
        let texts: Vec<&str> = sent.get(QUERY).into_iter().chain(filters).filter_map(Value::as_str).collect();
        let exact = search_key::names_exactly(&texts.join(" "), &hits[0]);
        hits.first().map(|hit| hit["contact_id"].clone()).filter(|id| !exact && id.is_string())
    }

    /// Marks the values by which nobody was found.
    pub(super) fn refuse_search(&mut self) {
        let since = search_key::since(&self.state, self.context.has_tool(IDENTIFY_TOOL));
        let said = self.state.known.get(QUERY).is_some_and(|query| !query.refused && !query.stale);
        let key = search_key::of(&self.state, since, self.corrects_somebody()).filter(|_| !said);
        for name in key.map_or(&[QUERY][..], |key| key.parts) {
            if let Some(known) = self.state.known.get_mut(*name) {
                known.refused = true;
            }
        }
    }

    /// Takes the values by which somebody was found as known: they are no change of their data.
    pub(super) fn settle_search(&mut self, tool: &str, sent: &Map<String, Value>, result: &Value) {
        let found = tool == SEARCH_TOOL && result["contacts"].as_array().is_some_and(|hits| !hits.is_empty());
        let since = search_key::since(&self.state, self.context.has_tool(IDENTIFY_TOOL));
        let key = search_key::of(&self.state, since, self.corrects_somebody());
        let key = key.filter(|key| found && sent.get(QUERY).and_then(Value::as_str) == Some(&key.text));
        for name in key.map_or(&[][..], |key| key.parts) {
            if let Some(known) = self.state.known.get_mut(*name) {
                known.source = Source::Tool;
            }
        }
    }
}
