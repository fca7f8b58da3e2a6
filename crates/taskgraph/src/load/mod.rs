//! Reading taskgraphs: both dialects of the file become one [`Graph`] and a list of problems.

mod edge;
mod error;
mod fields;
mod files;
mod metadata;
mod node;

use std::path::Path;

use serde_json::{Map, Value};

pub use self::error::LoadError;
pub use self::files::{is_served, paths_in};

use self::fields::Fields;
use self::files::FILE_BYTES_MAX;
use crate::{
    check,
    graph::{Edge, Graph, Node, Parts},
    problem::{Location, Problem, ProblemKind, Problems},
    redact,
};

const NODES_MAX: usize = 2_000;
const EDGES_MAX: usize = 10_000;
const NAME_LENGTH_MAX: usize = 100;

/// A graph that can be followed, with the warnings about its file.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The graph.
    pub graph: Graph,
    /// What the author of the file should know about; none of them is an error.
    pub warnings: Vec<Problem>,
}

/// Reads one graph from its text.
///
/// The name is used in URIs, so it has only letters, digits, `.`, `_`, `-` and `@`.
///
/// # Errors
/// [`LoadError::Refused`] if the text is not a graph that can be followed, or the name is not allowed.
pub fn read(name: &str, text: &str) -> Result<Loaded, LoadError> {
    let mut problems = Problems::of(name);
    let graph = read_graph(name, text, &mut problems);
    let failed = problems.any_error();
    match graph {
        Some(graph) if !failed => Ok(Loaded { graph, warnings: problems.into_found() }),
        _ => Err(LoadError::Refused { problems: problems.into_found() }),
    }
}

/// Reads graphs from pairs of name and text, in the order given.
///
/// # Errors
/// [`LoadError::Refused`] with the problems of all texts if one is refused: a graph that is missing without a message
/// would be noticed by a customer first.
pub fn texts<'a>(graphs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Vec<Loaded>, LoadError> {
    let (mut loaded, mut refused) = (vec![], vec![]);
    for (name, text) in graphs {
        match read(name, text) {
            Ok(graph) => loaded.push(graph),
            Err(LoadError::Refused { problems }) => refused.extend(problems),
            Err(other) => return Err(other),
        }
    }
    if refused.is_empty() { Ok(loaded) } else { Err(LoadError::Refused { problems: refused }) }
}

/// Reads every graph of a folder, in the order of [`paths_in`].
///
/// # Errors
/// [`LoadError`] if the folder or one of its files cannot be read, or as [`texts`].
pub fn folder(dir: &Path) -> Result<Vec<Loaded>, LoadError> {
    let files = paths_in(dir)?.iter().map(|path| files::read(path)).collect::<Result<Vec<_>, _>>()?;
    texts(files.iter().map(|file| (&*file.name, &*file.text)))
}

/// Reads one file. The graph has the file's name without its extension.
///
/// # Errors
/// [`LoadError`] if the file cannot be read, or as [`read`].
pub fn file(path: &Path) -> Result<Loaded, LoadError> {
    let file = files::read(path)?;
    read(&file.name, &file.text)
}

fn read_graph(name: &str, text: &str, problems: &mut Problems) -> Option<Graph> {
    check_name(name, problems);
    let json = parse(text, problems)?;
    let object = json.as_object().filter(|object| object.get("nodes").is_some_and(Value::is_array));
    let Some(object) = object else {
        problems.add(ProblemKind::NotAGraph, Location::File, "a taskgraph must be an object with a list `nodes`");
        return None;
    };
    let parts = read_parts(name, object, problems)?;
    if problems.any_error() {
        return None;
    }
    redact::report_secrets(&json, problems);
    let graph = Graph::of(Parts { json: redact::redacted(&json), ..parts });
    check::warnings(&graph, problems);
    Some(graph)
}

fn check_name(name: &str, problems: &mut Problems) {
    let fits = !name.is_empty() && name.len() <= NAME_LENGTH_MAX;
    if !fits || !name.chars().all(|c| c.is_ascii_alphanumeric() || "._-@".contains(c)) {
        let reason = "a graph's name must be 1 to 100 letters, digits, `.`, `_`, `-` or `@`: rename the file";
        problems.add(ProblemKind::BadName, Location::File, reason);
    }
}

fn parse(text: &str, problems: &mut Problems) -> Option<Value> {
    if text.len() > FILE_BYTES_MAX {
        problems.add(ProblemKind::TooLarge, Location::File, format!("the file must not exceed {FILE_BYTES_MAX} bytes"));
        return None;
    }
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(json) => Some(json),
        Err(error) => {
            problems.add(ProblemKind::NotAGraph, Location::File, format!("the file is not JSON: {error}"));
            None
        }
    }
}

fn read_parts(name: &str, object: &Map<String, Value>, problems: &mut Problems) -> Option<Parts> {
    let mut fields = Fields::of(object, "graph", Location::File);
    let about = metadata::about(&mut fields, problems);
    let listed = metadata::listed(&mut fields, problems);
    let documents = metadata::documents(&mut fields, problems);
    metadata::services(&mut fields, problems);
    let (nodes, edges) = (fields.list("nodes", problems), fields.list("edges", problems));
    if nodes.len() > NODES_MAX || edges.len() > EDGES_MAX {
        let reason = format!("a graph must not have more than {NODES_MAX} nodes and {EDGES_MAX} edges");
        problems.add(ProblemKind::TooLarge, Location::File, reason);
        return None;
    }
    fields.report_unread(problems);
    let read_node = |(position, value)| node::read(position, value, &listed, problems);
    let nodes: Vec<Node> = nodes.iter().enumerate().filter_map(read_node).collect();
    let edges: Vec<Edge> =
        edges.iter().enumerate().filter_map(|(position, value)| edge::read(position, value, problems)).collect();
    if problems.any_error() {
        return None; // A node that was not read would cause further, misleading problems, such as dangling edges.
    }
    check::errors(&nodes, &edges, problems);
    let start = check::start(&nodes, &edges, problems)?;
    Some(Parts { name: name.to_owned(), about, nodes, edges, start, documents, listed, json: Value::Null })
}

#[cfg(test)]
mod damaged;
#[cfg(test)]
mod tests;
