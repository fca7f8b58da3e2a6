//! Circles of "none" edges in which nothing ever waits for anybody.

use std::collections::BTreeMap;

use crate::taskgraph::{
    graph::{Graph, Node, NodeId},
    resource::Action,
};

/// One node of every circle that, once entered, can never stop: each node is passed without a word and every way on
/// is a "none" edge to a node of the same kind.
pub(super) fn endless(graph: &Graph) -> Vec<&NodeId> {
    let mut colours: BTreeMap<&NodeId, Colour> = BTreeMap::new();
    let mut found = vec![];
    for node in graph.nodes() {
        if let Some(id) = follow(graph, node, &mut colours) {
            found.push(id);
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq)]
enum Colour {
    OnTheWay,
    Done,
}

/// Goes on from the node while there is exactly one wordless way, and says where that way meets itself.
fn follow<'a>(graph: &'a Graph, from: &'a Node, colours: &mut BTreeMap<&'a NodeId, Colour>) -> Option<&'a NodeId> {
    let mut way = vec![];
    let mut node = Some(from);
    let mut met = None;
    while let Some(here) = node {
        match colours.get(&here.id) {
            Some(Colour::OnTheWay) => met = Some(&here.id),
            Some(Colour::Done) => {}
            None if never_waits(graph, here) => {
                colours.insert(&here.id, Colour::OnTheWay);
                way.push(&here.id);
                node = wordless_next(graph, here);
                continue;
            }
            None => {}
        }
        break;
    }
    for id in way {
        colours.insert(id, Colour::Done);
    }
    met
}

/// Nothing is said, asked or called here, and nothing limits how often.
fn never_waits(graph: &Graph, node: &Node) -> bool {
    let wordless = node.action == Action::Pass || (node.action == Action::Nested && graph.nested_start(node).is_some());
    wordless && node.limit.is_none()
}

fn wordless_next<'a>(graph: &'a Graph, node: &'a Node) -> Option<&'a Node> {
    if let Some(inner) = graph.nested_start(node) {
        return Some(inner);
    }
    let mut ways = graph.edges_from(&node.id);
    match (ways.next(), ways.next()) {
        (Some(only), None) if only.intent.is_none() => graph.node(&only.to),
        _ => None,
    }
}
