//! Files: copies, links, permissions, and what cannot be read.

use std::fs;
use std::path::Path;

use frontdesk::cli::setup::clients::{self, Secret};
use frontdesk::cli::setup::merge::{self, Dialect};
use serde_json::Value;
use tempfile::TempDir;

use super::{entry, json_in, names, set_up, settings};

/// A repository of somebody else's can hold a pipe, whose opening waits without end.
#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_the_file_is_refused() {
    let root = TempDir::new().unwrap();
    let file = root.path().join("project/.cursor/mcp.json");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    for words in [&["cursor", "--project"][..], &["cursor", "--project", "--dry-run"][..]] {
        let (root, words) = (root.path().to_owned(), words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        let (said, outcome) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            said.send(set_up(&words, &root).map_err(|error| error.to_string()))
        });
        let outcome = outcome.recv_timeout(std::time::Duration::from_secs(10)).expect("it waits for the pipe");
        assert!(outcome.is_ok() || outcome.unwrap_err().contains("no regular file"));
    }
}

#[test]
fn no_link_of_a_project_leads_out_of_it() {
    use std::os::unix::fs::symlink;
    let planted = "/*\nssh-rsa AAAA attacker\n*/\n{\"servers\": {}}";
    let at = |root: &TempDir| root.path().join("project/.vscode");
    let prepared = || {
        let root = TempDir::new().unwrap();
        fs::create_dir_all(at(&root)).unwrap();
        fs::create_dir_all(root.path().join("home/.ssh")).unwrap();
        root
    };
    // A backup that is a link to a file which does not exist yet.
    let root = prepared();
    let keys = root.path().join("home/.ssh/authorized_keys");
    fs::write(at(&root).join("mcp.json"), planted).unwrap();
    symlink(&keys, at(&root).join("mcp.json.backup-1")).unwrap();
    set_up(&["vscode", "--project", "--sandbox"], root.path()).unwrap();
    assert!(!keys.exists());
    assert_eq!(fs::read_to_string(at(&root).join("mcp.json.backup-2")).unwrap(), planted);
    // The file itself, its folder, and a file that does not exist yet.
    for (link, target) in [
        (".vscode/mcp.json", "home/other.json"),
        (".vscode/mcp.json", "home/not-yet.json"),
        (".vscode", "home"),
        (".vscode", "home/not-yet"),
    ] {
        let root = prepared();
        let other = root.path().join("home/other.json");
        fs::write(&other, "{}").unwrap();
        if link == ".vscode" {
            fs::remove_dir(at(&root)).unwrap();
        }
        symlink(root.path().join(target), root.path().join("project").join(link)).unwrap();
        let error = set_up(&["vscode", "--project", "--sandbox"], root.path()).unwrap_err();
        assert!(error.to_string().contains("out of the project"), "{link} {error}");
        assert_eq!(names(&root.path().join("home")), [".ssh", "other.json"], "{link} -> {target}");
        assert_eq!(fs::read_to_string(&other).unwrap(), "{}");
    }
    // A link that stays inside is followed.
    let root = prepared();
    fs::write(root.path().join("project/shared.json"), "{}").unwrap();
    symlink(root.path().join("project/shared.json"), at(&root).join("mcp.json")).unwrap();
    set_up(&["vscode", "--project", "--sandbox"], root.path()).unwrap();
    assert!(json_in(&root.path().join("project/shared.json"))["servers"]["frontdesk"].is_object());
}

#[test]
fn every_write_leaves_its_own_copy() {
    let root = TempDir::new().unwrap();
    let file = root.path().join("mcp.json");
    fs::write(&file, "{}").unwrap();
    set_up(&["cursor", "--file", file.to_str().unwrap(), "--name", "one"], root.path()).unwrap();
    let after_one = fs::read_to_string(&file).unwrap();
    set_up(&["cursor", "--file", file.to_str().unwrap(), "--name", "two"], root.path()).unwrap();
    assert_eq!(names(root.path()), ["mcp.json", "mcp.json.backup-1", "mcp.json.backup-2"]);
    assert_eq!(fs::read_to_string(root.path().join("mcp.json.backup-1")).unwrap(), "{}");
    assert_eq!(fs::read_to_string(root.path().join("mcp.json.backup-2")).unwrap(), after_one);
}

#[test]
fn an_unreadable_file_is_refused_and_left_unchanged() {
    let refused = [
        ("{", "not valid JSON"),
        (r#"{"mcpServers": {}} trailing"#, "not valid JSON"),
        ("// a comment\n{}", "not valid JSON"),
        (r#"{"mcpServers": {"a": {},}}"#, "not valid JSON"),
        ("[]", "`the file` is not an object"),
        (r#"{"mcpServers": []}"#, "`mcpServers` is not an object"),
        (r#"{"mcpServers": null}"#, "`mcpServers` is not an object"),
        (r#"{"mcpServers": {}, "mcpServers": {}}"#, "`mcpServers` stands there more than once"),
        (r#"{"mcpServers": {"frontdesk": {}, "frontdesk": {}}}"#, "`frontdesk` stands there more than once"),
    ];
    for (text, problem) in refused {
        let root = TempDir::new().unwrap();
        let file = root.path().join("mcp.json");
        fs::write(&file, text).unwrap();
        let error = set_up(&["cursor", "--file", file.to_str().unwrap()], root.path()).unwrap_err().to_string();
        assert!(error.contains(problem) && error.contains("was left as it is"), "{error}");
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
        assert_eq!(names(root.path()), ["mcp.json"], "{text}");
    }
}

#[test]
fn comments_in_a_file_of_vscode_stay() {
    let before = "{\n  // my servers\n  \"servers\": {\n    \"a\": { \"command\": \"a\" }, // the first\n  },\n}\n";
    let (settings, _) = settings(&["vscode"]);
    let entry = clients::entry(
        settings.client,
        "frontdesk",
        Path::new("/bin/frontdesk"),
        &["stdio".into()],
        Some(Secret::Token),
    )
    .unwrap();
    insta::assert_snapshot!(merge::merged(before, &entry, Dialect::JsonWithComments).unwrap());
}

#[test]
fn an_empty_file_and_a_byte_order_mark_are_accepted() {
    let entry = entry("frontdesk");
    for before in ["", " \n", "\u{feff}{}", "\u{feff}"] {
        let after = merge::merged(before, &entry, Dialect::Json).unwrap();
        assert_eq!(after.starts_with('\u{feff}'), before.starts_with('\u{feff}'));
        let config: Value = serde_json::from_str(after.trim_start_matches('\u{feff}')).unwrap();
        assert_eq!(config["mcpServers"]["frontdesk"]["command"], "/bin/frontdesk");
    }
}

#[cfg(unix)]
#[test]
fn a_new_file_is_private_an_existing_one_keeps_its_permissions_and_a_link_stays_a_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let root = TempDir::new().unwrap();
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
    let new = root.path().join("new.json");
    set_up(&["cursor", "--file", new.to_str().unwrap()], root.path()).unwrap();
    assert_eq!(mode(&new), 0o600);
    let (known, link) = (root.path().join("known.json"), root.path().join("link.json"));
    fs::write(&known, "{}").unwrap();
    fs::set_permissions(&known, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&known, &link).unwrap();
    set_up(&["cursor", "--file", link.to_str().unwrap()], root.path()).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(mode(&known), 0o640);
    assert!(json_in(&known)["mcpServers"]["frontdesk"].is_object());
    assert_eq!(names(root.path()), ["known.json", "known.json.backup-1", "link.json", "new.json"]);
}
