//! The graph as an SVG drawing.

use std::{collections::BTreeSet, fmt::Write};

use super::layout::{self, Cell, Layout};
use super::title::{condition, title};
use crate::{
    graph::{Edge, Graph, Node, NodeId},
    resource::Behavior,
};

const BOX_WIDTH: f64 = 256.0;
const BOX_HEIGHT: f64 = 72.0;
const ROW_HEIGHT: f64 = 104.0;
/// The gap between columns, wide enough for an intent above its arrow.
const GAP_WIDTH: f64 = 230.0;
const GAP_WIDTH_WORDLESS: f64 = 64.0;
/// The length of an arrow before it turns up or down.
const ELBOW: f64 = 22.0;
const MARGIN: f64 = 24.0;
/// The letters that fit into a box or a gap at a font size of 12 pixels.
const LINE_LENGTH_MAX: usize = 34;
const LINES_MAX: usize = 3;

const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#1f2937}.head{font-weight:600}\
    .intent{font-style:italic;fill:#475569}rect{stroke:#64748b;rx:8}.start{fill:#dcfce7}.tool{fill:#dbeafe}\
    .answer{fill:#fef9c3}.say{fill:#f8fafc}.other{fill:#fee2e2}path{fill:none;stroke:#64748b;stroke-width:1.4}\
    .logic,.nested{stroke-dasharray:5 4}";

/// Draws the graph as SVG without scripts, fonts or references to other files.
pub fn svg(graph: &Graph) -> String {
    let sheet = Sheet::of(graph);
    let (width, height) = (sheet.width, MARGIN * 2.0 + sheet.layout.rows as f64 * ROW_HEIGHT);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n\
         <marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
         <polygon points=\"0 0 8 4 0 8\" fill=\"#64748b\"/></marker>\n\
         <rect x=\"0\" y=\"0\" width=\"{width}\" height=\"{height}\" style=\"fill:#fff;stroke:none;rx:0\"/>\n",
        escape(graph.name())
    );
    for edge in graph.edges() {
        draw_edge(&mut svg, &sheet, edge);
    }
    for node in graph.nodes() {
        if let Some(inner) = graph.nested_start(node) {
            draw_way(&mut svg, &sheet, (&node.id, &inner.id), "nested");
        }
        draw_node(&mut svg, &sheet, node, node.id == graph.start().id);
    }
    svg + "</svg>\n"
}

/// The positions of the grid in pixels.
struct Sheet<'a> {
    layout: Layout<'a>,
    /// The left side of each column.
    columns: Vec<f64>,
    width: f64,
}

