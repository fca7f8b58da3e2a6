//! The file of the audit trail: its owner's alone, opened without following a link, appended to, and rotated by size.
//!
//! Space on the disk is reserved ahead of the lines, so that a full disk is known before the first line finds no place.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Default size of the file at rotation, in bytes.
pub const BYTES_MAX: u64 = 64 << 20;
/// The rotated files that are kept, unless the operator says another number.
pub const FILES_KEPT: u32 = 10;

/// The space that is reserved at least: more than the lines of all calls under way.
const AHEAD_MIN: u64 = 4 << 20;
/// The space that is reserved at once.
const AHEAD_STEP: u64 = 8 << 20;

/// The settings of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditSettings {
    /// The file. Rotated ones stand beside it: `audit.jsonl.1` is the newest of them.
    pub path: PathBuf,
    /// The size at which it is rotated; a line that is larger alone is written all the same.
    pub bytes_max: u64,
    /// The rotated files that are kept, at least 1; older ones are removed.
    pub files_kept: u32,
}

/// The reason why the file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is a link, a folder or a device.
    #[error("it is no regular file; a link is not followed")]
    NotAFile,
    /// It has another name (a hard link), under which it may be somebody else's file.
    #[error("it has another name too (a hard link)")]
    Linked,
    /// Another user owns it or its folder, or can put another file in its place.
    #[error(
        "it and its folder must be yours (or the folder root's), and others must not be able to write in the folder"
    )]
    Exposed,
    /// Another process writes to it.
    #[error("another process writes to it; give each its own file")]
    InUse,
    /// It cannot be opened.
    #[error("it cannot be opened: {0}")]
    Unopened(String),
}

/// Reserves space behind the end of a file, which keeps its length.
type Allocate = fn(&File, Range<u64>) -> io::Result<()>;

/// The open file.
#[derive(Debug)]
pub(super) struct TrailFile {
    settings: AuditSettings,
    allocate: Allocate,
    /// `None` between the renaming of a full file and the opening of the next.
    open: Option<OpenFile>,
}

#[derive(Debug)]
struct OpenFile {
    file: File,
    /// The end of the space that is reserved.
    allocated: u64,
}

impl TrailFile {
    pub(super) fn open(settings: AuditSettings) -> Result<TrailFile, Error> {
        TrailFile::with(settings, allocate)
    }

    fn with(settings: AuditSettings, allocate: Allocate) -> Result<TrailFile, Error> {
        let open = Some(OpenFile::at(&settings.path)?);
        Ok(TrailFile { settings, allocate, open })
    }

    /// Appends whole lines, or nothing: to the file that the path names now, since another program may have moved it.
    pub(super) fn append(&mut self, lines: &str) -> io::Result<()> {
        let bytes_max = self.settings.bytes_max;
        let length = self.current()?.file.metadata()?.len();
        if length > 0 && length + lines.len() as u64 > bytes_max {
            self.rotate()?;
            self.open = None;
        }
        self.current()?.append(lines)
    }

    /// Sees to it that there is space for the next lines.
    pub(super) fn reserve_space(&mut self) -> io::Result<()> {
        let allocate = self.allocate;
        self.current()?.reserve_space(allocate)
    }

    fn current(&mut self) -> io::Result<&mut OpenFile> {
        let path = &self.settings.path;
        let open = self.open.take().filter(|open| open.is_at(path));
        let open = open.map_or_else(|| OpenFile::at(path).map_err(io::Error::other), Ok)?;
        Ok(self.open.insert(open))
    }

    /// Renames the file and those before it by one, and removes the oldest.
    fn rotate(&self) -> io::Result<()> {
        let AuditSettings { path, files_kept, .. } = &self.settings;
        for number in (1..*files_kept).rev() {
            match fs::rename(rotated(path, number), rotated(path, number + 1)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        match fs::rename(path, rotated(path, 1)) {
            // Somebody has moved the file away.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            renamed => renamed,
        }
    }
}

/// The name of a rotated file.
fn rotated(path: &Path, number: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    PathBuf::from(name)
}

impl OpenFile {
    fn at(path: &Path) -> Result<OpenFile, Error> {
        let unopened = |error: io::Error| Error::Unopened(error.to_string());
        // A pipe would block, and a device is no place for a trail. The opening itself follows no link.
        if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(Error::NotAFile);
        }
        let mut file = private().read(true).append(true).create(true).open(path).map_err(unopened)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = fs::metadata(folder).map_err(unopened)?;
        check(&file.metadata().map_err(unopened)?, &folder)?;
        file.try_lock().map_err(|_| Error::InUse)?;
        make_private(&file).map_err(unopened)?;
        end_torn_line(&mut file).map_err(unopened)?;
        Ok(OpenFile { file, allocated: 0 })
    }

    /// True if the path still names this file.
    fn is_at(&self, path: &Path) -> bool {
        let (Ok(here), Ok(there)) = (self.file.metadata(), fs::symlink_metadata(path)) else { return false };
        is_same(&here, &there)
    }

    /// A part of a line is taken back, so that every line of the file is whole.
    fn append(&mut self, lines: &str) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        let written = self.file.write_all(lines.as_bytes());
        if written.is_err() {
            self.file.set_len(length)?;
            self.allocated = 0; // Shortening gives the reserved space back.
        }
        written
    }

