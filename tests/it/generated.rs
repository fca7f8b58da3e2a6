//! Compares the generated parts of the documentation, and `mcp.json`, with the code they describe.
//!
//! `UPDATE=1 cargo test --test it generated` writes them.

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use clap::CommandFactory;
use domain::code::Code;
use frontdesk::autopilot;
use frontdesk::config::Cli;
use frontdesk::tool::{Effect, ToolEntry};
use frontdesk::tools;
use hubspot_sandbox::admin_reference::{self, Endpoint};

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the repository.
pub(crate) fn text_of(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn tables_are_as_the_code_says() {
    let tables = [
        ("docs/tools.md", "tools", tool_table(tools::all().iter())),
        ("docs/tools.md", "operator-tools", tool_table(autopilot::tools::all().iter())),
        ("docs/settings.md", "settings", settings_table()),
        ("docs/sandbox.md", "admin", admin_table()),
        ("docs/sandbox.md", "effects", effect_table()),
        ("docs/errors.md", "errors", error_table()),
        ("README.md", "tool-list", tool_list()),
        ("README.md", "differences", differences()),
    ];
    for (file, section, content) in tables {
        check_section(file, section, &content);
    }
}

/// Serialises the tests that write documentation.
static WRITING: Mutex<()> = Mutex::new(());

/// Compares the section of a Markdown file with its expected content. With `UPDATE=1` it writes the section.
///
/// A section stands between the lines `<!-- NAME: written by a test -->` and `<!-- NAME: end -->`.
pub(crate) fn check_section(file: &str, section: &str, content: &str) {
    let _lock = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let before = text_of(file);
    check_file_locked(file, &before, &with_section(file, &before, section, content));
}

/// Compares a whole generated file with its expected content. With `UPDATE=1` it writes the file.
pub(crate) fn check_file(file: &str, content: &str) {
    let _lock = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let before = fs::read_to_string(root().join(file)).unwrap_or_default();
    check_file_locked(file, &before, content);
}

fn check_file_locked(file: &str, before: &str, after: &str) {
    if updating() {
        fs::write(root().join(file), after).unwrap();
    } else {
        assert!(before == after, "{file} is out of date: run this test with `UPDATE=1`");
    }
}

/// Whether this run writes generated files.
pub(crate) fn updating() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Replaces the text between the two marks of a section.
fn with_section(file: &str, text: &str, section: &str, content: &str) -> String {
    let (begin, end) = (format!("<!-- {section}: written by a test -->\n"), format!("<!-- {section}: end -->"));
    let start = text.find(&begin).unwrap_or_else(|| panic!("{file} has no section `{section}`")) + begin.len();
    let stop = start + text[start..].find(&end).unwrap_or_else(|| panic!("section `{section}` of {file} has no end"));
    format!("{}{content}{}", &text[..start], &text[stop..])
}

/// Holds a generated file against what it must hold, or writes it.
fn hold_file(path: &str, content: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, content).unwrap();
    } else {
        assert!(fs::read_to_string(&file).unwrap() == content, "{path} is outdated: run this test with `UPDATE=1`");
    }
}

#[test]
fn the_shipped_schema_of_taskgraphs_is_that_of_the_types() {
    let schema = serde_json::to_string_pretty(&taskgraph::schema::json_schema()).unwrap() + "\n";
    hold_file("taskgraphs/taskgraph.schema.json", &schema);
}

/// The crate stands on its own, so its tests have a copy.
#[test]
fn the_taskgraph_crate_is_tested_with_the_shipped_graph() {
    let (name, text) = frontdesk::app::taskgraphs::SHIPPED[0];
    hold_file(&format!("crates/taskgraph/tests/data/{name}.json"), text);
}

fn tool_table<'a>(all: impl Iterator<Item = &'a ToolEntry>) -> String {
    let mut table = String::from("| tool | what it does | arguments | changes | scopes |\n|---|---|---|---|---|\n");
    for tool in all {
        let first = first_paragraph(tool.description());
        let effect = match tool.effect {
            Effect::Read => "nothing",
            Effect::Create | Effect::Book => "adds",
            Effect::Send => "sends",
            Effect::Update => "changes",
        };
        let scopes = code_list(tool.scopes.iter().copied());
        let optional = code_list(tool.optional_scopes.iter().copied());
        let scopes =
            if tool.optional_scopes.is_empty() { scopes } else { format!("{scopes}; less without {optional}") };
        table += &format!("| `{}` | {first} | {} | {effect} | {scopes} |\n", tool.name, arguments(tool));
    }
    table
}

