//! Cycles of edges without an intent that never wait for the customer or a tool.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Graph, Node, NodeId};

/// Returns one node of every endless cycle: all its nodes are passed silently, and all edges that leave them have no
/// intent and enter such a node again.
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

/// Returns the nodes from which every path is silent and endless, with the nodes they lead to. Nodes from which the run
/// can stop are removed until none is left.
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

/// Follows the first edge of each node until a node is met twice. All connected nodes are marked as seen, so that each
/// cycle is found once.
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

/// Returns `true` if the node is passed silently, without a limit.
fn never_waits(graph: &Graph, node: &Node) -> bool {
    (node.is_silent() || graph.nested_start(node).is_some()) && node.limit.is_none()
}

/// Returns the nodes to which the run advances by itself, or `None` if the customer can choose.
fn wordless_ways<'a>(graph: &'a Graph, node: &'a Node) -> Option<Vec<&'a NodeId>> {
    if let Some(inner) = graph.nested_start(node) {
        return Some(vec![&inner.id]);
    }
    graph.edges_from(&node.id).map(|edge| edge.intent.is_none().then_some(&edge.to)).collect()
}
