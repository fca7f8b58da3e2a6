//! The file of the audit trail: its owner's alone, opened without following a link, appended to, and rotated by size.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The size at which the file is rotated, unless the operator says another.
pub const BYTES_MAX: u64 = 64 << 20;
/// The rotated files that are kept, unless the operator says another number.
pub const FILES_KEPT: u32 = 10;

/// The settings of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
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
    /// Another process writes to it.
    #[error("another process writes to it; give each its own file")]
    InUse,
    /// It cannot be opened.
    #[error("it cannot be opened: {0}")]
    Unopened(String),
}

/// The open file.
#[derive(Debug)]
pub(super) struct TrailFile {
    settings: Settings,
    /// `None` between the renaming of a full file and the opening of the next.
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    bytes: u64,
}

impl TrailFile {
    pub(super) fn open(settings: Settings) -> Result<TrailFile, Error> {
        let open = Some(Open::at(&settings.path)?);
        Ok(TrailFile { settings, open })
    }

    /// Appends whole lines, or nothing.
    pub(super) fn append(&mut self, lines: &str) -> io::Result<()> {
        let Settings { path, bytes_max, .. } = &self.settings;
        let is_full = |open: &Open| open.bytes > 0 && open.bytes + lines.len() as u64 > *bytes_max;
        if self.open.as_ref().is_some_and(is_full) {
            self.rotate()?;
            self.open = None;
        }
        let open = match &mut self.open {
            Some(open) => open,
            none => none.insert(Open::at(path).map_err(io::Error::other)?),
        };
        open.append(lines)
    }

    /// Renames the file and those before it by one, and removes the oldest.
    fn rotate(&self) -> io::Result<()> {
        let Settings { path, files_kept, .. } = &self.settings;
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

impl Open {
    fn at(path: &Path) -> Result<Open, Error> {
        let unopened = |error: io::Error| Error::Unopened(error.to_string());
        // A pipe would block, and a device is no place for a trail. The opening itself follows no link.
        if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(Error::NotAFile);
        }
        let mut file = private().read(true).append(true).create(true).open(path).map_err(unopened)?;
        if !file.metadata().map_err(unopened)?.is_file() {
            return Err(Error::NotAFile);
        }
        file.try_lock().map_err(|_| Error::InUse)?;
        make_private(&file).map_err(unopened)?;
        end_torn_line(&mut file).map_err(unopened)?;
        let bytes = file.metadata().map_err(unopened)?.len();
        Ok(Open { file, bytes })
    }

    /// A part of a line is taken back, so that every line of the file is whole.
    fn append(&mut self, lines: &str) -> io::Result<()> {
        let written = self.file.write_all(lines.as_bytes());
        match written {
            Ok(()) => self.bytes += lines.len() as u64,
            Err(_) => self.file.set_len(self.bytes)?,
        }
        written
    }
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
mod tests {
    use super::*;

    fn settings(folder: &Path) -> Settings {
        Settings { path: folder.join("audit.jsonl"), bytes_max: 10, files_kept: 2 }
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
        let settings = Settings { bytes_max: 1_000, ..settings(folder.path()) };
        fs::write(&settings.path, "{\"tor").unwrap();
        let mut file = TrailFile::open(settings.clone()).unwrap();
        file.append("{}\n").unwrap();
        assert_eq!(fs::read_to_string(&settings.path).unwrap(), "{\"tor\n{}\n");
        assert_eq!(TrailFile::open(settings).err(), Some(Error::InUse));
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
            assert_eq!(TrailFile::open(Settings { path, ..settings.clone() }).err(), Some(Error::NotAFile));
        }
        let path = folder.path().to_owned();
        assert_eq!(TrailFile::open(Settings { path, ..settings.clone() }).err(), Some(Error::NotAFile));
        assert!(!folder.path().join("missing").exists());
    }
}
