//! The built binary as the target: an HTTP server with two tokens on a free port.

use std::io::Write;

use tempfile::NamedTempFile;
use tokio::process::{Child, Command};

use crate::account::Account;
use crate::{Error, listening};

/// The caller that is watched for its answers.
pub(crate) const HONEST: &str = "honest-0123456789abcdef";
/// The caller with the least rights, which attacks.
pub(crate) const HOSTILE: &str = "hostile-0123456789abcdef";

/// The secret and the address with which webhooks are signed.
pub(crate) const CLIENT_SECRET: &str = "client-secret-0123456789abcdef";
pub(crate) const PUBLIC_URL: &str = "https://desk.example.com";

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
    _tokens: NamedTempFile,
}

impl Server {
    /// Starts one on a HubSpot of its own, with these further arguments.
    pub(crate) async fn start(arguments: &[&str]) -> Result<Server, Error> {
        let mut command = binary();
        command.arg("--sandbox").args(arguments);
        Server::run(command).await
    }

    /// Starts one for this account, whose memory is not the server's.
    pub(crate) async fn start_on(account: &Account, arguments: &[&str]) -> Result<Server, Error> {
        let mut command = binary();
        command.env("HUBSPOT_ACCESS_TOKEN", &account.token).args(["--hubspot-base-url", &account.address]);
        command.args(["--store", ":memory:"]).args(arguments);
        Server::run(command).await
    }

    /// Starts one that takes HubSpot's webhooks, signed with [`CLIENT_SECRET`] for [`PUBLIC_URL`].
    pub(crate) async fn start_with_webhooks() -> Result<Server, Error> {
        let mut command = binary();
        command.env("HUBSPOT_CLIENT_SECRET", CLIENT_SECRET).args(["--sandbox", "--public-url", PUBLIC_URL]);
        Server::run(command).await
    }

    /// Starts one with the chat page, on which one address may do much, and the contact assistant.
    pub(crate) async fn start_with_pages() -> Result<Server, Error> {
        let mut settings = NamedTempFile::new()?;
        settings.write_all(b"[limits]\nstarts_per_minute = 100000\nmessages_per_minute = 100000\n")?;
        let mut command = binary();
        command.args(["--sandbox", "--chat", "--assistant"]).arg("--chat-settings").arg(settings.path());
        Server::run(command).await
    }

    async fn run(mut command: Command) -> Result<Server, Error> {
        let mut tokens = NamedTempFile::new()?;
        write!(
            tokens,
            r#"{{"tokens": [{{"name": "honest", "token": "{HONEST}"}},
                {{"name": "hostile", "token": "{HOSTILE}", "tools": ["get_contact", "search_contacts"]}}]}}"#
        )?;
        command.arg("--auth-file").arg(tokens.path());
        let (child, address) = listening::started(command).await?;
        Ok(Server { child, address, _tokens: tokens })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }
}

/// The built binary, which listens on a free port.
fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command.env_clear().args(["http", "--bind", "127.0.0.1:0"]);
    command
}