    fn reserve_space(&mut self, allocate: Allocate) -> io::Result<()> {
        let end = self.file.metadata()?.len();
        // More than a step ahead: the file was cut short, and the reserved space with it.
        if !(end + AHEAD_MIN..=end + AHEAD_STEP).contains(&self.allocated) {
            allocate(&self.file, end..end + AHEAD_STEP)?;
            self.allocated = end + AHEAD_STEP;
        }
        Ok(())
    }
}

impl Drop for OpenFile {
    /// Gives back the space that was not needed.
    fn drop(&mut self) {
        if let (1.., Ok(facts)) = (self.allocated, self.file.metadata()) {
            // It is only space; the operator sees its size.
            let _ = self.file.set_len(facts.len());
        }
    }
}

#[cfg(target_os = "linux")]
fn allocate(file: &File, space: Range<u64>) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;
    match fallocate(file, FallocateFlags::KEEP_SIZE, space.start, space.end - space.start) {
        // A file system that reserves nothing.
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
        reserved => Ok(reserved?),
    }
}

#[cfg(not(target_os = "linux"))]
fn allocate(_: &File, _: Range<u64>) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Refuses a file that is somebody else's, and a folder in which others can replace it.
#[cfg(unix)]
fn check(file: &Metadata, folder: &Metadata) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt;
    let user = rustix::process::geteuid().as_raw();
    let others_write = folder.mode() & 0o022 != 0;
    // In a folder with this bit, such as /tmp, nobody replaces the files of others.
    let sticky = folder.mode() & 0o1000 != 0;
    match () {
        () if !file.is_file() => Err(Error::NotAFile),
        () if file.nlink() > 1 => Err(Error::Linked),
        () if file.uid() != user || ![user, 0].contains(&folder.uid()) => Err(Error::Exposed),
        () if others_write && !sticky => Err(Error::Exposed),
        () => Ok(()),
    }
}

/// Other systems have no such permissions; the folder's protection has to suffice.
#[cfg(not(unix))]
fn check(file: &Metadata, _: &Metadata) -> Result<(), Error> {
    if file.is_file() { Ok(()) } else { Err(Error::NotAFile) }
}

