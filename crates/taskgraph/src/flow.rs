//! The flows of a graph: the steps for each intent that a customer can begin with, in order.

use std::collections::BTreeSet;

use crate::graph::{Edge, Graph, Intent, Node, NodeId};

/// The steps for one intent.
#[derive(Debug)]
pub(super) struct Flow<'a> {
    /// The edge with the intent, which leaves the start.
    pub(super) edge: &'a Edge,
    pub(super) intent: &'a Intent,
    pub(super) steps: Vec<Step<'a>>,
}

/// A step of a flow.
#[derive(Debug)]
pub(super) enum Step<'a> {
    /// Do what a node states.
    Do(&'a Node),
    /// Steps that are taken if the customer has this intent, which the edge defines.
    When(&'a Edge, &'a Intent, Vec<Step<'a>>),
    /// Steps that are taken if the result of the tool before them fits the edge; none if they need a tool that is switched
    /// off.
    If(&'a Edge, Vec<Step<'a>>),
    /// Alternatives, of which one is drawn by weight.
    Either(Vec<Vec<Step<'a>>>),
    /// Continue with a node that is already in the flow.
    Again(&'a Node),
}

/// The deepest nesting of branches; deeper ones only refer to their nodes.
const DEPTH_MAX: usize = 40;

/// Returns the steps after the start that need no intent.
pub(super) fn opening(graph: &Graph) -> Vec<Step<'_>> {
    let mut reader = Reader::of(graph);
    match reader.wordless(graph.start(), 0) {
        Wordless::End => vec![],
        Wordless::On(next) => reader.steps(next, 0),
        Wordless::Either(step) => vec![step],
    }
}

/// Returns the flows of the intents that leave the start, in the file's order.
pub(super) fn flows(graph: &Graph) -> Vec<Flow<'_>> {
    let mut flows = vec![];
    for edge in graph.edges_from(&graph.start().id) {
        if let (Some(intent), Some(node)) = (&edge.intent, graph.node(&edge.to)) {
            flows.push(Flow { edge, intent, steps: Reader::of(graph).steps(node, 0) });
        }
    }
    flows
}

/// Reads one flow. A node that was read before is only referred to, so cycles end.
struct Reader<'a> {
    graph: &'a Graph,
    seen: BTreeSet<&'a NodeId>,
}

/// The continuation of a conversation without an intent.
enum Wordless<'a> {
    End,
    On(&'a Node),
    Either(Step<'a>),
}

impl<'a> Reader<'a> {
    fn of(graph: &'a Graph) -> Reader<'a> {
        Reader { graph, seen: BTreeSet::from([&graph.start().id]) }
    }

    /// Returns the steps from this node on.
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
            self.by_result(node, depth, &mut steps);
            self.choices(node, depth, &mut steps);
            match self.wordless(node, depth) {
                Wordless::End => {}
                Wordless::On(node) => next = Some(node),
                Wordless::Either(step) => steps.push(step),
            }
        }
        steps
    }

    fn by_result(&mut self, node: &'a Node, depth: usize, steps: &mut Vec<Step<'a>>) {
        for edge in self.graph.edges_from(&node.id).filter(|edge| edge.is_by_result()) {
            if let Some(next) = self.graph.node(&edge.to) {
                steps.push(Step::If(edge, self.steps(next, depth + 1)));
            }
        }
    }

    fn choices(&mut self, node: &'a Node, depth: usize, steps: &mut Vec<Step<'a>>) {
        for edge in self.graph.edges_from(&node.id) {
            if let (Some(intent), Some(next)) = (&edge.intent, self.graph.node(&edge.to)) {
                steps.push(Step::When(edge, intent, self.steps(next, depth + 1)));
            }
        }
    }

    /// Follows the edges without an intent that leave a node.
    fn wordless(&mut self, node: &'a Node, depth: usize) -> Wordless<'a> {
        let ways = self.graph.edges_from(&node.id).filter(|edge| edge.intent.is_none() && !edge.is_by_result());
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
                Step::When(_, _, steps) | Step::If(_, steps) => found.extend(nodes(steps)),
                Step::Either(ways) => ways.iter().for_each(|way| found.extend(nodes(way))),
                Step::Again(_) => {}
            }
        }
        found
    }

    #[test]
    fn the_shipped_graph_has_three_flows() {
        let graph = test_graph::hubspot();
        let read: Vec<(String, Vec<String>)> = flows(&graph)
            .iter()
            .map(|flow| (flow.intent.key.clone(), nodes(&flow.steps).iter().map(|node| node.id.to_string()).collect()))
            .collect();
        assert_eq!(read[0].1, ["1", "2"]);
        assert_eq!(read[1].1, ["3", "4"]);
        assert_eq!(read[2].1, ["5", "6", "7", "8"]);
        assert!(opening(&graph).is_empty());
    }
}
