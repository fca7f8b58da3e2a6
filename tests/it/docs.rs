//! Checks of the documentation: its size, its links, the paths it names, and the workspace picture.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use crate::generated::{check_section, root, text_of};

const README_LINES_MAX: usize = 150;
const README_CHARACTERS_MAX: usize = 9_000;
/// Folders of the repository: an inline code span that begins with one of them is a path.
const FOLDERS: [&str; 8] = ["src/", "crates/", "tests/", "docs/", "examples/", "taskgraphs/", "benches/", "fuzz/"];

#[test]
fn the_readme_is_read_in_a_minute() {
    let readme = text_of("README.md");
    let (lines, characters) = (readme.lines().count(), readme.chars().count());
    assert!(lines <= README_LINES_MAX, "README.md has {lines} lines of {README_LINES_MAX}");
    assert!(characters <= README_CHARACTERS_MAX, "README.md has {characters} characters of {README_CHARACTERS_MAX}");
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let mut broken = vec![];
    for file in guides() {
        let page = Page::read(&file);
        for link in page.links.iter().filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target =
                if path.is_empty() { root().join(&file) } else { root().join(&file).parent().unwrap().join(path) };
            if !target.exists() {
                broken.push(format!("{file}: `{link}`: no such file"));
            } else if !anchor.is_empty() && !Page::of(&target).anchors.contains(anchor) {
                broken.push(format!("{file}: `{link}`: no such heading"));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_path_that_a_guide_names_exists() {
    let mut missing = vec![];
    for file in guides() {
        let folder = root().join(&file).parent().unwrap().to_owned(); // A crate's README names its own files.
        for path in Page::read(&file).code.iter().filter(|span| is_path(span)) {
            if !root().join(path).exists() && !folder.join(path).exists() {
                missing.push(format!("{file}: `{path}`"));
            }
        }
    }
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

/// Spans with a placeholder name no file.
fn is_path(span: &str) -> bool {
    let placeholder = span.contains(char::is_whitespace) || span.contains(['*', '<', '{']) || span.contains("NAME");
    !placeholder && FOLDERS.iter().any(|folder| span.starts_with(folder))
}

#[test]
fn the_book_holds_every_page() {
    let (summary, index) = (Page::read("docs/SUMMARY.md").links, Page::read("docs/README.md").links);
    for file in markdown_in("docs").iter().filter(|file| *file != "docs/SUMMARY.md") {
        let page = file.trim_start_matches("docs/");
        let named = summary.iter().filter(|link| *link == page).count();
        assert_eq!(named, 1, "docs/SUMMARY.md names {page}; the book is not built with a page that stands twice");
        assert!(page == "README.md" || index.iter().any(|link| link == page), "docs/README.md does not name {page}");
    }
    let order = |links: &[String]| -> Vec<String> {
        links.iter().filter(|link| summary.contains(link) && *link != "README.md").cloned().collect()
    };
    assert_eq!(order(&index), order(&summary), "docs/README.md has the order of docs/SUMMARY.md");
}

/// All Markdown files for people: at the root, in the book, and of each crate.
fn guides() -> Vec<String> {
    let crates = std::fs::read_dir(root().join("crates")).unwrap().flatten();
    let crates = crates.map(|folder| format!("crates/{}", folder.file_name().to_string_lossy()));
    let folders = [String::new(), "docs".to_owned()].into_iter().chain(crates);
    let files: Vec<_> = folders.flat_map(|folder| markdown_in(&folder)).collect();
    assert!(files.len() > 20, "the guides were not found");
    files
}

/// The Markdown files directly in a folder, as paths from the root.
fn markdown_in(folder: &str) -> Vec<String> {
    let names = std::fs::read_dir(root().join(folder)).unwrap().flatten();
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let names = names.filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "md"));
    names.map(|name| if folder.is_empty() { name } else { format!("{folder}/{name}") }).collect()
}

/// The parts of a Markdown file that the checks need.
#[derive(Default)]
struct Page {
    links: Vec<String>,
    /// Inline code spans.
    code: Vec<String>,
    anchors: BTreeSet<String>,
}

impl Page {
    fn read(file: &str) -> Page {
        Page::of(&root().join(file))
    }

    fn of(path: &PathBuf) -> Page {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Page::parse(&text)
    }

    fn parse(text: &str) -> Page {
        let mut page = Page::default();
        let mut heading: Option<String> = None;
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.to_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.add_anchor(&heading.take().unwrap_or_default()),
                Event::Text(text) => heading.iter_mut().for_each(|heading| heading.push_str(&text)),
                Event::Code(code) => {
                    heading.iter_mut().for_each(|heading| heading.push_str(&code));
                    page.code.push(code.to_string());
                }
                _ => {}
            }
        }
        page
    }

    /// By GitHub's rule: lower case, spaces become hyphens, punctuation goes, a repeated heading gets a number.
    fn add_anchor(&mut self, heading: &str) {
        let kept = heading.to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let slug: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        let numbered = (1..).map(|number| format!("{slug}-{number}"));
        let free = std::iter::once(slug.clone()).chain(numbered).find(|slug| !self.anchors.contains(slug));
        self.anchors.extend(free);
    }
}

#[test]
fn anchors_follow_githubs_rule() {
    let page = Page::parse("# One call, `file` by file\n\n## C++ & more\n\n## C++ & more\n\n```\n# no heading\n```\n");
    assert_eq!(page.anchors.into_iter().collect::<Vec<_>>(), ["c--more", "c--more-1", "one-call-file-by-file"]);
}

#[test]
fn the_workspace_picture_is_as_cargo_says() {
    check_section("ARCHITECTURE.md", "workspace", &format!("```text\n{}```\n", workspace_picture(&members())));
}

/// The members of this workspace that a member uses.
#[derive(Default)]
struct Uses {
    always: BTreeSet<String>,
    in_tests: BTreeSet<String>,
}

/// One line for each member, users above the members they use.
fn workspace_picture(members: &BTreeMap<String, Uses>) -> String {
    let mut names: Vec<_> = members.keys().collect();
    names.sort_by_key(|name| (std::cmp::Reverse(height(name, members)), name.as_str()));
    let width = names.iter().map(|name| name.len()).max().unwrap_or_default();
    let mut picture = String::new();
    for name in names {
        let Uses { always, in_tests } = &members[name];
        let mut uses = always.iter().cloned().collect::<Vec<_>>().join(", ");
        if !in_tests.is_empty() {
            let _ = write!(uses, " (tests: {})", in_tests.iter().cloned().collect::<Vec<_>>().join(", "));
        }
        let uses = if uses.is_empty() { "-" } else { uses.trim() };
        let _ = writeln!(picture, "{name:width$}  {uses}");
    }
    picture
}

/// The number of members below this one, on the longest way down.
fn height(name: &str, members: &BTreeMap<String, Uses>) -> usize {
    members[name].always.iter().map(|used| height(used, members) + 1).max().unwrap_or_default()
}

fn members() -> BTreeMap<String, Uses> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().map(|package| (package["name"].as_str().unwrap().to_owned(), uses_of(package))).collect()
}

/// Dependencies with a path are members.
fn uses_of(package: &Value) -> Uses {
    let mut uses = Uses::default();
    for dependency in package["dependencies"].as_array().unwrap().iter().filter(|used| used["path"].is_string()) {
        let name = dependency["name"].as_str().unwrap().to_owned();
        match dependency["kind"].as_str() {
            Some("dev") => uses.in_tests.insert(name),
            _ => uses.always.insert(name),
        };
    }
    uses.in_tests = &uses.in_tests - &uses.always;
    uses
}
