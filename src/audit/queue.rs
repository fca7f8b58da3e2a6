//! The lines that wait to be written, and the thread that writes them: a slow or full disk stops no other call.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing::{error, info};

use super::file::TrailFile;
use super::line::{self, MissingLine};
use domain::clock::Clock;

/// Capacity of the queue in lines: those that wait, and two that are kept for each call under way.
const LINES_MAX: usize = 32_768;
/// The pause before a line is written again after a failure.
const RETRY_AFTER: Duration = Duration::from_millis(500);
/// The longest wait for the last lines.
const FLUSH_MAX: Duration = Duration::from_secs(5);

/// The reason why no line can be promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// The file cannot be written.
    #[error("the audit trail cannot be written now")]
    Failing,
    /// Too many lines wait.
    #[error("too many lines of the audit trail wait to be written")]
    Full,
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<QueueState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct QueueState {
    /// The first line stays here until it is written.
    waiting: VecDeque<String>,
    /// Places that are kept for calls under way.
    reserved: usize,
    /// Lines that found no place.
    missing: u64,
    /// The last attempt to write, or to reserve space for the next lines, failed.
    failing: bool,
    /// No more lines come.
    closed: bool,
}

impl QueueState {
    fn is_full(&self) -> bool {
        self.waiting.len() + self.reserved >= LINES_MAX
    }

    fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.missing == 0
    }
}

/// A place in the queue, given back when it is dropped.
#[derive(Debug)]
pub(super) struct QueueSlot(Arc<Queue>);

impl QueueSlot {
    pub(super) fn write(self, line: String) {
        self.0.state().waiting.push_back(line);
    }
}

impl Drop for QueueSlot {
    fn drop(&mut self) {
        self.0.state().reserved -= 1;
        self.0.changed.notify_all();
    }
}

impl Queue {
    pub(super) fn reserve(self: &Arc<Self>) -> Result<QueueSlot, Unavailable> {
        let mut state = self.state();
        match (state.failing, state.is_full()) {
            (true, _) => Err(Unavailable::Failing),
            (false, true) => Err(Unavailable::Full),
            (false, false) => {
                state.reserved += 1;
                Ok(QueueSlot(self.clone()))
            }
        }
    }

    pub(super) fn note(&self, line: String) {
        let mut state = self.state();
        match state.is_full() {
            true => state.missing += 1,
            false => state.waiting.push_back(line),
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Waits until every line so far is written; false if some could not be.
    pub(super) fn flush(&self) -> bool {
        let waits = |state: &mut QueueState| !state.is_done();
        let waited = self.changed.wait_timeout_while(self.state(), FLUSH_MAX, waits);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if !state.is_done() {
            error!(lines = state.waiting.len(), "Lines of the audit trail could not be written.");
        }
        state.is_done()
    }

    pub(super) fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }

    /// Starts the thread that writes. It ends when the queue is closed and empty, or closed and cannot be written.
    pub(super) fn start(self: &Arc<Self>, mut file: TrailFile) -> io::Result<()> {
        let queue = self.clone();
        if let Err(error) = file.reserve_space() {
            self.failed(&error);
        }
        thread::Builder::new().name("audit".to_owned()).spawn(move || queue.write_all(file)).map(drop)
    }

    fn write_all(&self, mut file: TrailFile) {
        while let Some((missing, line)) = self.next() {
            let lines = [missing_line(missing), line.clone().unwrap_or_default()].concat();
            match file.append(&lines) {
                Ok(()) => self.written(missing, line.is_some()),
                Err(error) if self.fails(&error) => return,
                Err(_) => continue,
            }
            match file.reserve_space() {
                Ok(()) => self.recovered(),
                // Lines that are promised already still have space.
                Err(error) if self.is_done() => drop(self.fails(&error)),
                Err(error) => self.failed(&error),
            }
        }
    }

    fn is_done(&self) -> bool {
        self.state().is_done()
    }

    /// The number of missing lines and the next line, once there is either; `None` at the end.
    fn next(&self) -> Option<(u64, Option<String>)> {
        let waits = |state: &mut QueueState| state.is_done() && !state.failing && !state.closed;
        let state = self.changed.wait_while(self.state(), waits).unwrap_or_else(PoisonError::into_inner);
        // While it fails, no line is a line too: it is tried again.
        let goes_on = !state.is_done() || !state.closed;
        goes_on.then(|| (state.missing, state.waiting.front().cloned()))
    }

    fn written(&self, missing: u64, line: bool) {
        let mut state = self.state();
        state.missing -= missing;
        if line {
            state.waiting.pop_front();
        }
        drop(state);
        self.changed.notify_all();
    }

    fn recovered(&self) {
        if std::mem::take(&mut self.state().failing) {
            info!("The audit trail is written again.");
        }
    }

    fn failed(&self, error: &io::Error) {
        if !std::mem::replace(&mut self.state().failing, true) {
            error!(%error, "The audit trail cannot be written; calls that could change something are refused.");
        }
    }

    /// Waits a moment after a failure; true if it is the last.
    fn fails(&self, error: &io::Error) -> bool {
        self.failed(error);
        let open = |state: &mut QueueState| !state.closed;
        let waited = self.changed.wait_timeout_while(self.state(), RETRY_AFTER, open);
        waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn state(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn missing_line(lines: u64) -> String {
    match lines {
        0 => String::new(),
        // Once a disk was full: the system's time, which no call's clock decides.
        lines => line::text(&MissingLine { time: line::time(Clock::System.now()), event: "lines_missing", lines }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::file::tests::on_a_full_disk;

    /// The first call on a full disk is refused too, and the lines of those that had begun are written.
    #[test]
    fn nothing_is_promised_on_a_disk_without_space() {
        let folder = tempfile::tempdir().unwrap();
        let queue = Arc::new(Queue::default());
        let begun = queue.reserve().unwrap();
        queue.start(on_a_full_disk(folder.path())).unwrap();
        assert_eq!(queue.reserve().err(), Some(Unavailable::Failing));
        begun.write("made\n".to_owned());
        assert!(queue.flush());
        assert_eq!(std::fs::read_to_string(folder.path().join("audit.jsonl")).unwrap(), "made\n");
        assert_eq!(queue.reserve().err(), Some(Unavailable::Failing));
        queue.close();
    }

    #[test]
    fn a_full_queue_promises_nothing_and_counts_what_it_does_not_take() {
        let queue = Arc::new(Queue::default());
        let places: Vec<_> = (0..LINES_MAX).map(|_| queue.reserve().unwrap()).collect();
        assert_eq!(queue.reserve().err(), Some(Unavailable::Full));
        queue.note("refused\n".to_owned());
        let counts = || {
            let state = queue.state();
            (state.missing, state.waiting.len(), state.reserved)
        };
        assert_eq!(counts(), (1, 0, LINES_MAX));
        drop(places);
        queue.reserve().unwrap().write("made\n".to_owned());
        assert_eq!(counts(), (1, 1, 0));
        assert_eq!(queue.next(), Some((1, Some("made\n".to_owned()))));
        queue.written(1, true);
        assert!(queue.flush());
    }
}
