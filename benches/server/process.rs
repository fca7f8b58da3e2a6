//! The measured programs as processes: started, watched, asked to stop.

use tokio::process::{Child, Command};

use crate::{Error, listening, stop};

/// The token that the embedded HubSpot accepts.
pub(crate) const HUBSPOT_TOKEN: &str = "pat-na1-sandbox";

/// The programs that are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Program {
    /// The built binary.
    Frontdesk,
    /// The bare server, which this bench's binary runs.
    Bare,
}

/// The HubSpot that a program talks to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum HubSpot<'a> {
    /// In the same process, for Frontdesk; the bare server has none, and gets no calls that need one.
    Embedded,
    /// At this address, such as `http://127.0.0.1:8700`.
    At(&'a str),
}

impl Program {
    /// No quota is kept, so that the server is measured and not HubSpot's limits.
    pub(crate) fn command(self, transport: &str, hubspot: HubSpot) -> Result<Command, Error> {
        let mut command = match self {
            Program::Frontdesk => frontdesk(transport),
            Program::Bare => Command::new(std::env::current_exe()?),
        };
        match (self, hubspot) {
            (Program::Frontdesk, HubSpot::Embedded) => command.arg("--sandbox"),
            (Program::Frontdesk, HubSpot::At(address)) => {
                command.args(["--hubspot-base-url", address]).env("HUBSPOT_ACCESS_TOKEN", HUBSPOT_TOKEN)
            }
            (Program::Bare, HubSpot::Embedded) => command.args(["bare", transport, "http://127.0.0.1:9"]),
            (Program::Bare, HubSpot::At(address)) => command.args(["bare", transport, address]),
        };
        command.kill_on_drop(true);
        Ok(command)
    }
}

fn frontdesk(subcommand: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command.env_clear().args([subcommand, "--tier", "unlimited"]);
    command
}

/// A process that listens on a free port of this machine.
pub(crate) struct Listening {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
}

impl Listening {
    /// `program` with its own HubSpot, serving MCP over HTTP.
    pub(crate) async fn mcp(program: Program) -> Result<Listening, Error> {
        let mut command = program.command("http", HubSpot::Embedded)?;
        if let Program::Frontdesk = program {
            command.args(["--bind", "127.0.0.1:0"]);
        }
        Listening::spawn(command).await
    }

    /// The embedded HubSpot as a server of its own.
    pub(crate) async fn hubspot() -> Result<Listening, Error> {
        let mut command = frontdesk("sandbox");
        command.args(["--bind", "127.0.0.1:0"]).kill_on_drop(true);
        Listening::spawn(command).await
    }

    async fn spawn(command: Command) -> Result<Listening, Error> {
        let (child, address) = listening::started(command).await?;
        Ok(Listening { child, address })
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends SIGTERM, as an operator would; the process must end by itself and successfully.
    pub(crate) async fn stop(self) -> Result<(), Error> {
        stop::stop(self.child).await
    }
}
