//! Opens the file of tokens: once, and only if nobody else could have written or can read it.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// Largest file of tokens.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The reason why the file is not trusted or cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be read.
    #[error("cannot read it: {0}")]
    Unreadable(#[from] io::Error),
    /// Other users of the machine can read or write the file.
    #[error("others can read it: make it yours alone with `chmod 600`")]
    Open,
    /// The file is another user's.
    #[error("it belongs to another user: it must be yours or root's")]
    Owner,
    /// Other users can put another file in its place.
    #[error("others can write in its folder, and so put another file in its place: use `chmod 755` or another folder")]
    Folder,
    /// Another user owns the folder.
    #[error("its folder belongs to another user, who can put another file in its place: use a folder of your own")]
    FolderOwner,
    /// The file is too large.
    #[error("it is larger than {FILE_BYTES_MAX} bytes")]
    Large,
}

/// Reads the file. What is checked is the file that was opened, whatever its path names meanwhile.
pub(super) fn read(path: &Path) -> Result<String, FileError> {
    let file = File::open(path)?;
    // Of a link, both folders count: in each of them another file could be put in its place.
    for path in [path, &fs::canonicalize(path)?] {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        check(&file.metadata()?, &File::open(folder)?.metadata()?)?;
    }
    let mut text = String::new();
    file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > FILE_BYTES_MAX { Err(FileError::Large) } else { Ok(text) }
}

#[cfg(unix)]
fn check(file: &Metadata, folder: &Metadata) -> Result<(), FileError> {
    use std::os::unix::fs::MetadataExt;
    let facts = FilePermissions {
        file: (file.uid(), file.mode()),
        folder: (folder.uid(), folder.mode()),
        user: effective_user(),
    };
    facts.check()
}

/// Other systems have no such permissions; the folder's protection has to suffice.
#[cfg(not(unix))]
fn check(_: &Metadata, _: &Metadata) -> Result<(), FileError> {
    Ok(())
}

/// The owner and the mode of the file and of its folder, and the user of this process, where that is known.
#[cfg(unix)]
#[derive(Clone, Copy, Debug)]
struct FilePermissions {
    file: (u32, u32),
    folder: (u32, u32),
    user: Option<u32>,
}

#[cfg(unix)]
impl FilePermissions {
    fn check(self) -> Result<(), FileError> {
        let ((owner, mode), (folder_owner, folder)) = (self.file, self.folder);
        let is_others = |owner| owner != 0 && self.user.is_some_and(|user| user != owner);
        let others_write = folder & 0o022 != 0;
        // In a folder with this bit, such as /tmp, nobody replaces the files of others but the owner of the folder.
        let sticky = folder & 0o1000 != 0;
        match () {
            () if mode & 0o077 != 0 => Err(FileError::Open),
            () if is_others(owner) => Err(FileError::Owner),
            () if is_others(folder_owner) => Err(FileError::FolderOwner),
            () if others_write && !sticky => Err(FileError::Folder),
            () => Ok(()),
        }
    }
}

/// The user of this process: on Linux the owner of its entry in `/proc`. Elsewhere it is not known without unsafe code.
#[cfg(unix)]
fn effective_user() -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").ok().map(|process| process.uid())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_trusted_only_if_nobody_else_could_have_written_it() {
        let (me, other) = (1000, 65_534);
        let table = [
            ((me, 0o100_600), (me, 0o40_755), Some(me), "Ok(())"),
            ((me, 0o100_400), (me, 0o40_700), Some(me), "Ok(())"),
            ((0, 0o100_600), (me, 0o40_755), Some(me), "Ok(())"),
            ((me, 0o100_600), (me, 0o41_777), Some(me), "Ok(())"),
            ((me, 0o100_600), (me, 0o40_755), None, "Ok(())"),
            ((me, 0o100_640), (me, 0o40_755), Some(me), "Err(Open)"),
            ((me, 0o100_602), (me, 0o40_755), Some(me), "Err(Open)"),
            ((other, 0o100_600), (me, 0o40_755), Some(me), "Err(Owner)"),
            ((other, 0o100_600), (0, 0o40_755), Some(0), "Err(Owner)"),
            ((me, 0o100_600), (me, 0o40_777), Some(me), "Err(Folder)"),
            ((me, 0o100_600), (me, 0o40_775), Some(me), "Err(Folder)"),
            ((me, 0o100_600), (0, 0o40_755), Some(me), "Ok(())"),
            ((me, 0o100_600), (0, 0o41_777), Some(me), "Ok(())"),
            ((me, 0o100_600), (other, 0o40_755), None, "Ok(())"),
            ((me, 0o100_600), (other, 0o40_755), Some(me), "Err(FolderOwner)"),
            ((me, 0o100_600), (other, 0o41_777), Some(me), "Err(FolderOwner)"),
        ];
        for (file, folder, user, expected) in table {
            let facts = FilePermissions { file, folder, user };
            assert_eq!(format!("{:?}", facts.check()), expected, "{facts:?}");
        }
    }

    #[test]
    fn the_mode_of_the_file_and_its_folder_is_read_from_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        std::fs::write(&path, "text").unwrap();
        let set = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        let read_as = |file, of_folder| {
            set(&path, file);
            set(folder.path(), of_folder);
            read(&path)
        };
        assert_eq!(read_as(0o600, 0o700).unwrap(), "text");
        assert!(matches!(read_as(0o644, 0o700), Err(FileError::Open)));
        assert!(matches!(read_as(0o600, 0o777), Err(FileError::Folder)));
    }
}
