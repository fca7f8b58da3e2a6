//! What is wrong with a taskgraph, and where.

use std::{collections::BTreeSet, fmt};

use super::graph::NodeId;

/// A name from the file is cut here before it is put into a sentence.
const QUOTE_LENGTH_MAX: usize = 60;

/// One thing that is wrong, for the person who wrote the file. `Display` is one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The graph's name: the file's name without its ending.
    pub file: String,
    pub place: Location,
    pub kind: ProblemKind,
    pub reason: String,
}

/// Where in the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    File,
    Node(NodeId),
    /// A node that has no readable id, by its position from 0.
    NodeAt(usize),
    Edge(NodeId, NodeId),
    /// An edge whose ends cannot be read, by its position from 0.
    EdgeAt(usize),
    /// An entry of `tools`, `workers` or `agents`.
    Resource(String),
}

/// What sort of problem it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The text is no JSON, or not the JSON of a graph.
    NotAGraph,
    TooLarge,
    BadName,
    BadNode,
    BadEdge,
    /// A node without `resource`: the format of before 2025, which names no tool by id.
    NoResource,
    DuplicateNode,
    DanglingEdge,
    TwoStarts,
    NoStart,
    Unreachable,
    /// A circle of "none" edges in which nothing ever waits for anybody.
    EndlessCycle,
    EqualIntents,
    UnknownResource,
    /// A nested graph that begins nowhere.
    NestedNowhere,
    /// A token or password written into the file.
    Secret,
    /// A field that nothing here reads.
    Ignored,
    /// An address of another service that is kept but never called.
    NotCalled,
    /// A field of the wrong type.
    WrongType,
    /// An edge with conditions, which no released engine follows.
    LogicEdge,
}

impl ProblemKind {
    /// A graph with such a problem is refused; with the others it loads and they are warnings.
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

/// The problems of one file as they are found.
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

    pub(super) fn add(&mut self, kind: ProblemKind, place: Location, reason: impl Into<String>) {
        self.found.push(Problem { file: self.file.clone(), place, kind, reason: reason.into() });
    }

    /// Adds it unless a problem with the same reason is there already: a field ignored on 100 nodes is one warning.
    pub(super) fn add_once(&mut self, kind: ProblemKind, place: Location, reason: impl Into<String>) {
        let reason = reason.into();
        if self.seen.insert(reason.clone()) {
            self.add(kind, place, reason);
        }
    }

    pub(super) fn any_error(&self) -> bool {
        self.found.iter().any(|problem| problem.kind.is_error())
    }

    pub(super) fn into_found(self) -> Vec<Problem> {
        self.found
    }
}

/// A text of the file in backticks: one line, cut, without control characters.
pub(super) fn quote(text: &str) -> String {
    let mut shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(QUOTE_LENGTH_MAX).collect();
    if text.chars().count() > QUOTE_LENGTH_MAX {
        shown.push('…');
    }
    format!("`{shown}`")
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { file, place, reason, .. } = self;
        match place {
            Location::File => write!(f, "{file}: {reason}"),
            _ => write!(f, "{file}: {place}: {reason}"),
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
    fn a_problem_is_one_line_whatever_the_file_says() {
        let mut problems = Problems::of("desk");
        let id: NodeId = "a\nb".into();
        problems.add(ProblemKind::Unreachable, Location::Node(id), "no way leads here");
        assert_eq!(problems.into_found()[0].to_string(), "desk: node `a b`: no way leads here");
        assert_eq!(quote(&"x".repeat(100)).chars().count(), QUOTE_LENGTH_MAX + 3);
    }

    #[test]
    fn the_same_reason_is_told_once() {
        let mut problems = Problems::of("desk");
        problems.add_once(ProblemKind::Ignored, Location::NodeAt(0), "`style` is ignored");
        problems.add_once(ProblemKind::Ignored, Location::NodeAt(1), "`style` is ignored");
        assert_eq!(problems.into_found().len(), 1);
    }
}
