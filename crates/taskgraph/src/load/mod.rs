//! Reading a taskgraph: every dialect in, one graph out, and a list of what was wrong or ignored.

mod edge;
mod fields;
mod files;
mod node;
mod top;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

use self::fields::Fields;
use super::{
    check,
    graph::{Edge, Graph, Node, Parts},
    problem::{Kind, Place, Problem, Problems},
    redact,
};

/// The largest file that is read: fifty times the largest known.
const FILE_BYTES_MAX: usize = 5_000_000;
const NODES_MAX: usize = 2_000;
const EDGES_MAX: usize = 10_000;
const NAME_LENGTH_MAX: usize = 100;

/// The graphs inside the binary, by name.
const SHIPPED: &[(&str, &str)] = &[("hubspot", include_str!("../../../../taskgraphs/hubspot.json"))];

/// A graph that can be followed, and what its author should know about the file.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub graph: Graph,
    pub warnings: Vec<Problem>,
}

/// Why graphs were not loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// All that is wrong, warnings too; at least one is an error.
    #[error("{}", Lines(.problems))]
    Refused { problems: Vec<Problem> },
    #[error("`{path}` cannot be read: {why}")]
    Unreadable { path: String, why: String },
    #[error("`{path}` holds no taskgraph: a file that ends in `.json` was expected")]
    NoneThere { path: String },
    #[error("`{path}` holds more than {max} taskgraphs, which is the most one server offers")]
    TooMany { path: String, max: usize },
}

/// Reads one file. `name` is what the graph is called: letters, digits, `.`, `_`, `-` and `@`, so that it can stand
/// in an address.
pub fn read(name: &str, text: &str) -> Result<Loaded, LoadError> {
    let mut problems = Problems::of(name);
    let graph = read_graph(name, text, &mut problems);
    let failed = problems.any_error();
    match graph {
        Some(graph) if !failed => Ok(Loaded { graph, warnings: problems.into_found() }),
        _ => Err(LoadError::Refused { problems: problems.into_found() }),
    }
}

/// Reads every `.json` file of a folder, in the order of their names. One refused file refuses all, with all reasons:
/// a script that is silently missing would be noticed by a customer.
pub fn folder(dir: &Path) -> Result<Vec<Loaded>, LoadError> {
    let (mut loaded, mut refused) = (vec![], vec![]);
    for file in files::graphs_in(dir)? {
        match read(&file.name, &file.text) {
            Ok(graph) => loaded.push(graph),
            Err(LoadError::Refused { problems }) => refused.extend(problems),
            Err(other) => return Err(other),
        }
    }
    if refused.is_empty() { Ok(loaded) } else { Err(LoadError::Refused { problems: refused }) }
}

/// The files of a folder that are taken for graphs, by name.
pub fn paths_in(dir: &Path) -> Result<Vec<PathBuf>, LoadError> {
    files::paths_in(dir)
}

/// Whether a file with this name is taken for a graph when its folder is served.
pub fn is_served(path: &Path) -> bool {
    files::is_graph(path)
}

/// Reads one file; the graph is called as the file is, without its ending.
pub fn file(path: &Path) -> Result<Loaded, LoadError> {
    let file = files::graph_at(path)?;
    read(&file.name, &file.text)
}

/// The graphs that come with the binary.
pub fn shipped() -> Vec<Loaded> {
    SHIPPED.iter().map(|(name, text)| read(name, text).expect("a test loads every shipped graph")).collect()
}

fn read_graph(name: &str, text: &str, problems: &mut Problems) -> Option<Graph> {
    check_name(name, problems);
    let json = parse(text, problems)?;
    let object = json.as_object().filter(|object| object.get("nodes").is_some_and(Value::is_array));
    let Some(object) = object else {
        problems.add(Kind::NotAGraph, Place::File, "a taskgraph must be an object with a list `nodes`");
        return None;
    };
    let parts = read_parts(name, object, problems)?;
    if problems.any_error() {
        return None;
    }
    redact::report_secrets(&json, problems);
    let graph = Graph::of(Parts { json: redact::redacted(&json), ..parts });
    check::warn(&graph, problems);
    Some(graph)
}

fn check_name(name: &str, problems: &mut Problems) {
    let fits = !name.is_empty() && name.len() <= NAME_LENGTH_MAX;
    if !fits || !name.chars().all(|c| c.is_ascii_alphanumeric() || "._-@".contains(c)) {
        let reason = "a graph's name must be 1 to 100 letters, digits, `.`, `_`, `-` or `@`: rename the file";
        problems.add(Kind::BadName, Place::File, reason);
    }
}

fn parse(text: &str, problems: &mut Problems) -> Option<Value> {
    if text.len() > FILE_BYTES_MAX {
        problems.add(Kind::TooLarge, Place::File, format!("the file must not exceed {FILE_BYTES_MAX} bytes"));
        return None;
    }
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(json) => Some(json),
        Err(error) => {
            problems.add(Kind::NotAGraph, Place::File, format!("the file is not JSON: {error}"));
            None
        }
    }
}

fn read_parts(name: &str, object: &Map<String, Value>, problems: &mut Problems) -> Option<Parts> {
    let mut fields = Fields::of(object, "graph", Place::File);
    let about = top::about(&mut fields, problems);
    let listed = top::listed(&mut fields, problems);
    let documents = top::documents(&mut fields, problems);
    top::services(&mut fields, problems);
    let (nodes, edges) = (fields.list("nodes", problems), fields.list("edges", problems));
    if nodes.len() > NODES_MAX || edges.len() > EDGES_MAX {
        let reason = format!("a graph must not have more than {NODES_MAX} nodes and {EDGES_MAX} edges");
        problems.add(Kind::TooLarge, Place::File, reason);
        return None;
    }
    fields.report_unread(problems);
    let read_node = |(position, value)| node::read(position, value, &listed, problems);
    let nodes: Vec<Node> = nodes.iter().enumerate().filter_map(read_node).collect();
    let edges: Vec<Edge> =
        edges.iter().enumerate().filter_map(|(position, value)| edge::read(position, value, problems)).collect();
    if problems.any_error() {
        return None; // What a node that cannot be read leaves behind would look like faults of others.
    }
    check::refuse(&nodes, &edges, problems);
    let start = check::start(&nodes, &edges, problems)?;
    Some(Parts { name: name.to_owned(), about, nodes, edges, start, documents, listed, json: Value::Null })
}

/// Problems on one line.
struct Lines<'a>(&'a [Problem]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors: Vec<String> =
            self.0.iter().filter(|problem| problem.kind.is_error()).map(ToString::to_string).collect();
        f.write_str(&errors.join("; "))
    }
}

#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;
