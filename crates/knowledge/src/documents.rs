//! The documents of one server: read when they are first needed or a little before, and again once a day.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use chrono::TimeDelta;
use tokio::{sync::Mutex, time::Instant};
use tracing::{info, warn};

use super::{Error, Library, report::Report, settings::Settings, shipped, source::Source};
use http_client::HttpClient;

/// Files may have changed and sites are old after this.
const READ_AGAIN_AFTER: Duration = Duration::from_hours(24);

/// An endpoint for embeddings that fails is asked again after this.
const EMBED_AGAIN_AFTER: Duration = Duration::from_mins(5);

/// What there is to read, and the library once it is read. Cheap to clone; all clones share the library.
#[derive(Clone)]
pub struct Documents(Arc<Inner>);

struct Inner {
    sources: Vec<Source>,
    settings: Settings,
    web: Option<Arc<dyn HttpClient>>,
    /// When it was what the settings call now.
    began: Instant,
    library: RwLock<Option<Library>>,
    /// Held while the documents are read: the lock is the queue of those who want the same library.
    reading: Mutex<()>,
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").field("sources", &self.0.sources).finish_non_exhaustive()
    }
}

impl Documents {
    /// Without `web`, sources that are sites are reported as not read.
    pub fn new(sources: Vec<Source>, settings: Settings, web: Option<Arc<dyn HttpClient>>) -> Documents {
        let (library, reading) = (RwLock::default(), Mutex::default());
        Documents(Arc::new(Inner { sources, settings, web, began: Instant::now(), library, reading }))
    }

    pub fn none() -> Documents {
        Documents::new(Vec::new(), Settings::default(), None)
    }

    /// Those of the demo's company.
    pub fn shipped() -> Documents {
        Documents::new(shipped::shipped(), Settings::default(), None)
    }

    /// Whether the server was given anything to read.
    pub fn any(&self) -> bool {
        !self.0.sources.is_empty()
    }

    /// The library. The first caller reads it, the others wait; if it fails, the next caller tries again.
    pub async fn library(&self) -> Result<Library, Error> {
        if let Some(library) = self.current() {
            return Ok(library);
        }
        let _turn = self.0.reading.lock().await;
        match self.current() {
            Some(library) => Ok(library),
            None => self.read().await,
        }
    }

    /// Reads on a task of its own, so that a slow site outlasts the call that wanted it first, and again every day;
    /// `changed` is called when they are there, and whenever there are others then. What is in memory already can wait
    /// for somebody who asks: an index nobody searches takes memory, too.
    pub fn read_ahead(&self, changed: impl Fn() + Send + 'static) {
        if self.0.sources.iter().all(|source| matches!(source, Source::Given { .. })) {
            return;
        }
        let documents = self.clone();
        tokio::spawn(async move {
            let mut read = documents.library().await.map(|_| true);
            loop {
                match read {
                    Ok(others) if others => changed(),
                    Ok(_) => {}
                    Err(error) => warn!("The documents cannot be read: {error}."),
                }
                tokio::time::sleep(READ_AGAIN_AFTER).await;
                read = documents.read_again().await;
            }
        });
    }

    /// Whether there are other documents now. The old library answers until the new one is there.
    async fn read_again(&self) -> Result<bool, Error> {
        let _turn = self.0.reading.lock().await;
        let list = |library: &Library| library.documents(None, usize::MAX);
        let before = self.current().map(|library| list(&library));
        let library = self.read().await?;
        Ok(before.is_some_and(|before| before != list(&library)))
    }

    async fn read(&self) -> Result<Library, Error> {
        let inner = &self.0;
        let passed = TimeDelta::from_std(inner.began.elapsed()).unwrap_or_default();
        let settings = Settings { now: inner.settings.now + passed, ..inner.settings.clone() };
        let (library, report) = Library::open(inner.sources.clone(), settings, inner.web.clone()).await?;
        tell(&report);
        *inner.library.write().unwrap_or_else(PoisonError::into_inner) = Some(library.clone());
        if inner.settings.embeddings.is_some() {
            tokio::spawn(self.clone().embed(library.clone()));
        }
        Ok(library)
    }

    /// Until it has been done, or the library is read anew.
    async fn embed(self, library: Library) {
        while let Err(error) = library.embed().await {
            warn!("{error}; documents are found by their words alone until it works.");
            tokio::time::sleep(EMBED_AGAIN_AFTER).await;
            if !self.current().is_some_and(|current| current.is(&library)) {
                return;
            }
        }
    }

    fn current(&self) -> Option<Library> {
        self.0.library.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What became of the sources. Paths and addresses are the owner's own settings; no text is logged.
fn tell(report: &Report) {
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
        let documents = Documents::shipped();
        let (one, other) = (documents.clone(), documents.clone());
        let (one, other) = tokio::join!(one.library(), other.library());
        assert!(one.unwrap().is(&other.unwrap()));
        assert_eq!((documents.any(), Documents::none().any()), (true, false));
        assert!(Documents::none().library().await.unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_changed_is_read_within_a_day() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("menu.md"), "We have green tea.").unwrap();
        let documents = Documents::new(vec![Source::Path(folder.path().to_owned())], Settings::default(), None);
        let (told, mut changed) = tokio::sync::mpsc::unbounded_channel();
        documents.read_ahead(move || told.send(()).unwrap());
        changed.recv().await.unwrap();
        let old = documents.library().await.unwrap();
        assert_eq!(old.search("tea", 1).await.unwrap()[0].text, "We have green tea.");
        std::fs::write(folder.path().join("menu.md"), "We have black tea.").unwrap();
        std::fs::write(folder.path().join("hours.md"), "Open from 9.").unwrap();
        let before = Instant::now();
        changed.recv().await.unwrap();
        assert!(before.elapsed() <= READ_AGAIN_AFTER + Duration::from_secs(60), "{:?}", before.elapsed());
        let new = documents.library().await.unwrap();
        assert_eq!(new.search("tea", 1).await.unwrap()[0].text, "We have black tea.");
        assert_eq!((old.len(), new.len()), (1, 2), "who searches the old one is not disturbed");
    }
}
