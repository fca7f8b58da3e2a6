//! `frontdesk read-document`: reads one document for another process of this program, within limits that the system keeps.

use std::io::{self, Read, Write};
use std::process::ExitCode;

/// Reads the request from standard input and writes the answer to `out`.
pub(super) fn run(out: &mut impl Write) -> anyhow::Result<ExitCode> {
    limit()?;
    let mut request = Vec::new();
    io::stdin().lock().read_to_end(&mut request)?;
    out.write_all(&knowledge::reading::answer(&request))?;
    Ok(ExitCode::SUCCESS)
}

/// Limits this process to the time and memory of one document, and lets it write no file.
#[cfg(unix)]
fn limit() -> io::Result<()> {
    use knowledge::reading::{CPU_SECONDS_MAX, MEMORY_BYTES_MAX};
    use rlimit::Resource;

    // The process is told of the first limit, and ended at the second.
    rlimit::setrlimit(Resource::CPU, CPU_SECONDS_MAX, CPU_SECONDS_MAX + 1)?;
    rlimit::setrlimit(Resource::FSIZE, 0, 0)?;
    rlimit::setrlimit(Resource::CORE, 0, 0)?;
    let memory = if cfg!(target_os = "linux") { Resource::DATA } else { Resource::AS };
    if memory.is_supported() {
        rlimit::setrlimit(memory, MEMORY_BYTES_MAX, MEMORY_BYTES_MAX)?;
    }
    Ok(())
}

/// Other systems have no such limits; the process is ended after a time all the same.
#[cfg(not(unix))]
fn limit() -> io::Result<()> {
    Ok(())
}
