//! A token in a file that somebody else renews, such as a mounted secret.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use domain::known_secrets;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use hubspot_client::{AccessToken, Error, TokenSource};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use tracing::info;

/// The longest file.
const BYTES_MAX: u64 = 8_192;
/// The time after which the file is looked at again. When HubSpot refuses the token, it is read at once.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The token in a file.
#[derive(Debug)]
pub struct TokenFile {
    path: PathBuf,
    state: Mutex<TokenFileState>,
}

#[derive(Debug, Default)]
struct TokenFileState {
    token: Option<AccessToken>,
    /// Change time and length of the file when it was read.
    read: Option<(SystemTime, u64)>,
    looked_at: Option<Instant>,
}

impl TokenFile {
    /// Names the file; it is read by the first call.
    pub fn new(path: PathBuf) -> TokenFile {
        TokenFile { path, state: Mutex::default() }
    }

    /// The token, read again if the file has changed.
    fn current(&self) -> Result<AccessToken, Error> {
        let mut state = self.state();
        let is_recent = state.looked_at.is_some_and(|at| at.elapsed() < LOOK_EVERY);
        if let (true, Some(token)) = (is_recent, &state.token) {
            return Ok(token.clone());
        }
        let changed = self.stamp();
        state.looked_at = Some(Instant::now());
        match &state.token {
            Some(token) if changed.is_some() && changed == state.read => Ok(token.clone()),
            _ => self.read_into(&mut state),
        }
    }

    fn read_into(&self, state: &mut TokenFileState) -> Result<AccessToken, Error> {
        let stamp = self.stamp();
        let text = read(&self.path).map_err(|reason| Error::TokenFileUnreadable { reason })?;
        let token = AccessToken::new(&text)
            .ok_or_else(|| Error::TokenFileUnreadable { reason: "it holds no token".to_owned() })?;
        if let Some(old) = state.token.take().filter(|old| !old.is(&token)) {
            known_secrets::forget(old.secret().expose_secret());
            info!("Read another HubSpot token from `{}`.", self.path.display());
        }
        known_secrets::remember(token.secret().expose_secret());
        (state.token, state.read, state.looked_at) = (Some(token.clone()), stamp, Some(Instant::now()));
        Ok(token)
    }

    fn stamp(&self) -> Option<(SystemTime, u64)> {
        let metadata = std::fs::metadata(&self.path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    }

    fn state(&self) -> MutexGuard<'_, TokenFileState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &std::path::Path) -> Result<SecretString, String> {
    use std::io::Read;
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut text = String::new();
    file.take(BYTES_MAX).read_to_string(&mut text).map_err(|_| "it holds no token".to_owned())?;
    if text.trim().is_empty() { Err("it is empty".to_owned()) } else { Ok(text.trim().into()) }
}

impl TokenSource for TokenFile {
    fn check(&self) -> Result<(), Error> {
        self.current().map(drop)
    }

    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>> {
        ready(self.current()).boxed()
    }

    fn renew<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, Error>> {
        let read = self.read_into(&mut self.state());
        ready(read.map(|token| (!token.is(refused)).then_some(token))).boxed()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn text(token: &AccessToken) -> &str {
        token.secret().expose_secret()
    }

    #[tokio::test(start_paused = true)]
    async fn a_changed_file_is_read_again_at_once_after_a_refusal_and_soon_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let source = TokenFile::new(path.clone());
        assert!(matches!(source.check(), Err(Error::TokenFileUnreadable { .. })));
        fs::write(&path, " \n").unwrap();
        assert!(source.check().is_err());
        fs::write(&path, "pat-first\n").unwrap();
        let first = source.token().await.unwrap();
        assert_eq!(text(&first), "pat-first");
        assert!(source.renew(&first).await.unwrap().is_none(), "the same token is not worth another try");
        fs::write(&path, "pat-second").unwrap();
        assert_eq!(text(&source.renew(&first).await.unwrap().unwrap()), "pat-second");
        fs::write(&path, "pat-the-third").unwrap();
        assert_eq!(text(&source.token().await.unwrap()), "pat-second");
        tokio::time::advance(LOOK_EVERY).await;
        assert_eq!(text(&source.token().await.unwrap()), "pat-the-third");
        fs::remove_file(&path).unwrap();
        tokio::time::advance(LOOK_EVERY).await;
        let said = source.token().await.unwrap_err().to_string();
        assert!(said.contains("token") && !said.contains("pat-"), "{said}");
    }
}
