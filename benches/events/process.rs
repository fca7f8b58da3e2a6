//! The measured processes: the embedded HubSpot, and the server that takes its webhooks.

use std::net::TcpListener;

use tokio::process::{Child, Command};

use crate::{Error, listening};

/// The secret with which webhooks are signed.
pub(crate) const CLIENT_SECRET: &str = "client-secret-0123456789abcdef";
const TOKEN: &str = "pat-na1-sandbox";

/// A process that listens on this machine, and ends with this value.
pub(crate) struct Process {
    _child: Child,
    /// Host and port.
    pub(crate) address: String,
}

impl Process {
    pub(crate) async fn hubspot() -> Result<Process, Error> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
        command.env_clear().args(["sandbox", "--bind", "127.0.0.1:0"]);
        Process::spawn(command).await
    }

    /// A server whose webhooks are signed for its own address.
    pub(crate) async fn server(hubspot: &Process) -> Result<Process, Error> {
        // HubSpot signs the address, so the port has to be known before.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
        command.env_clear().env("HUBSPOT_ACCESS_TOKEN", TOKEN).env("HUBSPOT_CLIENT_SECRET", CLIENT_SECRET);
        // One line of the log for each call would be measured too.
        command.args(["http", "--tier", "unlimited", "--store", ":memory:", "--log", "warn,frontdesk::cli=info"]);
        command.args(["--hubspot-base-url", &format!("http://{}", hubspot.address), "--bind", &address]);
        command.args(["--public-url", &format!("http://{address}")]);
        Process::spawn(command).await
    }

    async fn spawn(command: Command) -> Result<Process, Error> {
        let (child, address) = listening::started(command).await?;
        Ok(Process { _child: child, address })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}
