//! The documents of one server: a library that is opened when it is first needed and refreshed once a day.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use chrono::TimeDelta;
use http_client::HttpClient;
use tokio::{
    sync::{Mutex, Notify},
    time::Instant,
};
use tracing::{info, warn};

use crate::{error::Error, library::Library, progress::Progress, report::Report, settings::Settings, source::Source};

/// The time between two readings of all sources.
const REFRESH_INTERVAL: Duration = Duration::from_hours(24);

/// The time after which a caller is given the documents that are ready.
const PARTIAL_AFTER: Duration = Duration::from_secs(2);

/// The time between two lines of the log about one reading.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(60);

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
    /// The documents that are ready while the sources are first read.
    partial: RwLock<Option<Library>>,
    /// Told when there are other documents in `partial`.
    ready: Notify,
    /// The progress of a reading that has not ended.
    reading: RwLock<Option<Arc<Progress>>>,
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
        let started_at = Instant::now();
        let (library, partial, ready, reading, opening) = Default::default();
        Documents(Arc::new(Inner { sources, settings, web, started_at, library, partial, ready, reading, opening }))
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

    /// Returns the number of documents that were read and the number of all, while the sources are being read. Both are 0
    /// while the sources are listed.
    pub fn reading(&self) -> Option<(usize, usize)> {
        self.0.reading.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|progress| progress.counts())
    }

    /// Returns the current library. The first caller opens it while the others wait; if that fails, the next caller
    /// tries again. When the reading takes longer than a moment, the documents that are ready are returned; see
    /// [`Library::unread`].
    ///
    /// # Errors
    /// If no index can be created.
    pub async fn library(&self) -> Result<Library, Error> {
        if let Some(library) = self.current() {
            return Ok(library);
        }
        let documents = self.clone();
        // A task of its own, so that the sources are still read when the first caller has given up.
        let opening = tokio::spawn(async move { documents.opened().await });
        tokio::select! {
            biased;
            opened = opening => opened.map_err(|_panic| Error::Stopped)?,
            partial = self.partial() => Ok(partial),
        }
    }

    /// Returns the documents that are ready, when the reading takes longer than a moment.
    async fn partial(&self) -> Library {
        tokio::time::sleep(PARTIAL_AFTER).await;
        loop {
            let ready = self.0.ready.notified();
            let partial = self.0.partial.read().unwrap_or_else(PoisonError::into_inner).clone();
            match partial.filter(|partial| !partial.is_empty()) {
                Some(partial) => return partial,
                None => ready.await,
            }
        }
    }

    /// Returns the complete library.
    async fn opened(&self) -> Result<Library, Error> {
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
            let mut changed = documents.opened().await.map(|_| true);
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
        let settings = Arc::new(settings);
        let progress = Arc::new(self.progress(settings.clone()));
        let opening = Library::open_gradually(inner.sources.clone(), settings, inner.web.clone(), progress.clone());
        *inner.reading.write().unwrap_or_else(PoisonError::into_inner) = Some(progress.clone());
        let opened = with_log(opening, &progress).await;
        *inner.reading.write().unwrap_or_else(PoisonError::into_inner) = None;
        let (library, report) = opened?;
        log_report(&report);
        *inner.library.write().unwrap_or_else(PoisonError::into_inner) = Some(library.clone());
        *inner.partial.write().unwrap_or_else(PoisonError::into_inner) = None;
        if inner.settings.embeddings.is_some() {
            tokio::spawn(self.clone().embed(library.clone()));
        }
        Ok(library)
    }

    /// Returns a callback that publishes the index of the documents that are ready while others are being read.
    fn progress(&self, settings: Arc<Settings>) -> Progress {
        // Not a clone: the progress is held by the work that it tells of.
        let inner = Arc::downgrade(&self.0);
        Progress::new(move |index, report, unread| {
            let Some(inner) = inner.upgrade() else { return };
            let library = Library::of(index, settings.clone(), report, unread);
            *inner.partial.write().unwrap_or_else(PoisonError::into_inner) = Some(library);
            inner.ready.notify_waiters();
        })
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

/// Waits for a reading, and logs its progress once a minute.
async fn with_log<T>(reading: impl Future<Output = T>, progress: &Progress) -> T {
    tokio::pin!(reading);
    loop {
        tokio::select! {
            biased;
            done = &mut reading => return done,
            () = tokio::time::sleep(PROGRESS_INTERVAL) => match progress.counts() {
                (_, 0) => info!("The sources of documents are still being listed."),
                (read, total) => info!(read, total, "The documents are still being read."),
            },
        }
    }
}

/// Logs what could not be read. Paths and addresses come from the operator's settings; no text of a document is logged.
fn log_report(report: &Report) {
    for note in &report.notes {
        warn!("Documents: {note}.");
    }
    for source in &report.sources {
        for failure in &source.failures {
            let (what, why, hint) = (&failure.what, &failure.why, failure.kind.hint());
            warn!(source = source.source, what, why, hint, "A document cannot be read.");
        }
        if !source.skipped.is_empty() {
            let skipped: Vec<String> =
                source.skipped.iter().map(|(ending, count)| format!("{count} {ending}")).collect();
            info!(source = source.source, skipped = skipped.join(", "), "Files of unknown formats were left out.");
        }
        if source.hidden_chars > 0 {
            let characters = source.hidden_chars;
            info!(source = source.source, characters, "Hidden and struck text of documents was left out.");
        }
    }
    if !report.sources.is_empty() {
        info!(documents = report.documents(), passages = report.passages(), "The documents are ready.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        reading::{Ended, Runner},
        source::InMemoryFile,
    };

    #[tokio::test]
    async fn all_clones_share_one_library() {
        let documents = Documents::new(vec![Source::text("menu", "Green tea.")], Settings::default(), None);
        let (one, other) = (documents.clone(), documents.clone());
        let (one, other) = tokio::join!(one.library(), other.library());
        assert!(one.unwrap().is_same_as(&other.unwrap()));
        assert_eq!((documents.has_sources(), Documents::none().has_sources()), (true, false));
        assert!(Documents::none().library().await.unwrap().is_empty());
    }

    /// Reads a document only when it is told to.
    #[derive(Debug)]
    struct Gate(std::sync::Mutex<std::sync::mpsc::Receiver<()>>);

    impl Runner for Gate {
        fn run(&self, _: &[u8], _: usize) -> Result<Vec<u8>, Ended> {
            let _opened = self.0.lock().unwrap().recv();
            Err(Ended::Time)
        }
    }

    #[tokio::test]
    async fn documents_that_are_ready_answer_while_another_is_read() {
        let (open, gate) = std::sync::mpsc::channel();
        let file =
            |path: &str, text: &'static str| InMemoryFile { path: path.to_owned(), bytes: text.as_bytes().into() };
        let files = vec![file("menu.md", "Green tea."), file("slow.pdf", "%PDF"), file("hours.md", "From 9.")];
        let source = Source::InMemory { name: "docs".to_owned(), files };
        let settings = Settings { runner: Some(Arc::new(Gate(gate.into()))), ..Settings::default() };
        let documents = Documents::new(vec![source], settings, None);
        let partial = documents.library().await.unwrap();
        assert_eq!((partial.len(), partial.unread()), (1, 2));
        assert_eq!(documents.reading(), Some((1, 3)));
        assert_eq!(partial.search("tea", 1).await.unwrap()[0].text, "Green tea.");
        open.send(()).unwrap();
        let whole = documents.opened().await.unwrap();
        assert_eq!((whole.len(), whole.unread()), (2, 0));
        assert_eq!(documents.reading(), None);
        assert_eq!(whole.report().failures_in_words().unwrap(), "1 too large or too slow to read");
        assert!(documents.library().await.unwrap().is_same_as(&whole));
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
