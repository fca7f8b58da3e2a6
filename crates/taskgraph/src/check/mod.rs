//! The checks of a graph: errors, for which it is rejected, and warnings.

mod cycles;
mod reach;
mod warnings;

use std::collections::BTreeSet;

pub(super) use self::warnings::warnings;
use crate::{
    graph::{Edge, Node, NodeId},
    problem::{Location, ProblemKind, Problems, quote},
};

/// Reports nodes with equal ids and edges without a node.
pub(super) fn errors(nodes: &[Node], edges: &[Edge], problems: &mut Problems) {
    let mut ids: BTreeSet<&NodeId> = BTreeSet::new();
    for node in nodes {
        if !ids.insert(&node.id) {
            problems.add(ProblemKind::DuplicateNode, Location::Node(node.id.clone()), "two nodes have this id");
        }
    }
    for edge in edges {
        for end in [&edge.from, &edge.to] {
            if !ids.contains(end) {
                let reason = format!("there is no node {}", quote(end.as_str()));
                problems.add(ProblemKind::DanglingEdge, Location::Edge(edge.from.clone(), edge.to.clone()), reason);
            }
        }
    }
}

/// Returns the position of the start. If no node is marked, it is the first that no edge enters.
pub(super) fn start(nodes: &[Node], edges: &[Edge], problems: &mut Problems) -> Option<usize> {
    let marked: Vec<usize> = (0..nodes.len()).filter(|&position| nodes[position].marked_start).collect();
    match marked[..] {
        [start] => Some(start),
        [] if nodes.is_empty() => {
            problems.add(ProblemKind::NotAGraph, Location::File, "a taskgraph must have at least one node");
            None
        }
        [] => Some(guess_start(nodes, edges, problems)),
        [first, ..] => {
            let ids: Vec<String> = marked.iter().map(|&p| quote(nodes[p].id.as_str())).collect();
            let reason = format!("only one node can be the start, but {} are marked so", ids.join(", "));
            problems.add(ProblemKind::TwoStarts, Location::Node(nodes[first].id.clone()), reason);
            None
        }
    }
}

fn guess_start(nodes: &[Node], edges: &[Edge], problems: &mut Problems) -> usize {
    let led_to: BTreeSet<&NodeId> = edges.iter().map(|edge| &edge.to).collect();
    let start = nodes.iter().position(|node| !led_to.contains(&node.id)).unwrap_or(0);
    let reason = "no node has the type `start`, so this one is taken";
    problems.add(ProblemKind::NoStart, Location::Node(nodes[start].id.clone()), reason);
    start
}
