//! The taskgraphs of one server, by name.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tracing::warn;

use super::graph::{Document, Graph};
use super::load::{self, LoadError, Loaded};

/// What the addresses of graphs begin with.
pub const SCHEME: &str = "taskgraph://";

/// The address of the graph with this name; what belongs to it has addresses below this one.
pub fn address(name: &str) -> String {
    format!("{SCHEME}{name}")
}

/// The graph that is meant where none is named and there are several.
const DEFAULT: &str = "hubspot";

/// Graphs by name; a folder's, or the shipped ones.
#[derive(Debug, Default)]
pub struct Taskgraphs {
    folder: Option<PathBuf>,
    graphs: RwLock<Vec<Arc<Graph>>>,
}

impl Taskgraphs {
    /// Reads every graph of `folder`, or takes the shipped ones; what is ignored in them is logged.
    pub fn load(folder: Option<&Path>) -> Result<Taskgraphs, LoadError> {
        let graphs = told(read(folder)?);
        Ok(Taskgraphs { folder: folder.map(Path::to_owned), graphs: RwLock::new(graphs) })
    }

    pub fn get(&self, name: &str) -> Option<Arc<Graph>> {
        self.all().into_iter().find(|graph| graph.name() == name)
    }

    pub fn names(&self) -> Vec<String> {
        self.all().iter().map(|graph| graph.name().to_owned()).collect()
    }

    /// The graph that is meant where none is named: the only one, or `hubspot`.
    pub fn default_name(&self) -> String {
        let all = self.all();
        let only = if let [only] = &all[..] { Some(only.name()) } else { None };
        only.unwrap_or(DEFAULT).to_owned()
    }

    /// In the order of their names.
    pub fn all(&self) -> Vec<Arc<Graph>> {
        self.graphs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the graphs name to answer from: their `rag_docs`.
    pub fn documents(&self) -> Vec<Document> {
        self.all().iter().flat_map(|graph| graph.documents().to_vec()).collect()
    }

    /// The folder the graphs are read from, if they may change.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Reads the folder again and says what is new. While a file is broken the graphs of before stay in use.
    pub fn reload(&self) -> Result<Changes, LoadError> {
        let fresh = read(self.folder())?;
        let before = self.all();
        let changes = Changes::between(&before, &fresh);
        if !changes.is_empty() {
            *self.graphs.write().unwrap_or_else(PoisonError::into_inner) = told(fresh);
        }
        Ok(changes)
    }
}

/// What has changed in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Graphs have come or gone.
    pub list: bool,
    /// The graphs that were there and are different now.
    pub updated: Vec<String>,
}

impl Changes {
    fn between(before: &[Arc<Graph>], fresh: &[Loaded]) -> Changes {
        let names = |graphs: Vec<&Graph>| graphs.iter().map(|graph| graph.name().to_owned()).collect::<Vec<_>>();
        let (old, new): (Vec<&Graph>, Vec<&Graph>) =
            (before.iter().map(Arc::as_ref).collect(), fresh.iter().map(|loaded| &loaded.graph).collect());
        let same =
            |graph: &&&Graph| old.iter().any(|other| other.name() == graph.name() && other.json() != graph.json());
        let updated = new.iter().filter(same).map(|graph| graph.name().to_owned()).collect();
        Changes { list: names(old.clone()) != names(new.clone()), updated }
    }

    pub fn is_empty(&self) -> bool {
        !self.list && self.updated.is_empty()
    }
}

fn read(folder: Option<&Path>) -> Result<Vec<Loaded>, LoadError> {
    folder.map_or_else(|| Ok(load::shipped()), load::folder)
}

/// Logs what is ignored.
fn told(loaded: Vec<Loaded>) -> Vec<Arc<Graph>> {
    for problem in loaded.iter().flat_map(|graph| &graph.warnings) {
        warn!("{problem}");
    }
    loaded.into_iter().map(|loaded| Arc::new(loaded.graph)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(says: &str) -> String {
        format!(
            r#"{{"nodes": [["0", {{"resource": {{"id": "message-worker"}}, "type": "start", "attribute": {{"value": "{says}"}}}}]]}}"#
        )
    }

    #[test]
    fn changed_files_are_picked_up_and_broken_ones_change_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write("desk.json", &graph("Hello"));
        let graphs = Taskgraphs::load(Some(dir.path())).unwrap();
        assert!(graphs.reload().unwrap().is_empty());
        write("desk.json", &graph("Good morning"));
        assert_eq!(graphs.reload().unwrap(), Changes { list: false, updated: vec!["desk".into()] });
        assert_eq!(graphs.get("desk").unwrap().greeting(), Some("Good morning"));
        write("night.json", &graph("Good night"));
        assert_eq!(graphs.default_name(), "desk", "the only one");
        assert_eq!(graphs.reload().unwrap(), Changes { list: true, updated: vec![] });
        assert_eq!(graphs.default_name(), DEFAULT);
        write("desk.json", "{");
        assert!(graphs.reload().is_err());
        assert_eq!(
            (graphs.names(), graphs.get("desk").unwrap().greeting()),
            (vec!["desk".into(), "night".into()], Some("Good morning"))
        );
    }
}
