//! What `frontdesk taskgraph new` writes.

/// A small graph with comments. JSON has none, so they are fields named `//`, which loading passes over.
pub const TEXT: &str = include_str!("starter.json");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load;

    #[test]
    fn the_starter_loads_without_a_warning() {
        let loaded = load::read("starter", TEXT).unwrap();
        assert_eq!(loaded.warnings, []);
        assert_eq!(loaded.graph.global_edges().count(), 3);
    }
}
