//! The built binary with its embedded HubSpot and the chat page, on a free port.

use std::path::Path;

use tokio::process::{Child, Command};

use crate::{Error, listening, stop};

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
        let (child, address) = listening::started(command).await?;
        Ok(Server { child, address })
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends SIGTERM, as an operator would; the process must end by itself and successfully.
    pub(crate) async fn stop(self) -> Result<(), Error> {
        stop::stop(self.child).await
    }
}
