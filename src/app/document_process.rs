//! Reads each document in a process of its own, which is this program again: what a document costs is then limited by the
//! system, and a document that is made to harm ends that process only.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use knowledge::reading::{CPU_SECONDS_MAX, Ended, Runner};

/// The hidden command of this program that reads a document.
pub const COMMAND: &str = "read-document";

/// The longest time of one process, also where the system limits no processor time, or others take it.
const TIME_MAX: Duration = Duration::from_secs(3 * CPU_SECONDS_MAX);

/// Settings of this program's allocator (mimalloc): by default it takes a gigabyte of addresses at its start, which counts
/// against the limit of memory.
const ALLOCATOR: [(&str, &str); 2] = [("MIMALLOC_ARENA_RESERVE", "32768"), ("MIMALLOC_ARENA_EAGER_COMMIT", "0")];

/// Starts this program again for each document.
#[derive(Debug)]
pub struct DocumentProcess {
    program: PathBuf,
}

impl DocumentProcess {
    /// Uses `program`, which has the command [`COMMAND`].
    pub fn of(program: PathBuf) -> DocumentProcess {
        DocumentProcess { program }
    }

    /// Uses the program that runs.
    ///
    /// # Errors
    /// If the system does not tell its path.
    pub(super) fn of_this_program() -> std::io::Result<DocumentProcess> {
        // This names the program also after another version was put in its place.
        let linux = PathBuf::from("/proc/self/exe");
        Ok(DocumentProcess::of(if linux.exists() { linux } else { std::env::current_exe()? }))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(COMMAND).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // The token is in the environment, and no document needs anything of it.
        #[cfg(unix)]
        command.env_clear();
        #[cfg(not(unix))]
        crate::config::TOKEN_VARIABLES
            .iter()
            .chain([&crate::config::EMBEDDINGS_KEY_VARIABLE, &crate::config::CLIENT_SECRET_VARIABLE])
            .for_each(|name| {
                command.env_remove(name);
            });
        command.envs(ALLOCATOR);
        command
    }
}

impl Runner for DocumentProcess {
    fn run(&self, request: &[u8], answer_bytes_max: usize) -> Result<Vec<u8>, Ended> {
        let not_started = |cause: std::io::Error| Ended::NotStarted(cause.to_string());
        let mut process = self.command().spawn().map_err(not_started)?;
        let (to_process, from_process) = (process.stdin.take(), process.stdout.take());
        let (answered, waiting) = mpsc::channel();
        thread::scope(|scope| {
            // A process that has ended takes no more, which its end tells.
            scope.spawn(move || to_process.map(|mut pipe| pipe.write_all(request)));
            scope.spawn(move || {
                let mut answer = Vec::new();
                let limit = answer_bytes_max as u64 + 1;
                let read = from_process.map(|pipe| pipe.take(limit).read_to_end(&mut answer));
                // Nobody waits any more after a timeout.
                let _sent = answered.send(read.map(|_| answer).unwrap_or_default());
            });
            let answer = waiting.recv_timeout(TIME_MAX);
            if !answer.as_ref().is_ok_and(|answer| answer.len() <= answer_bytes_max) {
                // It may have ended by itself; then there is nothing to end.
                let _ended = process.kill();
            }
            let status = process.wait().map_err(not_started)?;
            match answer {
                Err(_timeout) => Err(Ended::Time),
                Ok(answer) if answer.len() > answer_bytes_max => Err(Ended::Memory),
                Ok(answer) if status.success() => Ok(answer),
                Ok(_) => Err(end(status)),
            }
        })
    }
}

/// Tells why a process ended without an answer. One that runs out of memory or stack is aborted.
fn end(status: ExitStatus) -> Ended {
    #[cfg(unix)]
    if std::os::unix::process::ExitStatusExt::signal(&status) == Some(libc::SIGXCPU) {
        return Ended::Time;
    }
    tracing::debug!(%status, "A process that read a document ended without an answer.");
    Ended::Memory
}
