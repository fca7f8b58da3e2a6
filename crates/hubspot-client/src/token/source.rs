//! The source of the tokens with which requests are sent.

use std::fmt;

use futures::future::BoxFuture;
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;
use crate::token::endpoints::AppCredentials;

/// An access token that can be sent.
#[derive(Clone)]
pub struct AccessToken {
    secret: SecretString,
    header: HeaderValue,
}

impl AccessToken {
    /// Takes the text of a token without the space around it; `None` if no header can hold it.
    pub fn new(secret: &SecretString) -> Option<AccessToken> {
        let text = secret.expose_secret().trim();
        let mut header = HeaderValue::from_str(&format!("Bearer {text}")).ok()?;
        header.set_sensitive(true);
        Some(AccessToken { secret: text.into(), header })
    }

    /// The text of the token.
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// The value of the header `Authorization`.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// True if both are the same token.
    pub fn is(&self, other: &AccessToken) -> bool {
        self.secret.expose_secret() == other.secret.expose_secret()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken")
    }
}

/// Gives the token for each request, and another one when HubSpot refuses it.
pub trait TokenSource: fmt::Debug + Send + Sync + 'static {
    /// Fails at once if no token can be had whatever is tried, so that nothing waits for the quota in vain.
    ///
    /// # Errors
    /// The reason why there is none.
    fn check(&self) -> Result<(), Error>;

    /// Returns the token for a request that is sent now.
    ///
    /// # Errors
    /// Those that [`TokenSource::check`] would have from now on, or a failure that may pass: [`Error::Unreachable`],
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::RateLimited`].
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>>;

    /// Takes notice that HubSpot refused a token with 401. Returns another one that is worth a try, or `None` if the
    /// refusal stands.
    ///
    /// # Errors
    /// As [`TokenSource::token`].
    fn renew<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, Error>>;

    /// The app whose tokens these are; `None` for tokens that belong to no app with OAuth.
    fn app(&self) -> Option<AppCredentials> {
        None
    }
}