/// Ends a line that a crash left half-way.
fn end_torn_line(file: &mut File) -> io::Result<()> {
    if file.metadata()?.len() == 0 {
        return Ok(());
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" { Ok(()) } else { file.write_all(b"\n") }
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.mode(0o600).custom_flags(libc::O_NOFOLLOW);
    options
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    OpenOptions::new()
}

#[cfg(unix)]
fn make_private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn make_private(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A file in this folder on a disk that has no space to reserve.
    pub(in super::super) fn on_a_full_disk(folder: &Path) -> TrailFile {
        let full = |_: &File, _: Range<u64>| Err(ErrorKind::StorageFull.into());
        TrailFile::with(AuditSettings { bytes_max: 1 << 20, ..settings(folder) }, full).unwrap()
    }

    fn settings(folder: &Path) -> AuditSettings {
        AuditSettings { path: folder.join("audit.jsonl"), bytes_max: 10, files_kept: 2 }
    }

    #[test]
    fn full_files_are_kept_as_far_as_the_operator_wants() {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path());
        let mut file = TrailFile::open(settings.clone()).unwrap();
        for line in ["1\n", "22\n", "333\n", "4444444444444\n", "5\n", "6666666666\n"] {
            file.append(line).unwrap();
        }
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).ok();
        assert_eq!(text("audit.jsonl").as_deref(), Some("6666666666\n"));
        assert_eq!(text("audit.jsonl.1").as_deref(), Some("5\n"));
        assert_eq!(text("audit.jsonl.2").as_deref(), Some("4444444444444\n"));
        assert_eq!(text("audit.jsonl.3"), None, "the oldest is removed");
    }

    #[test]
    fn a_file_goes_on_after_a_torn_line_and_has_one_writer() {
        let folder = tempfile::tempdir().unwrap();
        let settings = AuditSettings { bytes_max: 1_000, ..settings(folder.path()) };
        fs::write(&settings.path, "{\"tor").unwrap();
        let mut file = TrailFile::open(settings.clone()).unwrap();
        file.append("{}\n").unwrap();
        assert_eq!(fs::read_to_string(&settings.path).unwrap(), "{\"tor\n{}\n");
        assert_eq!(TrailFile::open(settings).err(), Some(Error::InUse));
    }

    /// As log rotation does: the file is renamed, removed, or emptied in its place.
    #[cfg(unix)]
    #[test]
    fn lines_go_to_the_file_that_the_path_names() {
        let folder = tempfile::tempdir().unwrap();
        let settings = AuditSettings { bytes_max: 1_000, ..settings(folder.path()) };
        let path = settings.path.clone();
        let text = |path: &Path| fs::read_to_string(path).unwrap();
        let mut file = TrailFile::open(settings).unwrap();
        file.append("1\n").unwrap();
        let moved = folder.path().join("moved");
        fs::rename(&path, &moved).unwrap();
        file.append("2\n").unwrap();
        assert_eq!((text(&moved), text(&path)), ("1\n".to_owned(), "2\n".to_owned()));
        fs::remove_file(&path).unwrap();
        file.append("3\n").unwrap();
        assert_eq!(text(&path), "3\n");
        fs::rename(&moved, &path).unwrap();
        file.append("4\n").unwrap();
        assert_eq!(text(&path), "1\n4\n");
        OpenOptions::new().write(true).open(&path).unwrap().set_len(0).unwrap();
        file.append("5\n").unwrap();
        file.reserve_space().unwrap();
        file.append("6\n").unwrap();
        assert_eq!(text(&path), "5\n6\n");
        fs::rename(&path, folder.path().join("away")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &path).unwrap();
        assert!(file.append("7\n").is_err() && !folder.path().join("elsewhere").exists());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn space_is_reserved_ahead_and_given_back() {
        use std::os::unix::fs::MetadataExt;
        let folder = tempfile::tempdir().unwrap();
        let settings = AuditSettings { bytes_max: 1_000, ..settings(folder.path()) };
        let path = settings.path.clone();
        let of_disk = || fs::metadata(&path).map(|facts| (facts.blocks() * 512, facts.len())).unwrap();
        let mut file = TrailFile::open(settings).unwrap();
        file.reserve_space().unwrap();
        file.append("1\n").unwrap();
        let (reserved, length) = of_disk();
        assert!(reserved == 0 || reserved >= AHEAD_MIN, "{reserved}");
        assert_eq!(length, 2, "readers see only lines");
        drop(file);
        assert!(of_disk().0 < 100_000, "{:?}", of_disk());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_others_is_refused_and_left_as_it_is() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path());
        let theirs = folder.path().join("theirs");
        fs::write(&theirs, "text").unwrap();
        fs::set_permissions(&theirs, Permissions::from_mode(0o644)).unwrap();
        fs::hard_link(&theirs, &settings.path).unwrap();
        assert_eq!(TrailFile::open(settings.clone()).err(), Some(Error::Linked));
        let mode = fs::metadata(&theirs).unwrap().permissions().mode() & 0o777;
        assert_eq!((fs::read_to_string(&theirs).unwrap().as_str(), mode), ("text", 0o644));
        fs::remove_file(&settings.path).unwrap();
        for (mode, trusted) in [(0o777, false), (0o770, false), (0o1777, true), (0o755, true)] {
            fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
            let refused = TrailFile::open(settings.clone()).err();
            assert_eq!(refused, (!trusted).then_some(Error::Exposed), "{mode:o}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_private_and_no_link() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path());
        fs::write(&settings.path, "").unwrap();
        fs::set_permissions(&settings.path, Permissions::from_mode(0o644)).unwrap();
        drop(TrailFile::open(settings.clone()).unwrap());
        assert_eq!(fs::metadata(&settings.path).unwrap().permissions().mode() & 0o777, 0o600);
        for target in ["elsewhere", "missing"] {
            fs::write(folder.path().join("elsewhere"), "").unwrap();
            let path = folder.path().join(format!("link-to-{target}"));
            symlink(folder.path().join(target), &path).unwrap();
            assert_eq!(TrailFile::open(AuditSettings { path, ..settings.clone() }).err(), Some(Error::NotAFile));
        }
        let path = folder.path().to_owned();
        assert_eq!(TrailFile::open(AuditSettings { path, ..settings.clone() }).err(), Some(Error::NotAFile));
        assert!(!folder.path().join("missing").exists());
    }
}
