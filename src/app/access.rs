//! The access to HubSpot that the settings and the environment give: a token, a file with one, or a login.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::clock::Clock;
use domain::known_secrets;
use http_client::HttpClient;
use hubspot_client::{FixedToken, OAuthEndpoints, OAuthToken, TokenSource, Versions};
use secrecy::{ExposeSecret, SecretString};
use tracing::{info, warn};

use super::secret_file;
use crate::config::{
    self, CLIENT_SECRET_FILE_VARIABLE, CLIENT_SECRET_VARIABLE, Settings, TOKEN_FILE_VARIABLE, TOKEN_VARIABLES,
};
use crate::login::keeper::FileLogin;
use crate::login::sharing::StoreSharing;
use crate::login::token_file::TokenFile;
use crate::store::{Location, Store};

/// The name of a login's file, beside the store.
const FILE: &str = "hubspot-login.json";

/// The access to HubSpot.
#[derive(Clone, Debug)]
pub enum HubSpotAccess {
    /// None: every call fails and says how to get it.
    None,
    /// A token that stays.
    Token(SecretString),
    /// A file with a token that somebody else renews.
    TokenFile(PathBuf),
    /// A login that `frontdesk login` has written, with the secret of its app.
    Login(PathBuf, Option<SecretString>),
}

/// A setting that gives no access.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file of the client secret.
    #[error("the file of the client secret, `{0}`: {1}")]
    SecretFile(PathBuf, String),
}

impl From<Option<SecretString>> for HubSpotAccess {
    fn from(token: Option<SecretString>) -> HubSpotAccess {
        token.map_or(HubSpotAccess::None, HubSpotAccess::Token)
    }
}

