//! Lists the documents of a source without reading them.

use std::{
    borrow::Cow,
    fs::{File, Metadata},
    io::{self, Read},
    path::{Path, PathBuf},
};

use walkdir::{DirEntry, WalkDir};

use crate::{
    format::{
        Format,
        parsed::{ParseError, ParsedDocument},
    },
    report::{FailureKind, SourceReport},
    settings::Settings,
    source::{InMemoryFile, Source},
    text,
    uri::{self, Labels},
};

/// The longest ending of a file's name that a report repeats.
const ENDING_CHARS_MAX: usize = 16;

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
    /// A page that was parsed when its site was crawled.
    Parsed(ParsedPage),
}

/// A page that is parsed, so that it is read once only.
#[derive(Debug)]
pub(crate) struct ParsedPage {
    /// The SHA-256 of its bytes.
    pub(crate) digest: [u8; 32],
    pub(crate) result: Result<ParsedDocument, ParseError>,
}

/// The content of a document, as far as it was read.
pub(crate) enum Loaded<'a> {
    Bytes(Cow<'a, [u8]>),
    Parsed(&'a ParsedPage),
}

impl Content {
    /// Reads the bytes, unless they are parsed already.
    ///
    /// # Errors
    /// If there are more than `bytes_max`, or the file cannot be read.
    pub(crate) fn load(&self, bytes_max: usize) -> io::Result<Loaded<'_>> {
        let bytes = match self {
            Content::Parsed(page) => return Ok(Loaded::Parsed(page)),
            Content::InMemory(bytes) => Cow::Borrowed(bytes.as_ref()),
            Content::OnDisk(path) => {
                let mut bytes = Vec::new();
                // One byte more than allowed, so that a file which grows while it is read is noticed too.
                open(path)?.take(bytes_max as u64 + 1).read_to_end(&mut bytes)?;
                Cow::Owned(bytes)
            }
        };
        match bytes.len() > bytes_max {
            true => {
                let why = format!("larger than the limit of {bytes_max} bytes");
                Err(io::Error::new(io::ErrorKind::FileTooLarge, why))
            }
            false => Ok(Loaded::Bytes(bytes)),
        }
    }
}

/// Opens the file that was listed. A link that has taken its place since, or the place of a folder above it, may lead
/// anywhere and is not followed.
fn open(path: &Path) -> io::Result<File> {
    let replaced = || io::Error::other("it was replaced by a link or another file while it was read");
    let listed = std::fs::symlink_metadata(path)?;
    if !listed.is_file() {
        return Err(replaced());
    }
    let file = File::open(path)?;
    // Looked at after it was opened: what was opened is still what the path names, without a link on the way.
    let is_listed = is_same(&file.metadata()?, &std::fs::symlink_metadata(path)?) && path.canonicalize()? == path;
    if is_listed { Ok(file) } else { Err(replaced()) }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    other.is_file() && (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    other.is_file() && one.len() == other.len()
}

/// The place of a file or folder without links, or the path as it is if there is none.
fn resolved(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
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
            report.add_failure(path.display().to_string(), "does not exist", FailureKind::Unavailable);
            Vec::new()
        }
        Source::Path(path) => list_file(path, labels, report),
        Source::InMemory { name, files } => list_in_memory(name, files, labels, report),
        Source::Site { .. } => return Vec::new(),
    };
    if files.is_empty() && report.failures.is_empty() {
        let why = format_args!("holds no document ({})", Format::NAMES);
        report.add_failure(source.to_string(), why, FailureKind::Unavailable);
    }
    files
}

fn list_file(path: &Path, labels: &mut Labels, report: &mut SourceReport) -> Vec<DocumentFile> {
    let source = file_name(path);
    let Some(format) = Format::of_path(&source) else {
        let why = format_args!("is of no known format ({})", Format::NAMES);
        report.add_failure(path.display().to_string(), why, FailureKind::UnknownFormat);
        return Vec::new();
    };
    let uri = uri::build(&labels.assign(&source), "");
    vec![DocumentFile { uri, source, format, content: Content::OnDisk(resolved(path)) }]
}

fn list_folder(
    folder: &Path,
    labels: &mut Labels,
    settings: &Settings,
    report: &mut SourceReport,
) -> Vec<DocumentFile> {
    let label = labels.assign(&file_name(folder));
    let folder = &resolved(folder);
    // Symbolic links are not followed, because they may lead out of the folder.
    let walk = WalkDir::new(folder).max_depth(settings.folder_depth_max).follow_links(false).sort_by_file_name();
    let mut files = Vec::new();
    for entry in walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry)) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => match list_entry(&label, folder, entry.path()) {
                Some(file) => files.push(file),
                None => *report.skipped.entry(ending(entry.path())).or_default() += 1,
            },
            Ok(entry) if entry.path_is_symlink() => files.extend(list_mounted(&label, folder, entry.path())),
            Ok(_folder) => {}
            Err(cause) => report.add_failure(folder.display().to_string(), cause, FailureKind::Unavailable),
        }
    }
    files
}

