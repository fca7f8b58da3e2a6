//! Documents that answer: what the company wrote, cut into passages and found again by any question's words.
//!
//! The way of a document: a [`source`] names it, [`load`] lists and reads it, [`format`] turns it into Markdown,
//! [`outline`] and [`chunk`] cut that into passages, and [`index`] finds them by their stemmed [`words`]. Nothing here
//! writes text of its own: what a source does not say is not found, and a source that fails is in the [`Report`].
//!
//! The text of a document is untrusted: it travels in fields, and no part of it is ever an instruction.

pub mod document;
pub mod documents;
pub mod embed;
pub mod report;
pub mod settings;
pub mod shipped;
pub mod source;

mod build;
mod chunk;
mod crawl;
mod dense;
mod format;
mod fuse;
mod gather;
mod index;
mod language;
mod load;
mod outline;
mod tokens;
mod uri;
mod words;

use std::{
    ops::Bound,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use dense::Dense;
use document::{Document, Entry, Passage};
use index::{Index, store::Store};
use report::Report;
use settings::Settings;
use source::Source;
use tantivy::{DocAddress, TantivyError};
use tracing::warn;

use http_client::HttpClient;

/// How many passages of each ranking are fused.
const FUSED: usize = 50;

/// A question waits no longer for its vector.
const EMBEDDING_TIME_MAX: Duration = Duration::from_secs(5);

/// The documents, ready to be searched. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Library {
    index: Arc<Index>,
    /// Empty until [`Library::embed`] has been done.
    dense: Arc<OnceLock<Dense>>,
    settings: Arc<Settings>,
}

impl Library {
    /// Read every source and index what changed since the last time; see [`Library::embed`] for what is left to do.
    ///
    /// # Errors
    /// Only when no index can be kept at all. A source or a document that fails is in the report, and the rest answers.
    pub async fn open(
        sources: Vec<Source>,
        settings: Settings,
        web: Option<Arc<dyn HttpClient>>,
    ) -> Result<(Library, Report), Error> {
        let settings = Arc::new(settings);
        let (index, report) = match bring_up(&sources, &settings, web.as_deref(), settings.folder.clone()).await {
            // While another process writes to the folder, this one keeps its index in memory: a front desk must open.
            Err(Error::InUse | Error::Index(TantivyError::LockFailure(..))) => {
                let (index, mut report) = bring_up(&sources, &settings, web.as_deref(), None).await?;
                let note = "the index folder is in use by another process; this index is kept in memory";
                report.notes.push(note.to_owned());
                (index, report)
            }
            done => done?,
        };
        Ok((Library { index: Arc::new(index), dense: Arc::default(), settings }, report))
    }

    /// Lets passages be found by their meaning too, where embeddings are set up. Until it is done, words alone find.
    ///
    /// # Errors
    /// When the endpoint fails. What it gave before is kept, so that another try goes on from there.
    pub async fn embed(&self) -> Result<(), Error> {
        let Some(embeddings) = self.settings.embeddings.clone() else { return Ok(()) };
        let index = self.index.clone();
        let passages = blocking(move || Ok(index.every()?)).await?;
        let dense = Dense::bring_up(embeddings, passages, self.settings.folder.clone()).await?;
        // Of two that do it at once the first is as good as the second.
        let _first = self.dense.set(dense);
        Ok(())
    }

    /// The passages that answer `query` best, best first: at most `limit`, and together within the token budget of the
    /// settings. Empty when no word of the query is in any document.
    pub async fn search(&self, query: &str, limit: usize) -> Result<Vec<Passage>, Error> {
        let (index, query) = (self.index.clone(), cut(query, self.settings.query_chars_max).to_owned());
        let limit = limit.min(self.settings.passages_max);
        let near = self.near(&query, limit).await;
        let passages = blocking(move || {
            let best = index.best(&query, if near.is_empty() { limit } else { limit.max(FUSED) })?;
            let mut scored = if near.is_empty() { best } else { fused(&best, &near) };
            scored.truncate(limit);
            Ok(index.passages(scored)?)
        });
        let passages = passages.await?;
        Ok(within_budget(passages, self.settings.answer_tokens_max))
    }

