//! `frontdesk setup`: one entry of the client's file changes, every other byte stays.

mod entries;
mod files;

use std::fs;
use std::path::{Path, PathBuf};

use frontdesk::cli::setup::clients::{self, Machine, Secret, System};
use frontdesk::cli::setup::merge::{self, ConfigEntry, Dialect, Foreign};
use frontdesk::cli::setup::{self, Error};
use frontdesk::config::{Cli, Command, McpClient, SetupSettings, TOKEN_VARIABLES};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

const CLIENTS: [McpClient; 4] = [McpClient::Claude, McpClient::ClaudeCode, McpClient::Vscode, McpClient::Cursor];

fn machine(root: &Path) -> Machine {
    Machine {
        system: System::Linux,
        home: root.join("home"),
        app_data: None,
        config_home: None,
        folder: root.join("project"),
        program: PathBuf::from("/opt/front desk/frontdesk"),
    }
}

fn settings(words: &[&str]) -> (SetupSettings, bool) {
    let words = ["frontdesk", "setup"].iter().chain(words);
    let cli = <Cli as clap::Parser>::try_parse_from(words).unwrap();
    match cli.command {
        Some(Command::Setup(settings)) => (settings, cli.settings.sandbox),
        other => panic!("{other:?}"),
    }
}

/// Runs the command as typed and returns its output.
fn set_up(words: &[&str], root: &Path) -> Result<String, Error> {
    let (settings, sandbox) = settings(words);
    let mut said = vec![];
    setup::run(&settings, (!sandbox).then_some(Secret::Token), &machine(root), &mut said)?;
    Ok(String::from_utf8(said).unwrap())
}

fn json_in(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// The files in a folder, by name.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.collect();
    names.sort();
    names
}

#[test]
fn each_client_finds_the_entry_in_its_own_format() {
    let root = TempDir::new().unwrap();
    let home = root.path().join("home");
    let expected = [
        ("claude", home.join(".config/Claude/claude_desktop_config.json"), "/mcpServers/frontdesk"),
        ("claude-code", home.join(".claude.json"), "/mcpServers/frontdesk"),
        ("vscode", home.join(".config/Code/User/mcp.json"), "/servers/frontdesk"),
        ("cursor", home.join(".cursor/mcp.json"), "/mcpServers/frontdesk"),
    ];
    for (client, file, at) in expected {
        let said = set_up(&[client], root.path()).unwrap();
        assert!(said.contains(&file.display().to_string()), "{said}");
        let config = json_in(&file);
        let server = config.pointer(at).unwrap();
        assert_eq!(server["command"], "/opt/front desk/frontdesk", "{client}");
        assert_eq!(server["args"], json!(["stdio"]), "{client}");
        assert!(server["env"].get(TOKEN_VARIABLES[0]).is_some(), "{client}");
    }
}

