//! The library: an index of all documents, ready to be searched.

use std::{
    ops::Bound,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use http_client::HttpClient;
use tantivy::{DocAddress, TantivyError};
use tracing::warn;

use crate::{
    document::{Document, DocumentSummary, Passage},
    error::Error,
    fusion,
    index::{Index, store::Store},
    indexing,
    progress::Progress,
    report::Report,
    scan,
    settings::Settings,
    source::Source,
    text, tokens,
    vector_index::VectorIndex,
};

/// The number of passages that each ranking contributes to the fusion.
const FUSION_DEPTH: usize = 50;

/// The longest time that a search waits for the embedding of its query.
const EMBEDDING_TIME_MAX: Duration = Duration::from_secs(5);

/// The estimated tokens of a passage's field names, score and position.
const FIELD_TOKENS: usize = 40;

/// All documents of the given sources, ready to be searched. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Library {
    index: Arc<Index>,
    /// Empty until [`Library::embed`] has succeeded.
    vectors: Arc<OnceLock<VectorIndex>>,
    settings: Arc<Settings>,
    report: Arc<Report>,
    /// The documents that were still to be read when this library was made.
    unread: usize,
}

impl Library {
    /// Opens the index, reads all sources and indexes the documents that changed since the last run.
    ///
    /// Web sites are read through `web`; without it they are reported as failed. [`Library::embed`] adds the
    /// embeddings afterwards.
    ///
    /// # Errors
    /// If no index can be created at all. A source or document that cannot be read is listed in the report instead.
    pub async fn open(
        sources: Vec<Source>,
        settings: Settings,
        web: Option<Arc<dyn HttpClient>>,
    ) -> Result<(Library, Report), Error> {
        Library::open_gradually(sources, Arc::new(settings), web, Arc::new(Progress::new(|_, _, _| {}))).await
    }

    /// Opens a library like [`Library::open`], and meanwhile tells its progress.
    pub(crate) async fn open_gradually(
        sources: Vec<Source>,
        settings: Arc<Settings>,
        web: Option<Arc<dyn HttpClient>>,
        progress: Arc<Progress>,
    ) -> Result<(Library, Report), Error> {
        let folder = settings.folder.clone();
        let (index, report) = match open_index(&sources, &settings, web.as_deref(), folder, &progress).await {
            // A second process must be able to start while the first one writes: it keeps its index in memory.
            Err(Error::InUse | Error::Index(TantivyError::LockFailure(..))) => {
                let (index, mut report) = open_index(&sources, &settings, web.as_deref(), None, &progress).await?;
                let note = "the index folder is in use by another process; this index is kept in memory";
                report.notes.push(note.to_owned());
                (index, report)
            }
            other => other?,
        };
        Ok((Library::of(index, settings, report.clone(), 0), report))
    }

    /// Creates a library of an index, while `unread` documents are still to be read.
    pub(crate) fn of(index: Index, settings: Arc<Settings>, report: Report, unread: usize) -> Library {
        Library { index: Arc::new(index), vectors: Arc::default(), settings, report: Arc::new(report), unread }
    }

    /// Returns the report on the reading that this library comes from.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Returns the number of documents that were still to be read when this library was opened. The older texts of those
    /// that were read before are found.
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// Computes the embeddings of all passages, if [`Settings::embeddings`] is set. Until it has succeeded, passages
    /// are found by their words alone.
    ///
    /// # Errors
    /// If the endpoint fails. Embeddings that were received before are kept in the index folder, so that another call
    /// continues there.
    pub async fn embed(&self) -> Result<(), Error> {
        let Some(client) = self.settings.embeddings.clone() else { return Ok(()) };
        let index = self.index.clone();
        let passages = blocking(move || Ok(index.embedding_texts()?)).await?;
        let vectors = VectorIndex::open(client, passages, self.settings.folder.clone()).await?;
        // If two calls run at once, both results are equal and the first one is kept.
        let _first = self.vectors.set(vectors);
        Ok(())
    }

