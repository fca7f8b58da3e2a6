//! The built binary as a process: started, watched, asked to stop.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use crate::Fault;

const START_MAX: Duration = Duration::from_secs(20);
const STOP_MAX: Duration = Duration::from_secs(20);

/// The embedded HubSpot, with no quota: what is measured is the server.
pub(crate) fn command(transport: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command.args([transport, "--sandbox", "--tier", "unlimited"]).env_clear().kill_on_drop(true);
    command
}

/// A server on a free port of this machine.
pub(crate) struct Http {
    child: Child,
    pub(crate) address: String,
}

impl Http {
    pub(crate) async fn start() -> Result<Http, Fault> {
        let mut command = command("http");
        let mut child = command.args(["--bind", "127.0.0.1:0"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let errors = child.stderr.take().ok_or("no standard error")?;
        let address = timeout(START_MAX, address(errors)).await??;
        Ok(Http { child, address })
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// As an operator would; it must end by itself and well.
    pub(crate) async fn stop(mut self) -> Result<(), Fault> {
        let pid = self.pid().ok_or("the server has ended by itself")?.to_string();
        Command::new("kill").args(["-TERM", &pid]).status().await?;
        ended_well(timeout(STOP_MAX, self.child.wait()).await??)
    }
}

pub(crate) fn ended_well(status: ExitStatus) -> Result<(), Fault> {
    if status.success() { Ok(()) } else { Err(format!("the server ended with {status}").into()) }
}

/// Reads the log until it names the address, then to the end, so that the pipe never fills.
async fn address(errors: ChildStderr) -> Result<String, Fault> {
    let mut lines = BufReader::new(errors).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(rest) = line.split("http://").nth(1) {
            let address = rest.split('/').next().unwrap_or_default().to_owned();
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(address);
        }
    }
    Err("the server did not say where it listens".into())
}

/// Resident memory in MiB; `None` where the system has no `/proc`.
pub(crate) fn resident_mib(pid: Option<u32>) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", pid?)).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

pub(crate) fn shown_mib(mib: Option<f64>) -> String {
    mib.map_or_else(|| "not known here".to_owned(), |mib| format!("{mib:.1} MiB"))
}