/// One line for each tool.
fn tool_list() -> String {
    tools::all().iter().map(|tool| format!("- `{}`: {}\n", tool.name, first_sentence(tool.description()))).collect()
}

fn first_sentence(description: &str) -> String {
    let paragraph = first_paragraph(description);
    let end = [". ", "; ", ": "].into_iter().filter_map(|mark| paragraph.find(mark)).min();
    let sentence = end.map_or(paragraph.as_str(), |end| &paragraph[..end]);
    let mut letters = sentence.trim_end_matches('.').chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters).chain(['.']).collect()
}

/// The five differences from other servers. Each number is read from where a command of ours wrote it.
fn differences() -> String {
    let (checks, failed) = conformance();
    format!(
        "1. **It does the whole job.** {tools} tools cover contacts, tickets, free times, bookings, documents and HubSpot's \
         inbox; those of the desk cost the model at most {tokens} tokens. Dates are read in the customer's time zone; an ambiguous one is refused.\n\
         2. **It writes once.** {faults} combinations of a tool and a HubSpot failure are tested: nothing is done twice or lost \
         unsaid.\n\
         3. **It respects HubSpot's limits.** {customers} customers who say hello at once are recognised and logged with at \
         most {requests} requests.\n\
         4. **It brings its own HubSpot.** {clients} of HubSpot's own clients work on it unchanged, and every test runs offline.\n\
         5. **It works with every client.** {checks} checks of the official conformance suite pass and {failed} fail, over \
         HTTP, for old and new protocol revisions; real clients are driven over stdio as well.\n",
        tools = tools::all().len(),
        tokens = grouped(crate::definitions::TOKENS_MAX),
        faults = faults_tested(),
        customers = grouped(crate::thundering_herd::CUSTOMERS),
        requests = crate::thundering_herd::REQUESTS_MAX,
        clients = hubspot_clients(),
    )
}

/// Checks of the conformance suite that pass, and that fail, over all revisions.
fn conformance() -> (u32, u32) {
    let text = text_of("docs/clients.md");
    let (_, table) = text.split_once("<!-- conformance: written by").unwrap();
    let rows = table.lines().skip(3).take_while(|line| line.starts_with('|'));
    let counts = rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        (cells[2].parse::<u32>().unwrap(), cells[3].parse::<u32>().unwrap())
    });
    counts.fold((0, 0), |(passed, failed), (more_passed, more_failed)| (passed + more_passed, failed + more_failed))
}

/// The rows of the fault matrix.
fn faults_tested() -> usize {
    let file = "tests/it/snapshots/it__fault_matrix__every_fault_of_hubspot_is_met_by_every_tool.snap";
    text_of(file).lines().filter(|line| line.starts_with("  ")).count()
}

/// The programs of HubSpot's own that `tests/clients/run hubspot` drives: each has a folder, with a pinned list for each of
/// its versions.
fn hubspot_clients() -> usize {
    let is_pinned = |name: &str| name.starts_with("requirements-") || name == "package.json";
    let folders = fs::read_dir(root().join("tests/clients/hubspot")).unwrap().flatten();
    let pins = |folder: &fs::DirEntry| {
        let mut files = fs::read_dir(folder.path()).unwrap().flatten();
        files.any(|file| is_pinned(&file.file_name().to_string_lossy()))
    };
    folders.filter(pins).count()
}

/// A number with a comma before its last three digits.
fn grouped(number: usize) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

fn first_paragraph(description: &str) -> String {
    description.split("\n\n").next().unwrap().replace('\n', " ")
}

/// Required arguments first as they are, optional ones in brackets.
fn arguments(tool: &ToolEntry) -> String {
    let required: Vec<_> = tool.input().get("required").and_then(|r| r.as_array()).cloned().unwrap_or_default();
    let properties = tool.input().get("properties").and_then(|p| p.as_object()).unwrap();
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

#[test]
fn mcp_json_starts_the_server() {
    let config: serde_json::Value = serde_json::from_str(&text_of("mcp.json")).unwrap();
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
