//! The source of the tokens with which requests are sent.

use std::fmt;

use futures::future::BoxFuture;

use crate::error::Error;
use crate::token::access_token::AccessToken;
use crate::token::endpoints::AppCredentials;

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
