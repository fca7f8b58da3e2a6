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

/// Branches within branches are unfolded so deep; below that a flow only refers to its nodes.
const DEPTH_MAX: usize = 40;

/// What happens before the customer says what they want: the steps after the start that need no intent.
pub(super) fn opening(graph: &Graph) -> Vec<Step<'_>> {
    let mut reader = Reader::of(graph);
    match reader.wordless(graph.start(), 0) {
        Wordless::End => vec![],
        Wordless::On(next) => reader.steps(next, 0),
        Wordless::Either(step) => vec![step],
    }
}

/// The flows of the intents that leave the start, in the file's order.
pub(super) fn flows(graph: &Graph) -> Vec<Flow<'_>> {
    let mut flows = vec![];
    for edge in graph.edges_from(&graph.start().id) {
        if let (Some(intent), Some(node)) = (&edge.intent, graph.node(&edge.to)) {
            flows.push(Flow { edge, intent, steps: Reader::of(graph).steps(node, 0) });
        }
    }
    flows
}

/// Reads one flow. Every node is told once; the second time it is referred to, so circles end.
struct Reader<'a> {
    graph: &'a Graph,
    seen: BTreeSet<&'a NodeId>,
}

/// Where a conversation goes on when nobody says anything.
enum Wordless<'a> {
    End,
    On(&'a Node),
    Either(Step<'a>),
}

impl<'a> Reader<'a> {
    fn of(graph: &'a Graph) -> Reader<'a> {
        Reader { graph, seen: BTreeSet::from([&graph.start().id]) }
    }

    /// The steps from this node on.
    fn steps(&mut self, first: &'a Node, depth: usize) -> Vec<Step<'a>> {
        let mut steps = vec![];
        let mut next = Some(first);
        while let Some(node) = next.take() {
            if depth > DEPTH_MAX || !self.seen.insert(&node.id) {
                steps.push(Step::Again(node));
                break;
            }
            steps.push(Step::Do(node));
            if let Some(inner) = self.graph.nested_start(node) {
                steps.extend(self.steps(inner, depth + 1));
            }
            self.choices(node, depth, &mut steps);
            match self.wordless(node, depth) {
                Wordless::End => {}
                Wordless::On(node) => next = Some(node),
                Wordless::Either(step) => steps.push(step),
            }
        }
        steps
    }

    fn choices(&mut self, node: &'a Node, depth: usize, steps: &mut Vec<Step<'a>>) {
        for edge in self.graph.edges_from(&node.id) {
            if let (Some(intent), Some(next)) = (&edge.intent, self.graph.node(&edge.to)) {
                steps.push(Step::When(edge, intent, self.steps(next, depth + 1)));
            }
        }
    }

    /// What the "none" edges of a node lead to.
    fn wordless(&mut self, node: &'a Node, depth: usize) -> Wordless<'a> {
        let ways = self.graph.edges_from(&node.id).filter(|edge| edge.intent.is_none());
        let ways: Vec<&Node> = ways.filter_map(|edge| self.graph.node(&edge.to)).collect();
        match ways[..] {
            [] => Wordless::End,
            [only] => Wordless::On(only),
            _ => Wordless::Either(Step::Either(ways.iter().map(|next| self.steps(next, depth + 1)).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_graph;

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
        let graph = test_graph::hubspot();
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
