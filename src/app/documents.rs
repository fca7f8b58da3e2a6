//! The sources of the documents: `--docs`, the graphs' `rag_docs`, or the shipped documents of the embedded HubSpot.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use etcetera::BaseStrategy;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use url::Url;

use super::shipped_documents;
use crate::config;
use domain::clock::Clock;
use http_client::{AddressPolicy, HttpClient, PublicWeb};
use knowledge::documents::Documents;
use knowledge::embed::EmbeddingClient;
use knowledge::settings::Settings;
use knowledge::source::{ParseSourceError, Source};
use taskgraph::collection::Taskgraphs;
use taskgraph::graph::Document;

/// The longest answer of the embeddings endpoint: the vectors of a batch of passages, in JSON.
const EMBEDDINGS_BYTES_MAX: usize = 20_000_000;

/// A source of documents that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no file, folder or web address.
    #[error(transparent)]
    Source(#[from] ParseSourceError),
    /// The HTTP client cannot be set up.
    #[error("documents cannot be read from the web: {0}")]
    Web(String),
}

pub(super) fn documents(
    settings: &config::Settings,
    taskgraphs: &Taskgraphs,
    clock: Clock,
) -> Result<Documents, Error> {
    let sources = sources(settings, taskgraphs)?;
    if sources.is_empty() {
        return Ok(if settings.sandbox { shipped_documents::documents() } else { Documents::none() });
    }
    let folder = index_folder(settings, &sources);
    let embeddings = settings.embeddings_url.as_ref().map(|url| embeddings(url, settings)).transpose()?;
    let library = Settings { folder, embeddings, now: clock.now(), ..Settings::default() };
    let addresses = if settings.docs_private { AddressPolicy::Any } else { AddressPolicy::PublicOnly };
    let web: Arc<dyn HttpClient> = Arc::new(PublicWeb::new(addresses, library.document_bytes_max).map_err(Error::Web)?);
    Ok(Documents::new(sources, library, Some(web)))
}

/// The client of the embeddings endpoint, which may be on this machine. Its key is read from the environment here, so that
/// it is part of no settings that are printed.
fn embeddings(url: &Url, settings: &config::Settings) -> Result<EmbeddingClient, Error> {
    let wire = PublicWeb::new(AddressPolicy::Any, EMBEDDINGS_BYTES_MAX).map_err(Error::Web)?;
    let key = std::env::var(config::EMBEDDINGS_KEY_VARIABLE).ok().map(|key| key.trim().to_owned());
    let key = key.filter(|key| !key.is_empty()).map(SecretString::from);
    Ok(EmbeddingClient::new(Arc::new(wire), url, &settings.embeddings_model, key))
}

/// The sources of the flags, then those of the graphs, each once.
fn sources(settings: &config::Settings, taskgraphs: &Taskgraphs) -> Result<Vec<Source>, ParseSourceError> {
    let mut sources: Vec<Source> = Vec::new();
    for given in &settings.docs {
        let source = match given.parse()? {
            Source::Site { start, .. } => Source::site(start, Some(settings.docs_pages)),
            other => other,
        };
        sources.push(source);
    }
    let folder = settings.taskgraphs.as_deref();
    for (number, document) in taskgraphs.documents().iter().enumerate() {
        let source = of_graph(document, number + 1, folder)?;
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    Ok(sources)
}

/// The source of an entry of `rag_docs`. Older graphs have no `type`; their entry is an address if it looks like one.
fn of_graph(document: &Document, number: usize, folder: Option<&Path>) -> Result<Source, ParseSourceError> {
    if document.kind == "text" {
        return Ok(Source::text(&format!("text-{number}"), &document.source));
    }
    match document.source.parse()? {
        Source::Site { start, .. } => Ok(Source::site(start, document.pages_max)),
        Source::Path(path) => Ok(Source::Path(beside(folder, path))),
        given => Ok(given),
    }
}

/// Resolves a path in a graph: relative to the graph's folder if the file exists there, else to the working directory.
fn beside(folder: Option<&Path>, path: PathBuf) -> PathBuf {
    let beside = folder.map(|folder| folder.join(&path)).filter(|beside| beside.exists());
    beside.unwrap_or(path)
}

/// The folder of the index: servers with different documents use different ones and do not overwrite each other's.
fn index_folder(settings: &config::Settings, sources: &[Source]) -> Option<PathBuf> {
    let caches = || etcetera::choose_base_strategy().ok().map(|system| system.cache_dir().join("frontdesk"));
    let root = settings.docs_index.clone().or_else(caches)?;
    let here = std::env::current_dir().unwrap_or_default();
    let names: Vec<String> = sources.iter().map(ToString::to_string).collect();
    let digest = Sha256::digest(format!("{}\n{}", here.display(), names.join("\n")));
    Some(root.join(digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(source: &str, kind: &str, pages_max: Option<usize>) -> Document {
        Document { source: source.to_owned(), kind: kind.to_owned(), pages_max }
    }

    #[test]
    fn entries_of_graphs_are_read_in_every_form_they_have() {
        let site = |pages| Source::site(Url::parse("https://www.richtechrobotics.com/").unwrap(), pages);
        let read = |source: &str, kind: &str, pages| of_graph(&entry(source, kind, pages), 3, None);
        assert_eq!(read("https://www.richtechrobotics.com/", "", Some(20)), Ok(site(Some(20))));
        assert_eq!(read("https://www.richtechrobotics.com/", "url", None), Ok(site(None)));
        for kind in ["file", "local"] {
            assert_eq!(read("docs/manual.pdf", kind, None), Ok(Source::Path("docs/manual.pdf".into())), "{kind}");
        }
        assert_eq!(read("Open from 9.", "text", None), Ok(Source::text("text-3", "Open from 9.")));
        assert!(read("ftp://example.com/", "url", None).is_err());
    }

    #[test]
    fn paths_count_from_the_graph_where_there_is_such_a_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("menu.md"), "Tea.").unwrap();
        let found = |path: &str| beside(Some(folder.path()), path.into());
        assert_eq!(found("menu.md"), folder.path().join("menu.md"));
        assert_eq!(found("other.md"), PathBuf::from("other.md"));
    }
}
