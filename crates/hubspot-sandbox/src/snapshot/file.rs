//! The account in a file: read at the start, written completely or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tracing::error;

use super::error::SnapshotError;
use crate::sandbox::Sandbox;
use crate::settings::Settings;

/// Interval of writes, which is the most that a crash loses.
const SAVE_EVERY: Duration = Duration::from_secs(2);

/// The error of a file that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be read.
    #[error("cannot read `{}`: {reason}", path.display())]
    Read {
        /// Path of the file.
        path: PathBuf,
        /// Error of the operating system.
        reason: io::Error,
    },
    /// The file is not a snapshot.
    #[error("`{}`, {reason}", path.display())]
    Content {
        /// Path of the file.
        path: PathBuf,
        /// First error in the file.
        reason: SnapshotError,
    },
    /// The file cannot be written.
    #[error("cannot write `{}`: {reason}", path.display())]
    Write {
        /// Path of the file.
        path: PathBuf,
        /// Error of the operating system.
        reason: io::Error,
    },
}

impl Sandbox {
    /// Creates the account that a seed file describes. The file stays unchanged.
    ///
    /// # Errors
    ///
    /// [`FileError::Read`] and [`FileError::Content`].
    pub fn from_seed_file(settings: Settings, path: &Path) -> Result<Sandbox, FileError> {
        let text = fs::read_to_string(path).map_err(|reason| FileError::Read { path: path.into(), reason })?;
        let sandbox = Sandbox::new(settings);
        sandbox.restore(&text).map_err(|reason| FileError::Content { path: path.into(), reason })?;
        Ok(sandbox)
    }

