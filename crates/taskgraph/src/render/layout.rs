//! The layout of a drawing: columns by distance from the start, rows like the leaves of a tree.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::graph::{Graph, Node, NodeId};

/// A box's position on the grid. Rows can be fractions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) column: usize,
    pub(super) row: f64,
}

#[derive(Debug)]
pub(super) struct Layout<'a> {
    pub(super) cells: BTreeMap<&'a NodeId, Cell>,
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// Gives every node a cell of its own.
pub(super) fn of(graph: &Graph) -> Layout<'_> {
    let tree = Tree::of(graph);
    let mut layout = Layout { cells: BTreeMap::new(), columns: 0, rows: 0 };
    for root in &tree.roots {
        layout.place(&tree, root);
    }
    layout
}

/// The tree of shortest paths from the start, with further trees for nodes that the start does not reach.
struct Tree<'a> {
    roots: Vec<&'a NodeId>,
    children: BTreeMap<&'a NodeId, Vec<&'a NodeId>>,
}

impl<'a> Tree<'a> {
    fn of(graph: &'a Graph) -> Tree<'a> {
        let mut tree = Tree { roots: vec![], children: BTreeMap::new() };
        let mut seen = BTreeSet::new();
        for root in std::iter::once(graph.start()).chain(graph.nodes()) {
            if seen.insert(&root.id) {
                tree.roots.push(&root.id);
                tree.grow(graph, root, &mut seen);
            }
        }
        tree
    }

    fn grow(&mut self, graph: &'a Graph, root: &'a Node, seen: &mut BTreeSet<&'a NodeId>) {
        let mut waiting = VecDeque::from([root]);
        while let Some(node) = waiting.pop_front() {
            let nested = graph.nested_start(node);
            let next = graph.edges_from(&node.id).filter_map(|edge| graph.node(&edge.to));
            let fresh: Vec<&Node> = nested.into_iter().chain(next).filter(|next| seen.insert(&next.id)).collect();
            self.children.insert(&node.id, fresh.iter().map(|next| &next.id).collect());
            waiting.extend(fresh);
        }
    }
}

impl<'a> Layout<'a> {
    /// Places a tree below the rows already used. Not recursive, since a graph may be one chain of 2,000 nodes.
    fn place(&mut self, tree: &Tree<'a>, root: &'a NodeId) {
        let mut waiting = vec![(root, 0, false)];
        while let Some((id, column, children_placed)) = waiting.pop() {
            let children = &tree.children[id];
            if !children_placed && !children.is_empty() {
                waiting.push((id, column, true));
                waiting.extend(children.iter().rev().map(|child| (*child, column + 1, false)));
                continue;
            }
            let row = self.row_beside(children);
            self.columns = self.columns.max(column + 1);
            self.cells.insert(id, Cell { column, row });
        }
    }

    /// Returns the row in the middle of the children, or a new row for a leaf.
    fn row_beside(&mut self, children: &[&'a NodeId]) -> f64 {
        if let (Some(first), Some(last)) = (children.first(), children.last()) {
            return f64::midpoint(self.cells[first].row, self.cells[last].row);
        }
        self.rows += 1;
        (self.rows - 1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_graph;

    #[test]
    fn every_node_has_a_cell_of_its_own() {
        let graph = test_graph::hubspot();
        let layout = of(&graph);
        assert_eq!((layout.cells.len(), layout.columns, layout.rows), (9, 5, 3));
        let at: BTreeSet<String> = layout.cells.values().map(|place| format!("{place:?}")).collect();
        assert_eq!(at.len(), 9);
        assert_eq!(layout.cells[&graph.start().id], Cell { column: 0, row: 1.0 });
    }
}