#[test]
fn the_files_of_every_system_and_project_are_known() {
    let mut shown = String::new();
    for system in [System::Linux, System::Mac, System::Windows] {
        let app_data = (system == System::Windows).then(|| PathBuf::from("/home/sarah/AppData/Roaming"));
        let machine = Machine {
            system,
            home: "/home/sarah".into(),
            app_data,
            config_home: None,
            folder: "/work".into(),
            program: "/bin/frontdesk".into(),
        };
        for client in CLIENTS {
            for project in [false, true] {
                let file = clients::file(client, project, &machine).map(|file| file.display().to_string());
                let kind = if project { "project" } else { "own" };
                shown += &format!("{system:?} {client:?} {kind}: {}\n", file.as_deref().unwrap_or("none"));
            }
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_file_keeps_everything_else_byte_for_byte_and_a_copy_stays() {
    let root = TempDir::new().unwrap();
    let file = root.path().join("mcp.json");
    let before = "{\n\t\"theme\" : \"dark\",\n\t\"mcpServers\": {\n\t\t\"zeta\": {\"command\": \"zeta\", \"env\": {\"KEY\": \"s3cret\"}},\n\t\t\"alpha\": {\"url\": \"https://alpha.example/mcp\"}\n\t},\n\t\"numbers\": [1.50, 1e3]\n}\n";
    fs::write(&file, before).unwrap();
    set_up(&["cursor", "--file", file.to_str().unwrap(), "--sandbox"], root.path()).unwrap();
    let after = fs::read_to_string(&file).unwrap();
    insta::assert_snapshot!(after);
    assert_eq!(fs::read_to_string(root.path().join("mcp.json.backup-1")).unwrap(), before);
}

#[test]
fn a_second_run_changes_nothing_and_makes_no_copy() {
    for client in ["claude", "claude-code", "vscode", "cursor"] {
        let root = TempDir::new().unwrap();
        let file = root.path().join("mcp.json");
        let words = [client, "--file", file.to_str().unwrap()];
        set_up(&words, root.path()).unwrap();
        let first = fs::read_to_string(&file).unwrap();
        let said = set_up(&words, root.path()).unwrap();
        assert!(said.contains("nothing was changed"), "{said}");
        assert_eq!(fs::read_to_string(&file).unwrap(), first);
        assert_eq!(names(root.path()), ["mcp.json"], "{client}");
    }
}

#[test]
fn a_dry_run_shows_the_entry_and_no_other_servers_secrets() {
    let root = TempDir::new().unwrap();
    let file = root.path().join("mcp.json");
    let before = r#"{"servers": {"other": {"command": "x", "env": {"KEY": "s3cret"}}}}"#;
    fs::write(&file, before).unwrap();
    let said = set_up(&["vscode", "--dry-run", "--file", file.to_str().unwrap()], root.path()).unwrap();
    insta::assert_snapshot!(said.replace(&root.path().display().to_string(), "."));
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    assert_eq!(names(root.path()), ["mcp.json"]);
}

#[test]
fn a_windows_path_is_escaped_as_json() {
    let mut entry = entry("frontdesk");
    let program = r#"C:\Program Files\Front "Desk"\frontdesk.exe"#;
    entry.settings.insert("command".into(), json!(program));
    let config: Value = serde_json::from_str(&merge::merged("", &entry, Dialect::Json).unwrap()).unwrap();
    assert_eq!(config["mcpServers"]["frontdesk"]["command"], program);
}

#[test]
fn claude_desktop_has_no_projects_and_names_are_valid_for_clients() {
    let root = TempDir::new().unwrap();
    assert!(matches!(set_up(&["claude", "--project"], root.path()), Err(Error::NoProject)));
    for name in ["", "front desk", "tür", &"a".repeat(65)] {
        assert!(matches!(set_up(&["cursor", "--name", name], root.path()), Err(Error::Name(_))), "{name}");
    }
}

#[test]
fn the_binary_prints_completions_and_manual_pages() {
    let printed = |words: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_frontdesk")).args(words).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (well, script) = printed(&["completions", shell]);
        assert!(well && script.contains("taskgraphs"), "{shell}");
    }
    assert!(printed(&["man"]).1.contains(".TH frontdesk 1"));
    assert!(printed(&["man", "http"]).1.contains(r"\-\-bind"));
    assert!(!printed(&["man", "nonsense"]).0);
}

fn entry(name: &str) -> ConfigEntry {
    let settings = [("command", json!("/bin/frontdesk")), ("args", json!(["stdio"]))];
    ConfigEntry {
        list: "mcpServers",
        name: name.to_owned(),
        settings: settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        env: Map::new(),
        input: None,
        foreign: Foreign::Remove,
    }
}

/// Any JSON object that a file may hold.
fn any_object() -> impl Strategy<Value = Map<String, Value>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("\\PC{0,8}", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    });
    prop::collection::vec(("\\PC{0,8}", value), 0..5).prop_map(|fields| fields.into_iter().collect())
}

proptest! {
    #[test]
    fn nothing_but_the_entry_changes_in_any_file(
        file in any_object(),
        servers in prop::option::of(any_object()),
        pretty in any::<bool>(),
    ) {
        let mut file = file;
        file.remove("mcpServers");
        if let Some(servers) = servers {
            file.insert("mcpServers".into(), Value::Object(servers));
        }
        let text = if pretty { format!("{:#}", json!(file)) } else { json!(file).to_string() };
        let after = merge::merged(&text, &entry("frontdesk"), Dialect::Json).unwrap();
        let mut changed: Map<String, Value> = serde_json::from_str(&after).unwrap();
        let keys: Vec<_> = changed.keys().filter(|key| file.contains_key(*key)).cloned().collect();
        prop_assert_eq!(keys, file.keys().cloned().collect::<Vec<_>>(), "the order stays");
        let written = changed["mcpServers"].as_object_mut().unwrap().remove("frontdesk").unwrap();
        prop_assert_eq!(&written["command"], "/bin/frontdesk");
        if !file.contains_key("mcpServers") {
            prop_assert_eq!(changed.remove("mcpServers"), Some(json!({})));
        } else if let Some(servers) = file["mcpServers"].as_object_mut() {
            servers.remove("frontdesk");
        }
        prop_assert_eq!(json!(changed), json!(file));
        prop_assert_eq!(merge::merged(&after, &entry("frontdesk"), Dialect::Json).unwrap(), after);
    }
}
