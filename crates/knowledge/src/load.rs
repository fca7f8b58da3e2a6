//! Lists what a source holds. Nothing is read here but the names.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use walkdir::{DirEntry, WalkDir};

use super::{
    format::Format,
    report::SourceReport,
    settings::Settings,
    source::{GivenFile, Source},
    uri::{self, Labels},
};

/// One document that can be read.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) uri: String,
    /// What people know it by: the path below its source, or the web address.
    pub(super) shown: String,
    pub(super) format: Format,
    pub(super) content: Content,
}

/// Where its bytes are.
#[derive(Debug)]
pub(super) enum Content {
    OnDisk(PathBuf),
    Here(Cow<'static, [u8]>),
}

impl Content {
    /// The bytes, if they are at most `bytes_max`.
    pub(super) fn read(&self, bytes_max: usize) -> io::Result<Cow<'_, [u8]>> {
        let bytes = match self {
            Content::Here(bytes) => Cow::Borrowed(bytes.as_ref()),
            Content::OnDisk(path) => {
                let mut bytes = Vec::new();
                // One more than allowed, so that a file which grows while it is read is noticed too.
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

/// The documents of one source, in one order at every start.
pub(super) fn list(
    source: &Source,
    labels: &mut Labels,
    settings: &Settings,
    report: &mut SourceReport,
) -> Vec<Listed> {
    let listed = match source {
        Source::Path(path) if path.is_dir() => list_folder(path, labels, settings, report),
        Source::Path(path) if path.try_exists().is_ok_and(|exists| !exists) => {
            report.fail(path.display().to_string(), "does not exist");
            Vec::new()
        }
        Source::Path(path) => list_file(path, labels, report),
        Source::Given { name, files } => list_given(name, files, labels, report),
        // Read over the network, by `crawl`.
        Source::Site { .. } => return Vec::new(),
    };
    if listed.is_empty() && report.failures.is_empty() {
        report.fail(source.to_string(), format_args!("holds no document ({})", Format::NAMES));
    }
    listed
}

fn list_file(path: &Path, labels: &mut Labels, report: &mut SourceReport) -> Vec<Listed> {
    let shown = file_name(path);
    let Some(format) = Format::of_path(&shown) else {
        report.fail(path.display().to_string(), format_args!("is of no known format ({})", Format::NAMES));
        return Vec::new();
    };
    let uri = uri::of(&labels.take(&shown), "");
    vec![Listed { uri, shown, format, content: Content::OnDisk(path.to_owned()) }]
}

fn list_folder(folder: &Path, labels: &mut Labels, settings: &Settings, report: &mut SourceReport) -> Vec<Listed> {
    let label = labels.take(&file_name(folder));
    // Links are not followed: they may lead out of the folder that was named.
    let walk = WalkDir::new(folder).max_depth(settings.folder_depth_max).follow_links(false).sort_by_file_name();
    let mut listed = Vec::new();
    for entry in walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry)) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => listed.extend(list_entry(&label, folder, entry.path())),
            Ok(_folder_or_link) => {}
            Err(cause) => report.fail(folder.display().to_string(), cause),
        }
    }
    listed
}

fn list_entry(label: &str, folder: &Path, path: &Path) -> Option<Listed> {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let shown = parts.join("/");
    let format = Format::of_path(&shown)?;
    Some(Listed { uri: uri::of(label, &shown), shown, format, content: Content::OnDisk(path.to_owned()) })
}

fn list_given(name: &str, files: &[GivenFile], labels: &mut Labels, report: &mut SourceReport) -> Vec<Listed> {
    let label = labels.take(name);
    let mut listed = Vec::new();
    for file in files {
        match Format::of_path(&file.path) {
            Some(format) => listed.push(Listed {
                uri: uri::of(&label, &file.path),
                shown: file.path.clone(),
                format,
                content: Content::Here(file.bytes.clone()),
            }),
            None => report.fail(&file.path, format_args!("is of no known format ({})", Format::NAMES)),
        }
    }
    listed
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('.')
}

/// The last part of a path, also of `.` and `..`.
fn file_name(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
