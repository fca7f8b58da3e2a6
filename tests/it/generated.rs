//! What is written twice is compared: the README's tables and `mcp.json` with the code.
//!
//! `UPDATE=1 cargo test generated` writes them.

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use clap::CommandFactory;
use domain::code::Code;
use frontdesk::config::Cli;
use frontdesk::tool::{Effect, Entry};
use frontdesk::tools;
use hubspot_sandbox::admin_reference::{self, Endpoint};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn readme_tables_are_what_the_code_says() {
    let tables = [
        ("tools", tool_table()),
        ("settings", settings_table()),
        ("admin", admin_table()),
        ("effects", effect_table()),
        ("errors", error_table()),
    ];
    for (name, table) in tables {
        hold(name, &table);
    }
}

/// Tests that write the README do so one after the other.
static README: Mutex<()> = Mutex::new(());

/// Holds a section of the README against what it must say, or writes it.
pub(crate) fn hold(name: &str, content: &str) {
    let _turn = README.lock().unwrap_or_else(PoisonError::into_inner);
    let path = root().join("README.md");
    let before = fs::read_to_string(&path).unwrap();
    let after = with_section(&before, name, content);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &after).unwrap();
    } else {
        assert!(before == after, "README.md is behind the code in `{name}`: run this test with `UPDATE=1`");
    }
}

/// Replaces what stands between the two marks of a section.
fn with_section(text: &str, name: &str, content: &str) -> String {
    let (begin, end) = (format!("<!-- {name}: written by a test -->\n"), format!("<!-- {name}: end -->"));
    let start = text.find(&begin).unwrap_or_else(|| panic!("README.md has no section `{name}`")) + begin.len();
    let stop = start + text[start..].find(&end).unwrap_or_else(|| panic!("section `{name}` has no end"));
    format!("{}{content}{}", &text[..start], &text[stop..])
}

fn tool_table() -> String {
    let mut table = String::from("| tool | what it does | arguments | changes | scopes |\n|---|---|---|---|---|\n");
    for tool in tools::all() {
        let first = first_paragraph(tool.description());
        let effect = match tool.effect {
            Effect::Read => "nothing",
            Effect::Create => "adds",
            Effect::Update => "changes",
        };
        let scopes = code_list(tool.scopes.iter().copied());
        table += &format!("| `{}` | {first} | {} | {effect} | {scopes} |\n", tool.name, arguments(&tool));
    }
    table
}

fn first_paragraph(description: &str) -> String {
    description.split("\n\n").next().unwrap().replace('\n', " ")
}

/// Required arguments first as they are, optional ones in brackets.
fn arguments(tool: &Entry) -> String {
    let required: Vec<_> = tool.input.get("required").and_then(|r| r.as_array()).cloned().unwrap_or_default();
    let properties = tool.input.get("properties").and_then(|p| p.as_object()).unwrap();
    let shown = properties.keys().map(|name| match required.iter().any(|r| r == name) {
        true => format!("`{name}`"),
        false => format!("[`{name}`]"),
    });
    shown.collect::<Vec<_>>().join(" ")
}

fn code_list<'a>(items: impl Iterator<Item = &'a str>) -> String {
    items.map(|item| format!("`{item}`")).collect::<Vec<_>>().join(" ")
}

fn settings_table() -> String {
    let mut table = String::from("| command | flag | environment | default | what it does |\n|---|---|---|---|---|\n");
    let mut cli = Cli::command();
    cli.build();
    table += &rows("all", &cli);
    for command in cli.get_subcommands().filter(|command| command.get_name() != "help") {
        table += &rows(command.get_name(), command);
    }
    table
}

fn rows(name: &str, command: &clap::Command) -> String {
    let own = command.get_arguments().filter(|flag| name == "all" || !flag.is_global_set());
    let flags = own.filter(|flag| !matches!(flag.get_id().as_str(), "help" | "version"));
    flags.map(|flag| row(name, flag)).collect()
}

fn row(command: &str, flag: &clap::Arg) -> String {
    let value = match flag.get_action().takes_values() {
        true => flag.get_value_names().map(|names| format!(" {}", names[0])).unwrap_or_default(),
        false => String::new(),
    };
    let long = flag.get_long().map_or_else(|| format!("`{}`", flag.get_id()), |long| format!("`--{long}{value}`"));
    let env = flag.get_env().map(|env| format!("`{}`", env.to_string_lossy())).unwrap_or_default();
    let default = match flag.get_action().takes_values() {
        true => code_list(flag.get_default_values().iter().filter_map(|value| value.to_str())),
        false => String::new(),
    };
    let help = flag.get_help().map(ToString::to_string).unwrap_or_default();
    format!("| {command} | {long} | {env} | {default} | {help} |\n")
}

fn admin_table() -> String {
    let mut table = String::from("| request | body | what it does |\n|---|---|---|\n");
    for Endpoint { request, body, description } in admin_reference::ENDPOINTS {
        let body = if body.starts_with('{') { format!("`{body}`") } else { (*body).to_owned() };
        table += &format!("| `{request}` | {body} | {description} |\n");
    }
    table
}

fn effect_table() -> String {
    let mut table = String::from("| effect | what happens |\n|---|---|\n");
    for (effect, description) in admin_reference::EFFECTS {
        table += &format!("| `{effect}` | {description} |\n");
    }
    table
}

fn error_table() -> String {
    let mut table = String::from("| code | what it means |\n|---|---|\n");
    for code in Code::ALL {
        table += &format!("| `{code}` | {} |\n", code.meaning());
    }
    table
}

/// A client that is given `mcp.json` starts the server as it really starts.
#[test]
fn mcp_json_starts_the_server() {
    let config: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(root().join("mcp.json")).unwrap()).unwrap();
    let server = &config["mcpServers"]["frontdesk"];
    assert_eq!(server["command"], env!("CARGO_PKG_NAME"), "the binary's name");
    let arguments = server["args"].as_array().unwrap().iter().map(|argument| argument.as_str().unwrap());
    let parsed = Cli::command().try_get_matches_from(std::iter::once("frontdesk").chain(arguments));
    assert_eq!(parsed.unwrap().subcommand_name(), Some("stdio"));
    for (variable, value) in server["env"].as_object().unwrap() {
        assert!(frontdesk::config::TOKEN_VARIABLES.contains(&variable.as_str()), "{variable} is not read");
        assert_eq!(value, &format!("${{{variable}}}"), "as Claude Code fills it in");
    }
}
