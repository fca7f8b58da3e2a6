//! The intents that can be chosen in a state.

use std::collections::BTreeMap;

use super::{
    action::Candidate,
    context::RunContext,
    state::{Phase, State},
};
use crate::{
    graph::{Edge, Graph, Intent, Node},
    instructions::{self, DeadEnd},
    resource::Behavior,
};

/// The most candidates that are offered.
const CANDIDATES_MAX: usize = 100;

/// An edge that can be followed, with the name under which it is offered.
#[derive(Debug)]
pub(super) struct Offer<'a> {
    pub(super) name: String,
    pub(super) edge: &'a Edge,
}

/// Lists the edges with an intent that leave the current node.
pub(super) fn local<'a>(state: &State, context: &RunContext<'a>) -> Vec<&'a Edge> {
    let graph = context.graph;
    let open = !matches!(state.phase, Phase::Fill) && state.done.contains(&state.at);
    let ways = graph.edges_from(&state.at).filter(|edge| edge.intent.is_some());
    ways.filter(|edge| open && may_enter(state, graph, edge) && is_served(context, edge)).collect()
}

/// Lists the other ways from the node before the current one: after a ticket was changed it can also be closed.
pub(super) fn siblings<'a>(state: &State, context: &RunContext<'a>) -> Vec<Offer<'a>> {
    let graph = context.graph;
    let before = graph.all_edges().find(|edge| edge.to == state.at && edge.from != graph.start().id);
    let Some(before) = before.filter(|edge| edge.intent.is_some() && state.done.contains(&edge.from)) else {
        return vec![];
    };
    let ways = graph.edges_from(&before.from).filter(|edge| edge.intent.is_some());
    named(ways.filter(|edge| may_enter(state, graph, edge) && is_served(context, edge)).collect())
}

/// Lists the intents that can be chosen: those of the current node first, then the global ones and those of suspended
/// topics.
pub(super) fn offers<'a>(state: &State, context: &RunContext<'a>) -> Vec<Offer<'a>> {
    let graph = context.graph;
    let mut edges = local(state, context);
    for edge in graph.edges() {
        let known = edges.iter().any(|other| std::ptr::eq(*other, edge));
        if !known && is_served(context, edge) && (state.is_suspended(edge) || is_available(state, graph, edge)) {
            edges.push(edge);
        }
    }
    edges.retain(|edge| !leads_back(state, edge));
    edges.truncate(CANDIDATES_MAX);
    named(edges)
}

/// Returns `true` at a dead end to which the edge would lead again.
fn leads_back(state: &State, edge: &Edge) -> bool {
    let is_stuck = matches!(&state.phase, Phase::DeadEnd { why: DeadEnd::NotIdentified | DeadEnd::Needs { .. } });
    is_stuck && state.stuck_at.as_ref() == Some(&edge.to)
}

/// Returns `true` unless the edge leads to a tool of this server that is switched off.
pub(super) fn is_served(context: &RunContext<'_>, edge: &Edge) -> bool {
    context.graph.node(&edge.to).is_none_or(|node| match &node.behavior {
        Behavior::Tool(tool) => context.tools.is_open(tool),
        Behavior::HandOff => context.hands_off(),
        _ => true,
    })
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
pub(super) fn named(edges: Vec<&Edge>) -> Vec<Offer<'_>> {
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

/// The offers that a name stands for.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// One.
    Edge(&'a Edge),
    /// Several, with the names to send.
    Several(Vec<String>),
    /// None.
    Nothing,
}

/// The names under which a person can be asked for in every graph.
const PERSON_NAMES: &[&str] = &["a person, please", "a person", "person", "a human", "human"];
/// The shortest part of a name that is looked for, in characters.
const PART_LENGTH_MIN: usize = 3;

/// Finds the offer that a name stands for: the name itself in any case, its number in the list, an example of it, or a
/// part of it.
pub(super) fn find<'a>(offers: &[Offer<'a>], state: &State, graph: &'a Graph, name: &str) -> Found<'a> {
    let key = Intent::key_of(name);
    let named = offers.iter().find(|offer| Intent::key_of(&offer.name) == key);
    if let Some(offer) = named.or_else(|| by_number(offers, &key)).or_else(|| by_example(offers, &key)) {
        return Found::Edge(offer.edge);
    }
    if PERSON_NAMES.contains(&key.as_str()) {
        return Found::Edge(graph.person_edge(|edge| may_enter(state, graph, edge)));
    }
    let part = plain(&key);
    let parts: Vec<&Offer<'_>> = offers.iter().filter(|offer| is_part(&part, &plain(&offer.name))).collect();
    match parts[..] {
        [] => Found::Nothing,
        [only] => Found::Edge(only.edge),
        ref several => Found::Several(several.iter().map(|offer| offer.name.clone()).collect()),
    }
}

/// Returns the offer with this number, as in `2`, `2.` or `#2`.
fn by_number<'o, 'a>(offers: &'o [Offer<'a>], key: &str) -> Option<&'o Offer<'a>> {
    let number: usize = key.trim_matches(['#', '.', ')', '(', ' ']).parse().ok()?;
    offers.get(number.checked_sub(1)?)
}

fn by_example<'o, 'a>(offers: &'o [Offer<'a>], key: &str) -> Option<&'o Offer<'a>> {
    let said = |offer: &&Offer<'_>| offer.edge.sample_utterances.iter().any(|sample| Intent::key_of(sample) == key);
    offers.iter().find(said)
}

/// Returns the words of a text without punctuation, in lower case.
fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Returns `true` if the part stands in the name, or all its words do in any order.
fn is_part(part: &str, name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    part.chars().count() >= PART_LENGTH_MIN
        && (name.contains(part)
            || part.split(' ').all(|word| words.iter().any(|other| singular(other) == singular(word))))
}

/// Returns a word without the ending of its plural: "my tickets" asks for "My ticket".
fn singular(word: &str) -> &str {
    word.strip_suffix('s').filter(|stem| stem.chars().count() >= PART_LENGTH_MIN).unwrap_or(word)
}

/// The offers in the form that the model reads.
pub(super) fn candidates(state: &State, context: &RunContext<'_>) -> Vec<Candidate> {
    let offers = offers(state, context);
    offers.iter().map(|offer| candidate(offer, &offers, context.graph)).collect()
}

/// The intents that continue the current topic, in the form that the model reads.
pub(super) fn local_candidates(state: &State, context: &RunContext<'_>) -> Vec<Candidate> {
    let offers = named(local(state, context));
    offers.iter().map(|offer| candidate(offer, &offers, context.graph)).collect()
}

/// Describes an offer. Only where another has the same intent, its first step tells them apart.
pub(super) fn candidate(offer: &Offer<'_>, offers: &[Offer<'_>], graph: &Graph) -> Candidate {
    let key = |offer: &Offer<'_>| offer.edge.intent.as_ref().map(|intent| intent.key.clone());
    let told_apart = offers.iter().filter(|other| key(other) == key(offer)).count() > 1;
    Candidate {
        intent: offer.name.clone(),
        leads_to: if told_apart { graph.node(&offer.edge.to).map(leads_to).unwrap_or_default() } else { String::new() },
        definition: offer.edge.definition.clone(),
    }
}

fn leads_to(node: &Node) -> String {
    instructions::step(node)
}
