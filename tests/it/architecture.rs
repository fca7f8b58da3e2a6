//! Who may use whom. Edit the table when the design changes, not the test.

use std::fs;
use std::path::Path;

/// Each room may use itself and what is listed; `main.rs` may use everything.
const ALLOWED: &[(&str, &[&str])] = &[
    ("app", &["change_feed", "config", "mcp", "store", "tool", "tools"]),
    ("authoring", &["config"]),
    ("check", &["tool", "tools"]),
    ("config", &["telemetry"]),
    ("demo", &["app", "config", "mcp"]),
    ("mcp", &["change_feed", "desk", "session", "tool", "tools"]),
    ("setup", &["config"]),
    ("telemetry", &[]),
    ("tools", &["booking", "desk", "session", "tool"]),
    ("session", &["change_feed", "store", "tool"]),
    ("desk", &["tool"]),
    ("booking", &["desk", "tool"]),
    ("tool", &["change_feed", "store"]),
    ("store", &[]),
    ("change_feed", &[]),
    ("lib", &["*"]),
    ("main", &["*"]),
];

/// Crates that one room alone may name.
const ONLY: &[(&str, &[&str])] = &[("rmcp", &["mcp", "demo"]), ("sqlx", &["store"])];

#[test]
fn rooms_use_only_what_stands_below_them() {
    let mut wrong = vec![];
    for (file, room, text) in sources() {
        let allowed = ALLOWED.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed);
        let Some(allowed) = allowed else { panic!("`{room}` stands in no row of the table") };
        for (number, line) in code(&text) {
            for used in uses(&line) {
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

/// Lines with their numbers, without comments; a `use` over several lines is one.
fn code(text: &str) -> Vec<(usize, String)> {
    let mut code: Vec<(usize, String)> = vec![];
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    for (number, line) in numbered.filter(|(_, line)| !line.starts_with("//")) {
        match code.last_mut() {
            Some((_, begun)) if is_use(begun) && !begun.contains(';') => *begun += line,
            _ => code.push((number, line.to_owned())),
        }
    }
    code
}

fn is_use(line: &str) -> bool {
    line.split_whitespace().find(|word| !word.starts_with("pub")) == Some("use")
}

#[test]
fn a_use_over_several_lines_is_seen_as_a_whole() {
    let text = "fn a() {}\npub(super) use crate::{\n    // Why.\n    change_feed::Change,\n    sandbox::{\n        State,\n        clock,\n    },\n};\nuse crate::crm::id;\n";
    let seen: Vec<_> = code(text).into_iter().map(|(number, line)| (number, uses(&line))).collect();
    let expected: [(usize, &[&str]); 3] = [(1, &[]), (2, &["change_feed", "sandbox"]), (10, &["desk"])];
    assert_eq!(seen, expected.map(|(number, rooms)| (number, rooms.iter().map(ToString::to_string).collect())));
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
