//! Problems of a taskgraph's file: kind, location and reason.

use std::{collections::BTreeSet, fmt};

use crate::graph::NodeId;

/// The longest text from the file that a message quotes, in characters.
const QUOTE_LENGTH_MAX: usize = 60;

/// A problem, described for the author of the file. `Display` writes one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The graph's name: the file's name without its extension.
    pub file: String,
    /// The part of the file that has the problem.
    pub location: Location,
    /// The kind of problem.
    pub kind: ProblemKind,
    /// The description, a sentence without a full stop.
    pub reason: String,
}

/// A part of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// The file as a whole.
    File,
    /// A node.
    Node(NodeId),
    /// A node without a readable id, by its position from 0.
    NodeAt(usize),
    /// An edge, by the nodes that it leaves and enters.
    Edge(NodeId, NodeId),
    /// An edge whose ends cannot be read, by its position from 0.
    EdgeAt(usize),
    /// An entry of `tools`, `workers` or `agents`.
    Resource(String),
}

/// A kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The text is not JSON, or not a graph.
    NotAGraph,
    /// The file, the nodes or the edges exceed their limit.
    TooLarge,
    /// The graph's name has characters that are not allowed, or is too long.
    BadName,
    /// A node cannot be read.
    BadNode,
    /// An edge cannot be read.
    BadEdge,
    /// A node has no `resource`, as in the format before 2025.
    NoResource,
    /// Two nodes have the same id.
    DuplicateNode,
    /// An edge leaves or enters a node that does not exist.
    DanglingEdge,
    /// Several nodes are marked as the start.
    TwoStarts,
    /// No node is marked as the start.
    NoStart,
    /// No path from the start leads to a node.
    Unreachable,
    /// A cycle of edges without an intent never waits for the customer or a tool.
    EndlessCycle,
    /// Several edges that leave one node have the same intent.
    EqualIntents,
    /// This server does not know a node's resource.
    UnknownResource,
    /// A nested graph begins at a node that does not exist.
    NestedNowhere,
    /// The file contains a token or a password.
    Secret,
    /// A field is not read.
    Ignored,
    /// The address of a service is kept and never called.
    NotCalled,
    /// A field has the wrong type.
    WrongType,
    /// An edge has conditions, which no released engine supports.
    LogicEdge,
}

impl ProblemKind {
    /// Returns `true` if a graph with such a problem is rejected. The other kinds are warnings.
    pub fn is_error(self) -> bool {
        use ProblemKind::{
            BadEdge, BadName, BadNode, DanglingEdge, DuplicateNode, NoResource, NotAGraph, TooLarge, TwoStarts,
        };
        matches!(
            self,
            NotAGraph | TooLarge | BadName | BadNode | BadEdge | NoResource | DuplicateNode | DanglingEdge | TwoStarts
        )
    }
}

/// Collects the problems of one file.
#[derive(Debug)]
pub(super) struct Problems {
    file: String,
    found: Vec<Problem>,
    seen: BTreeSet<String>,
}

impl Problems {
    pub(super) fn of(file: &str) -> Problems {
        Problems { file: file.to_owned(), found: vec![], seen: BTreeSet::new() }
    }

    pub(super) fn add(&mut self, kind: ProblemKind, location: Location, reason: impl Into<String>) {
        self.found.push(Problem { file: self.file.clone(), location, kind, reason: reason.into() });
    }

    /// Adds a problem unless there is one with the same reason: a field that is ignored on 100 nodes is one warning.
    pub(super) fn add_once(&mut self, kind: ProblemKind, location: Location, reason: impl Into<String>) {
        let reason = reason.into();
        if self.seen.insert(reason.clone()) {
            self.add(kind, location, reason);
        }
    }

    pub(super) fn any_error(&self) -> bool {
        self.found.iter().any(|problem| problem.kind.is_error())
    }

    pub(super) fn into_found(self) -> Vec<Problem> {
        self.found
    }
}

/// Quotes a text of the file in backticks, on one line, cut and without control characters.
pub(super) fn quote(text: &str) -> String {
    let mut shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(QUOTE_LENGTH_MAX).collect();
    if text.chars().count() > QUOTE_LENGTH_MAX {
        shown.push('…');
    }
    format!("`{shown}`")
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { file, location, reason, .. } = self;
        match location {
            Location::File => write!(f, "{file}: {reason}"),
            _ => write!(f, "{file}: {location}: {reason}"),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::File => write!(f, "file"),
            Location::Node(id) => write!(f, "node {}", quote(id.as_str())),
            Location::NodeAt(position) => write!(f, "node number {}", position + 1),
            Location::Edge(from, to) => write!(f, "edge {} to {}", quote(from.as_str()), quote(to.as_str())),
            Location::EdgeAt(position) => write!(f, "edge number {}", position + 1),
            Location::Resource(id) => write!(f, "resource {}", quote(id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_written_on_one_line() {
        let mut problems = Problems::of("desk");
        let id: NodeId = "a\nb".into();
        problems.add(ProblemKind::Unreachable, Location::Node(id), "no way leads here");
        assert_eq!(problems.into_found()[0].to_string(), "desk: node `a b`: no way leads here");
        assert_eq!(quote(&"x".repeat(100)).chars().count(), QUOTE_LENGTH_MAX + 3);
    }

    #[test]
    fn the_same_reason_is_reported_once() {
        let mut problems = Problems::of("desk");
        problems.add_once(ProblemKind::Ignored, Location::NodeAt(0), "`style` is ignored");
        problems.add_once(ProblemKind::Ignored, Location::NodeAt(1), "`style` is ignored");
        assert_eq!(problems.into_found().len(), 1);
    }
}
