//! The audit trail: a file with one JSON object a line, for each call that changed something in HubSpot or was refused.
//!
//! A line is promised before its call begins: [`Audit::reserve`] keeps a place in the queue, and fails while the file
//! cannot be written, so that nothing is done that no line could tell. One thread writes; the queue is bounded. Lines hold
//! ids and names, no values, addresses or texts.
//!
//! | module | content |
//! |---|---|
//! | [`line`] | the lines |
//! | `queue` | the lines that wait, and the thread that writes them |
//! | [`file`] | the file: opened privately, appended to, rotated by size |

pub mod file;
pub mod line;

mod queue;

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio_util::task::TaskTracker;

use self::file::{AuditSettings, TrailFile};
use self::queue::{Queue, QueueSlot};

pub use self::queue::Unavailable;

/// The longest wait at the end for lines that tell of the end of a write.
const LATE_LINES_MAX: Duration = Duration::from_secs(1);

/// The audit trail, or none. Clones share it; the thread ends with the last of them.
#[derive(Clone, Debug, Default)]
pub struct Audit(Option<Arc<Trail>>);

#[derive(Debug)]
struct Trail {
    queue: Arc<Queue>,
    reads: bool,
    /// Tasks that wait for the end of a write, to write a line.
    late: TaskTracker,
}

impl Audit {
    /// Audit that writes nothing: no file was asked for.
    pub fn none() -> Audit {
        Audit(None)
    }

    /// Opens the file and starts the thread that writes to it. With `reads`, calls that change nothing have lines too.
    pub fn open(settings: AuditSettings, reads: bool) -> Result<Audit, file::Error> {
        let file = TrailFile::open(settings)?;
        let queue = Arc::new(Queue::default());
        queue.start(file).map_err(|error| file::Error::Unopened(error.to_string()))?;
        Ok(Audit(Some(Arc::new(Trail { queue, reads, late: TaskTracker::new() }))))
    }

    /// True if there is a trail.
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// True if calls that change nothing have lines too.
    pub fn covers_reads(&self) -> bool {
        self.0.as_ref().is_some_and(|trail| trail.reads)
    }

    /// Keeps a place for the line of a call that is about to begin. A call that could change something must not begin
    /// without one.
    pub fn reserve(&self) -> Result<Reserved, Unavailable> {
        self.0.as_ref().map(|trail| trail.queue.reserve()).transpose().map(Reserved)
    }

    /// Writes a line that has no place. If the queue is full, the trail says later how many such lines are missing.
    pub fn note(&self, line: &impl Serialize) {
        if let Some(trail) = &self.0 {
            trail.queue.note(line::text(line));
        }
    }

    /// Runs a task that writes a line later; [`Audit::finish`] waits for it.
    pub fn later(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(trail) = &self.0 {
            trail.late.spawn(task);
        }
    }

    /// Waits until every line is written, at the end of the process. False if some could not be.
    pub async fn finish(&self) -> bool {
        let Some(trail) = &self.0 else { return true };
        trail.late.close();
        let _ = tokio::time::timeout(LATE_LINES_MAX, trail.late.wait()).await;
        self.flush()
    }

    /// Waits, without the runtime, until every line so far is written. False if some could not be.
    pub fn flush(&self) -> bool {
        self.0.as_ref().is_none_or(|trail| trail.queue.flush())
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// A place in the queue, given back when it is dropped. Empty where there is no trail.
#[derive(Debug, Default)]
#[must_use]
pub struct Reserved(Option<QueueSlot>);

impl Reserved {
    /// Writes the line for which the place was kept.
    pub fn write(self, line: &impl Serialize) {
        if let Some(place) = self.0 {
            place.write(line::text(line));
        }
    }
}