    /// What is near in meaning. Nothing while the endpoint does not answer: words still find.
    async fn near(&self, query: &str, limit: usize) -> Vec<DocAddress> {
        let Some(dense) = self.dense.get().filter(|_| limit > 0 && !query.trim().is_empty()) else { return vec![] };
        match tokio::time::timeout(EMBEDDING_TIME_MAX, dense.nearest(query, limit.max(FUSED))).await {
            Ok(Ok(near)) => near,
            Ok(Err(cause)) => {
                warn!("{cause}; this question is answered by its words alone.");
                vec![]
            }
            Err(_elapsed) => {
                warn!("The endpoint for embeddings is too slow; this question is answered by its words alone.");
                vec![]
            }
        }
    }

    /// The whole document behind a `doc://` link.
    pub fn document(&self, uri: &str) -> Option<Document> {
        self.index.document(uri)
    }

    /// Up to `limit` documents in the order of their links, from the one after `after`.
    pub fn documents(&self, after: Option<&str>, limit: usize) -> Vec<Entry> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rest = self.index.catalog().entries.range::<str, _>((from, Bound::Unbounded));
        rest.take(limit).map(|(uri, kept)| kept.entry(uri)).collect()
    }

    /// Whether it is the very same reading of the documents.
    pub fn is(&self, other: &Library) -> bool {
        Arc::ptr_eq(&self.index, &other.index)
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.index.catalog().entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn fused(best: &[(f32, DocAddress)], near: &[DocAddress]) -> Vec<(f32, DocAddress)> {
    let best: Vec<DocAddress> = best.iter().map(|(_, address)| *address).collect();
    fuse::fuse(&best, near)
}

/// An index of the sources as they are now, taken up from `folder` if it has one.
async fn bring_up(
    sources: &[Source],
    settings: &Arc<Settings>,
    web: Option<&dyn HttpClient>,
    folder: Option<PathBuf>,
) -> Result<(Index, Report), Error> {
    let store = blocking(move || folder.map_or_else(|| Ok(Store::in_memory()), |folder| Store::in_folder(&folder)));
    let store = store.await?;
    let gathered = gather::gather(sources, &store.catalog, settings, web).await;
    let settings = settings.clone();
    blocking(move || build::update(store, gathered, &settings)).await
}

/// Runs what reads files or computes for long where it keeps nothing else waiting.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_panic| Error::Stopped)?
}

/// The longest start of `text` of at most `chars` characters.
fn cut(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| &text[..end])
}

/// The best passages that fit the budget together. The first is kept whatever its size: an answer beats none.
fn within_budget(passages: Vec<Passage>, tokens_max: usize) -> Vec<Passage> {
    let mut spent = 0;
    let fits = |passage: &Passage| {
        let first = spent == 0;
        spent += cost(passage);
        first || spent <= tokens_max
    };
    passages.into_iter().take_while(fits).collect()
}

/// What a passage costs whoever reads it, with all that is sent along.
fn cost(passage: &Passage) -> usize {
    let Passage { title, source, uri, text, heading_path, .. } = passage;
    let texts = [title, source, uri, text].into_iter().chain(heading_path);
    FIELD_TOKENS + texts.map(|text| tokens::estimate(text)).sum::<usize>()
}

/// The names of a passage's fields, its score and its position.
const FIELD_TOKENS: usize = 40;

/// Why there is no library, or no answer from it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the index cannot be read or written: {0}")]
    Index(#[from] tantivy::TantivyError),
    #[error("the index folder `{folder}` cannot be used: {cause}")]
    Folder { folder: String, cause: std::io::Error },
    #[error("another process writes to the index folder")]
    InUse,
    #[error(transparent)]
    Embeddings(#[from] embed::Error),
    #[error("the index stopped working; the log has the cause")]
    Stopped,
}

#[cfg(test)]
mod tests;
