//! Writes log lines to stderr on a thread of its own, so that a reader that does not read stops nothing: a full pipe would
//! otherwise block the thread that serves stdio.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use domain::{known_secrets, text_cleaning};

/// Lines that wait to be written; further ones are lost, and counted.
const LINES_MAX: usize = 4_096;

/// The beginning of a colour on a terminal (ECMA-48, CSI).
const COLOUR: &str = "\u{1b}[";

/// Longest wait for the last lines to be written.
const FLUSH_MAX: Duration = Duration::from_secs(1);

/// The line that says how many lines were lost.
pub(super) type Report = fn(u64) -> String;

/// The queue of lines. A clone shares it; what is written to it is one line.
#[derive(Clone, Debug, Default)]
pub(super) struct LogWriter(Arc<Queue>);

#[derive(Debug, Default)]
struct Queue {
    lines: Mutex<Lines>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Lines {
    waiting: VecDeque<Vec<u8>>,
    /// True while taken lines are written.
    writing: bool,
    lost: u64,
}

/// Writes, when it is dropped, the lines that still wait.
#[derive(Debug)]
#[must_use = "the last lines are lost without it"]
pub struct LogGuard(LogWriter);

impl LogWriter {
    /// Starts the thread that writes to `output`.
    pub(super) fn start(&self, output: impl Write + Send + 'static, report: Report) -> io::Result<()> {
        let queue = self.0.clone();
        thread::Builder::new().name("log".to_owned()).spawn(move || queue.write_all(output, report)).map(drop)
    }

    /// The guard for the end of the process.
    pub(super) fn guard(self) -> LogGuard {
        LogGuard(self)
    }
}

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.push(shown(line).as_bytes());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The line as it is written: without hidden characters and secrets. The colours of a terminal stay; whatever else would
/// begin such a sequence was escaped when the line was made.
fn shown(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    let parts: Vec<_> = line.split(COLOUR).map(|part| text_cleaning::clean(part).text).collect();
    known_secrets::masked(&parts.join(COLOUR)).into_owned()
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        let queue = &self.0.0;
        let unwritten = |lines: &mut Lines| lines.writing || !lines.waiting.is_empty();
        drop(queue.changed.wait_timeout_while(queue.lines(), FLUSH_MAX, unwritten));
    }
}

impl Queue {
    fn push(&self, line: &[u8]) {
        let mut lines = self.lines();
        match lines.waiting.len() < LINES_MAX {
            true => lines.waiting.push_back(line.to_vec()),
            false => lines.lost += 1,
        }
        drop(lines);
        self.changed.notify_all();
    }

    fn write_all(&self, mut output: impl Write, report: Report) {
        loop {
            let (taken, lost) = self.take();
            for line in taken {
                // Nobody reads any more; there is no other place to say so.
                let _ = output.write_all(&line);
            }
            let _ = output.flush();
            if lost > 0 {
                // Straight to the output: through the queue, which may be full, the report itself could be lost.
                let _ = output.write_all(report(lost).as_bytes());
                let _ = output.flush();
            }
            self.lines().writing = false;
            self.changed.notify_all();
        }
    }

    fn take(&self) -> (VecDeque<Vec<u8>>, u64) {
        let empty = |lines: &mut Lines| lines.waiting.is_empty();
        let mut lines = self.changed.wait_while(self.lines(), empty).unwrap_or_else(PoisonError::into_inner);
        lines.writing = true;
        (std::mem::take(&mut lines.waiting), std::mem::take(&mut lines.lost))
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// An output that is read one write at a time.
    struct Slow(mpsc::SyncSender<Vec<u8>>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_that_nobody_reads_are_lost_and_block_nobody() {
        let (output, read) = mpsc::sync_channel(0);
        let mut writer = LogWriter::default();
        writer.start(Slow(output), |lost| format!("lost {lost}")).unwrap();
        let all = 3 * LINES_MAX;
        (0..all).for_each(|number| writer.write_all(format!("{number}\n").as_bytes()).unwrap());
        let guard = writer.clone().guard();
        let reading = thread::spawn(move || {
            let mut lines = vec![];
            while let Ok(line) = read.recv_timeout(FLUSH_MAX) {
                lines.push(String::from_utf8(line).unwrap());
            }
            lines
        });
        drop(guard);
        let lines = reading.join().unwrap();
        let lost = lines.iter().filter_map(|line| line.strip_prefix("lost ")?.parse::<usize>().ok());
        let (lost, reports) = (lost.clone().sum::<usize>(), lost.count());
        let written = lines.len() - reports;
        assert!((LINES_MAX..all).contains(&written), "{written}");
        assert_eq!(written + lost, all, "every line is written or counted");
    }

    #[test]
    fn a_line_shows_all_that_it_says_and_no_secret() {
        known_secrets::remember("secret-of-the-log-1");
        let line =
            "\u{1b}[31m WARN\u{1b}[0m a\u{202e}b\u{200b}\u{e0041}c\u{1b}]0;x\u{7} secret-of-the-log-1 👩\u{200d}💻\n";
        assert_eq!(shown(line.as_bytes()), "\u{1b}[31m WARN\u{1b}[0m abc]0;x *** 👩\u{200d}💻\n");
    }

    #[test]
    fn the_guard_writes_the_last_lines_but_waits_not_for_ever() {
        let (output, read) = mpsc::sync_channel(2);
        let mut writer = LogWriter::default();
        writer.start(Slow(output), |lost| format!("lost {lost}")).unwrap();
        writer.write_all(b"one\n").unwrap();
        writer.write_all(b"two\n").unwrap();
        drop(writer.clone().guard());
        assert_eq!(read.try_iter().count(), 2);
        (0..5).for_each(|_| writer.write_all(b"unread\n").unwrap());
        drop(writer.guard());
    }
}
