//! Which nodes a conversation can come to.

use std::collections::BTreeSet;

use crate::graph::{Graph, NodeId};

/// Every node that can be reached from the start, by an edge or as the beginning of a nested graph.
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
