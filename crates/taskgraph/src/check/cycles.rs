//! Circles of "none" edges in which nothing ever waits for anybody.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Graph, Node, NodeId};

/// One node of every circle that, once entered, can never stop: each node is passed without a word and every way on
/// is a "none" edge to a node of the same kind.
pub(super) fn endless(graph: &Graph) -> Vec<&NodeId> {
    let lost = never_stopping(graph);
    let mut seen: BTreeSet<&NodeId> = BTreeSet::new();
    let mut found = vec![];
    for id in graph.nodes().iter().map(|node| &node.id).filter(|id| lost.contains_key(id)) {
        if let Some(met) = meets_itself(&lost, id, &mut seen) {
            found.push(met);
        }
    }
    found
}

/// The nodes from which no way leads out of silence, and where they lead: what is left when every node with a way to
/// stop is taken out, again and again.
fn never_stopping(graph: &Graph) -> BTreeMap<&NodeId, Vec<&NodeId>> {
    let silent = graph.nodes().iter().filter(|node| never_waits(graph, node));
    let mut left: BTreeMap<&NodeId, Vec<&NodeId>> =
        silent.filter_map(|node| Some((&node.id, wordless_ways(graph, node)?))).collect();
    loop {
        let within: BTreeSet<&NodeId> = left.keys().copied().collect();
        left.retain(|_, ways| !ways.is_empty() && ways.iter().all(|way| within.contains(way)));
        if left.len() == within.len() {
            return left;
        }
    }
}

/// Follows the first ways until one leads to a node that was passed on this very way. Whatever hangs together with it
/// is seen, so that each circle is found once.
fn meets_itself<'a>(
    lost: &BTreeMap<&'a NodeId, Vec<&'a NodeId>>,
    from: &'a NodeId,
    seen: &mut BTreeSet<&'a NodeId>,
) -> Option<&'a NodeId> {
    let mut way = BTreeSet::new();
    let mut here = from;
    while !seen.contains(here) && way.insert(here) {
        here = lost[here][0];
    }
    let met = way.contains(here).then_some(here);
    let mut waiting = vec![from];
    while let Some(id) = waiting.pop() {
        if seen.insert(id) {
            waiting.extend(&lost[id]);
        }
    }
    met
}

/// Nothing is said, asked or called here, and nothing limits how often.
fn never_waits(graph: &Graph, node: &Node) -> bool {
    (node.is_silent() || graph.nested_start(node).is_some()) && node.limit.is_none()
}

/// Where the walk goes on by itself; `None` where a customer may choose.
fn wordless_ways<'a>(graph: &'a Graph, node: &'a Node) -> Option<Vec<&'a NodeId>> {
    if let Some(inner) = graph.nested_start(node) {
        return Some(vec![&inner.id]);
    }
    graph.edges_from(&node.id).map(|edge| edge.intent.is_none().then_some(&edge.to)).collect()
}
