//! The nodes that a conversation can reach.

use std::collections::BTreeSet;

use crate::graph::{Graph, NodeId};

/// Returns the nodes that edges and nested graphs connect with the start.
pub(super) fn reached(graph: &Graph) -> BTreeSet<&NodeId> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![graph.start()];
    while let Some(node) = waiting.pop() {
        if reached.insert(&node.id) {
            waiting.extend(graph.edges_from(&node.id).filter_map(|edge| graph.node(&edge.to)));
            waiting.extend(graph.nested_start(node));
        }
    }
    reached
}
