//! The configuration file of each MCP client, and the entry it expects.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::merge::{ConfigEntry, Dialect, Foreign};
use crate::config::{CLIENT_SECRET_VARIABLE, McpClient, TOKEN_VARIABLES};

/// The paths of the machine; tests make their own.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The operating system.
    pub system: System,
    /// The person's home folder.
    pub home: PathBuf,
    /// `%APPDATA%` of Windows.
    pub app_data: Option<PathBuf>,
    /// `$XDG_CONFIG_HOME` of Linux.
    pub config_home: Option<PathBuf>,
    /// The working directory; a project's files are below it.
    pub folder: PathBuf,
    /// This program, by its absolute path.
    pub program: PathBuf,
}

/// An operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Linux and other Unix systems.
    Linux,
    /// macOS.
    Mac,
    /// Windows.
    Windows,
}

impl Machine {
    /// This machine; `None` if one of the paths is unknown.
    pub fn here() -> Option<Machine> {
        Some(Machine {
            system: match () {
                () if cfg!(windows) => System::Windows,
                () if cfg!(target_os = "macos") => System::Mac,
                () => System::Linux,
            },
            home: std::env::home_dir().filter(|home| home.is_absolute())?,
            app_data: folder_variable("APPDATA"),
            config_home: folder_variable("XDG_CONFIG_HOME"),
            folder: std::env::current_dir().ok()?,
            program: std::env::current_exe().ok()?,
        })
    }

    /// The folder for the person's settings.
    fn settings(&self) -> PathBuf {
        match self.system {
            System::Linux => self.config_home.clone().unwrap_or_else(|| self.home.join(".config")),
            System::Mac => self.home.join("Library/Application Support"),
            System::Windows => self.app_data.clone().unwrap_or_else(|| self.home.join("AppData").join("Roaming")),
        }
    }
}

fn folder_variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute())
}

/// The client's file for the person or for this project; `None` if the client has no such file.
pub fn file(client: McpClient, project: bool, machine: &Machine) -> Option<PathBuf> {
    let (home, folder) = (&machine.home, &machine.folder);
    Some(match (client, project) {
        (McpClient::Claude, false) => machine.settings().join("Claude").join("claude_desktop_config.json"),
        (McpClient::Claude, true) => return None,
        (McpClient::ClaudeCode, false) => home.join(".claude.json"),
        (McpClient::ClaudeCode, true) => folder.join(".mcp.json"),
        (McpClient::Vscode, false) => machine.settings().join("Code").join("User").join("mcp.json"),
        (McpClient::Vscode, true) => folder.join(".vscode").join("mcp.json"),
        (McpClient::Cursor, false) => home.join(".cursor").join("mcp.json"),
        (McpClient::Cursor, true) => folder.join(".cursor").join("mcp.json"),
    })
}

/// The syntax of the client's file: only VS Code reads comments.
pub fn dialect(client: McpClient) -> Dialect {
    match client {
        McpClient::Vscode => Dialect::JsonWithComments,
        McpClient::Claude | McpClient::ClaudeCode | McpClient::Cursor => Dialect::Json,
    }
}

/// The secret that the server needs for HubSpot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// A token of HubSpot, which is asked for and kept out of the file where the client can.
    Token,
    /// The client secret of the app to which a login belongs.
    ClientSecret,
}

impl Secret {
    fn variable(self) -> &'static str {
        let [token, _] = TOKEN_VARIABLES;
        if self == Secret::Token { token } else { CLIENT_SECRET_VARIABLE }
    }

    /// Id of the client's input prompt for the token.
    fn question_id(self) -> String {
        self.variable().to_lowercase()
    }

    /// The name of it for a person.
    fn name(self) -> &'static str {
        match self {
            Secret::Token => "HubSpot token",
            Secret::ClientSecret => "HubSpot app's client secret",
        }
    }
}

/// The entry that starts `program` with `arguments`, and names the source of the secret that it needs.
pub fn entry(
    client: McpClient,
    name: &str,
    program: &Path,
    arguments: &[String],
    secret: Option<Secret>,
) -> Option<ConfigEntry> {
    let mut settings = Map::new();
    if matches!(client, McpClient::ClaudeCode | McpClient::Vscode) {
        settings.insert("type".into(), json!("stdio"));
    }
    settings.insert("command".into(), json!(program.to_str()?));
    settings.insert("args".into(), json!(arguments));
    Some(ConfigEntry {
        list: if client == McpClient::Vscode { "servers" } else { "mcpServers" },
        name: name.to_owned(),
        settings,
        env: secret.map(|secret| env(client, secret)).unwrap_or_default(),
        foreign: Foreign::Remove,
        input: secret.filter(|_| client == McpClient::Vscode).map(question),
    })
}

/// The variable for the secret. This program never copies one into a file: the client reads it from its own source, or the
/// person fills it in.
fn env(client: McpClient, secret: Secret) -> Map<String, Value> {
    let variable = secret.variable();
    let value = match client {
        McpClient::Claude => String::new(),
        McpClient::ClaudeCode => format!("${{{variable}:-}}"),
        McpClient::Vscode => format!("${{input:{}}}", secret.question_id()),
        McpClient::Cursor => format!("${{env:{variable}}}"),
    };
    Map::from_iter([(variable.to_owned(), json!(value))])
}

fn question(secret: Secret) -> Map<String, Value> {
    let description = match secret {
        Secret::Token => "HubSpot access token (a service key or a private app's token)",
        Secret::ClientSecret => "Client secret of the HubSpot app that `frontdesk login` has connected",
    };
    let question = [
        ("type", json!("promptString")),
        ("id", json!(secret.question_id())),
        ("description", json!(description)),
        ("password", json!(true)),
    ];
    question.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The next step for the person.
pub fn next_step(client: McpClient, secret: Option<Secret>) -> String {
    let restart = match client {
        McpClient::Claude => "Quit Claude Desktop and start it again.",
        McpClient::ClaudeCode => "Start a new Claude Code session; `/mcp` shows the server.",
        McpClient::Vscode => "Start the server from the file's own `Start` link, or from `MCP: List Servers`.",
        McpClient::Cursor => "Turn the server on in Cursor's settings, below MCP.",
    };
    let Some(secret) = secret else { return restart.to_owned() };
    let (variable, name) = (secret.variable(), secret.name());
    match client {
        McpClient::Claude => format!("Put your {name} into `env.{variable}` there. {restart}"),
        McpClient::Vscode => format!("{restart} It asks for your {name} once and keeps it."),
        _ => format!("Set {variable} in the environment the client starts in. {restart}"),
    }
}
