//! Lists the documents of a source without reading them.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use walkdir::{DirEntry, WalkDir};

use crate::{
    format::Format,
    report::SourceReport,
    settings::Settings,
    source::{InMemoryFile, Source},
    uri::{self, Labels},
};

/// A document that can be read.
#[derive(Debug)]
pub(crate) struct DocumentFile {
    pub(crate) uri: String,
    /// The path below its source, or the web address.
    pub(crate) source: String,
    pub(crate) format: Format,
    pub(crate) content: Content,
}

/// The place of a document's bytes.
#[derive(Debug)]
pub(crate) enum Content {
    OnDisk(PathBuf),
    InMemory(Cow<'static, [u8]>),
}

impl Content {
    /// Reads the bytes.
    ///
    /// # Errors
    /// If there are more than `bytes_max`, or the file cannot be read.
    pub(crate) fn read(&self, bytes_max: usize) -> io::Result<Cow<'_, [u8]>> {
        let bytes = match self {
            Content::InMemory(bytes) => Cow::Borrowed(bytes.as_ref()),
            Content::OnDisk(path) => {
                let mut bytes = Vec::new();
                // One byte more than allowed, so that a file which grows while it is read is noticed too.
                File::open(path)?.take(bytes_max as u64 + 1).read_to_end(&mut bytes)?;
                Cow::Owned(bytes)
            }
        };
        match bytes.len() > bytes_max {
            true => Err(io::Error::other(format!("larger than the limit of {bytes_max} bytes"))),
            false => Ok(bytes),
        }
    }
}

/// Lists the documents of one source, in the same order at every start. Web sites are left to `crawl`.
pub(crate) fn list(
    source: &Source,
    labels: &mut Labels,
    settings: &Settings,
    report: &mut SourceReport,
) -> Vec<DocumentFile> {
    let files = match source {
        Source::Path(path) if path.is_dir() => list_folder(path, labels, settings, report),
        Source::Path(path) if path.try_exists().is_ok_and(|exists| !exists) => {
            report.add_failure(path.display().to_string(), "does not exist");
            Vec::new()
        }
        Source::Path(path) => list_file(path, labels, report),
        Source::InMemory { name, files } => list_in_memory(name, files, labels, report),
        Source::Site { .. } => return Vec::new(),
    };
    if files.is_empty() && report.failures.is_empty() {
        report.add_failure(source.to_string(), format_args!("holds no document ({})", Format::NAMES));
    }
    files
}

fn list_file(path: &Path, labels: &mut Labels, report: &mut SourceReport) -> Vec<DocumentFile> {
    let source = file_name(path);
    let Some(format) = Format::of_path(&source) else {
        report.add_failure(path.display().to_string(), format_args!("is of no known format ({})", Format::NAMES));
        return Vec::new();
    };
    let uri = uri::build(&labels.assign(&source), "");
    vec![DocumentFile { uri, source, format, content: Content::OnDisk(path.to_owned()) }]
}

fn list_folder(
    folder: &Path,
    labels: &mut Labels,
    settings: &Settings,
    report: &mut SourceReport,
) -> Vec<DocumentFile> {
    let label = labels.assign(&file_name(folder));
    // Symbolic links are not followed, because they may lead out of the folder.
    let walk = WalkDir::new(folder).max_depth(settings.folder_depth_max).follow_links(false).sort_by_file_name();
    let mut files = Vec::new();
    for entry in walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry)) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => files.extend(list_entry(&label, folder, entry.path())),
            Ok(_folder_or_link) => {}
            Err(cause) => report.add_failure(folder.display().to_string(), cause),
        }
    }
    files
}

fn list_entry(label: &str, folder: &Path, path: &Path) -> Option<DocumentFile> {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let source = parts.join("/");
    let format = Format::of_path(&source)?;
    Some(DocumentFile { uri: uri::build(label, &source), source, format, content: Content::OnDisk(path.to_owned()) })
}

fn list_in_memory(
    name: &str,
    in_memory: &[InMemoryFile],
    labels: &mut Labels,
    report: &mut SourceReport,
) -> Vec<DocumentFile> {
    let label = labels.assign(name);
    let mut files = Vec::new();
    for file in in_memory {
        match Format::of_path(&file.path) {
            Some(format) => files.push(DocumentFile {
                uri: uri::build(&label, &file.path),
                source: file.path.clone(),
                format,
                content: Content::InMemory(file.bytes.clone()),
            }),
            None => report.add_failure(&file.path, format_args!("is of no known format ({})", Format::NAMES)),
        }
    }
    files
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('.')
}

/// Returns the last part of a path, also of `.` and `..`.
fn file_name(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
