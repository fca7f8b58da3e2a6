//! Processes of the built binary that listen on a port of this machine.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use crate::Error;

const START_MAX: Duration = Duration::from_secs(60);

/// Starts a process that ends with its handle; the second part is the host and port where it listens.
pub(crate) async fn started(mut command: Command) -> Result<(Child, String), Error> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn()?;
    let log = child.stderr.take().ok_or("the process has no standard error")?;
    let address = timeout(START_MAX, address(log)).await??;
    Ok((child, address))
}

/// Reads the log until it names the address, and then to its end so that the pipe never fills.
async fn address(log: ChildStderr) -> Result<String, Error> {
    let mut lines = BufReader::new(log).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, rest)) = line.split_once("http://") {
            let address = rest.split(['/', ';']).next().unwrap_or_default().to_owned();
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(address);
        }
    }
    Err("the process did not say where it listens".into())
}
