//! Settings of `frontdesk setup`.

use std::path::PathBuf;

use clap::Args;

/// Settings of `frontdesk setup`.
#[derive(Args, Clone, Debug)]
pub struct SetupSettings {
    /// The client to configure.
    pub client: McpClient,
    /// Only show the configuration that would be written.
    #[arg(long)]
    pub dry_run: bool,
    /// Write into the files of the project in this folder, not into the person's own.
    #[arg(long)]
    pub project: bool,
    /// Another file than the client's usual one.
    #[arg(long, value_name = "FILE", conflicts_with = "project")]
    pub file: Option<PathBuf>,
    /// Keep the environment variables that an entry of this name has already, besides the token. They decide what is
    /// started and where the token goes, so they are otherwise removed and named.
    #[arg(long)]
    pub keep_env: bool,
    /// The name of the server in the client's configuration.
    #[arg(long, value_name = "NAME", default_value = "frontdesk")]
    pub name: String,
    /// More flags the client starts the server with, after `--`, exactly as they stand; those before it are passed on too.
    #[arg(last = true, value_name = "FLAGS")]
    pub arguments: Vec<String>,
}

/// An MCP client whose configuration is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum McpClient {
    /// Claude Desktop
    Claude,
    /// Claude Code
    ClaudeCode,
    /// Visual Studio Code
    Vscode,
    /// Cursor
    Cursor,
}
