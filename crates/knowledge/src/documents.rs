//! The documents of one server: a library that is opened when it is first needed and refreshed once a day.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use chrono::TimeDelta;
use http_client::HttpClient;
use tokio::{sync::Mutex, time::Instant};
use tracing::{info, warn};

use crate::{error::Error, library::Library, report::Report, settings::Settings, source::Source};

/// The time between two readings of all sources.
const REFRESH_INTERVAL: Duration = Duration::from_hours(24);

/// The pause before another request to an endpoint for embeddings that failed.
const EMBED_RETRY_PAUSE: Duration = Duration::from_mins(5);

/// The sources of a server and the library that is built from them. Cheap to clone; all clones share one library.
#[derive(Clone)]
pub struct Documents(Arc<Inner>);

struct Inner {
    sources: Vec<Source>,
    settings: Settings,
    web: Option<Arc<dyn HttpClient>>,
    /// The instant that corresponds to `settings.now`.
    started_at: Instant,
    library: RwLock<Option<Library>>,
    /// Held while the sources are read: the lock is the queue of the callers that wait for the same library.
    opening: Mutex<()>,
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").field("sources", &self.0.sources).finish_non_exhaustive()
    }
}

impl Documents {
    /// Creates the documents without reading them. Web sites are read through `web`; without it they are reported as
    /// failed.
    pub fn new(sources: Vec<Source>, settings: Settings, web: Option<Arc<dyn HttpClient>>) -> Documents {
        let (library, opening) = (RwLock::default(), Mutex::default());
        Documents(Arc::new(Inner { sources, settings, web, started_at: Instant::now(), library, opening }))
    }

    /// Creates documents without any source.
    pub fn none() -> Documents {
        Documents::new(Vec::new(), Settings::default(), None)
    }

    /// Returns true if there is at least one source.
    pub fn has_sources(&self) -> bool {
        !self.0.sources.is_empty()
    }

    /// Returns true once the sources have been read.
    pub fn is_open(&self) -> bool {
        self.current().is_some()
    }

    /// Returns the current library. The first caller opens it while the others wait; if that fails, the next caller
    /// tries again.
    ///
    /// # Errors
    /// If no index can be created.
    pub async fn library(&self) -> Result<Library, Error> {
        if let Some(library) = self.current() {
            return Ok(library);
        }
        let _queue = self.0.opening.lock().await;
        match self.current() {
            Some(library) => Ok(library),
            None => self.open().await,
        }
    }

    /// Opens the library on a task of its own, and refreshes it once a day.
    ///
    /// `on_change` is called when the library is opened and whenever a refresh finds other documents. Sources in
    /// memory are not opened ahead: that is fast, and an index that is never searched would only take memory.
    pub fn refresh_in_background(&self, on_change: impl Fn() + Send + 'static) {
        if self.0.sources.iter().all(|source| matches!(source, Source::InMemory { .. })) {
            return;
        }
        let documents = self.clone();
        // A task of its own, so that a slow site is still read when the first caller has given up.
        tokio::spawn(async move {
            let mut changed = documents.library().await.map(|_| true);
            loop {
                match changed {
                    Ok(true) => on_change(),
                    Ok(false) => {}
                    Err(error) => warn!("The documents cannot be read: {error}."),
                }
                tokio::time::sleep(REFRESH_INTERVAL).await;
                changed = documents.refresh().await;
            }
        });
    }

    /// Reads the sources again and returns true if the list of documents changed. The old library is used until the
    /// new one is complete.
    async fn refresh(&self) -> Result<bool, Error> {
        let _queue = self.0.opening.lock().await;
        let list = |library: &Library| library.documents(None, usize::MAX);
        let before = self.current().map(|library| list(&library));
        let library = self.open().await?;
        Ok(before.is_some_and(|before| before != list(&library)))
    }

    async fn open(&self) -> Result<Library, Error> {
        let inner = &self.0;
        let elapsed = TimeDelta::from_std(inner.started_at.elapsed()).unwrap_or_default();
        let settings = Settings { now: inner.settings.now + elapsed, ..inner.settings.clone() };
        let (library, report) = Library::open(inner.sources.clone(), settings, inner.web.clone()).await?;
        log_report(&report);
        *inner.library.write().unwrap_or_else(PoisonError::into_inner) = Some(library.clone());
        if inner.settings.embeddings.is_some() {
            tokio::spawn(self.clone().embed(library.clone()));
        }
        Ok(library)
    }

    /// Computes the embeddings of `library`, and tries again until that succeeds or another library replaces it.
    async fn embed(self, library: Library) {
        while let Err(error) = library.embed().await {
            warn!("{error}; documents are found by their words alone until it works.");
            tokio::time::sleep(EMBED_RETRY_PAUSE).await;
            if !self.current().is_some_and(|current| current.is_same_as(&library)) {
                return;
            }
        }
    }

    fn current(&self) -> Option<Library> {
        self.0.library.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Logs what could not be read. Paths and addresses come from the operator's settings; no text of a document is logged.
fn log_report(report: &Report) {
    for note in &report.notes {
        warn!("Documents: {note}.");
    }
    for failure in report.failures() {
        warn!(what = failure.what, why = failure.why, "A document cannot be read.");
    }
    if !report.sources.is_empty() {
        info!(documents = report.documents(), passages = report.passages(), "The documents are ready.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_clones_share_one_library() {
        let documents = Documents::new(vec![Source::text("menu", "Green tea.")], Settings::default(), None);
        let (one, other) = (documents.clone(), documents.clone());
        let (one, other) = tokio::join!(one.library(), other.library());
        assert!(one.unwrap().is_same_as(&other.unwrap()));
        assert_eq!((documents.has_sources(), Documents::none().has_sources()), (true, false));
        assert!(Documents::none().library().await.unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn changed_files_are_found_within_a_day() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("menu.md"), "We have green tea.").unwrap();
        let documents = Documents::new(vec![Source::Path(folder.path().to_owned())], Settings::default(), None);
        let (changes, mut changed) = tokio::sync::mpsc::unbounded_channel();
        documents.refresh_in_background(move || changes.send(()).unwrap());
        changed.recv().await.unwrap();
        let old = documents.library().await.unwrap();
        assert_eq!(old.search("tea", 1).await.unwrap()[0].text, "We have green tea.");
        std::fs::write(folder.path().join("menu.md"), "We have black tea.").unwrap();
        std::fs::write(folder.path().join("hours.md"), "Open from 9.").unwrap();
        let before = Instant::now();
        changed.recv().await.unwrap();
        assert!(before.elapsed() <= REFRESH_INTERVAL + Duration::from_secs(60), "{:?}", before.elapsed());
        let new = documents.library().await.unwrap();
        assert_eq!(new.search("tea", 1).await.unwrap()[0].text, "We have black tea.");
        assert_eq!((old.len(), new.len()), (1, 2), "a caller that still searches the old library is not disturbed");
    }
}
