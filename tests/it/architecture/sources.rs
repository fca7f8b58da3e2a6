//! Finds the Rust sources of every crate in the workspace.

use std::fs;
use std::path::{Path, PathBuf};

/// One source file and the module that it defines.
pub(super) struct Source {
    /// The path from the root of the repository.
    pub(super) file: String,
    /// The module path inside its crate; empty for `lib.rs`.
    pub(super) module: Vec<String>,
    pub(super) text: String,
}

/// The library sources of each crate, named by the crate's folder.
pub(super) fn crates() -> Vec<(String, Vec<Source>)> {
    let mut members: Vec<_> = folder(&root().join("crates")).into_iter().filter(|path| path.is_dir()).collect();
    members.push(root());
    let mut crates: Vec<_> = members
        .iter()
        .map(|member| (name_of(member), below(&member.join("src")).map(|path| source(member, &path)).collect()))
        .collect();
    crates.sort_by_key(|(name, _): &(String, Vec<Source>)| name.clone());
    crates
}

/// Every Rust file of the repository, with its text: libraries, tests, benches, examples and fuzz targets.
pub(super) fn everything() -> Vec<(String, String)> {
    let folders = ["benches", "crates", "examples", "fuzz", "src", "tests"];
    folders
        .iter()
        .flat_map(|name| below(&root().join(name)))
        .map(|path| (relative(&path), fs::read_to_string(&path).unwrap()))
        .collect()
}

pub(super) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn name_of(member: &Path) -> String {
    if *member == root() { "frontdesk".to_owned() } else { member.file_name().unwrap().to_string_lossy().into_owned() }
}

fn source(member: &Path, path: &Path) -> Source {
    let inside = path.strip_prefix(member.join("src")).unwrap().with_extension("");
    let mut module: Vec<_> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if matches!(module.last().map(String::as_str), Some("lib" | "mod")) {
        module.pop();
    }
    Source { file: relative(path), module, text: fs::read_to_string(path).unwrap() }
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

/// The `.rs` files below a folder, without build output.
fn below(top: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let mut files = vec![];
    let mut folders = vec![top.to_owned()];
    while let Some(next) = folders.pop() {
        for path in folder(&next) {
            if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files.into_iter()
}

fn folder(path: &Path) -> Vec<PathBuf> {
    fs::read_dir(path).map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}
