//! The progress of a reading: documents that were read, and those that answer already.

use std::{
    fmt,
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::{index::Index, report::Report};

/// The progress of one reading of all sources, which is shared with those who wait for it.
pub(crate) struct Progress {
    read: AtomicUsize,
    total: AtomicUsize,
    on_ready: Box<dyn Fn(Index, Report, usize) + Send + Sync>,
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("read", &self.read).field("total", &self.total).finish_non_exhaustive()
    }
}

impl Progress {
    /// Creates the progress of a reading that has not begun. `on_ready` is given an index of the documents that are ready,
    /// the report so far, and the number of documents that are still to be read.
    pub(crate) fn new(on_ready: impl Fn(Index, Report, usize) + Send + Sync + 'static) -> Progress {
        Progress { read: AtomicUsize::new(0), total: AtomicUsize::new(0), on_ready: Box::new(on_ready) }
    }

    pub(crate) fn begin(&self, total: usize) {
        self.read.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    pub(crate) fn count_document(&self) {
        self.read.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the number of documents that were read, and the number of all. Both are 0 while sources are listed.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.read.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    pub(crate) fn publish(&self, index: Index, report: Report) {
        let (read, total) = self.counts();
        (self.on_ready)(index, report, total.saturating_sub(read));
    }
}
