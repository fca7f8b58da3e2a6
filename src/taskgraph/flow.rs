//! A graph read in order: what happens for each thing a customer can come for.

use std::collections::BTreeSet;

use super::graph::{Edge, Graph, Intent, Node, NodeId};

/// What happens when the customer comes for one thing.
#[derive(Debug)]
pub(super) struct Flow<'a> {
    /// The edge that leaves the start with the intent.
    pub(super) edge: &'a Edge,
    pub(super) intent: &'a Intent,
    pub(super) steps: Vec<Step<'a>>,
}

/// One line of a flow.
#[derive(Debug)]
pub(super) enum Step<'a> {
    Do(&'a Node),
    /// Further steps when the customer wants this; `edge` defines it.
    When(&'a Edge, &'a Intent, Vec<Step<'a>>),
    /// One of several ways, taken by weight.
    Either(Vec<Vec<Step<'a>>>),
    /// Goes on with a node that stands above.
    Again(&'a Node),
}

/// What happens before the customer says what they want: the steps after the start that need no intent.
pub(super) fn opening(graph: &Graph) -> Vec<Step<'_>> {
    let mut seen = BTreeSet::from([&graph.start().id]);
    wordless(graph, graph.start(), &mut seen)
}

/// The flows of the intents that leave the start, in the file's order.
pub(super) fn flows(graph: &Graph) -> Vec<Flow<'_>> {
    let mut flows = vec![];
    for edge in graph.edges_from(&graph.start().id) {
        if let (Some(intent), Some(node)) = (&edge.intent, graph.node(&edge.to)) {
            let mut seen = BTreeSet::from([&graph.start().id]);
            flows.push(Flow { edge, intent, steps: from(graph, node, &mut seen) });
        }
    }
    flows
}

/// The steps from this node on. Every node is told once; the second time it is referred to, so circles end.
fn from<'a>(graph: &'a Graph, node: &'a Node, seen: &mut BTreeSet<&'a NodeId>) -> Vec<Step<'a>> {
    if !seen.insert(&node.id) {
        return vec![Step::Again(node)];
    }
    let mut steps = vec![Step::Do(node)];
    if let Some(inner) = graph.nested_start(node) {
        steps.extend(from(graph, inner, seen));
    }
    for edge in graph.edges_from(&node.id) {
        if let (Some(intent), Some(next)) = (&edge.intent, graph.node(&edge.to)) {
            steps.push(Step::When(edge, intent, from(graph, next, seen)));
        }
    }
    steps.extend(wordless(graph, node, seen));
    steps
}

/// The steps behind the "none" edges of a node.
fn wordless<'a>(graph: &'a Graph, node: &'a Node, seen: &mut BTreeSet<&'a NodeId>) -> Vec<Step<'a>> {
    let ways = graph.edges_from(&node.id).filter(|edge| edge.intent.is_none());
    let mut ways: Vec<Vec<Step>> =
        ways.filter_map(|edge| graph.node(&edge.to)).map(|next| from(graph, next, seen)).collect();
    match ways.len() {
        0 | 1 => ways.pop().unwrap_or_default(),
        _ => vec![Step::Either(ways)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taskgraph::load;

    /// Every node of these steps, in order.
    fn nodes<'a>(steps: &[Step<'a>]) -> Vec<&'a Node> {
        let mut found = vec![];
        for step in steps {
            match step {
                Step::Do(node) => found.push(*node),
                Step::When(_, _, steps) => found.extend(nodes(steps)),
                Step::Either(ways) => ways.iter().for_each(|way| found.extend(nodes(way))),
                Step::Again(_) => {}
            }
        }
        found
    }

    #[test]
    fn the_shipped_graph_has_three_flows() {
        let graph = load::shipped().remove(0).graph;
        let told: Vec<(String, Vec<String>)> = flows(&graph)
            .iter()
            .map(|flow| (flow.intent.key.clone(), nodes(&flow.steps).iter().map(|node| node.id.to_string()).collect()))
            .collect();
        assert_eq!(told[0].1, ["1", "2"]);
        assert_eq!(told[1].1, ["3", "4"]);
        assert_eq!(told[2].1, ["5", "6", "7", "8"]);
        assert!(opening(&graph).is_empty());
    }
}