/// Lists a link to a file in a hidden subfolder of the same folder, which is how Kubernetes mounts a ConfigMap. Other
/// links are left out: they lead out of the folder, or to a file that is listed anyway.
fn list_mounted(label: &str, folder: &Path, link: &Path) -> Option<DocumentFile> {
    let file = link.canonicalize().ok().filter(|file| file.is_file())?;
    let below = file.strip_prefix(folder).ok()?;
    let is_hidden = below.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'));
    let listed = list_entry(label, folder, link).filter(|_| is_hidden)?;
    Some(DocumentFile { content: Content::OnDisk(file), ..listed })
}

/// Returns the ending of a file's name with its dot, in lower case; `no ending` where there is none.
fn ending(path: &Path) -> String {
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy().to_lowercase()));
    ending.map_or("no ending".to_owned(), |ending| text::truncate(&ending, ENDING_CHARS_MAX).to_owned())
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
            None => {
                let why = format_args!("is of no known format ({})", Format::NAMES);
                report.add_failure(&file.path, why, FailureKind::UnknownFormat);
            }
        }
    }
    files
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('.')
}

/// Returns the last part of a path, also of `.` and `..`.
fn file_name(path: &Path) -> String {
    let whole = resolved(path);
    whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn loaded(file: &DocumentFile) -> io::Result<Vec<u8>> {
        match file.content.load(100)? {
            Loaded::Bytes(bytes) => Ok(bytes.into_owned()),
            Loaded::Parsed(_) => panic!("only pages of sites are parsed when they are listed"),
        }
    }

    fn listed(folder: &Path) -> Vec<DocumentFile> {
        let source = Source::Path(folder.to_owned());
        list(&source, &mut Labels::default(), &Settings::default(), &mut SourceReport::default())
    }

    #[test]
    fn a_file_that_became_a_link_is_not_read() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(folder.path().join("below")).unwrap();
        for name in ["a.txt", "below/b.txt", "c.txt"] {
            fs::write(folder.path().join(name), "ours").unwrap();
        }
        fs::write(outside.path().join("b.txt"), "secret").unwrap();
        let files = listed(folder.path());
        assert_eq!(files.len(), 3);
        fs::remove_file(folder.path().join("a.txt")).unwrap();
        symlink(outside.path().join("b.txt"), folder.path().join("a.txt")).unwrap();
        fs::remove_dir_all(folder.path().join("below")).unwrap();
        symlink(outside.path(), folder.path().join("below")).unwrap();
        let read = |at: usize| loaded(&files[at]);
        assert!(read(0).is_err() && read(1).is_err(), "{files:?}");
        assert_eq!(read(2).unwrap(), b"ours");
    }

    #[test]
    fn mounted_files_are_listed_and_other_files_are_counted() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(folder.path().join("..2026_01")).unwrap();
        fs::write(folder.path().join("..2026_01/faq.md"), "Open from 9.").unwrap();
        fs::write(outside.path().join("secret.md"), "Keys.").unwrap();
        symlink("..2026_01", folder.path().join("..data")).unwrap();
        symlink("..data/faq.md", folder.path().join("faq.md")).unwrap();
        symlink(outside.path().join("secret.md"), folder.path().join("secret.md")).unwrap();
        for name in ["a.rtf", "b.RTF", "LICENSE"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let mut report = SourceReport::default();
        let source = Source::Path(folder.path().to_owned());
        let files = list(&source, &mut Labels::default(), &Settings::default(), &mut report);
        assert_eq!(files.iter().map(|file| file.source.as_str()).collect::<Vec<_>>(), ["faq.md"]);
        assert_eq!(loaded(&files[0]).unwrap(), b"Open from 9.");
        let skipped: Vec<_> = report.skipped.iter().map(|(ending, count)| (ending.as_str(), *count)).collect();
        assert_eq!(skipped, [(".rtf", 2), ("no ending", 1)]);
    }

    #[test]
    fn a_link_that_the_operator_names_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("menu.txt"), "Tea").unwrap();
        symlink(folder.path().join("menu.txt"), folder.path().join("today.txt")).unwrap();
        let files = listed(&folder.path().join("today.txt"));
        assert_eq!(loaded(&files[0]).unwrap(), b"Tea");
    }
}
