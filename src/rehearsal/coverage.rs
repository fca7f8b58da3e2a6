//! The parts of the scripts that no conversation has come to. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::text::folded;
use taskgraph::graph::{Edge, Graph};

/// The parts of a script that a conversation has come to; none where a model follows the prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The ids of the nodes.
    pub nodes: BTreeSet<String>,
    /// The intents as they were sent.
    pub intents: BTreeSet<String>,
}

/// The part of a script that all conversations together have come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The name of the script.
    pub graph: String,
    /// Nodes that no run has visited, and the number of the others.
    pub nodes: CoveredPart,
    /// Intents that no run has followed, and the number of the others.
    pub intents: CoveredPart,
}

/// The part of a list that was reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoveredPart {
    /// How many were.
    pub reached: usize,
    /// Those that were not, in the order of the file.
    pub missing: Vec<String>,
}

impl CoveredPart {
    /// How many there are.
    pub fn all(&self) -> usize {
        self.reached + self.missing.len()
    }

    fn add(&mut self, name: &str, is_reached: bool) {
        match is_reached {
            true => self.reached += 1,
            false => self.missing.push(name.to_owned()),
        }
    }
}

/// The coverage of each script by the runs in which it was followed. Scripts of which no step was taken are left out.
pub fn of<'a>(runs: impl Iterator<Item = (Arc<Graph>, &'a Reached)>) -> Vec<Coverage> {
    let mut graphs: Vec<(Arc<Graph>, Reached)> = vec![];
    for (graph, reached) in runs.filter(|(_, reached)| !reached.nodes.is_empty()) {
        let at = graphs.iter().position(|(known, _)| known.name() == graph.name()).unwrap_or_else(|| {
            graphs.push((graph, Reached::default()));
            graphs.len() - 1
        });
        graphs[at].1.nodes.extend(reached.nodes.iter().cloned());
        graphs[at].1.intents.extend(reached.intents.iter().cloned());
    }
    graphs.iter().map(|(graph, reached)| of_graph(graph, reached)).collect()
}

fn of_graph(graph: &Graph, reached: &Reached) -> Coverage {
    let (mut nodes, mut intents) = (CoveredPart::default(), CoveredPart::default());
    for node in graph.nodes() {
        nodes.add(node.id.as_str(), reached.nodes.contains(node.id.as_str()));
    }
    let mut named = BTreeSet::new();
    for edge in graph.edges() {
        let Some(intent) = edge.intent.as_ref().filter(|intent| named.insert(folded(&intent.text))) else { continue };
        intents.add(&intent.text, is_sent(&intent.text, reached) || is_only_way_taken(graph, edge, reached));
    }
    Coverage { graph: graph.name().to_owned(), nodes, intents }
}

/// True if an intent was sent by its name; those of equal names are numbered.
fn is_sent(intent: &str, reached: &Reached) -> bool {
    let name = folded(intent);
    reached
        .intents
        .iter()
        .map(|sent| folded(sent))
        .any(|sent| sent == name || sent.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(" (")))
}

/// True if a node was entered to which only this intent leads: a person is also asked for by another name.
fn is_only_way_taken(graph: &Graph, edge: &Edge, reached: &Reached) -> bool {
    let ways = graph.edges().iter().filter(|other| other.to == edge.to).count();
    ways == 1 && reached.nodes.contains(edge.to.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> Arc<Graph> {
        let text = std::fs::read_to_string("taskgraphs/frontdesk.json").unwrap();
        Arc::new(taskgraph::load::read("frontdesk", &text).unwrap().graph)
    }

    fn reached(nodes: &[&str], intents: &[&str]) -> Reached {
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Reached { nodes: all(nodes), intents: all(intents) }
    }

    #[test]
    fn what_no_run_has_come_to_is_missing() {
        let graph = graph();
        let runs = [
            reached(&["start", "products"], &["question about products, prices or delivery"]),
            reached(&["start", "person"], &["a person"]),
        ];
        let all = of(runs.iter().map(|reached| (graph.clone(), reached)));
        let [coverage] = &all[..] else { panic!("{all:?}") };
        assert_eq!((coverage.nodes.reached, coverage.nodes.all()), (3, graph.nodes().len()));
        assert!(
            !coverage.nodes.missing.contains(&"person".to_owned())
                && coverage.nodes.missing.contains(&"search".to_owned())
        );
        assert_eq!(coverage.intents.reached, 2, "{:?}", coverage.intents.missing);
        assert!(coverage.intents.missing.contains(&"Book a meeting".to_owned()));
        assert_eq!(of([(graph, &Reached::default())].into_iter()), [], "a model follows the prompt");
    }
}
