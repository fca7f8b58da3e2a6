//! The SQLite file and its folder, for their owner alone: the file holds what customers said.

use std::{fs, io, path::Path};

/// Creates the file and the folders that are missing, and returns the file's URL.
pub(super) fn url(path: &Path) -> io::Result<String> {
    if let Some(folder) = path.parent() {
        create_private(folder)?;
    }
    make_private(path)?;
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Ok(format!("sqlite://{path}?mode=rwc"))
}

/// Creates the folders that are missing, for their owner alone. One that is there is the operator's and stays as it is.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Creates the file for its owner alone, and takes one that is there, with what SQLite has put beside it, from everybody
/// else. It is an error if that cannot be done.
#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        match fs::metadata(&file) {
            Ok(found) if found.permissions().mode() & 0o077 == 0 => {}
            Ok(_) => fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> io::Result<()> {
    fs::OpenOptions::new().append(true).create(true).open(path).map(drop)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_customers_said_is_for_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new").join("desk.db");
        url(&file).unwrap();
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        let wal = file.with_file_name("desk.db-wal");
        fs::write(&wal, "").unwrap();
        for open in [&file, &wal] {
            fs::set_permissions(open, fs::Permissions::from_mode(0o644)).unwrap();
        }
        url(&file).unwrap();
        assert_eq!((mode(&file), mode(&wal)), (0o600, 0o600), "a store of before is tightened");
    }
}
