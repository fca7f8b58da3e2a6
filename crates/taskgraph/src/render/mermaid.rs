//! The graph as a Mermaid flowchart.

use std::{collections::BTreeMap, fmt::Write};

use super::title::{condition, title};
use crate::{
    graph::{Edge, Graph, Node, NodeId},
    resource::Behavior,
};

/// The longest text in a box, in characters.
const LABEL_LENGTH_MAX: usize = 80;

/// Draws the graph as a Mermaid flowchart.
pub fn mermaid(graph: &Graph) -> String {
    // The file's ids can have any characters, so the chart has ids of its own.
    let names: BTreeMap<&NodeId, String> =
        graph.nodes().iter().enumerate().map(|(position, node)| (&node.id, format!("n{position}"))).collect();
    let mut chart = String::from("flowchart TD\n");
    for node in graph.nodes() {
        let start = node.id == graph.start().id;
        let _ = writeln!(chart, "    {}{}", names[&node.id], shape(node, start));
    }
    for edge in graph.edges() {
        let _ = writeln!(chart, "    {} {} {}", names[&edge.from], arrow(edge), names[&edge.to]);
    }
    for node in graph.nodes() {
        if let Some(inner) = graph.nested_start(node) {
            let _ = writeln!(chart, "    {} -. \"nested\" .-> {}", names[&node.id], names[&inner.id]);
        }
    }
    chart
}

fn shape(node: &Node, start: bool) -> String {
    let label = label(node);
    match &node.behavior {
        _ if start => format!("([\"{label}\"])"),
        Behavior::Tool(_) | Behavior::AddedTool(_) | Behavior::Foreign(_) => format!("[[\"{label}\"]]"),
        Behavior::Answer => format!("[(\"{label}\")]"),
        Behavior::Choose => format!("{{\"{label}\"}}"),
        Behavior::Nested => format!("[/\"{label}\"/]"),
        Behavior::Say | Behavior::HandOff | Behavior::Pass | Behavior::Unknown => format!("[\"{label}\"]"),
    }
}

fn label(node: &Node) -> String {
    let head = title(node);
    let says = if node.text.is_empty() || node.behavior == Behavior::Nested { &node.task } else { &node.text };
    let id = escape(node.id.as_str());
    match escape(says).as_str() {
        "" => format!("{id}: {}", escape(&head)),
        says => format!("{id}: {}<br/>{says}", escape(&head)),
    }
}

fn arrow(edge: &Edge) -> String {
    match &edge.intent {
        _ if edge.logic => "-. \"logic, not followed\" .->".to_owned(),
        Some(intent) => format!("-- \"{}\" -->", escape(&intent.text)),
        None if edge.is_by_result() => format!("-- \"{}\" -->", escape(&condition(edge))),
        None => "-->".to_owned(),
    }
}

/// Returns the text on one line, with the characters escaped that have a meaning in Mermaid or HTML.
fn escape(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(LABEL_LENGTH_MAX).collect();
    let mut escaped = String::new();
    for c in cut.chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | '`' | '[' | ']' | '{' | '}' | ';' | '\\' => {
                let _ = write!(escaped, "#{};", u32::from(c));
            }
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    if line.len() > cut.len() {
        escaped.push('…');
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_graph;

    #[test]
    fn the_shipped_graph_as_a_chart() {
        insta::assert_snapshot!(mermaid(&test_graph::hubspot()));
    }

    #[test]
    fn nothing_in_the_file_breaks_out_of_a_label() {
        let text = "a\"]; click x callback \"<script>\n`--> b {#quot;}";
        let escaped = escape(text);
        assert!(!escaped.contains(['"', ']', '<', '>', '\n', '`', '{', '}']), "{escaped}");
    }
}
