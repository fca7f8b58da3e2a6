//! The taskgraphs of one server, by name.

use std::path::Path;

use tracing::warn;

use super::graph::{Document, Graph};
use super::load::{self, LoadError};

/// Graphs by name; a folder's, or the shipped ones.
#[derive(Debug)]
pub struct Taskgraphs(Vec<Graph>);

impl Taskgraphs {
    /// Reads every graph of `folder`, or takes the shipped ones; what is ignored in them is logged.
    pub fn load(folder: Option<&Path>) -> Result<Taskgraphs, LoadError> {
        let loaded = match folder {
            Some(folder) => load::folder(folder)?,
            None => load::shipped(),
        };
        for problem in loaded.iter().flat_map(|graph| &graph.warnings) {
            warn!("{problem}");
        }
        Ok(Taskgraphs(loaded.into_iter().map(|loaded| loaded.graph).collect()))
    }

    pub fn get(&self, name: &str) -> Option<&Graph> {
        self.0.iter().find(|graph| graph.name() == name)
    }

    /// What the graphs name to answer from: their `rag_docs`.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.0.iter().flat_map(Graph::documents)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Graph::name)
    }
}
