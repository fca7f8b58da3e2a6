//! The built binary with its embedded HubSpot and the chat page, on a free port.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::Error;

const START_MAX: Duration = Duration::from_secs(20);
const STOP_MAX: Duration = Duration::from_secs(20);

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
}

impl Server {
    /// Starts one with these settings of the page.
    pub(crate) async fn start(settings: &Path) -> Result<Server, Error> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
        // One line of the log for each call would be measured too.
        let flags = ["http", "--sandbox", "--chat", "--bind", "127.0.0.1:0", "--log", "warn,frontdesk::cli=info"];
        command.env_clear().args(flags).arg("--chat-settings").arg(settings);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("the process has no standard error")?).lines();
        let address = timeout(START_MAX, async {
            while let Some(line) = lines.next_line().await? {
                if let Some((_, rest)) = line.split_once("http://") {
                    return Ok(rest.split('/').next().unwrap_or_default().to_owned());
                }
            }
            Err::<String, Error>("the server did not say where it listens".into())
        });
        let address = address.await??;
        // Read to its end, so that the pipe never fills.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Server { child, address })
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends SIGTERM, as an operator would; the process must end by itself and successfully.
    pub(crate) async fn stop(mut self) -> Result<(), Error> {
        let pid = self.pid().ok_or("the server has ended by itself")?.to_string();
        Command::new("kill").args(["-TERM", &pid]).status().await?;
        let status = timeout(STOP_MAX, self.child.wait()).await??;
        if status.success() { Ok(()) } else { Err(format!("the server ended with {status}").into()) }
    }
}
