//! The end of a process, as an operator ends it.

use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::Error;

const STOP_MAX: Duration = Duration::from_secs(20);

/// Sends SIGTERM; the process must end by itself and successfully.
pub(crate) async fn stop(mut child: Child) -> Result<(), Error> {
    let pid = child.id().ok_or("the server has ended by itself")?.to_string();
    Command::new("kill").args(["-TERM", &pid]).status().await?;
    check_exit(timeout(STOP_MAX, child.wait()).await??)
}

/// Refuses an end that tells of a failure.
pub(crate) fn check_exit(status: ExitStatus) -> Result<(), Error> {
    if status.success() { Ok(()) } else { Err(format!("the server ended with {status}").into()) }
}
