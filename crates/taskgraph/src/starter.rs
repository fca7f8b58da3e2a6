//! A small graph to start from, which `frontdesk taskgraph new` writes.

/// The text of the graph's file. Its comments are fields named `//`, which the loader skips.
pub const TEXT: &str = include_str!("starter.json");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load;

    #[test]
    fn the_starter_graph_loads_without_a_warning() {
        let loaded = load::read("starter", TEXT).unwrap();
        assert_eq!(loaded.warnings, []);
        assert_eq!(loaded.graph.global_edges().count(), 3);
    }
}
