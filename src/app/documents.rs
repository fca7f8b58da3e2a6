//! The sources of the documents: `--docs`, the graphs' `rag_docs`, or the shipped documents of the embedded HubSpot.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use etcetera::BaseStrategy;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use tracing::warn;
use url::Url;

use super::document_process::DocumentProcess;
use super::shipped_documents;
use crate::config;
use domain::clock::Clock;
use domain::text;
use http_client::{AddressPolicy, HttpClient, PublicWeb, is_this_machine};
use knowledge::documents::Documents;
use knowledge::embed::EmbeddingClient;
use knowledge::reading::Runner;
use knowledge::settings::Settings;
use knowledge::source::{ParseSourceError, Source};
use taskgraph::collection::Taskgraphs;
use taskgraph::graph::Document;

/// The longest answer of the embeddings endpoint: the vectors of a batch of passages, in JSON.
const EMBEDDINGS_BYTES_MAX: usize = 20_000_000;

/// The longest part of a source in a graph that a log line repeats.
const SOURCE_CHARACTERS_MAX: usize = 100;

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

/// The documents of these settings and graphs.
pub fn documents(settings: &config::Settings, taskgraphs: &Taskgraphs, clock: Clock) -> Result<Documents, Error> {
    let sources = sources(settings, taskgraphs)?;
    if sources.is_empty() {
        return Ok(if settings.sandbox { shipped_documents::documents() } else { Documents::none() });
    }
    let folder = index_folder(settings, &sources);
    let embeddings = settings.embeddings_url.as_ref().map(|url| embeddings(url, settings)).transpose()?;
    let process = DocumentProcess::of_this_program().map_err(|error| {
        warn!(%error, "Documents are read without a limit of memory: this program does not know its own path.");
    });
    let runner = process.ok().map(|process| Arc::new(process) as Arc<dyn Runner>);
    let library = Settings { folder, embeddings, runner, now: clock.now(), ..Settings::default() };
    let addresses = if settings.docs_private { AddressPolicy::Any } else { AddressPolicy::PublicOnly };
    let web: Arc<dyn HttpClient> = Arc::new(PublicWeb::new(addresses, library.document_bytes_max).map_err(Error::Web)?);
    Ok(Documents::new(sources, library, Some(web)))
}

/// The client of the embeddings endpoint, which may be on this machine. Its key is read from the environment here, so that
/// it is part of no settings that are printed.
fn embeddings(url: &Url, settings: &config::Settings) -> Result<EmbeddingClient, Error> {
    if url.scheme() == "http" && !is_this_machine(url.host_str().unwrap_or_default()) {
        warn!(
            "--embeddings-url is plain http beyond this machine: documents, questions and the key are sent in the clear."
        );
    }
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
    let given = sources.clone();
    for (number, document) in taskgraphs.documents().iter().enumerate() {
        match of_graph(document, number + 1, settings.taskgraphs.as_deref(), &given)? {
            Some(source) if !sources.contains(&source) => sources.push(source),
            Some(_) => {}
            None => warn!(
                "A taskgraph lists the documents `{}`, which are not read: a script is passed around, so what lies outside \
                 its folder is read only if --docs names it too.",
                text::excerpt(&document.source, SOURCE_CHARACTERS_MAX)
            ),
        }
    }
    Ok(sources)
}

/// The source of an entry of `rag_docs`; `None` for one that a graph may not name alone. Older graphs have no `type`; their
/// entry is an address if it looks like one. `given` are the operator's sources.
fn of_graph(
    document: &Document,
    number: usize,
    folder: Option<&Path>,
    given: &[Source],
) -> Result<Option<Source>, ParseSourceError> {
    if document.kind == "text" {
        return Ok(Some(Source::text(&format!("text-{number}"), &document.source)));
    }
    Ok(match document.source.parse()? {
        Source::Site { start, .. } => {
            let is_given = |source: &&Source| matches!(source, Source::Site { start: known, .. } if *known == start);
            given.iter().find(is_given).cloned()
        }
        Source::Path(path) => within(folder, &path).or_else(|| named(given, &path)).map(Source::Path),
        other => Some(other),
    })
}

/// A path in a graph, if it stays within the graph's folder, also by its links.
fn within(folder: Option<&Path>, path: &Path) -> Option<PathBuf> {
    let folder = folder?;
    if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return None;
    }
    let place = folder.join(path);
    match (place.canonicalize(), folder.canonicalize()) {
        (Ok(real), Ok(root)) => real.starts_with(root).then_some(place),
        // There is no such file, which the report says.
        _ => Some(place),
    }
}

/// A path in a graph, if one of the operator's sources holds it.
fn named(given: &[Source], path: &Path) -> Option<PathBuf> {
    let real = path.canonicalize().ok()?;
    let holds = |source: &Source| match source {
        Source::Path(known) => known.canonicalize().is_ok_and(|known| real.starts_with(known)),
        _ => false,
    };
    given.iter().any(holds).then(|| path.to_owned())
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
        let folder = Path::new("scripts");
        let given = [site(Some(5))];
        let read = |source: &str, kind: &str, pages| of_graph(&entry(source, kind, pages), 3, Some(folder), &given);
        assert_eq!(read("https://www.richtechrobotics.com/", "", Some(20)), Ok(Some(site(Some(5)))), "the operator's");
        assert_eq!(read("https://www.richtechrobotics.com/", "url", None), Ok(Some(site(Some(5)))));
        for kind in ["file", "local"] {
            let manual = Source::Path("scripts/docs/manual.pdf".into());
            assert_eq!(read("docs/manual.pdf", kind, None), Ok(Some(manual)), "{kind}");
        }
        assert_eq!(read("Open from 9.", "text", None), Ok(Some(Source::text("text-3", "Open from 9."))));
        assert!(read("ftp://example.com/", "url", None).is_err());
        assert_eq!(read("https://other.example/", "url", None), Ok(None), "nobody but the graph names it");
    }

    #[cfg(unix)]
    #[test]
    fn a_graph_reads_nothing_outside_its_folder_that_the_operator_does_not_name() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(folder.path().join("menu.md"), "Tea.").unwrap();
        std::fs::write(outside.path().join("secret.md"), "Keys.").unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("linked")).unwrap();
        let read =
            |path: &str, given: &[Source]| of_graph(&entry(path, "file", None), 1, Some(folder.path()), given).unwrap();
        assert_eq!(read("menu.md", &[]), Some(Source::Path(folder.path().join("menu.md"))));
        let secret = outside.path().join("secret.md").display().to_string();
        let up = format!("../{}/secret.md", outside.path().file_name().unwrap().display());
        for path in [secret.as_str(), &up, "linked/secret.md", "../.."] {
            assert_eq!(read(path, &[]), None, "{path}");
        }
        let named = [Source::Path(outside.path().to_owned())];
        assert_eq!(read(&secret, &named), Some(Source::Path(secret.clone().into())));
    }
}