/// Finds the access. A token comes before a login, and the variable of a token before a file; a login that is not named is
/// used if it is there.
///
/// # Errors
/// [`Error::SecretFile`], where a login is used.
pub fn find(
    settings: &Settings,
    client_secret_file: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<HubSpotAccess, Error> {
    let [first, second] = TOKEN_VARIABLES.map(|name| config::secret(&[name], &variable));
    let file = variable(TOKEN_FILE_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    let login = login(settings);
    let given =
        first.map(HubSpotAccess::Token).or(file.map(HubSpotAccess::TokenFile)).or(second.map(HubSpotAccess::Token));
    match (given, login) {
        (Some(given), login) => {
            if login.is_some() && settings.credentials.is_some() {
                warn!("A HubSpot token is set, so the login of --credentials is not used.");
            }
            Ok(given)
        }
        (None, Some(path)) => Ok(HubSpotAccess::Login(path, client_secret(client_secret_file, variable)?)),
        (None, None) => Ok(HubSpotAccess::None),
    }
}

/// The file of a login: the one that is named, or the usual one if it is there.
fn login(settings: &Settings) -> Option<PathBuf> {
    settings.credentials.clone().or_else(|| usual_path(settings).filter(|path| path.exists()))
}

/// The file to which a login is written: the one that is named, or one beside the store.
pub fn login_path(settings: &Settings) -> Option<PathBuf> {
    settings.credentials.clone().or_else(|| usual_path(settings))
}

fn usual_path(settings: &Settings) -> Option<PathBuf> {
    let set = settings.store.as_ref().and_then(|name| Location::read(name.expose()).ok());
    match set {
        Some(Location::File(store)) => Some(store.with_file_name(FILE)),
        _ => dirs::data_local_dir().map(|folder| folder.join("frontdesk").join(FILE)),
    }
}

/// The client secret of HubSpot's app, from a file or its variable; masked from now on.
///
/// # Errors
/// [`Error::SecretFile`].
pub fn client_secret(
    file: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<SecretString>, Error> {
    let set = || variable(CLIENT_SECRET_FILE_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    let secret = match file.map(Path::to_owned).or_else(set) {
        Some(file) => Some(secret_file::read(&file).map_err(|why| Error::SecretFile(file, why))?),
        None => config::secret(&[CLIENT_SECRET_VARIABLE], variable),
    };
    secret.iter().for_each(|secret| known_secrets::remember(secret.expose_secret()));
    Ok(secret)
}

impl HubSpotAccess {
    /// The source of tokens. `http_client` leads to HubSpot; processes share the tokens of a login through a store that
    /// outlives them.
    pub fn source(
        self,
        http_client: impl HttpClient,
        versions: &Versions,
        store: &Store,
        clock: Clock,
    ) -> Arc<dyn TokenSource> {
        match self {
            HubSpotAccess::None => Arc::new(FixedToken::new(None)),
            HubSpotAccess::Token(token) => {
                known_secrets::remember(token.expose_secret());
                Arc::new(FixedToken::new(Some(&token)))
            }
            HubSpotAccess::TokenFile(path) => Arc::new(TokenFile::new(path)),
            HubSpotAccess::Login(path, client_secret) => {
                info!("HubSpot's tokens come from the login in `{}`.", path.display());
                let is_shared = !matches!(store.location(), Location::Memory);
                let sharing = is_shared.then(|| Box::new(StoreSharing::new(store.clone())) as _);
                let endpoints = OAuthEndpoints::new(http_client, versions);
                Arc::new(OAuthToken::new(endpoints, FileLogin::new(path, client_secret), sharing, clock))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn found(settings: &Settings, set: &[(&str, &str)]) -> String {
        let variable = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        match find(settings, None, variable).unwrap() {
            HubSpotAccess::None => "none".to_owned(),
            HubSpotAccess::Token(token) => format!("token {}", token.expose_secret()),
            HubSpotAccess::TokenFile(path) => format!("file {}", path.display()),
            HubSpotAccess::Login(path, secret) => {
                format!("login {} {:?}", path.file_name().unwrap().display(), secret.is_some())
            }
        }
    }

    #[test]
    fn a_token_comes_before_a_login_and_a_named_login_before_the_usual_one() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("desk.db").into_os_string().into();
        let mut settings = Settings { store: Some(store), ..Settings::demo() };
        let (a, f, b) =
            (("HUBSPOT_ACCESS_TOKEN", "a"), ("HUBSPOT_ACCESS_TOKEN_FILE", "/f"), ("PRIVATE_APP_ACCESS_TOKEN", "b"));
        let secret = ("HUBSPOT_CLIENT_SECRET", "s3cret-of-the-app");
        assert_eq!(found(&settings, &[]), "none");
        fs::write(folder.path().join(FILE), "{}").unwrap();
        for (set, expected) in [
            (vec![a, f, b], "token a"),
            (vec![f, b], "file /f"),
            (vec![("HUBSPOT_ACCESS_TOKEN", "${HUBSPOT_ACCESS_TOKEN}"), b], "token b"),
            (vec![("HUBSPOT_ACCESS_TOKEN_FILE", ""), secret], "login hubspot-login.json true"),
            (vec![], "login hubspot-login.json false"),
        ] {
            assert_eq!(found(&settings, &set), expected);
        }
        settings.credentials = Some("/other.json".into());
        assert_eq!(
            (found(&settings, &[a]), found(&settings, &[])),
            ("token a".into(), "login other.json false".into())
        );
    }

    #[test]
    fn a_file_of_the_secret_comes_before_its_variable() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        fs::write(&file, "from-the-file\n").unwrap();
        let variable = |name: &str| match name {
            CLIENT_SECRET_FILE_VARIABLE => file.to_str().map(str::to_owned),
            _ => Some("from-the-variable".to_owned()),
        };
        let secret = client_secret(None, variable).unwrap().unwrap();
        assert_eq!(secret.expose_secret(), "from-the-file");
        let missing = client_secret(Some(Path::new("/nowhere/secret")), variable).unwrap_err().to_string();
        assert!(missing.contains("/nowhere/secret") && !missing.contains("from-the"), "{missing}");
    }
}