impl<'a> Sheet<'a> {
    fn of(graph: &'a Graph) -> Sheet<'a> {
        let layout = layout::of(graph);
        let with_words: BTreeSet<usize> = graph
            .edges()
            .iter()
            .filter(|edge| edge.intent.is_some() || edge.is_by_result())
            .map(|edge| layout.cells[&edge.to].column)
            .collect();
        let mut x = MARGIN;
        let mut columns = vec![x];
        for column in 1..layout.columns {
            x += BOX_WIDTH + if with_words.contains(&column) { GAP_WIDTH } else { GAP_WIDTH_WORDLESS };
            columns.push(x);
        }
        Sheet { layout, columns, width: x + BOX_WIDTH + MARGIN }
    }

    fn place(&self, id: &NodeId) -> Cell {
        self.layout.cells[id]
    }

    /// Returns the middle of a box's left side.
    fn side(&self, place: Cell) -> (f64, f64) {
        (self.columns[place.column], MARGIN + place.row * ROW_HEIGHT + ROW_HEIGHT / 2.0)
    }
}

fn draw_edge(svg: &mut String, sheet: &Sheet<'_>, edge: &Edge) {
    draw_way(svg, sheet, (&edge.from, &edge.to), if edge.logic { "logic" } else { "" });
    let by_result = edge.is_by_result().then(|| condition(edge));
    if let Some(words) = edge.intent.as_ref().map(|intent| intent.text.clone()).or(by_result) {
        let (x, y) = sheet.side(sheet.place(&edge.to));
        let lines = wrap(&words, LINE_LENGTH_MAX - 4);
        let first = y - 6.0 - 14.0 * (lines.len() as f64 - 1.0);
        write_lines(svg, &lines, (x - GAP_WIDTH + ELBOW + 8.0, first), "intent");
    }
}

/// Draws an arrow from the right side of a box to the left side of another. One that leads back curves below the boxes.
fn draw_way(svg: &mut String, sheet: &Sheet<'_>, (from, to): (&NodeId, &NodeId), class: &str) {
    let (from, to) = (sheet.place(from), sheet.place(to));
    let ((x1, y1), (x2, y2)) = (sheet.side(from), sheet.side(to));
    let x1 = x1 + BOX_WIDTH;
    let path = if to.column > from.column {
        format!("M{x1} {y1}H{}V{y2}H{x2}", x1 + ELBOW)
    } else {
        let below = y1.max(y2) + ROW_HEIGHT * 0.6;
        format!("M{x1} {y1}C{} {below} {} {below} {x2} {y2}", x1 + 40.0, x2 - 40.0)
    };
    let _ = writeln!(svg, "<path class=\"{class}\" d=\"{path}\" marker-end=\"url(#tip)\"/>");
}

fn draw_node(svg: &mut String, sheet: &Sheet<'_>, node: &Node, start: bool) {
    let (x, middle) = sheet.side(sheet.place(&node.id));
    let y = middle - BOX_HEIGHT / 2.0;
    let says = if node.text.trim().is_empty() || node.behavior == Behavior::Nested { &node.task } else { &node.text };
    let _ = writeln!(
        svg,
        "<g><title>{}</title><rect class=\"{}\" x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\"/>",
        escape(says),
        class(node, start)
    );
    let head = format!("{} · {}", node.id, title(node));
    write_lines(svg, &wrap(&head, LINE_LENGTH_MAX)[..1], (x + 10.0, y + 19.0), "head");
    write_lines(svg, &wrap(says, LINE_LENGTH_MAX), (x + 10.0, y + 36.0), "");
    svg.push_str("</g>\n");
}

fn class(node: &Node, start: bool) -> &'static str {
    match &node.behavior {
        _ if start => "start",
        Behavior::Tool(_) | Behavior::AddedTool(_) => "tool",
        Behavior::Answer => "answer",
        Behavior::Foreign(_) | Behavior::Unknown => "other",
        Behavior::Say | Behavior::Choose | Behavior::HandOff | Behavior::Nested | Behavior::Pass => "say",
    }
}

fn write_lines(svg: &mut String, lines: &[String], (x, y): (f64, f64), class: &str) {
    for (position, line) in lines.iter().enumerate() {
        let y = y + 14.0 * position as f64;
        let _ = write!(svg, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escape(line));
    }
    svg.push('\n');
}

/// Breaks a text into lines of at most `length_max` letters, at spaces if possible. More than three lines are cut with
/// `…`.
fn wrap(text: &str, length_max: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace().flat_map(|word| pieces(word, length_max)) {
        let line = &lines[lines.len() - 1];
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > length_max {
            lines.push(String::new());
        }
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    if lines.len() > LINES_MAX {
        lines.truncate(LINES_MAX);
        lines[LINES_MAX - 1].push('…');
    }
    lines
}

fn pieces(word: &str, length_max: usize) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(length_max).map(|piece| piece.iter().collect()).collect()
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML 1.0 cannot represent these characters.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_graph;

    #[test]
    fn the_shipped_graph_is_drawn_whole() {
        let svg = svg(&test_graph::hubspot());
        assert_eq!((svg.matches("<g>").count(), svg.matches("<path ").count()), (9, 8));
        assert!(svg.contains("create_meeting") && svg.contains("User has questions about the"));
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && !svg.contains("NaN"));
    }

    #[test]
    fn nothing_in_the_file_becomes_markup() {
        assert_eq!(escape("<script>\"&\u{0}"), "&lt;script&gt;&quot;&amp; ");
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap(&"x".repeat(25), 10), ["xxxxxxxxxx", "xxxxxxxxxx", "xxxxx"]);
        assert_eq!(wrap(&"ab ".repeat(40), 10)[2], "ab ab ab…");
    }
}
