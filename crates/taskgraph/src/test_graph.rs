//! The graph that the tests follow: a copy of the one that Frontdesk ships.

use crate::{graph::Graph, load};

/// The text of the graph's file.
pub(crate) const TEXT: &str = include_str!("../tests/data/hubspot.json");

/// The graph, under the name that Frontdesk gives it.
pub(crate) fn hubspot() -> Graph {
    load::read("hubspot", TEXT).expect("the graph loads").graph
}