    /// Opens the account that [`Sandbox::save`] wrote, or returns `Ok(None)` if there is no file.
    ///
    /// # Errors
    ///
    /// [`FileError::Read`] and [`FileError::Content`]; the file stays unchanged.
    pub fn open(settings: Settings, path: &Path) -> Result<Option<Sandbox>, FileError> {
        match Sandbox::from_seed_file(settings, path) {
            Err(FileError::Read { reason, .. }) if reason.kind() == io::ErrorKind::NotFound => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    /// Writes the account to a file. It is written beside the file and then moved into place, so that a crash leaves
    /// the old file or the new one.
    ///
    /// # Errors
    ///
    /// [`FileError::Write`].
    pub fn save(&self, path: &Path) -> Result<(), FileError> {
        let fail = |reason| FileError::Write { path: path.into(), reason };
        let beside = beside(path);
        let text = self.snapshot();
        let mut file = create_private(&beside).map_err(fail)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(fail)?;
        fs::rename(&beside, path).map_err(fail)
    }

    /// Saves the account every two seconds if it changed, and once more when `until` completes. A save that fails is
    /// logged and tried again.
    ///
    /// # Errors
    ///
    /// [`FileError::Write`] of the last save.
    pub async fn save_periodically(&self, path: PathBuf, until: impl Future<Output = ()>) -> Result<(), FileError> {
        tokio::pin!(until);
        let (mut saved, mut is_logged) = (self.changes(), false);
        loop {
            tokio::select! {
                () = &mut until => return self.save_in_background(path).await,
                () = tokio::time::sleep(SAVE_EVERY) => {}
            }
            let changes = self.changes();
            if changes == saved {
                continue;
            }
            match self.save_in_background(path.clone()).await {
                Ok(()) => (saved, is_logged) = (changes, false),
                Err(error) if !is_logged => {
                    error!("Saving the account failed, trying again: {error}.");
                    is_logged = true;
                }
                Err(_) => {}
            }
        }
    }

    /// Saves on a thread for blocking work: it takes a while, and requests are to be answered meanwhile.
    async fn save_in_background(&self, path: PathBuf) -> Result<(), FileError> {
        let (sandbox, target) = (self.clone(), path.clone());
        let saved = tokio::task::spawn_blocking(move || sandbox.save(&target)).await;
        saved.unwrap_or_else(|error| Err(FileError::Write { path, reason: io::Error::other(error) }))
    }
}

/// Creates a file that only its owner can read. One that a crash left behind is written anew.
fn create_private(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_client::client;

    #[cfg(unix)]
    #[test]
    fn a_saved_account_is_its_owners_alone() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("portal.json"), folder.path().join("other"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        symlink(&other, folder.path().join("portal.json.new")).unwrap();
        Sandbox::new(Settings::default()).save(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!other.exists(), "a link is not followed");
    }

    #[tokio::test(start_paused = true)]
    async fn a_saved_account_is_there_again_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("portal.json");
        assert!(Sandbox::open(Settings::default(), &path).unwrap().is_none());
        let client = client();
        client.post("/crm/v3/objects/contacts", json!({"properties": {"email": "kept@x.com"}})).await.expect(201);
        client.sandbox.save_periodically(path.clone(), async {}).await.unwrap();
        let again = Sandbox::open(Settings::default(), &path).unwrap().unwrap();
        assert_eq!(again.records("contacts").len(), 8);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    /// After a week without the server it is a week later; a clock that was set goes on from its time.
    #[tokio::test(start_paused = true)]
    async fn the_clock_is_saved_only_if_it_was_set() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("portal.json");
        let (sandbox, then) = (Sandbox::new(Settings::default()), "2027-05-01T12:00:00Z".parse().unwrap());
        sandbox.save(&path).unwrap();
        let week_later = Settings { now: Some(then), ..Settings::default() };
        assert_eq!(Sandbox::open(week_later, &path).unwrap().unwrap().now(), then);
        sandbox.set_clock(then);
        sandbox.freeze_clock();
        sandbox.save(&path).unwrap();
        let again = Sandbox::open(Settings::default(), &path).unwrap().unwrap();
        tokio::time::advance(SAVE_EVERY).await;
        assert_eq!(again.now(), then);
    }

    #[tokio::test(start_paused = true)]
    async fn only_requests_that_write_are_a_reason_to_save() {
        let client = client();
        let before = client.sandbox.changes();
        let ids = json!({"inputs": [{"id": "84246479604"}]});
        client.post("/crm/v3/objects/contacts/search", json!({})).await.expect(200);
        client.post("/crm/v3/objects/contacts/batch/read", ids.clone()).await.expect(200);
        client.post("/crm/v4/associations/contacts/companies/batch/read", ids.clone()).await.expect(200);
        client.get("/crm/v3/objects/contacts").await.expect(200);
        assert_eq!(client.sandbox.changes(), before);
        client.post("/crm/v3/objects/contacts/batch/archive", ids).await.expect(204);
        client.put("/crm/v4/objects/contacts/1/associations/default/tickets/2", json!(null)).await.expect(404);
        assert!(client.sandbox.changes() > before);
    }

    #[tokio::test(start_paused = true)]
    async fn a_save_that_fails_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("later").join("portal.json");
        let client = client();
        let changing = async {
            client.post("/crm/v3/objects/contacts", json!({"properties": {"email": "kept@x.com"}})).await.expect(201);
            tokio::time::sleep(SAVE_EVERY * 3).await;
            fs::create_dir(path.parent().unwrap()).unwrap();
            tokio::time::sleep(SAVE_EVERY * 2).await;
            assert_eq!(Sandbox::open(Settings::default(), &path).unwrap().unwrap().records("contacts").len(), 8);
            fs::remove_dir_all(path.parent().unwrap()).unwrap();
        };
        let last = client.sandbox.save_periodically(path.clone(), changing).await;
        assert!(matches!(last, Err(FileError::Write { .. })), "{last:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_invalid_file_is_an_error_and_stays_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("portal.json");
        fs::write(&path, "{\n\"version\": 1,\n\"records\": oops}").unwrap();
        let error = Sandbox::open(Settings::default(), &path).unwrap_err().to_string();
        assert!(error.ends_with("portal.json`, line 3, column 12: expected value"), "{error}");
        assert!(fs::read_to_string(&path).unwrap().contains("oops"));
    }
}
