//! The account in a file: read at the start, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::state::StateError;
use super::{Sandbox, Settings};

/// How often changes are written. A crash loses at most this much.
const SAVE_EVERY: Duration = Duration::from_secs(2);

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("cannot read `{}`: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("`{}`, {source}", path.display())]
    Content { path: PathBuf, source: StateError },
    #[error("cannot write `{}`: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

impl Sandbox {
    /// The account that a file describes. The file stays as it is.
    pub fn seeded(settings: Settings, path: &Path) -> Result<Sandbox, FileError> {
        let text = fs::read_to_string(path).map_err(|source| FileError::Read { path: path.into(), source })?;
        let sandbox = Sandbox::new(settings);
        sandbox.restore(&text).map_err(|source| FileError::Content { path: path.into(), source })?;
        Ok(sandbox)
    }

    /// The account kept in a file, or `Ok(None)` when there is no file yet. A broken file is refused, never overwritten.
    pub fn kept(settings: Settings, path: &Path) -> Result<Option<Sandbox>, FileError> {
        match Sandbox::seeded(settings, path) {
            Err(FileError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    /// Writes the account beside the file, then moves it into place: a crash leaves the old file or the new one.
    pub fn save(&self, path: &Path) -> Result<(), FileError> {
        let fail = |source| FileError::Write { path: path.into(), source };
        let beside = beside(path);
        let text = self.dump();
        let mut file = File::create(&beside).map_err(fail)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(fail)?;
        fs::rename(&beside, path).map_err(fail)
    }

    /// Saves every few seconds when something changed, and once more when `until` is over.
    pub async fn keep(&self, path: PathBuf, until: impl Future<Output = ()>) -> Result<(), FileError> {
        tokio::pin!(until);
        let mut saved = self.changes();
        loop {
            let is_over = tokio::select! {
                () = &mut until => true,
                () = tokio::time::sleep(SAVE_EVERY) => false,
            };
            let changes = self.changes();
            if changes != saved || is_over {
                self.save_aside(path.clone()).await?;
                saved = changes;
            }
            if is_over {
                return Ok(());
            }
        }
    }

    /// Writing takes a while: not on the thread that answers requests.
    async fn save_aside(&self, path: PathBuf) -> Result<(), FileError> {
        let (sandbox, target) = (self.clone(), path.clone());
        let saved = tokio::task::spawn_blocking(move || sandbox.save(&target)).await;
        saved.unwrap_or_else(|error| Err(FileError::Write { path, source: io::Error::other(error) }))
    }
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
    use crate::sandbox::testing::client;

    #[tokio::test(start_paused = true)]
    async fn what_is_kept_is_there_again_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("portal.json");
        assert!(Sandbox::kept(Settings::default(), &path).unwrap().is_none());
        let client = client();
        client.post("/crm/v3/objects/contacts", json!({"properties": {"email": "kept@x.com"}})).await.expect(201);
        client.sandbox.keep(path.clone(), async {}).await.unwrap();
        let again = Sandbox::kept(Settings::default(), &path).unwrap().unwrap();
        assert_eq!(again.records("contacts").len(), 8);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_broken_file_is_refused_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("portal.json");
        fs::write(&path, "{\n\"version\": 1,\n\"records\": oops}").unwrap();
        let error = Sandbox::kept(Settings::default(), &path).unwrap_err().to_string();
        assert!(error.ends_with("portal.json`, line 3, column 12: expected value"), "{error}");
        assert!(fs::read_to_string(&path).unwrap().contains("oops"));
    }
}
