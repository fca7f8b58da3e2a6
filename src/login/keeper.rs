//! The login in a file, as the HubSpot client reads and changes it.

use std::path::PathBuf;

use domain::known_secrets;
use hubspot_client::{AppCredentials, Login, LoginStore};
use secrecy::{ExposeSecret, SecretString};

use super::credentials::{self, Credentials, Error};

/// A login whose refresh token is in a file and whose client secret was given.
#[derive(Clone, Debug)]
pub struct FileLogin {
    path: PathBuf,
    client_secret: Option<SecretString>,
}

impl FileLogin {
    /// Names the file. It is read when a token is needed: a person may log in while the program runs.
    pub fn new(path: PathBuf, client_secret: Option<SecretString>) -> FileLogin {
        FileLogin { path, client_secret }
    }
}

impl LoginStore for FileLogin {
    fn load(&self) -> Result<Login, String> {
        let secret = self.client_secret.clone();
        let client_secret =
            secret.ok_or("`HUBSPOT_CLIENT_SECRET`, or a file in `HUBSPOT_CLIENT_SECRET_FILE`, is not set")?;
        let Credentials { client_id, refresh_token, .. } = credentials::read(&self.path).map_err(without_path)?;
        known_secrets::remember(refresh_token.expose_secret());
        Ok(Login { app: AppCredentials { client_id, client_secret }, refresh_token })
    }

    fn save(&self, refresh_token: &SecretString) -> Result<(), String> {
        known_secrets::remember(refresh_token.expose_secret());
        let kept = credentials::read(&self.path).map_err(without_path)?;
        let new = Credentials { refresh_token: refresh_token.clone(), ..kept };
        credentials::write(&self.path, &new).map_err(without_path)
    }
}

/// The reason without the path: clients read it, and the operator's folders are not their business.
fn without_path(error: Error) -> String {
    match error {
        Error::Io(_, error) => format!("its file: {error}"),
        Error::Malformed(_) => "its file is not one that `frontdesk login` wrote".to_owned(),
        Error::TooNew(_, version) => format!("its file has the version `{version}`, which this program does not know"),
    }
}
