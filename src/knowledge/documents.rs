//! The documents of one server: read once, when they are first needed or a little before.

use std::{fmt, sync::Arc};

use tokio::sync::OnceCell;
use tracing::{info, warn};

use super::{Error, Library, report::Report, settings::Settings, shipped, source::Source};
use crate::wire::Wire;

/// What there is to read, and the library once it is read. Cheap to clone; all clones share the library.
#[derive(Clone)]
pub struct Documents(Arc<Inner>);

struct Inner {
    sources: Vec<Source>,
    settings: Settings,
    web: Option<Arc<dyn Wire>>,
    library: OnceCell<Library>,
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").field("sources", &self.0.sources).finish_non_exhaustive()
    }
}

impl Documents {
    /// Without `web`, sources that are sites are reported as not read.
    pub fn new(sources: Vec<Source>, settings: Settings, web: Option<Arc<dyn Wire>>) -> Documents {
        Documents(Arc::new(Inner { sources, settings, web, library: OnceCell::new() }))
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
    pub async fn library(&self) -> Result<&Library, Error> {
        let open = async {
            let inner = &self.0;
            let (library, report) =
                Library::open(inner.sources.clone(), inner.settings.clone(), inner.web.clone()).await?;
            tell(&report);
            Ok(library)
        };
        self.0.library.get_or_try_init(|| open).await
    }

    /// Reads on a task of its own, so that a slow site outlasts the call that wanted it first. What is in memory already
    /// can wait for somebody who asks: an index nobody searches takes memory, too. `then` is told when it is done.
    pub fn read_ahead(&self, then: impl FnOnce() + Send + 'static) {
        if self.0.sources.iter().any(|source| !matches!(source, Source::Given { .. })) {
            let documents = self.clone();
            tokio::spawn(async move {
                match documents.library().await {
                    Ok(_) => then(),
                    Err(error) => warn!("The documents cannot be read: {error}."),
                }
            });
        }
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
        assert!(std::ptr::eq(one.unwrap(), other.unwrap()));
        assert_eq!((documents.any(), Documents::none().any()), (true, false));
        assert!(Documents::none().library().await.unwrap().is_empty());
    }
}
