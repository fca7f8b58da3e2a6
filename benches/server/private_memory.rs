//! Private memory of a process: `RssAnon`, the resident pages that are not mapped from a file.

/// In MiB; `None` where the system has no `/proc`.
pub(crate) fn read(pid: Option<u32>) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", pid?)).ok()?;
    let line = status.lines().find(|line| line.starts_with("RssAnon:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

pub(crate) fn text(mib: Option<f64>) -> String {
    mib.map_or_else(|| "not known here".to_owned(), |mib| format!("{mib:.1} MiB"))
}
