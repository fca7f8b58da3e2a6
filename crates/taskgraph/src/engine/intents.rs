//! The intents that can be chosen in a state.

use std::collections::BTreeMap;

use super::{
    action::Candidate,
    context::RunContext,
    state::{Phase, State},
};
use crate::{
    graph::{Edge, Graph, Intent, Node},
    instructions,
    resource::Behavior,
};

/// The most candidates that are offered.
const CANDIDATES_MAX: usize = 100;
/// The most examples for each candidate.
const SAMPLES_MAX: usize = 5;

/// An edge that can be followed, with the name under which it is offered.
#[derive(Debug)]
pub(super) struct Offer<'a> {
    pub(super) name: String,
    pub(super) edge: &'a Edge,
}

/// Lists the edges with an intent that leave the current node.
pub(super) fn local<'a>(state: &State, graph: &'a Graph) -> Vec<&'a Edge> {
    let open = !matches!(state.phase, Phase::Fill) && state.done.contains(&state.at);
    let ways = graph.edges_from(&state.at).filter(|edge| edge.intent.is_some());
    ways.filter(|edge| open && may_enter(state, graph, edge)).collect()
}

/// Lists the intents that can be chosen: those of the current node first, then the global ones and those of suspended
/// topics.
pub(super) fn offers<'a>(state: &State, graph: &'a Graph) -> Vec<Offer<'a>> {
    let mut edges = local(state, graph);
    for edge in graph.edges() {
        let known = edges.iter().any(|other| std::ptr::eq(*other, edge));
        if !known && (state.is_suspended(edge) || is_available(state, graph, edge)) {
            edges.push(edge);
        }
    }
    edges.truncate(CANDIDATES_MAX);
    named(edges)
}

/// Returns `true` if a global intent is available and leads to something to do.
fn is_available(state: &State, graph: &Graph, edge: &Edge) -> bool {
    let open = may_enter(state, graph, edge) || is_follow_up(state, graph, edge);
    edge.is_open_at_any_time() && source_is_done(state, edge) && open
}

/// Returns `true` if the node that the edge leaves has been completed. Otherwise the intent would begin in the middle
/// of a topic: graphs mark every step of a flow with `pred`, and "the customer exists" must not be available before the
/// lookup.
fn source_is_done(state: &State, edge: &Edge) -> bool {
    state.done.contains(&edge.from)
}

/// Returns `true` if the intent is a further question on the current topic, which is answered at the current node
/// although its limit is reached.
pub(super) fn is_follow_up(state: &State, graph: &Graph, edge: &Edge) -> bool {
    let speaks = graph.node(&state.at).is_some_and(|node| matches!(node.behavior, Behavior::Answer | Behavior::Say));
    state.is_about(edge) && speaks && state.done.contains(&state.at) && state.at != graph.start().id
}

pub(super) fn may_enter(state: &State, graph: &Graph, edge: &Edge) -> bool {
    graph.node(&edge.to).is_some_and(|node| node.limit.is_none_or(|limit| state.visited(&node.id) < limit))
}

/// Names the offers; equal intents are numbered.
fn named(edges: Vec<&Edge>) -> Vec<Offer<'_>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut offers = vec![];
    for edge in edges {
        let Some(intent) = &edge.intent else { continue };
        let count = counts.entry(&intent.key).or_default();
        *count += 1;
        let name = if *count == 1 { intent.text.clone() } else { format!("{} ({count})", intent.text) };
        offers.push(Offer { name, edge });
    }
    offers
}

/// Returns the edge of the offer with this name, ignoring case and spacing.
pub(super) fn find<'a>(offers: &[Offer<'a>], name: &str) -> Option<&'a Edge> {
    let key = Intent::key_of(name);
    offers.iter().find(|offer| Intent::key_of(&offer.name) == key).map(|offer| offer.edge)
}

/// The offers in the form that the model reads.
pub(super) fn candidates(state: &State, context: &RunContext<'_>) -> Vec<Candidate> {
    offers(state, context.graph).iter().map(|offer| candidate(offer, context.graph)).collect()
}

pub(super) fn candidate(offer: &Offer<'_>, graph: &Graph) -> Candidate {
    Candidate {
        intent: offer.name.clone(),
        leads_to: graph.node(&offer.edge.to).map(leads_to).unwrap_or_default(),
        definition: offer.edge.definition.clone(),
        sample_utterances: offer.edge.sample_utterances.iter().take(SAMPLES_MAX).cloned().collect(),
    }
}

fn leads_to(node: &Node) -> String {
    instructions::step(node)
}
