//! The file of a login: client id and refresh token, for its owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tracing::warn;
use uuid::Uuid;

/// The version of the file.
const VERSION: u32 = 1;
/// The longest file.
const BYTES_MAX: u64 = 16_384;

/// A login as it is kept.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The client id of the app.
    pub client_id: String,
    /// Token that brings new access tokens until it is revoked.
    pub refresh_token: SecretString,
    /// The account's number, for people who look into the file.
    pub portal_id: u64,
}

/// A file that cannot be used. Nothing of what it holds is part of it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read or written.
    #[error("`{0}`: {1}")]
    Io(PathBuf, io::Error),
    /// It is not a file of a login.
    #[error("`{0}` is not a file that `frontdesk login` wrote")]
    Malformed(PathBuf),
    /// It was written by a newer version of this program.
    #[error("`{0}` has the version `{1}`, and this program knows version `{VERSION}`")]
    TooNew(PathBuf, u32),
}

#[derive(Serialize, Deserialize)]
struct StoredCredentials {
    version: u32,
    client_id: String,
    refresh_token: String,
    portal_id: u64,
}

/// Reads the file. One that others can read is warned about.
///
/// # Errors
/// [`Error`], without anything of what the file holds.
pub fn read(path: &Path) -> Result<Credentials, Error> {
    let failed = |error| Error::Io(path.to_owned(), error);
    let file = File::open(path).map_err(failed)?;
    if is_readable_by_others(&file) {
        warn!("`{0}` can be read by others: `chmod 600 {0}` takes that from them.", path.display());
    }
    let mut text = String::new();
    file.take(BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
    let kept: StoredCredentials = serde_json::from_str(&text).map_err(|_| Error::Malformed(path.to_owned()))?;
    if kept.version > VERSION {
        return Err(Error::TooNew(path.to_owned(), kept.version));
    }
    Ok(Credentials { client_id: kept.client_id, refresh_token: kept.refresh_token.into(), portal_id: kept.portal_id })
}

/// Writes the file in one step, readable and writable by its owner alone: who reads it meanwhile sees the old one or the new
/// one. Missing folders are made, for their owner alone as well.
///
/// # Errors
/// [`Error::Io`]; a file that was there is unchanged then.
pub fn write(path: &Path, credentials: &Credentials) -> Result<(), Error> {
    let failed = |error| Error::Io(path.to_owned(), error);
    let kept = StoredCredentials {
        version: VERSION,
        client_id: credentials.client_id.clone(),
        refresh_token: credentials.refresh_token.expose_secret().to_owned(),
        portal_id: credentials.portal_id,
    };
    let text = serde_json::to_string_pretty(&kept).map_err(|error| failed(error.into()))?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_private(folder).map_err(failed)?;
    }
    let new = beside(path);
    let written = write_new(&new, &text).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written.map_err(failed)
}

/// Removes the file.
///
/// # Errors
/// [`Error::Io`].
pub fn remove(path: &Path) -> Result<(), Error> {
    fs::remove_file(path).map_err(|error| Error::Io(path.to_owned(), error))
}

/// Creates the folders that are missing. One that is there is the operator's and stays as it is.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A name that nobody can foresee, in the same folder, so that the file can be renamed.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", Uuid::new_v4().simple()));
    path.with_file_name(name)
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(unix)]
fn is_readable_by_others(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(token: &str) -> Credentials {
        Credentials { client_id: "app".into(), refresh_token: token.into(), portal_id: 7 }
    }

    #[test]
    fn a_login_is_written_for_its_owner_alone_and_replaced_in_one_step() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new").join("login.json");
        for token in ["first", "second"] {
            write(&file, &credentials(token)).unwrap();
            let read = read(&file).unwrap();
            assert_eq!(
                (read.client_id.as_str(), read.refresh_token.expose_secret(), read.portal_id),
                ("app", token, 7)
            );
        }
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        }
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_without_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("login.json");
        let refused = |text: &str| {
            fs::write(&file, text).unwrap();
            read(&file).unwrap_err().to_string()
        };
        assert!(read(&file).unwrap_err().to_string().contains("login.json"));
        assert!(refused("s3cret").contains("is not a file that `frontdesk login` wrote"));
        let newer = r#"{"version": 2, "client_id": "a", "refresh_token": "s3cret", "portal_id": 1}"#;
        let said = refused(newer);
        assert!(said.contains("has the version `2`") && !said.contains("s3cret"), "{said}");
    }
}
