//! The taskgraphs of one server, by name.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tracing::warn;

use crate::graph::{Document, Graph};
use crate::load::{self, LoadError, Loaded};

/// The start of the URIs under which an MCP server offers its graphs as resources.
pub const SCHEME: &str = "taskgraph://";

/// The default graphs of a collection that has several: the first that it has.
const DEFAULT_NAMES: [&str; 2] = ["frontdesk", "hubspot"];

/// Returns the URI of the graph with this name, such as `taskgraph://hubspot`.
pub fn uri(name: &str) -> String {
    format!("{SCHEME}{name}")
}

/// Graphs by name, read from a folder or from texts inside the binary.
///
/// The graphs of a folder can be [reloaded](Taskgraphs::reload) while they are in use: a graph that was handed out
/// stays as it is.
#[derive(Debug, Default)]
pub struct Taskgraphs {
    folder: Option<PathBuf>,
    graphs: RwLock<Vec<Arc<Graph>>>,
}

impl Taskgraphs {
    /// Reads every graph of `folder` and logs the warnings.
    ///
    /// # Errors
    /// As [`load::folder`].
    pub fn from_folder(folder: &Path) -> Result<Taskgraphs, LoadError> {
        let graphs = log_warnings(load::folder(folder)?);
        Ok(Taskgraphs { folder: Some(folder.to_owned()), graphs: RwLock::new(graphs) })
    }

    /// Reads graphs that are given as pairs of name and text, and logs the warnings.
    ///
    /// # Errors
    /// As [`load::texts`].
    pub fn from_texts(graphs: &[(&str, &str)]) -> Result<Taskgraphs, LoadError> {
        let graphs = log_warnings(load::texts(graphs.iter().copied())?);
        Ok(Taskgraphs { folder: None, graphs: RwLock::new(graphs) })
    }

    /// Returns the graph with this name.
    pub fn get(&self, name: &str) -> Option<Arc<Graph>> {
        self.all().into_iter().find(|graph| graph.name() == name)
    }

    /// Lists the names of the graphs, in the order of [`all`](Taskgraphs::all).
    pub fn names(&self) -> Vec<String> {
        self.all().iter().map(|graph| graph.name().to_owned()).collect()
    }

    /// Returns the name of the graph to use where none is named: the only one, or `frontdesk`, or `hubspot`.
    pub fn default_name(&self) -> String {
        let all = self.all();
        let only = if let [only] = &all[..] { Some(only.name()) } else { None };
        let has = |name: &&str| all.iter().any(|graph| graph.name() == *name);
        let usual = DEFAULT_NAMES.into_iter().find(has).unwrap_or(DEFAULT_NAMES[0]);
        only.unwrap_or(usual).to_owned()
    }

    /// Lists the graphs: those of a folder by file name, others in the order given.
    pub fn all(&self) -> Vec<Arc<Graph>> {
        self.graphs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lists the documents (`rag_docs`) of all graphs.
    pub fn documents(&self) -> Vec<Document> {
        self.all().iter().flat_map(|graph| graph.documents().to_vec()).collect()
    }

    /// Returns the folder that the graphs were read from, if they were.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Reads the folder again and reports what has changed. Without a folder nothing changes.
    ///
    /// # Errors
    /// As [`load::folder`]; the graphs that were read before stay in use.
    pub fn reload(&self) -> Result<Changes, LoadError> {
        let Some(folder) = self.folder() else { return Ok(Changes::default()) };
        let fresh = load::folder(folder)?;
        let changes = Changes::between(&self.all(), &fresh);
        if !changes.is_empty() {
            *self.graphs.write().unwrap_or_else(PoisonError::into_inner) = log_warnings(fresh);
        }
        Ok(changes)
    }
}

/// The differences between two readings of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Graphs were added or removed.
    pub list: bool,
    /// The names of the graphs that exist in both readings and differ.
    pub updated: Vec<String>,
}

impl Changes {
    fn between(before: &[Arc<Graph>], fresh: &[Loaded]) -> Changes {
        let names_before = before.iter().map(|graph| graph.name());
        let list = !names_before.eq(fresh.iter().map(|loaded| loaded.graph.name()));
        let differs = |new: &&Graph| before.iter().any(|old| old.name() == new.name() && old.json() != new.json());
        let updated = fresh.iter().map(|loaded| &loaded.graph).filter(differs);
        Changes { list, updated: updated.map(|graph| graph.name().to_owned()).collect() }
    }

    /// Returns `true` if the two readings gave the same graphs.
    pub fn is_empty(&self) -> bool {
        !self.list && self.updated.is_empty()
    }
}

fn log_warnings(loaded: Vec<Loaded>) -> Vec<Arc<Graph>> {
    for problem in loaded.iter().flat_map(|graph| &graph.warnings) {
        warn!("{problem}");
    }
    loaded.into_iter().map(|loaded| Arc::new(loaded.graph)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(text: &str) -> String {
        format!(
            r#"{{"nodes": [["0", {{"resource": {{"id": "message-worker"}}, "type": "start", "attribute": {{"value": "{text}"}}}}]]}}"#
        )
    }

    #[test]
    fn changed_files_are_picked_up_and_broken_ones_change_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write("desk.json", &graph("Hello"));
        let graphs = Taskgraphs::from_folder(dir.path()).unwrap();
        assert!(graphs.reload().unwrap().is_empty());
        write("desk.json", &graph("Good morning"));
        assert_eq!(graphs.reload().unwrap(), Changes { list: false, updated: vec!["desk".into()] });
        assert_eq!(graphs.get("desk").unwrap().greeting(), Some("Good morning"));
        write("night.json", &graph("Good night"));
        assert_eq!(graphs.default_name(), "desk", "the only one");
        assert_eq!(graphs.reload().unwrap(), Changes { list: true, updated: vec![] });
        assert_eq!(graphs.default_name(), "frontdesk");
        write("hubspot.json", &graph("Hi"));
        graphs.reload().unwrap();
        assert_eq!(graphs.default_name(), "hubspot");
        std::fs::remove_file(dir.path().join("hubspot.json")).unwrap();
        graphs.reload().unwrap();
        write("desk.json", "{");
        assert!(graphs.reload().is_err());
        assert_eq!(
            (graphs.names(), graphs.get("desk").unwrap().greeting()),
            (vec!["desk".into(), "night".into()], Some("Good morning"))
        );
    }

    #[test]
    fn graphs_from_texts_never_change() {
        let graphs = Taskgraphs::from_texts(&[("desk", &graph("Hello")), ("night", &graph("Good night"))]).unwrap();
        assert_eq!(graphs.names(), ["desk", "night"]);
        assert!(graphs.reload().unwrap().is_empty() && graphs.folder().is_none());
        assert!(Taskgraphs::from_texts(&[("desk", "{")]).is_err());
    }
}