    /// Returns the passages that answer `query` best, best first.
    ///
    /// There are at most `limit` passages, and together they have at most [`Settings::answer_tokens_max`] estimated
    /// tokens. The result is empty if no document contains a term of the query.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub async fn search(&self, query: &str, limit: usize) -> Result<Vec<Passage>, Error> {
        let (index, query) = (self.index.clone(), text::truncate(query, self.settings.query_chars_max).to_owned());
        let limit = limit.min(self.settings.passages_max);
        let nearest = self.nearest(&query, limit).await;
        let passages = blocking(move || {
            let best = index.search(&query, if nearest.is_empty() { limit } else { limit.max(FUSION_DEPTH) })?;
            let mut ranking = if nearest.is_empty() { best } else { fuse(&best, &nearest) };
            ranking.truncate(limit);
            Ok(index.passages(ranking)?)
        });
        Ok(within_budget(passages.await?, self.settings.answer_tokens_max))
    }

    /// Returns the passages whose embeddings are nearest to the query's. Empty while there are no embeddings or the
    /// endpoint does not answer: the ranking by words is then used alone.
    async fn nearest(&self, query: &str, limit: usize) -> Vec<DocAddress> {
        let Some(vectors) = self.vectors.get().filter(|_| limit > 0 && !query.trim().is_empty()) else {
            return vec![];
        };
        match tokio::time::timeout(EMBEDDING_TIME_MAX, vectors.nearest(query, limit.max(FUSION_DEPTH))).await {
            Ok(Ok(nearest)) => nearest,
            Ok(Err(cause)) => {
                warn!("{cause}; this query is answered by its words alone.");
                vec![]
            }
            Err(_elapsed) => {
                warn!("The endpoint for embeddings is too slow; this query is answered by its words alone.");
                vec![]
            }
        }
    }

    /// Returns the whole document with the given `doc://` URI, or `None` if there is no such document.
    pub fn document(&self, uri: &str) -> Option<Document> {
        self.index.document(uri)
    }

    /// Lists up to `limit` documents in the order of their URIs, starting behind the URI `after`.
    pub fn documents(&self, after: Option<&str>, limit: usize) -> Vec<DocumentSummary> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rest = self.index.catalog().documents.range::<str, _>((from, Bound::Unbounded));
        rest.take(limit).map(|(uri, record)| record.summary(uri)).collect()
    }

    /// Returns true if both are clones of the same library.
    pub(crate) fn is_same_as(&self, other: &Library) -> bool {
        Arc::ptr_eq(&self.index, &other.index)
    }

    /// Returns the number of documents.
    pub fn len(&self) -> usize {
        self.index.catalog().documents.len()
    }

    /// Returns true if the library has no documents.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Opens the index in `folder`, or one in memory, and updates it from the sources.
async fn open_index(
    sources: &[Source],
    settings: &Arc<Settings>,
    web: Option<&dyn HttpClient>,
    folder: Option<PathBuf>,
    progress: &Arc<Progress>,
) -> Result<(Index, Report), Error> {
    let store = blocking(move || folder.map_or_else(|| Ok(Store::in_memory()), |folder| Store::in_folder(&folder)));
    let store = store.await?;
    let scanned = scan::scan(sources, &store.catalog, settings, web).await?;
    let (settings, progress) = (settings.clone(), progress.clone());
    blocking(move || indexing::update(store, scanned, &settings, &progress)).await
}

/// Runs work that reads files or computes for a long time on tokio's threads for blocking work.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_panic| Error::Stopped)?
}

fn fuse(best: &[(f32, DocAddress)], nearest: &[DocAddress]) -> Vec<(f32, DocAddress)> {
    let best: Vec<DocAddress> = best.iter().map(|(_, address)| *address).collect();
    fusion::reciprocal_rank_fusion(&best, nearest)
}

/// Keeps the best passages that fit into the token budget together. The first one is kept whatever its size, because
/// an answer that is too long is better than none.
fn within_budget(passages: Vec<Passage>, tokens_max: usize) -> Vec<Passage> {
    let mut spent = 0;
    let fits = |passage: &Passage| {
        let is_first = spent == 0;
        spent += passage_tokens(passage);
        is_first || spent <= tokens_max
    };
    passages.into_iter().take_while(fits).collect()
}

/// Estimates the tokens of a passage with all fields that are sent along.
fn passage_tokens(passage: &Passage) -> usize {
    let Passage { title, source, uri, text, heading_path, .. } = passage;
    let texts = [title, source, uri, text].into_iter().chain(heading_path);
    FIELD_TOKENS + texts.map(|text| tokens::estimate(text)).sum::<usize>()
}

#[cfg(test)]
mod tests;
