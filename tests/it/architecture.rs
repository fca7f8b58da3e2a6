//! Who may use whom. Edit the table when the design changes, not the test.

use std::fs;
use std::path::Path;

/// Each room may use itself and what is listed; `main.rs` may use everything.
const ALLOWED: &[(&str, &[&str])] = &[
    (
        "app",
        &[
            "announce",
            "clock",
            "config",
            "hubspot",
            "knowledge",
            "mcp",
            "sandbox",
            "store",
            "taskgraph",
            "tool",
            "tools",
            "wire",
        ],
    ),
    ("authoring", &["config", "taskgraph"]),
    ("check", &["crm", "hubspot", "tool", "tools"]),
    ("config", &["hubspot", "telemetry"]),
    ("demo", &["app", "config", "mcp", "sandbox"]),
    ("mcp", &["announce", "crm", "desk", "knowledge", "session", "taskgraph", "tool", "tools"]),
    ("setup", &["config"]),
    ("telemetry", &[]),
    ("tools", &["booking", "crm", "desk", "hubspot", "knowledge", "session", "taskgraph", "tool"]),
    ("session", &["announce", "crm", "store", "taskgraph", "tool"]),
    ("desk", &["crm", "hubspot", "tool"]),
    ("booking", &["crm", "desk", "hubspot", "tool"]),
    ("tool", &["announce", "clock", "crm", "hubspot", "knowledge", "store", "taskgraph"]),
    ("taskgraph", &["crm"]),
    ("knowledge", &["crm", "wire"]),
    ("hubspot", &["clock", "crm", "wire"]),
    ("wire", &[]),
    ("sandbox", &[]),
    ("store", &[]),
    ("announce", &[]),
    ("clock", &[]),
    ("crm", &[]),
    ("lib", &["*"]),
    ("main", &["*"]),
];

/// Crates that one room alone may name.
const ONLY: &[(&str, &[&str])] =
    &[("rmcp", &["mcp", "demo"]), ("reqwest", &["wire"]), ("sqlx", &["store"]), ("tantivy", &["knowledge"])];

#[test]
fn rooms_use_only_what_stands_below_them() {
    let mut wrong = vec![];
    for (file, room, text) in sources() {
        let allowed = ALLOWED.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed);
        let Some(allowed) = allowed else { panic!("`{room}` stands in no row of the table") };
        for (number, line) in code(&text) {
            for used in uses(line) {
                if used != room && !allowed.contains(&used.as_str()) && !allowed.contains(&"*") {
                    wrong.push(format!("{file}:{number}: `{room}` may not use `{used}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn outside_crates_stay_in_their_room() {
    let mut wrong = vec![];
    for (file, room, text) in sources() {
        for (number, line) in code(&text) {
            for (name, rooms) in ONLY {
                if line.contains(&format!("{name}::")) && !rooms.contains(&room.as_str()) {
                    wrong.push(format!("{file}:{number}: `{room}` may not name `{name}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Names after `crate::`, also inside `use crate::{a::.., b::..}` on one line.
fn uses(line: &str) -> Vec<String> {
    let word = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let after = line.match_indices("crate::").map(|(at, found)| &line[at + found.len()..]);
    let names = after.flat_map(|rest| match rest.strip_prefix('{') {
        Some(list) => outer_parts(list).into_iter().map(word).collect(),
        None => vec![word(rest)],
    });
    names.filter(|name| !name.is_empty()).collect()
}

/// Splits at the commas that are in no inner braces.
fn outer_parts(list: &str) -> Vec<&str> {
    let mut depth = 0;
    list.split(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}

/// Lines with their numbers, without comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Every file below `src/`, the room it belongs to, and its text.
fn sources() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = vec![];
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let file = path.strip_prefix(&root).unwrap().display().to_string();
                let room = file.split(['/', '.']).next().unwrap().to_owned();
                found.push((file, room, fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}
