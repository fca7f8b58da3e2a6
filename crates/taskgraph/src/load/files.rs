//! The files of a folder: the only place of the taskgraph that touches a disk.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{FILE_BYTES_MAX, LoadError};

/// How many graphs one server offers.
const FILES_MAX: usize = 200;

pub(super) struct File {
    /// The file's name without `.json`.
    pub(super) name: String,
    pub(super) text: String,
}

/// The `.json` files of a folder, ordered by name. A schema beside them (`*.schema.json`) is not a graph.
pub(super) fn graphs_in(dir: &Path) -> Result<Vec<File>, LoadError> {
    let paths = paths_in(dir)?;
    paths.iter().map(|path| read(path).map_err(|error| unreadable(path, &error))).collect()
}

/// Where these files are.
pub(super) fn paths_in(dir: &Path) -> Result<Vec<PathBuf>, LoadError> {
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

/// Whether a folder's file with this name is taken for a graph.
pub(super) fn is_graph(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".json") && !name.ends_with(".schema.json") && !name.starts_with('.')
}

/// One file, wherever it is.
pub(super) fn graph_at(path: &Path) -> Result<File, LoadError> {
    read(path).map_err(|error| unreadable(path, &error))
}

fn list(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = vec![];
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if is_graph(&path) && path.is_file() {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// Reads one byte more than is allowed, so that a file that is too large is noticed and not swallowed whole.
fn read(path: &Path) -> io::Result<File> {
    let mut text = String::new();
    fs::File::open(path)?.take(FILE_BYTES_MAX as u64 + 1).read_to_string(&mut text)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(File { name, text })
}

fn unreadable(path: &Path, error: &io::Error) -> LoadError {
    LoadError::Unreadable { path: path.display().to_string(), why: error.to_string() }
}
