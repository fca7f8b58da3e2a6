//! Which intents can be chosen at this point of a walk.

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

/// More candidates than this help nobody to choose.
const CANDIDATES_MAX: usize = 100;
/// Examples given for each.
const SAMPLES_MAX: usize = 5;

/// An edge that can be taken, with the name it is offered under.
#[derive(Debug)]
pub(super) struct Offer<'a> {
    pub(super) name: String,
    pub(super) edge: &'a Edge,
}

/// The ways on from the node at hand that need an intent.
pub(super) fn local<'a>(state: &State, graph: &'a Graph) -> Vec<&'a Edge> {
    let open = !matches!(state.phase, Phase::Fill) && state.done.contains(&state.at);
    let ways = graph.edges_from(&state.at).filter(|edge| edge.intent.is_some());
    ways.filter(|edge| open && may_enter(state, graph, edge)).collect()
}

/// The local ones first, then those that may be asked for at any time and those whose matter waits.
pub(super) fn offers<'a>(state: &State, graph: &'a Graph) -> Vec<Offer<'a>> {
    let mut edges = local(state, graph);
    for edge in graph.edges() {
        let known = edges.iter().any(|other| std::ptr::eq(*other, edge));
        if !known && (state.is_suspended(edge) || may_be_asked_for(state, graph, edge)) {
            edges.push(edge);
        }
    }
    edges.truncate(CANDIDATES_MAX);
    named(edges)
}

/// The intent may be asked for at any time, and there is something to do then.
fn may_be_asked_for(state: &State, graph: &Graph, edge: &Edge) -> bool {
    let open = may_enter(state, graph, edge) || is_more_of_the_same(state, graph, edge);
    edge.is_open_at_any_time() && has_been_at_source(state, edge) && open
}

/// An intent whose first node has not been passed yet would begin in the middle of a matter: scripts mark each step of
/// a flow with `pred`, and "the customer exists" must not be choosable before the customer is looked up.
fn has_been_at_source(state: &State, edge: &Edge) -> bool {
    state.done.contains(&edge.from)
}

/// A further question on the matter at hand is answered where the first was, though its limit is used up.
pub(super) fn is_more_of_the_same(state: &State, graph: &Graph, edge: &Edge) -> bool {
    let speaks = graph.node(&state.at).is_some_and(|node| matches!(node.behavior, Behavior::Answer | Behavior::Say));
    state.is_about(edge) && speaks && state.done.contains(&state.at) && state.at != graph.start().id
}

pub(super) fn may_enter(state: &State, graph: &Graph, edge: &Edge) -> bool {
    graph.node(&edge.to).is_some_and(|node| node.limit.is_none_or(|limit| state.visited(&node.id) < limit))
}

/// Equal intents get numbers.
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

/// The offer with this name, however it is spelled.
pub(super) fn find<'a>(offers: &[Offer<'a>], name: &str) -> Option<&'a Edge> {
    let key = Intent::key_of(name);
    offers.iter().find(|offer| Intent::key_of(&offer.name) == key).map(|offer| offer.edge)
}

/// The offers as the model sees them.
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
