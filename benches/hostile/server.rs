//! The built binary as the target: an HTTP server with two tokens on a free port.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::Error;

/// The caller that is watched for its answers.
pub(crate) const HONEST: &str = "honest-0123456789abcdef";
/// The caller with the least rights, which attacks.
pub(crate) const HOSTILE: &str = "hostile-0123456789abcdef";

const START_MAX: Duration = Duration::from_secs(20);

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
    _tokens: NamedTempFile,
}

impl Server {
    /// Starts one with these further arguments.
    pub(crate) async fn start(arguments: &[&str]) -> Result<Server, Error> {
        let mut tokens = NamedTempFile::new()?;
        write!(
            tokens,
            r#"{{"tokens": [{{"name": "honest", "token": "{HONEST}"}},
                {{"name": "hostile", "token": "{HOSTILE}", "tools": ["get_contact", "search_contacts"]}}]}}"#
        )?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
        command.env_clear().args(["http", "--sandbox", "--bind", "127.0.0.1:0", "--auth-file"]).arg(tokens.path());
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let log = child.stderr.take().ok_or("the process has no standard error")?;
        let mut lines = BufReader::new(log).lines();
        let address = timeout(START_MAX, async {
            while let Some(line) = lines.next_line().await? {
                if let Some((_, rest)) = line.split_once("http://") {
                    return Ok(rest.split(['/', ';']).next().unwrap_or_default().to_owned());
                }
            }
            Err::<String, Error>("the server did not say where it listens".into())
        });
        let address = address.await??;
        // Read to its end, so that the pipe never fills.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Server { child, address, _tokens: tokens })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }
}
