//! What the author of a graph that loads should hear.

use std::collections::{BTreeMap, BTreeSet};

use super::{cycles, reach};
use crate::taskgraph::{
    graph::{Graph, Node},
    problem::{Kind, Place, Problems, quote},
    resource::Action,
};

/// Adds the warnings of a graph that can be followed.
pub(in crate::taskgraph) fn warn(graph: &Graph, problems: &mut Problems) {
    unreachable(graph, problems);
    endless(graph, problems);
    for node in graph.nodes() {
        equal_intents(graph, node, problems);
        nested_nowhere(graph, node, problems);
    }
    resources(graph, problems);
}

fn unreachable(graph: &Graph, problems: &mut Problems) {
    let reached = reach::reached(graph);
    for node in graph.nodes().iter().filter(|node| !reached.contains(&node.id)) {
        problems.add(Kind::Unreachable, Place::Node(node.id.clone()), "no way from the start leads here");
    }
}

fn endless(graph: &Graph, problems: &mut Problems) {
    for id in cycles::endless(graph) {
        let reason = "this circle of `none` edges never stops: give a node of it something to say, or a `limit`";
        problems.add(Kind::EndlessCycle, Place::Node(id.clone()), reason);
    }
}

fn equal_intents(graph: &Graph, node: &Node, problems: &mut Problems) {
    let mut seen = BTreeSet::new();
    for intent in graph.edges_from(&node.id).filter_map(|edge| edge.intent.as_ref()) {
        if !seen.insert(&intent.key) {
            let reason = format!("two ways have the intent {}: nobody can choose between them", quote(&intent.text));
            problems.add(Kind::EqualIntents, Place::Node(node.id.clone()), reason);
        }
    }
}

fn nested_nowhere(graph: &Graph, node: &Node, problems: &mut Problems) {
    if node.action == Action::Nested && graph.nested_start(node).is_none() {
        let reason = format!("its nested graph begins at {}, which is no node; it is passed over", quote(&node.text));
        problems.add(Kind::NestedNowhere, Place::Node(node.id.clone()), reason);
    }
}

/// One warning per resource, with the nodes that name it.
fn resources(graph: &Graph, problems: &mut Problems) {
    let mut nodes: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    for node in graph.nodes() {
        nodes.entry(&node.resource.id).or_default().push(node);
    }
    for (id, nodes) in nodes {
        let at: Vec<String> = nodes.iter().map(|node| quote(node.id.as_str())).collect();
        if let Some(reason) = what_is_missing(&nodes[0].action, &at.join(", ")) {
            problems.add(Kind::UnknownResource, Place::Resource(id.to_owned()), reason);
        }
    }
}

fn what_is_missing(action: &Action, at: &str) -> Option<String> {
    match action {
        Action::Foreign(name) => {
            Some(format!("the tool {} is not of this server; the client must have it (node {at})", quote(name)))
        }
        Action::Unknown => Some(format!("nothing here has this id; the model follows the task alone (node {at})")),
        _ => None,
    }
}
