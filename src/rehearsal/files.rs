//! The scenario files that a command line means: files as they are given, and those within folders.

use std::fs;
use std::path::{Path, PathBuf};

use super::scenario_file::{Invalid, ScenarioFile};

/// The most files of one rehearsal.
const FILES_MAX: usize = 2_000;
/// The folders within each other that are looked into.
const DEPTH_MAX: usize = 8;
/// The largest file.
const BYTES_MAX: u64 = 1_000_000;
/// Files of folders with this ending are replies of a scripted brain, not scenarios.
const SCRIPT_ENDING: &str = ".script.toml";

/// A file that cannot be rehearsed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error("{0}: {1}")]
    Read(String, String),
    /// It is no scenario.
    #[error("{}", at_line(.0, .1))]
    Invalid(String, Invalid),
    /// There are too many.
    #[error("more than {FILES_MAX} files: name fewer")]
    TooMany,
}

fn at_line(path: &str, invalid: &Invalid) -> String {
    let line = invalid.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{path}{line}: {}", invalid.message)
}

/// The paths of all files, those of a folder in the order of their names.
pub fn find(given: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut all = vec![];
    for path in given {
        if path.is_dir() {
            walk(path, DEPTH_MAX, &mut all)?;
        } else {
            all.push(path.clone());
        }
    }
    if all.len() > FILES_MAX { Err(Error::TooMany) } else { Ok(all) }
}

fn walk(folder: &Path, depth: usize, all: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::Read(folder.display().to_string(), error.to_string());
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    paths.sort();
    for path in paths {
        // A link could lead in a circle.
        let is_folder = path.is_dir() && !path.is_symlink();
        if is_folder && depth > 0 {
            walk(&path, depth - 1, all)?;
        } else if is_scenario(&path) && all.len() <= FILES_MAX {
            all.push(path);
        }
    }
    Ok(())
}

fn is_scenario(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.is_file() && name.ends_with(".toml") && !name.ends_with(SCRIPT_ENDING)
}

/// Reads a scenario.
pub fn read(path: &Path) -> Result<ScenarioFile, Error> {
    let shown = path.display().to_string();
    ScenarioFile::read(text(path)?).map_err(|invalid| Error::Invalid(shown, invalid))
}

/// The text of a file that is no larger than scenarios are.
pub fn text(path: &Path) -> Result<String, Error> {
    let failed = |why: String| Error::Read(path.display().to_string(), why);
    let size = fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
    if size > BYTES_MAX {
        return Err(failed(format!("{size} bytes, at most {BYTES_MAX}")));
    }
    fs::read_to_string(path).map_err(|error| failed(error.to_string()))
}

#[test]
fn folders_are_walked_in_order_and_scripts_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("b");
    fs::create_dir(&inner).unwrap();
    for name in ["c.toml", "a.toml", "a.script.toml", "notes.md", "b/x.toml"] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    let found = find(&[folder.path().to_owned(), "given.toml".into()]).unwrap();
    let named: Vec<_> = found.iter().map(|path| path.strip_prefix(folder.path()).unwrap_or(path)).collect();
    assert_eq!(named, ["a.toml", "b/x.toml", "c.toml", "given.toml"].map(Path::new));
    assert!(read(&folder.path().join("a.toml")).unwrap_err().to_string().contains("a.toml:1: "));
}
