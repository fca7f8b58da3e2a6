//! The graph as a tree of text.

use std::{collections::BTreeSet, fmt::Write};

use super::title::{condition, title};
use crate::{
    flow::{self, Step},
    graph::{Graph, Node, NodeId},
};

/// The longest text of a line, in characters.
const TEXT_LENGTH_MAX: usize = 72;

/// A line of the tree with the lines below it.
struct Branch<'a> {
    label: String,
    node: Option<&'a NodeId>,
    below: Vec<Branch<'a>>,
}

/// Draws the graph as a tree for a terminal, in the order of the conversation.
pub fn tree(graph: &Graph) -> String {
    let (nodes, edges) = (graph.nodes().len(), graph.edges().len());
    let mut text = format!("{}: {nodes} nodes, {edges} edges\n", graph.name());
    let _ = writeln!(text, "{}", node_label(graph.start()));
    let mut branches = of_steps(&flow::opening(graph));
    branches.extend(flow::flows(graph).into_iter().map(|flow| Branch {
        label: format!("“{}”", line(&flow.intent.text)),
        node: None,
        below: of_steps(&flow.steps),
    }));
    branches.extend(unreached(graph, &branches));
    lines(&branches, "", &mut text);
    text
}

fn of_steps<'a>(steps: &[Step<'a>]) -> Vec<Branch<'a>> {
    steps.iter().map(of_step).collect()
}

fn of_step<'a>(step: &Step<'a>) -> Branch<'a> {
    let leaf = |label, node| Branch { label, node, below: vec![] };
    match step {
        Step::Do(node) => leaf(node_label(node), Some(&node.id)),
        Step::Again(node) => leaf(format!("go on at {}", line(node.id.as_str())), None),
        Step::When(_, intent, steps) => {
            Branch { below: of_steps(steps), ..leaf(format!("“{}”", line(&intent.text)), None) }
        }
        Step::If(edge, steps) => Branch { below: of_steps(steps), ..leaf(line(&condition(edge)), None) },
        Step::Either(ways) => {
            let way = |steps: &Vec<Step<'a>>| Branch { below: of_steps(steps), ..leaf("either".to_owned(), None) };
            Branch { below: ways.iter().map(way).collect(), ..leaf("one of".to_owned(), None) }
        }
    }
}

fn unreached<'a>(graph: &'a Graph, branches: &[Branch<'a>]) -> Option<Branch<'a>> {
    let mut drawn = BTreeSet::from([&graph.start().id]);
    collect(branches, &mut drawn);
    let left = graph.nodes().iter().filter(|node| !drawn.contains(&node.id));
    let below: Vec<Branch> =
        left.map(|node| Branch { label: node_label(node), node: Some(&node.id), below: vec![] }).collect();
    (!below.is_empty()).then(|| Branch { label: "no way leads here".to_owned(), node: None, below })
}

fn collect<'a>(branches: &[Branch<'a>], drawn: &mut BTreeSet<&'a NodeId>) {
    for branch in branches {
        drawn.extend(branch.node);
        collect(&branch.below, drawn);
    }
}

fn node_label(node: &Node) -> String {
    let says = if node.text.trim().is_empty() { &node.task } else { &node.text };
    format!("{} {}  {}", line(node.id.as_str()), title(node), line(says)).trim_end().to_owned()
}

fn line(text: &str) -> String {
    let words: Vec<String> =
        text.split_whitespace().map(|word| word.chars().filter(|c| !c.is_control()).collect()).collect();
    let text = words.join(" ");
    let cut: String = text.chars().take(TEXT_LENGTH_MAX).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

fn lines(branches: &[Branch<'_>], indent: &str, text: &mut String) {
    for (position, branch) in branches.iter().enumerate() {
        let last = position + 1 == branches.len();
        let (corner, bar) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let _ = writeln!(text, "{indent}{corner}{}", branch.label);
        lines(&branch.below, &format!("{indent}{bar}"), text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_graph;

    #[test]
    fn the_shipped_graph_as_a_tree() {
        insta::assert_snapshot!(tree(&test_graph::hubspot()));
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(line("a\u{1b}[2J\n\tb"), "a[2J b");
    }
}
