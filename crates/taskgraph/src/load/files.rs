//! The files of a folder. Only this module of the crate reads from a disk.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::error::LoadError;

/// The largest file that is read: fifty times the largest known graph.
pub(super) const FILE_BYTES_MAX: usize = 5_000_000;
/// The most graphs that one server offers.
const FILES_MAX: usize = 200;

pub(super) struct File {
    /// The file's name without `.json`.
    pub(super) name: String,
    pub(super) text: String,
}

/// Lists the files of a folder that are taken for graphs, sorted by path.
///
/// # Errors
/// [`LoadError`] if the folder cannot be read, or holds no graph or more than 200.
pub fn paths_in(dir: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let mut paths = list(dir).map_err(|error| unreadable(dir, &error))?;
    paths.sort();
    if paths.is_empty() {
        return Err(LoadError::NoneThere { path: dir.display().to_string() });
    }
    if paths.len() > FILES_MAX {
        return Err(LoadError::TooMany { path: dir.display().to_string(), max: FILES_MAX });
    }
    Ok(paths)
}

/// Returns `true` if a file with this name is taken for a graph when its folder is served: it ends in `.json`, is not a
/// JSON Schema (`*.schema.json`) and is not hidden.
pub fn is_served(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".json") && !name.ends_with(".schema.json") && !name.starts_with('.')
}

/// Reads one file, whatever its name is.
pub(super) fn read(path: &Path) -> Result<File, LoadError> {
    let text = read_text(path).map_err(|error| unreadable(path, &error))?;
    Ok(File { name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), text })
}

fn list(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = vec![];
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if is_served(&path) && path.is_file() {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// Reads one byte more than is allowed, so that a file that is too large is noticed without being read whole.
fn read_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?.take(FILE_BYTES_MAX as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}

fn unreadable(path: &Path, error: &io::Error) -> LoadError {
    LoadError::Unreadable { path: path.display().to_string(), why: error.to_string() }
}
