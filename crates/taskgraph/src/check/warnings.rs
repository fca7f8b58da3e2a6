//! The warnings about a graph that can be followed.

use std::collections::BTreeMap;

use super::{cycles, reach};
use crate::{
    graph::{Graph, Node},
    problem::{Location, ProblemKind, Problems, quote},
    resource::{Behavior, HTTP_TOOL},
};

/// The most nodes that one warning names.
const NODES_SHOWN_MAX: usize = 8;

/// Adds the warnings about a graph.
pub(crate) fn warnings(graph: &Graph, problems: &mut Problems) {
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
        problems.add(ProblemKind::Unreachable, Location::Node(node.id.clone()), "no way from the start leads here");
    }
}

fn endless(graph: &Graph, problems: &mut Problems) {
    for id in cycles::endless(graph) {
        let reason = "this circle of `none` edges never stops: give a node of it something to say, or a `limit`";
        problems.add(ProblemKind::EndlessCycle, Location::Node(id.clone()), reason);
    }
}

fn equal_intents(graph: &Graph, node: &Node, problems: &mut Problems) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for intent in graph.edges_from(&node.id).filter_map(|edge| edge.intent.as_ref()) {
        *counts.entry(&intent.key).or_default() += 1;
    }
    for (key, count) in counts.into_iter().filter(|(_, count)| *count > 1) {
        let reason = format!("{count} ways have the intent {}: only their tasks tell them apart", quote(key));
        problems.add(ProblemKind::EqualIntents, Location::Node(node.id.clone()), reason);
    }
}

fn nested_nowhere(graph: &Graph, node: &Node, problems: &mut Problems) {
    if node.behavior == Behavior::Nested && graph.nested_start(node).is_none() {
        let reason = format!("its nested graph begins at {}, which is no node; it is passed over", quote(&node.text));
        problems.add(ProblemKind::NestedNowhere, Location::Node(node.id.clone()), reason);
    }
}

/// One warning per resource, with the nodes that name it.
fn resources(graph: &Graph, problems: &mut Problems) {
    let mut nodes: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    for node in graph.nodes() {
        nodes.entry(&node.resource.id).or_default().push(node);
    }
    for (id, nodes) in nodes {
        if let Some(missing) = what_is_missing(graph, nodes[0]) {
            let location = Location::Resource(id.to_owned());
            problems.add(ProblemKind::UnknownResource, location, format!("{missing} ({})", list(&nodes)));
        }
    }
}

fn what_is_missing(graph: &Graph, node: &Node) -> Option<String> {
    match &node.behavior {
        Behavior::AddedTool(tool) => {
            Some(format!("{} is no tool of a plain Frontdesk: the server must have it as an added tool", quote(tool)))
        }
        Behavior::Foreign(tool) if node.resource.id.ends_with(HTTP_TOOL) => Some(format!(
            "its address is not called by this server, which has no declared look-up {}: the client must have the tool",
            quote(tool)
        )),
        Behavior::Foreign(tool) => Some(format!("this server has no tool {}, so the client must have it", quote(tool))),
        Behavior::Unknown => {
            let listed = graph.listed().get(&node.resource.id).map(|entry| entry.name.as_str());
            let name =
                listed.filter(|name| !name.is_empty()).map_or_else(String::new, |name| format!(" {}", quote(name)));
            Some(format!("this server knows no such resource{name}, so the model follows the task alone"))
        }
        _ => None,
    }
}

fn list(nodes: &[&Node]) -> String {
    let mut ids: Vec<String> = nodes.iter().take(NODES_SHOWN_MAX).map(|node| quote(node.id.as_str())).collect();
    if nodes.len() > NODES_SHOWN_MAX {
        ids.push(format!("{} more", nodes.len() - NODES_SHOWN_MAX));
    }
    format!("at node {}", ids.join(", "))
}
